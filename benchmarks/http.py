"""A small keep-alive HTTP/1.1 client on raw sockets: cheap enough that it is not what gets measured."""

import re
import socket
from urllib.parse import urlencode

_HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
_NAME = re.compile(rb'\bname="([^"]*)"')
_VALUE = re.compile(rb'\bvalue="([^"]*)"')
_ENTITIES = ((b"&#34;", b'"'), (b"&#39;", b"'"), (b"&lt;", b"<"), (b"&gt;", b">"), (b"&amp;", b"&"))


class Answer:
    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class Client:
    """One connection and its cookies; opens again if the server closed it."""

    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.headers = headers
        self._socket: socket.socket | None = None
        self._buffer = b""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> Answer:
        body = urlencode(fields).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        for name, value in {**self.headers, **headers}.items():
            lines.append(f"{name.replace('_', '-')}: {value}")
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        message = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
        try:
            self._send(message)
            answer = self._read(method)
        except (ConnectionError, EOFError):
            if method != "GET":
                raise
            self.close()
            self._send(message)
            answer = self._read(method)
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.header("connection").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._buffer = b""

    def _send(self, message: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)

    def _more(self) -> None:
        assert self._socket is not None
        got = self._socket.recv(1 << 18)
        if not got:
            raise EOFError("the server closed the connection")
        self._buffer += got

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._more()
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._more()
        got, self._buffer = self._buffer[:length], self._buffer[length:]
        return got

    def _read(self, method: str) -> Answer:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        head, self._buffer = self._buffer[:end].decode("latin-1"), self._buffer[end + 4 :]
        first, *rest = head.split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
        status = int(first.split(" ", 2)[1])
        found = dict(headers)
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif found.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while size := int(self._line().partition(b";")[0], 16):
                parts.append(self._exactly(size))
                self._line()
            self._line()
            body = b"".join(parts)
        else:
            body = self._exactly(int(found.get("content-length", "0")))
        return Answer(status, headers, body)


def hidden_fields(page: bytes) -> list[tuple[str, str]]:
    """Name and value of every hidden input, in the order of the page."""
    fields = []
    for tag in _HIDDEN.findall(page):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name:
            text = value.group(1) if value else b""
            for entity, letter in _ENTITIES:
                text = text.replace(entity, letter)
            fields.append((name.group(1).decode(), text.decode()))
    return fields
