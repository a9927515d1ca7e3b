"""Delegations for tests: Kenya's at an edition unless told otherwise, with a focal point where one is asked for."""

from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint
from eventapp.rules.text import sort_key
from tests.factories.editions import CLOCK_STANDS_AT


def make_delegation(edition: Edition, **overrides) -> Delegation:
    """A saved delegation, of a country unless a body is named."""
    values = {"kind": "state", "created_at": CLOCK_STANDS_AT, **overrides}
    if "body_id" not in values:
        values.setdefault("country_code", "KE")
    values.setdefault("sort_name", sort_key(values.get("country_code") or str(values.get("body_id"))))
    delegation = Delegation(edition_id=edition.id, **values)
    db.session.add(delegation)
    db.session.flush()
    return delegation


def make_focal_point(delegation: Delegation, **overrides) -> FocalPoint:
    """A saved focal point who writes French."""
    values = {
        "name": "Amina Diop",
        "email": f"focal{delegation.id}@ministry.example",
        "language": "fr",
        "created_at": CLOCK_STANDS_AT,
        **overrides,
    }
    focal_point = FocalPoint(delegation_id=delegation.id, **values)
    db.session.add(focal_point)
    db.session.flush()
    return focal_point
