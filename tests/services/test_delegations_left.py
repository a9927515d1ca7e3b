"""Somebody leaves a delegation: who speaks for it is told, with the role and the places that it holds now."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import OutboxMessage
from eventapp.rules.access import DELEGATE, Actor
from eventapp.services import (
    links,
    mail_delivery,
    registrations_erase,
    registrations_own,
    workspace,
    workspace_members,
)
from eventapp.services.mail_delivery import Lease
from eventapp.services.mail_outgoing import gather
from eventapp.services.registrations_decide import decide
from eventapp.web.mail_render import render
from tests.engines import SECRET
from tests.factories.delegations import make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.factories.workspaces import make_workspace
from tests.queries import counted_queries

ORGANISER = Actor(kind="user", id=None, name="Omar", role="organiser", all_editions=True)


@pytest.fixture
def kenya(ctx):
    made = make_workspace(make_edition(approval="two_steps"), quota=2)
    made.focal_point.language = "en"
    return made


def withdraw(person):
    link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=person.id)
    registrations_own.withdraw(links.token_of(link, SECRET), now=NOW)


def cancel(edition, *people):
    seen = {one.id: one.state for one in people}
    done = {"reason": "On request", "nonce": uuid4(), "now": NOW, "secret": SECRET}
    return decide(ORGANISER, edition.ordinal, "cancelled", seen, **done)


def letters(kind="delegation_left"):
    wanted = OutboxMessage.kind == kind
    return list(db.session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id)))


def text_of(message):
    db.session.flush()
    return render(gather([message])[0], now=NOW).text


def test_whoever_speaks_for_the_body_is_told_of_a_withdrawal(kenya):
    second = make_focal_point(kenya.delegation, email="b@x.example", language="fr")
    make_focal_point(kenya.delegation, email="gone@x.example", removed_at=NOW)
    make_workspace(kenya.edition, country="NA")
    kenya.add("approved")
    joy = kenya.add("approved", role="adviser", given_name="Joy", family_name="Wanjiru")
    alone = make_registration(kenya.edition, country_code="FR")
    for one in (joy, alone):
        withdraw(one)
    assert [(one.recipient, one.language) for one in letters()] == [
        (kenya.focal_point.email, "en"),
        (second.email, "fr"),
    ]
    text = text_of(letters()[0])
    assert "Joy Wanjiru · Adviser" in text and "one of your delegation no more: Kenya" in text
    assert "Places of your delegation now: 2. Confirmed: 1; promised: 0; free: 1." in text
    assert kenya.path in text
    assert "Conseiller" in text_of(letters()[1]) and "/workspace/" not in text_of(letters()[1])


def test_the_places_are_those_of_the_moment_when_it_is_sent(kenya):
    kenya.delegation.quota = 1
    goes, moves = kenya.add("approved"), kenya.add("waitlisted")
    withdraw(goes)
    assert moves.state == "approved"
    (letter,) = letters()
    assert "now: 1. Confirmed: 1; promised: 0; free: 0." in text_of(letter)
    kenya.delegation.quota = None
    assert "no limit of places now. Confirmed: 1; promised: 0." in text_of(letter)


def test_one_letter_for_all_whom_the_secretariat_cancels_in_the_place_of_the_copy(kenya):
    people = [kenya.add("endorsed"), kenya.add("submitted")]
    cancel(kenya.edition, *people)
    (letter,) = letters()
    text = text_of(letter)
    assert all(one.reference in text for one in people) and "Reason: On request" in text
    assert "now: 2. Confirmed: 0; promised: 0; free: 2." in text
    assert letters("delegation_decided") == []


def test_nobody_is_told_what_they_did_themselves(kenya):
    place = workspace.enter(kenya.token, DELEGATE, now=NOW)
    member, herself = kenya.add("approved"), kenya.add("approved", email=kenya.focal_point.email.upper())
    workspace_members.withdraw(place, member.reference, version=member.version, reason="", now=NOW)
    withdraw(herself)
    assert letters() == []
    colleague = make_focal_point(kenya.delegation, email="b@x.example")
    herself.state = "approved"
    withdraw(herself)
    assert [one.recipient for one in letters()] == [colleague.email]


def test_nobody_learns_of_somebody_who_was_erased_meanwhile(kenya):
    kept, erased = kenya.add("approved"), kenya.add("approved")
    cancel(kenya.edition, kept, erased)
    (letter,) = letters()
    erased.erased_at = NOW
    assert kept.reference in text_of(letter) and erased.reference not in text_of(letter)
    kept.erased_at = NOW
    assert letter.id not in mail_delivery.lease_due(now=NOW, limit=20).numbers
    assert (letter.state, letter.last_error) == ("cancelled", "the person was erased")


def test_erasing_somebody_empties_what_was_told_of_them_and_names_the_copies(kenya):
    kept, erased, alone = (kenya.add("approved") for _ in range(3))
    cancel(kenya.edition, kept, erased)
    withdraw(alone)
    both, one = letters()
    done = {"typed": erased.reference, "now": NOW}
    assert both.public_id in registrations_erase.erase(ORGANISER, 8, erased.reference, **done)
    assert [row["registration_id"] for row in both.values["registrations"]] == [kept.id]
    assert (both.values["reason"], both.state, len(one.values["registrations"])) == (
        "On request",
        "waiting",
        1,
    )
    assert both.public_id in registrations_erase.erase(
        ORGANISER, 8, kept.reference, typed=kept.reference, now=NOW
    )
    assert (both.values["registrations"], both.values.get("reason"), both.state) == ([], None, "cancelled")
    assert one.state == "waiting"


def test_the_places_of_many_delegations_take_as_many_queries_as_of_one(kenya):
    def cost(countries):
        made = [make_workspace(kenya.edition, country=one) for one in countries]
        for one in made:
            withdraw(one.add("approved"))
        lease = Lease(tuple(one.id for one in letters()[-len(made) :]), NOW)
        db.session.expire_all()
        with counted_queries() as asked:
            for outgoing in mail_delivery.list_leased(lease):
                render(outgoing, now=NOW)
        return len(asked)

    assert cost(["NG"]) >= cost(["NA", "FR", "CH", "QA"])
