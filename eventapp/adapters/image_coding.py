"""Decoding and writing images with Pillow; imported with the first upload, because most workers of a day see none."""

import io
from typing import Final

from PIL import Image, ImageOps

from eventapp.errors import Refused

MOST_PIXELS: Final = 25_000_000  # a photograph of 24 megapixels comes in; a bomb of 400 does not
LONGEST_SIDE: Final = 12_000
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")  # never SVG: it can hold scripts

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def written_anew(data: bytes, *, longest: int, is_page: bool = False) -> tuple[bytes, tuple[int, int]]:
    """Decode an image and write it as WebP, or JPEG: its bytes, width and height; refuses what is none or too large."""
    try:
        image, is_photograph = _decoded(data, longest)
        return _page(image) if is_page else _written(image, is_photograph)
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


def _written(image: Image.Image, is_photograph: bool) -> tuple[bytes, tuple[int, int]]:
    out = io.BytesIO()
    clean = Image.new(image.mode, image.size)  # a new image has no metadata to carry over
    clean.paste(image)
    clean.save(out, "WEBP", quality=85, lossless=not is_photograph)
    return out.getvalue(), clean.size


def _page(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    out = io.BytesIO()
    clean = Image.new(
        "RGB", image.size, "white"
    )  # paper shows where nothing is drawn; no metadata to carry over
    clean.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    clean.save(out, "JPEG", quality=88)
    return out.getvalue(), clean.size
