"""Addresses of static files: one for all languages, with the content's hash, so that they may be kept for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

STATIC = Path(__file__).resolve().parent.parent / "static"

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
    response = send_from_directory(STATIC, name, max_age=31536000 if lasting else 3600)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if lasting else "public, max-age=3600"
    )
    return response
