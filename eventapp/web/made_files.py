"""Files that are made whole before their first byte goes out: the browser is told their length, and notices a broken one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from flask import Response, current_app, request, stream_with_context
from werkzeug.wsgi import wrap_file

from eventapp.adapters.own_process import workplace
from eventapp.config import Settings
from eventapp.errors import NotFound
from eventapp.web.sending import check_place, in_a_place

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
PART: Final = 64 * 1024
MEDIA_TYPES: Final = {"csv": "text/csv", "json": "application/json", "xlsx": XLSX}


def attached(
    make: Callable[[Path], None], name: str, media_type: str, *, then: Callable[[], None] | None = None
) -> Response:
    """Have a file made in the exports folder and send it; its name is gone before the first byte, whatever happens."""
    settings: Settings = current_app.config["SETTINGS"]
    check_place()  # what nobody can fetch is not made
    with workplace(settings.exports) as folder:
        path = folder / "whole"
        make(path)
        return kept_file(path, name, media_type, then=then)


def kept_file(path: Path, name: str, media_type: str, *, then: Callable[[], None] | None = None) -> Response:
    """Send a whole file, which may lose its name meanwhile; `then` is called once all of it was handed over."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise NotFound("There is no such list.") from None
    size = path.stat().st_size
    # A server that sends the file by itself tells nobody when it is through.
    parts = stream_with_context(_parts(file, then)) if then else wrap_file(request.environ, file)
    response = Response(in_a_place(parts), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    if name.isascii():
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.call_on_close(file.close)
    return response


def _parts(file: IO[bytes], then: Callable[[], None]) -> Iterator[bytes]:
    while part := file.read(PART):
        yield part
    then()
