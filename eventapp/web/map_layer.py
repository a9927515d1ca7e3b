"""The layer of countries behind every map of counts: the one that ships, or instance/map.geojson in its place."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app

from eventapp.adapters import journal as log
from eventapp.errors import NotFound
from eventapp.rules.map_layer import LayerError, own_layer
from eventapp.services.reference import list_country_codes
from eventapp.web.assets import asset

SHIPPED: Final = "map/countries.geojson"
FILE: Final = "map.geojson"
LARGEST: Final = 20 * 1024 * 1024

blueprint = Blueprint("map_layer", __name__)


@blueprint.app_template_global()
def layer_address() -> str:
    """Where the page fetches the layer, with the content's hash; a file that cannot be used never breaks a page."""
    own = _own()
    return f"/map.geojson?v={own[1]}" if own else asset(SHIPPED)


@blueprint.get("/map.geojson")
def show() -> Response:
    """The layer of this conference; where there is none of its own, the shipped one stands under its own address."""
    own = _own()
    if own is None:
        raise NotFound("There is nothing at this address.")
    response = Response(own[0], mimetype="application/geo+json")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _own() -> tuple[str, str] | None:
    """The administrator's layer as text with its hash, made once for each state of the file."""
    path: Path = current_app.config["SETTINGS"].instance / FILE
    try:
        state = path.stat()
    except OSError:
        return None
    return _made(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _made(path: Path, _changed: int, size: int) -> tuple[str, str] | None:
    try:
        if size > LARGEST:
            raise LayerError("it is too large")
        layer = own_layer(json.loads(path.read_text(encoding="utf-8")), list_country_codes())
    except (OSError, ValueError) as problem:
        log.warning("map layer not used", file=FILE, problem=str(problem))
        return None
    text = json.dumps(layer, separators=(",", ":"), ensure_ascii=False)
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]
