"""Addresses of static files: one for all languages, with the content's hash, so that they may be kept for a year."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.security import safe_join

STATIC = Path(__file__).resolve().parent.parent / "static"
_TEXT: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".geojson": "application/geo+json",
}

blueprint = Blueprint("assets", __name__)


@cache
def _hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; raises FileNotFoundError for a wrong name, so that a test notices."""
    return f"/static/{name}?v={_hash(name)}"


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A file of the product; kept for a year where the address carries a hash."""
    lasting = "v" in request.args
    response = _packed_file(name) or send_from_directory(STATIC, name, max_age=31536000 if lasting else 3600)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if lasting else "public, max-age=3600"
    )
    return response


def _packed_file(name: str) -> Response | None:
    """A text gzipped once for this process, for whoever reads that; None for the others and for what is no text."""
    kind = _TEXT.get(Path(name).suffix)
    path = safe_join(str(STATIC), name)
    if kind is None or path is None or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return None
    file = Path(path)
    if not file.is_file():
        return None
    body, etag = _packed(file)
    response = Response(body, mimetype=kind)
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag, weak=True)
    response.make_conditional(request)
    return response


@cache
def _packed(path: Path) -> tuple[bytes, str]:
    content = path.read_bytes()
    return gzip.compress(content, compresslevel=9, mtime=0), hashlib.sha256(content).hexdigest()[:24]
