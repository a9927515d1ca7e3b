"""Quotas: which of them apply to a person, how many places each has left, and which of them stands in the way."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from eventapp.errors import Refused
from eventapp.rules.badge import Rule, derive
from eventapp.rules.vocabulary import HOLDING_STATES

EDITION: Final = "edition"
DELEGATION: Final = "delegation"
BADGE_CATEGORY: Final = "badge_category"
SECTOR: Final = "sector"
MOST_PLACES: Final = 1_000_000


class Which(NamedTuple):
    """One quota of an edition: its own capacity, that of a delegation, a badge category or a sector."""

    dimension: str
    code: str = ""  # of a delegation its number


WHOLE: Final = Which(EDITION)


class Person(NamedTuple):
    """What decides which quotas apply to somebody."""

    role: str
    sector: str
    kind: str | None  # as rules/badge.counted_kind gives it
    delegation_id: int | None = None


class Waiting(NamedTuple):
    """Somebody on the waiting list."""

    id: int
    person: Person


class Place(NamedTuple):
    """Which number in line somebody has for a quota, the first being 1; without one: in the whole waiting list."""

    number: int
    which: Which | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Every limit of an edition, and who takes no place of them."""

    places: Mapping[Which, int]
    roles_outside: Collection[str] = ()
    apart: Collection[int] = ()  # delegations whose people only their own quota counts, as the host's
    badge_rules: Sequence[Rule] = ()  # read only where a badge category has a quota
    parents: Mapping[str, str] = field(default_factory=dict)  # sector -> the one above it
    _known: dict[Person, tuple[Which, ...]] = field(default_factory=dict, init=False, repr=False)

    def applying(self, person: Person) -> tuple[Which, ...]:
        """The quotas that a person like this takes a place of: edition, delegation, badge category, sector and the one above."""
        found = self._known.get(person)
        if found is None:
            found = tuple(which for which in self._naming(person) if which in self.places)
            self._known[person] = found
        return found

    def stands_outside(self, person: Person) -> bool:
        """Whether somebody takes no place of any quota, because of the role in the delegation."""
        return person.role in self.roles_outside

    def takes_less(self, person: Person) -> bool:
        """Whether some quota that speaks of a person like this is not the one they take a place of."""
        return self.stands_outside(person) or person.delegation_id in self.apart

    def describing(self, person: Person) -> set[Which]:
        """Every quota that speaks of a person like this, whether a place of it is taken or not."""
        return {which for which in self._all(person) if which in self.places}

    def _naming(self, person: Person) -> Iterable[Which]:
        if self.stands_outside(person):
            return ()
        if person.delegation_id in self.apart:
            return (Which(DELEGATION, str(person.delegation_id)),)
        return self._all(person)

    def _all(self, person: Person) -> Iterable[Which]:
        yield WHOLE
        if person.delegation_id is not None:
            yield Which(DELEGATION, str(person.delegation_id))
        above = self.parents.get(person.sector)
        category = derive(
            self.badge_rules,
            kind=person.kind,
            sector=person.sector,
            main_sector=above or person.sector,
            role=person.role,
        )
        if category is not None:
            yield Which(BADGE_CATEGORY, category)
        yield Which(SECTOR, person.sector)
        if above is not None:
            yield Which(SECTOR, above)


@dataclass(kw_only=True)
class Room:
    """How many places each quota has left, as people take them and give them back."""

    limits: Limits
    approved: Counter[Which] = field(default_factory=Counter)
    endorsed: Counter[Which] = field(default_factory=Counter)

    def add(self, state: str, person: Person, count: int = 1) -> None:
        """Count people as they stand in the rows; who holds no place changes nothing."""
        if state in HOLDING_STATES:
            for which in self.limits.applying(person):
                self.hold(state, which, count)

    def hold(self, state: str, which: Which, count: int) -> None:
        """Count people, approved or endorsed, who take a place of one quota."""
        held = self.approved if state == "approved" else self.endorsed
        held[which] += count

    def free(self, which: Which) -> int | None:
        """Limit - approved - endorsed, below zero where the limit was lowered; None without a limit."""
        limit = self.limits.places.get(which)
        return None if limit is None else limit - self.approved[which] - self.endorsed[which]

    def blocked_by(self, person: Person, state: str = "submitted") -> Which | None:
        """The first quota that has no place for somebody to be approved, or None.

        Whoever is endorsed holds a promise already: no other promise stands before it, only people who are approved.
        """
        return next(iter(self.full_for(person, state)), None)

    def full_for(self, person: Person, state: str = "submitted") -> list[Which]:
        """Every quota that has no place for somebody to be approved."""
        return [which for which in self.limits.applying(person) if self._left(which, state) <= 0]

    def _left(self, which: Which, state: str) -> int:
        promised = 0 if state == "endorsed" else self.endorsed[which]
        return self.limits.places[which] - self.approved[which] - promised

    def overfull(self, person: Person, before: Person | None = None) -> Which | None:
        """A quota of this person's that holds more people than places, and was not theirs before; or None."""
        earlier = self.limits.applying(before) if before else ()
        mine = (which for which in self.limits.applying(person) if which not in earlier)
        return next((which for which in mine if self._left(which, "") < 0), None)

    def take(self, person: Person, state: str = "submitted") -> None:
        """Approve somebody who was in this state until now."""
        self.give_back(person, state)
        self.add("approved", person)

    def give_back(self, person: Person, state: str = "approved") -> None:
        """Free what somebody in this state held."""
        self.add(state, person, -1)


@dataclass(kw_only=True)
class Sum:
    """One quota as a sum: who takes a place, who waits beside it, and who stands outside."""

    limit: int | None
    approved: int = 0
    endorsed: int = 0
    waiting: int = 0
    outside: int = 0  # approved or endorsed people it speaks of who take no place of it

    @property
    def free(self) -> int | None:
        """Limit - approved - endorsed; None without a limit."""
        return None if self.limit is None else self.limit - self.approved - self.endorsed

    @property
    def over(self) -> int:
        """How many more hold a place than there are."""
        return max(0, -self.free) if self.free is not None else 0

    def plus(self, other: "Sum") -> "Sum":
        """Two sums together, for a line that stands for several."""
        limit = None if self.limit is None or other.limit is None else self.limit + other.limit
        parts = ("approved", "endorsed", "waiting", "outside")
        return Sum(limit=limit, **{part: getattr(self, part) + getattr(other, part) for part in parts})


def add_up(limits: Limits, groups: Iterable[tuple[str, Person, int]]) -> dict[Which, Sum]:
    """The sum of every quota, from people counted by state; others than approved, endorsed and waiting change nothing."""
    sums = {which: Sum(limit=limit) for which, limit in limits.places.items()}
    for state, person, count in groups:
        part = _PARTS.get(state)
        if part is None:
            continue
        applying = limits.applying(person)
        for which in applying:
            setattr(sums[which], part, getattr(sums[which], part) + count)
        if state in HOLDING_STATES and limits.takes_less(person):
            for which in limits.describing(person).difference(applying):
                sums[which].outside += count
    return sums


_PARTS: Final[Mapping[str, str]] = {
    "approved": "approved",
    "endorsed": "endorsed",
    "waitlisted": "waiting",
}


def first_with_room(room: Room, line: Iterable[Waiting]) -> list[int]:
    """Who of the waiting list moves up: in order, everybody for whom every quota that applies has room.

    Whoever is blocked is passed over and keeps the place in line. The room is afterwards as if they had moved up.
    """
    moved = []
    for one in line:
        if room.blocked_by(one.person) is None:
            room.take(one.person)
            moved.append(one.id)
    return moved


def places_in_line(
    room: Room, line: Iterable[tuple[int, Person]], shown: Mapping[int, Person]
) -> dict[int, list[Place]]:
    """For each of those shown who stands in the line: the number for each full quota, among those who wait for that same one.

    The line may be long, and most of it is not shown: of the others only what they take of these quotas is counted.
    """
    full_for = {one: room.full_for(person) for one, person in shown.items()}
    asked = {which for full in full_for.values() for which in full}
    numbers = dict.fromkeys(asked, 0)
    counted: dict[Person, list[Which]] = {}
    found = {}
    for position, (one, person) in enumerate(line, 1):
        mine = counted.get(person)
        if mine is None:
            mine = counted[person] = [which for which in room.limits.applying(person) if which in asked]
        for which in mine:
            numbers[which] += 1
        if one in full_for:
            full = full_for[one]
            found[one] = [Place(numbers[which], which) for which in full] or [Place(position, None)]
    return found


def check_room_to_endorse(room: Room, person: Person) -> None:
    """Refuse to endorse somebody when every place of the body's own quota is held by people approved or endorsed."""
    own = Which(DELEGATION, str(person.delegation_id))
    free = room.free(own) if own in room.limits.applying(person) else None
    if free is not None and free <= 0:
        raise Refused(
            "All places of this delegation are taken. Somebody must withdraw or be replaced first.",
            code="quota_full",
        )


def check_places(number: int | None) -> int:
    """How many places somebody typed; refuses nothing and numbers nobody needs."""
    if number is None or not 0 <= number <= MOST_PLACES:
        raise Refused(
            "Please give a whole number of places, from 0 to %(limit)s.", code="places", limit=MOST_PLACES
        )
    return number
