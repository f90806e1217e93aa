#!/usr/bin/env python3
"""TLS, proxies, redirects and connections kept: what is trusted, who is asked on the way, and what is refused before a secret leaves."""
import base64
import http.server
import os
import pathlib
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "network"
warnings.simplefilter("ignore", DeprecationWarning)   # old TLS is what is tried
TLS = os.environ["ATHENA_SANDBOX_TLS_ENDPOINT"]
TLS_PORT = urllib.parse.urlsplit(TLS).port
CA = os.environ["ATHENA_SANDBOX_STATE"] + "/ca.pem"
CLEAN = dict(os.environ)
FOLDER = pathlib.Path(tempfile.mkdtemp(dir=os.environ["CHECK_DIR"]))


def promised(sentence):
    def run(function):
        for name in set(os.environ) - set(CLEAN):
            del os.environ[name]
        os.environ.update(CLEAN)
        return promise(sentence)(function)
    return run


def openssl(*arguments):
    clean = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=FOLDER, env=clean)


openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Another authority", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", "other.key", "-out", "other.pem")


def keys(at=TLS, **changes):
    return source.keys_of(source.BASE, source.RETAIL, at=at, RoleSessionName=f"network-{next(source.numbers)}", **changes)


def connect(found):
    return odbc.Connection("DSN=" + source.write(found))


def works(found):
    connection = connect(found)
    same(connection.query("SELECT 7 AS n"), [["7"]], "rows")
    connection.close()


def refused(found, *words):
    with Calls() as calls:
        try:
            connect(found).close()
        except odbc.Failure as failure:
            records = failure.records
        else:
            raise AssertionError("it connected")
    whole = "\n".join(record[2] for record in records)
    for word in words:
        same(word in whole, True, f"{word!r} in {whole}")
    same(dict(calls.made), {}, "calls")
    return records


class Relay:
    """Listens and hands every connection on to a port of 127.0.0.1."""

    def __init__(self, address, port):
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.target = port
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            visitor, _ = self.listener.accept()
            threading.Thread(target=pump, args=(visitor, socket.create_connection(("127.0.0.1", self.target))), daemon=True).start()


def pump(one, two):
    pairs = {one: two, two: one}
    while True:
        for ready in select.select(list(pairs), [], [])[0]:
            try:
                data = ready.recv(65536)
                pairs[ready].sendall(data)
            except OSError:
                data = b""
            if not data:
                one.close()
                two.close()
                return


# ---- TLS -----------------------------------------------------------------------------------------------------------------------------

@promised("the right authority in TrustedCerts makes every service trusted")
def _():
    works(keys(TrustedCerts=CA))


@promised("the right authority by CURL_CA_BUNDLE")
def _():
    os.environ["CURL_CA_BUNDLE"] = CA
    works(keys(ApplicationName="by-curl"))


@promised("the right authority by SSL_CERT_FILE")
def _():
    os.environ["SSL_CERT_FILE"] = CA
    works(keys(ApplicationName="by-openssl"))


@promised("without the authority the server is refused, with the key that mends it, and nothing is asked twice")
def _():
    records = refused(keys(ApplicationName="untrusted"), "certificate is not trusted", "TrustedCerts")
    same(records[0][0], "08001", "state")


@promised("another authority in TrustedCerts is refused: it stands in place of the system's, it does not add to a yes")
def _():
    refused(keys(TrustedCerts=str(FOLDER / "other.pem")), "certificate is not trusted", "TrustedCerts")


@promised("the right authority and the wrong name are refused")
def _():
    relay = Relay("127.0.0.2", TLS_PORT)
    refused(keys(at=f"https://127.0.0.2:{relay.port}", TrustedCerts=CA), "certificate is not trusted")


@promised("a file that is no certificate is told by name")
def _():
    (FOLDER / "text.pem").write_text("no certificate")
    refused(keys(TrustedCerts=str(FOLDER / "text.pem")), "trusted certificates")


@promised("VerifySSL=0 is refused")
def _():
    refused(keys(TrustedCerts=CA, VerifySSL="0"), "VerifySSL=0 is refused", "TrustedCerts")


@promised("a server that speaks nothing newer than TLS 1.1 is refused")
def _():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "other.pem", FOLDER / "other.key")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            visitor, _ = listener.accept()
            try:
                context.wrap_socket(visitor, server_side=True)
            except OSError:
                visitor.close()
    threading.Thread(target=serve, daemon=True).start()
    refused(keys(at=f"https://127.0.0.1:{listener.getsockname()[1]}", TrustedCerts=str(FOLDER / "other.pem")), "TLS")


@promised("plain http where TLS is spoken is an error in time, not a hang")
def _():
    refused(keys(at=f"http://127.0.0.1:{TLS_PORT}", RequestTimeout="700"), "RunAsRole")


# ---- Proxies -------------------------------------------------------------------------------------------------------------------------

class Proxy(http.server.BaseHTTPRequestHandler):
    """CONNECT for https, whole URLs for http; may ask for a password."""
    protocol_version = "HTTP/1.1"
    seen, wants = [], None

    def do_CONNECT(self):
        self.seen.append(self.path)
        if self.wants and self.headers.get("Proxy-Authorization") != "Basic " + base64.b64encode(self.wants.encode()).decode():
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="test"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        host, port = self.path.rsplit(":", 1)
        self.send_response(200)
        self.end_headers()
        pump(self.connection, socket.create_connection((host, int(port))))
        self.close_connection = True

    def log_message(self, *unused):
        pass


SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=SERVER.serve_forever, daemon=True).start()
PROXY = {"ProxyHost": "127.0.0.1", "ProxyPort": str(SERVER.server_port)}


def through(found):
    Proxy.seen.clear()
    works(found)
    return set(Proxy.seen)


EVERYTHING = {f"127.0.0.1:{TLS_PORT}"}


@promised("ProxyHost and ProxyPort: every request goes through the proxy")
def _():
    same(through(keys(TrustedCerts=CA, **PROXY)), EVERYTHING, "tunnels")


@promised("the spellings of other drivers: ProxyUsername, ProxyPassword, NonProxyHosts")
def _():
    Proxy.wants = "me:a proxy secret"
    source.SECRETS.append("a proxy secret")
    try:
        same(through(keys(TrustedCerts=CA, ProxyUsername="me", ProxyPassword="a proxy secret", **PROXY)), EVERYTHING, "tunnels")
        refused(keys(TrustedCerts=CA, ProxyUID="me", ProxyPWD="wrong", **PROXY), "proxy")
    finally:
        Proxy.wants = None


@promised("NonProxyHost with commas and with vertical bars keeps hosts away from the proxy")
def _():
    same(through(keys(TrustedCerts=CA, NonProxyHost="example.com|127.0.0.1", **PROXY)), set(), "tunnels")
    same(through(keys(TrustedCerts=CA, NonProxyHosts="127.0.0.1,example.com", **PROXY)), set(), "tunnels")
    same(through(keys(TrustedCerts=CA, NonProxyHost="example.com", **PROXY)), EVERYTHING, "tunnels")


@promised("the environment's proxy is used, and its list of hosts that need none; UseProxy=0 leaves ProxyHost aside")
def _():
    os.environ["https_proxy"] = f"http://127.0.0.1:{SERVER.server_port}"
    same(through(keys(TrustedCerts=CA, ApplicationName="environment")), EVERYTHING, "tunnels")
    del os.environ["https_proxy"]
    same(through(keys(TrustedCerts=CA, UseProxy="0", ApplicationName="unused", **PROXY)), set(), "tunnels with UseProxy=0")
    os.environ["https_proxy"] = f"http://127.0.0.1:{SERVER.server_port}"
    os.environ["no_proxy"] = "127.0.0.1"
    same(through(keys(TrustedCerts=CA, ApplicationName="no-proxy")), set(), "tunnels with no_proxy")


@promised("a container's credentials never come through a proxy")
def _():
    os.environ["http_proxy"] = os.environ["HTTP_PROXY"] = f"http://127.0.0.1:{SERVER.server_port}"
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = source.endpoint() + "/v2/credentials/sandbox"
    os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "sandbox-container-token"
    Proxy.seen.clear()
    found = keys(TrustedCerts=CA, AuthenticationType="Container Credentials", ApplicationName="container", **PROXY)
    found = {name: value for name, value in found.items() if name not in source.BASE or name == "AuthenticationType"}
    with Calls() as calls:
        works(found)
    same(calls["credentials:container"], 1, "answers of the container endpoint")
    same(set(Proxy.seen), EVERYTHING, "tunnels")


@promised("a proxy that is not there is told as a proxy")
def _():
    refused(keys(TrustedCerts=CA, ProxyHost="127.0.0.1", ProxyPort="9"), "proxy")


# ---- Redirects, User-Agent, connections -------------------------------------------------------------------------------------------------

@promised("a redirect is never followed: neither a signature nor a token travels on")
def _():
    visits = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            visits.append(self.path)
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/stolen")
            self.send_header("Content-Length", "0")
            self.end_headers()
        do_GET = do_POST

        def log_message(self, *unused):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    refused(keys(at=f"http://127.0.0.1:{server.server_port}"), "307")
    same("/stolen" in visits, False, "the redirect was followed")


@promised("the User-Agent is athena-odbc/VERSION, with ApplicationName behind it")
def _():
    works(keys(at=None))
    plain = control("GET", "trail?last=1")[-1]["userAgent"]
    works(keys(at=None, ApplicationName="My Report 7"))
    named = control("GET", "trail?last=1")[-1]["userAgent"]
    same(plain.startswith("athena-odbc/") and " " not in plain, True, plain)
    same(named, plain + " app/My-Report-7", "with a name")


@promised("connections are kept: ten connects and queries with one chain open few sockets")
def _():
    name = source.write(keys(TrustedCerts=CA))
    odbc.Connection("DSN=" + name).close()
    before = control("GET", "connections")["accepted"]
    for _ in range(10):
        connection = odbc.Connection("DSN=" + name)
        same(connection.query("SELECT 7 AS n"), [["7"]], "rows")
        connection.close()
    opened = control("GET", "connections")["accepted"] - before
    same(opened - 2 <= 6, True, f"{opened} sockets, the two of this test among them")


finish()
