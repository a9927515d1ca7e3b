"""To whom a letter to the secretariat goes: the organisers of the edition who have an account, each in their language."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from eventapp.extensions import db
from eventapp.models import User, UserEdition


def list_organisers(edition_id: int) -> Sequence[User]:
    """The organisers who may change an edition, by number; where there is none, the administrators. Two queries at most."""
    named = select(UserEdition.user_id).where(UserEdition.edition_id == edition_id)
    reach = (User.role == "organiser", or_(User.all_editions, User.id.in_(named)))
    found = _list_active(*reach)
    return found or _list_active(User.role == "administrator")


def _list_active(*wanted: ColumnElement[bool]) -> Sequence[User]:
    query = select(User).where(User.is_active, *wanted).order_by(User.id)
    return db.session.scalars(query).all()
