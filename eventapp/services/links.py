"""Private links: long random, kept as a hash; the token itself is derived when it is needed and stored nowhere."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Select, func, insert, select, update

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import PrivateLink

LIFETIMES = {
    "first_organiser": timedelta(hours=1),
    "invitation": timedelta(days=7),
    "password_reset": timedelta(hours=2),
    "focal_point": timedelta(days=180),
    "delegation_invitation": timedelta(days=30),
    "speaker": timedelta(days=365),  # a programme is begun long before the conference
}


def derive_token(seed: object, purpose: str, secret: str) -> str:
    """The token of a link: 256 bits by HMAC-SHA256 over purpose and seed, in URL-safe letters."""
    digest = hmac.digest(secret.encode(), f"{purpose}:{seed}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_of(link: PrivateLink, secret: str) -> str:
    """The token that leads to a link; for the sender of mail and for the page that follows the form."""
    return derive_token(link.seed, link.purpose, secret)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make_link(
    purpose: str,
    *,
    secret: str,
    now: datetime,
    registration_id: int | None = None,
    user_id: int | None = None,
    focal_point_id: int | None = None,
    delegation_invitation_id: int | None = None,
    speaker_id: int | None = None,
) -> PrivateLink:
    """Add a link for one purpose; all but a registration's expire (LIFETIMES)."""
    seed = uuid4()
    lifetime = LIFETIMES.get(purpose)
    link = PrivateLink(
        purpose=purpose,
        seed=seed,
        token_hash=_hash(derive_token(seed, purpose, secret)),
        registration_id=registration_id,
        user_id=user_id,
        focal_point_id=focal_point_id,
        delegation_invitation_id=delegation_invitation_id,
        speaker_id=speaker_id,
        created_at=now,
        expires_at=now + lifetime if lifetime else None,
    )
    db.session.add(link)
    db.session.flush()
    return link


def find_link(token: str, *purposes: str, now: datetime) -> PrivateLink | None:
    """The link a token leads to, unless it is used up, revoked or expired; looking never uses it up."""
    wanted = (PrivateLink.token_hash == _hash(token), PrivateLink.purpose.in_(purposes))
    link = db.session.scalar(select(PrivateLink).where(*wanted))
    if link is None or link.revoked_at or link.used_at or (link.expires_at and link.expires_at <= now):
        return None
    return link


def use_link(token: str, *purposes: str, now: datetime) -> PrivateLink:
    """Use up a single-use link inside a writing transaction; refuses one that is used, revoked, expired or unknown."""
    link = find_link(token, *purposes, now=now)
    refusal = NotFound("This link is not valid any more. Please ask for a new one.", code="link")
    if link is None:
        raise refusal
    unused = (PrivateLink.id == link.id, PrivateLink.used_at.is_(None))
    taken = db.session.execute(update(PrivateLink).where(*unused).values(used_at=now))
    if not taken.rowcount:  # type: ignore[attr-defined]  # a cursor result of an UPDATE has it
        raise refusal
    return link


def find_newest_of_focal_point(focal_point_id: int) -> PrivateLink | None:
    """The newest link of a focal point, whatever became of it."""
    wanted = (PrivateLink.focal_point_id == focal_point_id, PrivateLink.purpose == "focal_point")
    return db.session.scalar(select(PrivateLink).where(*wanted).order_by(PrivateLink.id.desc()).limit(1))


def ensure_focal_point_link(focal_point_id: int, *, secret: str, now: datetime) -> PrivateLink | None:
    """A link of a focal point that holds for another month; None if the secretariat has ended the newest one."""
    newest = find_newest_of_focal_point(focal_point_id)
    if newest is not None and newest.revoked_at is not None:
        return None
    if newest is not None and newest.expires_at and newest.expires_at > now + timedelta(days=30):
        return newest
    return make_link("focal_point", secret=secret, now=now, focal_point_id=focal_point_id)


def ids_of_focal_point(focal_point_id: int) -> Select[tuple[int]]:
    """The numbers of every link that a focal point ever had, as a part of another query."""
    return select(PrivateLink.id).where(PrivateLink.focal_point_id == focal_point_id)


def revoke_links(
    *,
    now: datetime,
    registration_id: int | None = None,
    user_id: int | None = None,
    focal_point_id: int | None = None,
) -> None:
    """Revoke every open link of a registration, an account or a focal point."""
    if registration_id:
        owner = PrivateLink.registration_id == registration_id
    elif focal_point_id:
        owner = PrivateLink.focal_point_id == focal_point_id
    else:
        owner = PrivateLink.user_id == user_id
    db.session.execute(
        update(PrivateLink).where(owner, PrivateLink.revoked_at.is_(None)).values(revoked_at=now)
    )


def revoke_of_registrations(ids: Sequence[int], *, now: datetime) -> None:
    """Revoke every open link of some registrations."""
    theirs = (PrivateLink.registration_id.in_(ids), PrivateLink.revoked_at.is_(None))
    db.session.execute(update(PrivateLink).where(*theirs).values(revoked_at=now))


def ensure_registration_links(ids: Sequence[int], *, secret: str, now: datetime) -> Mapping[int, int]:
    """Registration's number -> its newest open link; whoever has none gets one. A handful of statements for thousands."""
    found = find_open_link_ids(ids)
    missing = [one for one in ids if one not in found]
    made = []
    for one in missing:
        seed = uuid4()
        token_hash = _hash(derive_token(seed, "registration", secret))
        made.append(
            {
                "purpose": "registration",
                "seed": seed,
                "token_hash": token_hash,
                "registration_id": one,
                "created_at": now,
            }
        )
    if made:
        db.session.execute(insert(PrivateLink), made)
        found |= find_open_link_ids(missing)
    return found


def find_registration_links(ids: Sequence[int]) -> Mapping[int, PrivateLink]:
    """Registration's number -> its newest open link, for those that have one."""
    if not ids:
        return {}
    numbers = list(find_open_link_ids(ids).values())
    found = db.session.scalars(select(PrivateLink).where(PrivateLink.id.in_(numbers)))
    return {link.registration_id: link for link in found if link.registration_id is not None}


def find_any_link(token: str, purpose: str) -> PrivateLink | None:
    """The link a token once led to, revoked or not, so that a page can say what became of it."""
    wanted = (PrivateLink.token_hash == _hash(token), PrivateLink.purpose == purpose)
    return db.session.scalar(select(PrivateLink).where(*wanted))


def find_open_link_ids(ids: Sequence[int]) -> dict[int, int]:
    """Registration's number -> number of its newest open link, for those that have one."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), 5000):
        wanted = (
            PrivateLink.registration_id.in_(ids[start : start + 5000]),
            PrivateLink.purpose == "registration",
            PrivateLink.revoked_at.is_(None),
            PrivateLink.used_at.is_(None),
        )
        query = select(PrivateLink.registration_id, func.max(PrivateLink.id)).where(*wanted)
        rows = db.session.execute(query.group_by(PrivateLink.registration_id)).all()
        found |= {owner: link for owner, link in rows if owner is not None}
    return found
