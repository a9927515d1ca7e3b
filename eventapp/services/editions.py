"""Editions: finding them, for everybody and for those who work on them, and locking one before places are given."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Edition, EditionBody
from eventapp.rules.access import Actor, check_may_edit, check_may_read
from eventapp.rules.attendance import Door
from eventapp.rules.edition import PUBLIC_STATES, Window

_UNKNOWN = "There is no such edition."


def door_of(edition: Edition) -> Door:
    """What decides whether its check-in desks work."""
    return Door(
        state=edition.state,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        date_precision=edition.date_precision,
        time_zone=edition.time_zone,
    )


def window_of(edition: Edition) -> Window:
    """What decides whether a registration may come in."""
    return Window(
        state=edition.state,
        opens_at=edition.registration_opens_at,
        closes_at=edition.registration_closes_at,
        accepts_late=edition.accepts_late,
        changes_close_at=edition.changes_close_at,
    )


def get_public_edition(ordinal: int) -> Edition:
    """An edition that anybody may see; raises NotFound for an unknown one and for a draft."""
    edition = db.session.scalar(select(Edition).where(Edition.ordinal == ordinal))
    if edition is None or edition.state not in PUBLIC_STATES:
        raise NotFound(_UNKNOWN)
    return edition


def list_public_editions() -> Sequence[Edition]:
    """All editions that anybody may see with bodies and figures, latest first; a handful of queries."""
    return db.session.scalars(
        select(Edition)
        .where(Edition.state.in_(PUBLIC_STATES))
        .options(
            selectinload(Edition.bodies).joinedload(EditionBody.body),
            selectinload(Edition.figures),
            selectinload(Edition.country),
        )
        .order_by(Edition.ordinal.desc())
    ).all()


def get_edition(actor: Actor, ordinal: int) -> Edition:
    """An edition for somebody of the secretariat who may look at it; to the others it does not exist."""
    edition = db.session.scalar(select(Edition).where(Edition.ordinal == ordinal))
    if edition is None:
        raise NotFound(_UNKNOWN)
    check_may_read(actor, edition.id)
    return edition


def get_edition_to_edit(actor: Actor, ordinal: int) -> Edition:
    """An edition for somebody who may change it; refuses readers."""
    edition = get_edition(actor, ordinal)
    check_may_edit(actor, edition.id)
    return edition


def list_editions(actor: Actor) -> Sequence[Edition]:
    """The editions that the actor may look at in the dashboard, latest first."""
    editions = db.session.scalars(select(Edition).order_by(Edition.ordinal.desc())).all()
    return [edition for edition in editions if actor.may_read(edition.id)]


def lock_edition(edition_id: int) -> Edition:
    """Lock the edition until the transaction ends and read it afresh: call once, before anything about places is read.

    SQLite needs no row lock, its writing transaction holds the database; PostgreSQL locks the row.
    """
    return db.session.scalars(
        select(Edition)
        .where(Edition.id == edition_id)
        .with_for_update(of=Edition)
        .execution_options(populate_existing=True)
    ).one()


def hold_edition(edition_id: int) -> Edition:
    """Keep others from locking the edition until the transaction ends, and read it afresh; whoever else holds it goes on.

    For what takes no place, and must not happen while somebody who has the lock counts or erases.
    """
    return db.session.scalars(
        select(Edition)
        .where(Edition.id == edition_id)
        .with_for_update(read=True, of=Edition)
        .execution_options(populate_existing=True)
    ).one()
