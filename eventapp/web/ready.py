"""Pages that are the same for everybody but for a few slots: made once, then filled in, also in their gzipped form.

A session with a message to show or somebody signed in, a query and a test get a page of their own.
"""

import re
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Response, current_app, g, request, session
from markupsafe import Markup, escape

from eventapp.web.locale import language

KEY: Final = "eventapp.ready"
MOST: Final = 200
LIFETIME: Final = (
    30.0  # seconds; whatever moves the content's version or the phase of registration ends it earlier
)
# Nobody outside this process can know the mark, so nobody can type one.
_MARK: Final = f"slot-{secrets.token_hex(12)}-"
_SLOT: Final = re.compile(f"{_MARK}([a-z_]+)-")
_LONGEST_STORED: Final = 0xFFFF
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

Slots = Mapping[str, str]
Render = Callable[[Slots], str]


@dataclass(frozen=True)
class _Piece:
    """What stands between two slots, plain and deflated, and the slot that follows it."""

    plain: bytes
    deflated: bytes
    slot: str


@dataclass(frozen=True)
class _Kept:
    pieces: list[_Piece]
    until: float


def page(
    key: tuple[object, ...], slots: Slots, render: Render, *, hidden: Mapping[str, str] | None = None
) -> Response:
    """Answer with a page; `render` is called with markers in place of the slots where it may be kept.

    `hidden` names texts that the page's frame itself repeats (a token in the address): slot name -> text.
    """
    if not _may_be_kept():
        return Response(render(slots), mimetype="text/html")
    store: dict[tuple[object, ...], _Kept] = current_app.extensions.setdefault(KEY, {})
    whole = (language(), *key)
    kept = store.get(whole)
    if kept is None or kept.until <= time.time():
        kept = _make({name: Markup(f"{_MARK}{name}-") for name in slots}, render, hidden or {})  # noqa: S704 - our mark
        if len(store) >= MOST:
            store.clear()
        store[whole] = kept
    return _fill(
        kept.pieces,
        {name: str(escape(value)).encode() for name, value in {**slots, **(hidden or {})}.items()},
    )


def _may_be_kept() -> bool:
    is_plain = not request.query_string and "_flashes" not in session and "_user_id" not in session
    return is_plain and not current_app.testing


def _make(markers: Slots, render: Render, hidden: Mapping[str, str]) -> _Kept:
    html = render(markers)
    for name, text in hidden.items():
        html = html.replace(text, f"{_MARK}{name}-")
    parts = _SLOT.split(html)
    pieces = []
    for place in range(0, len(parts), 2):
        plain = parts[place].encode()
        slot = parts[place + 1] if place + 1 < len(parts) else ""
        pieces.append(_Piece(plain, _deflate(plain), slot))
    return _Kept(pieces, min(time.time() + LIFETIME, g.get("page_until", float("inf"))))


def _deflate(data: bytes) -> bytes:
    """A piece of a deflate stream that refers to nothing before it and ends on a byte."""
    if not data:
        return b""
    made = zlib.compressobj(6, zlib.DEFLATED, -15)
    return made.compress(data) + made.flush(zlib.Z_FULL_FLUSH)


def _stored(data: bytes) -> bytes:
    """The same without compressing (RFC 1951, 3.2.4): what fills a slot is short, and a compressor takes 256 kB."""
    parts = [data[at : at + _LONGEST_STORED] for at in range(0, len(data), _LONGEST_STORED)]
    return b"".join(
        b"\0" + len(part).to_bytes(2, "little") + (_LONGEST_STORED - len(part)).to_bytes(2, "little") + part
        for part in parts
    )


def _fill(pieces: list[_Piece], values: Mapping[str, bytes]) -> Response:
    plain: list[bytes] = []
    for piece in pieces:
        plain.append(piece.plain)
        if piece.slot:
            plain.append(values[piece.slot])
    body = b"".join(plain)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(body, mimetype="text/html")
    packed = [_GZIP_HEAD]
    for piece in pieces:
        packed.append(piece.deflated)
        if piece.slot:
            packed.append(_stored(values[piece.slot]))
    packed.append(b"\x03\x00")  # an empty last block
    packed.append(zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little"))
    response = Response(b"".join(packed), mimetype="text/html")
    response.headers["Content-Encoding"] = "gzip"
    return response
