"""Uploaded images: what comes in, what is kept, what is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from eventapp.adapters.images import re_encode
from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Edition, Upload
from eventapp.services import uploads
from tests.factories.editions import CLOCK_STANDS_AT
from tests.factories.programme import make_body


def picture(kind: str, size=(60, 40), mode="RGB", **save) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else 0).save(out, kind, **save)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG that says it has side x side pixels, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * 16)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("GIF", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGB"), ("PNG", "I;16"), ("PNG", "LA")])  # fmt: skip
def test_images_come_in(kind, mode):
    image = re_encode(picture(kind, mode=mode), longest=800)
    assert (image.media_type, image.width, image.height) == ("image/webp", 60, 40)
    assert Image.open(io.BytesIO(image.content)).format == "WEBP"


def test_large_pictures_are_made_smaller():
    assert re_encode(picture("JPEG", (3000, 1500)), longest=800).width == 800


def test_nothing_but_the_picture_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    exif[0x0112] = 6  # lies on its side
    data = picture("JPEG", exif=exif, comment=b"a secret place")
    assert b"secret" in data
    image = re_encode(data, longest=800)
    assert b"secret" not in image.content and b"EXIF" not in image.content
    assert (image.width, image.height) == (40, 60)  # turned as the camera said


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"hello, I am a picture",
        picture("PNG")[:-30],
        picture("JPEG", (400, 400))[:300],
        picture("GIF")[:20],
        b"",
        b"\x89PNG\r\n\x1a\n",
        picture("TIFF"),
        picture("BMP"),
    ],
    ids=["svg", "text", "cut png", "cut jpeg", "cut gif", "empty", "head alone", "tiff", "bmp"],
)
def test_what_is_no_image_is_refused(data):
    with pytest.raises(Refused):
        re_encode(data, longest=800)


@pytest.mark.parametrize("side", [20_000, 6_000, 13_000])
def test_bombs_are_refused(side):
    with pytest.raises(Refused, match="too many pixels"):
        re_encode(bomb(side), longest=800)


def test_more_than_5_megabytes_are_refused():
    with pytest.raises(Refused, match="too large"):
        re_encode(b"x" * (5 * 1024 * 1024 + 1), longest=800)


def test_an_image_is_kept_once_and_whole(ctx, tmp_path):
    image = re_encode(picture("PNG"), longest=800)
    first = uploads.keep(image, folder=tmp_path, now=CLOCK_STANDS_AT)
    again = uploads.keep(image, folder=tmp_path, now=CLOCK_STANDS_AT)
    assert first is again and db.session.query(Upload).count() == 1
    assert [path.name for path in tmp_path.iterdir()] == [uploads.file_name(first)]
    assert (tmp_path / uploads.file_name(first)).read_bytes() == image.content


@pytest.mark.parametrize(
    "name", ["../secret_key", "a.webp", "f" * 64 + ".svg", "F" * 64 + ".webp", "f" * 64 + ".webp\n"]
)
def test_names_that_no_upload_has(name):
    with pytest.raises(NotFound):
        uploads.media_type_of(name)


def test_tidy_takes_what_no_row_points_to_and_nothing_else(ctx, tmp_path):
    kept = [
        uploads.keep(
            re_encode(picture("PNG", (60 + side, 40)), longest=800), folder=tmp_path, now=CLOCK_STANDS_AT
        )
        for side in range(3)
    ]
    db.session.get(Edition, 1).picture_id = kept[0].id
    make_body(logo_id=kept[1].id)
    names = [uploads.file_name(one) for one in kept]
    (tmp_path / f"{'a' * 64}.webp").write_bytes(b"left over by a save that was refused")
    for name in ("README", ".half-written"):
        (tmp_path / name).write_bytes(b"not ours")
    db.session.flush()
    assert uploads.tidy(tmp_path) == 2
    assert {path.name for path in tmp_path.iterdir()} == {*names[:2], "README", ".half-written"}
    assert set(db.session.scalars(db.select(Upload.sha256))) == {name[:64] for name in names[:2]}
    assert uploads.tidy(tmp_path) == 0


def test_tidy_waits_for_another_time_while_a_backup_is_taken(ctx, tmp_path):
    upload = uploads.keep(re_encode(picture("PNG"), longest=800), folder=tmp_path, now=CLOCK_STANDS_AT)
    file = tmp_path / uploads.file_name(upload)
    with uploads.untouched(tmp_path), uploads.untouched(tmp_path):
        assert uploads.tidy(tmp_path) == 0
        assert file.exists()
    assert uploads.tidy(tmp_path) == 1
    assert not file.exists()


def test_tidy_without_a_folder(ctx, tmp_path):
    assert uploads.tidy(tmp_path / "none") == 0
