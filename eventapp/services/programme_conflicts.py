"""The conflicts of an edition's programme as the organisers have it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from eventapp.models import Edition
from eventapp.rules.edition_plan import days_of
from eventapp.rules.programme_conflict import Conflict, Frame, Place, Sitting, find_conflicts
from eventapp.services import session_access
from eventapp.services.programme_lines import SessionLine
from eventapp.services.session_places import count_places


@dataclass(frozen=True, kw_only=True)
class Told:
    """A conflict with the records that it is about."""

    what: str
    session: SessionLine
    other: SessionLine | None
    person: str
    have: int | None
    need: int | None


def list_conflicts(
    edition: Edition,
    sessions: Sequence[SessionLine],
    places: Mapping[int, Mapping[str, int]] | None = None,
) -> list[Told]:
    """Every conflict among these sessions, which are all of the edition's; six queries at most. The caller has checked who looks.

    `places` are those of `session_places.count_places`, where they were counted already.
    """
    by_id = {one.id: one for one in sessions}
    names = {place.speaker_id: place.speaker.name for one in sessions for place in one.speakers}
    held = count_places(edition.id) if places is None else places
    barred = session_access.count_barred(edition.id)
    unnamed = session_access.list_unnamed(edition.id)
    sittings = [
        _sitting(
            one,
            held.get(one.id, {}).get("seat", 0),
            barred.get(one.id, 0),
            is_unnamed=one.id in unnamed,
        )
        for one in sessions
    ]
    found = find_conflicts(sittings, _frame(edition, sessions))
    return [_told(one, by_id, names) for one in found]


def by_session(conflicts: Sequence[Told]) -> Mapping[int, Sequence[Told]]:
    """The same by the number of the session that they are told at."""
    found: dict[int, list[Told]] = {}
    for one in conflicts:
        found.setdefault(one.session.id, []).append(one)
    return found


def _frame(edition: Edition, sessions: Sequence[SessionLine]) -> Frame:
    rooms = {one.room.id: one.room for one in sessions if one.room}
    return Frame(
        days=days_of(edition.starts_on, edition.ends_on, edition.date_precision),
        zone=ZoneInfo(edition.time_zone),
        rooms={
            one.id: Place(
                id=one.id,
                seats=one.capacity,
                booths=one.booths,
                opens_at=one.opens_at,
                closes_at=one.closes_at,
            )
            for one in rooms.values()
        },
    )


def _sitting(one: SessionLine, signed_up: int, barred: int, *, is_unnamed: bool) -> Sitting:
    return Sitting(
        id=one.id,
        kind=one.kind,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        room=one.room_id,
        people=frozenset(place.speaker_id for place in one.speakers if place.state != "declined"),
        languages=len(one.interpretation),
        seats=one.capacity,
        signed_up=signed_up,
        barred=barred,
        is_unnamed=is_unnamed,
    )


def _told(one: Conflict, by_id: Mapping[int, SessionLine], names: Mapping[int, str]) -> Told:
    return Told(
        what=one.what,
        session=by_id[one.session],
        other=by_id[one.other] if one.other is not None else None,
        person=names.get(one.person, "") if one.person is not None else "",
        have=one.have,
        need=one.need,
    )
