"""What the private link opens: status, change, withdrawal, own data, the link again."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import Actor
from eventapp.services import attendance, links, registrations_enter
from eventapp.services.registrations_decide import decide
from tests.engines import SECRET
from tests.factories.attendance import FIRST_MORNING, GUARD, make_check_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration

EMAIL = "joy@police.example"


@pytest.fixture
def made(app):
    """A registration with its link; gives a function that makes one and says its token."""

    def make(edition_values=None, **overrides) -> str:
        with app.app_context():
            edition = make_edition(**{"approval": "open", **(edition_values or {})})
            registration = make_registration(edition, email=EMAIL, family_name="Okafor", **overrides)
            link = links.make_link(
                "registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=registration.id
            )
            db.session.commit()
            return links.token_of(link, SECRET)

    return make


def csrf_of(html: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', html)[1]


def one(app, table=Registration):
    with app.app_context():
        return db.session.scalars(select(table)).one()


def actions(app):
    with app.app_context():
        return list(
            db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "registration"))
        )


def letters(app):
    with app.app_context():
        return [
            (m.kind, m.recipient)
            for m in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        ]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("submitted", "has been received. The secretariat decides"),
        ("approved", "is approved. You have a place"),
        ("waitlisted", "You are number 1 in line"),
        ("rejected", "was not accepted"),
        ("withdrawn", "You have withdrawn"),
        ("cancelled", "has cancelled your registration"),
    ],
)
def test_the_status_in_plain_words(client, made, state, text):
    token = made(state=state, decided_at=CLOCK_STANDS_AT)
    page = client.get(f"/registrations/{token}")
    assert page.status_code == 200
    assert text in page.text
    assert "Joy Okafor" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert ("Change my details" in page.text) == (state in ("submitted", "approved", "waitlisted"))


def test_the_status_in_arabic(client, made):
    page = client.get(f"/ar/registrations/{made(state='waitlisted')}")
    assert page.status_code == 200
    assert "كينيا" in page.text


def test_a_colon_has_its_space_in_french(client, made):
    page = client.get(f"/fr/registrations/{made()}").text
    assert "loi\N{NO-BREAK SPACE}: Police" in page


def test_the_reason_of_a_decision_is_told(client, made):
    page = client.get(f"/registrations/{made(state='rejected', reason='No nomination arrived.')}")
    assert "No nomination arrived." in page.text


def test_a_wrong_token_is_not_found(client, made):
    made()
    for token in ("x" * 43, "x", "%ED%A0%80", "a" * 5000):
        assert client.get(f"/registrations/{token}").status_code == 404
        assert client.post(f"/registrations/{token}/change").status_code == 404


def test_a_revoked_link_and_an_erased_person_are_said_plainly(client, app, made):
    token = made()
    with app.app_context():
        links.revoke_links(now=CLOCK_STANDS_AT, registration_id=db.session.scalar(select(Registration.id)))
        db.session.commit()
    for path in ("", "/change", "/withdraw", "/confirmed"):
        page = client.get(f"/registrations/{token}{path}")
        assert (page.status_code, "not valid any more" in page.text) == (410, True)
        assert 'href="/registrations/send-link"' in page.text[page.text.index("<main") :]
    with app.app_context():
        db.session.scalars(select(Registration)).one().erased_at = CLOCK_STANDS_AT
        db.session.commit()
    page = client.get(f"/registrations/{token}")
    assert (page.status_code, "has been erased" in page.text) == (410, True)
    assert "Okafor" not in page.text


def change(client, token, **answers):
    page = client.get(f"/registrations/{token}/change")
    assert page.status_code == 200, page.text
    data = {
        "csrf_token": csrf_of(page.text[page.text.index("<main") :]),
        "version": re.search(r'name="version" value="(\d+)"', page.text)[1],
        "represents": "country",
        "country": "KE",
        "sector": "LE-POL",
        "given_name": "Joy",
        "family_name": "Okafor",
        "functional_title": "Head of unit",
        "email": EMAIL,
        "language": "en",
        "role": "delegate",
        "languages": "en",
    }
    return client.post(f"/registrations/{token}/change", data={**data, **answers})


def test_changing_the_country_moves_what_is_counted_and_keeps_the_place(client, app, made):
    token = made(state="approved")
    assert change(client, token, country="NA", sector="PUB-MIN").status_code == 303
    registration = one(app)
    assert (registration.counted_country_code, registration.sector_code) == ("NA", "PUB-MIN")
    assert (registration.state, registration.version) == ("approved", 2)
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.change")).one()
        assert (entry.old, entry.new) == (
            {"country_code": "KE", "sector_code": "LE-POL", "version": 1},
            {"country_code": "NA", "sector_code": "PUB-MIN"},
        )
    assert letters(app) == [("registration_changed", EMAIL)]


def test_the_old_address_hears_of_a_new_one(client, app, made):
    change(client, made(), email="new@police.example")
    assert letters(app) == [("registration_changed", "new@police.example"), ("registration_changed", EMAIL)]


def test_nothing_changed_is_nothing_written(client, app, made):
    assert change(client, made()).status_code == 303
    assert letters(app) == []
    assert actions(app) == []


def test_bad_input_in_a_change_is_told_and_kept(client, app, made):
    page = change(client, made(), family_name="", functional_title="Chief")
    assert page.status_code == 422
    assert 'id="family_name-e"' in page.text
    assert 'value="Chief"' in page.text
    assert one(app).family_name == "Okafor"


def test_a_role_given_by_the_secretariat_stays(client, app, made):
    token = made(role="head")
    assert change(client, token, role="head", functional_title="Chief").status_code == 303
    assert one(app).role == "head"
    assert change(client, token, role="speaker").status_code == 422


def told(page) -> str:
    """The list of what was changed meanwhile."""
    return page.text.partition('id="conflict"')[2].partition("<form")[0]


def test_two_changes_at_once_are_not_mixed_and_the_second_is_told_what_differs(client, app, made):
    token = made()
    page = change(client, token, functional_title="First", sector="PUB-MIN", languages="ar")
    assert page.status_code == 303
    late = change(client, token, functional_title="Second", version="1")
    assert late.status_code == 409
    assert 'value="Second"' in late.text
    for text in (
        "Post",
        "Head of unit",
        "First",
        "Police",
        "Government ministry or agency",
        "العربية",
        "You, or somebody who has your link",
    ):
        assert text in told(late), text
    assert one(app).functional_title == "First"
    again = change(client, token, functional_title="Second", sector="PUB-MIN", languages="ar")
    assert again.status_code == 303 and one(app).functional_title == "Second"


def test_who_has_the_form_open_is_told_what_the_secretariat_did_and_not_by_whom(client, app, made):
    token = made()
    open_form = client.get(f"/registrations/{token}/change").text
    ordinal, organiser = 8, Actor(kind="user", id=1, name="Hidden Name", role="organiser", all_editions=True)
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        ordinal = registration.edition.ordinal
        reference, number = registration.reference, registration.id
        registrations_enter.give_role(
            organiser, ordinal, reference, "speaker", version=1, now=CLOCK_STANDS_AT
        )
        decide(
            organiser, ordinal, "approved", {number: "submitted"}, reason="", nonce=uuid4(), now=CLOCK_STANDS_AT,
            secret=SECRET,
        )  # fmt: skip
        db.session.commit()
    version = re.search(r'name="version" value="(\d+)"', open_form)[1]
    late = change(client, token, role="speaker", functional_title="Typed", version=version)
    assert late.status_code == 409 and 'value="Typed"' in late.text
    for text in (
        "Role",
        "Delegate",
        "Speaker",
        "State",
        "Waiting for a decision",
        "Approved",
        "The secretariat",
    ):
        assert text in told(late), text
    assert "Hidden Name" not in late.text


def test_a_stale_token_keeps_the_change(client, app, made):
    page = change(client, made(), csrf_token="stale", functional_title="Chief")
    assert page.status_code == 400
    assert 'value="Chief"' in page.text


def test_looking_at_the_headers_alone_changes_nothing(client, app, made):
    token = made()
    form = {"version": "1", "given_name": "Other"}
    assert client.head(f"/registrations/{token}/change", data=form).status_code == 200
    assert client.head("/registrations/send-link", data={"email": EMAIL}).status_code == 200
    assert (one(app).given_name, letters(app)) == ("Joy", [])


def test_changes_end_at_the_freeze_date_to_the_second(client, clock, made):
    token = made()
    clock.moment = datetime(2027, 5, 24, 20, 58, 59, tzinfo=UTC)
    assert change(client, token, functional_title="A").status_code == 303
    clock.moment = datetime(2027, 5, 24, 20, 59, tzinfo=UTC)
    refused = client.get(f"/registrations/{token}/change")
    assert refused.status_code == 409
    assert f'href="/registrations/{token}"' in refused.text  # the way back
    assert "can no longer be changed here" in client.get(f"/registrations/{token}").text


def withdraw(client, token):
    page = client.get(f"/registrations/{token}/withdraw")
    return client.post(f"/registrations/{token}/withdraw", data={"csrf_token": csrf_of(page.text)})


def test_withdrawing_moves_the_first_in_line_up(client, app, made, clock):
    token = made({"capacity": 1}, state="approved")
    with app.app_context():
        edition = db.session.scalars(select(Edition)).all()[-1]
        early = make_registration(edition, state="waitlisted", waitlisted_at=clock.move(hours=-2))
        late = make_registration(edition, state="waitlisted", waitlisted_at=clock.move(hours=1))
        db.session.commit()
        ids = early.id, late.id
    clock.move(hours=2)
    assert withdraw(client, token).status_code == 303
    assert "You have withdrawn" in client.get(f"/registrations/{token}").text
    with app.app_context():
        states = [db.session.get(Registration, number).state for number in ids]
    assert states == ["approved", "waitlisted"]
    assert [kind for kind, _ in letters(app)] == ["registration_withdrawn", "registration_promoted"]
    assert actions(app) == ["registration.withdraw", "registration.promote"]


def test_withdrawing_twice_is_refused(client, app, made):
    token = made(state="approved")
    page = client.get(f"/registrations/{token}/withdraw")
    data = {"csrf_token": csrf_of(page.text)}
    assert client.post(f"/registrations/{token}/withdraw", data=data).status_code == 303
    again = client.post(f"/registrations/{token}/withdraw", data=data)
    assert again.status_code == 422
    assert f'href="/registrations/{token}"' in again.text
    assert len(letters(app)) == 1


def test_only_a_place_that_is_held_is_said_to_go_to_the_next(client, made):
    held, none = made(state="approved"), made({"ordinal": 9}, state="waitlisted")
    for path in ("", "/withdraw"):
        texts = [client.get(f"/registrations/{token}{path}").text.lower() for token in (held, none)]
        assert ["your place goes to the next in line" in text for text in texts] == [True, False]


def test_a_time_has_its_zone(client, made):
    assert "(UTC+3)" in client.get(f"/registrations/{made(state='submitted')}").text.split("Steps")[1]


def test_withdrawing_needs_the_token_of_the_form(client, app, made):
    token = made()
    assert client.post(f"/registrations/{token}/withdraw").status_code == 400
    assert one(app).state == "submitted"


def test_all_data_as_json_leaves_a_trace(client, app, made):
    token = made()
    page = client.get(f"/registrations/{token}")
    main = page.text[page.text.index("<main") :]
    answer = client.post(f"/registrations/{token}/data.json", data={"csrf_token": csrf_of(main)})
    assert answer.json["registration"]["family_name"] == "Okafor"
    assert answer.json["edition"] == 8
    assert answer.json["speaker_profiles"] == []
    assert "nonce" not in answer.json["registration"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert actions(app) == ["registration.export_own"]
    assert client.get(f"/registrations/{token}/data.json").status_code == 405


def test_who_came_is_told_so_and_takes_it_along(client, app, made):
    token = made(state="approved")
    assert "You were checked in" not in client.get(f"/registrations/{token}").text
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        undone = make_check_in(registration, at=FIRST_MORNING - timedelta(days=1))
        attendance.undo(GUARD, 8, undone.id, reason="It was another person", now=FIRST_MORNING)
        for days in range(2):
            make_check_in(registration, at=FIRST_MORNING + timedelta(days=days))
        db.session.commit()
    page = client.get(f"/registrations/{token}").text
    assert "You were checked in on 8 June 2027 and 9 June 2027." in page
    main = page[page.index("<main") :]
    held = client.post(f"/registrations/{token}/data.json", data={"csrf_token": csrf_of(main)})
    days = [(line["day"], line["desk"], line["undone_reason"]) for line in held.json["check_ins"]]
    assert days == [
        ("2027-06-07", "Main entrance", "It was another person"),
        ("2027-06-08", "Main entrance", ""),
        ("2027-06-09", "Main entrance", ""),
    ]
    assert GUARD.name not in held.text


def ask(client, email):
    page = client.get("/registrations/send-link")
    main = page.text[page.text.index("<main") :]
    return client.post("/registrations/send-link", data={"csrf_token": csrf_of(main), "email": email})


def test_the_link_again_says_nothing_about_the_address(client, app, made):
    token = made()
    known, unknown = ask(client, "Joy@Police.example"), ask(client, "nobody@police.example")
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(EMAIL, "X") == unknown.text.replace("nobody@police.example", "X")
    assert letters(app) == [("registration_link", EMAIL)]
    with app.app_context():
        letter = db.session.scalars(select(OutboxMessage)).one()
        link = db.session.get(PrivateLink, letter.link_id)
        again = links.token_of(link, SECRET)
        assert [one["link_id"] for one in letter.values["registrations"]] == [link.id]
    assert client.get(f"/registrations/{token}").status_code == 200  # the old one stays
    assert client.get(f"/registrations/{again}").status_code == 200
    assert actions(app) == ["registration.send_link", "registration.send_link"]


def test_one_letter_for_everybody_of_an_address(client, app, made):
    made()
    with app.app_context():
        make_registration(db.session.scalars(select(Registration)).one().edition, email=EMAIL)
        db.session.commit()
    ask(client, EMAIL)
    with app.app_context():
        assert len(db.session.scalars(select(OutboxMessage)).one().values["registrations"]) == 2


def test_the_letters_to_one_address_are_limited_in_silence(client, app, made):
    made()
    pages = [ask(client, EMAIL) for _ in range(7)]
    assert {page.status_code for page in pages} == {200}
    assert len(letters(app)) == 5


def test_a_flood_of_questions_keeps_what_was_typed(client, made):
    for number in range(20):
        ask(client, f"a{number}@police.example")
    page = ask(client, EMAIL)
    assert page.status_code == 429
    assert f'value="{EMAIL}"' in page.text


def test_a_wrong_address_is_told(client):
    page = ask(client, "nobody")
    assert page.status_code == 422
    assert 'id="email-e"' in page.text


def test_the_short_address_leads_to_the_form(client):
    assert client.get("/fr/my-registration").location == "/fr/registrations/send-link"


def test_the_token_stays_out_of_the_log(client, app, made, monkeypatch, capsys):
    token = made()

    def fail(*args):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("eventapp.services.registrations_own.explain_waiting", fail)
    monkeypatch.setattr(app, "testing", False)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get(f"/registrations/{token}").status_code == 500
    app.config["PROPAGATE_EXCEPTIONS"] = None
    written = capsys.readouterr()
    assert "on purpose" in written.out + written.err
    assert token not in written.out + written.err
