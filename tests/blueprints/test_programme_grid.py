"""The day grid in the dashboard, and the form that moves a session without a script."""

import re
from datetime import UTC, datetime

import pytest

from eventapp.extensions import db
from tests.blueprints.test_desk_editions import DESK, desk, edition, opened  # noqa: F401 - fixtures
from tests.factories.programme import make_place, make_room, make_session, make_speaker
from tests.pages import csrf_token
from tests.queries import counted_queries

GRID = f"{DESK}/programme/grid"


@pytest.fixture
def hall(edition):  # noqa: F811
    return make_room(edition, names={"en": "Hall"})


@pytest.fixture
def talk(edition, hall):  # noqa: F811
    made = make_session(edition, title={"en": "Talk"}, room_id=hall.id)  # 09:00 to 10:00 in Zurich
    db.session.commit()
    return made


def test_sessions_stand_in_their_room_at_their_time(desk, edition, hall, talk):  # noqa: F811
    make_session(edition, title={"en": "Late"}, starts_at=datetime(2027, 6, 9, 7, 0, tzinfo=UTC))
    db.session.commit()
    page = desk.get(GRID).text
    assert re.search(rf'daygrid__block gc-1 gr-5 gs-4"?[^>]*id="session-{talk.id}"', page)
    assert "Late" not in page
    second = desk.get(f"{GRID}?day=2027-06-09").text
    assert "Late" in second and "Talk" not in second and "No room yet" in second
    assert "Talk" in desk.get(f"{GRID}?day=nonsense").text


def test_a_session_is_moved_by_its_form(desk, hall, talk):  # noqa: F811
    address = f"{DESK}/programme/sessions/{talk.id}/move"
    data = opened(desk, address)
    assert (data["starts"], data["room_id"]) == ("2027-06-08T09:00", str(hall.id))
    for wrong in ("", "tomorrow", "2027-06-20T10:00"):
        refused = desk.post(address, data=data | {"starts": wrong})
        assert refused.status_code == 422 and 'id="starts-e"' in refused.text, wrong
    moved = desk.post(address, data=data | {"starts": "2027-06-09T13:30", "room_id": ""})
    assert moved.headers["Location"].endswith(f"/programme/grid?day=2027-06-09#session-{talk.id}")
    db.session.refresh(talk)
    assert talk.starts_at == datetime(2027, 6, 9, 11, 30, tzinfo=UTC)
    assert talk.ends_at == datetime(2027, 6, 9, 12, 30, tzinfo=UTC) and talk.room_id is None
    again = desk.post(address, data=data | {"starts": "2027-06-08T09:00"})
    assert again.status_code == 409 and 'value="2027-06-09T13:30"' in again.text
    assert "Somebody has changed this session" in again.text


def test_rooms_say_what_they_have_where_one_is_chosen(desk, edition, hall, talk):  # noqa: F811
    make_room(edition, names={"en": "Dome"}, capacity=120, booths=2, equipment={"en": "Two <screens>"})
    db.session.commit()
    for address in ("sessions/new", f"sessions/{talk.id}", f"sessions/{talk.id}/move"):
        page = desk.get(f"{DESK}/programme/{address}").text
        assert re.search(r"<option[^>]*>Hall</option>", page), address
        assert re.search(r"<option[^>]*>Dome \(120 seats, 2 booths\)</option>", page), address
        assert re.search(r"<dt>Dome</dt><dd>Two &lt;screens&gt;</dd>", page), address
        assert "<dt>Hall" not in page


def test_the_chair_is_named_as_such_in_the_list(desk, talk):  # noqa: F811
    place = make_place(talk, make_speaker(name="Amina"), "accepted")
    db.session.commit()
    address = f"{DESK}/programme/sessions/{talk.id}"
    form = {"csrf_token": csrf_token(desk.get(address).text), "function": "chair", "state": "accepted"}
    saved = desk.post(f"{address}/speakers/{place.speaker_id}", data=form, follow_redirects=True)
    assert "The session is saved." in saved.text
    assert re.search(r"Amina <span[^>]*>\(Chair\)", desk.get(f"{DESK}/programme").text)


def test_the_grid_sends_a_moment(desk, hall, talk):  # noqa: F811
    address = f"{DESK}/programme/sessions/{talk.id}/move"
    data = opened(desk, address)
    del data["starts"]
    for wrong in ("soon", "2027-06-08T10:00", "0001-01-01T00:00Z"):
        assert desk.post(address, data=data | {"at": wrong}).status_code == 422
    sent = data | {"at": "2027-06-08T06:15:00.000Z"}
    assert desk.post(address, data=sent).status_code == 303
    db.session.refresh(talk)
    assert talk.starts_at == datetime(2027, 6, 8, 6, 15, tzinfo=UTC)


def test_the_queries_do_not_grow_with_the_sessions(desk, edition, hall, talk):  # noqa: F811
    desk.get(GRID)
    with counted_queries() as few:
        desk.get(GRID)
    for _ in range(9):
        make_session(edition, room_id=hall.id)
    db.session.commit()
    with counted_queries() as many:
        page = desk.get(GRID).text
    assert len(many) == len(few)
    assert page.count("same room and time as") >= 9


def test_what_does_not_go_together_is_said_at_once(desk, edition, hall, talk):  # noqa: F811
    """Saving and moving warn and are not refused; the list says the same."""
    other = make_session(edition, title={"en": "Panel"}, room_id=hall.id)
    db.session.commit()
    address = f"{DESK}/programme/sessions/{talk.id}"
    saved = desk.post(address, data=opened(desk, address), follow_redirects=True)
    assert "The session is saved." in saved.text
    assert "As saved: same room and time as: Panel" in saved.text
    moving = f"{DESK}/programme/sessions/{other.id}/move"
    data = opened(desk, moving) | {"starts": "2027-06-08T09:30", "room_id": ""}
    moved = desk.post(moving, data=data, follow_redirects=True)
    assert "The session is moved." in moved.text and "As saved: no room yet" in moved.text
    assert "same room" not in moved.text
    listed = desk.get(f"{DESK}/programme/conflicts").text
    assert re.search(r'no room yet</p>\s*<p class="num">8 June 2027, 09:30</p>', listed)


def test_a_session_outside_the_days_gets_another_room_where_it_is(desk, edition, hall, talk):  # noqa: F811
    talk.starts_at, talk.ends_at = (at.replace(day=20) for at in (talk.starts_at, talk.ends_at))
    db.session.commit()
    address = f"{DESK}/programme/sessions/{talk.id}/move"
    moved = desk.post(address, data=opened(desk, address) | {"room_id": ""}, follow_redirects=True)
    assert "As saved: outside the days of the edition" in moved.text
