"""The audit list in words: what was done, to what, and the old and the new value of every field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eventapp.errors import message, message_of
from eventapp.models import AuditEntry
from eventapp.web import changes
from eventapp.web.audit_actions import ACTIONS
from eventapp.web.labels import label
from eventapp.web.locale import LANGUAGE_NAMES
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
    "checked_in_on": message("Checked in for"),
    "desk": message("Desk"),
    "despite_state": message("State at the door"),
    "dietary_needs": message("Dietary needs"),
    "document": message("Document"),
    "document_language": message("Language"),
    "focal_points": message("Focal points"),
    "linked": message("Registrations that were there"),
    "dimension": message("What the quota is of"),
    "editions": message("Editions"),
    "email": message("E-mail address"),
    "columns": message("Columns"),
    "file": message("File"),
    "family_name": message("Family name"),
    "for_all": message("For all editions"),
    "format": message("Format"),
    "functional_title": message("Functional title"),
    "given_name": message("Given name"),
    "honorific": message("Honorific"),
    "is_active": message("Open account"),
    "is_late": message_of("registration", "Late"),
    "language": message("Language"),
    "languages": message("Languages"),
    "mail_kind": message("Kind of message"),
    "mail_texts": message("Own texts of mails"),
    "compared_with": message("Compared with"),
    "merged_from": message("Took over the registration"),
    "merged_into": message("Lives on in the registration"),
    "may_see_needs": message("May see needs"),
    "messages": message("Messages"),
    "name": message("Name"),
    "number": message("Number"),
    "organisation": message("Organisation"),
    "parent_code": message("Part of"),
    "phone": message("Phone"),
    "recipients": message("Recipients"),
    "reminder": message("Reminder"),
    "due_on": message("Day of the reminder"),
    "role": message("Role"),
    "regions": message("Regions"),
    "rows": message("Rows"),
    "scheme": message("Scheme of regions"),
    "seat_country_code": message("Country of seat"),
    "sector_code": message("Sector"),
    "tells": message("Each person is written to"),
    "text": message("Text"),
    "threshold": message("Threshold"),
    "value": message("Value"),
}
LONGEST: Final = 300
# Whose values are words of a list: (subject, field) -> the list.
_LISTS: Final[Mapping[tuple[str, str], str]] = {
    ("delegation", "credentials"): "credentials",
    ("delegation", "kind"): "body_kind",
    ("delegation", "membership"): "membership",
}


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


def differences(entry: AuditEntry) -> list[Difference]:
    """Every field of an entry, in the order it was written down; a text in several languages once per language."""
    found = []
    for name in dict.fromkeys((*entry.old, *entry.new)):
        if name == "version":  # it ties the change to the forms that were open, and tells a reader nothing
            continue
        old, new = entry.old.get(name), entry.new.get(name)
        known = changes.FIELDS_OF.get((entry.subject_type, name)) or FIELDS.get(name)
        word = translate(known) if known else name.replace("_", " ")
        if isinstance(old, dict) or isinstance(new, dict):
            found += _by_part(word, old or {}, new or {})
        elif words := _LISTS.get((entry.subject_type, name)):
            found.append(Difference(word, *(_text(one and label(words, one)) for one in (old, new))))
        else:
            found.append(Difference(word, _text(old), _text(new)))
    return found


def _by_part(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(f"{word} ({LANGUAGE_NAMES.get(part, part)})", _text(old.get(part)), _text(new.get(part)))
        for part in dict.fromkeys((*old, *new))
        if old.get(part) != new.get(part)
    ]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
