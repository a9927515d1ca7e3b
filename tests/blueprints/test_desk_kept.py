"""Nothing typed is lost in the dashboard: two people with the same record open, and pages whose token has gone stale."""

import re

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, FigureClaim, Partnership
from tests.blueprints.test_desk_editions import DESK, fields, opened
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_session, make_speaker


@pytest.fixture
def edition(ctx):
    return make_edition(ordinal=8, time_zone="Europe/Zurich", capacity=10)


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="administrator", name="Ada"))
    return client


def saved(row):
    db.session.add(row)
    db.session.flush()
    return row


def make_claim(edition):
    return saved(
        FigureClaim(
            edition_id=edition.id, measure="participants", qualifier="about", value=300, source_note="Report"
        )
    )


def make_partnership(edition):
    del edition
    return saved(Partnership(body_id=make_body(names={"en": "Old body"}).id, kind="key_partner", position=0))


# What is edited -> how to make one, its page, and a field: its name, value of the first and of the second organiser,
# and how the list of changes says what the first one did.
RECORDS = {
    "figure": (make_claim, f"{DESK}/figures/%s", ("value", "1200", "1300", ("Number", "300", "1,200"))),
    "room": (make_room, f"{DESK}/programme/rooms/%s", ("capacity", "1200", "1300", ("Seats", "–", "1,200"))),
    "speaker": (
        lambda _: make_speaker(name="Old"),
        f"{DESK}/programme/speakers/%s",
        ("name", "First", "Second", ("Name", "Old", "First")),
    ),
    "partnership": (
        make_partnership,
        "/dashboard/partners/%s",
        ("since_year", "2018", "2019", ("Year of joining", "–", "2018")),
    ),
    "session": (
        make_session,
        f"{DESK}/programme/sessions/%s",
        ("title_en", "First", "Second", ("Title (English)", "First")),
    ),
    "body": (
        lambda _: make_body(),
        "/dashboard/bodies/%s/edit",
        ("names_en", "First", "Second", ("Name (English)", "First")),
    ),
}


def change_behind(desk, page, **values):
    """Somebody else opens and saves the page meanwhile."""
    sign_in(desk, make_user(role="administrator", name="Omar"))
    assert desk.post(page, data=opened(desk, page) | values).status_code == 303
    sign_in(desk, make_user(role="administrator", name="Ada"))


@pytest.mark.parametrize("word", RECORDS)
def test_the_second_organiser_gets_his_form_back_and_is_told(desk, edition, word):
    make, address, (field, first, second, told) = RECORDS[word]
    record = make(edition)
    page = address % record.id
    mine = opened(desk, page)
    change_behind(desk, page, **{field: first})
    mine["csrf_token"] = opened(desk, page)["csrf_token"]
    answer = desk.post(page, data=mine | {field: second})
    assert answer.status_code == 409
    listed = answer.text[
        answer.text.index('id="conflict"') : answer.text.index("<form", answer.text.index('id="conflict"'))
    ]
    for text in ("Omar", *told):
        assert text in listed
    again = fields(answer.text)
    assert again[field] == second
    assert desk.post(page, data=again).status_code == 303
    assert opened(desk, page)[field] == second


def test_numbers_of_records_are_told_by_name(desk, edition):
    record = make_partnership(edition)
    other, page = make_body(names={"en": "New body"}), f"/dashboard/partners/{record.id}"
    mine = opened(desk, page)
    change_behind(desk, page, body_id=str(other.id), kind="expert_group")
    mine["csrf_token"] = opened(desk, page)["csrf_token"]
    listed = desk.post(page, data=mine).text.partition('id="conflict"')[2].partition("<form")[0]
    for text in ("Body", "Old body", "New body", "List", "Key partners", "Human Trafficking Expert Group"):
        assert text in listed


def test_who_has_the_session_open_is_told_that_its_room_has_gone(desk, edition):
    room = make_room(edition, names={"en": "Hall A"})
    session = make_session(edition, room_id=room.id)
    page = f"{DESK}/programme/sessions/{session.id}"
    mine = opened(desk, page)
    token = {"csrf_token": mine["csrf_token"]}
    assert desk.post(f"{DESK}/programme/rooms/{room.id}/delete", data=token).status_code == 303
    answer = desk.post(page, data=mine | {"room_id": "", "title_en": "Mine"})
    assert answer.status_code == 409
    assert "Room" in answer.text.partition('id="conflict"')[2].partition("<form")[0]
    assert fields(answer.text)["title_en"] == "Mine"


def count_rows():
    return db.session.scalar(select(func.count()).select_from(AuditEntry))


TYPED = {
    "edition": (f"{DESK}/edit", "title_en"),
    "new edition": ("/dashboard/editions/new", "title_en"),
    "copy": (f"{DESK}/copy", "ordinal"),
    "state": (f"{DESK}/state/cancelled", "notice_en"),
    "part": (f"{DESK}/bodies", "source_url"),
    "figure": (f"{DESK}/figures/%(figure)s", "source_note"),
    "new figure": (f"{DESK}/figures/new", "source_note"),
    "body": ("/dashboard/bodies/%(body)s/edit", "names_en"),
    "new body": ("/dashboard/bodies/new", "names_en"),
    "partnership": ("/dashboard/partners/%(partnership)s", "since_year"),
    "new partnership": ("/dashboard/partners/new", "since_year"),
    "room": (f"{DESK}/programme/rooms/%(room)s", "names_en"),
    "new room": (f"{DESK}/programme/rooms/new", "names_en"),
    "speaker": (f"{DESK}/programme/speakers/%(speaker)s", "name"),
    "new speaker": (f"{DESK}/programme/speakers/new", "name"),
    "session": (f"{DESK}/programme/sessions/%(session)s", "title_en"),
    "new session": (f"{DESK}/programme/sessions/new", "title_en"),
    "privacy notice": ("/dashboard/privacy/draft", "text_en"),
    "own account": ("/dashboard/account", "name"),
    "invitation": ("/dashboard/users/new", "email"),
    "account": ("/dashboard/users/%(user)s", "name"),
}


@pytest.mark.parametrize("word", TYPED)
@pytest.mark.parametrize("token", ["", "stale"])
def test_a_stale_page_comes_back_filled_in_and_writes_nothing(desk, edition, word, token):
    made = {name: make(edition).id for name, (make, *_) in RECORDS.items() if f"%({name})" in TYPED[word][0]}
    if word == "account":
        made["user"] = make_user(name="Somebody").public_id
    page, field = TYPED[word][0] % made, TYPED[word][1]
    form, rows = opened(desk, page), count_rows()
    answer = desk.post(page, data=form | {field: "Typed with care", "csrf_token": token})
    assert answer.status_code == 422 and "open for too long" in answer.text
    again = fields(answer.text)
    assert again[field] == "Typed with care" and again["csrf_token"] not in ("", "stale")
    assert count_rows() == rows


@pytest.mark.parametrize("page", ["/sign-in", "/dashboard/bodies/new", f"{DESK}/edit"])
def test_the_summary_of_errors_gets_the_focus(desk, client, page):
    """The script that moves it there stands on every page that can come back with errors."""
    if page == "/sign-in":
        client.delete_cookie("eventapp")
    client.get(page)
    answer = client.post(page, data={"email": "nobody@example.org", "csrf_token": "stale"})
    assert re.search(r'class="errsum"[^>]+tabindex="-1"', answer.text)
    assert re.search(r'<script type="module" src="[^"]+/errors\.[^"]*js[^"]*"', answer.text)


@pytest.mark.parametrize("page", ["/sign-in", "/forgotten-password"])
def test_a_stale_page_before_the_dashboard_keeps_the_address(client, ctx, page):
    client.get(page)
    data = {"email": "ada@secretariat.example", "password": "of Ada", "csrf_token": "stale"}
    answer = client.post(page, data=data)
    assert answer.status_code == 400 and "open for too long" in answer.text
    assert 'value="ada@secretariat.example"' in answer.text and "of Ada" not in answer.text


def test_a_stale_change_of_password_says_so_and_keeps_no_password(desk):
    data = {
        "old_password": "the old one",
        "password": "a new one that is long",
        "password_again": "",
        "csrf_token": "",
    }
    answer = desk.post("/dashboard/account/password", data=data)
    assert answer.status_code == 422 and "open for too long" in answer.text
    assert "the old one" not in answer.text and "a new one" not in answer.text
