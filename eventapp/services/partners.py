"""The lasting partnerships of the conference."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Body, Partnership
from eventapp.rules.vocabulary import PARTNERSHIPS


def list_partnerships() -> dict[str, Sequence[Partnership]]:
    """Kind of partnership -> its partners in their order, kinds without any left out; one query."""
    found = db.session.scalars(
        select(Partnership)
        .options(joinedload(Partnership.body).options(joinedload(Body.logo), joinedload(Body.country)))
        .order_by(Partnership.position, Partnership.id)
    ).all()
    grouped = {kind: [one for one in found if one.kind == kind] for kind in PARTNERSHIPS}
    return {kind: ones for kind, ones in grouped.items() if ones}
