"""The public pages: every one in four languages, what is unknown stays out, what is hidden stays hidden."""

import json
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from eventapp.extensions import db
from eventapp.models import (
    Body,
    Edition,
    EditionBody,
    FigureClaim,
    PrivacyNotice,
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    Speaker,
)
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.queries import counted_queries

PAGES = (
    "/",
    "/editions",
    "/editions/7",
    "/editions/3",
    "/editions/7/programme",
    "/partners",
    "/privacy",
    "/contact",
    "/accessibility",
)
DIRECTIONS = {"": ("en", "ltr"), "/fr": ("fr", "ltr"), "/es": ("es", "ltr"), "/ar": ("ar", "rtl")}


@pytest.fixture
def records(app):
    """Write records as another request would: committed, and the kept pages forgotten."""

    @contextmanager
    def writing():
        with app.app_context():
            yield
            db.session.commit()
        app.extensions["eventapp.cache"].clear()
        app.extensions["eventapp.kept"].clear()

    return writing


def make_programme(edition: Edition) -> None:
    room = Room(edition_id=edition.id, names={"en": "Hall A", "ar": "القاعة أ"})
    speaker = Speaker(name="Amina Example", functional_title="Director", organisation="Example Police")
    db.session.add_all([room, speaker])
    db.session.flush()
    for day, hour, kind, title in (
        (9, 6, "panel", "Second day"),
        (8, 6, "plenary", "Opening ceremony"),
        (8, 8, "break", "Coffee"),
        (8, 21, "side_event", "Late evening"),
    ):
        session = ProgrammeSession(
            edition_id=edition.id,
            title={"en": title},
            kind=kind,
            description={},
            starts_at=datetime(2027, 6, day, hour, tzinfo=UTC),
            ends_at=datetime(2027, 6, day, hour + 1, 30, tzinfo=UTC),
            room_id=room.id,
        )
        session.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0))
        db.session.add(session)
    publish(edition)


@pytest.mark.parametrize("prefix", DIRECTIONS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_every_language(client, prefix, path, records):
    response = client.get(prefix + path)
    assert response.status_code == 200
    language, direction = DIRECTIONS[prefix]
    assert f'<html lang="{language}" dir="{direction}">' in response.text
    for code in ("en", "fr", "es", "ar"):
        own = path if code == "en" else f"/{code}{path}"
        assert f'hreflang="{code}" href="http://localhost{own}"' in response.text
    assert f'<link rel="canonical" href="http://localhost{prefix}{path}">' in response.text
    assert f'hreflang="x-default" href="http://localhost{path}"' in response.text
    title = re.search("<title>(.*?)</title>", response.text)[1]
    assert f'<meta property="og:title" content="{title}">' in response.text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("prefix", DIRECTIONS)
def test_a_coming_edition_in_every_language(client, prefix, records):
    with records():
        make_programme(make_edition(is_demonstration=True))
    for path in ("/", "/editions", "/editions/8", "/editions/8/programme", "/contact"):
        page = client.get(prefix + path)
        assert page.status_code == 200
        assert f'href="{prefix}/editions/8"' in page.text


def test_home_without_a_coming_edition_is_the_archive(client, records):
    page = client.get("/").text
    assert "No coming edition has been announced" in page
    assert "Damascus" in page
    assert "Buenos Aires" in page
    assert "Coming edition</a>" not in page
    assert "750 participants from 97 countries" in page


def test_home_puts_the_coming_edition_first(client, records):
    with records():
        make_edition()
    page = client.get("/").text
    assert '<h1 id="h1">Eighth Global Conference</h1>' in page
    assert "8-10 June 2027" in page
    assert "Registration closes on 30 April 2027, 23:59 Nairobi time (UTC+3)." in page
    assert "Today, 14 April: 16 days left" in page
    assert 'href="/editions/8/register"' in page
    assert "Eighth Global Conference" not in client.get("/editions").text.split("Edition by edition")[1]


def test_titles_fall_back_visibly(client, records):
    with records():
        make_edition()
    assert "Huitième Conférence mondiale" in client.get("/fr/editions/8").text
    page = client.get("/ar/editions/8").text
    assert '<bdi lang="en" dir="ltr">Eighth Global Conference</bdi>' in page
    assert "بعض نصوص هذه الصفحة غير متاحة بهذه اللغة" in page
    assert "Some texts on this page" not in client.get("/editions/8").text
    assert "Certains textes de cette page" not in client.get("/fr/contact").text


def test_figures_with_sources_and_those_that_disagree(client, records):
    page = client.get("/editions").text
    assert "More than <b>300</b> participants<br>from <b>90</b> countries" in page
    assert "1 other published figure</summary>" in page
    assert "2 other published figures</summary>" in page
    assert '<b>53</b> countries: <a href="https://sauress.com/alhayat/151361"' in page
    assert "No figure published." in page
    assert "more than 400" in page  # the table beside the chart


def test_a_month_is_shown_as_a_month_and_unknown_parts_stay_out(client, records):
    page = client.get("/editions/3").text
    assert '<time datetime="2014-11">November 2014</time>' in page
    assert "the day is not known" in page
    assert "2014-11-01" not in page
    assert "Outcome" not in page
    assert "edition-3.ics" not in page
    assert client.get("/editions/3.ics").status_code == 404
    assert json.loads(re.search(r"ld\+json\">(.*?)</script>", page)[1])["startDate"] == "2014-11"


def test_an_edition_of_which_nothing_is_known(client, records):
    with records():
        make_edition(
            ordinal=31,
            title={"ar": "الدورة"},
            theme={},
            summary={},
            starts_on=None,
            ends_on=None,
            date_precision="unknown",
            city={},
            country_code=None,
            latitude=None,
            longitude=None,
            time_zone="UTC",
            registration_opens_at=None,
            registration_closes_at=None,
            changes_close_at=None,
            state="archived",
        )
    for path in (
        "/",
        "/editions",
        "/editions/31",
        "/editions/31/programme",
        "/editions.atom",
        "/editions.json",
    ):
        assert client.get(path).status_code == 200
    page = client.get("/editions/31").text
    assert "31st edition" in page
    assert "Dates not known" in page
    assert "ld+json" not in page


@pytest.mark.parametrize(
    "path", ["/editions/8", "/editions/8/programme", "/editions/8.json", "/editions/8.ics", "/fr/editions/8"]
)
def test_a_draft_does_not_exist(client, path, records):
    with records():
        make_edition(state="draft", title={"en": "Not yet for anybody"})
    assert client.get(path).status_code == 404
    for other in ("/", "/editions", "/editions.json", "/editions.atom", "/sitemap.xml", "/editions.csv"):
        text = client.get(other).text
        assert "Not yet for anybody" not in text
        assert "/editions/8" not in text


def test_a_hostile_title_stays_text(client, records):
    hostile = "</script><script>alert(1)</script>\u202egnirts"
    with records():
        make_edition(
            title={"en": hostile}, summary={"en": hostile}, city={"en": "<b>X"}, venue={"en": hostile}
        )
    for path in ("/", "/editions/8", "/editions", "/editions/8/programme"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<b>X" not in page
        assert "\u202e" not in page
    data = json.loads(re.search(r"ld\+json\">(.*?)</script>", client.get("/").text)[1])
    assert data["name"] == "</script><script>alert(1)</script>gnirts"


def test_a_source_that_is_no_web_address_is_no_link(client, records):
    with records():
        edition = make_edition(state="archived")
        db.session.add(
            FigureClaim(
                edition_id=edition.id,
                measure="participants",
                qualifier="exactly",
                value=1,
                source_url="javascript:alert(1)",
                is_shown=True,
            )
        )
        body = Body(names={"en": "B"}, sort_name="b", kind="ngo", website="javascript:alert(2)")
        db.session.add(body)
        db.session.flush()
        db.session.add(EditionBody(edition_id=edition.id, body_id=body.id, role="host", position=0))
        db.session.flush()
    for path in ("/editions", "/editions/8"):
        page = client.get(path).text
        assert "javascript:" not in page
        assert "<b>1</b> participant" in page


@pytest.mark.parametrize(
    ("state", "words"), [("postponed", "has been postponed"), ("cancelled", "has been cancelled")]
)
def test_a_notice_on_every_page_of_the_edition(client, state, words, records):
    with records():
        make_edition(state=state, notice={"en": "The venue is closed."}, is_demonstration=True)
    for path in ("/", "/editions/8", "/editions/8/programme"):
        page = client.get(path).text
        assert words in page
        assert "The venue is closed." in page
        assert "demonstration data" in page
        assert "/register" not in page
    assert "The secretariat decides on each" not in client.get("/").text  # nobody decides on anything now
    assert words not in client.get("/editions/7").text
    assert f"Event{state.capitalize()}" in client.get("/editions/8").text


def test_the_programme_stands_in_order_in_the_zone_of_the_edition(client, records):
    with records():
        make_programme(make_edition())
    page = client.get("/editions/8/programme").text.partition("<main")[2]
    order = [page.index(word) for word in ("Opening ceremony", "Coffee", "Late evening", "Second day")]
    assert order == sorted(order)
    assert "09:00</time>" in page
    assert "All times are Nairobi time (UTC+3)." in page
    assert "Wednesday 9 June 2027" in page
    assert "Amina Example" in page
    assert "Hall A" in page
    # 21:00 UTC is midnight in Nairobi: the session belongs to the ninth
    assert page.index("Late evening") > page.index("Wednesday 9 June 2027")
    assert "Coffee" not in client.get("/").text  # the glance leaves breaks out


def test_countries_by_their_own_codes(client, records):
    with records():
        make_edition(country_code="NO", city={"en": "Oslo"})
    assert "Oslo, Norway" in client.get("/editions/8").text
    assert "Lyon, France" in client.get("/editions/2").text
    assert "ليون" in client.get("/ar/editions/2").text
    with records():
        make_edition(ordinal=9, country_code="NA", city={"en": "Windhoek"})
    assert "Windhoek, Namibia" in client.get("/editions/9").text
    assert '"addressCountry": "NA"' in client.get("/editions/9").text


def test_the_privacy_notice_in_its_versions(client, records):
    assert "No privacy notice has been published yet" in client.get("/privacy").text
    moments = [datetime(2027, 1, day, tzinfo=UTC) for day in (1, 2)]
    with records():
        for number, at in ((1, moments[0]), (2, moments[1]), (3, None)):
            db.session.add(
                PrivacyNotice(
                    number=number, text={"en": f"Text {number}."}, created_at=moments[0], published_at=at
                )
            )
        db.session.flush()
    page = client.get("/privacy").text
    assert "Text 2." in page
    assert "Version 2 of 2 January 2027" in page
    assert 'href="/privacy/1"' in page
    old = client.get("/privacy/1").text
    assert "Text 1." in old
    assert "no longer in force" in old
    assert client.get("/privacy/3").status_code == 404


def test_an_edition_whose_last_day_is_over_is_not_coming(client, clock, records):
    with records():
        make_edition()
    clock.moment = datetime(2027, 6, 10, 20, 59, 59, tzinfo=UTC)
    assert 'id="h1"' in client.get("/").text
    clock.move(seconds=1)  # midnight in Nairobi
    assert "No coming edition has been announced" in client.get("/").text
    assert "Eighth Global Conference" in client.get("/editions").text


@pytest.mark.parametrize(
    "path", ["/", "/editions", "/editions.json", "/editions.atom", "/sitemap.xml", "/editions.csv"]
)
def test_lists_do_not_ask_for_each_edition(client, records, path):
    def fill(ordinals):
        with records():
            for ordinal in ordinals:
                edition = make_edition(ordinal=ordinal, state="archived", country_code="FR")
                body = Body(names={"en": "B"}, sort_name=f"b{ordinal}", kind="ngo", country_code="CH")
                db.session.add(body)
                db.session.flush()
                db.session.add(EditionBody(edition_id=edition.id, body_id=body.id, role="host", position=0))
                make_programme(edition)

    fill([20])
    with counted_queries() as few:
        client.get(path)
    fill(range(21, 27))
    with counted_queries() as many:
        client.get(path)
    assert 0 < len(many) <= len(few), "\n".join(many)


def test_no_calendar_is_offered_before_the_days_are_known(client, records):
    with records():
        make_edition(date_precision="month")
    assert "editions/8.ics" not in client.get("/").text
    assert "editions/8.ics" not in client.get("/editions/8/programme").text
    with records():
        db.session.scalar(db.select(Edition).where(Edition.ordinal == 8)).date_precision = "day"
    assert "editions/8.ics" in client.get("/").text


def test_the_night_of_the_change_of_clocks_is_told(client, ctx):
    """In Lugano the clocks go back on 31 October 2027 at 03:00: one offset does not fit the whole programme."""
    edition = make_edition(
        ordinal=8,
        state="published",
        city={"en": "Lugano"},
        time_zone="Europe/Zurich",
        starts_on=date(2027, 10, 30),
        ends_on=date(2027, 10, 31),
    )
    for start, end in (("30T20:30", "30T23:00"), ("31T09:00", "31T10:00")):
        begins, ends = (datetime.fromisoformat(f"2027-10-{one}:00+00:00") for one in (start, end))
        make_session(edition, starts_at=begins, ends_at=ends)
    publish(edition)
    page = client.get("/editions/8/programme").text
    assert "All times are Lugano time (UTC+2, then UTC+1)." in page
    assert re.search(
        r">22:30</time>–<time[^>]+>01:00</time> <span class=\"muted\">\(31 October\)</span>", page
    )
    assert re.search(r">10:00</time>–<time[^>]+>11:00</time></p>", page)
    sign_in(client, make_user(role="administrator"))
    desk = client.get("/dashboard/editions/8/programme").text
    assert "<p>1 session · UTC+2</p>" in desk and "<p>1 session · UTC+1</p>" in desk
    assert "(31 October)" in desk
