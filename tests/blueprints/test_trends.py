"""The trend of an edition, all editions in figures, both as CSV, and the layer of countries."""

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from eventapp.extensions import db
from eventapp.models import Country, FigureClaim
from eventapp.rules.cartography import HEIGHT, project
from eventapp.rules.map_layer import LayerError, own_layer
from eventapp.web.assets import STATIC
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
LAYER = json.loads((STATIC / "map" / "countries.geojson").read_text(encoding="utf-8"))


@pytest.fixture
def editions(client):
    older = make_edition(ordinal=8, starts_on=CLOCK_STANDS_AT.date().replace(year=2026), ends_on=None)
    here = make_edition(ordinal=9)
    db.session.add(
        FigureClaim(
            edition_id=older.id, measure="participants", qualifier="more_than", value=300, is_shown=True
        )
    )
    for country in ("NA", "NA", "NO"):
        make_registration(here, country_code=country)
    make_registration(older, submitted_at=CLOCK_STANDS_AT.replace(year=2026, month=1))
    sign_in(client, make_user(role="reader"))
    return here


@pytest.mark.parametrize("prefix", ["", "/fr", "/es", "/ar"])
@pytest.mark.parametrize("path", ["/editions/9/trend", "/figures"])
def test_the_table_stands_in_every_language(client, editions, prefix, path):
    page = client.get(f"{prefix}/dashboard{path}").text
    assert "<details open" in page and "data-graph-table" in page
    assert 'data-v="3"' in page


def test_the_trend_says_where_both_stood(client, editions):
    page = client.get("/dashboard/editions/9/trend").text
    assert "3 registrations received. 55 days before its first day the 8th edition had 1." in page
    rows = list(csv.DictReader(io.StringIO(client.get("/dashboard/editions/9/trend.csv").text)))
    told = next(row for row in rows if row["days_from_start"] == "-55")
    assert (told["received"], told["received_in_all"], told["earlier_edition"]) == ("3", "3", "8")
    assert told["earlier_received_in_all"] == "1"
    assert (told["edition"], told["taken_at"]) == ("9", "2027-04-14T12:00:00Z")
    assert told["basis"].startswith("Basis: everything ever submitted")


def test_a_claim_keeps_its_qualifier(client, editions):
    page = client.get("/dashboard/figures").text
    assert ">more than 300<" in page
    rows = list(csv.DictReader(io.StringIO(client.get("/dashboard/figures.csv").text)))
    assert (rows[-2]["participants_qualifier"], rows[-2]["participants_published"]) == ("more_than", "300")
    assert (rows[-1]["registered"], rows[-1]["countries_represented"]) == ("3", "2")
    assert "checked_in: people who were checked in" in rows[-1]["basis"] and rows[-1]["taken_at"]
    assert client.get("/dashboard/figures.csv?bom=1").text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("precision", "sentence"),
    [("day", "No earlier edition"), ("month", "first day of this edition is not known")],
)
def test_why_there_is_nothing_to_compare_with(client, precision, sentence):
    if precision != "day":
        make_registration(make_edition(ordinal=8))
    make_registration(make_edition(ordinal=9, date_precision=precision))
    sign_in(client, make_user(role="reader"))
    assert sentence in client.get("/dashboard/editions/9/trend").text


def test_nobody_and_nothing_yet(client):
    make_edition(ordinal=9)
    sign_in(client, make_user(role="reader"))
    page = client.get("/dashboard/editions/9/trend").text
    assert "Nobody has registered yet" in page and "<table" not in page
    assert "<details open" in client.get("/dashboard/figures").text


def test_no_edition_at_all(client):
    sign_in(client, make_user(role="reader", all_editions=False))
    assert "No edition yet" in client.get("/dashboard/figures").text


def shapes() -> dict[str, dict]:
    return {
        one["id"]: one["geometry"]
        for one in LAYER["features"]
        if "id" in one and one["geometry"]["type"] != "Point"
    }


def test_the_layer_knows_every_country_of_today():
    """Natural Earth's own ISO_A2 is -99 for France and Norway; Antarctica is left out; history has no shape."""
    points = {one["id"] for one in LAYER["features"] if one["geometry"]["type"] == "Point"}
    today = {one.code for one in db.session.query(Country) if one.active_to is None}
    assert {"FR", "NO"} <= set(shapes())
    assert today - set(shapes()) - points == {"AQ"}
    assert not (set(shapes()) | points) - today
    assert {"TV", "NR", "MC", "SM", "LI", "MT", "SG"} <= points, "small states are seen as points"


def test_france_and_norway_are_where_they_are():
    """Their largest shapes lie in Europe, and what ISO lists apart is not theirs."""
    for code, (south, west, north, east) in {"FR": (42, -5.5, 51.5, 10), "NO": (57, 4, 71.5, 32)}.items():
        low, high = project(south, west), project(north, east)
        left, right = min(low.x, project(north, west).x), max(high.x, project(south, east).x)
        ring = max((one[0] for one in shapes()[code]["coordinates"]), key=len)
        assert all(left <= x / 2 <= right and high.y <= HEIGHT - y / 2 <= low.y for x, y in ring), code
    assert all(x > 1100 for shape in shapes()["FR"]["coordinates"] for x, _ in shape[0]), "Guiana is GF"


def test_the_layer_is_light(app):
    answer = FlaskClient(app, app.response_class).get(
        "/static/map/countries.geojson", headers={"Accept-Encoding": "gzip"}
    )
    assert answer.mimetype == "application/geo+json"
    assert len(answer.data) < 80_000


OWN = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "FR",
            "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [3, 0], [3, 3], [0, 0]]]},
        },
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": [[[[9, 9], [8, 8], [9, 8], [9, 9]]]]},
        },
        {"type": "Feature", "id": "TV", "geometry": {"type": "Point", "coordinates": [179.2, -8.5]}},
    ],
}


def test_a_layer_of_ones_own_is_projected_and_keeps_its_codes():
    layer = own_layer(OWN, {"FR", "TV"})
    assert layer["sheet"] == LAYER["sheet"]
    assert [one.get("id") for one in layer["features"]] == ["FR", None, "TV"]
    assert layer["features"][0]["geometry"]["coordinates"][0][0][0] == [1280, 640]
    x, y = layer["features"][2]["geometry"]["coordinates"]
    assert 2400 < x < 2560 and y < 640


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"type": "Topology"},
        {**OWN, "features": []},
        {**OWN, "features": [{"id": "XX", "geometry": {"type": "Point", "coordinates": [0, 0]}}]},
        {**OWN, "features": [{"id": "FR", "geometry": {"type": "LineString", "coordinates": []}}]},
        {**OWN, "features": [{"id": "FR", "geometry": {"type": "Point", "coordinates": [1280, 640]}}]},
        {**OWN, "features": [{"id": "FR", "geometry": {"type": "Polygon", "coordinates": [[1, 2], "x"]}}]},
        {**OWN, "features": [7]},
    ],
)
def test_what_is_no_layer_is_refused(document):
    with pytest.raises(LayerError):
        own_layer(document, {"FR"})


def test_the_administrators_file_takes_the_place_of_the_shipped_one(app, client):
    file = app.config["SETTINGS"].instance / "map.geojson"
    assert client.get("/map.geojson").status_code == 404
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.write_text(json.dumps(OWN), encoding="utf-8")
        with app.test_request_context():
            address = app.jinja_env.globals["layer_address"]()
        assert re.fullmatch(r"/map\.geojson\?v=[0-9a-f]{12}", address)
        answer = client.get(address)
        assert [one.get("id") for one in answer.get_json(force=True)["features"]] == ["FR", None, "TV"]
        assert "immutable" in answer.headers["Cache-Control"]
        file.write_text("{ not json at all", encoding="utf-8")
        with app.test_request_context():
            assert app.jinja_env.globals["layer_address"]().startswith("/static/map/")
    finally:
        file.unlink()
