"""One head for each delegation in a list of people: who heads it before the first row, and after each."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from eventapp.errors import Refused
from eventapp.rules.registration_form import Details
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.rules.workspace import HEAD
from eventapp.services.imports_known import Known


@dataclass(kw_only=True)
class Heads:
    """Delegation -> who heads it: a registration by its number, or a row of the list by its number below zero."""

    known: Known
    held: dict[int | None, int]

    @classmethod
    def of(cls, known: Known) -> "Heads":
        """The heads as they stand in the rows of the table."""
        found = {
            one.delegation_id: one.id
            for one in known.people
            if one.role == HEAD and one.state in REGISTERED_STATES and one.delegation_id is not None
        }
        return cls(known=known, held=found)

    def follow(self, number: int, details: Details, held: Row[Any] | None) -> Refused | None:
        """Take note of a row, or refuse a second head; a list may hand the role over, the former head's row first."""
        if held is not None and held.state not in REGISTERED_STATES:
            return None
        delegation_id = self.known.delegation_of(_whom(self.known, details, held))
        mine = held.id if held is not None else -number
        former = held.delegation_id if held is not None and held.role == HEAD else None
        if self.held.get(former) == mine and (former != delegation_id or details.role != HEAD):
            del self.held[former]
        if details.role != HEAD or delegation_id is None:
            return None
        if self.held.setdefault(delegation_id, mine) == mine:
            return None
        return Refused("There is one head of a delegation. Choose another role.", code="head")


def _whom(known: Known, details: Details, held: Row[Any] | None) -> dict[str, Any]:
    body = known.body_of(details, held)
    return {
        "represents": details.represents,
        "country_code": details.country_code,
        "body_id": body.id if body else None,
    }
