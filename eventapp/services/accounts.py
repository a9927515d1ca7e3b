"""Accounts of the secretariat: who they are and what they may reach."""

from eventapp.extensions import db
from eventapp.models import User
from eventapp.rules.access import Actor


def find_active_user(user_id: int) -> User | None:
    """The account with this number, unless it was closed."""
    user = db.session.get(User, user_id)
    return user if user and user.is_active else None


def as_actor(user: User) -> Actor:
    """The account as the actor of a use case."""
    return Actor(
        kind="user",
        id=user.id,
        name=user.name,
        role=user.role,
        all_editions=user.all_editions,
        edition_ids=frozenset(link.edition_id for link in user.editions),
    )
