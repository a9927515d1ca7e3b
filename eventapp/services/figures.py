"""Figures as claims: what somebody published about an edition; several may disagree, one of each measure is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Edition, FigureClaim
from eventapp.rules.access import Actor
from eventapp.rules.figure_claim import check_claim
from eventapp.services import audit, editions, versions

COLUMNS: Final = ("measure", "qualifier", "value", "source_url", "source_note")


def list_claims(edition_id: int) -> list[FigureClaim]:
    """The claims about an edition, measure by measure in the order they were added."""
    wanted = FigureClaim.edition_id == edition_id
    return list(
        db.session.scalars(
            select(FigureClaim)
            .where(wanted)
            .order_by(FigureClaim.measure, FigureClaim.position, FigureClaim.id)
        )
    )


def get_claim(edition_id: int, claim_id: int) -> FigureClaim:
    """A claim about this edition; raises NotFound."""
    claim = db.session.get(FigureClaim, claim_id)
    if claim is None or claim.edition_id != edition_id:
        raise NotFound("There is no such figure.")
    return claim


def add(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> FigureClaim:
    """Add a claim; the first of its measure is the one shown."""
    check_claim(values)
    edition = _lock(actor, ordinal)
    wanted = (FigureClaim.edition_id == edition.id,)
    last = db.session.scalar(select(func.max(FigureClaim.position)).where(*wanted))
    claim = FigureClaim(
        edition_id=edition.id,
        position=0 if last is None else last + 1,
        is_shown=_find_shown(edition.id, values["measure"]) is None,
        **values,
    )
    db.session.add(claim)
    db.session.flush()
    audit.record_of_edition(actor, "figure.add", claim, now=now, new={**values, "is_shown": claim.is_shown})
    return claim


def edit(
    actor: Actor, ordinal: int, claim_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Correct a claim that was read at `version`; refuses if somebody saved it since.

    Where its measure changes, it is shown only if no other claim of that measure is.
    """
    check_claim(values)
    edition = _lock(actor, ordinal)
    claim = get_claim(edition.id, claim_id)
    moves = claim.measure != values["measure"]
    is_free = moves and _find_shown(edition.id, values["measure"]) is None
    if moves:
        _set_shown(claim, is_shown=False)  # the unique index allows one at a time, before and after
    old, new = versions.write(claim, values, version=version)
    if is_free:
        _set_shown(claim, is_shown=True)
    if new:
        audit.record_of_edition(actor, "figure.edit", claim, now=now, old=old, new=new)


def show(actor: Actor, ordinal: int, claim_id: int, *, now: datetime) -> None:
    """Make a claim the one that is shown for its measure; the other one steps back in the same transaction."""
    edition = _lock(actor, ordinal)
    claim = get_claim(edition.id, claim_id)
    before = _find_shown(edition.id, claim.measure)
    if before is claim:
        return
    if before is not None:
        _set_shown(before, is_shown=False)  # first: the unique index allows one at a time
    _set_shown(claim, is_shown=True)
    old = {"shown": before.id, "value": before.value} if before else {}
    audit.record_of_edition(
        actor, "figure.show", claim, now=now, old=old, new={"shown": claim.id, "value": claim.value}
    )


def hide(actor: Actor, ordinal: int, claim_id: int, *, now: datetime) -> None:
    """Show no figure of this measure; the claim stays."""
    edition = _lock(actor, ordinal)
    claim = get_claim(edition.id, claim_id)
    _set_shown(claim, is_shown=False)
    audit.record_of_edition(
        actor, "figure.hide", claim, now=now, old={"shown": claim.id, "value": claim.value}
    )


def delete(actor: Actor, ordinal: int, claim_id: int, *, now: datetime) -> None:
    """Delete a claim; where it was the one shown, none is until another is chosen."""
    edition = _lock(actor, ordinal)
    claim = get_claim(edition.id, claim_id)
    old = {name: getattr(claim, name) for name in (*COLUMNS, "is_shown")}
    audit.record_of_edition(actor, "figure.delete", claim, now=now, old=old)
    db.session.delete(claim)
    db.session.flush()


def _lock(actor: Actor, ordinal: int) -> Edition:
    return editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)


def _set_shown(claim: FigureClaim, *, is_shown: bool) -> None:
    # Not through the object: which figure is shown stands on no form, so its version must not move.
    db.session.execute(update(FigureClaim).where(FigureClaim.id == claim.id).values(is_shown=is_shown))


def _find_shown(edition_id: int, measure: str) -> FigureClaim | None:
    wanted = (FigureClaim.edition_id == edition_id, FigureClaim.measure == measure, FigureClaim.is_shown)
    return db.session.scalar(select(FigureClaim).where(*wanted))
