"""Office files by what is in them: OOXML and ODF without macros. Their directory is read within limits, nothing is unpacked."""

import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Final

from eventapp.errors import Refused

MOST_MEMBERS: Final = 10_000
MOST_DIRECTORY: Final = 4 * 1024 * 1024
MOST_UNPACKED: Final = 1024 * 1024 * 1024
PLAIN_UNPACKED: Final = 100 * 1024 * 1024  # below this nobody asks how much it was packed
MOST_PACKED: Final = 100  # times
_LARGEST_LIST: Final = 1024 * 1024  # of the parts of a file, the only thing that is unpacked
_SMALLEST_MEMBER: Final = 30  # its own head
_OOXML: Final = "[Content_Types].xml"
_ODF: Final = "mimetype"
_WORDS: Final = "application/vnd.openxmlformats-officedocument."
_ODF_WORDS: Final = "application/vnd.oasis.opendocument."
_LISTED: Final = re.compile(rb'ContentType\s*=\s*["\']([^"\']+)\.main\+xml["\']')
_ACTIVE: Final = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/.*|macrosheets/.*|dialogsheets/.*|oleObject[^/]*|Basic/.*|Scripts/.*)$"
    r"|\.(docm|dotm|pptm|potm|ppsm|xlsm|xltm|xlam|exe|dll|js|vbs|bat|cmd|ps1|jar|hta|lnk)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Kind:
    """What a file is by its content, and the ending that goes with it."""

    media_type: str
    ending: str


_OOXML_KINDS: Final[Mapping[str, Kind]] = {
    f"{_WORDS}{word}".removesuffix(".main+xml"): Kind(f"{_WORDS}{word}", ending)
    for word, ending in (
        ("wordprocessingml.document", "docx"),
        ("presentationml.presentation", "pptx"),
        ("presentationml.slideshow", "ppsx"),
        ("spreadsheetml.sheet", "xlsx"),
    )
}
_ODF_KINDS: Final[Mapping[str, Kind]] = {
    f"{_ODF_WORDS}{word}": Kind(f"{_ODF_WORDS}{word}", ending)
    for word, ending in (
        ("text", "odt"),
        ("presentation", "odp"),
        ("spreadsheet", "ods"),
        ("graphics", "odg"),
    )
}


def check_office(file: IO[bytes]) -> Kind:
    """What kind of office file this is; refuses archives of other things, bombs, macros, passwords and damaged ones."""
    begins = _check_directory(file)
    try:
        with zipfile.ZipFile(file) as book:
            members = book.infolist()
            _check_members(members, begins)
            kind = _kind_of(book)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, RuntimeError):
        raise _damaged() from None
    if any(_ACTIVE.search(one.filename) for one in members):
        raise _with_macros()
    return kind


def _check_directory(file: IO[bytes]) -> int:
    """Where the directory begins; it is the end of the file, is not too long, and is told the truth about."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 22))
    end = file.read(22)
    if len(end) < 22 or not end.startswith(b"PK\x05\x06"):
        raise _damaged()
    disks, here, count, length, begins = (
        int.from_bytes(end[start:stop], "little")
        for start, stop in ((4, 8), (8, 10), (10, 12), (12, 16), (16, 20))
    )
    if disks or here != count or begins + length != size - 22:
        raise _damaged()
    if count > MOST_MEMBERS or length > MOST_DIRECTORY:
        raise _bomb()
    return begins


def _check_members(members: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """Each member is where it says, once, beside the others and not inside them; together they are not too large."""
    names = {one.filename for one in members}
    if not members or len(names) != len(members):
        raise _damaged()
    in_order = sorted(members, key=lambda one: one.header_offset)
    if in_order[0].header_offset != 0:
        raise _damaged()
    ends = [one.header_offset + _SMALLEST_MEMBER + one.compress_size for one in in_order]
    starts = [one.header_offset for one in in_order] + [directory]
    if any(end > start for end, start in zip(ends, starts[1:], strict=True)) or any(
        later < earlier for earlier, later in pairwise(starts)
    ):
        raise _bomb()
    for one in members:
        if one.flag_bits & 0x1:
            raise _locked()
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or not _is_inside(
            one.filename
        ):
            raise _damaged()
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if unpacked > MOST_UNPACKED or unpacked > max(PLAIN_UNPACKED, packed * MOST_PACKED):
        raise _bomb()


def _is_inside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return bool(parts[0]) and ".." not in parts and ":" not in parts[0]


def _kind_of(book: zipfile.ZipFile) -> Kind:
    names = set(book.namelist())
    if _OOXML in names:
        return _ooxml(_read_list(book, _OOXML))
    if _ODF in names:
        kind = _ODF_KINDS.get(_read_list(book, _ODF).decode("ascii", "replace").strip())
        if kind is not None:
            if "META-INF/manifest.xml" in names and b"encryption-data" in _read_list(
                book, "META-INF/manifest.xml"
            ):
                raise _locked()
            return kind
    raise Refused(
        "This is an archive. Please send the files in it one by one.",
        code="document",
    )


def _ooxml(parts: bytes) -> Kind:
    if b"macroEnabled" in parts or b"vbaProject" in parts:
        raise _with_macros()
    found = {one.decode("ascii", "replace") for one in _LISTED.findall(parts)}
    for word, kind in _OOXML_KINDS.items():
        if word in found:
            return kind
    raise _damaged()


def _read_list(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as member:
        found = member.read(_LARGEST_LIST + 1)
    if len(found) > _LARGEST_LIST:
        raise _bomb()
    return found


def _damaged() -> Refused:
    return Refused(
        "This file of an office program is not whole, or holds something else as well. Please save it again.",
        code="document",
    )


def _bomb() -> Refused:
    return Refused(
        "This file would grow beyond measure when it is opened. Please send it as a PDF.", code="document"
    )


def _locked() -> Refused:
    return Refused(
        "This file is locked with a password. Please send it without one.",
        code="document",
    )


def _with_macros() -> Refused:
    return Refused(
        "This file holds a program or macros. Please save it without them, or as a PDF.", code="document"
    )
