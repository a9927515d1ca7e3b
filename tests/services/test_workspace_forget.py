"""Names and addresses of people who were invited: a month after the invitation is over, at once with whoever came by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, DelegationInvitation, Edition
from eventapp.rules.access import Actor
from eventapp.services import delegations_manage, mail, privacy_held, registrations_erase, workspace_forget
from eventapp.web.forgetting import PAUSE, forget_next
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_invitation

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
BOSS = Actor(kind="user", id=2, name="The Boss", role="administrator")
LONG_AGO = CLOCK_STANDS_AT - workspace_forget.KEPT


@pytest.fixture
def delegation(ctx):
    return make_delegation(make_edition())


def invited(delegation, **more):
    """An invitation with its letter, which waits to be sent."""
    invitation, link = make_invitation(delegation, **more)
    letter = mail.enqueue(
        "delegation_invitation", recipient=invitation.email, language="ar", now=CLOCK_STANDS_AT, link=link,
        edition_id=delegation.edition_id, values={"inviter": "Amina Diop"},
    )  # fmt: skip
    db.session.flush()
    return invitation, letter


def is_named(*invitations):
    db.session.expire_all()
    return [bool(one.name or one.email) for one in invitations]


@pytest.mark.parametrize("how", ["used_at", "revoked_at", "expires_at"])
def test_a_month_after_it_is_over_nobody_is_named(delegation, how):
    over, letter = invited(delegation, **{how: LONG_AGO})
    fresh, other = invited(delegation, **{how: LONG_AGO + timedelta(seconds=1)})
    assert workspace_forget.forget_over(now=CLOCK_STANDS_AT) == [letter.public_id]
    assert is_named(over, fresh) == [False, True]
    assert (letter.recipient, letter.values, letter.state) == ("erased", {}, "cancelled")
    assert (other.recipient, other.state) == ("idris@ministry.example", "waiting")
    assert over.role == "delegate"
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invitation.forget"))
    assert entry.new == {"invitations": 1}
    assert workspace_forget.forget_over(now=CLOCK_STANDS_AT) == []


def test_an_open_invitation_keeps_its_name(delegation):
    made, _ = invited(delegation)
    assert not workspace_forget.has_over(now=CLOCK_STANDS_AT)
    workspace_forget.forget_over(now=CLOCK_STANDS_AT)
    assert is_named(made) == [True]


def test_who_is_erased_is_named_in_no_invitation_either(delegation):
    came = make_registration(db.session.get(Edition, delegation.edition_id), delegation_id=delegation.id)
    mine, letter = invited(delegation, used_at=CLOCK_STANDS_AT, registration_id=came.id)
    others, _ = invited(delegation, used_at=CLOCK_STANDS_AT)
    written = registrations_erase.erase(
        ORGANISER, came.edition.ordinal, came.reference, typed=came.reference, now=CLOCK_STANDS_AT
    )
    assert is_named(mine, others) == [False, True]
    assert letter.public_id in written and letter.recipient == "erased"


def test_a_delegation_that_is_removed_takes_the_addresses_along(delegation):
    edition = make_edition()
    empty = make_delegation(edition, country_code="NA")
    _, letter = invited(empty)
    delegations_manage.remove(ORGANISER, edition.ordinal, empty.public_id, now=CLOCK_STANDS_AT)
    db.session.expire_all()
    assert (letter.recipient, letter.state) == ("erased", "cancelled")
    assert db.session.scalars(select(DelegationInvitation)).all() == []


def test_the_worker_forgets_and_looks_again_after_a_while(app, clock, delegation):
    app.extensions.pop("eventapp.looked_for_forgotten", None)
    made, _ = invited(delegation, expires_at=CLOCK_STANDS_AT + timedelta(hours=1))
    db.session.commit()
    assert forget_next(app) == 0
    clock.move(days=31)
    assert forget_next(app) == 1 and is_named(made) == [False]
    assert forget_next(app) == 0
    late, _ = invited(delegation, expires_at=LONG_AGO)
    db.session.commit()
    assert forget_next(app) == 0  # it has just looked
    clock.move(seconds=PAUSE.total_seconds())
    assert forget_next(app) == 1 and is_named(late) == [False]


def test_what_is_held_is_counted_and_says_when_it_goes(delegation):
    edition = make_edition()
    make_registration(edition, state="approved")
    make_registration(edition, erased_at=CLOCK_STANDS_AT)
    invited(delegation, used_at=CLOCK_STANDS_AT)
    found = {one.word: one for one in privacy_held.list_held(BOSS)}
    of = {one.edition.id: one.counts for one in privacy_held.list_of_editions(BOSS, now=CLOCK_STANDS_AT)}
    assert of == {edition.id: {"registrations": 1}, delegation.edition_id: {"letters": 1}}
    assert (found["invitations"].count, found["letters"].count) == (1, 0)
    assert found["invitations"].next_at == CLOCK_STANDS_AT + workspace_forget.KEPT
    assert found["imports"].count == 0 and found["imports"].next_at is None
    with pytest.raises(Refused):
        privacy_held.list_held(ORGANISER)
    with pytest.raises(Refused):
        privacy_held.list_of_editions(ORGANISER, now=CLOCK_STANDS_AT)
