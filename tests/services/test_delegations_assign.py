"""Everybody belongs to the represented body of their country or known organisation, from the first moment on."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, OutboxMessage
from eventapp.rules.access import Actor
from eventapp.services import delegations_assign, links, registrations_enter, registrations_own
from tests.engines import SECRET
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_registrations import details, submit

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
NOW = CLOCK_STANDS_AT


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps")


def make_body(name="Casa Aurora", kind="ngo"):
    body = Body(kind=kind, names={"en": name}, sort_name=name.casefold())
    db.session.add(body)
    db.session.flush()
    return body


def of_aurora(**more):
    return {
        "represents": "organisation", "country_code": None, "organisation": "Casa Aurora",
        "seat_country_code": "IT", "sector_code": "NGO", **more,
    }  # fmt: skip


def change(registration, **changed):
    link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=registration.id)
    token = links.token_of(link, SECRET)
    return registrations_own.change(
        token, details(**changed), version=registration.version, now=NOW, secret=SECRET
    )


def entries(registration, action):
    wanted = (AuditEntry.subject_id == registration.id, AuditEntry.action == action)
    return db.session.scalars(select(AuditEntry).where(*wanted)).all()


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_a_delegate_of_a_state_belongs_to_the_delegation_of_that_country(edition, code):
    namibia, norway = (make_delegation(edition, country_code=one) for one in ("NA", "NO"))
    make_delegation(make_edition(), country_code=code)  # of another edition
    made = submit(edition, country_code=code).registration
    assert made.delegation_id == {"NA": namibia.id, "NO": norway.id}[code]


def test_an_organisation_is_found_by_the_known_body_and_never_by_its_seat(edition):
    body = make_body()
    make_delegation(edition, country_code="IT")
    delegation = make_delegation(edition, body_id=body.id, kind="ngo")
    assert submit(edition, **of_aurora()).registration.delegation_id == delegation.id
    typed = submit(edition, **of_aurora(organisation="Casa di nessuno")).registration
    assert typed.delegation_id is None
    assert submit(edition, country_code="FR").registration.delegation_id is None


def test_an_edition_with_delegations_asks_one_query_more():
    edition = make_edition(approval="one_step")
    with counted_queries() as without:
        submit(edition)
    make_delegation(edition, country_code="NA")
    with counted_queries() as with_them:
        submit(edition)
    assert len(with_them) == len(without) + 1


def test_another_country_is_another_delegation_and_an_endorsed_person_waits_for_it(edition):
    kenya, namibia = make_delegation(edition, country_code="KE"), make_delegation(edition, country_code="NA")
    one = make_registration(
        edition, state="endorsed", delegation_id=kenya.id, endorsed_at=NOW, decided_at=NOW, country_code="KE"
    )
    change(one, country_code="NA")
    assert (one.delegation_id, one.state, one.endorsed_at) == (namibia.id, "submitted", None)
    (entry,) = entries(one, "registration.delegation")
    assert (entry.old["state"], entry.new["state"]) == ("endorsed", "submitted")
    assert (entry.old["delegation"]["en"], entry.new["delegation"]["en"]) == ("Kenya", "Namibia")


def test_a_change_within_the_delegation_leaves_the_endorsement(edition):
    kenya = make_delegation(edition, country_code="NA")
    one = make_registration(
        edition, state="endorsed", delegation_id=kenya.id, endorsed_at=NOW, country_code="NA"
    )
    change(one, given_name="Joyce")
    assert (one.delegation_id, one.state) == (kenya.id, "endorsed")
    assert not entries(one, "registration.delegation")


def test_the_place_of_an_endorsed_person_goes_to_the_next_of_the_body_of_before(edition):
    kenya = make_delegation(edition, country_code="KE", quota=1)
    one = make_registration(edition, state="endorsed", delegation_id=kenya.id, country_code="KE")
    waiting = make_registration(edition, state="waitlisted", delegation_id=kenya.id, country_code="KE")
    change(one, country_code="FR")
    assert (one.delegation_id, one.state, waiting.state) == (None, "submitted", "approved")
    kinds = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.registration_id == waiting.id))
    assert list(kinds) == ["registration_promoted"]


def test_the_secretariat_corrects_and_links_and_the_delegation_follows(edition):
    body = make_body()
    delegation = make_delegation(edition, body_id=body.id, kind="ngo")
    one = submit(edition, **of_aurora(organisation="Aurora")).registration
    assert one.delegation_id is None
    registrations_enter.link_body(
        ORGANISER, edition.ordinal, one.reference, body.id, version=one.version, now=NOW, secret=SECRET
    )
    assert one.delegation_id == delegation.id
    namibia = make_delegation(edition, country_code="NA")
    registrations_enter.correct(
        ORGANISER, edition.ordinal, one.reference, details(), version=one.version, tell=False, now=NOW,
        secret=SECRET, nonce=uuid4(),
    )  # fmt: skip
    assert one.delegation_id == namibia.id
    assert len(entries(one, "registration.delegation")) == 2


def test_bodies_that_come_later_take_in_who_is_theirs(edition):
    body, other = make_body(), make_edition()
    states = [make_registration(edition, country_code=code) for code in ("NA", "NO", "FR")]
    linked = make_registration(edition, body_id=body.id, body_kind="ngo", **of_aurora())
    elsewhere = make_registration(other, country_code="NA")
    namibia = make_delegation(edition, country_code="NA")
    aurora = make_delegation(edition, body_id=body.id, kind="ngo")
    with counted_queries() as statements:
        assert delegations_assign.adopt(edition.id) == 2
    assert len(statements) == 1
    assert [one.delegation_id for one in (*states, linked, elsewhere)] == [
        namibia.id, None, None, aurora.id, None,
    ]  # fmt: skip
    assert delegations_assign.adopt(edition.id) == 0
