"""What an organiser may type about an edition: days, times in its zone, place, and what a change of state needs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from eventapp.errors import DomainError, Invalid, Refused, message

# Texts in up to four languages: column -> the longest that may stand in one language.
LINES: Final[Mapping[str, int]] = {"title": 300, "theme": 300, "city": 120, "venue": 300}
PROSES: Final[Mapping[str, int]] = {
    "summary": 5_000,
    "travel_information": 10_000,
    "venue_information": 10_000,
    "contact_information": 5_000,
    "outcome": 10_000,
}
NOTICE_LIMIT: Final = 5_000

USUAL_PATIENCE: Final = 7  # days that a body has to endorse somebody
MOST_PATIENCE: Final = 120
# What a new edition takes over from the one before. Never people, never dates, figures, outcome or notice.
COPIED_SETTINGS: Final = (
    "approval",
    "patience_days",
    "accepts_late",
    "capacity",
    "roles_outside",
    "needs_days",
    "record_months",
    "time_zone",
    "country_code",
    "contact_email",
)
COPIED_TEXTS: Final = (
    "title",
    "theme",
    "summary",
    "city",
    "venue",
    "travel_information",
    "venue_information",
    "contact_information",
)
COPIED_PLACE: Final = ("latitude", "longitude")
# In these states somebody on the waiting list may still move up.
PROMOTING_STATES: Final = frozenset({"published", "postponed"})
# These need a notice, which stands on every page of the edition and goes by mail to those registered.
NOTICE_STATES: Final = frozenset({"postponed", "cancelled"})
STATE_ACTIONS: Final[Mapping[str, str]] = {
    "published": "edition.publish",
    "held": "edition.hold",
    "archived": "edition.archive",
    "postponed": "edition.postpone",
    "cancelled": "edition.cancel",
}


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones that may be chosen: those of places, and UTC."""
    named = (
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/"))
    )
    return ("UTC", *sorted(named))


def check_zone(name: str) -> ZoneInfo:
    """The zone of that name; refuses one that is not in the list."""
    if name not in time_zones():
        raise Refused("Please choose a time zone of the list, such as Europe/Zurich.", code="zone")
    return ZoneInfo(name)


def moment_in_zone(text: str, zone: ZoneInfo, kept: datetime | None = None) -> datetime:
    """The moment typed as day and time in a zone, in UTC; refuses one that the change to summer time leaves out.

    Of an hour that happens twice the first one is meant, unless the moment kept so far is the second one: saving a
    form again must not move it, and neither may it lose seconds that the form does not show.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None or not 1990 <= wall.year <= 2200:
        raise Refused("Please give a day and a time, such as 2027-04-30 23:59.", code="moment")
    if kept is not None and wall_time(kept, zone) == f"{wall:%Y-%m-%dT%H:%M}":
        return kept
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        raise Refused(
            "This time does not exist in %(zone)s: the clocks go forward that night. Please choose another one.",
            code="gap",
            zone=zone.key,
        )
    return moment


def wall_time(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a form shows it: day and time in the zone, to the minute."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def known_days(
    starts_on: date | None, ends_on: date | None, precision: str
) -> tuple[date | None, date | None]:
    """The days as they are kept: the first of a month or year that is all that is known, and no end then."""
    if starts_on is None or precision == "unknown":
        return None, None
    if precision == "day":
        return starts_on, ends_on or starts_on
    first = starts_on.replace(day=1)
    return (first, first) if precision == "month" else (first.replace(month=1), first.replace(month=1))


def check_plan(values: Mapping[str, Any]) -> None:
    """Refuse what does not hold together, each problem at its field."""
    problems: dict[str, DomainError] = {}
    if not values["title"]:
        problems["title"] = Refused("Please give a title in at least one language.")
    starts_on, ends_on, precision = values["starts_on"], values["ends_on"], values["date_precision"]
    if starts_on is None and precision != "unknown":
        problems["starts_on"] = Refused("Please give the first day, or say that the date is not known.")
    if starts_on is not None and precision == "unknown":
        problems["date_precision"] = Refused("A day is given: please say how exactly it is known.")
    if starts_on and ends_on and ends_on < starts_on:
        problems["ends_on"] = Refused("The last day cannot come before the first.")
    opens_at, closes_at = values["registration_opens_at"], values["registration_closes_at"]
    if closes_at and not opens_at:
        problems["registration_opens_at"] = Refused(
            "Please say when registration opens, since it has an end."
        )
    if opens_at and closes_at and closes_at <= opens_at:
        problems["registration_closes_at"] = Refused("Registration must close after it has opened.")
    endorse_by, decide_by = values.get("endorse_by"), values.get("decide_by")
    if endorse_by and decide_by and decide_by < endorse_by:
        problems["decide_by"] = Refused("The secretariat cannot decide before the delegations have endorsed.")
    if (values["latitude"] is None) != (values["longitude"] is None):
        empty = "latitude" if values["latitude"] is None else "longitude"
        problems[empty] = Refused("Latitude and longitude belong together: give both or none.")
    if problems:
        raise Invalid(problems)


def days_of(starts_on: date | None, ends_on: date | None, precision: str) -> list[date]:
    """The days of an edition where they are known to the day; at most a month of them."""
    if starts_on is None or precision != "day":
        return []
    last = min(ends_on or starts_on, starts_on + timedelta(days=31))
    return [starts_on + timedelta(days=number) for number in range((last - starts_on).days + 1)]


def consequences(new: str) -> list[str]:
    """What a change to that state will do, in sentences for the confirm page."""
    return {
        "published": [
            message("Everybody can see the edition on the public site."),
            message("Registration opens and closes by the times of the edition."),
            message("A notice of postponement, if there was one, is taken down."),
        ],
        "held": [
            message("The edition moves to the past editions."),
            message("Registration is closed; nobody moves up from the waiting list any more."),
        ],
        "archived": [
            message("The edition stays public as part of the archive."),
            message("Its state cannot be changed any more; its texts and figures can."),
        ],
        "postponed": [
            message("Registration is closed until the edition is published again."),
            message("Your notice stands on every page of the edition."),
            message("No personal data goes by itself until new dates are known."),
        ],
        "cancelled": [
            message("Registration is closed for good: a cancelled edition can only be archived."),
            message("Your notice stands on every page of the edition."),
            message("From today the time counts after which personal data goes by itself."),
        ],
    }[new]
