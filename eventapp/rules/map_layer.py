"""A layer of countries that somebody brings along: checked, projected like the one that ships, known by alpha-2 code."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from eventapp.rules.cartography import HEIGHT, WIDTH, project

FINER: Final = 2  # whole numbers in halves of a unit of the sheet, as in the layer that ships
SHEET: Final = (round(WIDTH * FINER), round(HEIGHT * FINER))
_DEPTH: Final = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}

Spot = list[int]


class LayerError(ValueError):
    """The file cannot be used; the text says why, for whoever put it there."""


def own_layer(document: Any, known: Collection[str]) -> dict[str, Any]:
    """The layer for the page, from a GeoJSON FeatureCollection in longitudes and latitudes.

    A feature's `id` is the alpha-2 code of a country; a shape without one stays neutral. Refuses what is no such
    document, a code nobody knows, and a place beyond the globe (a file that is projected already, for instance).
    """
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise LayerError("it is no GeoJSON FeatureCollection")
    features = [_feature(one, known) for one in document.get("features", [])]
    if not features:
        raise LayerError("it holds no feature")
    return {"type": "FeatureCollection", "sheet": list(SHEET), "features": features}


def _feature(feature: Any, known: Collection[str]) -> dict[str, Any]:
    geometry = (feature.get("geometry") if isinstance(feature, Mapping) else None) or {}
    code, kind = feature.get("id") if isinstance(feature, Mapping) else None, geometry.get("type")
    if kind not in _DEPTH:
        raise LayerError(f"a feature is a {kind}, not one of {', '.join(_DEPTH)}")
    if code is not None and code not in known:
        raise LayerError(f"there is no country {code!r}")
    try:
        coordinates = _projected(geometry.get("coordinates"), _DEPTH[kind])
    except LayerError:
        raise
    except (TypeError, ValueError, IndexError):
        raise LayerError(f"the coordinates of {code or 'a shape without a code'} cannot be read") from None
    if kind == "Polygon":
        coordinates, kind = [coordinates], "MultiPolygon"
    return {
        "type": "Feature",
        **({"id": code} if code else {}),
        "properties": {"name": code or ""},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _projected(coordinates: Any, depth: int) -> list[Any]:
    if depth:
        return [_projected(one, depth - 1) for one in coordinates]
    return _spot(coordinates)


def _spot(place: Sequence[float]) -> Spot:
    longitude, latitude = float(place[0]), float(place[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise LayerError(f"{longitude:g}, {latitude:g} is no longitude and latitude")
    point = project(latitude, longitude)
    return [round(point.x * FINER), round((HEIGHT - point.y) * FINER)]
