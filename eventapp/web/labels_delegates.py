"""The wording of the columns of a list of delegates; a part of web/labels."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message, message_of

DELEGATE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "reminder": {
        "endorsement": message("To focal points: people wait for their endorsement"),
        "credentials": message("To focal points: credentials are missing or deficient"),
        "invitation": message("To people who were invited and have not registered"),
        "waiting": message("To delegates who wait for the endorsement of their body"),
        "speaker": message("To speakers: an answer or something of the profile is missing"),
    },
    "delegation_flag": {
        "no_focal_point": message("Without a focal point"),
        "over_quota": message("Over their quota"),
        "no_quota": message("Without a quota"),
        "apart": message("With places of their own"),
    },
    "delegation_source": {
        "un_members": message("All members of the United Nations"),
        "countries": message("All countries and territories of the list"),
        "region": message("The countries of one region"),
        "last_edition": message("The delegations of the last edition that has any"),
    },
    "export_state": {
        "waiting": message("waits its turn"),
        "running": message("is being made"),
        "ready": message("is ready"),
        "failed": message("could not be made"),
        "removed": message("was removed"),
    },
    "import_state": {
        "waiting": message("waits its turn"),
        "checking": message("is being looked at"),
        "ready": message("waits for your decision"),
        "confirmed": message("waits to be written"),
        "writing": message("is being written"),
        "done": message("was imported"),
        "failed": message("could not be worked on"),
        "removed": message("was removed"),
    },
    "import_outcome": {
        "error": message_of("row", "Error"),
        "duplicate": message_of("row", "Perhaps here already"),
        "new": message_of("row", "New"),
        "changed": message_of("row", "Changed"),
        "unchanged": message_of("row", "Unchanged"),
    },
    "import_choice": {
        "skip": message("Leave out"),
        "add": message("Add anyway"),
    },
    "exported": {
        "no": message("Not taken along since the last change"),
        "yes": message("Taken along since the last change"),
    },
    "delegate_column": {
        "id": message("Number that never changes"),
        "reference": message("Reference"),
        "state": message("State"),
        "honorific": message("Honorific"),
        "given_name": message("Given name"),
        "family_name": message("Family name"),
        "badge_name": message("Name on the badge"),
        "email": message("E-mail address"),
        "phone": message("Phone"),
        "functional_title": message("Functional title"),
        "represents": message("Represents"),
        "country": message("Code of the country"),
        "country_name": message("Country"),
        "country_basis": message("Why it counts under the country"),
        "organisation": message("Organisation"),
        "body_kind": message("Kind of body"),
        "sector": message("Code of the sector"),
        "sector_name": message("Sector"),
        "role": message("Role"),
        "language": message("Language of letters"),
        "languages": message("Languages"),
        "received_at": message("Received at"),
        "decided_at": message("Decided at"),
        "exported_at": message("Last taken along at"),
        "erased_at": message("Erased at"),
        "is_listed": message("Agrees to be listed"),
        "is_late": message("Came in late"),
        "is_checked_in": message("Was checked in"),
        "dietary_needs": message("Dietary needs"),
        "accessibility_needs": message("Accessibility needs"),
    },
}
