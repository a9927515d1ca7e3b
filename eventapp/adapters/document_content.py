"""Documents of the programme made ready to be kept: PDF and office files are checked, images decoded and written anew."""

import re
from typing import IO, Final

from eventapp.adapters.images import re_encode
from eventapp.adapters.papers import LONGEST
from eventapp.errors import Refused
from eventapp.rules.office_file import Kind, check_office
from eventapp.rules.paper import IMAGE, MOST_BYTES, PDF, check_pdf, sniff

_HEAD: Final = 64
_OLD_OFFICE: Final = re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf")


def identify(file: IO[bytes]) -> Kind | None:
    """What a file is by its content, whatever it is called; None for an image, which `picture` makes. Refuses all else."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise Refused("This file is empty.", code="document")
    if head.startswith(b"PK\x03\x04"):
        return check_office(file)
    if _OLD_OFFICE.match(head):
        raise Refused(
            "This is a file of an old office program. Please save it as PDF, DOCX, PPTX, XLSX or ODF.",
            code="document",
        )
    try:
        found = sniff(head)
    except Refused:
        raise Refused(
            "This is neither a PDF, nor a file of an office program, nor an image.", code="document"
        ) from None
    if found == IMAGE:
        return None
    check_pdf(file)
    return Kind(PDF, "pdf")


def picture(file: IO[bytes]) -> bytes:
    """An image as a new JPEG without any metadata; refuses large ones, which have to be decoded in memory."""
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused("This image is too large: at most 10 MB.", code="document")
    return re_encode(data, longest=LONGEST, is_page=True).content


JPEG: Final = Kind("image/jpeg", "jpg")
