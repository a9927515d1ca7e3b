"""The programme of an edition: sessions with their room and speakers, in order, by day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    Sector,
    SessionSector,
    Track,
)
from eventapp.rules.access import Actor
from eventapp.rules.body import moved
from eventapp.rules.programme import check_times
from eventapp.services import audit, documents, editions, programme_concerned, speakers, versions
from eventapp.services.programme_retraction import retract

COLUMNS: Final = (
    "title",
    "kind",
    "description",
    "starts_at",
    "ends_at",
    "room_id",
    "track_id",
    "floor_language",
    "interpretation",
    "access",
    "asks_sign_up",
    "capacity",
)


def list_sessions(edition_id: int) -> Sequence[ProgrammeSession]:
    """The sessions of an edition in order, with rooms and speakers; three queries whatever their number."""
    return db.session.scalars(
        select(ProgrammeSession)
        .where(ProgrammeSession.edition_id == edition_id)
        .options(
            joinedload(ProgrammeSession.room),
            joinedload(ProgrammeSession.track),
            selectinload(ProgrammeSession.speakers).joinedload(ProgrammeSpeaker.speaker),
        )
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    ).all()


def list_titles(edition_id: int) -> Sequence[tuple[int, dict[str, str]]]:
    """The number and the title of each session of an edition in order; one query. The caller has checked who looks."""
    query = select(ProgrammeSession.id, ProgrammeSession.title).where(
        ProgrammeSession.edition_id == edition_id
    )
    rows = db.session.execute(query.order_by(ProgrammeSession.starts_at, ProgrammeSession.id))
    return rows.tuples().all()


def get_session(edition_id: int, session_id: int) -> ProgrammeSession:
    """A session of this edition; raises NotFound."""
    found = db.session.get(ProgrammeSession, session_id)
    if found is None or found.edition_id != edition_id:
        raise NotFound("There is no such session.")
    return found


def _check(edition_id: int, values: Mapping[str, Any]) -> None:
    if not values["title"]:
        raise Invalid({"title": Refused("Please give a title in at least one language.")})
    check_times(values["starts_at"], values["ends_at"])
    if values["room_id"] is not None:
        room = db.session.get(Room, values["room_id"])
        if room is None or room.edition_id != edition_id:
            raise Invalid({"room_id": Refused("Please choose a room of the list.")})
    if values.get("track_id") is not None:
        track = db.session.get(Track, values["track_id"])
        if track is None or track.edition_id != edition_id:
            raise Invalid({"track_id": Refused("Please choose a track of the list.")})
    if values.get("access") == "sectors":
        codes = values.get("sectors", ())
        known = set(db.session.scalars(select(Sector.code).where(Sector.code.in_(codes))))
        if not codes or set(codes) - known:
            raise Invalid({"sectors": Refused("Please choose the sectors that the session is open to.")})


def create(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> ProgrammeSession:
    """Add a session to an edition's programme."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(edition.id, values)
    columns = {name: value for name, value in values.items() if name != "sectors"}
    session = ProgrammeSession(edition_id=edition.id, **columns)
    session.sectors = [SessionSector(sector_code=code) for code in _sectors_of(values)]
    db.session.add(session)
    db.session.flush()
    _, new = audit.differences({}, values)
    audit.record_of_edition(actor, "session.create", session, now=now, new=new)
    return session


def edit(
    actor: Actor, ordinal: int, session_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> ProgrammeSession:
    """Save a session that was read at `version`; refuses if somebody saved it since."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    _check(edition.id, values)
    session = get_session(edition.id, session_id)
    before, after = [one.sector_code for one in session.sectors], _sectors_of(values)
    columns = {name: value for name, value in values.items() if name != "sectors"}
    old, new = versions.write(session, columns, version=version)
    if before != after:
        kept = {one.sector_code: one for one in session.sectors}
        session.sectors = [kept.get(code) or SessionSector(sector_code=code) for code in after]
        if not new:
            flag_modified(session, "access")  # rows beside the session alone would not move its version
        db.session.flush()
        old, new = {**old, "version": version, "sectors": before}, {**new, "sectors": after}
    if new:
        audit.record_of_edition(actor, "session.edit", session, now=now, old=old, new=new)
    return session


def _sectors_of(values: Mapping[str, Any]) -> list[str]:
    """The sectors that a session is open to; none where something else decides who may come."""
    return sorted(set(values.get("sectors", ()))) if values.get("access") == "sectors" else []


def delete(actor: Actor, ordinal: int, session_id: int, *, now: datetime) -> list[str]:
    """Delete a session with its documents, whose files' names it gives; rooms and speakers stay."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    session = get_session(edition.id, session_id)
    _, old = audit.differences({}, {name: getattr(session, name) for name in COLUMNS})
    released = documents.remove_of_session(actor, session, now=now)
    audit.record_of_edition(actor, "session.delete", session, now=now, old=old)
    programme_concerned.keep_people(session)
    db.session.delete(session)
    db.session.flush()
    return released


def add_speaker(
    actor: Actor,
    ordinal: int,
    session_id: int,
    speaker_id: int,
    *,
    now: datetime,
    function: str = "speaker",
    state: str = "invited",
) -> None:
    """Add a speaker as the last of a session; refuses the same one twice. Who has not accepted is not published."""
    session = _locked(actor, ordinal, session_id)
    speakers.get_speaker(actor, speaker_id)
    if any(one.speaker_id == speaker_id for one in session.speakers):
        raise Conflict("This speaker is in the session already.", code="speaker", field="speaker_id")
    position = max((one.position for one in session.speakers), default=-1) + 1
    place = ProgrammeSpeaker(speaker_id=speaker_id, position=position, function=function, state=state)
    session.speakers.append(place)
    db.session.flush()
    new = {"speaker": speaker_id, "function": function, "speaker_state": state}
    audit.record_of_edition(actor, "session.add_speaker", session, now=now, new=new)


def edit_place(
    actor: Actor,
    ordinal: int,
    session_id: int,
    speaker_id: int,
    *,
    function: str,
    state: str,
    now: datetime,
) -> None:
    """Say what somebody does in a session and whether they come."""
    session = _locked(actor, ordinal, session_id)
    place = _place(session, speaker_id)
    old, new = audit.differences(
        {"function": place.function, "speaker_state": place.state},
        {"function": function, "speaker_state": state},
    )
    if not new:
        return
    if state != place.state:
        place.answered_at = now if state != "invited" else None
        place.reason = ""  # the speaker's, for another answer
    place.function, place.state = function, state
    db.session.flush()
    if state == "declined":
        retract(session.id, place.speaker, now=now)
    audit.record_of_edition(
        actor,
        "session.edit_speaker",
        session,
        now=now,
        old={**old, "speaker": speaker_id},
        new={**new, "speaker": speaker_id},
    )


def move_speaker(
    actor: Actor, ordinal: int, session_id: int, speaker_id: int, *, up: bool, now: datetime
) -> None:
    """Name a speaker of a session earlier or later."""
    session = _locked(actor, ordinal, session_id)
    place = _place(session, speaker_id)
    for position, one in enumerate(moved(session.speakers, place, up=up)):
        one.position = position
    db.session.flush()
    db.session.expire(session, ["speakers"])
    audit.record_of_edition(
        actor, "session.move_speaker", session, now=now, new={"speaker": speaker_id, "up": up}
    )


def remove_speaker(actor: Actor, ordinal: int, session_id: int, speaker_id: int, *, now: datetime) -> None:
    """Take a speaker out of a session; the speaker stays."""
    session = _locked(actor, ordinal, session_id)
    session.speakers.remove(_place(session, speaker_id))
    db.session.flush()
    audit.record_of_edition(actor, "session.remove_speaker", session, now=now, old={"speaker": speaker_id})


def _locked(actor: Actor, ordinal: int, session_id: int) -> ProgrammeSession:
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    return get_session(edition.id, session_id)


def _place(session: ProgrammeSession, speaker_id: int) -> ProgrammeSpeaker:
    for one in session.speakers:
        if one.speaker_id == speaker_id:
            return one
    raise NotFound("This speaker is not in the session.")
