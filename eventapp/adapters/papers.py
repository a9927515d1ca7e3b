"""Papers made ready to be kept: a PDF is checked, an image is decoded and written anew."""

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from eventapp.adapters.images import re_encode
from eventapp.rules.paper import PDF, check_pdf, name_as_sent, sniff

LONGEST: Final = 3_508  # pixels of the longer side of A4 at 300 dots an inch


@dataclass(frozen=True, kw_only=True)
class ReadyPaper:
    """A paper as it is kept and handed out."""

    content: bytes
    sha256: str
    media_type: str
    file_name: str


def make_ready(data: bytes, name: str) -> ReadyPaper:
    """A PDF as it came, or an image as a new JPEG without any metadata; refuses all else, whatever it is called."""
    if sniff(data) == PDF:
        check_pdf(io.BytesIO(data))
        content, media_type, ending = data, PDF, ".pdf"
    else:
        image = re_encode(data, longest=LONGEST, is_page=True)
        content, media_type, ending = image.content, image.media_type, ".jpg"
    return ReadyPaper(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        file_name=name_as_sent(name, ending),
    )
