"""ClamAV at the other end of a socket: a file goes there piece by piece, and comes in only if it is told to be clean."""

import socket
from contextlib import suppress
from typing import IO, Final
from urllib.parse import urlsplit

from eventapp.adapters import journal as log
from eventapp.errors import Refused

_PIECE: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_SECONDS: Final = 60.0  # it looks at everything before it answers


def check_clean(file: IO[bytes], address: str) -> None:
    """Refuse a file in which the scanner finds something, and any file while it does not answer; no address, no scanning.

    `address` is unix:/run/clamav/clamd.ctl or tcp://host:3310.
    """
    if not address:
        return
    try:
        answer = _ask(file, address)
    except (OSError, ValueError) as problem:
        log.warning("the virus scanner does not answer", problem=str(problem))
        raise _away() from None
    if answer.endswith("FOUND"):
        log.warning("the virus scanner found something in an upload", answer=answer)
        raise Refused("The virus scanner found something in this file. It was not kept.", code="infected")
    if answer != "stream: OK":
        log.warning("the virus scanner could not look at an upload", answer=answer)
        raise _away()


def _away() -> Refused:
    return Refused(
        "The virus scanner does not answer, so nothing can be taken now. Please try again in a few minutes.",
        code="scanner-away",
    )


def _ask(file: IO[bytes], address: str) -> str:
    file.seek(0)
    with _connected(address) as there:
        # A scanner that has had enough answers and hangs up while we still send: its answer counts.
        with suppress(BrokenPipeError, ConnectionResetError):
            there.sendall(b"zINSTREAM\0")
            while block := file.read(_PIECE):
                there.sendall(len(block).to_bytes(4, "big") + block)
            there.sendall(bytes(4))
        return _answer(there)


def _answer(there: socket.socket) -> str:
    found = b""
    while b"\0" not in found and len(found) < _LONGEST_ANSWER:
        block = there.recv(_LONGEST_ANSWER)
        if not block:
            break
        found += block
    return found.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        there = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        there.settimeout(_SECONDS)
        try:
            there.connect(parts.path)
        except OSError:
            there.close()
            raise
        return there
    return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=_SECONDS)
