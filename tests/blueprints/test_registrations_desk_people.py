"""One registration at the desk: looked at, added, corrected, linked, erased, written to."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from eventapp.adapters import kept_mail
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, OutboxMessage, PrivacyNotice, PrivateLink, Registration
from eventapp.rules.access import Actor
from eventapp.services import audit, links
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

NEW = {
    "represents": "country",
    "country": "NA",
    "organisation": "Namibian Police Force",
    "sector": "LE-POL",
    "given_name": "Selma",
    "family_name": "Haimbodi",
    "functional_title": "Chief Inspector",
    "email": "selma@police.example",
    "language": "fr",
    "role": "head",
}


BECAME = '<span aria-hidden="true">→</span><span class="visually-hidden">became</span>'


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=3)


@pytest.fixture
def base(edition):
    return f"/dashboard/editions/{edition.ordinal}/registrations"


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser", name="A. Mercier"))
    return client


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def post(client, path, html, **data):
    return client.post(path, data={"csrf_token": csrf_token(html), **data})


def fresh(registration):
    db.session.expire_all()
    return db.session.get(Registration, registration.id)


def kinds():
    return db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()


def add(desk, base, **changes):
    page = desk.get(base + "/add").text
    return post(desk, base + "/add", page, nonce=hidden(page, "nonce"), **{**NEW, **changes})


def correct(desk, base, one, page, **changes):
    fields = {
        "nonce": hidden(page, "nonce"), "version": hidden(page, "version"), **NEW, "role": "delegate", **changes,
    }  # fmt: skip
    return post(desk, f"{base}/{one.reference}/correct", page, **fields)


def test_shows_all_that_is_known_with_its_history(desk, base, edition, clock):
    one = make_registration(
        edition, family_name="Rossi", given_name="Chiara", phone="+39 06 1234567", reason="Welcome back"
    )
    audit.record(
        make_actor(), "registration.correct", now=clock(), subject_type="registration", subject_id=one.id,
        edition_id=edition.id, old={"country_code": "IT", "is_listed": False}, new={"country_code": "NA", "is_listed": True},
    )  # fmt: skip
    page = desk.get(f"{base}/{one.reference}").text
    assert "ROSSI, Chiara" in page
    assert '<dd><bdi dir="ltr">+39 06 1234567</bdi></dd>' in page
    assert "Welcome back" in page
    assert f"Country or territory: <del><bdi>Italy</bdi></del> {BECAME} <ins><bdi>Namibia</bdi></ins>" in page
    assert "A. Organiser" in page
    assert desk.get(f"/ar{base}/{one.reference}").status_code == 200
    assert desk.get(f"{base}/ZZZZ-ZZZZ").status_code == 404


def make_actor():
    return Actor(kind="user", id=1, name="A. Organiser", role="organiser")


def test_whoever_was_replaced_and_the_successor_lead_to_each_other(desk, base, edition):
    heir = make_registration(edition, state="approved", family_name="Heir")
    former = make_registration(edition, state="replaced", family_name="Former", replaced_by_id=heir.id)
    db.session.commit()
    page = desk.get(f"{base}/{former.reference}").text
    assert f'The place was taken over by <a href="{base}/{heir.reference}"><bdi>HEIR, ' in page
    page = desk.get(f"{base}/{heir.reference}").text
    assert f'Took over the place of <a href="{base}/{former.reference}"><bdi>FORMER, ' in page


def test_adds_a_person_on_their_behalf(desk, base, edition):
    answer = add(desk, base)
    assert answer.status_code == 303
    made = db.session.scalars(select(Registration)).one()
    assert (made.state, made.role, made.is_late, made.language) == ("submitted", "head", False, "fr")
    assert (made.counted_country_code, made.country_basis, made.sort_name) == (
        "NA",
        "state",
        "haimbodi selma",
    )
    assert made.privacy_notice_id is None
    assert kinds() == ["registration_received"]
    entry = audit.list_of_subject("registration", made.id)[0]
    assert (entry.action, entry.actor_kind, entry.actor_name) == ("registration.submit", "user", "A. Mercier")
    assert "The person was added" in desk.get(answer.location).text


def test_a_double_click_adds_one(desk, base):
    page = desk.get(base + "/add").text
    for _ in range(2):
        assert post(desk, base + "/add", page, nonce=hidden(page, "nonce"), **NEW).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert len(kinds()) == 1


def test_adds_after_the_closing_date_as_late(desk, base, clock, client):
    clock.move(days=20)
    sign_in(client, make_user(role="organiser"))
    assert add(desk, base).status_code == 303
    made = db.session.scalars(select(Registration)).one()
    assert (made.state, made.is_late) == ("submitted", True)


def test_places_hold_for_the_secretariat_too(desk, base, edition):
    edition.approval, edition.capacity = "open", 1
    db.session.flush()
    for _ in range(2):
        assert add(desk, base).status_code == 303
    states = db.session.scalars(select(Registration.state).order_by(Registration.id)).all()
    assert states == ["approved", "waitlisted"]


@pytest.mark.parametrize("state", ["draft", "cancelled", "held"])
def test_nobody_is_added_to_what_nobody_can_attend(desk, base, edition, state):
    edition.state = state
    db.session.flush()
    assert add(desk, base).status_code == 409
    assert kinds() == []


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(desk, base):
    answer = add(desk, base, email="nobody", sector="", family_name="O\u202eHara", role="king", country="XX")
    assert answer.status_code == 422
    for field in ("email", "sector", "family_name", "role", "country"):
        assert f'id="{field}-e"' in answer.text
    assert 'value="Chief Inspector"' in answer.text
    assert 'value="nobody"' in answer.text


def test_corrects_with_old_and_new_in_the_history(desk, base, edition):
    one = make_registration(edition, family_name="Haimbody", given_name="Selma")
    page = desk.get(f"{base}/{one.reference}/correct").text
    assert 'value="Haimbody"' in page
    assert '<option value="KE" selected>' in page
    assert correct(desk, base, one, page).status_code == 303
    one = fresh(one)
    assert (one.family_name, one.counted_country_code, one.sort_name) == ("Haimbodi", "NA", "haimbodi selma")
    entry = audit.list_of_subject("registration", one.id)[-1]
    assert entry.action == "registration.correct"
    assert entry.old["family_name"] == "Haimbody"
    assert entry.new["counted_country_code"] == "NA"
    assert kinds() == []


def test_tells_of_a_correction_only_if_asked(desk, base, edition):
    one = make_registration(edition)
    page = desk.get(f"{base}/{one.reference}/correct").text
    assert correct(desk, base, one, page, tell="1").status_code == 303
    assert kinds() == ["registration_changed"]


def test_the_second_of_two_corrections_is_told(desk, base, edition):
    one = make_registration(edition)
    page = desk.get(f"{base}/{one.reference}/correct").text
    assert correct(desk, base, one, page).status_code == 303
    again = correct(desk, base, one, page, family_name="Other")
    assert again.status_code == 409
    told = again.text.partition('id="conflict"')[2].partition("<form")[0]
    for text in ("A. Mercier", "Family name", "Haimbodi", "Country or territory", "Kenya", "Namibia"):
        assert text in told, text
    assert 'value="Other"' in again.text
    assert fresh(one).family_name == "Haimbodi"
    assert correct(desk, base, one, again.text, family_name="Other").status_code == 303
    assert fresh(one).family_name == "Other"


def test_erasing_somebody_of_a_delegation_speaks_of_its_papers(desk, base, edition):
    delegation = make_delegation(edition)
    of_it = make_registration(edition, delegation_id=delegation.id)
    of_none = make_registration(edition)
    papers = f"/dashboard/editions/{edition.ordinal}/delegations/{delegation.public_id}/credentials"
    assert papers in desk.get(f"{base}/{of_it.reference}/erase").text
    assert "/credentials" not in desk.get(f"{base}/{of_none.reference}/erase").text


@pytest.mark.parametrize("token", ["", "stale"])
def test_a_stale_page_comes_back_filled_in_and_writes_nothing(desk, base, edition, token):
    one = make_registration(edition)
    shown, nonce = f"{base}/{one.reference}", str(uuid4())
    rows = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for path, typed in (
        (f"{base}/add", {**NEW, "nonce": nonce}),
        (f"{shown}/correct", {**NEW, "nonce": nonce, "version": "1"}),
        (f"{shown}/erase", {"typed": "Chief Inspector"}),
        (f"{base}/message", {"subject_en": "Chief Inspector", "text_en": "Text"}),
        (f"{base}/message/send", {"subject_en": "Chief Inspector", "text_en": "Text", "nonce": nonce}),
    ):
        answer = desk.post(path, data={**typed, "csrf_token": token})
        assert answer.status_code == 422 and "open for too long" in answer.text, path
        assert 'value="Chief Inspector"' in answer.text, path
        assert csrf_token(answer.text) not in ("", "stale")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == rows and kinds() == []


def test_a_stale_page_keeps_what_was_chosen_for_one_person(desk, base, edition):
    one = make_registration(
        edition, represents="organisation", organisation="Somebody", seat_country_code="IT"
    )
    body = make_body(names={"en": "A known body"})
    shown = f"{base}/{one.reference}"
    for path, chosen in (("role", {"role": "interpreter"}), ("body", {"body": str(body.id)})):
        answer = desk.post(f"{shown}/{path}", data={**chosen, "version": "1", "csrf_token": "stale"})
        assert answer.status_code == 422 and "open for too long" in answer.text
        assert f'<option value="{next(iter(chosen.values()))}" selected>' in answer.text
    assert (fresh(one).role, fresh(one).body_id) == ("delegate", None)


def test_gives_any_role(desk, base, edition):
    one = make_registration(edition)
    page = desk.get(f"{base}/{one.reference}").text
    path = f"{base}/{one.reference}/role"
    assert post(desk, path, page, role="speaker", version=hidden(page, "version")).status_code == 303
    assert fresh(one).role == "speaker"
    stale = post(desk, path, page, role="head", version=hidden(page, "version"))
    assert stale.status_code == 409 and "Somebody else changed this registration meanwhile." in stale.text
    assert f"Role: <del><bdi>Delegate</bdi></del> {BECAME} <ins><bdi>Speaker</bdi></ins>" in stale.text
    assert post(desk, path, page, role="king", version="9").status_code == 422
    assert fresh(one).role == "speaker"


def test_linking_a_typed_organisation_moves_the_counted_country(desk, base, edition):
    body = Body(names={"en": "Example Organization"}, sort_name="example", kind="international_organization")
    db.session.add(body)
    one = make_registration(
        edition,
        represents="organisation",
        organisation="Exmple Org.",
        sector_code="OTH",
        seat_country_code="FR",
    )
    assert (one.counted_country_code, one.country_basis) == ("FR", "seat")
    for chosen, expected in ((str(body.id), (None, "none", body.id)), ("", ("FR", "seat", None))):
        page = desk.get(f"{base}/{one.reference}").text
        version = hidden(page, "version")
        assert (
            post(desk, f"{base}/{one.reference}/body", page, body=chosen, version=version).status_code == 303
        )
        one = fresh(one)
        assert (one.counted_country_code, one.country_basis, one.body_id) == expected
    assert one.organisation == "Exmple Org."
    actions = [entry.action for entry in audit.list_of_subject("registration", one.id)]
    assert actions == ["registration.link"] * 2
    assert (
        post(desk, f"{base}/{one.reference}/body", page, body="99999", version=one.version).status_code == 422
    )


def test_a_states_delegate_is_linked_to_no_body(desk, base, edition):
    one = make_registration(edition)
    page = desk.get(f"{base}/{one.reference}").text
    assert 'name="body"' not in page
    assert post(desk, f"{base}/{one.reference}/body", page, body="1", version=one.version).status_code == 422


def test_sends_the_private_link_again_once(desk, base, edition, clock):
    one = make_registration(edition)
    known = links.make_link("registration", secret="s", now=clock(), registration_id=one.id)
    page = desk.get(f"{base}/{one.reference}").text
    nonce = hidden(page, "nonce")
    assert post(desk, f"{base}/{one.reference}/link", page, nonce=nonce).status_code == 303
    assert post(desk, f"{base}/{one.reference}/link", page, nonce=nonce).status_code == 409
    mail = db.session.scalars(select(OutboxMessage)).one()
    assert (mail.kind, mail.link_id) == ("registration_link", known.id)
    assert mail.values == {"registrations": [{"registration_id": one.id, "link_id": known.id}]}


def test_the_version_of_the_privacy_notice_is_shown(desk, base, edition, clock):
    notice = PrivacyNotice(number=3, text={"en": "What is kept."}, created_at=clock(), published_at=clock())
    db.session.add(notice)
    db.session.flush()
    agreed, entered = make_registration(edition, privacy_notice_id=notice.id), make_registration(edition)
    assert "version 3, agreed to" in desk.get(f"{base}/{agreed.reference}").text
    assert "not agreed to yet" in desk.get(f"{base}/{entered.reference}").text


def test_erases_after_the_reference_was_typed(desk, base, edition, clock, app):
    one = make_registration(edition, family_name="Zanzibari", state="approved")
    link = links.make_link("registration", secret="s", now=clock(), registration_id=one.id)
    mail_row = OutboxMessage(
        kind="organiser_message", language="en", recipient=one.email, registration_id=one.id, state="kept",
        created_at=clock(), next_attempt_at=clock(),
    )  # fmt: skip
    db.session.add(mail_row)
    db.session.flush()
    folder: Path = app.config["SETTINGS"].kept_mail
    theirs = kept_mail.keep(folder, f"20270414-{mail_row.public_id}", b"Dear Zanzibari")
    another = kept_mail.keep(folder, f"20270414-{uuid4()}", b"Dear somebody else")
    page = desk.get(f"{base}/{one.reference}/erase").text
    wrong = post(desk, f"{base}/{one.reference}/erase", page, typed="no")
    assert wrong.status_code == 422
    assert "Type the reference of this registration exactly." in wrong.text
    assert theirs.exists()
    assert post(desk, f"{base}/{one.reference}/erase", page, typed=one.reference).status_code == 303
    shown = desk.get(f"{base}/{one.reference}").text
    assert "Erased person" in shown
    assert "zanzibari" not in shown.lower()
    assert "/correct" not in shown
    assert "Erased person" in desk.get(base).text
    db.session.expire_all()
    assert db.session.get(PrivateLink, link.id).revoked_at == clock()
    assert not theirs.exists()
    assert another.exists()
    assert desk.get(base + "?flag=erased").text.count("Erased person") >= 1
    assert "not agreed to yet" not in shown
    for form in ("correct", "erase"):  # nothing is left that could be corrected or erased once more
        assert desk.get(f"{base}/{one.reference}/{form}").location.endswith(one.reference)
    assert post(desk, f"{base}/{one.reference}/role", shown, role="head", version="1").status_code == 422


def message(page, **texts):
    return {"csrf_token": csrf_token(page), **texts}


def test_writes_to_everybody_the_filter_finds_in_their_language(desk, base, edition, clock):
    for language in ("en", "ar", "es"):
        make_registration(edition, state="approved", language=language)
    make_registration(edition, state="approved", erased_at=clock(), email="")
    make_registration(edition, state="rejected")
    path = base + "/message?state=approved"
    page = desk.get(path).text
    assert "The message goes to 3 people." in page
    texts = {"subject_en": "Programme", "text_en": "It stands.", "subject_ar": "البرنامج", "text_ar": "جاهز"}
    preview = desk.post(path, data=message(page, **texts))
    assert preview.status_code == 200
    assert "Send this message to 3 people" in preview.text
    assert "One person gets it in another language than their own." in preview.text
    assert "It stands." in preview.text
    assert "••••" in preview.text
    assert kinds() == []
    send = re.search(r'action="([^"]+/message/send[^"]*)"', preview.text).group(1)
    data = message(preview.text, nonce=hidden(preview.text, "nonce"), **texts)
    assert desk.post(send, data=data).status_code == 303
    again = desk.post(send, data=data)
    assert "This message went out before, to 3 people. Nothing was sent" in desk.get(again.location).text
    rows = db.session.execute(
        select(OutboxMessage.kind, OutboxMessage.language, OutboxMessage.values).order_by(OutboxMessage.id)
    ).all()
    english = {"subject": "Programme", "text": "It stands."}
    assert [tuple(row) for row in rows] == [
        ("organiser_message", "en", english),
        ("organiser_message", "ar", {"subject": "البرنامج", "text": "جاهز"}),
        ("organiser_message", "en", english),
    ]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.mail")).one()
    assert entry.new["recipients"] == 3
    assert entry.new["filter"] == {"state": "approved"}


def test_a_letter_sent_again_from_a_stale_page_goes_out_once(desk, base, edition):
    """The form that comes back, the preview after it and the one after a change are still the same letter."""
    make_registration(edition, state="approved")
    texts = {"subject_en": "Programme", "text_en": "It stands."}
    form = desk.get(base + "/message").text
    nonce = hidden(form, "nonce")
    preview = desk.post(base + "/message", data=message(form, nonce=nonce, **texts)).text
    assert hidden(preview, "nonce") == nonce  # a browser that goes back sends the form for the preview again
    data = message(preview, nonce=nonce, **texts)
    assert desk.post(base + "/message/send", data=data).status_code == 303
    stale = desk.post(base + "/message/send", data=data | {"csrf_token": "stale"})
    assert stale.status_code == 422 and "It stands." in stale.text
    changed = {**texts, "text_en": "It stands as it was."}
    page = stale.text
    for step in ("", "edit", ""):
        page = desk.post(
            base + "/message", data=message(page, nonce=hidden(page, "nonce"), step=step, **changed)
        ).text
        assert hidden(page, "nonce") == nonce
    again = desk.post(base + "/message/send", data=message(page, nonce=hidden(page, "nonce"), **changed))
    assert "This message went out before, to one person." in desk.get(again.location).text
    assert kinds() == ["organiser_message"]
    fresh = desk.post(base + "/message", data=message(desk.get(base + "/message").text, **texts)).text
    assert hidden(fresh, "nonce") != nonce


@pytest.mark.parametrize(
    ("texts", "fields"),
    [
        ({}, ["subject_en", "text_en"]),
        ({"subject_fr": "Seul"}, ["text_fr"]),
        ({"text_es": "Solo"}, ["subject_es"]),
        ({"subject_en": "x" * 201, "text_en": "a\u202eb"}, ["subject_en", "text_en"]),
    ],
)
def test_half_a_message_is_refused_at_its_fields(desk, base, edition, texts, fields):
    make_registration(edition)
    page = desk.get(base + "/message").text
    answer = desk.post(base + "/message", data=message(page, **texts))
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-e"', answer.text) == fields
    direct = desk.post(base + "/message/send", data=message(page, nonce=str(uuid4()), **texts))
    assert direct.status_code == 422


def test_a_message_can_be_changed_after_the_preview(desk, base, edition):
    make_registration(edition)
    page = desk.get(base + "/message").text
    again = desk.post(
        base + "/message", data=message(page, subject_en="Subject", text_en="One\n\nTwo", step="edit")
    )
    assert again.status_code == 200
    assert 'value="Subject"' in again.text
    assert "One\n\nTwo</textarea>" in again.text.replace("\r\n", "\n")


def test_nobody_to_write_to_is_said(desk, base, edition):
    page = desk.get(base + "/message").text
    assert "There is nobody to write to" in page
    data = message(desk.get(base + "/add").text, nonce=str(uuid4()), subject_en="S", text_en="T")
    assert desk.post(base + "/message/send", data=data).status_code == 422
