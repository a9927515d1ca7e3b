"""The wording of what is counted and by what; a part of web/labels."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message

COUNTING_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "measure": {
        "received": message("Registrations received"),
        "registered": message("People registered"),
        "endorsed": message("People endorsed"),
        "approved": message("People approved"),
        "checked_in": message("People checked in"),
        "no_show": message("Approved, never came"),
    },
    "counted_by": {
        "country": message("Country or territory"),
        "region": message("Region"),
        "subregion": message("Subregion"),
        "main_sector": message("Sector"),
        "sector": message("Sector, in detail"),
        "country_basis": message("Kind of participation"),
        "body_kind": message("Kind of body"),
        "body": message("Body"),
        "role": message("Role"),
        "badge_category": message("Badge category"),
        "language": message("Language of letters"),
        "day": message("Day received"),
        "check_in_day": message("Day checked in"),
        "state": message("State of the registration"),
        "edition": message("Edition"),
        "none": message("Nothing: totals only"),
    },
    "basis_group": {
        "state": message("State delegations"),
        "seat": message("By country of seat"),
        "none": message("No country"),
    },
}
