"""The counts of real meetings as lists of people with made-up names, fit to be imported, and what must be counted of them.

The counts give no seat of a non-governmental organization; the form asks for one, so the made-up people have the meeting's
country as seat, which counts apart from the delegations of states.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from eventapp.services.demonstration_series import NGOS, OTHER_CODES, PARTIES, PLACES, Meeting

HEAD = (
    *("represents", "country", "organisation", "seat_country", "sector", "given_name", "family_name"),
    *("functional_title", "email", "language", "role"),
)
SYLLABLES = (
    *("ba", "ko", "ri", "men", "tu", "lo", "sha", "dri", "ven", "gar", "pol", "mi", "ta", "xu", "wen", "har"),
    *("os", "el", "fi", "zan", "que", "jo", "yas", "ned", "bru", "ic", "ard", "oum"),
)


def held_at(meeting: Meeting) -> datetime:
    """Some moment of the meeting's year: countries of that time are on the list."""
    return datetime(meeting.year, 1, 1, 12, tzinfo=UTC)


def list_of(meeting: Meeting) -> bytes:
    """Everybody of a meeting as CSV, countries by their three letters."""
    chance, number = random.Random(meeting.number), 0
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(HEAD)
    for category, alpha3, people in meeting.lines:
        state = category == PARTIES
        whom = (
            ("country", OTHER_CODES.get(alpha3, alpha3), "", "", "PUB-OTH")
            if state
            else ("organisation", "", category, *_seat(meeting, category))
        )
        for _ in range(people):
            number += 1
            names = ["".join(chance.choices(SYLLABLES, k=4)).title() for _ in range(2)]
            email = f"m{meeting.number}-{number}@example.org"
            writer.writerow([*whom, *names, "Participant", email, "en", "delegate" if state else "observer"])
    return made.getvalue().encode()


def counts_of(meeting: Meeting, codes: Mapping[str, str]) -> dict[tuple[str, str, str], int]:
    """(country, basis, sector) -> people, as the file of counts has them."""
    found: Counter[tuple[str, str, str]] = Counter()
    for category, alpha3, people in meeting.lines:
        if category == PARTIES:
            found[codes[OTHER_CODES.get(alpha3, alpha3)], "state", "PUB-OTH"] += people
        elif category == NGOS:
            found[PLACES[meeting.city][0], "seat", "NGO"] += people
        else:
            found["", "none", "IGO"] += people
    return dict(found)


def categories_of(meeting: Meeting) -> dict[str, int]:
    """Category -> people."""
    found: Counter[str] = Counter()
    for category, _, people in meeting.lines:
        found[category] += people
    return dict(found)


def _seat(meeting: Meeting, category: str) -> tuple[str, str]:
    return (PLACES[meeting.city][0], "NGO") if category == NGOS else ("", "IGO")
