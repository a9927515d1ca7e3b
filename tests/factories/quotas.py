"""Quotas for tests."""

from eventapp.extensions import db
from eventapp.models import Edition, Quota


def make_quota(edition: Edition, dimension: str, code: str, places: int) -> Quota:
    """A saved quota of a sector or a badge category."""
    quota = Quota(edition_id=edition.id, dimension=dimension, code=code, places=places)
    db.session.add(quota)
    db.session.flush()
    return quota
