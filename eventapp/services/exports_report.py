"""The numbers of one edition for a report on paper: totals, sectors, regions, countries and registrations per day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import sub
from typing import Final

from eventapp.models import Edition
from eventapp.rules.access import Actor
from eventapp.rules.crosstab import Counts, Represented, represented
from eventapp.rules.crosstab_table import Bar, bars
from eventapp.rules.dimension import NONE, Texts, name_of
from eventapp.rules.measure import Tally, gather
from eventapp.rules.text import sort_key
from eventapp.services import editions, statistics

MOST_DAYS: Final = 70  # beyond it the columns stand for weeks


@dataclass(frozen=True)
class CountryLine:
    """The people counted under one country; `delegation` says whether its state or territory sent any of them."""

    code: str
    name: str
    numbers: Tally
    delegation: bool


@dataclass(frozen=True)
class Received:
    """How many registrations came in from a day on, for one day or one week."""

    begins_on: date
    people: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """One edition in numbers, all of them of one moment and with the host country."""

    edition: Edition
    taken_at: datetime
    total: Tally
    is_over: bool
    shows_came: bool
    countries: Represented
    sectors: Sequence[Bar]
    regions: Sequence[Bar]
    lines: Sequence[CountryLine]  # by name
    received: Sequence[Received]
    days_each: int
    counts: Counts

    @property
    def without_host(self) -> Tally | None:
        """Everybody but those counted under the host country; None where it is not known, or nobody stands under it."""
        host = next((one.numbers for one in self.lines if one.code and one.code == self.counts.host), None)
        return Tally(*map(sub, self.total, host)) if host else None

    @property
    def largest(self) -> list[CountryLine]:
        """The ten countries with most registered people."""
        named = [one for one in self.lines if one.code and one.numbers.registered]
        return sorted(named, key=lambda one: (-one.numbers.registered, sort_key(one.name)))[:10]


def get_report(actor: Actor, ordinal: int, *, now: datetime, language: str, words: Texts) -> Report:
    """Count an edition for its report, names in a language; for whoever may look at the edition."""
    edition = editions.get_edition(actor, ordinal)
    counts = statistics.count_for(
        actor, edition, statistics.ask(["sector", "country", "country_basis"]), now=now
    )
    by_day = statistics.count_for(actor, edition, statistics.ask(["day"]), now=now).by("day")
    received, days_each = _received({code: numbers.received for (code,), numbers in by_day.items()})
    return Report(
        edition=edition,
        taken_at=now,
        total=counts.total,
        is_over=counts.is_over,
        shows_came=counts.is_over or counts.total.checked_in > 0,
        countries=represented(counts, "registered"),
        sectors=bars(counts, "main_sector", "registered", "approved"),
        regions=sorted(bars(counts, "region", "registered", "approved"), key=lambda one: one.code == NONE),
        lines=_lines(counts, language, words),
        received=received,
        days_each=days_each,
        counts=counts,
    )


def _lines(counts: Counts, language: str, words: Texts) -> list[CountryLine]:
    """Countries with anybody registered, approved or checked in, in the order of their names; no country comes last."""
    found = counts.by("country", "country_basis")
    sums = gather((country, numbers) for (country, _), numbers in found.items())
    lines = [
        CountryLine(
            code,
            name_of(counts.reference, "country", code, language, words) or code,
            numbers,
            found.get((code, "state"), Tally()).registered > 0,
        )
        for code, numbers in sums.items()
        if numbers.registered or numbers.checked_in
    ]
    return sorted(lines, key=lambda one: (one.code == NONE, sort_key(one.name), one.code))


def _received(by_day: Mapping[str, int]) -> tuple[list[Received], int]:
    """Every day from the first registration to the last, or every week where there are many days."""
    days = {date.fromisoformat(code): people for code, people in by_day.items() if people}
    if not days:
        return [], 1
    first, last = min(days), max(days)
    step = 1 if (last - first).days < MOST_DAYS else 7
    places = [first + timedelta(days=place) for place in range(0, (last - first).days + step + 1, step)]
    return [
        Received(begin, sum(people for on, people in days.items() if begin <= on < end))
        for begin, end in pairwise(places)
    ], step
