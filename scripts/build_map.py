"""Draw the layer of countries for the maps of counts: Natural Earth's shapes, projected and simplified, by alpha-2 code.

    python scripts/build_map.py countries-50m.json countries-10m.json

The two inputs are TopoJSON files of the npm package world-atlas (Natural Earth, public domain), whose ids are the codes of
UN M49; its own ISO_A2, which is -99 for France and Norway, is not used. See README.md.
"""

import gzip
import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

from build_world import SOUTH_END, area, cut, joined, read, simplified, unrolled

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import csv

from eventapp.rules.cartography import HEIGHT, WIDTH, project

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "eventapp/static/map/countries.geojson"
DETAIL = 0.55  # smallest triangle kept, in square units of the sheet
SMALLEST_ISLAND = 0.6
SMALLEST_SHAPE = 1.0  # what is smaller is told by its point alone
SMALLEST_SEEN = 12.0  # what is smaller gets a point as well, in square units: about 9,000 km2
FINER = 2  # whole numbers in halves of a unit

# Parts that Natural Earth draws with another country, and ISO lists by themselves: where they lie, and how far round
# (degrees). The coordinates are those of their chief places or middles.
PARTS = {
    "GF": ("FR", 4.0, -53.0, 4.0),
    "GP": ("FR", 16.2, -61.5, 0.9),
    "MQ": ("FR", 14.7, -61.0, 0.6),
    "RE": ("FR", -21.1, 55.5, 1.5),
    "YT": ("FR", -12.8, 45.2, 1.0),
    "SJ": ("NO", 78.5, 18.0, 12.0),
    "BV": ("NO", -54.4, 3.4, 3.0),
    "BQ": ("NL", 12.2, -68.3, 1.5),
    "TK": ("NZ", -9.2, -171.9, 3.0),
    "CX": (None, -10.5, 105.6, 2.0),
    "CC": (None, -12.2, 96.8, 2.0),
    "VA": ("VA", 41.9, 12.5, 0.0),  # its shape is too small to be one in either file
}
LEFT_OUT = {"AQ"}  # Antarctica, as on every map of the product


def main(coarse_file, fine_file):
    codes = country_codes()
    shapes, fine = polygons(read(coarse_file), codes, DETAIL), polygons(read(fine_file), codes, 0.0)
    features = []
    for code in sorted([*codes.values(), ""]):
        kept = shapes.get(code, [])
        largest = max((abs(area(one[0])) for one in kept), default=0.0)
        kept = [one for one in kept if abs(area(one[0])) >= min(largest, SMALLEST_ISLAND)]
        if code == "":
            features += [feature("", [one]) for one in kept if abs(area(one[0])) >= SMALLEST_SHAPE]
            continue
        if largest >= SMALLEST_SHAPE:
            features.append(feature(code, kept))
        if largest < SMALLEST_SEEN and code not in LEFT_OUT:
            features.append(point(code, kept or fine.get(code, [])))
    document = {
        "type": "FeatureCollection",
        "about": "Natural Earth (public domain), Equal Earth projection; made by scripts/build_map.py. "
        "Boundaries and names imply no opinion.",
        "sheet": [round(WIDTH * FINER), round(HEIGHT * FINER)],
        "features": features,
    }
    text = json.dumps(document, separators=(",", ":")) + "\n"
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(features)} features, {len(text)} characters, {len(gzip.compress(text.encode(), 9))} gzipped")


def country_codes():
    """UN M49 -> alpha-2, of the countries that are not history."""
    with (ROOT / "eventapp/data/countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["m49"]: row["alpha2"] for row in csv.DictReader(file) if not row["active_to"]}


def polygons(source, codes, detail):
    """Code -> polygons of projected rings, the outer first; arcs are simplified once, so that neighbours still meet."""
    topology, arcs = source
    arcs = [simplified([placed(*place) for place in arc], detail) for arc in arcs]
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = codes.get(geometry.get("id"), "")
        rings = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in rings:
            places = [[(one.latitude, one.longitude) for one in joined(ring, arcs)] for ring in polygon]
            if max(latitude for latitude, _ in places[0]) < SOUTH_END:
                continue
            owner = part_of(code, middle(places[0]))
            pieces = [[placed(*place) for place in piece] for ring in places for piece in cut(unrolled(ring))]
            if len(places) > 1:
                found.setdefault(owner, []).append(
                    pieces
                )  # a shape with holes; none of these lies across 180°
            else:
                found.setdefault(owner, []).extend([piece] for piece in pieces)
    return found


def placed(latitude, longitude):
    at = project(latitude, longitude)
    return SimpleNamespace(latitude=latitude, longitude=longitude, x=at.x, y=at.y)


def middle(places):
    return sum(place[0] for place in places) / len(places), sum(place[1] for place in places) / len(places)


def part_of(code, at):
    for part, (whole, latitude, longitude, reach) in PARTS.items():
        if (whole or "") == code and math.dist(at, (latitude, longitude)) < reach:
            return part
    return code


def feature(code, shapes):
    rings = [[whole(ring) for ring in shape] for shape in shapes]
    rings = [[ring for ring in shape if len(ring) > 3] for shape in rings]
    return {
        "type": "Feature",
        **({"id": code} if code else {}),
        "properties": {"name": code},
        "geometry": {"type": "MultiPolygon", "coordinates": [shape for shape in rings if shape]},
    }


def point(code, shapes):
    if shapes:
        ring = max((shape[0] for shape in shapes), key=lambda one: abs(area(one)))
        at = SimpleNamespace(x=sum(p.x for p in ring) / len(ring), y=sum(p.y for p in ring) / len(ring))
    else:
        at = project(PARTS[code][1], PARTS[code][2])
    return {
        "type": "Feature",
        "id": code,
        "properties": {"name": code},
        "geometry": {"type": "Point", "coordinates": whole([at])[0]},
    }


def whole(points):
    """Whole numbers, up is up as in GeoJSON; what falls on the same spot as the point before is left out."""
    spots = [(round(point.x * FINER), round((HEIGHT - point.y) * FINER)) for point in points]
    return [list(spots[0]), *(list(b) for a, b in pairwise(spots) if a != b)]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
