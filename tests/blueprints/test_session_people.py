"""The pages on the people of one session: found as one types, named, seated, let go, taken along on paper and as CSV."""

import re

import pytest
from sqlalchemy import select

from eventapp.blueprints.sessions import invited
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, SessionInvitee, SessionSignUp
from eventapp.services import session_access
from tests.blueprints.test_desk_editions import DESK, desk, edition, opened  # noqa: F401 - fixtures
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.programme import make_session, publish
from tests.factories.registrations import make_registration
from tests.queries import counted_queries


@pytest.fixture
def few(edition):  # noqa: F811
    """A session for invited people with one seat."""
    session = make_session(
        edition, title={"en": "Few", "fr": "Peu"}, access="invited", asks_sign_up=True, capacity=1
    )
    publish(edition)
    db.session.commit()
    return session


def people_of(edition, *names, **values):  # noqa: F811
    made = [
        make_registration(edition, **{"state": "approved", "family_name": name, "given_name": "A", **values})
        for name in names
    ]
    db.session.commit()
    return made


def place(session, person, state, minute=0):
    row = SessionSignUp(
        programme_session_id=session.id,
        registration_id=person.id,
        state=state,
        since=NOW.replace(minute=minute),
    )
    db.session.add(row)
    db.session.commit()


def name(session, *people):
    db.session.add_all(
        SessionInvitee(programme_session_id=session.id, registration_id=one.id, invited_at=NOW)
        for one in people
    )
    db.session.commit()


def part_of(desk, address):  # noqa: F811
    """What the browser asks for while somebody types: no whole page."""
    desk.checks_pages = False
    answer = desk.get(address, headers={"HX-Target": "found"})
    desk.checks_pages = True
    return answer


def told(desk, address, data):  # noqa: F811
    """Press a button; gives the page that follows."""
    answer = desk.post(address, data=data)
    assert answer.status_code == 303, answer.text
    return desk.get(answer.location).text


def test_people_are_found_and_named(desk, edition, few, monkeypatch):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}/invited"
    one, two = people_of(edition, "Okoro", "Okafor")
    (gone,) = people_of(edition, "Okello", state="rejected")
    assert "the session is open to nobody" in desk.get(page).text
    part = part_of(desk, f"{page}?q=ok")
    assert part.status_code == 200 and "<h1" not in part.text and part.text.count('name="pick"') == 2
    assert "no-store" in part.headers["Cache-Control"]
    whole = desk.get(f"{page}?q=ok").text
    assert "OKELLO" in whole and "the registration has ended" in whole
    data = opened(desk, f"{page}?q=ok")
    stale = desk.post(f"{page}?q=ok", data=data | {"pick": one.reference, "csrf_token": "old"})
    assert stale.status_code == 422 and re.search(rf'value="{one.reference}"\s+checked', stale.text)
    nobody = desk.post(page, data=data)
    assert nobody.status_code == 422 and "Nobody was picked" in nobody.text
    assert desk.post(page, data=data | {"pick": "\x00"}).status_code == 422
    assert desk.get(f"{page}/%00/remove").status_code == 404
    picked = data | {"pick": [one.reference, two.reference, gone.reference]}
    after = told(desk, page, picked)
    assert "2 people were added" in after and gone.reference in after
    assert "2 were on the list already" in told(desk, page, picked), "a second click"
    assert f"/invited/{one.reference}/remove" in part_of(desk, f"{page}?q=okoro").text
    monkeypatch.setattr(invited, "SIZE", 1)
    assert "1–1 of 2" in desk.get(page).text and "OKORO" in desk.get(f"{page}?page=2").text


def test_a_delegation_is_looked_at_first(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}/invited"
    kenya = make_delegation(edition)
    people_of(edition, "Okoro", "Okafor", delegation_id=kenya.id)
    assert str(kenya.public_id) in desk.get(page).text
    many = f"{page}/many?delegation={kenya.public_id}"
    data = opened(desk, many)
    people_of(edition, "Late", delegation_id=kenya.id)
    changed = desk.post(many, data=data)
    assert changed.status_code == 422 and "not the same people any more" in changed.text
    assert "3 people were added" in told(desk, many, opened(desk, many))
    again = desk.post(many, data=data)
    assert again.status_code == 422 and "named already" in again.text
    for choice in ("sector=LE", "speakers=1"):
        assert desk.get(f"{page}/many?{choice}").status_code == 200
    assert desk.get(f"{page}/many").status_code == 303
    for wrong in ("delegation=nonsense", "sector=nonsense"):
        assert desk.get(f"{page}/many?{wrong}").status_code == 404


def test_letters_and_taking_off(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}/invited"
    one, two = people_of(edition, "Okoro", "Okafor")
    name(few, one, two)
    place(few, one, "seat")
    place(few, two, "waiting", 1)
    data = opened(desk, page)
    assert "Write to 2 people" in desk.get(page).text
    assert "2 people are written to" in told(desk, f"{page}/letters", data)
    assert "written to already" in told(desk, f"{page}/letters", data)
    before = desk.get(f"{page}/{one.reference}/remove").text
    assert "OKAFOR, A" in before and "does not name it" in before
    after = told(desk, f"{page}/{one.reference}/remove", data)
    assert "went to the next in line" in after and "OKORO" not in after
    assert "not on the list" in told(desk, f"{page}/{one.reference}/remove", data), "a colleague was quicker"
    assert desk.get(f"{page}/{one.reference}/remove").status_code == 303
    few.access = "all"
    publish(edition)
    db.session.commit()
    assert "Publish the session as open to invited people" in told(desk, f"{page}/letters", data)
    assert "open to others" in desk.get(page).text


def test_who_signed_up_and_a_seat_by_hand(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}/signed-up"
    one, two, three = people_of(edition, "Okoro", "Okafor", "Okello")
    name(few, one, two)
    place(few, one, "seat")
    place(few, two, "waiting", 1)
    listed = desk.get(f"{DESK}/programme").text
    assert "1 of 1" in listed and "1 in line" in listed
    found = part_of(desk, f"{page}?q=ok").text
    assert "Give a seat beyond the limit" in found and "not open to this person" in found
    data = opened(desk, page)
    assert "No seat is left: the session has 1" in told(desk, f"{page}/{two.reference}/seat", data)
    assert "has a seat now" in told(desk, f"{page}/{two.reference}/seat", data | {"despite": "full"})
    assert "has a seat already" in told(desk, f"{page}/{two.reference}/seat", data)
    assert "not open to this person" in told(desk, f"{page}/{three.reference}/seat", data)
    remove = f"{page}/{two.reference}/remove"
    form = opened(desk, remove)
    empty = desk.post(remove, data=form | {"reason": " "})
    assert empty.status_code == 422 and "Please give a reason" in empty.text
    after = told(desk, remove, form | {"reason": "One seat for each body."})
    assert "is told why" in after
    history = desk.get(f"{DESK}/registrations/{two.reference}").text
    assert "Place in a session taken back" in history and "Session: <ins><bdi>Few</bdi></ins>" in history
    assert "no place in the session any more" in told(desk, remove, form | {"reason": "Again."})
    assert desk.get(remove).status_code == 303


def test_who_may_not_come_any_more_is_let_go(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}/signed-up"
    (one,) = people_of(edition, "Okoro")
    place(few, one, "seat")
    assert "1 person who has signed up may not come any more" in desk.get(f"{DESK}/programme/conflicts").text
    assert "may not come any more" in desk.get(f"{DESK}/programme/sessions/{few.id}").text
    few.description = {"en": "To be published"}
    db.session.commit()
    assert "1 person who has signed up may not come" in desk.get(f"{DESK}/programme/publish").text
    barred = f"{page}/may-not-come"
    data = opened(desk, barred)
    assert desk.post(barred, data=data | {"digest": "other"}).status_code == 409
    assert "One person has no place any more" in told(desk, barred, data)
    assert "Everybody with a place may come" in desk.get(page).text or desk.get(barred).status_code == 303
    (letter,) = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "session_closed"))
    assert letter.registration_id == one.id


def test_an_invitation_to_nobody_is_said_before_it_is_published(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme"
    few.description = {"en": "To be published"}
    db.session.commit()
    said = {
        f"{page}/conflicts": "nobody is named who can",
        f"{page}/sessions/{few.id}": "nobody is named who can",
        f"{page}/sessions/{few.id}/invited": "the session is open to nobody",
        f"{page}/publish": "1 session is for invited people only",
    }

    def silent():
        return [path for path, words in said.items() if words not in desk.get(path).text]

    assert silent() == []
    gone, waiting = people_of(edition, "Gone", "Waiting")
    name(few, gone)
    gone.state = "withdrawn"
    db.session.commit()
    assert silent() == [], "whoever was named and has withdrawn is nobody"
    waiting.state = "submitted"
    name(few, waiting)
    assert silent() == list(said), "an invitation holds from the approval on"
    few.access = "delegates"
    db.session.delete(db.session.get(SessionInvitee, (few.id, waiting.id)))
    db.session.commit()
    assert silent() == list(said), "a list that decides nothing may be empty"


def test_the_list_for_the_door_and_as_csv(desk, edition, few):  # noqa: F811
    page = f"{DESK}/programme/sessions/{few.id}"
    one, two, barred = people_of(edition, "Zulu", "=Abel", "Okello")
    name(few, one, two)
    place(few, one, "seat")
    place(few, two, "waiting", 1)
    place(few, barred, "waiting")
    data = opened(desk, f"{page}/signed-up")
    paper = desk.post(f"{page}/door-list", data=data).text
    assert "ZULU" in paper and "=ABEL" in paper and "OKELLO" not in paper
    answer = desk.post(f"{page}/people.csv", data=data)
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert [line.split(",")[4] for line in lines] == ["family_name", "Zulu", "'=Abel"]
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session.export")).all()
    assert [row.new for row in rows] == [{"format": "paper", "rows": 2}, {"format": "csv", "rows": 2}]
    few.asks_sign_up = False
    db.session.commit()
    assert "=ABEL" in desk.post(f"{page}/door-list", data=data).text, (
        "the invited people, where nobody signs up"
    )
    few.access = "all"
    db.session.commit()
    assert "Nobody is on the list" in desk.post(f"{page}/door-list", data=data).text


def test_readers_look_and_change_nothing(client, edition, few):  # noqa: F811
    sign_in(client, make_user(role="reader", all_editions=True))
    (one,) = people_of(edition, "Okoro")
    name(few, one)
    place(few, one, "seat")
    for page in ("invited", "signed-up"):
        text = client.get(f"{DESK}/programme/sessions/{few.id}/{page}").text
        assert "OKORO" in text and 'method="post" action="/dashboard' not in text.replace("/sign-out", "")


def test_the_questions_of_the_pages_do_not_grow(desk, edition, few):  # noqa: F811
    def look():
        for page in ("", f"/sessions/{few.id}/invited", f"/sessions/{few.id}/signed-up", "/conflicts"):
            assert desk.get(f"{DESK}/programme{page}").status_code == 200

    def ask(count, surname):
        for person in people_of(edition, *[f"{surname}{n}" for n in range(count)]):
            name(few, person)
            place(few, person, "seat")
        db.session.expire_all()
        with counted_queries() as asked:
            look()
        return len(asked)

    look()  # what a process keeps for all pages is read by whoever comes first
    assert ask(2, "Ama") == ask(6, "Kofi")
    assert session_access.count_barred(edition.id) == {}
