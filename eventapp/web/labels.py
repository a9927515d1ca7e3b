"""The wording for people of the field's words: states, roles, kinds, ordinals. Message ids here, translated when shown."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message, message_of
from eventapp.web.labels_counting import COUNTING_LABELS
from eventapp.web.labels_delegates import DELEGATE_LABELS
from eventapp.web.labels_privacy import PRIVACY_LABELS
from eventapp.web.labels_programme import PROGRAMME_LABELS
from eventapp.web.labels_registrations import REGISTRATION_LABELS
from eventapp.web.locale import language
from eventapp.web.typed import translate, translate_plural

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "edition_state": {
        "draft": message_of("edition", "Draft"),
        "published": message_of("edition", "Published"),
        "held": message_of("edition", "Held"),
        "archived": message_of("edition", "Archived"),
        "postponed": message_of("edition", "Postponed"),
        "cancelled": message_of("edition", "Cancelled"),
    },
    "registration_phase": {
        "hidden": message("Not published yet"),
        "unannounced": message("Registration not announced yet"),
        "before": message("Registration opens later"),
        "open": message("Registration open"),
        "late": message("Late registration open"),
        "closed": message("Registration closed"),
        "postponed": message_of("edition", "Postponed"),
        "cancelled": message_of("edition", "Cancelled"),
        "over": message("Taken place"),
    },
    "role": {
        "head": message("Head of delegation"),
        "deputy_head": message("Deputy head of delegation"),
        "delegate": message("Delegate"),
        "alternate": message("Alternate"),
        "adviser": message("Adviser"),
        "expert": message("Expert"),
        "observer": message("Observer"),
        "speaker": message("Speaker"),
        "interpreter": message("Interpreter"),
        "security": message("Security officer"),
        "staff": message("Staff"),
        "press": message("Press"),
    },
    "represents": {
        "country": message("A country or territory"),
        "organisation": message("An organisation"),
    },
    "country_basis": {
        "state": message("Delegation of the state"),
        "seat": message("Country of seat"),
        "none": message("No country"),
    },
    "body_kind": {
        "state": message("A State"),
        "subnational_government": message("Regional or local government"),
        "government_agency": message("Government agency"),
        "international_organization": message("International organization"),
        "ngo": message("Non-governmental organization"),
        "company": message("Company"),
        "academia": message("Academia"),
        "media": message("Media"),
    },
    "body_role": {
        "organiser": message("Organiser"),
        "host": message("Host"),
        "co-host": message("Co-host"),
        "in_cooperation_with": message("In cooperation with"),
        "sponsor": message("Sponsor"),
        "partner": message("Partner"),
    },
    "partnership": {
        "key_partner": message("Key partners"),
        "expert_group": message("Human Trafficking Expert Group, private sector"),
    },
    "figure_measure": {
        "participants": message("Participants"),
        "countries": message("Countries"),
        "organisations": message("Organisations"),
        "speakers": message("Speakers"),
    },
    "figure_qualifier": {
        "exactly": message("exactly"),
        "about": message("about"),
        "more_than": message("more than"),
        "almost": message("almost"),
    },
    **PRIVACY_LABELS,
    **PROGRAMME_LABELS,
    "approval": {
        "open": message("Open: approved at once while there is room"),
        "one_step": message("One step: the secretariat decides"),
        "two_steps": message(
            "Two steps: the body that a person represents endorses, then the secretariat decides"
        ),
    },
    "date_precision": {
        "day": message("The day is known"),
        "month": message("Only the month is known"),
        "year": message("Only the year is known"),
        "unknown": message("Not known"),
    },
    "country_status": {
        "un_member": message("Member of the United Nations"),
        "un_observer": message("Observer at the United Nations"),
        "other": message("Other"),
        "territory": message("Territory"),
        "historic": message("Historic"),
    },
    **COUNTING_LABELS,
    **DELEGATE_LABELS,
    **REGISTRATION_LABELS,
    "membership": {
        "": message("Not said"),
        "member": message_of("membership", "Member"),
        "observer": message_of("membership", "Observer"),
        "neither": message("Neither member nor observer"),
    },
    "credentials": {
        "missing": message_of("credentials", "Missing"),
        "copy": message_of("credentials", "Copy received"),
        "original": message_of("credentials", "Original received"),
        "accepted": message_of("credentials", "Accepted"),
        "deficient": message_of("credentials", "Deficient"),
    },
    "published_sectors": {
        "none": message("not published"),
        "main": message("main sectors"),
        "both": message("main sectors and the sectors below them"),
    },
    "published_places": {
        "none": message("not published"),
        "region": message("regions"),
        "country": message("regions and countries"),
    },
    "user_role": {
        "administrator": message("Administrator"),
        "organiser": message("Organiser"),
        "reader": message("Reader"),
        "focal_point": message("Focal point"),
    },
    "invitation_state": {
        "open": message_of("invitation", "Open"),
        "used": message_of("invitation", "Used"),
        "revoked": message_of("invitation", "Taken back"),
        "expired": message_of("invitation", "Expired"),
    },
    "link_purpose": {
        "registration": message("Registration"),
        "first_organiser": message("First organiser"),
        "invitation": message("Invitation"),
        "password_reset": message("New password"),
        "focal_point": message("Focal point"),
        "delegation_invitation": message("Invitation to a delegation"),
        "calendar": message("Personal calendar"),
        "speaker": message("Speaker’s own page"),
    },
    "mail_state": {
        "waiting": message_of("message", "Waiting"),
        "sending": message_of("message", "Being sent"),
        "sent": message_of("message", "Sent"),
        "kept": message_of("message", "Kept as a file"),
        "failed": message_of("message", "Failed"),
        "cancelled": message_of("message", "Cancelled"),
    },
    "decision": {
        "approved": message("Approve"),
        "endorsed": message("Endorse for the body"),
        "declined": message("Do not endorse, for the body"),
        "waitlisted": message_of("decision", "Put on the waiting list"),
        "rejected": message("Do not accept"),
        "cancelled": message("Cancel the registration"),
    },
    "queue": {
        "decide": message("The secretariat decides"),
        "endorsement": message("Waiting for the endorsement of their body"),
        "credentials": message("Their delegation owes its credentials"),
        "over_quota": message("Their delegation is over its quota"),
        "no_focal_point": message("Represented bodies without a focal point"),
        "submitted": message("Waiting for a decision"),
        "late": message("Late, waiting for a decision"),
        "waitlisted": message("On the waiting list while places are free"),
        "unlinked": message("Organisations typed by hand"),
        "quota_exceeded": message("Sectors and badge categories over their quota"),
        "duplicates": message("Possible duplicates"),
        "failed_mail": message("Mails that could not be sent"),
    },
    "quota_dimension": {
        "delegation": message("Represented body"),
        "badge_category": message("Badge category"),
        "sector": message("Sector"),
    },
    "not_decided": {
        "changed": message("Somebody else changed it meanwhile"),
        "state": message("Its state does not allow this"),
        "erased": message("The person has been erased"),
        "full": message("No place is left"),
        "gone": message("It does not exist any more"),
        "one_step": message("This edition has one step: nobody endorses"),
        "has_focal_point": message("The body has a focal point, who endorses"),
        "no_body": message("The body is not on the list of this edition"),
    },
    "mail_kind": {
        "registration_received": message("Registration received"),
        "registration_approved": message("Registration approved"),
        "registration_waitlisted": message("Put on the waiting list"),
        "registration_promoted": message("Moved up from the waiting list"),
        "registration_rejected": message("Registration not accepted"),
        "registration_cancelled": message("Registration cancelled"),
        "registration_changed": message("Registration changed"),
        "registration_withdrawn": message("Registration withdrawn"),
        "registration_merged": message("Two registrations merged"),
        "registration_link": message("Private link"),
        "registration_endorsed": message("Endorsed by the delegation"),
        "registration_declined": message("Not endorsed by the delegation"),
        "registration_replaced": message("Replaced by the delegation"),
        "registration_by_delegation": message("Registered by the delegation"),
        "registration_withdrawn_for": message("Withdrawn by the delegation"),
        "delegation_invitation": message("Invitation to a delegation"),
        "focal_point_link": message("Link of a focal point"),
        "delegation_decided": message("Decision about people of a delegation"),
        "delegation_left": message("Somebody has left a delegation"),
        "endorsement_wanted": message("Somebody waits for an endorsement"),
        "reminder_endorsement": message("Reminder: people wait for endorsement"),
        "reminder_credentials": message("Reminder: credentials"),
        "reminder_invitation": message("Reminder: invitation to register"),
        "reminder_waiting": message("Reminder: not endorsed yet"),
        "reminder_speaker": message("Reminder: speakers"),
        "speaker_invitation": message("Invitation to speak"),
        "speaker_declined": message("A speaker declines"),
        "speaker_accepted": message("A speaker accepts after all"),
        "session_seat": message("A seat in a session"),
        "programme_changed": message("Changes in the programme"),
        "session_invited": message("Invitation to a session"),
        "session_removed": message("Place in a session taken back"),
        "session_closed": message("A session is not open any more"),
        "organiser_message": message("Message of the secretariat"),
        "edition_notice": message("Edition postponed or cancelled"),
        "invitation": message("Invitation to the dashboard"),
        "password_reset": message("Link for a new password"),
    },
    "actor_kind": {
        "user": message("Secretariat"),
        "delegate": message("Delegate"),
        "focal_point": message("Focal point"),
        "speaker": message("Speaker"),
        "command": message("Command"),
        "system": message("System"),
    },
}


def label(kind: str, word: str) -> str:
    """The wording of one of the field's words in the reader's language; raises KeyError for an unknown one."""
    return translate(LABELS[kind][word])


def labels(kind: str) -> list[tuple[str, str]]:
    """All words of a kind with their wording, in their order: the choices of a form."""
    return [(word, translate(text)) for word, text in LABELS[kind].items()]


def body_role(role: str, count: int) -> str:
    """The heading above one or several bodies with the same part in an edition."""
    match role:
        case "organiser":
            return translate_plural("Organiser", "Organisers", count)
        case "host":
            return translate_plural("Host", "Hosts", count)
        case "co-host":
            return translate_plural("Co-host", "Co-hosts", count)
        case "sponsor":
            return translate_plural("Sponsor", "Sponsors", count)
        case "partner":
            return translate_plural("Partner", "Partners", count)
    return label("body_role", role)


def ordinal(value: int) -> str:
    """8th, 8e, 8.ª, or in Arabic the plain number; in the gender of the word for edition."""
    match language():
        case "fr":
            return f"{value}re" if value == 1 else f"{value}e"
        case "es":
            return f"{value}.ª"
        case "ar":
            return str(value)
    tens, ones = divmod(value % 100, 10)
    return f"{value}{'th' if tens == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(ones, 'th')}"


def edition_name(value: int) -> str:
    """8th edition, as the language says it."""
    return translate("%(ordinal)s edition", ordinal=ordinal(value))
