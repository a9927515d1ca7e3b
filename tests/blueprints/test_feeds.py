"""The public record for machines."""

import csv
import io
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Room
from tests.factories.editions import make_edition
from tests.factories.programme import publish

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
FEEDS = (
    "/editions.json",
    "/editions/7.json",
    "/editions.csv",
    "/editions/7.ics",
    "/editions.atom",
    "/sitemap.xml",
    "/robots.txt",
)


@pytest.fixture
def coming(app):
    """An edition with one session, saved as another request would."""
    with app.app_context():
        edition = make_edition(title={"en": 'A & B <i> "x"'})
        room = Room(edition_id=edition.id, names={"en": "Hall A"})
        db.session.add(room)
        db.session.flush()
        db.session.add(
            ProgrammeSession(
                edition_id=edition.id,
                title={"en": "Opening"},
                kind="plenary",
                description={},
                starts_at=datetime(2027, 6, 8, 6, 0, tzinfo=UTC),
                ends_at=datetime(2027, 6, 8, 7, 30, tzinfo=UTC),
                room_id=room.id,
            )
        )
        publish(edition)
        db.session.commit()
    app.extensions["eventapp.cache"].clear()


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_can_be_asked_whether_it_changed(client, path):
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["Last-Modified"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_editions_as_json(client):
    document = client.get("/editions.json").json
    assert document["format"] == 1
    assert "source" in document["licence"]
    assert [one["ordinal"] for one in document["editions"]] == [7, 6, 5, 4, 3, 2, 1]
    third = document["editions"][4]
    assert third["dates"] == {"precision": "month", "starts_on": "2014-11", "ends_on": "2014-11"}
    assert third["figures"] == []
    lyon = third["place"]
    assert lyon["country"]["code"] == "FR"
    assert lyon["country"]["names"]["ar"] == "فرنسا"
    assert lyon["city"]["ar"] == "ليون"
    second = document["editions"][5]
    assert [(one["qualifier"], one["value"], one["is_shown"]) for one in second["figures"]] == [
        ("about", 150, True),
        ("almost", 50, True),
        ("exactly", 43, False),
    ]
    assert all(one["source"].startswith("http") for one in second["figures"])
    assert [one["role"] for one in second["bodies"]] == ["organiser", "sponsor"]


def test_one_edition_as_json(client, coming):
    document = client.get("/editions/8.json").json
    assert document["url"] == "http://localhost/editions/8"
    assert document["title"] == {"en": 'A & B <i> "x"'}
    assert document["dates"] == {"precision": "day", "starts_on": "2027-06-08", "ends_on": "2027-06-10"}
    assert document["registration"]["opens_at"] == "2027-03-01T09:00:00Z"
    (session,) = document["sessions"]
    assert (session["starts_at"], session["room"]) == ("2027-06-08T06:00:00Z", {"en": "Hall A"})
    missing = client.get("/editions/99.json")
    assert missing.status_code == 404
    assert missing.json["error"] == "not-found"


def test_the_calendar_of_an_edition(client, coming):
    response = client.get("/fr/editions/8.ics")
    assert response.mimetype == "text/calendar"
    calendar = Calendar.from_ical(response.data)
    whole, session = calendar.walk("VEVENT")
    assert whole["dtstart"].dt == date(2027, 6, 8)
    assert whole["dtend"].dt == date(2027, 6, 11)  # the day after the last, as RFC 5545 has it
    assert str(whole["summary"]) == 'A & B <i> "x"'
    assert "Nairobi, Kenya" in str(whole["location"])
    assert session["dtstart"].params["TZID"] == "Africa/Nairobi"
    assert session["dtstart"].dt.isoformat() == "2027-06-08T09:00:00+03:00"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Africa/Nairobi"]
    assert str(whole["uid"]) != str(session["uid"])
    assert response.data == client.get("/fr/editions/8.ics").data


def test_a_cancelled_edition_is_cancelled_in_calendars(client, app):
    with app.app_context():
        make_edition(state="cancelled")
        db.session.commit()
    (event,) = Calendar.from_ical(client.get("/editions/8.ics").data).walk("VEVENT")
    assert str(event["status"]) == "CANCELLED"


def test_the_news_feed(client, coming):
    root = ET.fromstring(client.get("/editions.atom").data)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 8
    assert entries[0].findtext(f"{ATOM}title") == 'A & B <i> "x"'
    assert "8-10 June 2027; Nairobi, Kenya" in entries[0].findtext(f"{ATOM}summary")
    assert "More than 300 participants from 90 countries" in entries[3].findtext(f"{ATOM}summary")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 8
    assert root.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") for entry in entries)


def test_the_sitemap_names_every_page_in_every_language(client, coming):
    root = ET.fromstring(client.get("/ar/sitemap.xml").data)
    addresses = [url.findtext(f"{SITEMAP}loc") for url in root]
    assert len(addresses) == len(set(addresses)) == 4 * (6 + 8 + 6 + 1)  # six editions have figures
    assert "http://localhost/ar/editions/8/programme" in addresses
    assert "http://localhost/editions/7/programme" not in addresses
    for url in root:
        links = {link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")}
        assert set(links) == {"en", "fr", "es", "ar", "x-default"}
        assert url.findtext(f"{SITEMAP}loc") in links.values()
    for address in addresses:
        assert client.get(address.removeprefix("http://localhost")).status_code == 200


def test_robots_stay_out_of_what_is_private(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /dashboard" in lines
    assert "Disallow: /ar/registrations/" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines


def test_figures_as_csv(client, app):
    with app.app_context():
        edition = make_edition(city={"en": "=HYPERLINK(1)"})
        from eventapp.models import FigureClaim

        db.session.add(
            FigureClaim(
                edition_id=edition.id, measure="countries", qualifier="exactly", value=1, is_shown=True
            )
        )
        db.session.commit()
    text = client.get("/editions.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["city"] == "Damascus"
    assert (rows[0]["qualifier"], rows[0]["value"], rows[0]["is_shown"]) == ("more_than", "120", "yes")
    assert rows[-1]["city"] == "'=HYPERLINK(1)"
    assert len(rows) == 18
