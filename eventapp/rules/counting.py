"""Under which country and which day a registration counts. People of international organizations count under no country."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class CountedCountry:
    """The country a registration counts under and why: state, seat or none."""

    code: str | None
    basis: str


def counted_country(
    *,
    represents: str,
    country_code: str | None,
    seat_country_code: str | None,
    sector_code: str,
    body_kind: str | None,
) -> CountedCountry:
    """A state's delegate counts under that state; an organisation's under its seat, marked as seat.

    International organizations have no country, so that "97 countries" never includes one of them.
    """
    if represents == "country" and country_code:
        return CountedCountry(country_code, "state")
    if sector_code == "IGO" or body_kind == "international_organization" or not seat_country_code:
        return CountedCountry(None, "none")
    return CountedCountry(seat_country_code, "seat")


def counted_day(moment: datetime, time_zone: str) -> date:
    """The day on which something counts: that of the edition's zone, a name of the IANA list."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
