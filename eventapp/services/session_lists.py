"""The people of a session as a list that leaves the house: who may be let in, then who waits for a seat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.models import Edition, ProgrammeSession, Registration
from eventapp.rules.access import Actor
from eventapp.rules.text import shown
from eventapp.services import audit, session_invited, session_places
from eventapp.services.session_access import get_locked

COLUMNS: Final = (
    *("place", "number_in_line", "since", "reference", "family_name", "given_name", "functional_title"),
    *("country", "organisation", "session", "session_starts_at", "edition"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody on the list, with what they have: a seat, a place in line, or an invitation."""

    registration: Registration
    place: str  # seat, waiting or invited
    number: int | None
    since: datetime | None


def list_people(session: ProgrammeSession) -> list[Line]:
    """Whoever has a seat, by name, then the line; where nobody signs up, the invited people who may come.

    Whoever may not come is not on it. The caller has written down that the list is taken along.
    """
    if session.asks_sign_up:
        places = session_places.read(session)
        every = [*places.seats, *places.line]
        return [
            Line(registration=one.registration, place=one.state, number=one.number, since=one.since)
            for one in every
            if one.may_come
        ]
    if session.access != "invited":
        return []
    return [
        Line(registration=one.registration, place="invited", number=None, since=one.invitee.invited_at)
        for one in session_invited.list_invited(session.id)
        if one.holds
    ]


def rows_of(edition: Edition, session: ProgrammeSession, language: str) -> Iterator[Sequence[object]]:
    """The same as rows of `COLUMNS`; times with their zone, names of bodies and the title in the language."""
    zone = ZoneInfo(edition.time_zone)
    starts_at = session.starts_at.astimezone(zone).isoformat(timespec="minutes")
    for one in list_people(session):
        person = one.registration
        body = shown(person.body.names, language).text if person.body else person.organisation
        since = one.since.astimezone(zone).isoformat(timespec="seconds") if one.since else None
        yield (
            *(one.place, one.number, since, person.reference, person.family_name, person.given_name),
            *(person.functional_title, person.counted_country_code, body),
            *(shown(session.title, language).text, starts_at, edition.ordinal),
        )


def record(actor: Actor, ordinal: int, session_id: int, *, form: str, now: datetime) -> None:
    """Write down that the list of a session's people leaves the house, before its first byte does; refuses readers."""
    session = get_locked(actor, ordinal, session_id)
    new = {"format": form, "rows": len(list_people(session))}
    audit.record_of_edition(actor, "session.export", session, now=now, new=new)
