"""The programme as conference apps read it: the schedule of frab and pretalx, as XML and as JSON.

The names are those of the published schema (github.com/voc/schedule); times carry the offset of the edition's zone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from flask import url_for

from eventapp.blueprints.feeds.documents import file_address
from eventapp.errors import NotFound
from eventapp.models import Edition, ProgrammeDocument
from eventapp.rules.edition_plan import days_of
from eventapp.rules.programme_document import Shown
from eventapp.rules.programme_now import key_of
from eventapp.services import programme_public
from eventapp.web.filters import absolute, pick
from eventapp.web.labels import label
from eventapp.web.locale import language
from eventapp.web.programme_words import session_address
from eventapp.web.typed import translate

_SLOT: Final = "00:15"
_SCHEMA: Final = (
    "https://c3voc.de/schedule/schema.json"  # by which apps know the format; nothing is fetched from it
)
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Documents = Mapping[str, Sequence[ProgrammeDocument]]  # by the session they are of
_LARGEST: Final = 2**31 - 1  # what apps hold for a number


def xml_schedule(edition: Edition, sessions: Sequence[Shown], documents: Documents) -> bytes:
    """The schedule as XML, by day and room; under each session the documents that everybody may read."""
    zone = ZoneInfo(edition.time_zone)
    numbers = _event_numbers(sessions)
    root = ET.Element("schedule")
    _text(root, "version", _version(sessions))
    conference = ET.SubElement(root, "conference")
    for name, value in _conference(edition, sessions, zone).items():
        _text(conference, name, str(value))
    for index, day in enumerate(_list_days(edition, sessions, zone), 1):
        starts, ends = _bounds(day.on, zone)
        element = ET.SubElement(
            root,
            "day",
            {"index": str(index), "date": day.on.isoformat(), "start": starts, "end": ends},
        )
        for room, inside in _rooms(day.sessions):
            place = ET.SubElement(element, "room", {"name": _plain(room)})
            for one in inside:
                event = ET.SubElement(place, "event", {"id": str(numbers[one.id]), "guid": one.id})
                _fill(event, _facts(edition, one, room, zone), one, documents)
    ET.indent(root)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _fill(event: ET.Element, facts: Mapping[str, str], one: Shown, documents: Documents) -> None:
    for name, value in facts.items():
        _text(event, name, value)
    people = ET.SubElement(event, "persons")
    for person in one.people:
        _text(people, "person", person.name, {"id": str(_number(person.id))})
    links = ET.SubElement(event, "links")
    for link in _links(documents.get(one.id, ())):
        _text(links, "link", link["title"], {"href": link["url"]})


def _links(documents: Iterable[ProgrammeDocument]) -> list[dict[str, str]]:
    """Each language of each document: what it is, how it is cited, its title."""
    return [
        {"url": file_address(file), "title": _document_title(document, file.language)}
        for document in documents
        for file in document.files
    ]


def _document_title(document: ProgrammeDocument, spoken: str) -> str:
    cited = " ".join(part for part in (document.symbol, document.revision) if part)
    title = ", ".join(part for part in (cited, pick(document.title).text) if part)
    return translate(
        "%(kind)s: %(title)s (%(language)s)",
        kind=label("document_kind", document.kind),
        title=title,
        language=label("spoken_language", spoken),
    )


def _text(parent: ET.Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    ET.SubElement(parent, name, attributes or {}).text = _plain(text)


def _plain(text: str) -> str:
    """What XML 1.0 cannot hold at all is left out: a control character in a title must not break every app."""
    return _NOT_IN_XML.sub("", text)


def json_schedule(edition: Edition, sessions: Sequence[Shown], documents: Documents) -> dict[str, Any]:
    """The same as JSON."""
    zone, numbers = ZoneInfo(edition.time_zone), _event_numbers(sessions)
    own = {key: {"id": number, "links": _links(documents.get(key, ()))} for key, number in numbers.items()}
    conference: dict[str, Any] = _conference(edition, sessions, zone)
    days = conference.pop("days")
    return {
        "$schema": _SCHEMA,
        "schedule": {
            "version": _version(sessions),
            "base_url": absolute("/"),
            "conference": {
                **conference,
                "daysCount": days,
                "time_zone_name": edition.time_zone,
                "url": absolute(url_for("public.programme", ordinal=edition.ordinal)),
                "tracks": [{"name": name} for name in _names(one.track for one in sessions)],
                "days": [
                    _json_day(edition, index, day, zone, own)
                    for index, day in enumerate(_list_days(edition, sessions, zone), 1)
                ],
            },
        },
    }


def _json_day(
    edition: Edition,
    index: int,
    day: programme_public.Day,
    zone: ZoneInfo,
    own: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    starts, ends = _bounds(day.on, zone)
    return {
        "index": index,
        "date": day.on.isoformat(),
        "day_start": starts,
        "day_end": ends,
        "rooms": {
            room: [
                {
                    "guid": one.id,
                    **own[one.id],
                    **_facts(edition, one, room, zone),
                    "persons": [
                        {
                            "id": _number(person.id),
                            "guid": person.id,
                            "public_name": person.name,
                        }
                        for person in one.people
                    ],
                }
                for one in inside
            ]
            for room, inside in _rooms(day.sessions)
        },
    }


def _list_days(edition: Edition, sessions: Sequence[Shown], zone: ZoneInfo) -> list[programme_public.Day]:
    """The days with their sessions; while there is no session, the days of the edition: the format wants one at least.

    Raises NotFound where not even these are known.
    """
    found = programme_public.by_day(sessions, zone)
    if not found:
        days = days_of(edition.starts_on, edition.ends_on, edition.date_precision)
        found = [programme_public.Day(on, ()) for on in days]
    if not found:
        raise NotFound("The days of this edition are not known.")
    return found


def _conference(edition: Edition, sessions: Sequence[Shown], zone: ZoneInfo) -> dict[str, Any]:
    days = [day.on for day in _list_days(edition, sessions, zone)]
    return {
        "title": pick(edition.title).text,
        "acronym": f"edition_{edition.ordinal}",
        "start": days[0].isoformat(),
        "end": days[-1].isoformat(),
        "days": len(days),
        "timeslot_duration": _SLOT,
    }


def _facts(edition: Edition, one: Shown, room: str, zone: ZoneInfo) -> dict[str, str]:
    starts = one.starts_at.astimezone(zone)
    minutes = (one.ends_at - one.starts_at) // timedelta(minutes=1)
    return {
        "room": room,
        "title": pick(one.title).text,
        "subtitle": "",
        "type": label("session_kind", one.kind),
        "date": starts.isoformat(timespec="seconds"),
        "start": f"{starts:%H:%M}",
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "abstract": "",
        "description": pick(one.description).text,
        "slug": f"edition-{edition.ordinal}-{UUID(one.id).hex}",
        "track": pick(one.track).text if one.track else "",
        "language": one.floor_language or language(),
        "url": session_address(edition, one),
    }


def _rooms(sessions: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    """Rooms by their name in the reader's language, with their sessions; those without one come last."""
    found: dict[str, list[Shown]] = {}
    for one in sessions:
        found.setdefault(pick(one.room).text if one.room else translate("No room yet"), []).append(one)
    return sorted(found.items(), key=lambda row: (row[1][0].room is None, _counted(key_of(row[1][0].room))))


def _counted(name: str) -> str:
    """A name by which "Room 2" stands before "Room 10"."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(9), name)


def _names(texts: Iterable[dict[str, str] | None]) -> list[str]:
    return list(dict.fromkeys(pick(one).text for one in texts if one))


def _bounds(on: date, zone: ZoneInfo) -> tuple[str, str]:
    """The first and the last moment of a day where the edition is held."""
    starts = datetime.combine(on, time.min, zone)
    ends = datetime.combine(on + timedelta(days=1), time.min, zone)
    return starts.isoformat(), ends.isoformat()


def _version(sessions: Sequence[Shown]) -> str:
    """When it was told last; the same as long as nothing is told."""
    told = max((one.changed_at for one in sessions), default=None)
    return f"{told:%Y-%m-%dT%H:%M:%SZ}" if told else "0"


def _event_numbers(sessions: Sequence[Shown]) -> Mapping[str, int]:
    """A whole number for each session, made from its id alone.

    A number that counts would have a gap wherever a session is that not everybody may know of.
    """
    found: dict[int, str] = {}
    for key in sorted(one.id for one in sessions):
        number = _number(key)
        while number in found:  # two of two thousand million that meet: the later one moves on
            number = number % _LARGEST + 1
        found[number] = key
    return {key: number for number, key in found.items()}


def _number(key: str) -> int:
    """A whole number for a person or a session, as apps want one; the same wherever it stands."""
    return UUID(key).int % _LARGEST + 1
