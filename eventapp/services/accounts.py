"""Accounts of the secretariat: signing in, the first organiser, passwords by link, one's own account."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import PrivateLink, User
from eventapp.rules.access import SYSTEM, Actor
from eventapp.rules.mail import normal_address
from eventapp.services import audit, links, mail
from eventapp.services.passwords import Credentials

PASSWORD_LINKS = ("invitation", "password_reset")


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
        sees_needs=user.may_see_needs,
    )


def sign_in(credentials: Credentials, *, rehashed: str | None = None, now: datetime) -> User:
    """Note that somebody signed in whose password was found right; refuses if the account changed meanwhile."""
    user = db.session.get(User, credentials.user_id or 0, populate_existing=True)
    if user is None or not user.is_active or user.password_hash != credentials.hashed:
        raise Refused("This address and this password do not fit together.", code="sign-in")
    if rehashed:
        user.password_hash = rehashed
    user.last_sign_in_at = now
    _record(as_actor(user), "account.sign_in", user, now=now)
    return user


def has_administrator() -> bool:
    """Whether there is an administrator who can sign in."""
    wanted = (User.role == "administrator", User.is_active, User.password_hash.is_not(None))
    return db.session.scalar(select(User.id).where(*wanted).limit(1)) is not None


def first_organiser_link(*, now: datetime, secret: str) -> str | None:
    """The token of a new one-time link for the first organiser, or None once an administrator can sign in.

    Valid for one hour; older ones end with it.
    """
    if has_administrator():
        return None
    older = (PrivateLink.purpose == "first_organiser", PrivateLink.revoked_at.is_(None))
    db.session.execute(update(PrivateLink).where(*older).values(revoked_at=now))
    return links.token_of(links.make_link("first_organiser", secret=secret, now=now), secret)


def check_first_organiser_link(token: str, *, now: datetime) -> None:
    """Refuse a first organiser's link that is used, revoked, expired or unknown; looking never uses it up."""
    if links.find_link(token, "first_organiser", now=now) is None or has_administrator():
        raise NotFound("This link is not valid any more. Please ask for a new one.", code="link")


def become_first_organiser(
    token: str, *, name: str, email: str, hashed: str, language: str, now: datetime
) -> User:
    """Make the first administrator and use up the link with it; refuses once there is an administrator."""
    links.use_link(token, "first_organiser", now=now)
    if has_administrator():
        raise Conflict("There is an administrator already. Please ask them to invite you.", code="first")
    user = User(
        email=normal_address(email),
        name=name,
        password_hash=hashed,
        role="administrator",
        all_editions=True,
        language=language,
        created_at=now,
        last_sign_in_at=now,
    )
    add_user(user)
    _record(as_actor(user), "account.first_organiser", user, now=now)
    return user


def add_user(user: User) -> None:
    """Save a new account; refuses an address that another account has."""
    if db.session.scalar(select(User.id).where(User.email == user.email)):
        raise taken()
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:
        if "email" in str(error.orig):
            raise taken() from None
        raise


def taken() -> Conflict:
    """The refusal for an address that another account has."""
    return Conflict("Another account has this address.", code="email", field="email")


def ask_for_password(email: str, *, now: datetime, secret: str) -> None:
    """Send a link for a new password if the address has an open account; says nothing about whether it has.

    The audit row is written either way and holds no address.
    """
    user = db.session.scalar(select(User).where(User.email == normal_address(email), User.is_active))
    audit.record(
        SYSTEM, "account.ask_for_password", now=now, subject_type="user", subject_id=user.id if user else None
    )
    if user is None:
        return
    link = links.make_link("password_reset", secret=secret, now=now, user_id=user.id)
    mail.enqueue(
        "password_reset", recipient=user.email, language=user.language, now=now, user=user, link=link
    )


def get_user_of_link(token: str, *, now: datetime) -> User:
    """The account whose password a link may set; refuses any other link. Looking never uses it up."""
    link = links.find_link(token, *PASSWORD_LINKS, now=now)
    user = find_active_user(link.user_id) if link and link.user_id else None
    if user is None:
        raise NotFound("This link is not valid any more. Please ask for a new one.", code="link")
    return user


def set_password(token: str, *, hashed: str, now: datetime) -> User:
    """Set the password by a link and use it up; every session and every other link of the account ends."""
    link = links.use_link(token, *PASSWORD_LINKS, now=now)
    user = find_active_user(link.user_id or 0)
    if user is None:
        raise NotFound("This link is not valid any more. Please ask for a new one.", code="link")
    _replace_password(user, hashed, now=now)
    user.last_sign_in_at = now
    _record(as_actor(user), "account.set_password", user, now=now)
    return user


def change_password(actor: Actor, credentials: Credentials, *, hashed: str, now: datetime) -> User:
    """Change one's own password; `credentials` were just found right. Every other session of the account ends."""
    user = get_own_account(actor)
    if user.password_hash != credentials.hashed:
        raise Conflict("Your password was changed at the same moment. Please sign in again.")
    _replace_password(user, hashed, now=now)
    _record(actor, "account.change_password", user, now=now)
    return user


def _replace_password(user: User, hashed: str, *, now: datetime) -> None:
    user.password_hash = hashed
    user.session_epoch += 1
    links.revoke_links(now=now, user_id=user.id)


def get_own_account(actor: Actor) -> User:
    """The account of whoever acts; refuses anybody without one."""
    user = find_active_user(actor.id) if actor.kind == "user" and actor.id else None
    if user is None:
        raise NotFound("There is no such account.")
    return user


def update_own_account(actor: Actor, *, name: str, language: str, now: datetime) -> User:
    """Change one's own name and language."""
    user = get_own_account(actor)
    old, new = audit.differences(
        {"name": user.name, "language": user.language}, {"name": name, "language": language}
    )
    if new:
        user.name, user.language = name, language
        audit.record(
            actor,
            "account.edit",
            now=now,
            subject_type="user",
            subject_id=user.id,
            old=old,
            new=new,
        )
    return user


def _record(actor: Actor, action: str, user: User, *, now: datetime) -> None:
    audit.record(actor, action, now=now, subject_type="user", subject_id=user.id)
