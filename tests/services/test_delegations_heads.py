"""One head for each delegation, by whichever way somebody comes in; and the new body of whoever moves is asked to endorse."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.errors import Invalid, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, OutboxMessage, PrivateLink
from eventapp.rules.access import Actor
from eventapp.services import (
    delegations_manage,
    endorsements,
    links,
    registrations_decide,
    registrations_enter,
    registrations_own,
)
from tests.engines import SECRET
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_linked_focal_point
from tests.services.test_registrations import details

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
NOW = CLOCK_STANDS_AT


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps")


@pytest.fixture
def namibia(edition):
    """A delegation with a head and a focal point."""
    delegation = make_delegation(edition, country_code="NA")
    make_registration(edition, delegation_id=delegation.id, country_code="NA", role="head", given_name="Ada")
    make_linked_focal_point(delegation)
    return delegation


def enter(edition, **changed):
    made = registrations_enter.enter(
        ORGANISER, edition.ordinal, details(**changed), nonce=uuid4(), now=NOW, secret=SECRET
    )
    return made.registration


def correct(edition, one, **changed):
    return registrations_enter.correct(
        ORGANISER, edition.ordinal, one.reference, details(**changed), version=one.version, tell=False,
        now=NOW, secret=SECRET, nonce=uuid4(),
    )  # fmt: skip


def change(one, **changed):
    link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=one.id)
    token = links.token_of(link, SECRET)
    return registrations_own.change(token, details(**changed), version=one.version, now=NOW, secret=SECRET)


def wanted_by(delegation):
    """To whom it was written that somebody waits for this delegation."""
    db.session.flush()
    kinds = select(OutboxMessage).where(OutboxMessage.kind == "endorsement_wanted")
    return [
        one.recipient
        for one in db.session.scalars(kinds)
        if one.values["delegation_id"] == delegation.id and db.session.get(PrivateLink, one.link_id)
    ]


def test_the_secretariat_adds_and_corrects_no_second_head(edition, namibia):
    with pytest.raises(Invalid) as refusal, db.session.begin_nested():
        enter(edition, role="head")
    assert "Ada" in refusal.value.problems["role"].values["name"]
    one = enter(edition)
    with pytest.raises(Invalid), db.session.begin_nested():
        correct(edition, one, role="head")
    assert one.role == "delegate"
    assert enter(edition, role="head", country_code="NO").role == "head"  # no delegation of this edition


def test_a_head_is_corrected_into_no_delegation_that_has_one(edition, namibia):
    make_delegation(edition, country_code="NO")
    head = make_registration(edition, country_code="FR", role="head")
    with pytest.raises(Invalid) as refusal, db.session.begin_nested():
        correct(edition, head, role="head", country_code="NA")
    assert list(refusal.value.problems) == ["role"]
    assert correct(edition, head, role="head", country_code="NO").country_code == "NO"
    correct(edition, head, role="head", country_code="NO", given_name="Joyce")  # the head stays the head


def test_a_link_to_a_body_makes_no_second_head(edition):
    body = Body(kind="ngo", names={"en": "Casa Aurora"}, sort_name="casa aurora")
    db.session.add(body)
    db.session.flush()
    delegation = make_delegation(edition, body_id=body.id, kind="ngo")
    of = {"represents": "organisation", "organisation": "Aurora", "seat_country_code": "IT"}
    make_registration(edition, delegation_id=delegation.id, body_id=body.id, role="head", **of)
    one = make_registration(edition, role="head", **of)
    with pytest.raises(Refused, match="is the head of this delegation"):
        registrations_enter.link_body(
            ORGANISER, edition.ordinal, one.reference, body.id, version=one.version, now=NOW, secret=SECRET
        )


def test_a_head_who_changes_the_own_body_comes_as_a_delegate(edition, namibia):
    norway = make_delegation(edition, country_code="NO")
    head = make_registration(
        edition, delegation_id=norway.id, country_code="NO", role="head", state="endorsed"
    )
    change(head, country_code="NA", role="head")
    assert (head.delegation_id, head.role, head.state) == (namibia.id, "delegate", "submitted")
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "registration.delegation"))
    assert (entry.old["role"], entry.new["role"]) == ("head", "delegate")


@pytest.mark.parametrize("decision", ["approved", "endorsed"])
def test_whoever_was_refused_as_head_comes_back_as_a_delegate(edition, namibia, decision):
    silent = make_delegation(edition, country_code="NO")  # nobody speaks for it: the secretariat may endorse
    make_registration(edition, delegation_id=silent.id, country_code="NO", role="head")
    former = make_registration(
        edition, delegation_id=silent.id, country_code="NO", role="head", state="declined"
    )
    registrations_decide.decide(
        ORGANISER, edition.ordinal, decision, {former.id: "declined"}, reason="On second thoughts.",
        nonce=uuid4(), now=NOW, secret=SECRET,
    )  # fmt: skip
    db.session.expire_all()
    assert (former.state, former.role) == (decision, "delegate")


def test_of_two_heads_whom_a_new_delegation_takes_in_the_first_stays(edition):
    first, second = (make_registration(edition, country_code="QA", role="head") for _ in range(2))
    delegations_manage.create(ORGANISER, edition.ordinal, country_code="QA", body_id=None, values={}, now=NOW)
    db.session.expire_all()
    assert (first.role, second.role) == ("head", "delegate")
    assert first.delegation_id == second.delegation_id is not None


def test_the_new_body_is_asked_whoever_changes_it(edition, namibia):
    norway = make_delegation(edition, country_code="NO")
    point, _ = make_linked_focal_point(norway, email="oslo@ministry.example")
    one = make_registration(edition, delegation_id=norway.id, country_code="NO", state="endorsed")
    change(one, country_code="NA")
    assert wanted_by(namibia) == [f"focal{namibia.id}@ministry.example"]
    assert wanted_by(norway) == []
    correct(edition, one, country_code="NO")
    assert wanted_by(norway) == [point.email]


def test_an_edition_that_gets_a_second_step_asks_every_body_for_whom_somebody_waits(edition, namibia):
    edition.state, norway = "draft", make_delegation(edition, country_code="NO")
    make_linked_focal_point(norway)
    make_registration(edition, delegation_id=norway.id, country_code="NO", state="approved")

    def ask():
        endorsements.ask_all(ORGANISER, edition.ordinal, now=NOW, secret=SECRET)
        return len(wanted_by(namibia)), len(wanted_by(norway))

    assert ask() == (0, 0)  # the head waits, but nobody can see the edition yet
    edition.state = "published"
    assert ask() == (1, 0)


def test_a_body_is_not_asked_about_whoever_needs_no_endorsement(edition, namibia):
    norway = make_delegation(edition, country_code="NO")
    approved = make_registration(edition, delegation_id=norway.id, country_code="NO", state="approved")
    change(approved, country_code="NA")
    edition.approval = "one_step"
    waiting = make_registration(edition, delegation_id=norway.id, country_code="NO")
    change(waiting, country_code="NA")
    assert wanted_by(namibia) == []


def test_whoever_one_body_declined_is_asked_of_the_other_once_that_is_corrected(edition, namibia):
    norway = make_delegation(edition, country_code="NO")
    one = make_registration(
        edition, delegation_id=norway.id, country_code="NO", state="declined", reason="Not ours."
    )
    correct(edition, one, country_code="NA")
    assert (one.state, one.reason, one.delegation_id) == ("submitted", "", namibia.id)
    assert len(wanted_by(namibia)) == 1
