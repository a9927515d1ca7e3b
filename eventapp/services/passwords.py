"""Passwords: checked and hashed outside any transaction; what was read before is handed over as values."""

from dataclasses import dataclass

from sqlalchemy import select

from eventapp.adapters import password_hash
from eventapp.extensions import db
from eventapp.models import User
from eventapp.rules.mail import normal_address
from eventapp.rules.password import normal_password


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against: the account's number and hash, or nothing for an unknown address."""

    user_id: int | None
    hashed: str | None


def find_credentials(email: str) -> Credentials:
    """The credentials of an address; empty ones for an unknown address, a closed account and one without password."""
    row = db.session.execute(
        select(User.id, User.password_hash).where(
            User.email == normal_address(email), User.is_active, User.password_hash.is_not(None)
        )
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, None)


def credentials_of(user_id: int) -> Credentials:
    """The credentials of an account by its number, for whoever is signed in and types the password again."""
    row = db.session.execute(
        select(User.id, User.password_hash).where(User.id == user_id, User.is_active)
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, None)


def verify(credentials: Credentials, password: str) -> bool:
    """Whether the password fits; without an account a dummy is checked, so that both answers take as long."""
    fits = password_hash.matches(credentials.hashed or password_hash.DUMMY, normal_password(password))
    return fits and credentials.user_id is not None and credentials.hashed is not None


def make_hash(password: str) -> str:
    """The hash under which a new password is kept."""
    return password_hash.hash_password(normal_password(password))


def fresh_hash(credentials: Credentials, password: str) -> str | None:
    """A new hash of a password that has just been found right, if the kept one is outdated."""
    if credentials.hashed and password_hash.is_outdated(credentials.hashed):
        return make_hash(password)
    return None
