"""Images that people upload, decoded and written anew: nothing of the file that came in is ever served."""

import hashlib
import io
import threading
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from eventapp.errors import Refused

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 25_000_000  # a photograph of 24 megapixels comes in; a bomb of 400 does not
LONGEST_SIDE: Final = 12_000
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")  # never SVG: it can hold scripts

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_one_at_a_time = threading.Lock()  # decoding takes up to 100 MB; several at once would not fit a worker


@dataclass(frozen=True, kw_only=True)
class ReadyImage:
    """An image as it is kept and served."""

    content: bytes
    sha256: str
    media_type: str
    width: int
    height: int


def re_encode(data: bytes, *, longest: int) -> ReadyImage:
    """Decode an image and write it as WebP without any metadata, at most `longest` pixels a side; refuses all else."""
    if not data:
        raise Refused("This file is empty.", code="image")
    if len(data) > MOST_BYTES:
        raise Refused("This image is too large: at most 5 MB.", code="image")
    with _one_at_a_time:
        try:
            return _written(_decoded(data, longest))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError):
            raise Refused(
                "This is not an image that can be read. Please choose a PNG, JPEG, GIF or WebP file.",
                code="image",
            ) from None


def _too_many_pixels() -> Refused:
    return Refused(
        "This image has too many pixels: at most %(side)s a side and 25 million in all.",
        code="image",
        side=LONGEST_SIDE,
    )


def _decoded(data: bytes, longest: int) -> tuple[Image.Image, bool]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        if max(opened.size) > LONGEST_SIDE or opened.size[0] * opened.size[1] > MOST_PIXELS:
            raise _too_many_pixels()
        is_photograph = opened.format == "JPEG"
        opened.draft("RGB", (longest, longest))  # a JPEG is decoded at a smaller size where that is enough
        opened.load()
        image = ImageOps.exif_transpose(opened)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((longest, longest))
    return image, is_photograph


def _written(decoded: tuple[Image.Image, bool]) -> ReadyImage:
    image, is_photograph = decoded
    out = io.BytesIO()
    clean = Image.new(image.mode, image.size)  # a new image has no metadata to carry over
    clean.paste(image)
    clean.save(out, "WEBP", quality=85, lossless=not is_photograph)
    content = out.getvalue()
    return ReadyImage(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type="image/webp",
        width=clean.width,
        height=clean.height,
    )
