"""Accounts of the secretariat for tests, and signing in without the form."""

import itertools
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from flask import has_app_context
from flask.testing import FlaskClient

from eventapp.extensions import db
from eventapp.models import Edition, User, UserEdition
from eventapp.web.clock import CLOCK
from tests.factories.editions import CLOCK_STANDS_AT

PASSWORD = "a long password for tests"
_numbers = itertools.count(1)


@cache
def quick_hash(password: str) -> str:
    """A hash that is as cheap as Argon2id can be."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def make_user(
    role: str = "organiser",
    *,
    all_editions: bool = True,
    editions: Iterable[Edition] = (),
    password: str | None = None,
    **overrides,
) -> User:
    """A saved account; with named editions it reaches only those. It has a password only if one is given."""
    number = next(_numbers)
    named = list(editions)
    values = {
        "email": f"{role}{number}@secretariat.example",
        "name": f"{role.title()} {number}",
        "role": role,
        "all_editions": all_editions and not named,
        "password_hash": quick_hash(password) if password else None,
        "language": "en",
        "is_active": True,
        "session_epoch": 1,
        "created_at": CLOCK_STANDS_AT,
        **overrides,
    }
    user = User(**values, editions=[UserEdition(edition_id=one.id) for one in named])
    db.session.add(user)
    db.session.flush()
    return user


def sign_in(client: FlaskClient, user: User) -> None:
    """Give the client the session that the sign-in page would have begun.

    What the test made so far is saved for good (a savepoint, if the test is rolled back): a writing request starts by
    rolling back, and within `ctx` client and test share one session.
    """
    if has_app_context():
        db.session.commit()
    clock = client.application.extensions[CLOCK]
    moment = clock().timestamp()
    with client.session_transaction() as session:
        session.clear()
        session.update(
            {
                "began": moment,
                "seen": moment,
                "_user_id": f"{user.id}.{user.session_epoch}",
                "_fresh": True,
            }
        )
