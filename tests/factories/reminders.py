"""Schedules of reminders, links of focal points and invitations for tests."""

from datetime import timedelta

from eventapp.extensions import db
from eventapp.models import DelegationInvitation, ReminderPlan
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.delegations import make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT


def make_plan(edition, **days) -> ReminderPlan:
    """A saved schedule: make_plan(edition, endorsement=[14, 7])."""
    plan = ReminderPlan(edition_id=edition.id, days=days)
    db.session.add(plan)
    db.session.flush()
    return plan


def make_linked_focal_point(delegation, **overrides):
    """A focal point with an open link."""
    point = make_focal_point(delegation, **overrides)
    return point, make_link("focal_point", focal_point_id=point.id)


def make_link(purpose, **owner):
    """A link that was made half a day before the clock of the tests."""
    return links.make_link(purpose, secret=SECRET, now=CLOCK_STANDS_AT - timedelta(hours=12), **owner)


def make_invitation(delegation, **overrides):
    """Somebody who was invited to a delegation, with the link."""
    values = {
        "name": "Idris Example",
        "email": "idris@ministry.example",
        "language": "ar",
        "created_at": CLOCK_STANDS_AT,
        "expires_at": CLOCK_STANDS_AT + timedelta(days=30),
        **overrides,
    }
    invitation = DelegationInvitation(delegation_id=delegation.id, **values)
    db.session.add(invitation)
    db.session.flush()
    return invitation, make_link("delegation_invitation", delegation_invitation_id=invitation.id)
