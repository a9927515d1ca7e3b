"""Speakers' profiles as the secretariat keeps them: one list for all editions, since the same person may speak again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, ProgrammeSession, ProgrammeSpeaker, Registration, Speaker
from eventapp.rules.access import Actor
from eventapp.rules.listing import Filter
from eventapp.rules.name import full_name
from eventapp.rules.text import sort_key
from eventapp.services import audit, bodies, editions, registrations_list, speakers_letters, versions

COLUMNS: Final = (
    "honorific",
    "name",
    "functional_title",
    "organisation",
    "body_id",
    "email",
    "language",
    "biography",
    "picture_id",
    "registration_id",
)
LONGEST_BIOGRAPHY: Final = 4000
_TOLD: Final = 5  # how many registrations a refusal names


def list_speakers(actor: Actor) -> list[tuple[Speaker, int]]:
    """The speakers that the actor may know of, with the number of their sessions there, by name; three queries.

    Whoever speaks in other editions alone is not told of: their sessions may be closed ones.
    """
    added = _list_added(actor)
    query = (
        select(ProgrammeSpeaker.speaker_id, ProgrammeSession.edition_id, func.count())
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .group_by(ProgrammeSpeaker.speaker_id, ProgrammeSession.edition_id)
    )
    counts: dict[int, dict[int, int]] = {}
    for speaker_id, edition_id, count in db.session.execute(query).tuples():
        counts.setdefault(speaker_id, {})[edition_id] = count
    found = [
        (speaker, sum(count for edition_id, count in mine.items() if actor.may_read(edition_id)))
        for speaker in db.session.scalars(select(Speaker))
        if _may_know(
            actor, mine := counts.get(speaker.id, {}), is_theirs=added is None or speaker.id in added
        )
    ]
    return sorted(found, key=lambda row: (sort_key(row[0].name), row[0].id))


def get_speaker(actor: Actor, speaker_id: int) -> Speaker:
    """A speaker by number; raises NotFound, also for one whom the actor may not know of."""
    speaker = db.session.get(Speaker, speaker_id)
    if speaker is None or not may_know(actor, speaker_id):
        raise NotFound("There is no such speaker.")
    return speaker


def may_know(actor: Actor, speaker_id: int) -> bool:
    """Whether the actor may know of a speaker; two queries."""
    added = _list_added(actor)
    is_theirs = added is None or speaker_id in added
    return _may_know(actor, _list_edition_ids(speaker_id), is_theirs=is_theirs)


def find_known(actor: Actor, numbers: Collection[int]) -> Sequence[Speaker]:
    """Those of some speakers whom the actor may know of; three queries."""
    added = _list_added(actor)
    query = (
        select(ProgrammeSpeaker.speaker_id, ProgrammeSession.edition_id)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(ProgrammeSpeaker.speaker_id.in_(numbers))
    )
    theirs: dict[int, set[int]] = {}
    for speaker_id, edition_id in db.session.execute(query).tuples():
        theirs.setdefault(speaker_id, set()).add(edition_id)
    return [
        one
        for one in db.session.scalars(select(Speaker).where(Speaker.id.in_(numbers)))
        if _may_know(actor, theirs.get(one.id, ()), is_theirs=added is None or one.id in added)
    ]


def _may_know(actor: Actor, edition_ids: Collection[int], *, is_theirs: bool) -> bool:
    """Whether somebody speaks in an edition that the actor may look at, or was added in one."""
    return is_theirs or any(actor.may_read(edition_id) for edition_id in edition_ids)


def _list_added(actor: Actor) -> Collection[int | None] | None:
    """The speakers that were added in the editions of the actor; None for whoever may look at all of them."""
    if actor.is_administrator or actor.all_editions:
        return None
    wanted = (AuditEntry.subject_type == "speaker", AuditEntry.action == "speaker.create")
    query = select(AuditEntry.subject_id).where(*wanted, AuditEntry.edition_id.in_(actor.edition_ids))
    return set(db.session.scalars(query).all())


def create_speaker(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> Speaker:
    """Add a speaker."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(values)
    speaker = Speaker(**values)
    db.session.add(speaker)
    db.session.flush()
    _, new = audit.differences({}, {name: value for name, value in values.items() if value})
    record(actor, "speaker.create", speaker.id, now, edition_id=edition.id, new=new)
    return speaker


def edit_speaker(
    actor: Actor, ordinal: int, speaker_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> bool:
    """Save a speaker that was read at `version`; refuses if somebody saved it since. Says whether a link has ended.

    For organisers of every edition in whose sessions the speaker is. Another address ends the private link: whoever reads
    at the old one must not answer in the speaker's name.
    """
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(values)
    speaker = get_speaker(actor, speaker_id)
    check_may_edit(actor, speaker_id)
    old, new = versions.write(speaker, values, version=version)
    if new:
        record(actor, "speaker.edit", speaker.id, now, edition_id=edition.id, old=old, new=new)
    return "email" in new and speakers_letters.end_links(speaker.id, now=now)


def _check(values: Mapping[str, Any]) -> None:
    if not values["name"]:
        raise Invalid({"name": Refused("Please give the speaker's name.")})
    if values.get("body_id") is not None:
        bodies.get_body(values["body_id"])


def delete_speaker(actor: Actor, ordinal: int, speaker_id: int, *, now: datetime) -> None:
    """Delete a speaker who is in no session, with the links and what was written to the person."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    speaker = get_speaker(actor, speaker_id)
    if _list_edition_ids(speaker_id):
        raise Refused("This speaker is in a session and cannot be deleted.", code="used")
    old = {name: getattr(speaker, name) for name in ("name", "functional_title", "organisation", "body_id")}
    speakers_letters.forget([speaker_id], now=now)
    db.session.delete(speaker)
    db.session.flush()
    record(actor, "speaker.delete", speaker_id, now, edition_id=edition.id, old=old)


def list_places(edition_id: int, speaker_id: int) -> Sequence[tuple[ProgrammeSpeaker, ProgrammeSession]]:
    """What somebody was asked to in an edition and what was answered, by time; one query."""
    query = (
        select(ProgrammeSpeaker, ProgrammeSession)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(ProgrammeSession.edition_id == edition_id, ProgrammeSpeaker.speaker_id == speaker_id)
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    )
    return db.session.execute(query).tuples().all()


def find_registration(edition_id: int, text: str) -> Registration | None:
    """The one registration of an edition that a reference code, or words of a name, lead to; None where nothing is typed.

    Refuses words that lead to nobody or to several, whom it names with their codes.
    """
    if not text.strip():
        return None
    wanted = registrations_list.conditions(edition_id, Filter(search=text))
    is_somebody = (Registration.erased_at.is_(None), Registration.state != "merged")
    query = select(Registration).where(*wanted, *is_somebody)
    order = (Registration.sort_name, Registration.id)
    found = db.session.scalars(query.order_by(*order).limit(_TOLD + 1)).all()
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            "No registration of this edition is found by this. Give its reference code or a name.",
            code="nobody",
        )
    named = [f"{one.reference} {full_name(one.given_name, one.family_name)}" for one in found[:_TOLD]]
    raise Refused(
        "Several registrations are found by this. Give the reference code: %(people)s",
        code="several",
        people=", ".join([*named, "…"] if len(found) > _TOLD else named),
    )


def find_reference(registration_id: int | None) -> str:
    """The reference code of a registration that a speaker is linked to; empty where there is none."""
    if registration_id is None:
        return ""
    return db.session.scalar(select(Registration.reference).where(Registration.id == registration_id)) or ""


def _list_edition_ids(speaker_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(ProgrammeSession.edition_id)
        .join(ProgrammeSpeaker, ProgrammeSpeaker.programme_session_id == ProgrammeSession.id)
        .where(ProgrammeSpeaker.speaker_id == speaker_id)
        .distinct()
    ).all()


def check_may_edit(actor: Actor, speaker_id: int) -> None:
    """Refuse organisers who may not change every edition in whose sessions the speaker is."""
    if not all(actor.may_edit(edition_id) for edition_id in _list_edition_ids(speaker_id)):
        raise Refused(
            "This speaker is also in the programme of an edition that your account may not change.",
            code="forbidden",
        )


def record(
    actor: Actor,
    action: str,
    speaker_id: int,
    now: datetime,
    *,
    edition_id: int | None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done to a speaker."""
    audit.record(
        actor,
        action,
        now=now,
        subject_type="speaker",
        subject_id=speaker_id,
        edition_id=edition_id,
        old=old,
        new=new,
    )
