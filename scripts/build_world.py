"""Draw the world once: Natural Earth's land and borders, projected and simplified, as path text and as an SVG file.

    python scripts/build_world.py land-50m.json countries-50m.json

The two inputs are TopoJSON files of the npm package world-atlas (Natural Earth, public domain). See README.md.
"""

import gzip
import heapq
import json
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eventapp.rules.cartography import HEIGHT, WIDTH, equator_path, graticule_path, project

ROOT = Path(__file__).resolve().parents[1]
LAND_DETAIL = 1.1  # smallest triangle kept, in square units of the sheet
BORDER_DETAIL = 1.6
SMALLEST_ISLAND = 1.1
SOUTH_END = -59.0  # Antarctica is left out


def main(land_file, countries_file):
    land, border = land_path(read(land_file)), border_path(read(countries_file))
    data = {
        "about": "Natural Earth (public domain), Equal Earth projection; made by scripts/build_world.py",
        "width": WIDTH,
        "height": HEIGHT,
        "land": land,
        "borders": border,
    }
    (ROOT / "eventapp/data/world-land.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    svg = sheet(land, border)
    (ROOT / "eventapp/static/img/world.svg").write_text(svg)
    for name, text in (("land", land), ("borders", border), ("world.svg", svg)):
        print(f"{name}: {len(text)} characters, {len(gzip.compress(text.encode()))} gzipped")


def sheet(land, border):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">\n'
        "<!-- Natural Earth (public domain), Equal Earth; made by scripts/build_world.py.\n"
        "     Use the parts with <use href='...#land'>; colours come from the page. -->\n"
        "<defs>\n"
        f'<path id="land" d="{land}"/>\n'
        f'<path id="borders" d="{border}"/>\n'
        f'<path id="graticule" d="{graticule_path()}"/>\n'
        f'<path id="equator" d="{equator_path()}"/>\n'
        "</defs>\n"
        "</svg>\n"
    )


def read(file):
    topology = json.loads(Path(file).read_text())
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        places = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            places.append((y * sy + ty, x * sx + tx))
        arcs.append(places)
    return topology, arcs


def land_path(source):
    topology, arcs = source
    rings = []
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                places = joined(ring, arcs)
                if max(latitude for latitude, _ in places) < SOUTH_END:
                    continue
                for piece in cut(unrolled(places)):
                    points = simplified([project(*place) for place in piece], LAND_DETAIL)
                    if len(points) > 3 and abs(area(points)) >= SMALLEST_ISLAND:
                        rings.append(points)
    rings.sort(key=lambda ring: -abs(area(ring)))
    return "".join(steps(ring, closed=True) for ring in rings)


def border_path(source):
    """The arcs that two countries share."""
    topology, arcs = source
    users = {}
    for number, geometry in enumerate(topology["objects"]["countries"]["geometries"]):
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                for arc in ring:
                    users.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
    lines = [arcs[arc] for arc, countries in sorted(users.items()) if len(countries) > 1]
    drawn = [simplified([project(*place) for place in line], BORDER_DETAIL) for line in lines]
    return "".join(steps(line, closed=False) for line in chained(drawn))


def chained(lines):
    """Lines that meet at their ends joined, so that fewer moves are written."""
    lines = [list(line) for line in lines if len(line) > 1]
    result = []
    while lines:
        line = lines.pop(0)
        grown = True
        while grown:
            grown = False
            for number, other in enumerate(lines):
                if key(other[0]) == key(line[-1]):
                    line += other[1:]
                elif key(other[-1]) == key(line[-1]):
                    line += other[-2::-1]
                else:
                    continue
                lines.pop(number)
                grown = True
                break
        result.append(line)
    return result


def key(point):
    return round(point.x, 1), round(point.y, 1)


def joined(ring, arcs):
    places = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        places += part if not places else part[1:]
    return places


def unrolled(places):
    """The ring with longitudes that run on over 180° instead of jumping back."""
    result = [places[0]]
    for latitude, longitude in places[1:]:
        turns = round((result[-1][1] - longitude) / 360)
        result.append((latitude, longitude + 360 * turns))
    return result


def cut(places):
    """The ring in pieces, one for each time round the world, every piece brought back into -180 to 180."""
    pieces = []
    for turn in (-360, 0, 360):
        piece = beyond(beyond(places, -180 + turn, 1), 180 + turn, -1)
        if len(piece) > 3:
            pieces.append([(latitude, longitude - turn) for latitude, longitude in piece])
    return pieces


def beyond(places, edge, sign):
    """What of a closed ring lies on one side of a meridian (Sutherland and Hodgman)."""
    kept = []
    for (la, lo), (lb, lp) in pairwise(places):
        here, there = (lo - edge) * sign >= 0, (lp - edge) * sign >= 0
        if here:
            kept.append((la, lo))
        if here != there:
            kept.append((la + (lb - la) * (edge - lo) / (lp - lo), edge))
    return [*kept, kept[0]] if kept else []


def area(points):
    return sum(a.x * b.y - b.x * a.y for a, b in pairwise([*points, points[0]])) / 2


def simplified(points, least):
    """Visvalingam and Whyatt: take away the point with the smallest triangle until all are large enough."""
    size = len(points)
    before, after = list(range(-1, size - 1)), list(range(1, size + 1))
    alive = [True] * size
    heap = [(triangle(points, i - 1, i, i + 1), i) for i in range(1, size - 1)]
    heapq.heapify(heap)
    current = {i: value for value, i in heap}
    floor = 0.0
    while heap:
        value, i = heapq.heappop(heap)
        if not alive[i] or current[i] != value:
            continue
        floor = max(floor, value)
        if floor >= least:
            break
        alive[i] = False
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for j in (left, right):
            if 0 < j < size - 1:
                current[j] = max(floor, triangle(points, before[j], j, after[j]))
                heapq.heappush(heap, (current[j], j))
    return [point for i, point in enumerate(points) if alive[i]]


def triangle(points, a, b, c):
    p, q, r = points[a], points[b], points[c]
    return abs((q.x - p.x) * (r.y - p.y) - (r.x - p.x) * (q.y - p.y)) / 2


def steps(points, *, closed):
    """Path text in relative steps of whole tenths, so that rounding never adds up."""
    tenths = [(round(point.x * 10), round(point.y * 10)) for point in points]
    if closed:
        tenths = tenths[:-1]
    words = [f"M{short(tenths[0][0])} {short(tenths[0][1])}l"]
    moves = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(tenths)]
    moves = [move for move in moves if move != (0, 0)]
    if not moves:
        return ""
    numbers = [short(value) for move in moves for value in move]
    text = numbers[0]
    for word in numbers[1:]:
        text += word if word.startswith("-") else " " + word
    return "".join(words) + text + ("z" if closed else "")


def short(tenths):
    text = f"{tenths / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
