"""What a letter about a publication says of each session, in the reader's language and the edition's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from eventapp.errors import message
from eventapp.models import Edition
from eventapp.rules.programme_document import Document, Texts
from eventapp.rules.programme_telling import Notice
from eventapp.services.programme_letters import Telling
from eventapp.services.speakers_answers import Answer, Answered
from eventapp.web.filters import day, listed, pick, time_of_day, within, zone_offset
from eventapp.web.labels import label
from eventapp.web.typed import translate

_SENTENCES: Final[Mapping[str, str]] = {
    "new": message("This session is new in the programme."),
    "opened": message("This session is open to you now."),
    "changed": "",
    "closed": message("This session is no longer open to you."),
    "cancelled": message("This session does not take place."),
}
_NAMES: Final[Mapping[str, str]] = {
    "title": message("Title"),
    "when": message("Time"),
    "room": message("Room"),
    "languages": message("Languages"),
    "access": message("Who may come"),
}
_STANDS: Final = (
    "when",
    "room",
)  # said of a session that is new to the reader, and of one that was called off


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing about a session: what it is now, and what it was until now. Either may be empty."""

    name: str
    now: str
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class TellOf:
    """One session in a letter."""

    title: Texts
    sentence: str
    lines: Sequence[Line]


def told_of(telling: Telling, edition: Edition | None) -> list[TellOf]:
    """What a letter says, session by session."""
    return [tell_of(one, edition.time_zone) for one in telling.notices] if edition else []


def tell_of(notice: Notice, zone: str) -> TellOf:
    """What is said of one session; no more than the notice holds."""
    sentence = _SENTENCES[notice.what]
    return TellOf(
        title=notice.title,
        sentence=translate(sentence) if sentence else "",
        lines=[line for line in _lines(notice, zone) if line.now or line.before],
    )


def answers_of(answered: Answered, edition: Edition | None) -> list[TellOf]:
    """What a speaker declines or accepts, session by session, with the reason that the secretariat reads."""
    return [_answer(one, edition.time_zone) for one in answered.answers] if edition else []


def _answer(one: Answer, zone: str) -> TellOf:
    when = hours_text({"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}, zone)
    lines = [
        Line(name=translate("Time"), now=when),
        Line(name=translate("Function"), now=label("speaker_function", one.function)),
        Line(name=translate("Reason"), now=one.reason),
    ]
    return TellOf(
        title=one.title,
        sentence=translate("The person had accepted until now.") if one.had_accepted else "",
        lines=[line for line in lines if line.now],
    )


def _lines(notice: Notice, zone: str) -> list[Line]:
    before, after = notice.before, notice.after
    if before and after:
        return [_change(name, before, after, zone) for name in notice.aspects]
    stands = after or before
    if stands is None:
        return []
    now = [(name, _text(name, stands, zone)) for name in _STANDS]
    if after:
        return [Line(name=translate(_NAMES[name]), now=text) for name, text in now]
    return [Line(name=translate(_NAMES[name]), now="", before=text) for name, text in now]


def _change(name: str, before: Document, after: Document, zone: str) -> Line:
    old, new = (_text(name, one, zone) for one in (before, after))
    if old == new:  # another choice of sectors, or a text in another language than the reader's
        new, old = (translate("changed; it is open to you"), "") if name == "access" else (new, "")
    return Line(name=translate(_NAMES[name]), now=new or translate("not known yet"), before=old)


def _text(name: str, document: Document, zone: str) -> str:
    if name in ("title", "room"):
        return str(pick(document[name]))
    if name == "when":
        return hours_text(document, zone)
    if name == "access":
        return label("session_access", document["access"])
    return _languages(document)


def hours_text(document: Document, zone: str) -> str:
    """From when to when, with the day and the zone: 8 June 2027, 10:00–11:30 (UTC+3)."""
    starts, ends = (_moment(document[name]) for name in ("starts_at", "ends_at"))
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (starts, ends))
    end = time_of_day(ends, zone) if first == last else _at(last, ends, zone)
    offset, later = zone_offset(starts, zone), zone_offset(ends, zone)
    if offset != later:
        return f"{_at(first, starts, zone)} ({offset}) – {end} ({later})"
    return f"{_at(first, starts, zone)}–{end} ({offset})"


def _at(on: Any, at: datetime, zone: str) -> str:
    return f"{day(on)}{translate(', ')}{time_of_day(at, zone)}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _languages(document: Document) -> str:
    floor, others = document["floor_language"], document["interpretation"] or ()
    parts = [label("spoken_language", floor)] if floor else []
    if others:
        parts.append(
            translate(
                "with interpretation into %(languages)s", languages=within(listed(others, "spoken_language"))
            )
        )
    return translate(", ").join(parts)
