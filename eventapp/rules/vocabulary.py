"""The words of the field that tables, forms and pages share; their wording for people stands in web/labels."""

from typing import Final

LANGUAGES: Final = ("en", "fr", "es", "ar")

COUNTRY_STATUSES: Final = ("un_member", "un_observer", "other", "territory", "historic")
BODY_KINDS: Final = (
    "state",
    "subnational_government",
    "government_agency",
    "international_organization",
    "ngo",
    "company",
    "academia",
    "media",
)
BODY_ROLES: Final = ("organiser", "host", "co-host", "in_cooperation_with", "sponsor", "partner")
PARTNERSHIPS: Final = ("key_partner", "expert_group")

DATE_PRECISIONS: Final = ("day", "month", "year", "unknown")
EDITION_STATES: Final = ("draft", "published", "held", "archived", "postponed", "cancelled")
APPROVALS: Final = ("open", "one_step", "two_steps")
FIGURE_MEASURES: Final = ("participants", "countries", "organisations", "speakers")
FIGURE_QUALIFIERS: Final = ("exactly", "about", "more_than", "almost")

SESSION_KINDS: Final = ("plenary", "panel", "workshop", "side_event", "break")
# Spoken from the floor and by interpreters: the six of the United Nations and Portuguese.
SPOKEN_LANGUAGES: Final = ("ar", "zh", "en", "fr", "ru", "es", "pt")
# Who may come to a session and know of it; of the three narrower ones nobody else learns anything.
SESSION_ACCESS: Final = ("all", "delegates", "sectors", "invited")
SPEAKER_FUNCTIONS: Final = ("chair", "speaker", "rapporteur")
SPEAKER_STATES: Final = ("invited", "accepted", "declined")
# noted: on somebody's own agenda, where a session asks for no signing up.
SIGN_UP_STATES: Final = ("noted", "seat", "waiting", "withdrawn")
# Why a session concerns somebody: it is on the own agenda, they are invited, or they are one of its people.
SESSION_PARTS: Final = ("agenda", "invited", "people")
DOCUMENT_KINDS: Final = ("paper", "slides", "recording", "outcome")
DOCUMENT_ACCESS: Final = ("session", *SESSION_ACCESS)

REGISTRATION_STATES: Final = (
    "submitted",
    "endorsed",
    "approved",
    "waitlisted",
    "declined",
    "rejected",
    "replaced",
    "withdrawn",
    "cancelled",
    "merged",  # the same person as another registration, which stays
)
REGISTERED_STATES: Final = ("submitted", "endorsed", "approved", "waitlisted")
# Who holds a place of a quota: whoever is endorsed has been promised one.
HOLDING_STATES: Final = ("endorsed", "approved")
DELEGATE_ROLES: Final = (
    "head",
    "deputy_head",
    "delegate",
    "alternate",
    "adviser",
    "expert",
    "observer",
    "speaker",
    "interpreter",
    "security",
    "staff",
    "press",
)
PUBLIC_ROLES: Final = ("delegate", "adviser", "expert", "observer")
REPRESENTS: Final = ("country", "organisation")
# How a registration counts under a country: as a state's delegation, by the seat of its organisation, or not at all.
COUNTRY_BASES: Final = ("state", "seat", "none")

DESK_ROLES: Final = ("administrator", "organiser", "reader")
USER_ROLES: Final = (
    *DESK_ROLES,
    "focal_point",
)  # the last sees the own delegations, nothing of the dashboard
LINK_PURPOSES: Final = (
    "registration",
    "first_organiser",
    "invitation",
    "password_reset",
    "focal_point",
    "delegation_invitation",
    "calendar",
    "speaker",
)
# A body's standing in the organising body, set by the administrator, never guessed; empty: nobody has said.
MEMBERSHIPS: Final = ("", "member", "observer", "neither")
CREDENTIALS: Final = ("missing", "copy", "original", "accepted", "deficient")
QUOTA_DIMENSIONS: Final = ("badge_category", "sector")
# Whom an edition reminds: focal points of people who wait, of delegations without credentials; people who were invited;
# delegates who wait for the endorsement of their body; speakers who have not answered, or whose profile lacks something.
REMINDERS: Final = ("endorsement", "credentials", "invitation", "waiting", "speaker")
MAIL_STATES: Final = ("waiting", "sending", "sent", "kept", "failed", "cancelled")
ACTOR_KINDS: Final = ("user", "delegate", "focal_point", "speaker", "command", "system")
