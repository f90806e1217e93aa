#!/usr/bin/env python3
"""Ways to say where to connect, by the bare calls of the manager: strings with braces, data sources with blanks, file data sources, a saved
file, the completed string, prompts without a window. odbcinst.ini's section of the driver allows the sandbox's address for all of them."""
import ctypes
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import ERROR, INFO, LIBRARY, NTS, SUCCESS, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "connecting"
ENDPOINT, REGION = os.environ["ATHENA_SANDBOX_ENDPOINT"], os.environ["ATHENA_SANDBOX_REGION"]
SECRET = "sandbox/bi-service/secret/not-for-real00"
KEYS = {"AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE", "AwsRegion": REGION, "RunAsRole": "arn:aws:iam::111122223333:role/AthenaRunAs",
        "ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/AthenaConsumer", "ExternalId": "bi-retail-7c1e", "Workgroup": "retail-bi", "Schema": "flights",
        **{f"{service}EndpointOverride": ENDPOINT for service in ("", "Sts", "Glue", "S3")}}
NOPROMPT, COMPLETE, PROMPT, COMPLETE_REQUIRED = 0, 1, 2, 3
folder = pathlib.Path(tempfile.mkdtemp(prefix="connecting."))


def string_of(keys):
    return "".join(f"{name}={value};" for name, value in keys.items())


class Attempt:
    """One SQLDriverConnect: .status, .records, .out, .length; freed at the end of a with."""

    def __init__(self, text, completion=NOPROMPT, room=4096, wide=False):
        self.env = Handle("env")
        self.dbc = Handle("dbc", self.env)
        self.length = ctypes.c_short(-7)
        if wide:
            data, out = text.encode("utf-16-le") + b"\0\0", ctypes.create_string_buffer(b"\xaa" * (2 * room + 8), 2 * room + 8)
            self.status = LIBRARY.SQLDriverConnectW(self.dbc.handle, None, data, NTS, out, room, ctypes.byref(self.length), completion)
            self.out = out.raw.decode("utf-16-le", "replace").split("\0")[0]
        else:
            out = ctypes.create_string_buffer(b"\xaa" * (room + 8), room + 8)
            self.status = LIBRARY.SQLDriverConnect(self.dbc.handle, None, text.encode(), NTS, out, room, ctypes.byref(self.length), completion)
            self.out = out.raw.split(b"\0")[0].decode("utf-8", "replace")
        self.records = [] if self.status == SUCCESS else self.dbc.records()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LIBRARY.SQLDisconnect(self.dbc.handle)
        self.dbc.free()
        self.env.free()

    def works(self):
        """Connected to the spoke that was asked for, and it answers."""
        assert self.status in (SUCCESS, INFO), self.records
        server, length = ctypes.create_string_buffer(100), ctypes.c_short()
        same(LIBRARY.SQLGetInfo(self.dbc.handle, 13, server, 100, ctypes.byref(length)), SUCCESS)
        same(server.value.decode(), f"222233334444/{REGION}")
        statement, count, size = Handle("stmt", self.dbc), ctypes.c_int(), ctypes.c_ssize_t()
        assert LIBRARY.SQLExecDirect(statement.handle, b"SELECT count(*) FROM airlines", NTS) == SUCCESS, statement.records()
        LIBRARY.SQLFetch(statement.handle)
        LIBRARY.SQLGetData(statement.handle, 1, 4, ctypes.byref(count), 4, ctypes.byref(size))
        statement.free()
        same(count.value, 16)


FULL = string_of({"Driver": "Athena", **KEYS, "PWD": SECRET})


@promise("a string with a driver and no data source connects")
def no_dsn():
    with Attempt(FULL) as attempt:
        attempt.works()


@promise("values in braces, with a semicolon or a doubled brace in them, arrive whole")
def braces():
    with Attempt(FULL + "RoleSessionName={mary};") as attempt:
        attempt.works()
    with Attempt(FULL.replace(f"PWD={SECRET}", f"PWD={{{SECRET}}}").replace("ExternalId=bi-retail-7c1e", "ExternalId={bi-retail-7c1e}")) as attempt:
        attempt.works()
    with Attempt(FULL + "Schema={a;b};") as attempt:  # the first of two wins
        attempt.works()
    with Attempt(FULL.replace("Schema=flights", "Catalog={AwsDataCatalog};Schema={fli}}ghts;}")) as attempt:
        assert attempt.status in (SUCCESS, INFO), attempt.records
        assert "fli}}ghts;" in attempt.out, attempt.out


@promise("the completed string connects again, and again from what that gave")
def completed():
    with Attempt("DSN=retail") as first:
        first.works()
        same(first.length.value, len(first.out))
    with Attempt(first.out) as second:
        second.works()
    with Attempt(FULL) as third:
        third.works()
    with Attempt(third.out) as fourth:
        fourth.works()
        same(fourth.out, third.out)


@promise("the completed string is cut in small buffers of any size, odd ones too, told, and the connection stands")
def small():
    with Attempt("DSN=retail") as whole:
        pass
    for wide in (False, True):
        for room in (1, 2, 3, 7, 10, len(whole.out), len(whole.out) + 1):
            with Attempt("DSN=retail", room=room, wide=wide) as attempt:
                attempt.works()
                same(attempt.out, whole.out[:room - 1], f"room {room}")
                same(attempt.status, SUCCESS if room > len(whole.out) else INFO, f"room {room}")
                same(attempt.length.value, len(whole.out), f"room {room}")
                if attempt.status == INFO:
                    same(attempt.records[0][0], "01004")


@promise("every way to prompt connects without a window when all is there, and says what is missing when it is not")
def prompts():
    for completion in (NOPROMPT, COMPLETE, PROMPT, COMPLETE_REQUIRED):
        with Attempt("DSN=retail", completion) as attempt:
            if completion == PROMPT and attempt.status == ERROR:
                assert "[Driver Manager]" in attempt.records[0][2], attempt.records  # unixODBC itself wants a window for this one
                continue
            attempt.works()
        with Attempt(FULL.replace(f"AwsRegion={REGION};", ""), completion) as attempt:
            same(attempt.status, ERROR)
            if "[Driver Manager]" not in attempt.records[0][2]:
                assert "AwsRegion" in attempt.records[0][2], attempt.records


@promise("an empty value is not set, in a string and in a data source")
def empty():
    with Attempt("DSN=retail;Schema=;ExternalId=;Workgroup=") as attempt:
        attempt.works()


@promise("values of a data source may have blanks around them and in them")
def blanks():
    with open(pathlib.Path(os.environ["ODBCSYSINI"]) / "odbc.ini", "a", encoding="utf-8") as ini:
        ini.write("\n[blanks]\nDriver   =   Athena   \n" + "".join(f"{name}   =    {value}   \n" for name, value in {**KEYS, "PWD": SECRET}.items()))
    with Attempt("DSN=blanks") as attempt:
        attempt.works()


@promise("a file data source connects, with the password beside it")
def file_dsn():
    path = folder / "shared.dsn"
    path.write_text("[ODBC]\nDRIVER=Athena\n" + "".join(f"{name}={value}\n" for name, value in KEYS.items()), encoding="utf-8")
    with Attempt(f"FILEDSN={path};PWD={SECRET}") as attempt:
        attempt.works()
    with Attempt(f"FILEDSN={path};PWD={SECRET};ExternalId=wrong") as attempt:
        same(attempt.status, ERROR)
        same(attempt.records[0][0], "28000")  # the string stands over the file


@promise("SAVEFILE keeps what connects again, and not the password")
def save_file():
    path = folder / "saved.dsn"
    with Attempt(f"{FULL}SAVEFILE={path}") as attempt:
        attempt.works()
    saved = path.read_text(encoding="utf-8")
    assert "bi-retail-7c1e" in saved, saved
    assert SECRET not in saved, "the password is in the file"
    with Attempt(f"FILEDSN={path};PWD={SECRET}") as attempt:
        attempt.works()


finish()
