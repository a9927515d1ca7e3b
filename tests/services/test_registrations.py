"""Registrations come in: what is written, and what is refused."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.errors import Closed, Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import SYSTEM
from eventapp.rules.registration_form import Details
from eventapp.services import registrations
from eventapp.services.reference import find_body, load_reference, regions_of_countries
from eventapp.services.registrations_places import (
    find_position,
    free_places,
    places_for_newcomers,
    promote_waiting,
)
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")


def details(**changed) -> Details:
    values = {
        "represents": "country",
        "country_code": "NA",
        "organisation": "",
        "seat_country_code": None,
        "sector_code": "LE-POL",
        "honorific": "",
        "given_name": "Joy",
        "family_name": "Adeyemi",
        "badge_name": "",
        "functional_title": "Officer",
        "email": "joy@police.example",
        "phone": "",
        "language": "en",
        "role": "delegate",
        "languages": ("en",),
        "dietary_needs": "",
        "accessibility_needs": "",
        "is_listed": False,
    }
    return Details(**{**values, **changed})


def submit(edition, *, now=CLOCK_STANDS_AT, nonce=None, **changed):
    return registrations.submit(
        edition.id, details(**changed), nonce=nonce or uuid4(), notice_id=None, now=now, secret=SECRET
    )


def test_a_registration_its_link_its_letter_and_its_audit_row():
    made = submit(make_edition())
    registration = made.registration
    assert (registration.state, registration.counted_country_code, registration.sort_name) == (
        "submitted",
        "NA",
        "adeyemi joy",
    )
    letter = db.session.scalars(select(OutboxMessage)).one()
    link = db.session.scalars(select(PrivateLink)).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.submit")).one()
    assert (letter.kind, letter.registration_id, letter.link_id) == (
        "registration_received",
        registration.id,
        link.id,
    )
    assert (entry.subject_id, entry.new["state"], entry.actor_kind) == (
        registration.id,
        "submitted",
        "delegate",
    )
    assert "email" not in entry.new


def test_the_same_form_twice_is_the_same_registration():
    edition, nonce = make_edition(), uuid4()
    first, second = submit(edition, nonce=nonce), submit(edition, nonce=nonce)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.registration is second.registration
    assert first.link.id == second.link.id


def test_the_same_form_after_the_window_closed_is_still_the_same_registration():
    edition, nonce = make_edition(), uuid4()
    submit(edition, nonce=nonce)
    assert not submit(edition, nonce=nonce, now=edition.registration_closes_at).is_new


def test_a_taken_reference_code_is_not_given_again(monkeypatch):
    edition = make_edition()
    taken = make_registration(edition).reference
    codes = iter([taken, taken, "K7QM-2TR9"])
    monkeypatch.setattr(registrations, "make_reference", lambda choose: next(codes))
    assert submit(edition).registration.reference == "K7QM-2TR9"


def test_what_another_process_wrote_first_is_a_conflict_to_be_tried_again(monkeypatch):
    edition, nonce = make_edition(), uuid4()
    make_registration(edition, nonce=nonce)
    monkeypatch.setattr(
        registrations, "_free_reference", lambda *given: registrations.Found("K7QM-2TR9", None, False, False)
    )
    with db.session.begin_nested() as point, pytest.raises(Conflict) as refusal:
        submit(edition, nonce=nonce)
    assert refusal.value.code == "again"
    assert not point.is_active


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"state": "draft"}, NotFound),
        ({"state": "archived"}, Closed),
        ({"state": "postponed"}, Closed),
        ({"registration_opens_at": None, "registration_closes_at": None}, Closed),
        ({"registration_closes_at": CLOCK_STANDS_AT}, Closed),
    ],
)
def test_outside_the_window_nothing_is_written(values, error):
    with pytest.raises(error):
        submit(make_edition(**values))
    assert db.session.scalars(select(Registration)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_places_then_the_waiting_list():
    edition = make_edition(approval="open", capacity=2)
    made = [submit(edition).registration for _ in range(4)]
    assert [one.state for one in made] == ["approved", "approved", "waitlisted", "waitlisted"]
    assert [find_position(one) for one in made] == [None, None, 1, 2]
    kinds = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds == ["registration_approved"] * 2 + ["registration_waitlisted"] * 2


def test_nobody_overtakes_the_line():
    edition = make_edition(approval="open", capacity=2)
    make_registration(edition, state="waitlisted")
    assert free_places(edition) == 2
    assert places_for_newcomers(edition) == 0
    assert submit(edition).registration.state == "waitlisted"


def test_moving_up_goes_in_order_and_leaves_nobody_out():
    edition = make_edition(approval="open", capacity=2)
    line = [make_registration(edition, state="waitlisted") for _ in range(3)]
    erased = make_registration(
        edition, state="waitlisted", erased_at=CLOCK_STANDS_AT, submitted_at=CLOCK_STANDS_AT
    )
    moved = promote_waiting(SYSTEM, edition, now=CLOCK_STANDS_AT)
    assert moved == [one.id for one in line[:2]]
    assert [one.state for one in line] == ["approved", "approved", "waitlisted"]
    assert erased.state == line[2].state == "waitlisted"
    assert promote_waiting(SYSTEM, edition, now=CLOCK_STANDS_AT) == []


def test_a_known_body_is_recognised_by_name_and_acronym():
    body = Body(
        names={"en": "Example Network", "fr": "Réseau exemple"},
        sort_name="example network",
        acronym="EXN",
        kind="international_organization",
    )
    db.session.add(body)
    db.session.flush()
    for typed in ("example network", "RÉSEAU EXEMPLE", "exn"):
        assert find_body(typed).id == body.id
    registration = submit(
        make_edition(),
        represents="organisation",
        country_code=None,
        organisation="EXN",
        seat_country_code="NO",
        sector_code="NGO",
    ).registration
    assert (registration.body_id, registration.body_kind) == (body.id, "international_organization")
    assert (registration.counted_country_code, registration.country_basis) == (None, "none")


def test_a_name_that_two_bodies_share_is_left_to_the_secretariat():
    for number in range(2):
        db.session.add(
            Body(names={"en": f"Ministry {number}"}, sort_name="m", acronym="MOI", kind="government_agency")
        )
    db.session.flush()
    assert find_body("MOI") is None


def test_the_lists_hold_namibia_and_norway_and_no_historic_country():
    lists = load_reference(CLOCK_STANDS_AT.date())
    assert {"NA", "NO"} <= lists.choices.countries
    assert len(lists.choices.countries) == 249
    assert len(lists.countries) == 252
    assert lists.choices.sector_groups == {"LE", "PUB", "PRV"}
    assert not lists.choices.sector_groups & lists.choices.sectors
    assert [names["en"] for names in lists.sector_names("LE-POL")] == ["Law enforcement", "Police"]
    assert len(regions_of_countries("m49", ["NA", "NO"])) == 2
