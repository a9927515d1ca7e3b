"""The pages that publish the programme and take a pattern: looked at first, done once, refused in place."""

from datetime import timedelta

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import OutboxMessage, ProgrammePublication, SessionSignUp
from eventapp.services import programme, programme_public
from tests.blueprints.test_desk_editions import DESK, desk, edition, opened  # noqa: F401 - fixtures
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_session, publish
from tests.factories.registrations import make_registration


def test_a_programme_is_looked_at_and_published(desk, edition):  # noqa: F811
    page = f"{DESK}/programme/publish"
    assert "No sessions yet" in desk.get(page).text
    session = make_session(edition, title={"en": "Opening"})
    db.session.commit()
    assert "1 session differs from the published programme" in desk.get(f"{DESK}/programme").text
    data = opened(desk, page)
    session.title = {"en": "Opening ceremony"}
    db.session.commit()
    changed = desk.post(page, data=data)
    assert changed.status_code == 422 and "has been changed since you looked" in changed.text
    assert programme_public.list_sessions(edition.id) == []
    stale = desk.post(page, data=opened(desk, page) | {"csrf_token": "old"})
    assert stale.status_code == 422 and "open for too long" in stale.text
    data = opened(desk, page)
    assert desk.post(page, data=data).status_code == 303
    assert [one.title["en"] for one in programme_public.list_sessions(edition.id)] == ["Opening ceremony"]
    again = desk.post(page, data=data)
    assert again.status_code == 422 and "Nothing has changed" in again.text
    assert "differs from" not in desk.get(f"{DESK}/programme").text


def letters():
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "programme_changed")).all()


def moved(session, edition):  # noqa: F811
    """A published session that somebody has on the agenda is moved."""
    db.session.add(
        SessionSignUp(
            programme_session_id=session.id,
            registration_id=make_registration(edition).id,
            state="noted",
            since=CLOCK_STANDS_AT,
        )
    )
    publish(edition)
    session.starts_at -= timedelta(minutes=30)
    db.session.commit()


def test_those_concerned_are_told_in_one_step(desk, edition):  # noqa: F811
    assert "Not published yet" in desk.get(f"{DESK}/programme/publications").text
    moved(make_session(edition, title={"en": "Opening"}), edition)
    page = f"{DESK}/programme/publish"
    shown = desk.get(page).text
    assert "Write to 1 person whom it concerns" in shown and "1 person to tell" in shown
    assert "An example of the letter" in shown and "until now: <bdi>8 June 2027, 09:00–10:00" in shown
    data = opened(desk, page)
    assert data["tell"] == "1"
    assert desk.post(page, data=data).status_code == 303
    (letter,) = letters()
    assert letter.link_id and letter.values["publication"]
    index = desk.get(f"{DESK}/programme").text
    assert "1 person is written to." in index and "have not been told" not in index
    assert "1 person was told" in desk.get(f"{DESK}/programme/publications").text
    told = f"{DESK}/programme/publications/2"
    assert "1 person was told on" in desk.get(told).text
    again = desk.post(told, data={"csrf_token": data["csrf_token"]})
    assert again.status_code == 422 and "Nobody was written to twice" in again.text
    assert len(letters()) == 1


def test_those_concerned_are_told_later(desk, edition):  # noqa: F811
    moved(make_session(edition, title={"en": "Opening"}), edition)
    page = f"{DESK}/programme/publish"
    data = {name: value for name, value in opened(desk, page).items() if name != "tell"}
    assert desk.post(page, data=data).location.endswith("/programme/publications/2")
    assert letters() == []
    assert "Those whom the last publication concerns have not been told" in desk.get(f"{DESK}/programme").text
    told = f"{DESK}/programme/publications/2"
    assert "Write to 1 person" in desk.get(told).text
    stale = desk.post(told, data={"csrf_token": "old"})
    assert stale.status_code == 422 and "open for too long" in stale.text
    assert desk.post(told, data=opened(desk, told)).status_code == 303
    assert len(letters()) == 1
    nobody = f"{DESK}/programme/publications/1"
    assert "Nobody is to be told" in desk.get(nobody).text
    assert desk.post(nobody, data={"csrf_token": data["csrf_token"]}).status_code == 303
    assert "No letter was written" in desk.get(nobody).text
    assert desk.get(f"{DESK}/programme/publications/9").status_code == 404


def test_whoever_deletes_a_session_is_told_whom_it_concerns(desk, edition):  # noqa: F811
    session = make_session(edition)
    db.session.commit()
    page = f"{DESK}/programme/sessions/{session.id}/delete"
    assert "can be told" not in desk.get(page).text
    moved(session, edition)
    assert "1 person has it on the agenda" in desk.get(page).text
    assert desk.post(page, data=opened(desk, page)).status_code == 303
    assert "Write to 1 person whom it concerns" in desk.get(f"{DESK}/programme/publish").text


def test_a_publication_that_is_older_than_letters(desk, edition):  # noqa: F811
    moved(make_session(edition, title={"en": "Opening"}), edition)
    row = db.session.scalars(select(ProgrammePublication)).one()
    row.changes = {
        key: {name: one[name] for name in ("id", "what", "title", "aspects")}
        for key, one in row.changes.items()
    }
    db.session.commit()
    assert "Opening" in desk.get(f"{DESK}/programme/publications/1").text


def test_the_pattern_of_an_earlier_edition(desk, edition):  # noqa: F811
    page = f"{DESK}/programme/pattern"
    assert "No other edition has a programme" in desk.get(page).text
    earlier = make_edition(ordinal=12)
    make_session(earlier, title={"en": "Opening"})
    db.session.commit()
    for source in ("", "?from=-1", f"?from={10**25}"):
        assert "12th edition" in desk.get(f"{page}{source}").text
    data = opened(desk, f"{page}?from=12")
    assert desk.post(page, data=data | {"csrf_token": "old"}).status_code == 422
    assert desk.post(page, data=data).status_code == 303
    assert len(programme.list_sessions(edition.id)) == 1
    again = desk.post(page, data=data)
    assert again.status_code == 422 and "has sessions already" in again.text
