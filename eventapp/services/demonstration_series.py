"""A real series to look at: eleven meetings of 1991 to 1995 with how many came, as editions in a database of its own.

Blinova, Emuru, Bagozzi: UNFCCC Attendance Data, CC BY 4.0. Counts only; nobody of it is a person here.
"""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, exists, insert, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Country, Edition, EditionBody, FigureClaim, Registration
from eventapp.rules.access import Actor
from eventapp.rules.counting import counted_country, counted_day
from eventapp.rules.name import name_sort_key
from eventapp.rules.reference_code import make_reference
from eventapp.services import audit

DATA: Final = Path(__file__).resolve().parent.parent / "data" / "unfccc-1991-1995.csv"
SOURCE: Final = "Blinova, Emuru, Bagozzi: UNFCCC Attendance Data (CC BY 4.0)"
SUMMARY: Final = f"Attendance of this meeting as counted in: {SOURCE}. The days are not in it, and the people stand without names."
PARTIES: Final = "Parties"
NGOS: Final = "Non-governmental organizations"  # every other category is an international organization
OTHER_CODES: Final = {"PNA": "PSE"}
# City -> country, latitude, longitude, time zone; as the archive's own cities.
PLACES: Final[Mapping[str, tuple[str, float, float, str]]] = {
    "Washington DC": ("US", 38.9072, -77.0369, "America/New_York"),
    "New York": ("US", 40.7128, -74.0060, "America/New_York"),
    "Geneva": ("CH", 46.2044, 6.1432, "Europe/Zurich"),
    "Nairobi": ("KE", -1.2921, 36.8219, "Africa/Nairobi"),
}


@dataclass(frozen=True)
class Meeting:
    """One meeting of the file with its lines: category, alpha-3 code or nothing, people."""

    number: int
    name: str
    year: int
    city: str
    lines: Sequence[tuple[str, str, int]]


def read_meetings(file: Path = DATA) -> list[Meeting]:
    """The meetings of a file in the order in which they were held."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found = []
    for key, lines in groupby(rows, key=lambda row: (row["meeting"], row["year"], row["city"])):
        name, year, city = key
        found.append(
            Meeting(
                number=int(name.split()[-1]),
                name=name,
                year=int(year),
                city=city,
                lines=[(row["category"], row["country_iso3"], int(row["participants"])) for row in lines],
            )
        )
    return sorted(found, key=lambda meeting: meeting.number)


def is_made() -> bool:
    """Whether the series stands in this database."""
    return bool(db.session.scalar(select(exists().where(AuditEntry.action == "demonstration.make"))))


def make(actor: Actor, meetings: Sequence[Meeting], *, now: datetime) -> int:
    """Put the meetings in the place of the archive's editions; gives how many people that were.

    For a database of its own only: refuses one in which anybody is registered.
    """
    if db.session.scalar(select(exists().where(Registration.id.is_not(None)))):
        raise Refused("There are registrations in this database; the series needs one of its own.")
    for table in (EditionBody, FigureClaim, Edition):
        db.session.execute(delete(table))
    known = db.session.execute(select(Country.alpha3, Country.code))
    codes = {alpha3: code for alpha3, code in known}  # noqa: C416 - dict() would ask a result for its keys
    references = _references()
    total = 0
    for meeting in meetings:
        edition = _edition(meeting, now)
        db.session.add(edition)
        db.session.flush()
        rows = list(_people(meeting, edition, codes, references))
        db.session.execute(insert(Registration), rows)
        total += len(rows)
        audit.record(
            actor,
            "demonstration.make",
            now=now,
            subject_type="edition",
            subject_id=edition.id,
            edition_id=edition.id,
        )
    return total


def _edition(meeting: Meeting, now: datetime) -> Edition:
    country, latitude, longitude, zone = PLACES[meeting.city]
    first = date(meeting.year, 1, 1)
    return Edition(
        ordinal=meeting.number,
        title={"en": meeting.name},
        summary={"en": SUMMARY},
        starts_on=first,
        ends_on=first,
        date_precision="year",
        city={"en": meeting.city},
        country_code=country,
        latitude=latitude,
        longitude=longitude,
        time_zone=zone,
        state="archived",
        created_at=now,
        updated_at=now,
    )


def _people(
    meeting: Meeting, edition: Edition, codes: Mapping[str, str], references: Iterator[str]
) -> Iterator[dict[str, Any]]:
    """One registration for each who came: known are the category and the country, nothing else."""
    came_at = datetime(meeting.year, 1, 1, 12, tzinfo=UTC)
    place = 0
    for category, alpha3, people in meeting.lines:
        post = _post(category, codes[OTHER_CODES.get(alpha3, alpha3)] if alpha3 else None)
        for _ in range(people):
            place += 1
            given, family = "Participant", f"{meeting.name} {place:04}"
            yield {
                **post,
                "public_id": uuid4(),
                "edition_id": edition.id,
                "reference": next(references),
                "state": "approved",
                "given_name": given,
                "family_name": family,
                "sort_name": name_sort_key(given, family),
                "email": f"{meeting.name.lower().replace(' ', '-')}-{place}@example.org",
                "submitted_at": came_at,
                "received_on": counted_day(came_at, edition.time_zone),
                "decided_at": came_at,
            }


def _references() -> Iterator[str]:
    """Codes that never come twice, always the same."""
    chance, taken = random.Random(1991), set[str]()  # noqa: S311 - nobody's secret
    while True:
        made = make_reference(chance.choice)
        if made not in taken:
            taken.add(made)
            yield made


def _post(category: str, country: str | None) -> dict[str, Any]:
    kind = None if category == PARTIES else "ngo" if category == NGOS else "international_organization"
    values: dict[str, Any] = {
        "represents": "country" if category == PARTIES else "organisation",
        "country_code": country,
        "seat_country_code": None,
        "sector_code": {None: "PUB-OTH", "ngo": "NGO"}.get(kind, "IGO"),
        "body_kind": kind,
    }
    counted = counted_country(**values)
    return values | {
        "organisation": "" if category == PARTIES else category,
        "role": "delegate" if category == PARTIES else "observer",
        "counted_country_code": counted.code,
        "country_basis": counted.basis,
    }
