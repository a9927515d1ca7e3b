"""Papers that people send in: what a file is by its content, whatever it is called, and whether a PDF holds together."""

import os
import re
from typing import IO, Final

from eventapp.errors import Refused

MOST_BYTES: Final = 10 * 1024 * 1024
PDF: Final = "application/pdf"
IMAGE: Final = "image"
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_OFFICE: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_TAIL: Final = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_TABLE: Final = re.compile(rb"\s*(xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")
# What runs, opens or hides something; as long words, since a short one turns up in any compressed page.
_ACTIVE: Final = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|GoToE|ImportData|SubmitForm)\b")
_LOCKED: Final = re.compile(rb"/Encrypt\s+\d{1,10}\s+\d{1,5}\s+R")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ARCHIVE_END: Final = b"PK\x05\x06"
_LONGEST_COMMENT: Final = 65_535
_PIECE: Final = 1 << 20
_OVERLAP: Final = 4096


def sniff(data: bytes) -> str:
    """PDF or IMAGE, by the first bytes; refuses everything else and says what to send instead."""
    if not data:
        raise Refused("This file is empty.", code="paper")
    if len(data) > MOST_BYTES:
        raise Refused("This file is too large: at most 10 MB.", code="paper")
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return IMAGE
    if data.startswith(_OFFICE):
        raise Refused(
            "This is a file of an office program or an archive. Please save it as a PDF and send that.",
            code="paper",
        )
    raise Refused(
        "This is neither a PDF nor an image. Please choose a PDF, PNG, JPEG, GIF or WebP file.", code="paper"
    )


def check_pdf(file: IO[bytes]) -> None:
    """Refuse a PDF that is cut off, has something else behind or inside it, is locked, or would do something when opened.

    Read piece by piece, however long it is. What a PDF hides in compressed parts is not looked into: whoever opens it does
    so in a program that asks first.
    """
    size = file.seek(0, os.SEEK_END)
    end = _read(file, max(0, size - _LONGEST_COMMENT - 22), size)
    tail = _TAIL.search(end, max(0, len(end) - 2048))
    if tail is None or _is_archive(end):
        raise Refused(
            "This PDF is not whole, or something else follows it. Please make it again.", code="paper"
        )
    begins = int(tail[1])
    if begins >= size or _TABLE.match(_read(file, begins, begins + 64)) is None:
        raise Refused("This PDF is damaged. Please make it again.", code="paper")
    for start in range(0, size, _PIECE):
        # Each piece with the beginning of the next one, so that no word is cut in two.
        piece = _read(file, start, start + _PIECE + _OVERLAP)
        _check_inactive(_ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), piece))


def _read(file: IO[bytes], start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def _check_inactive(plain: bytes) -> None:
    if _LOCKED.search(plain):
        raise Refused("This PDF is locked with a password. Please send it without one.", code="paper")
    if _ACTIVE.search(plain):
        raise Refused(
            "This PDF holds a program, a form that sends itself, or another file. Please print it as a new PDF.",
            code="paper",
        )


def _is_archive(data: bytes) -> bool:
    """Whether a program that unpacks archives would find one at the end: its comment reaches just to the last byte."""
    start = max(0, len(data) - _LONGEST_COMMENT - 22)
    place = data.find(_ARCHIVE_END, start)
    while place >= 0:
        if place + 22 <= len(data) and place + 22 + int.from_bytes(
            data[place + 20 : place + 22], "little"
        ) == len(data):
            return True
        place = data.find(_ARCHIVE_END, place + 1)
    return False


def name_as_sent(name: str, ending: str) -> str:
    """What a file was called by whoever sent it, safe to show and to save: no folders, no signs, the ending of its content."""
    last = re.split(r"[/\\]", name)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = "".join(letter if letter.isalnum() or letter in " -_()" else " " for letter in stem)
    return (" ".join(kept.split())[:120].strip() or "document") + ending
