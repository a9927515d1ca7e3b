"""Files that are made whole before their first byte goes out: the browser is told their length, and notices a broken one."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.wsgi import wrap_file

from eventapp.adapters.own_process import workplace
from eventapp.config import Settings
from eventapp.errors import NotFound

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
MEDIA_TYPES: Final = {"csv": "text/csv", "json": "application/json", "xlsx": XLSX}


def attached(make: Callable[[Path], None], name: str, media_type: str) -> Response:
    """Have a file made in the exports folder and send it; its name is gone before the first byte, whatever happens."""
    settings: Settings = current_app.config["SETTINGS"]
    with workplace(settings.exports) as folder:
        path = folder / "whole"
        make(path)
        return kept_file(path, name, media_type)


def kept_file(path: Path, name: str, media_type: str) -> Response:
    """Send a whole file, which may lose its name meanwhile."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise NotFound("There is no such list.") from None
    size = path.stat().st_size
    response = Response(wrap_file(request.environ, file), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    if name.isascii():
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.call_on_close(file.close)
    return response
