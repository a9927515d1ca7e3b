"""Images that people upload, decoded and written anew: nothing of the file that came in is ever served."""

import hashlib
import threading
from dataclasses import dataclass
from typing import Final

from eventapp.errors import Refused

MOST_BYTES: Final = 5 * 1024 * 1024

_one_at_a_time = threading.Lock()  # decoding takes up to 100 MB; several at once would not fit a worker


@dataclass(frozen=True, kw_only=True)
class ReadyImage:
    """An image as it is kept and served."""

    content: bytes
    sha256: str
    media_type: str
    width: int
    height: int


def re_encode(data: bytes, *, longest: int, is_page: bool = False) -> ReadyImage:
    """Decode an image and write it anew without any metadata, at most `longest` pixels a side; refuses all else.

    As WebP for the site; a page of a paper as JPEG, which every program opens, and whose size the caller has checked.
    """
    if not data:
        raise Refused("This file is empty.", code="image")
    if len(data) > MOST_BYTES and not is_page:
        raise Refused("This image is too large: at most 5 MB.", code="image")
    with _one_at_a_time:
        from eventapp.adapters.image_coding import written_anew

        content, (width, height) = written_anew(data, longest=longest, is_page=is_page)
    return ReadyImage(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type="image/jpeg" if is_page else "image/webp",
        width=width,
        height=height,
    )
