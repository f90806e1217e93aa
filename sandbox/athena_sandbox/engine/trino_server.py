"""Starts and stops a Trino server for `--engine trino`: one process, its catalogs made as accounts ask for them.

ATHENA_TRINO_HOME is the unpacked server (release 476: its hive plugin in plugin/hive), ATHENA_TRINO_JAVA a Java of version 24 or newer.
"""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

START_SECONDS = 120
HEAP = "1500M"


class TrinoError(RuntimeError):
    """The server cannot be had; the text says what is missing."""


def find_java():
    named = os.environ.get("ATHENA_TRINO_JAVA") or shutil.which("java")
    if not named:
        raise TrinoError("Trino needs Java 24 or newer: set ATHENA_TRINO_JAVA")
    told = subprocess.run([named, "-version"], capture_output=True, text=True).stderr
    version = told.partition('"')[2].partition('"')[0].split(".")[0].split("-")[0]
    if not version.isdigit() or int(version) < 24:
        raise TrinoError(f"Trino needs Java 24 or newer, {named} is {version or 'none'}: set ATHENA_TRINO_JAVA")
    return named


def find_home():
    home = os.environ.get("ATHENA_TRINO_HOME")
    if not home or not (pathlib.Path(home) / "lib").is_dir():
        raise TrinoError("ATHENA_TRINO_HOME does not name an unpacked Trino server (`./check trino` downloads one)")
    if not (pathlib.Path(home) / "plugin" / "hive").is_dir():
        raise TrinoError(f"{home}/plugin/hive is missing: Trino's hive plugin belongs there")
    return pathlib.Path(home)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TrinoServer:
    """A running server; `url` is its address on loopback."""

    def __init__(self, folder):
        java, home = find_java(), find_home()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        for name in ("etc/catalog", "data", "plugin"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        link = folder / "plugin" / "hive"
        link.unlink(missing_ok=True)
        link.symlink_to((home / "plugin" / "hive").resolve())
        (folder / "etc" / "config.properties").write_text(
            f"coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port={self.port}\n"
            f"discovery.uri={self.url}\nquery.max-memory=512MB\nquery.max-memory-per-node=512MB\n"
            "catalog.management=dynamic\ncatalog.store=memory\n", encoding="ascii")
        (folder / "etc" / "log.properties").write_text("io.trino=WARN\nio.airlift=WARN\n", encoding="ascii")
        settings = {"config": folder / "etc/config.properties", "node.environment": "sandbox", "node.id": "sandbox",
                    "node.data-dir": folder / "data", "node.bind-ip": "127.0.0.1", "node.internal-address": "127.0.0.1",
                    "plugin.dir": folder / "plugin", "catalog.config-dir": folder / "etc/catalog",
                    "log.levels-file": folder / "etc/log.properties", "jdk.attach.allowAttachSelf": "true"}
        command = [java, f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                   "--add-modules=jdk.incubator.vector", *(f"-D{name}={value}" for name, value in settings.items()),
                   "-cp", f"{home}/lib/*", "io.trino.server.TrinoServer"]
        with open(folder / "server.log", "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder)
        self.wait()

    def wait(self):
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/v1/info", timeout=5) as answer:
                    if json.load(answer)["starting"] is False:
                        return
            except OSError:
                pass
            time.sleep(0.2)
        self.stop()
        tail = (self.folder / "server.log").read_text(errors="replace").strip().splitlines()[-3:]
        raise TrinoError("Trino did not start: " + " | ".join(tail))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
