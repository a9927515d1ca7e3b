"""The programme in the dashboard: whole where it is short, by day where it is long, and searched over all its days."""

import re
from datetime import UTC, datetime

import pytest

from eventapp.blueprints.programme import documents, listing
from eventapp.blueprints.sessions import signed_up
from eventapp.extensions import db
from eventapp.models import SessionSignUp
from tests.blueprints.test_desk_editions import DESK, desk, edition, opened  # noqa: F401 - fixtures
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.programme import (
    make_body,
    make_place,
    make_room,
    make_session,
    make_speaker,
    make_track,
    publish,
)
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries

PROGRAMME = f"{DESK}/programme"
SECOND = datetime(2027, 6, 9, 22, 30, tzinfo=UTC)  # half past midnight of the tenth in Zurich


@pytest.fixture
def talks(edition):  # noqa: F811
    """One on the first day, one in the first minutes of the third; nothing on the second."""
    room = make_room(edition, names={"en": "Salón Ávila"})
    track = make_track(edition, names={"en": "Borders"})
    first = make_session(edition, title={"en": "Opening", "ar": "الافتتاح"}, track_id=track.id)
    last = make_session(edition, title={"en": "Night shift"}, starts_at=SECOND, room_id=room.id)
    ada = make_speaker(name="Ada Example", organisation="Ministry of Testing", body_id=make_body().id)
    make_place(last, ada, "accepted")
    db.session.commit()
    return first, last


@pytest.fixture
def long(monkeypatch, talks):
    monkeypatch.setattr(listing, "LONGEST", 1)
    return talks


def shown(page: str) -> list[str]:
    return re.findall(r'<tr role="row" id="session-\d+">\s*<th[^>]*><a [^>]*>([^<]+)</a>', page)


def current(page: str) -> list[str]:
    return re.findall(r'\?day=([\d-]+)" aria-current="page"', page)


def test_a_short_programme_stands_on_one_page(desk, talks):  # noqa: F811
    page = desk.get(PROGRAMME).text
    assert shown(page) == ["Opening", "Night shift"] and "daytabs" not in page
    assert shown(desk.get(f"{PROGRAMME}?day=2027-06-10").text) == ["Opening", "Night shift"]
    assert desk.get(f"{PROGRAMME}?q=night&page=99999").status_code == 200


def test_a_long_programme_stands_on_a_page_for_each_day(desk, long, clock):  # noqa: F811
    page = desk.get(PROGRAMME).text
    assert shown(page) == ["Opening"] and current(page) == ["2027-06-08"]
    assert "/programme/sessions/new?day=2027-06-08" in page
    for asked in ("day=2027-06-10", f"at={long[1].id}"):
        third = desk.get(f"{PROGRAMME}?{asked}").text
        assert shown(third) == ["Night shift"] and current(third) == ["2027-06-10"], asked
    for wrong in ("day=tomorrow", "day=2026-01-01", "at=999999", "at=x"):
        assert shown(desk.get(f"{PROGRAMME}?{wrong}").text) == ["Opening"], wrong
    empty = desk.get(f"{PROGRAMME}?day=2027-06-09").text
    assert shown(empty) == [] and "No sessions on this day yet." in empty
    clock.move(seconds=(SECOND - clock()).total_seconds())
    sign_in(desk, make_user(email="later@secretariat.example"))
    assert current(desk.get(PROGRAMME).text) == ["2027-06-10"], "today's, while the conference lasts"


def test_all_days_are_searched(desk, long, monkeypatch):  # noqa: F811
    for typed in ("shift night", "EXAMPLE", "ministry of testing", "avila"):
        page = desk.get(PROGRAMME, query_string={"q": typed}).text
        assert shown(page) == ["Night shift"] and current(page) == [], typed
    for typed in ("opening", "الافتتاح", "borders"):
        assert shown(desk.get(PROGRAMME, query_string={"q": typed}).text) == ["Opening"], typed
    none = desk.get(f"{PROGRAMME}?q=opening+night").text
    assert "No session fits" in none and 'value="opening night"' in none
    both = desk.get(f"{PROGRAMME}?q=n").text
    assert shown(both) == ["Opening"] and "1–1 of 2" in both
    assert shown(desk.get(f"{PROGRAMME}?q=n&page=2").text) == ["Night shift"]
    monkeypatch.setattr(listing, "LONGEST", 9)
    assert "Show the whole programme" in desk.get(f"{PROGRAMME}?q=n").text


def test_whoever_saves_or_deletes_comes_back_to_the_day(desk, long):  # noqa: F811
    address = f"{PROGRAMME}/sessions/{long[1].id}"
    saved = desk.post(address, data=opened(desk, address))
    assert saved.headers["Location"].endswith(f"?at={long[1].id}#session-{long[1].id}")
    assert f"{PROGRAMME}?at={long[1].id}#session-{long[1].id}" in desk.get(address).text
    token = csrf_token(desk.get(f"{address}/delete").text)
    gone = desk.post(f"{address}/delete", data={"csrf_token": token})
    assert gone.headers["Location"].endswith("?day=2027-06-10")
    assert "The session is deleted." in desk.get(gone.headers["Location"]).text


def test_an_empty_programme_has_nothing_to_search(desk):  # noqa: F811
    page = desk.get(f"{PROGRAMME}?q=x").text
    assert 'name="q"' not in page and "No session fits" in page
    assert "Add the first session" in desk.get(PROGRAMME).text


def test_the_questions_do_not_grow_with_the_sessions(desk, edition, talks):  # noqa: F811
    publish(edition)
    db.session.commit()
    asked = []
    for _ in range(2):
        desk.get(PROGRAMME)
        db.session.expire_all()
        with counted_queries() as statements:
            desk.get(PROGRAMME)
        asked.append(len(statements))
        for _ in range(3):
            make_place(make_session(edition, asks_sign_up=True), make_speaker(body_id=make_body().id))
        db.session.commit()
    assert asked[0] == asked[1]


def test_documents_are_searched_and_stand_by_pages(desk, edition, talks, monkeypatch):  # noqa: F811
    monkeypatch.setattr(documents, "PAGE_SIZE", 1)
    make_document(edition, title={"en": "Agenda", "fr": "Ordre du jour"}, symbol="GC/2027/1")
    slides = make_document(edition, title={"en": "Slides"}, session_id=talks[1].id, position=1)
    db.session.commit()
    home = f"{PROGRAMME}/documents"
    for asked, title in (
        ({}, "Agenda"),
        ({"page": "2"}, "Slides"),
        ({"at": str(slides.id)}, "Slides"),
        ({"at": "x", "page": "x"}, "Agenda"),
        ({"q": "gc/2027"}, "Agenda"),
        ({"q": "ordre"}, "Agenda"),
        ({"q": "night"}, "Slides"),
    ):
        page = desk.get(home, query_string=asked).text
        assert re.findall(r"/documents/\d+\">([^<]+)</a></h2>", page) == [title], asked
        assert ("/move" in page) == ("q" not in asked)
    assert "No document fits" in desk.get(f"{home}?q=nothing").text
    moved = desk.post(
        f"{home}/{slides.id}/move", data={"direction": "up", "csrf_token": csrf_token(desk.get(home).text)}
    )
    assert moved.headers["Location"].endswith(f"?at={slides.id}#document-{slides.id}")
    assert f'<ol class="owed" start="1">\n<li id="document-{slides.id}">' in desk.get(home).text


def test_a_long_line_stands_by_pages(desk, edition, monkeypatch):  # noqa: F811
    monkeypatch.setattr(signed_up, "SIZE", 1)
    session = make_session(edition, asks_sign_up=True, capacity=2)
    publish(edition)
    people = [make_registration(edition, state="approved") for _ in range(4)]
    for minute, (one, state) in enumerate(zip(people, ("seat", "seat", "waiting", "waiting"), strict=True)):
        row = SessionSignUp(programme_session_id=session.id, registration_id=one.id, state=state)
        row.since = NOW.replace(minute=minute)
        db.session.add(row)
    db.session.commit()
    home = f"{PROGRAMME}/sessions/{session.id}/signed-up"
    page = desk.get(f"{home}?line=2").text
    assert people[3].reference in page and people[2].reference not in page
    assert re.search(r"line=1#line", page) and "page=2&amp;line=2#seats" in page
    assert people[2].reference in desk.get(f"{home}?line=nonsense&page=2").text


def test_a_page_of_what_was_deleted_never_leads_to_what_was_made_later(desk, edition):  # noqa: F811
    """Somebody's open page, or the way back in a browser: what it sends must not reach the session made since."""
    gone = f"{PROGRAMME}/sessions/{make_session(edition, title={'en': 'By mistake'}).id}"
    pages = {path: opened(desk, path) for path in (gone, f"{gone}/delete", f"{gone}/move")}
    desk.post(f"{gone}/delete", data=pages[f"{gone}/delete"])
    later = make_session(edition, title={"en": "Made since"})
    for path, typed in pages.items():
        assert desk.post(path, data=typed).status_code == 404, path
    db.session.refresh(later)
    assert later.title == {"en": "Made since"} and later.version == 1


@pytest.mark.parametrize("make", [make_document, make_room, make_speaker, make_track])
def test_numbers_in_addresses_are_given_once(edition, make):  # noqa: F811
    of = () if make is make_speaker else (edition,)
    first = make(*of)
    number = first.id
    db.session.delete(first)
    db.session.flush()
    assert make(*of).id > number
