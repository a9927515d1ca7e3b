"""Whatever people do in whatever order: no quota ever gives a place it has not, and nobody waits beside a free place."""

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from eventapp.errors import DomainError, Refused
from eventapp.extensions import db
from eventapp.models import Edition, Quota, Registration
from eventapp.rules.quota import DELEGATION, SECTOR, Which
from eventapp.services import (
    editions_manage,
    quotas,
    quotas_manage,
    registrations_decide,
    registrations_enter,
    registrations_own,
)
from tests.engines import SECRET
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing_quotas import NGO, ORGANISER, endorse, register, withdraw
from tests.services.test_quotas import own_link
from tests.services.test_registrations import details

pytestmark = pytest.mark.usefixtures("ctx")
ROLES = ("delegate", "adviser", "press", "head")
SECTORS = ("LE-POL", "LE-BRD", "PUB-MIN")


_RARE: Final = frozenset({"quota", "outside", "capacity", "leave", "cancel"})  # these move the whole line


class Desk:
    """One edition and everything that can be done to it, chosen at random."""

    def __init__(self, chance: random.Random, approval: str) -> None:
        self.chance, self.minute = chance, 0
        self.edition = make_edition(
            approval=approval,
            capacity=chance.choice((3, 6, 9)),
            roles_outside=["press"],
        )
        self.bodies = [
            make_delegation(self.edition, country_code="KE", quota=2).id,
            make_delegation(self.edition, country_code="NO", quota=2, stands_apart=True).id,
            None,
        ]
        for dimension, code, places in (
            ("sector", "LE", 3),
            ("sector", "LE-POL", 2),
            ("badge_category", "civil_society", 1),
        ):
            db.session.add(Quota(edition_id=self.edition.id, dimension=dimension, code=code, places=places))
        db.session.flush()
        for _ in range(14):
            self.arrive()
        for _ in range(4):
            self.vouch("endorsed", "submitted")
        for decision, most in (
            ("approved", 20),
            ("waitlisted", 5),
        ):  # full from the start, with a line behind it
            query = select(Registration).where(Registration.state == "submitted").order_by(Registration.id)
            self.run(decision, db.session.scalars(query.limit(most)).all())

    @property
    def now(self):
        self.minute += 1
        return NOW + timedelta(seconds=self.minute)

    def arrive(self) -> None:
        body = self.chance.choice(self.bodies)
        kind = NGO | {"body_kind": "ngo"} if self.chance.random() < 0.3 else {"sector_code": self.sector()}
        make_registration(
            self.edition,
            role=self.chance.choice(ROLES),
            delegation_id=body,
            submitted_at=self.now,
            **kind,
        )

    def sector(self) -> str:
        return self.chance.choice(SECTORS)

    def one(self, *states: str) -> Registration | None:
        found = db.session.scalars(
            select(Registration).where(Registration.state.in_(states)).order_by(Registration.id)
        ).all()
        return self.chance.choice(found) if found else None

    def decide(self, decision: str, *states: str) -> None:
        one = self.one(*states)
        if one is None:
            return
        if decision == "waitlisted":  # by hand only where there is no place; who has one waits for nothing
            room = quotas.read_room(self.edition)
            if room.blocked_by(quotas.person_of(one), one.state) is None:
                return
        self.run(decision, [one])

    def run(self, decision: str, people: list[Registration]) -> None:
        registrations_decide.decide(
            ORGANISER,
            self.edition.ordinal,
            decision,
            {one.id: one.state for one in people},
            reason="as agreed",
            nonce=uuid4(),
            now=self.now,
            secret=SECRET,
        )

    def vouch(self, new: str, *states: str) -> None:
        one = self.one(*states)
        if one is not None and one.delegation_id is not None:
            with contextlib.suppress(Refused):  # the body has no place left
                endorse(one.id, new)

    def move(self) -> None:
        """A delegate changes the own sector."""
        one = self.one("approved", "endorsed")
        if one is not None:
            changed = details(sector_code=self.sector(), role=one.role)
            registrations_own.change(own_link(one), changed, version=one.version, now=self.now, secret=SECRET)

    def leave(self) -> None:
        one = self.one("approved", "endorsed", "waitlisted", "submitted")
        if one is not None:
            withdraw(one.id)

    def role(self) -> None:
        one = self.one("approved", "waitlisted")
        if one is not None:
            registrations_enter.give_role(
                ORGANISER,
                self.edition.ordinal,
                one.reference,
                self.chance.choice(ROLES),
                version=one.version,
                now=self.now,
            )

    def quota(self) -> None:
        chosen = self.chance.choice(quotas_manage.list_quotas(self.edition.id) or [None])
        places = self.chance.randrange(5)
        ordinal = self.edition.ordinal
        if chosen is None or self.chance.random() < 0.2:
            which = Which(SECTOR, self.sector())
            quotas_manage.add(ORGANISER, ordinal, which, places, now=self.now)
        elif self.chance.random() < 0.2:
            quotas_manage.remove(ORGANISER, ordinal, chosen.id, version=chosen.version, now=self.now)
        else:
            quotas_manage.change(ORGANISER, ordinal, chosen.id, places, version=chosen.version, now=self.now)

    def outside(self) -> None:
        roles = [role for role in ROLES if self.chance.random() < 0.3]
        quotas_manage.set_outside(
            ORGANISER, self.edition.ordinal, roles, version=self.edition.version, now=self.now
        )

    def capacity(self) -> None:
        places = self.chance.choice((None, 1, 3, 6, 9))
        values = editions_manage.values_of(self.edition) | {"capacity": places}
        editions_manage.edit(
            ORGANISER, self.edition.ordinal, values, version=self.edition.version, now=self.now
        )

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "arrive": self.arrive,
            "come": lambda: register(f"N{self.minute}", **self.chance.choice(({}, NGO))),
            "approve": lambda: self.decide("approved", "submitted", "endorsed", "waitlisted", "rejected"),
            "again": lambda: self.decide("approved", "submitted", "endorsed"),
            "wait": lambda: self.decide("waitlisted", "submitted", "endorsed"),
            "cancel": lambda: self.decide("cancelled", "approved", "waitlisted"),
            "drop": lambda: self.decide("cancelled", "endorsed"),
            "endorse": lambda: self.vouch("endorsed", "submitted", "declined"),
            "decline": lambda: self.vouch("declined", "endorsed"),
            "move": self.move,
            "leave": self.leave,
            "role": self.role,
            "quota": self.quota,
            "outside": self.outside,
            "capacity": self.capacity,
        }


def takes(edition: Edition, apart: int, which: Which, one: Registration) -> bool:
    """Whether somebody takes a place of a quota, written down anew and not taken from the rules."""
    own = which.dimension == DELEGATION
    if one.role in edition.roles_outside or (one.delegation_id == apart and not own):
        return False
    match which.dimension:
        case "edition":
            return True
        case "delegation":
            return str(one.delegation_id) == which.code
        case "sector":
            return one.sector_code == which.code or one.sector_code.startswith(f"{which.code}-")
    is_civil = one.sector_code == "NGO" or one.body_kind == "ngo"
    return (
        which.code == "civil_society"
        and is_civil
        and one.represents == "organisation"
        and one.role != "press"
    )


def count(desk: Desk) -> dict[Which, tuple[int, int, int]]:
    """Every quota's limit, those approved, and those endorsed."""
    edition, apart = desk.edition, desk.bodies[1]
    people = db.session.scalars(select(Registration)).all()
    return {
        which: (
            limit,
            *(
                sum(takes(edition, apart, which, one) for one in people if one.state == state)
                for state in ("approved", "endorsed")
            ),
        )
        for which, limit in quotas.read_limits(edition).places.items()
    }


def check(
    desk: Desk, act: str, before: dict[Which, tuple[int, int, int]]
) -> dict[Which, tuple[int, int, int]]:
    """Nobody got a place that is not there, and nobody waits for nothing; gives what is held now."""
    db.session.expire_all()
    now, apart = count(desk), desk.bodies[1]
    for which, (limit, approved, endorsed) in now.items():
        if which not in before or act == "outside":  # people come under it who held a place before
            continue
        _, had_approved, had_endorsed = before[which]
        corrected = 1 if act == "role" else 0  # the secretariat may correct a role where it is full
        assert approved <= max(limit, had_approved + corrected), (act, which)
        promised = 1 if act == "endorse" and which.dimension != DELEGATION else 0  # a body asks nobody else
        held, had = approved + endorsed, had_approved + had_endorsed
        assert held <= max(limit, had + corrected + promised), (act, which)
    waiting = db.session.scalars(select(Registration).where(Registration.state == "waitlisted"))
    for one in waiting:
        full = [
            which
            for which, (limit, approved, endorsed) in now.items()
            if approved + endorsed >= limit and takes(desk.edition, apart, which, one)
        ]
        assert full, (act, one.sector_code, one.role)
    return now


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(seed=st.integers(0, 2**32), approval=st.sampled_from(("open", "one_step", "two_steps")))
def test_no_order_of_events_breaks_a_quota(ctx, seed, approval):
    chance, point = random.Random(seed), db.session.begin_nested()
    try:
        desk = Desk(chance, approval)
        acts, held = desk.acts(), count(desk)
        for _ in range(15):
            act = chance.choice([one for one in acts for _ in range(1 if one in _RARE else 3)])
            try:
                with db.session.begin_nested():
                    acts[act]()
            except DomainError:
                pass  # refused: nothing has changed
            held = check(desk, act, held)
    finally:
        point.rollback()
        db.session.expunge_all()  # rows that were read again would stand in the way of later ones with their numbers
