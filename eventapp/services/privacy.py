"""The privacy notice in its versions: one draft at a time, and what was published is never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import PrivacyNotice
from eventapp.rules.access import Actor, check_administrator
from eventapp.services import audit

_UNKNOWN = "There is no such version of the privacy notice."


def current_notice() -> PrivacyNotice | None:
    """The notice in force: the published version with the highest number, if there is one."""
    published = PrivacyNotice.published_at.is_not(None)
    return db.session.scalar(
        select(PrivacyNotice).where(published).order_by(PrivacyNotice.number.desc()).limit(1)
    )


def get_notice(number: int) -> PrivacyNotice:
    """A published version, for everybody; a draft is not found."""
    published = (PrivacyNotice.number == number, PrivacyNotice.published_at.is_not(None))
    notice = db.session.scalar(select(PrivacyNotice).where(*published))
    if notice is None:
        raise NotFound(_UNKNOWN)
    return notice


def list_notices(actor: Actor) -> Sequence[PrivacyNotice]:
    """Every version, the newest first, a draft among them; refuses all but administrators."""
    check_administrator(actor)
    return db.session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.number.desc())).all()


def get_version(actor: Actor, number: int) -> PrivacyNotice:
    """One version, a draft too; refuses all but administrators."""
    check_administrator(actor)
    notice = db.session.scalar(select(PrivacyNotice).where(PrivacyNotice.number == number))
    if notice is None:
        raise NotFound(_UNKNOWN)
    return notice


def find_draft(actor: Actor) -> PrivacyNotice | None:
    """The version that is being written, if there is one; refuses all but administrators."""
    check_administrator(actor)
    return db.session.scalar(select(PrivacyNotice).where(PrivacyNotice.published_at.is_(None)))


def save_draft(actor: Actor, text: Mapping[str, str], *, now: datetime) -> PrivacyNotice:
    """Keep the text as the draft, a new version if there is none; refuses an empty text."""
    draft = find_draft(actor)
    if not text:
        raise Invalid({"text_en": Refused("Please write the notice in at least one language.")})
    before: Mapping[str, str] = draft.text if draft else {}
    if draft is None:
        highest = db.session.scalar(select(func.max(PrivacyNotice.number))) or 0
        draft = PrivacyNotice(number=highest + 1, text=dict(text), created_at=now)
        db.session.add(draft)
    else:
        draft.text = dict(text)
    _flush()
    old, new = audit.differences({"text": dict(before)}, {"text": dict(text)})
    if new:
        _record(actor, "privacy.write", draft, now=now, old=old, new=new)
    return draft


def publish(actor: Actor, number: int, *, now: datetime) -> PrivacyNotice:
    """Put a draft in force; refuses what has been published. From now on it is never changed."""
    get_version(actor, number)
    locked = select(PrivacyNotice).where(PrivacyNotice.number == number).with_for_update()
    notice = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    if notice.published_at is not None:
        raise Conflict("This version has been published already.")
    notice.published_at = now
    db.session.flush()
    _record(actor, "privacy.publish", notice, now=now, new={"number": number})
    return notice


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(
            "Somebody else is writing a new version at the same moment. Please look again."
        ) from None


def _record(
    actor: Actor,
    action: str,
    notice: PrivacyNotice,
    *,
    now: datetime,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        actor, action, now=now, subject_type="privacy_notice", subject_id=notice.id, old=old, new=new
    )
