"""What is counted, and from which registrations: every number is shown with this basis."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

from eventapp.errors import Refused, message
from eventapp.rules.vocabulary import REGISTERED_STATES

K = TypeVar("K")
UNCOUNTED: Final = "merged"  # the same person is counted under the registration that stays

BASES: Final[Mapping[str, str]] = {
    "received": message("everything ever submitted"),
    "registered": message("submitted, endorsed, approved or on the waiting list now"),
    "endorsed": message("endorsed by the represented body, and not decided on yet"),
    "approved": message("approved now"),
    "checked_in": message("people who were checked in on any day, each once, whatever their state"),
    "no_show": message("approved and never checked in, now that the edition is over"),
}
MEASURES: Final = tuple(BASES)


class Tally(NamedTuple):
    """The measures side by side; nobody is a no-show before the edition is over."""

    received: int = 0
    registered: int = 0
    endorsed: int = 0
    approved: int = 0
    checked_in: int = 0
    no_show: int = 0

    def of(self, measure: str) -> int:
        """The number of one measure."""
        return self[_PLACES[measure]]


_PLACES: Final = {measure: place for place, measure in enumerate(Tally._fields)}


def measured(state: str, people: int, came: int, *, is_over: bool) -> Tally:
    """People of one state under each measure; so many of them were checked in."""
    is_approved = state == "approved"
    return Tally(
        received=people,
        registered=people if state in REGISTERED_STATES else 0,
        endorsed=people if state == "endorsed" else 0,
        approved=people if is_approved else 0,
        checked_in=came,
        no_show=people - came if is_over and is_approved else 0,
    )


def add(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    columns = list(zip(*tallies, strict=True))
    return Tally(*(sum(column) for column in columns)) if columns else Tally()


def both(one: Tally, other: Tally) -> Tally:
    """Two tallies as one; written out, since this is done thousands of times for a page."""
    return Tally(
        one[0] + other[0],
        one[1] + other[1],
        one[2] + other[2],
        one[3] + other[3],
        one[4] + other[4],
        one[5] + other[5],
    )


def gather(found: Iterable[tuple[K, Tally]]) -> dict[K, Tally]:
    """Add up tallies that share a key."""
    sums: dict[K, Tally] = {}
    for key, numbers in found:
        known = sums.get(key)
        sums[key] = numbers if known is None else both(known, numbers)
    return sums


def measures_for(*, is_over: bool) -> tuple[str, ...]:
    """The measures that mean something now: a no-show is known once the edition is over."""
    return MEASURES if is_over else tuple(one for one in MEASURES if one != "no_show")


def check_measures(name: str | None, *, is_over: bool = True) -> tuple[str, ...]:
    """All measures, or the named one; refuses an unknown one, and no-shows before the edition is over."""
    known = measures_for(is_over=is_over)
    if not name:
        return known
    if name not in MEASURES:
        raise Refused(
            'There is no measure "%(name)s". Known are: %(known)s.',
            code="measure",
            name=name,
            known=", ".join(known),
        )
    if name not in known:
        raise Refused("Who did not come is known once the edition is over.", code="measure")
    return (name,)
