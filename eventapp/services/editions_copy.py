"""A new edition from the last one: settings, texts (also of mails), bodies and rooms; never people, dates, figures or outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Edition, EditionBody, Room, Track
from eventapp.rules.access import Actor, check_may_edit_all
from eventapp.rules.edition_plan import COPIED_PLACE, COPIED_SETTINGS, COPIED_TEXTS
from eventapp.services import (
    audit,
    editions,
    editions_manage,
    mail_texts,
    programme_tracks,
    quotas_manage,
    reminders,
)
from eventapp.services.programme_rooms import ROOM_COLUMNS


@dataclass(frozen=True, kw_only=True)
class CopyPlan:
    """Exactly what a copy will hold; the page shows it and the copy is made from it."""

    source: Edition
    settings: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]
    place: Mapping[str, float | None]
    bodies: tuple[EditionBody, ...]
    rooms: tuple[Room, ...]
    tracks: tuple[Track, ...]
    mail_texts: int
    quotas: int


def plan(actor: Actor, ordinal: int) -> CopyPlan:
    """What would be copied from an edition; for organisers of all editions."""
    check_may_edit_all(actor)
    source = editions.get_edition(actor, ordinal)
    bodies = db.session.scalars(
        select(EditionBody)
        .where(EditionBody.edition_id == source.id)
        .options(joinedload(EditionBody.body))
        .order_by(EditionBody.position, EditionBody.id)
    ).all()
    rooms = db.session.scalars(
        select(Room).where(Room.edition_id == source.id).order_by(Room.position, Room.id)
    ).all()
    return CopyPlan(
        source=source,
        settings={name: getattr(source, name) for name in COPIED_SETTINGS},
        texts={name: getattr(source, name) for name in COPIED_TEXTS},
        place={name: getattr(source, name) for name in COPIED_PLACE},
        bodies=tuple(bodies),
        rooms=tuple(rooms),
        tracks=tuple(programme_tracks.list_tracks(source.id)),
        mail_texts=len(mail_texts.list_texts(source.id)),
        quotas=len(quotas_manage.list_quotas(source.id)),
    )


def copy(actor: Actor, from_ordinal: int, ordinal: int, *, now: datetime) -> Edition:
    """Make a draft with a new ordinal from an edition; refuses an ordinal that is taken."""
    found = plan(actor, from_ordinal)
    edition = Edition(
        ordinal=ordinal,
        state="draft",
        notice={},
        outcome={},
        is_demonstration=found.source.is_demonstration,  # its made-up texts go along
        created_at=now,
        updated_at=now,
        **found.settings,
        **{name: dict(texts) for name, texts in found.texts.items()},
        **found.place,
    )
    editions_manage.add_draft(edition)
    _copy_rows(found, edition)
    audit.record(
        actor,
        "edition.copy",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new={
            "ordinal": ordinal,
            "from": from_ordinal,
            "bodies": len(found.bodies),
            "rooms": len(found.rooms),
            "tracks": len(found.tracks),
            "mail_texts": found.mail_texts,
            "quotas": found.quotas,
        },
    )
    return edition


def _copy_rows(found: CopyPlan, edition: Edition) -> None:
    for link in found.bodies:
        db.session.add(
            EditionBody(edition_id=edition.id, body_id=link.body_id, role=link.role, position=link.position)
        )
    for room in found.rooms:
        values = {name: getattr(room, name) for name in ROOM_COLUMNS}
        db.session.add(Room(edition_id=edition.id, **values))
    for track in found.tracks:
        db.session.add(Track(edition_id=edition.id, names=dict(track.names), position=track.position))
    mail_texts.copy(found.source.id, edition.id)
    quotas_manage.copy(found.source.id, edition.id)
    reminders.copy_plan(found.source.id, edition.id)
    db.session.flush()
