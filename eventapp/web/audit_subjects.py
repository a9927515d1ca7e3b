"""What the records in the audit list are called in the reader's language, and where each of them stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from eventapp.models import AuditEntry
from eventapp.rules.access import Actor
from eventapp.rules.name import full_name
from eventapp.services.audit_subjects import Subject, find_ends, find_subjects
from eventapp.web.filters import in_language, link, pick
from eventapp.web.labels import label
from eventapp.web.quota_words import delegation_name
from eventapp.web.typed import translate

# Fields of entries that hold the number of a record -> its kind.
_FIELDS: Final[Mapping[str, str]] = {
    "body": "body",
    "body_id": "body",
    "room_id": "room",
    "session": "session",
    "session_id": "session",
    "speaker": "speaker",
    "track_id": "track",
}
# An edition has one of these: a number beside it would say nothing.
_SINGLE: Final = frozenset({"edition", "reminder_plan"})
# Where a record is looked at: kind -> endpoint, name of the value in the address, attribute of the record.
_PAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "body": ("bodies.show", "body_id", "id"),
    "delegation": ("delegations.show", "public_id", "public_id"),
    "document": ("programme.edit_document", "number", "id"),
    "outbox_message": ("mail.show", "public_id", "public_id"),
    "publication": ("publications.show", "number", "number"),
    "registration": ("registrations_desk.show", "reference", "reference"),
    "room": ("programme.edit_room", "room_id", "id"),
    "session": ("programme.edit_session", "session_id", "id"),
    "speaker": ("programme.edit_speaker", "speaker_id", "id"),
    "track": ("programme.edit_track", "track_id", "id"),
    "user": ("users.show", "public_id", "public_id"),
}
_OF_NO_EDITION: Final = frozenset({"body", "outbox_message", "user"})


def _of_focal_point(record: Any) -> str:
    return str(record.name) or translate("Erased person")


# What organisers wrote, in up to four languages.
_TEXTS: Final[Mapping[str, str]] = {
    "body": "names",
    "document": "title",
    "room": "names",
    "session": "title",
    "track": "names",
}
_NAMES: Final[Mapping[str, Callable[[Any], str]]] = {
    "delegation": delegation_name,
    "focal_point": _of_focal_point,
    "outbox_message": lambda one: label("mail_kind", one.kind),
    "publication": lambda one: str(one.number),
    "registration": lambda one: str(one.reference),
    "speaker": lambda one: full_name("", one.name, one.honorific),
    "user": lambda one: str(one.name),
}


class SubjectNames:
    """The names of all records that some entries are about, read at once."""

    def __init__(self, actor: Actor, rows: Sequence[tuple[AuditEntry, int | None]]) -> None:
        self._actor = actor
        wanted = {one for entry, _ in rows for one in _named_in(entry)}
        self._found, self._ends = find_subjects(actor, wanted), find_ends(wanted)

    def record(self, entry: AuditEntry) -> Any:
        """The record that an entry is about, if it is still there."""
        return self._record(entry, (entry.subject_type, entry.subject_id or 0))

    def _record(self, entry: AuditEntry, subject: Subject) -> Any:
        """A record that an entry names, unless its number was another one's at that time."""
        record = self._found.get(subject)
        if record is None or entry.id <= self._ends.get(subject, 0):
            return None
        # Focal points go with their delegation, and no entry of their own tells of it.
        is_later = subject[0] == "focal_point" and record.created_at > entry.at
        return None if is_later else record

    def name(self, entry: AuditEntry) -> str:
        """What the record is called; its number where it has no name any more, and nothing where a word says it all."""
        record, kind = self.record(entry), entry.subject_type
        if record is not None:
            return in_language(getattr(record, _TEXTS[kind])) if kind in _TEXTS else _NAMES[kind](record)
        is_told = entry.subject_id is None or (kind in _SINGLE and entry.edition_id is not None)
        return "" if is_told else str(entry.subject_id)

    def page(self, entry: AuditEntry, ordinal: int | None) -> str:
        """The address where the record stands, or nothing where the reader may not open it."""
        record, kind = self.record(entry), entry.subject_type
        if record is not None and kind == "focal_point":
            record, kind = record.delegation, "delegation"
        if record is None or (kind == "user" and not self._actor.is_administrator):
            return ""
        endpoint, value, attribute = _PAGES[kind]
        values: dict[str, Any] = {value: getattr(record, attribute)}
        if kind not in _OF_NO_EDITION:
            if ordinal is None:
                return ""
            values["ordinal"] = ordinal
        return link(endpoint, **values)

    def value(self, entry: AuditEntry, name: str, value: Any) -> Any:
        """What a record is called whose number a field of an entry holds; every other value as it is."""
        subject = _subject(name, value)
        record = self._record(entry, subject) if subject else None
        if subject is None or record is None:
            return value
        kind = subject[0]
        return str(pick(getattr(record, _TEXTS[kind]))) if kind in _TEXTS else _NAMES[kind](record)


def _named_in(entry: AuditEntry) -> Iterator[Subject]:
    if entry.subject_id is not None:
        yield entry.subject_type, entry.subject_id
    for part in (entry.old, entry.new):
        for name, value in part.items():
            if subject := _subject(name, value):
                yield subject


def _subject(name: str, value: Any) -> Subject | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return (_FIELDS[name], value) if is_number and name in _FIELDS else None
