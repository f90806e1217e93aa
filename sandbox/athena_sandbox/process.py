"""One running sandbox: the parts of it made from a world file, and the listeners in front of them."""
from __future__ import annotations

import json
import os
import pathlib
import ssl
import subprocess
import threading

from .athena.api import AthenaService
from .books.ledger import Ledger
from .books.trail import Trail
from .clock import Clock
from .contract import Sandbox
from .control import Control
from .credentials import CredentialEndpoints
from .data.make import make_tables
from .faults import Faults
from .front.gate import Gate
from .front.http import Server
from .glue.catalog import GlueCatalogs
from .glue.service import GlueService
from .identity.authorize import authorize, may
from .identity.sessions import Sessions
from .identity.sts import StsService
from .lakeformation import lake_of
from .s3.service import S3Service
from .s3.store import Store
from .world.loader import load_world


class RunningSandbox(Sandbox):
    """The sandbox of one world and one state directory."""

    def __init__(self, world_path, state_dir, engine="duckdb"):
        self.engine_name = engine
        self.world_path = pathlib.Path(world_path)
        self.state_dir = pathlib.Path(state_dir).resolve()
        self.state_dir.mkdir(parents=True, exist_ok=True)
        self.world = load_world(self.world_path)
        self.clock = Clock(self.world.clock_start)
        self.trail = Trail(self, self.state_dir / "trail.jsonl")
        self.ledger = Ledger(self.state_dir / "ledger.jsonl", self.clock)
        self.faults = Faults(self.world.raw.get("faults") or ())
        self.sessions = Sessions(self.world, self.clock)
        self.lakeformation = None
        self.store = Store(self, self.state_dir / "objects")
        self.store.load_world(self.world)
        self.glue = GlueCatalogs(self)
        self.glue.load_world(self.world)
        self.lakeformation = lake_of(self)
        self.credential_endpoints = CredentialEndpoints(self)
        self.control = Control(self)
        self.gate = Gate(self)
        self.servers = []
        self.stopped = threading.Event()
        services = self.gate.services
        services["sts"] = StsService(self, self.sessions)
        services["s3"] = S3Service(self)
        services["glue"] = GlueService(self)
        make_tables(self)
        self.glue.remember(self.state_dir / "catalog.jsonl")
        self.athena = services["athena"] = AthenaService(self)

    def authorize(self, caller, action, resource, context=None, via_athena=False, call=None):
        authorize(self, caller, action, resource, context, via_athena, call)

    def may(self, caller, action, resource, context=None, via_athena=False):
        return may(self, caller, action, resource, context, via_athena)

    # --- listeners --------------------------------------------------------------------------------

    def listen(self, port=0, tls=False):
        self.servers.append(Server(self.gate, port))
        if tls:
            self.servers.append(Server(self.gate, 0, tls=tls_context(self.state_dir)))
        for server in self.servers:
            server.start()
        info = {"pid": os.getpid(), "endpoint": self.endpoint, "tls_endpoint": self.tls_endpoint,
                "world": str(self.world_path.resolve()), "state": str(self.state_dir),
                "region": self.world.region}
        spare = self.state_dir / "running.json.new"
        spare.write_text(json.dumps(info, indent=1) + "\n")
        spare.replace(self.state_dir / "running.json")
        return info

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.servers[0].port}"

    @property
    def tls_endpoint(self):
        return f"https://127.0.0.1:{self.servers[1].port}" if len(self.servers) > 1 else None

    def stop(self):
        for server in self.servers:
            server.stop()
        (self.state_dir / "running.json").unlink(missing_ok=True)
        if self.engine_name != "duckdb":
            self.athena.engine.close()
        self.trail.close()
        self.stopped.set()


def tls_context(state_dir):
    """A certificate for loopback, signed by the sandbox's own CA (state/ca.pem)."""
    folder = state_dir / "tls"
    folder.mkdir(exist_ok=True)
    if not (folder / "server.pem").exists():
        make_certificates(folder)
    (state_dir / "ca.pem").write_bytes((folder / "ca.pem").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def make_certificates(folder):
    names = "DNS:localhost,DNS:*.localhost,DNS:*.s3.localhost,IP:127.0.0.1,IP:::1"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    steps = [
        ["req", "-x509", *curve, "-days", "3650", "-subj", "/CN=Athena sandbox CA", "-addext",
         "keyUsage=critical,keyCertSign,cRLSign", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *curve, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-CAcreateserial", "-days", "825", "-extfile", "names.cnf", "-out", "server.pem"]]
    (folder / "names.cnf").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
    for step in steps:
        done = subprocess.run(["openssl", *step], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"openssl {step[0]}: {done.stderr.strip()}")
    os.chmod(folder / "ca.key", 0o600)
    os.chmod(folder / "server.key", 0o600)
