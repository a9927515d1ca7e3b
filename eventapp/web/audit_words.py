"""The audit list in words: what was done, to what, and the old and the new value of every field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import g

from eventapp.errors import message, message_of
from eventapp.models import AuditEntry
from eventapp.web import changes
from eventapp.web.audit_actions import ACTIONS
from eventapp.web.labels import LABELS, label
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.typed import translate

SUBJECTS: Final[Mapping[str, str]] = {
    "archive": message("Archive"),
    "backup": message("Backup"),
    "badge_category": message("Badge category"),
    "badge_rule": message("Table of badges"),
    "body": message("Body"),
    "country": message("Country"),
    "column_set": message("Set of columns"),
    "delegation": message("Delegation"),
    "document": message("Document"),
    "edition": message("Edition"),
    "figure": message("Figure"),
    "focal_point": message("Focal point"),
    "import": message("Import"),
    "mail_text": message("Mail text"),
    "outbox_message": message("Message"),
    "partnership": message("Partnership"),
    "privacy_notice": message("Privacy notice"),
    "publication": message("Publication of figures"),
    "quota": message("Quota"),
    "region": message("Region"),
    "region_scheme": message("Scheme of regions"),
    "registration": message("Registration"),
    "reminder_plan": message("Schedule of reminders"),
    "room": message("Room"),
    "sector": message("Sector"),
    "session": message("Session"),
    "speaker": message("Speaker"),
    "track": message("Track"),
    "user": message("Account"),
}
FIELDS: Final[Mapping[str, str]] = {
    **changes.FIELDS,
    "accessibility_needs": message("Accessibility needs"),
    "all_editions": message("All editions"),
    "added": message("People added"),
    "alpha3": message("Three letters"),
    "badge_name": message("Name on the badge"),
    "code": message("Code"),
    "counted_country_code": message("Counted country"),
    "body_kind": message("Kind of body"),
    "changed": message("People changed"),
    "category_code": message("Badge category"),
    "basis": message("Basis of the count"),
    "before": message("Received before"),
    "bodies": message("Bodies"),
    "came": message("Came"),
    "changed_since": message("Changed since"),
    "changes": message("Changes"),
    "country": message("Country"),
    "checked_in_on": message("Checked in for"),
    "delegation_order": message("Place in the order"),
    "desk": message("Desk"),
    "despite_state": message("State at the door"),
    "dietary_needs": message("Dietary needs"),
    "document": message("Document"),
    "document_language": message("Language"),
    "focal_points": message("Focal points"),
    "linked": message("Registrations that were there"),
    "dimension": message("What the quota is of"),
    "editions": message("Editions"),
    "entries": message("Entries of the history"),
    "columns": message("Columns"),
    "exported": message("Taken along"),
    "file": message("File"),
    "family_name": message("Family name"),
    "filter": message("Filter"),
    "flag": message("Only those"),
    "for_all": message("For all editions"),
    "from": message("From the edition"),
    "function": message("Function"),
    "format": message("Format"),
    "functional_title": message("Functional title"),
    "given_name": message("Given name"),
    "is_active": message("Open account"),
    "is_late": message_of("registration", "Late"),
    "is_new": message("New account"),
    "is_shown": message("Shown to the public"),
    "invitations": message("Invitations"),
    "languages": message("Languages"),
    "m49": message("Code M49"),
    "mail_kind": message("Kind of message"),
    "mail_texts": message("Own texts of mails"),
    "mails": message("Messages"),
    "compared_with": message("Compared with"),
    "merged_from": message("Took over the registration"),
    "merged_into": message("Lives on in the registration"),
    "may_see_needs": message("May see needs"),
    "messages": message("Messages"),
    "name": message("Name"),
    "number": message("Number"),
    "organisation": message("Organisation"),
    "parent_code": message("Part of"),
    "papers": message("Papers of credentials"),
    "people": message("People"),
    "phone": message("Phone"),
    "q": message("Words searched for"),
    "queue": message("Queue"),
    "quotas": message("Quotas"),
    "recipients": message("Recipients"),
    "references": message("References"),
    "reminder": message("Reminder"),
    "due_on": message("Day of the reminder"),
    "role": message("Role"),
    "regions": message("Regions"),
    "registration": message("Registration"),
    "rooms": message("Rooms"),
    "rows": message("Rows"),
    "scheme": message("Scheme of regions"),
    "seat_country_code": message("Country of seat"),
    "sector": message("Sector"),
    "sector_code": message("Sector"),
    "session": message("Session"),
    "sessions": message("Sessions"),
    "shown": message("Number of the figure shown"),
    "sign_up": message("On the agenda"),
    "source": message("Made from"),
    "speaker": message("Speaker"),
    "speakers": message("Speakers"),
    "speaker_state": message("Answer of the speaker"),
    "state": message("State"),
    "subjects": message("Subject"),
    "tells": message("Each person is written to"),
    "text": message("Text"),
    "threshold": message("Threshold"),
    "tracks": message("Tracks"),
    "up": message("Moved up"),
    "value": message("Value"),
}
LONGEST: Final = 300
# It ties a change to the forms that were open, and tells a reader nothing.
_UNTOLD: Final = frozenset({"version"})
# Whose values are words of a list: (subject, field) -> the list.
_LISTS: Final[Mapping[tuple[str, str], str]] = {
    ("delegation", "credentials"): "credentials",
    ("delegation", "kind"): "body_kind",
    ("delegation", "membership"): "membership",
    ("delegation", "role"): "role",
    ("delegation", "state"): "registration_state",
    ("body", "kind"): "body_kind",
    ("country", "status"): "country_status",
    ("document", "access"): "document_access",
    ("document", "kind"): "document_kind",
    ("edition", "approval"): "approval",
    ("edition", "date_precision"): "date_precision",
    ("edition", "basis"): "country_basis",
    ("edition", "came"): "came",
    ("edition", "exported"): "exported",
    ("edition", "flag"): "registration_flag",
    ("edition", "queue"): "registration_queue",
    ("edition", "reminder"): "reminder",
    ("edition", "role"): "role",
    ("edition", "source"): "delegation_source",
    ("edition", "state"): "edition_state",
    ("figure", "measure"): "figure_measure",
    ("figure", "qualifier"): "figure_qualifier",
    ("partnership", "kind"): "partnership",
    ("quota", "dimension"): "quota_dimension",
    ("session", "access"): "session_access",
    ("session", "function"): "speaker_function",
    ("session", "kind"): "session_kind",
    ("session", "speaker_state"): "speaker_state",
    ("registration", "sign_up"): "sign_up",
    ("user", "role"): "user_role",
}


_LANGUAGES: Final = frozenset({"document_language", "language"})


@dataclass(frozen=True)
class Difference:
    """One field of an entry with its old and new value as text."""

    field: str
    old: str
    new: str


def action_words(action: str) -> str:
    """What somebody did; the bare word where it has no wording."""
    return translate(ACTIONS[action]) if action in ACTIONS else action


def subject_words(subject_type: str) -> str:
    """What it was done to; the bare word where it has no wording."""
    return translate(SUBJECTS[subject_type]) if subject_type in SUBJECTS else subject_type


def has_words(subject_type: str, name: str) -> bool:
    """Whether a field of this subject has a wording; a test looks at everything that is ever written down."""
    return name in _UNTOLD or _known(subject_type, name) is not None


def _known(subject_type: str, name: str) -> str | None:
    of_person = LABELS["registration_field"] if subject_type == "registration" else {}
    return changes.FIELDS_OF.get((subject_type, name)) or of_person.get(name) or FIELDS.get(name)


def _itself(entry: AuditEntry, name: str, value: Any) -> Any:
    del entry, name
    return value


def differences(
    entry: AuditEntry, named: Callable[[AuditEntry, str, Any], Any] = _itself
) -> list[Difference]:
    """Every field of an entry, in the order it was written down; a text in several languages once per language.

    `named` gives what a record is called whose number a field holds, and every other value as it is.
    """
    found = []
    for name in dict.fromkeys((*entry.old, *entry.new)):
        if name in _UNTOLD:
            continue
        old, new = (named(entry, name, part.get(name)) for part in (entry.old, entry.new))
        known = _known(entry.subject_type, name)
        word = translate(known) if known else name.replace("_", " ")
        listed = _LISTS.get((entry.subject_type, name), "")
        if isinstance(old, dict) or isinstance(new, dict):
            found += _by_part(word, old or {}, new or {})
        elif listed:
            found.append(Difference(word, *(_text(_worded(listed, one)) for one in (old, new))))
        elif entry.subject_type == "registration":
            found.append(Difference(word, *(_of_person(name, one) for one in (old, new))))
        else:
            found.append(Difference(word, _plain(name, old), _plain(name, new)))
    return found


def _worded(listed: str, value: Any) -> Any:
    """A word of a list as people say it; one that the list has no more stays as it was written down.

    The state in an entry of an edition is the edition's, or that of the people whom a list was narrowed to.
    """
    lists = (listed, "registration_state") if listed == "edition_state" else (listed,)
    for one in lists:
        if value and isinstance(value, str) and value in LABELS[one]:
            return label(one, value)
    return value


def _of_person(name: str, value: Any) -> str:
    """What somebody told us, or what was decided about them, as the page of the registration says it."""
    if value is None or value in ("", [], {}):
        return "–"
    if "person_words" not in g:
        g.person_words = RegistrationWords()  # once for a page
    text: str = g.person_words.value(name, value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _by_part(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(f"{word} ({_part_words(part)})", _text(old.get(part)), _text(new.get(part)))
        for part in dict.fromkeys((*old, *new))
        if old.get(part) != new.get(part)
    ]


def _part_words(part: str) -> str:
    return LANGUAGE_NAMES.get(part) or (translate(FIELDS[part]) if part in FIELDS else part)


def _plain(name: str, value: Any) -> str:
    """A language by its own name, everything else as it is."""
    if name in _LANGUAGES and isinstance(value, str):
        return LANGUAGE_NAMES.get(value, _text(value))
    return _text(value)


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, list):
        return translate(", ").join(str(one) for one in value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
