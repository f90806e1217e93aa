#!/usr/bin/env python3
"""The setup library, through unixODBC's installer as programs and dialogs use it."""
import ctypes
import ctypes.util
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "odbcinst setup"
ROOT = pathlib.Path(__file__).resolve().parents[2]
INI = pathlib.Path(os.environ["ODBCSYSINI"])
USER = pathlib.Path(os.environ["CHECK_DIR"]) / "odbcinst" / "setup.ini"
USER.write_text("")
os.environ["ODBCINI"] = str(USER)
(INI / "odbcinst.ini").write_text(f"[Athena]\nDescription = under test\nDriver = {os.environ['ATHENA_DRIVER']}\nSetup = {os.environ['ATHENA_SETUP']}\n")
INSTALLER = ctypes.CDLL(ctypes.util.find_library("odbcinst") or "libodbcinst.so.2")
ADD, CONFIG, REMOVE = 1, 2, 3


def errors():
    code, text, length = ctypes.c_uint(), ctypes.create_string_buffer(1024), ctypes.c_ushort()
    found = []
    for n in range(1, 9):
        if INSTALLER.SQLInstallerError(n, ctypes.byref(code), text, len(text), ctypes.byref(length)) not in (0, 1):
            break
        found.append(text.value.decode())
    return " ".join(found)


def configure(request, **keys):
    attributes = b"".join(f"{key}={value}\0".encode() for key, value in keys.items()) + b"\0"
    return bool(INSTALLER.SQLConfigDataSource(None, request, b"Athena", attributes))


def section(name):
    text = USER.read_text()
    found = re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", text, re.M | re.S)
    return dict((part.strip() for part in line.split("=", 1)) for line in found.group(1).splitlines() if "=" in line) if found else None


@promise("SQLConfigDataSource adds a data source with the keys a program gives")
def add():
    assert configure(ADD, DSN="setup1", AwsRegion="eu-central-1", RunAsRole="arn:aws:iam::111122223333:role/A", ReadOnly="yes"), errors()
    got = section("setup1")
    same((got["Driver"], got["AwsRegion"], got["RunAsRole"], got["ReadOnly"]), ("Athena", "eu-central-1", "arn:aws:iam::111122223333:role/A", "1"))


@promise("aliases are written under the name the driver shows")
def alias():
    assert configure(ADD, DSN="setup2", Region="eu-west-1", Database="sales"), errors()
    same((section("setup2")["AwsRegion"], section("setup2")["Schema"]), ("eu-west-1", "sales"))


@promise("a change touches only the keys it names, and an empty value takes a key out")
def change():
    assert configure(CONFIG, DSN="setup1", AwsRegion="us-east-1", ReadOnly=""), errors()
    got = section("setup1")
    same((got.get("AwsRegion"), got.get("RunAsRole"), got.get("ReadOnly")), ("us-east-1", "arn:aws:iam::111122223333:role/A", None))


@promise("a misspelt key is refused with the right one, and nothing is written")
def misspelt():
    assert not configure(ADD, DSN="setup3", ConsumerAcountRoleArn="arn:aws:iam::111122223333:role/B")
    assert "ConsumerAccountRoleArn" in errors()
    same(section("setup3"), None)


@promise("a bad value is refused by name")
def bad_value():
    assert not configure(ADD, DSN="setup3", RunAsRole="not-an-arn")
    assert "RunAsRole" in errors()
    same(section("setup3"), None)


@promise("a key of the driver's section is refused in a data source")
def governance():
    assert not configure(ADD, DSN="setup3", AllowedRoles="*")
    assert "odbcinst.ini" in errors()


@promise("a value the driver manager would cut is refused")
def long_value():
    assert not configure(ADD, DSN="setup3", Description="x" * 950)
    assert "@/absolute/file" in errors()


@promise("a data source without a name is refused")
def nameless():
    assert not configure(ADD, AwsRegion="eu-central-1")


@promise("a data source is removed")
def remove():
    assert configure(REMOVE, DSN="setup2"), errors()
    same(section("setup2"), None)
    assert section("setup1") is not None


@promise("the wide form does the same")
def wide():
    library = ctypes.CDLL(os.environ["ATHENA_SETUP"])
    text = "DSN=setupw\0Description=Größe \U0001F600\0\0".encode("utf-16-le")
    driver = "Athena\0".encode("utf-16-le")
    assert library.ConfigDSNW(None, ADD, driver, text), errors()
    same(section("setupw")["Description"], "Größe \U0001F600")


@promise("ConfigDriver says what happened and refuses what it does not know")
def driver():
    library = ctypes.CDLL(os.environ["ATHENA_SETUP"])
    message, length = ctypes.create_string_buffer(100), ctypes.c_ushort()
    assert library.ConfigDriver(None, 1, b"Athena", None, message, 100, ctypes.byref(length))
    same(length.value, len(message.value))
    assert library.ConfigDriver(None, 3, b"Athena", b"RequireSystemDSN=1", message, 100, ctypes.byref(length)), errors()
    assert re.search(r"RequireSystemDSN\s*=\s*1", (INI / "odbcinst.ini").read_text())
    assert not library.ConfigDriver(None, 3, b"Athena", b"Schema=x", message, 100, ctypes.byref(length))
    assert not library.ConfigDriver(None, 9, b"Athena", None, message, 100, ctypes.byref(length))


class Property(ctypes.Structure):
    pass


Property._fields_ = [("next", ctypes.POINTER(Property)), ("name", ctypes.c_char * 1001), ("value", ctypes.c_char * 1001), ("prompt", ctypes.c_int),
                     ("choices", ctypes.POINTER(ctypes.c_char_p)), ("help", ctypes.c_char_p), ("widget", ctypes.c_void_p),
                     ("refresh", ctypes.c_int), ("library", ctypes.c_void_p)]


@promise("the installer's property list has every key of keyword.def that may stand in a data source, with help and choices")
def properties():
    first = ctypes.POINTER(Property)()
    same(INSTALLER.ODBCINSTConstructProperties(b"Athena", ctypes.byref(first)), 0)
    found, at = {}, first
    while at:
        p = at.contents
        choices, n = [], 0
        while p.choices and p.choices[n] is not None:
            choices.append(p.choices[n].decode())
            n += 1
        found[p.name.decode()] = (p.prompt, choices, (p.help or b"").decode())
        at = p.next
    rows = re.findall(r'^KEYWORD\(\w+, "(\w+)", "[^"]*", (.+?), "[^"]*", ([\w| ]+), "([^"]*)"\)', (ROOT / "driver/config/keyword.def").read_text(), re.M)
    wanted = {name: (kind, help) for name, kind, flags, help in rows if "MANAGER" not in flags and "DRIVER_ONLY" not in flags}
    assert len(wanted) > 80, len(wanted)
    same(sorted(set(wanted) - set(found)), [])
    for name, (kind, help) in wanted.items():
        same(found[name][2], help, name)
    same(found["Preset"][1][:3], ["", "none", "auto"])
    same(found["ReadOnly"][1], ["", "1", "0"])
    same(found["PWD"][0], 6)
    same(found["TrustedCerts"][0], 4)
    same(INSTALLER.ODBCINSTDestructProperties(ctypes.byref(first)), 0)


finish()
