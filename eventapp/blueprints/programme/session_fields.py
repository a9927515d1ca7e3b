"""The form of a session: what stands in its fields, and what was typed in them."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from eventapp.models import Edition, ProgrammeSession, Room
from eventapp.rules.edition_plan import wall_time
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import SESSION_ACCESS, SESSION_KINDS, SPOKEN_LANGUAGES
from eventapp.services import programme_rooms, programme_tracks, speakers
from eventapp.web.desk_forms import Answers, typed_texts
from eventapp.web.doubled_hours import read_moment, said_of
from eventapp.web.filters import pick
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.options import reference
from eventapp.web.sign_in import actor
from eventapp.web.typed import translate, translate_plural

Choices = list[tuple[str, str]]
_LANGUAGES: Final = "interpretation"


def list_rooms(edition: Edition) -> list[tuple[int, str]]:
    """The rooms by their names."""
    return [(room.id, pick(room.names).text) for room in programme_rooms.list_rooms(edition.id)]


def room_choices(edition: Edition) -> dict[str, Any]:
    """The rooms with what decides between them: seats and booths in each choice, and the equipment of those that have some."""
    rooms = programme_rooms.list_rooms(edition.id)
    return {
        "rooms": [(room.id, _room_words(room)) for room in rooms],
        "equipped": [room for room in rooms if room.equipment],
    }


def _room_words(room: Room) -> str:
    facts = []
    if room.capacity is not None:
        facts.append(translate_plural("%(num)s seat", "%(num)s seats", room.capacity))
    if room.booths:
        facts.append(translate_plural("%(num)s booth", "%(num)s booths", room.booths))
    name = pick(room.names).text
    return f"{name} ({translate(', ').join(facts)})" if facts else name


def list_tracks(edition: Edition) -> list[tuple[int, str]]:
    """The tracks to choose from."""
    return [(track.id, pick(track.names).text) for track in programme_tracks.list_tracks(edition.id)]


def list_choices(edition: Edition, session: ProgrammeSession | None) -> dict[str, Any]:
    """What the selects and boxes of the form offer; speakers that are in the session already are left out."""
    chosen = {place.speaker_id for place in session.speakers} if session else set()
    return {
        "kinds": labels("session_kind"),
        **room_choices(edition),
        "tracks": list_tracks(edition),
        "spoken": labels("spoken_language"),
        "accesses": labels("session_access"),
        "sectors": _sectors(session),
        "functions": labels("speaker_function"),
        "states": labels("speaker_state"),
        "speakers": [
            (one.id, ", ".join(part for part in (one.name, one.organisation) if part))
            for one, _ in speakers.list_speakers(actor())
            if one.id not in chosen
        ],
    }


def _sectors(session: ProgrammeSession | None) -> Choices:
    """Main sectors and those below them that are offered now, and those that the session names already."""
    named = {one.sector_code for one in session.sectors} if session else set()
    found = []
    for code, entry in reference().sectors.items():
        if entry.is_active or code in named:
            name = str(shown(entry.names, language()))
            found.append((code, f"– {name}" if entry.parent_code else name))
    return found


def typed_session(session: ProgrammeSession, edition: Edition) -> dict[str, Any]:
    """A session as the fields of its form hold it."""
    zone = ZoneInfo(edition.time_zone)
    return {
        **typed_texts("title", session.title),
        **typed_texts("description", session.description),
        "kind": session.kind,
        "starts": wall_time(session.starts_at, zone),
        "ends": wall_time(session.ends_at, zone),
        **said_of("starts", session.starts_at, zone),
        **said_of("ends", session.ends_at, zone),
        "room_id": str(session.room_id or ""),
        "track_id": str(session.track_id or ""),
        "floor_language": session.floor_language,
        _LANGUAGES: list(session.interpretation),
        "access": session.access,
        "sectors": [one.sector_code for one in session.sectors],
        "asks_sign_up": "1" if session.asks_sign_up else "",
        "capacity": "" if session.capacity is None else str(session.capacity),
        "version": str(session.version),
    }


def typed_lists() -> dict[str, list[str]]:
    """What was ticked where several boxes may be, for a form that comes back."""
    answers = Answers()
    return {name: answers.several(name) for name in (_LANGUAGES, "sectors")}


def read_session(edition: Edition, session: ProgrammeSession | None) -> dict[str, Any]:
    """What was typed, by the names of the service's values; refuses what does not hold, each problem at its field."""
    answers = Answers()
    zone = ZoneInfo(edition.time_zone)
    values = {
        "title": answers.texts("title", limit=300),
        "kind": answers.choice("kind", SESSION_KINDS),
        "starts_at": read_moment(answers, "starts", zone, session.starts_at if session else None),
        "ends_at": read_moment(answers, "ends", zone, session.ends_at if session else None),
        "room_id": answers.whole("room_id", 1, 10**9),
        "track_id": answers.whole("track_id", 1, 10**9),
        "floor_language": answers.choice("floor_language", ("", *SPOKEN_LANGUAGES)),
        "interpretation": [one for one in SPOKEN_LANGUAGES if one in answers.several(_LANGUAGES)],
        "access": answers.choice("access", SESSION_ACCESS, "all"),
        "sectors": answers.several("sectors"),
        "asks_sign_up": answers.flag("asks_sign_up"),
        "capacity": answers.whole("capacity", 0, 200_000),
        "description": answers.texts("description", limit=5_000, prose=True),
    }
    if not any(name.startswith("title") for name in answers.problems):
        answers.require("title", values["title"])
    for field, name in (("kind", "kind"), ("starts", "starts_at"), ("ends", "ends_at")):
        answers.require(field, values[name])
    answers.check()
    return values
