"""The audit list of a record in words: who changed what, field by field, old and new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from eventapp.errors import message
from eventapp.models import AuditEntry
from eventapp.services import versions
from eventapp.services.versions import Versioned
from eventapp.web.desk_forms import typed_again
from eventapp.web.filters import day, moment, number, zone_offset
from eventapp.web.labels import LABELS, label
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.typed import translate

FIELDS: Final = {
    "ordinal": message("Ordinal"),
    "places": message("Places"),
    "roles_outside": message("Roles that take no place"),
    "title": message("Title"),
    "theme": message("Theme"),
    "summary": message("Summary"),
    "starts_on": message("First day"),
    "ends_on": message("Last day"),
    "date_precision": message("How exactly the date is known"),
    "city": message("City"),
    "country_code": message("Country"),
    "venue": message("Venue"),
    "latitude": message("Latitude"),
    "longitude": message("Longitude"),
    "time_zone": message("Time zone"),
    "travel_information": message("Travel"),
    "venue_information": message("About the venue"),
    "contact_information": message("Contact"),
    "contact_email": message("E-mail address for questions"),
    "capacity": message("Places"),
    "registration_opens_at": message("Registration opens"),
    "registration_closes_at": message("Registration closes"),
    "changes_close_at": message("Delegates may change their registration until"),
    "approval": message("Way of approval"),
    "endorse_by": message("With two steps: delegations endorse by"),
    "decide_by": message("The secretariat decides by"),
    "patience_days": message("Days after which an endorsement is overdue"),
    "accepts_late": message("Late registration"),
    "needs_days": message("Days after the end for which needs are kept"),
    "record_months": message("Months after the end for which personal records are kept"),
    "state": message("State"),
    "notice": message("Notice"),
    "outcome": message("Outcome"),
    "picture_id": message("Picture"),
    "names": message("Name"),
    "acronym": message("Acronym"),
    "kind": message("Kind"),
    "website": message("Website"),
    "logo_id": message("Logo"),
    "is_listed": message("Offered to delegates"),
    "description": message("Description"),
    "starts_at": message("Start"),
    "ends_at": message("End"),
    "room_id": message("Room"),
    "track_id": message("Track"),
    "session_id": message("Session"),
    "symbol": message("Symbol"),
    "revision": message("Revision"),
    "floor_language": message("Language of the floor"),
    "interpretation": message("Interpretation into"),
    "access": message("Who may come"),
    "sectors": message("Sectors"),
    "asks_sign_up": message("Asks people to sign up"),
    "equipment": message("Equipment"),
    "booths": message("Booths for interpretation"),
    "opens_at": message("Open from"),
    "closes_at": message("Open until"),
    "measure": message("What is counted"),
    "qualifier": message("How the source says it"),
    "value": message("Number"),
    "source_url": message("Address of the source"),
    "source_note": message("Note on the source"),
    "honorific": message("Honorific"),
    "name": message("Name"),
    "functional_title": message("Functional title"),
    "organisation": message("Organisation"),
    "body_id": message("Known body"),
    "email": message("E-mail address"),
    "language": message("Language"),
    "biography": message("Biography"),
    "registration_id": message("Registration"),
    "agreed_at": message("Agreed to the public page"),
    "since_year": message("Year of joining"),
    "position": message("Place in the list"),
    "remind_endorsement": message("Reminder of endorsement: days before the closing"),
    "remind_credentials": message("Reminder of credentials: days before the closing"),
    "remind_invitation": message("Reminder of the invitation: days before the closing"),
    "remind_waiting": message("Reminder to delegates who wait: days before the closing"),
    "remind_speaker": message("Reminder of speakers: days before the conference"),
    "subject": message("Subject"),
    "body": message("Text"),
    "countries": message("Countries"),
    "footnote": message("Footnote"),
    "is_active": message("Offered to delegates"),
    "status": message("Status"),
    "membership": message("In the organising body"),
    "quota": message("Quota"),
    "stands_apart": message("Places of its own, as the host’s"),
    "credentials": message("Credentials"),
    "credentials_note": message("What the body is told about them"),
    "active_from": message("First day"),
    "active_to": message("Last day"),
}
# What a column is called on the form of one kind of record, where that differs.
FIELDS_OF: Final = {
    ("sector", "is_active"): message("Offered to delegates"),
    ("room", "capacity"): message("Seats"),
    ("session", "capacity"): message("Seats for those who sign up"),
    ("partnership", "body_id"): message("Body"),
    ("partnership", "kind"): message("List"),
    ("document", "access"): message("Who may read it"),
}
MOMENTS: Final = frozenset(
    {
        "registration_opens_at",
        "registration_closes_at",
        "changes_close_at",
        "starts_at",
        "ends_at",
        "agreed_at",
    }
)
_WORDS: Final = {
    "date_precision": ("date_precision",),
    "approval": ("approval",),
    "state": ("edition_state",),
    "status": ("country_status",),
    "kind": ("body_kind", "session_kind", "partnership", "document_kind"),
    "measure": ("figure_measure",),
    "membership": ("membership",),
    "credentials": ("credentials",),
    "access": ("session_access", "document_access"),
    "floor_language": ("spoken_language",),
    "qualifier": ("figure_qualifier",),
}
_NUMBERS: Final = frozenset({"capacity", "value", "places", "patience_days", "needs_days", "record_months"})
_DAYS: Final = frozenset({"starts_on", "ends_on", "active_from", "active_to", "endorse_by", "decide_by"})
# Column -> number of a record -> its name: for columns that hold such numbers.
Names = Mapping[str, Mapping[Any, str]]
ACTIONS: Final = {
    "archive.load": message("the archive was loaded"),
    "edition.create": message("made the edition"),
    "edition.copy": message("made the edition from another one"),
    "edition.edit": message("changed the edition"),
    "edition.publish": message("published the edition"),
    "edition.hold": message("marked the edition as held"),
    "edition.archive": message("archived the edition"),
    "edition.postpone": message("postponed the edition"),
    "edition.cancel": message("cancelled the edition"),
    "edition.keep": message("set how long personal data is kept"),
    "edition.add_body": message("named a body"),
    "edition.move_body": message("changed the order of bodies"),
    "edition.remove_body": message("removed a body"),
}


def field_name(name: str) -> str:
    """A column in the reader's language."""
    return translate(FIELDS[name])


@dataclass(frozen=True)
class Change:
    """One field that somebody changed."""

    entry: AuditEntry
    field: str
    old: str
    new: str


def came_back(
    record: Versioned, version: int, *, zone: str = "UTC", names: Names | None = None
) -> dict[str, Any]:
    """What a form takes to come back as it was typed, with what others saved meanwhile; saving again goes over it."""
    return {
        "typed": typed_again() | {"version": str(record.version)},
        "status": 409,
        "is_conflict": True,
        "changes": list_changes(versions.list_since(record, version), zone, names),
    }


def list_changes(
    entries: Sequence[AuditEntry], zone: str = "UTC", names: Names | None = None
) -> list[Change]:
    """Every field of these entries with its old and new value as text; a text once per language that differs."""
    found = []
    for entry in entries:
        for name in (name for name in FIELDS if name in entry.new):
            word = translate(FIELDS_OF.get((entry.subject_type, name), FIELDS[name]))
            old, new = entry.old.get(name), entry.new.get(name)
            if isinstance(old, dict) or isinstance(new, dict):
                before, after = old or {}, new or {}
                found += [
                    Change(entry, _in_language(word, code), before.get(code, "–"), after.get(code, "–"))
                    for code in LANGUAGE_NAMES
                    if before.get(code) != after.get(code)
                ]
            else:
                known = (names or {}).get(name)
                texts = (known.get(one, "–") if known else _text(name, one, zone) for one in (old, new))
                found.append(Change(entry, word, *texts))
    return found


def _in_language(word: str, code: str) -> str:
    return translate("%(field)s (%(language)s)", field=word, language=LANGUAGE_NAMES[code])


def _text(name: str, value: Any, zone: str) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        if name == "roles_outside":
            value = [label("role", one) for one in value]
        return translate(", ").join(map(str, value)) or "–"
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if name in MOMENTS:
        when = datetime.fromisoformat(value)
        return f"{moment(when, zone)} ({zone_offset(when, zone)})"
    if name in _DAYS:
        return day(date.fromisoformat(value))
    for kind in _WORDS.get(name, ()):
        if value in LABELS[kind]:
            return label(kind, value)
    return number(value) if name in _NUMBERS else str(value)
