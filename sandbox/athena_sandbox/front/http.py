"""A small threaded HTTP/1.1 server: keep-alive, sendfile for bodies, optional TLS, faults on the wire."""
from __future__ import annotations

import email.utils
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field

HEADER_LIMIT = 64 * 1024
BODY_LIMIT = 6 * 1024 * 1024 * 1024
JSON_BODY_LIMIT = 64 * 1024 * 1024
PIECE = 1 << 20
IDLE_SECONDS = 300

REASONS = {200: "OK", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
           302: "Found", 304: "Not Modified", 307: "Temporary Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           409: "Conflict", 412: "Precondition Failed", 413: "Content Too Large",
           416: "Requested Range Not Satisfiable", 429: "Too Many Requests",
           500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
           503: "Service Unavailable", 504: "Gateway Timeout"}


class BadRequest(Exception):
    """Bytes that are no HTTP/1.1 request."""


class Gone(Exception):
    """The client has closed the connection."""


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: list            # (lower-case name, value) in order
    body: bytes
    source_ip: str
    secure: bool
    keep_alive: bool = True

    def header(self, name, default=None):
        for have, value in self.headers:
            if have == name:
                return value
        return default


@dataclass
class FileSlice:
    """A part of a stored object as a body."""

    info: object
    offset: int
    length: int

    def __len__(self):
        return self.length


@dataclass
class Response:
    status: int
    headers: list = field(default_factory=list)
    body: object = b""
    content_type: str = "application/octet-stream"
    effects: object = None   # faults that spoil the answer on its way
    close: bool = False


class Reader:
    """Buffered reading from a socket."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""

    def more(self):
        data = self.sock.recv(PIECE)
        if not data:
            raise Gone
        self.buffer += data

    def until(self, mark, limit):
        while (at := self.buffer.find(mark)) < 0:
            if len(self.buffer) > limit:
                raise BadRequest("header too long")
            self.more()
        out, self.buffer = self.buffer[:at], self.buffer[at + len(mark):]
        return out

    def exactly(self, count):
        if len(self.buffer) >= count:
            out, self.buffer = self.buffer[:count], self.buffer[count:]
            return out
        out = bytearray(self.buffer)
        self.buffer = b""
        while len(out) < count:
            data = self.sock.recv(min(PIECE, count - len(out)))
            if not data:
                raise Gone
            out += data
        return bytes(out)


def read_request(reader, secure, source_ip):
    head = reader.until(b"\r\n\r\n", HEADER_LIMIT).decode("latin-1")
    lines = head.split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(lines[0][:80])
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(line[:80])
        headers.append((name.lower(), value.strip()))
    target = parts[1]
    if target.startswith("http://") or target.startswith("https://"):
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("?")
    request = Request(parts[0], path, query, headers, b"", source_ip, secure)
    connection = request.header("connection", "").lower()
    request.keep_alive = connection != "close" and (parts[2] == "HTTP/1.1"
                                                    or connection == "keep-alive")
    if request.header("expect", "").lower() == "100-continue":
        reader.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.header("transfer-encoding", "").lower() == "chunked":
        request.body = read_chunks(reader)
    else:
        length = request.header("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            raise BadRequest("content-length")
        request.body = reader.exactly(int(length))
    return request


def read_chunks(reader):
    out = bytearray()
    while True:
        size = int(reader.until(b"\r\n", 1024).split(b";")[0], 16)
        if size == 0:
            while reader.until(b"\r\n", HEADER_LIMIT):
                pass
            return bytes(out)
        out += reader.exactly(size)
        reader.exactly(2)
        if len(out) > BODY_LIMIT:
            raise BadRequest("body too long")


class Cut(Exception):
    """A fault has ended the answer early."""


class Sender:
    """Sends an answer, slowed down or cut where a fault says so."""

    def __init__(self, sock, effects):
        self.sock = sock
        self.left = effects.get("cut") if effects else None
        self.rate = effects.get("bytes_per_second") if effects else None
        self.plain = not isinstance(sock, ssl.SSLSocket)

    def send(self, data):
        if self.left is not None:
            data = data[:self.left]
            self.left -= len(data)
        if not self.rate:
            self.sock.sendall(data)
        else:
            step = max(1, int(self.rate / 20))
            for at in range(0, len(data), step):
                piece = data[at:at + step]
                self.sock.sendall(piece)
                time.sleep(len(piece) / self.rate)
        if self.left == 0:
            raise Cut

    def send_slice(self, part):
        info = part.info
        if info.path is None:
            for piece in info.reader(part.offset, part.length):
                self.send(piece)
            return
        with open(info.path, "rb") as source:
            if self.plain and self.left is None and not self.rate:
                if self.sock.sendfile(source, part.offset, part.length) != part.length:
                    raise Cut
                return
            source.seek(part.offset)
            left = part.length
            while left:
                piece = source.read(min(PIECE // 4, left))
                if not piece:
                    raise Cut
                left -= len(piece)
                self.send(piece)


class Server:
    """Listens on loopback and hands every request to handler(request) -> Response or None (reset)."""

    def __init__(self, handler, port=0, host="127.0.0.1", tls=None):
        self.handler = handler
        self.tls = tls
        self.listener = socket.create_server((host, port), backlog=512, reuse_port=False)
        self.port = self.listener.getsockname()[1]
        self._stopped = threading.Event()
        self._open = set()
        self._lock = threading.Lock()
        self.connections = 0

    def start(self):
        threading.Thread(target=self._accept, name=f"accept-{self.port}", daemon=True).start()

    def stop(self):
        self._stopped.set()
        self.listener.close()
        with self._lock:
            for sock in list(self._open):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self):
        while not self._stopped.is_set():
            try:
                sock, address = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock, address[0]), daemon=True).start()

    def _serve(self, sock, source_ip):
        with self._lock:
            self._open.add(sock)
        raw = sock
        try:
            sock.settimeout(IDLE_SECONDS)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
            reader = Reader(sock)
            while self._one(sock, reader, source_ip):
                pass
        except (OSError, Gone, Cut, ssl.SSLError):
            pass
        finally:
            with self._lock:
                self._open.discard(raw)
            try:
                sock.close()
            except OSError:
                pass

    def _one(self, sock, reader, source_ip):
        try:
            request = read_request(reader, self.tls is not None, source_ip)
        except (BadRequest, ValueError):
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        response = self.handler(request)
        if response is None:
            reset(sock)
            return False
        return self._answer(sock, request, response)

    @staticmethod
    def _answer(sock, request, response):
        body = response.body
        keep = request.keep_alive and not response.close
        reason = REASONS.get(response.status, "Unknown")
        have = {name.lower() for name, _ in response.headers}
        lines = [f"HTTP/1.1 {response.status} {reason}"]
        if "date" not in have:
            lines.append(f"Date: {email.utils.formatdate(usegmt=True)}")
        if response.status not in (204, 304):
            lines.append(f"Content-Type: {response.content_type}")
            if "content-length" not in have:
                lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in response.headers]
        lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        effects = response.effects
        if effects and effects.get("first_byte"):
            time.sleep(float(effects.get("first_byte")))
        without_body = request.method == "HEAD" or response.status in (204, 304)
        # A cut counts the bytes of the body: the head always goes out whole.
        sender = Sender(sock, effects)
        try:
            if isinstance(body, FileSlice):
                sock.sendall(head)
                if not without_body and body.length:
                    sender.send_slice(body)
            elif effects:
                sock.sendall(head)
                if not without_body and body:
                    sender.send(bytes(body))
            else:
                sock.sendall(head if without_body else head + body)
        except Cut:
            if effects and effects.get("reset"):
                reset(sock)
            return False
        if effects and effects.get("reset") == "after":
            reset(sock)
            return False
        return keep


def reset(sock):
    """Closes with RST instead of FIN."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    except OSError:
        pass
