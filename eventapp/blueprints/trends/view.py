"""What the two pages show: sentences, the words inside the drawings, and the same numbers as CSV."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from eventapp.models import Edition
from eventapp.rules.figure import Claim
from eventapp.rules.partial_date import partial_date
from eventapp.rules.spreadsheet import csv_text, stamp
from eventapp.rules.text import shown
from eventapp.rules.trend import TrendDay
from eventapp.services.statistics_trend import EditionTrend, SeriesEdition
from eventapp.web.counting_words import bases
from eventapp.web.figures import figure_words
from eventapp.web.filters import day, in_language, moment, number, zone_offset
from eventapp.web.labels import edition_name
from eventapp.web.locale import language
from eventapp.web.typed import translate, translate_plural

_TREND_COLUMNS = (
    "days_from_start",
    "date",
    "received",
    "received_in_all",
    "earlier_edition",
    "earlier_received",
    "earlier_received_in_all",
    "edition",
    "basis",
    "taken_at",
)
_SERIES_COLUMNS = (
    "ordinal",
    "starts_on",
    "city",
    "participants_qualifier",
    "participants_published",
    "participants_source",
    "countries_qualifier",
    "countries_published",
    "countries_source",
    "registered",
    "approved",
    "checked_in",
    "countries_represented",
    "basis",
    "taken_at",
)


def as_of(taken_at: datetime, zone: str) -> str:
    """When the numbers were read."""
    return translate(
        "As of %(moment)s (%(offset)s)", moment=moment(taken_at, zone), offset=zone_offset(taken_at, zone)
    )


class TrendPage:
    """The page of one edition."""

    def __init__(self, found: EditionTrend) -> None:
        self.found, self.trend = found, found.trend
        self.edition = found.edition
        self.days = found.trend.days
        self.by_distance = bool(self.days) and self.days[0].distance is not None
        self.before = edition_name(found.trend.before) if found.trend.before else ""

    @property
    def lead(self) -> str:
        """Where the edition stands, and where the earlier one stood at the same distance."""
        last = self.trend.last
        if last is None or last.now is None:
            return ""
        total = last.now.total
        told = translate_plural(
            "%(total)s registration received.",
            "%(total)s registrations received.",
            total,
            total=number(total),
        )
        if last.distance is None or last.before is None:
            return told
        return f"{told} {self._compared(last.distance, last.before.total)}"

    def _compared(self, distance: int, before: int) -> str:
        values = {"edition": self.before, "before": number(before)}
        if distance < 0:
            return translate_plural(
                "One day before its first day the %(edition)s had %(before)s.",
                "%(num)s days before its first day the %(edition)s had %(before)s.",
                -distance,
                **values,
            )
        return translate("The %(edition)s had %(before)s in the end.", **values)

    @property
    def note(self) -> str:
        """What it is compared with, or why with nothing."""
        match self.trend.reason:
            case "first":
                return translate("No earlier edition has registrations to compare with.")
            case "no_day":
                return translate(
                    "The first day of this edition is not known, so there is no distance to compare at."
                )
            case "no_day_before":
                return translate(
                    "The first day of the edition before is not known, so there is no distance to compare at."
                )
        return translate(
            "Beside the %(edition)s at the same distance from its first day.", edition=self.before
        )

    @property
    def lines(self) -> list[str]:
        """Basis and time, as they stand under the figure and in its picture."""
        zone = self.edition.time_zone
        return [
            translate("Basis: everything ever submitted, by the day it was received (%(zone)s).", zone=zone),
            *([translate("Made-up figures")] if self.edition.is_demonstration else []),
            as_of(self.found.taken_at, zone),
        ]

    @property
    def words(self) -> dict[str, str | bool]:
        """The words inside the drawing."""
        return {
            "byDistance": self.by_distance,
            "now": edition_name(self.edition.ordinal),
            "before": self.before,
            "inAll": translate("Received in all"),
            "perDay": translate("Received per day"),
            "axis": translate("Days before and after the first day") if self.by_distance else "",
        }

    def name(self, one: TrendDay) -> str:
        """A day as people say it: so many days before the first day, or its date."""
        if one.distance is None:
            return day(one.on) if one.on else ""
        if one.distance < 0:
            return translate_plural("one day before", "%(num)s days before", -one.distance)
        if one.distance == 0:
            return translate("first day")
        return translate_plural("one day after", "%(num)s days after", one.distance)

    def csv(self) -> str:
        """One line for each day; a field is empty where an edition has no number."""
        return csv_text(_TREND_COLUMNS, (self._row(one) for one in self.days))

    def _row(self, one: TrendDay) -> tuple[object, ...]:
        now, before = one.now, one.before
        return (
            one.distance,
            one.on.isoformat() if one.on else None,
            now.received if now else None,
            now.total if now else None,
            self.trend.before if before else None,
            before.received if before else None,
            before.total if before else None,
            self.edition.ordinal,
            self.lines[0],
            stamp(self.found.taken_at),
        )


class SeriesPage:
    """The page of all editions."""

    def __init__(self, series: Sequence[SeriesEdition], taken_at: datetime) -> None:
        self.series, self.taken_at = series, taken_at

    @property
    def lines(self) -> list[str]:
        """Basis and time, as they stand under the figure and in its picture."""
        return [
            translate("Published: as somebody wrote it about the edition; the sources stand on its page."),
            translate(
                "Computed: people registered (submitted, endorsed, approved or on the waiting list now), and the states that sent a delegation."
            ),
            as_of(self.taken_at, "UTC"),
        ]

    @property
    def words(self) -> dict[str, str]:
        """The words inside the drawing."""
        return {
            "published": translate("Published about the edition"),
            "computed": translate("Computed from its registrations"),
            "people": translate("Participants"),
            "countries": translate("Countries"),
        }

    def name(self, edition: Edition) -> str:
        """An edition in two short lines, parted by a dot: its number, and its year or city."""
        known = edition.starts_on if edition.date_precision != "unknown" else None
        second = str(known.year) if known else shown(edition.city, language()).text
        return " · ".join(filter(None, (edition_name(edition.ordinal), second)))

    def city(self, edition: Edition) -> str:
        """Where it was."""
        return in_language(edition.city)

    def claim(self, claim: Claim | None) -> str:
        """A published figure with its qualifier in words."""
        return figure_words(claim, number(claim.value)) if claim else "–"

    def csv(self) -> str:
        """One line for each edition; a claim and a computed figure never share a column."""
        return csv_text(_SERIES_COLUMNS, map(self._row, self.series))

    @cached_property
    def _bases(self) -> str:
        """What stands behind each kind of number, for a file that is passed on."""
        known = bases()
        computed = [f"{measure}: {known[measure]}" for measure in ("registered", "approved", "checked_in")]
        return " ".join([self.lines[0], "; ".join(computed)])

    def _row(self, one: SeriesEdition) -> tuple[object, ...]:
        edition, row = one.edition, one.row
        computed = row.computed
        return (
            edition.ordinal,
            partial_date(edition.starts_on, edition.date_precision),
            shown(edition.city, "en").text,
            *_claim_cells(row.participants),
            *_claim_cells(row.countries),
            computed.registered if computed else None,
            computed.approved if computed else None,
            computed.checked_in if computed else None,
            computed.countries if computed else None,
            self._bases,
            stamp(self.taken_at),
        )


def _claim_cells(claim: Claim | None) -> tuple[object, ...]:
    return (claim.qualifier, claim.value, claim.source_url or claim.source_note) if claim else (None,) * 3
