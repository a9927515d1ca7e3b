"""Refusals inside the dashboard: its own frame, what was kept and what to do; nothing typed is lost with a record."""

import pytest

from eventapp.extensions import db
from tests.blueprints.test_desk_editions import DESK, opened
from tests.blueprints.test_desk_kept import RECORDS
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition

TEXTS = {"figure": "source_note", "room": "names_en", "speaker": "name", "session": "title_en"}
TEXTS |= {"partnership": "since_year", "body": "names_en"}


@pytest.fixture
def edition(ctx):
    return make_edition(ordinal=8)


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="administrator", name="Ada"))
    return client


@pytest.mark.parametrize("word", RECORDS)
def test_what_was_typed_is_shown_when_the_record_has_been_deleted(desk, edition, word):
    make, address, _ = RECORDS[word]
    record = make(edition)
    page = address % record.id
    form = opened(desk, page)
    db.session.delete(record)
    db.session.flush()
    text = "2019" if word == "partnership" else "Weighed <b>word by word</b>\r\nin two lines"
    answer = desk.post(page, data=form | {TEXTS[word]: text})
    assert answer.status_code == 404
    assert "somebody has deleted it since" in answer.text
    listed = answer.text.partition('<dl class="typed">')[2].partition("</dl>")[0]
    assert text.replace("<", "&lt;").replace(">", "&gt;") in listed.replace("&#13;", "\r")
    assert form["csrf_token"] not in listed
    assert 'class="sidenav' in answer.text


def test_an_address_that_never_was_shows_no_list(desk):
    answer = desk.get(f"{DESK}/figures/999999")
    assert answer.status_code == 404
    assert "What you typed" not in answer.text and "somebody has deleted it since" not in answer.text


@pytest.mark.parametrize(
    ("role", "path", "status", "told"),
    [
        ("administrator", "/dashboard/no-such-page", 404, "has been deleted or is not for your account"),
        ("administrator", f"/dashboard/editions/{10**30}", 404, "has been deleted"),
        ("reader", "/dashboard/mail", 403, "An administrator can give your account more rights."),
        ("reader", f"{DESK}/edit", 403, "An administrator can give your account more rights."),
    ],
)
def test_a_refusal_keeps_the_frame_of_the_dashboard(client, edition, role, path, status, told):
    sign_in(client, make_user(role=role, editions=[edition]))
    answer = client.get(path)
    assert answer.status_code == status
    assert told in answer.text and 'class="sidenav' in answer.text
    assert (f'href="{DESK}/registrations"' in answer.text) == path.startswith(DESK)


def test_too_large_a_body_says_what_was_kept(desk):
    data = {"names_en": "x" * 9_000_000}
    answer = desk.post("/dashboard/bodies/new", data=data)
    assert answer.status_code == 413
    assert "what you typed is still in the form" in answer.text and 'class="sidenav' in answer.text


def test_whoever_is_not_signed_in_sees_the_public_frame(client, edition):
    answer = client.get("/dashboard/no-such-page")
    assert answer.status_code == 404
    assert 'class="masthead"' in answer.text and "has moved" in answer.text
