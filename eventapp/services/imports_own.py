"""What a delegation's own list may not do: bring others' people, change what is a person's own, take more places than there are."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from eventapp.errors import DomainError, Refused
from eventapp.models import Delegation, Edition
from eventapp.rules.edition import Window
from eventapp.rules.registration_form import Details
from eventapp.rules.workspace import check_member_change
from eventapp.services.imports_known import Known
from eventapp.services.workspace import count_places

# A focal point gives these to newcomers; afterwards they are changed one by one, or by the person alone.
_KEPT: Final = ("role", "dietary_needs", "accessibility_needs", "is_listed")


def settle(
    known: Known, details: Details, held: Row[Any] | None, *, window: Window, now: datetime
) -> tuple[Details, Mapping[str, DomainError]]:
    """The details as a delegation's own list may bring them, and a refusal by column; an edition's list brings anything."""
    own = known.delegation
    if own is None:
        return details, {}
    if not _belongs(known, own, details):
        column = "country" if details.represents == "country" else "organisation"
        refused = Refused("This person does not represent your delegation.", code="other-body")
        return details, {column: refused}
    if held is not None:
        try:
            check_member_change(held.state, window, now)
        except DomainError as problem:
            return details, {"": problem}
        kept = {name: getattr(held, name) for name in _KEPT}
        return dataclasses.replace(details, **kept), {}
    return details, {}


def check_places(delegation: Delegation, edition: Edition, roles: list[str]) -> None:
    """Refuse more newcomers than the delegation has places left; under the edition's lock."""
    free = count_places(delegation, edition).free
    wanted = sum(1 for role in roles if role not in edition.roles_outside)
    if free is not None and wanted > free:
        raise Refused(
            "Places left in your delegation: %(free)s. New people on this list who need one: %(wanted)s. Nothing was written.",
            code="quota_full",
            free=max(0, free),
            wanted=wanted,
        )


def _belongs(known: Known, own: Delegation, details: Details) -> bool:
    if own.country_code:
        return details.represents == "country" and details.country_code == own.country_code
    names = known.bodies.names.get(own.body_id or 0, frozenset())
    return details.represents == "organisation" and details.organisation.casefold() in names
