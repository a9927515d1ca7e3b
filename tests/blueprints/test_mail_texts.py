"""The pages of an edition's own mail texts: list, preview in four languages, form with refusals, conflict, reset."""

import base64
import hashlib
import html as entities
import re

import pytest

from eventapp.extensions import db
from eventapp.models import MailText
from eventapp.rules.mail_kind import KINDS
from eventapp.web import mail_render
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.pages import csrf_token

LIST = "/dashboard/editions/{0}/mail-texts"
KIND = LIST + "/registration_rejected"
FORM = KIND + "/{1}"
BODY = "Hello {name}\n\n{facts}\n\nReason: {reason}\n\nYour page:\n{link}"


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def organiser(edition, client):
    user = make_user("organiser", editions=[edition])
    sign_in(client, user)
    return user


def fields(page: str) -> dict[str, str]:
    """What the browser would send from the form as it stands."""
    version = re.search(r'name="version" value="(\d*)"', page)[1]
    subject = re.search(r'id="subject"[^>]*value="([^"]*)"', page)
    body = re.search(r'<textarea[^>]*id="body"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[1]
    return {
        "csrf_token": csrf_token(page),
        "version": version,
        "subject": entities.unescape(subject[1]) if subject else "",
        "body": entities.unescape(body),
    }


def frames(page: str) -> list[str]:
    return [entities.unescape(one) for one in re.findall(r'srcdoc="([^"]*)"', page)]


def test_the_list_names_every_kind_with_who_gets_it(client, organiser, edition):
    page = client.get(LIST.format(edition.ordinal)).text
    text = entities.unescape(page)
    for kind in KINDS.values():
        assert kind.says in text
        assert (f"/mail-texts/{kind.word}" in page) == kind.is_editable
    assert "the product's text in that language is sent" in text
    db.session.add(
        MailText(edition_id=edition.id, kind="registration_link", language="fr", subject="a", body="b")
    )
    db.session.flush()
    page = client.get(LIST.format(edition.ordinal)).text
    assert page.count("/mail-texts/registration_link/fr") == 1


def test_saving_an_own_text(client, organiser, edition):
    path = FORM.format(edition.ordinal, "en")
    form = fields(client.get(path).text)
    assert form["subject"] == "Your registration was not accepted: {edition}"
    assert "Reason: {reason}" in form["body"]
    answer = client.post(path, data={**form, "subject": "Sorry: {edition}", "body": BODY})
    assert answer.status_code == 303
    page = client.get(KIND.format(edition.ordinal)).text
    assert "Sorry: Eighth Global Conference" in page
    assert "own text of this edition" in page
    text = db.session.scalars(db.select(MailText)).one()
    assert (text.subject, text.body, text.version) == ("Sorry: {edition}", BODY, 1)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("body", BODY.replace("{link}", ""), "{link} is missing."),
        ("body", BODY + " {colour}", "This message knows no placeholder {colour}."),
        ("body", BODY + " {", "There is a brace without its other half."),
        ("body", "", "Please answer this."),
        ("body", BODY + "x" * 10_000, "This is too long"),
        ("subject", "{link}", "{link} cannot stand in the subject."),
        ("subject", "a\u202eb", "invisible characters"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_is_lost(client, organiser, edition, field, value, reason):
    path = FORM.format(edition.ordinal, "en")
    form = {**fields(client.get(path).text), "subject": "Sorry", "body": BODY, field: value}
    for step in ({}, {"step": "preview"}):
        answer = client.post(path, data={**form, **step})
        assert answer.status_code == 422
        message = re.search(rf'id="{field}-e">.*?<span>(.*?)</span>', answer.text, re.DOTALL)[1]
        assert reason in entities.unescape(message)
        assert fields(answer.text)[field].strip() == value.strip()
    assert not db.session.scalars(db.select(MailText)).all()


def test_looking_at_it_first_changes_nothing(client, organiser, edition):
    path = FORM.format(edition.ordinal, "ar")
    form = fields(client.get(path).text)
    body = BODY + "\n\n<b>x</b>"
    answer = client.post(path, data={**form, "subject": "{edition}", "body": body, "step": "preview"})
    assert answer.status_code == 200
    (frame,) = frames(answer.text)
    assert 'dir="rtl"' in frame
    assert "<p>&lt;b&gt;x&lt;/b&gt;</p>" in frame
    assert mail_render.MASK in frame
    assert "أمينة" in frame
    assert fields(answer.text)["body"] == body
    assert not db.session.scalars(db.select(MailText)).all()


def test_the_preview_shows_four_languages_in_frames_that_can_do_nothing(client, organiser, edition):
    answer = client.get(KIND.format(edition.ordinal))
    found = frames(answer.text)
    assert [re.search('<html lang="([a-z]+)" dir="([a-z]+)"', one).groups() for one in found] == [
        ("en", "ltr"),
        ("fr", "ltr"),
        ("es", "ltr"),
        ("ar", "rtl"),
    ]
    assert answer.text.count('<iframe class="letter-frame" sandbox=""') == 4
    style = re.search(r"<style>(.*?)</style>", found[0], re.DOTALL)[1]
    mark = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'sha256-{mark}';" in policy
    assert "default-src 'none'; script-src 'self';" in policy


def open_letters(page: str) -> dict[str, bool]:
    """The languages whose letters are folded on a phone -> whether each of them is open."""
    found = re.findall(r'<details class="disclose fold"( open)?><summary>.*?<span lang="([a-z]+)"', page)
    return {language: bool(is_open) for is_open, language in found}


def test_on_a_phone_one_letter_is_open(client, organiser, edition):
    page, others = KIND.format(edition.ordinal), {"fr": False, "es": False}
    assert open_letters(client.get(page).text) == {"en": True, "ar": False, **others}
    assert open_letters(client.get(f"/ar{page}").text) == {"en": False, "ar": True, **others}
    path = FORM.format(edition.ordinal, "ar")
    form = {**fields(client.get(path).text), "subject": "{edition}", "body": BODY}
    after = client.post(path, data=form).location
    assert open_letters(client.get(after).text) == {"en": False, "ar": True, **others}


def test_placeholders_are_folded_until_one_is_wrong(client, organiser, edition):
    path = FORM.format(edition.ordinal, "en")
    page = client.get(path).text
    assert '<details class="disclose fold"><summary>Show them' in page
    refused = client.post(path, data={**fields(page), "body": "{colour}"}).text
    assert '<details class="disclose fold" open><summary>Show them' in refused


def test_two_organisers_at_one_text(client, organiser, edition):
    path = FORM.format(edition.ordinal, "fr")
    form = fields(client.get(path).text)
    assert client.post(path, data={**form, "body": BODY}).status_code == 303
    answer = client.post(path, data={**form, "body": BODY + "\n\nMine"})
    assert answer.status_code == 409
    assert "Somebody else saved this while you had it open" in answer.text
    again = fields(answer.text)
    assert again["body"].endswith("Mine")
    assert client.post(path, data=again).status_code == 303
    assert db.session.scalars(db.select(MailText)).one().body.endswith("Mine")


def test_reset_asks_first(client, organiser, edition):
    path = FORM.format(edition.ordinal, "en")
    client.post(path, data={**fields(client.get(path).text), "subject": "Sorry", "body": BODY})
    page = client.get(f"{path}/reset").text
    assert "Your registration was not accepted: Eighth Global Conference" in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    answer = client.post(f"{path}/reset", data={"csrf_token": csrf_token(page), "version": version})
    assert answer.status_code == 303
    assert "own text of this edition" not in client.get(KIND.format(edition.ordinal)).text
    assert fields(client.get(path).text)["subject"] == "Your registration was not accepted: {edition}"


@pytest.mark.parametrize("path", ["", "/registration_rejected", "/registration_rejected/en"])
def test_readers_and_strangers_do_not_see_them(client, edition, path):
    sign_in(client, make_user("reader"))
    assert client.get(LIST.format(edition.ordinal) + path).status_code == 403
    sign_in(client, make_user("organiser", editions=[make_edition()]))
    assert client.get(LIST.format(edition.ordinal) + path).status_code == 404


@pytest.mark.parametrize("path", ["/nobody", "/organiser_message", "/registration_rejected/de"])
def test_there_are_no_other_texts(client, organiser, edition, path):
    assert client.get(LIST.format(edition.ordinal) + path).status_code == 404
