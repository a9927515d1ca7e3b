"""The audit list in words: what was done, to what, and the old and the new value of every field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eventapp.errors import message, message_of
from eventapp.models import AuditEntry
from eventapp.web import changes
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.typed import translate

ACTIONS: Final[Mapping[str, str]] = {
    **changes.ACTIONS,
    "account.ask_for_password": message("asked for a new password"),
    "account.change_password": message("changed the own password"),
    "account.close": message("closed the account"),
    "account.edit": message("changed the account"),
    "account.first_organiser": message("became the first administrator"),
    "account.invite": message("invited to an account"),
    "account.invite_again": message("sent the invitation again"),
    "account.reopen": message("opened the account again"),
    "account.set_password": message("set a password by link"),
    "account.sign_in": message("signed in"),
    "attendance.paper": message("took the list for the door along on paper"),
    "backup.make": message("made a backup"),
    "backup.restore": message("restored a backup"),
    "badge_category.create": message("added a badge category"),
    "badge_category.edit": message("renamed a badge category"),
    "badge_category.move": message("changed the order of badge categories"),
    "badge_category.remove": message("removed a badge category"),
    "badge_rule.add": message("added a line to the table of badges"),
    "badge_rule.edit": message("changed a line of the table of badges"),
    "badge_rule.move": message("changed the order of the table of badges"),
    "badge_rule.remove": message("removed a line of the table of badges"),
    "badges.reset": message("put the table of badges back as it shipped"),
    "body.create": message("added the body"),
    "body.delete": message("deleted the body"),
    "body.edit": message("changed the body"),
    "country.create": message("added a country"),
    "country.delete": message("deleted a country"),
    "country.edit": message("changed a country"),
    "column_set.create": message("kept a set of columns"),
    "column_set.edit": message("changed a set of columns"),
    "column_set.remove": message("removed a set of columns"),
    "counts.export": message("exported the counts"),
    "delegates.fetch": message("fetched the list of delegates"),
    "delegates.export": message("exported the list of delegates"),
    "duplicates.search": message("had all registrations searched for duplicates"),
    "credentials.add_document": message("added a document to the credentials"),
    "credentials.fetch": message("fetched a document of the credentials"),
    "credentials.remove_document": message("removed a document of the credentials"),
    "credentials.set_state": message("said how the credentials stand"),
    "delegation.create": message("made the delegation"),
    "delegation.create_many": message("made many delegations at once"),
    "delegation.edit": message("changed the delegation"),
    "delegation.remove": message("removed the delegation"),
    "demonstration.make": message("made the demonstration"),
    "figure.add": message("added a figure"),
    "figure.delete": message("deleted a figure"),
    "figure.edit": message("changed a figure"),
    "figure.hide": message("chose to show no figure"),
    "figure.show": message("chose which figure is shown"),
    "figures.publish": message("published figures"),
    "figures.withdraw": message("withdrew published figures"),
    "focal_point.connect": message("connected a focal point to an account"),
    "focal_point.add": message("named a focal point"),
    "focal_point.edit": message("changed a focal point"),
    "focal_point.remove": message("removed a focal point"),
    "focal_point.revoke": message("ended the link of a focal point"),
    "focal_point.send_link": message("asked for a focal point’s link"),
    "invitation.accept": message("registered by an invitation"),
    "invitation.create": message("invited somebody to a delegation"),
    "invitation.revoke": message("took an invitation back"),
    "import.bring": message("brought a list of people to import"),
    "import.discard": message("gave up a list of people to import"),
    "import.write": message("imported a list of people"),
    "mail.cancel": message("cancelled a message"),
    "mail.retry": message("had a message sent again"),
    "mail.retry_all": message("had all failed messages sent again"),
    "mail_text.edit": message("wrote an own text of a message"),
    "mail_text.reset": message("went back to the product's text of a message"),
    "partnership.create": message("named a partner"),
    "partnership.edit": message("changed a partner"),
    "partnership.move": message("changed the order of partners"),
    "partnership.remove": message("removed a partner"),
    "privacy.publish": message("published the privacy notice"),
    "privacy.write": message("wrote the draft of the privacy notice"),
    "quota.add": message("set a quota"),
    "quota.change": message("changed a quota"),
    "quota.remove": message("removed a quota"),
    "region.assign": message("chose the countries of a region"),
    "region.create": message("added a region"),
    "region.edit": message("renamed a region"),
    "region.move": message("changed the order of regions"),
    "region.remove": message("removed a region"),
    "region_scheme.create": message("added a scheme of regions"),
    "region_scheme.edit": message("renamed a scheme of regions"),
    "region_scheme.move": message("changed the order of schemes of regions"),
    "region_scheme.remove": message("removed a scheme of regions"),
    "programme.publish": message("published the programme"),
    "programme.take_pattern": message("took the pattern of an earlier programme"),
    "registration.approve": message("approved the registration"),
    "registration.cancel": message("cancelled the registration"),
    "registration.change": message("changed the own registration"),
    "registration.check_in": message("checked the person in"),
    "registration.correct": message("corrected the registration"),
    "registration.delegation": message("came under another represented body"),
    "registration.different": message("told two registrations apart"),
    "registration.erase": message("erased the person"),
    "registration.export_own": message("exported the own data"),
    "registration.link": message("linked the registration to a body"),
    "registration.mail": message("wrote to a list of delegates"),
    "registration.make_calendar": message("made an address for the calendar"),
    "registration.merge": message("merged two registrations"),
    "registration.promote": message("moved up from the waiting list"),
    "registration.reject": message("rejected the registration"),
    "registration.resend": message("sent the private link again"),
    "registration.revoke_calendar": message("gave up the address of the calendar"),
    "registration.role": message("gave a role in the delegation"),
    "registration.send_link": message("asked for the private link"),
    "registration.submit": message("registered"),
    "registration.undo_check_in": message("undid a check-in"),
    "registration.waitlist": message("put the registration on the waiting list"),
    "registration.withdraw": message("withdrew the registration"),
    "registration.change_for": message("changed a registration of the delegation"),
    "registration.decline": message("did not endorse a registration"),
    "registration.endorse": message("endorsed a registration"),
    "registration.order": message("changed the order of a delegation"),
    "registration.replace": message("gave a place to somebody else"),
    "registration.withdraw_for": message("withdrew a registration of the delegation"),
    "reminders.plan": message("set the schedule of reminders"),
    "reminders.send": message("reminded people"),
    "room.create": message("added a room"),
    "room.delete": message("deleted a room"),
    "room.edit": message("changed a room"),
    "sector.create": message("added a sector"),
    "sector.delete": message("deleted a sector"),
    "sector.edit": message("changed a sector"),
    "sector.move": message("changed the order of sectors"),
    "session.add_speaker": message("named a speaker of a session"),
    "session.create": message("added a session"),
    "session.delete": message("deleted a session"),
    "session.edit": message("changed a session"),
    "session.edit_speaker": message("changed what somebody does in a session"),
    "session.leave": message("took a session off the agenda"),
    "session.move_speaker": message("changed the order of speakers"),
    "session.remove_speaker": message("removed a speaker from a session"),
    "session.seat": message("gave a seat in a session to the first in line"),
    "session.sign_up": message("put a session on the agenda"),
    "speaker.create": message("added a speaker"),
    "speaker.delete": message("deleted a speaker"),
    "speaker.edit": message("changed a speaker"),
    "track.create": message("added a track"),
    "track.delete": message("deleted a track"),
    "track.edit": message("changed a track"),
}
SUBJECTS: Final[Mapping[str, str]] = {
    "archive": message("Archive"),
    "backup": message("Backup"),
    "badge_category": message("Badge category"),
    "badge_rule": message("Table of badges"),
    "body": message("Body"),
    "country": message("Country"),
    "column_set": message("Set of columns"),
    "delegation": message("Delegation"),
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
