"""Publishing counts: a preview of exactly what would be told, the frozen snapshot of it, and its withdrawal."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Edition, Publication
from eventapp.rules.access import Actor
from eventapp.rules.edition import PUBLIC_STATES
from eventapp.rules.publication import Plan, Snapshot, check_plan
from eventapp.rules.publication_check import Prepared, prepare
from eventapp.rules.publication_document import build_document
from eventapp.rules.suppression_layer import State
from eventapp.services import audit, editions, publications_detail, regions
from eventapp.services.publications_detail import Counted
from eventapp.services.statistics_reference import get_reference


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a publication would hold if it were made now; the same digest means exactly the same."""

    prepared: Prepared
    document: Mapping[str, Any]
    record: Mapping[str, Any]
    names: Mapping[str, Mapping[str, Any]]  # of every code, what is left out among them
    taken_at: datetime
    inputs: str
    digest: str


def list_schemes() -> Mapping[str, Mapping[str, str]]:
    """The ways to part the world into regions that figures may be published by."""
    return {word: scheme.called for word, scheme in get_reference().schemes.items()}


def list_publications(actor: Actor, ordinal: int) -> Sequence[Publication]:
    """All publications of an edition, the latest first, for whoever may look at it."""
    return _all(editions.get_edition(actor, ordinal).id)


def get_publication(actor: Actor, ordinal: int, number: int) -> Publication:
    """One of them; raises NotFound."""
    edition_id = editions.get_edition(actor, ordinal).id
    found = next((one for one in _all(edition_id) if one.number == number), None)
    if found is None:
        raise NotFound("There is no such publication.")
    return found


def find_current(edition_id: int) -> Publication | None:
    """What the public reads of an edition now: the latest publication that was not withdrawn."""
    return db.session.scalar(
        select(Publication)
        .where(Publication.edition_id == edition_id, Publication.withdrawn_at.is_(None))
        .order_by(Publication.number.desc())
        .limit(1)
    )


def list_current() -> Mapping[int, Publication]:
    """The same for every public edition, by its id; one query."""
    found = db.session.scalars(
        select(Publication)
        .join(Edition, Edition.id == Publication.edition_id)
        .where(Publication.withdrawn_at.is_(None), Edition.state.in_(PUBLIC_STATES))
        .order_by(Publication.number)
    )
    return {one.edition_id: one for one in found}


def preview(actor: Actor, ordinal: int, plan: Plan, *, now: datetime) -> Preview:
    """Work out what a publication would hold, for somebody who may publish it; refuses a plan that cannot be published."""
    return _preview(editions.get_edition_to_edit(actor, ordinal), plan, now=now)


def publish(
    actor: Actor, ordinal: int, seen: Preview, *, digest: str, nonce: UUID, now: datetime
) -> Publication:
    """Publish what was previewed; the second click gives the publication that the first one made.

    `seen` was worked out again before the transaction, so that nobody waits for it; `digest` is of the preview that the
    organiser looked at. Refuses with Conflict when anything has moved since, and whatever could be worked out.
    """
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    known = db.session.scalar(select(Publication).where(Publication.nonce == nonce))
    if known is not None and known.edition_id == edition.id:
        return known
    plan = seen.prepared.plan
    if not any(known["total"] for known in seen.prepared.values.values()):
        raise Refused("Nobody is counted yet, so there is nothing to publish.")
    moved = Conflict("The counts have changed since the preview. Please look at it again.")
    if regions.lock_scheme(plan.scheme) is None or plan.scheme not in list_schemes():
        raise moved
    counted = publications_detail.count(edition, plan.scheme, now=now)
    if seen.digest != digest or seen.inputs != _inputs(plan, counted, _all(edition.id)):
        raise moved
    if seen.prepared.exposed:
        raise Refused("A small number could be worked out from these tables. Please publish fewer of them.")
    last = db.session.scalar(select(func.max(Publication.number)).where(Publication.edition_id == edition.id))
    publication = Publication(
        edition_id=edition.id,
        number=(last or 0) + 1,
        nonce=nonce,
        taken_at=now,
        published_at=now,
        published_by=actor.name,
        threshold=plan.threshold,
        document=dict(seen.document),
        record=dict(seen.record),
    )
    db.session.add(publication)
    db.session.flush()
    _write_down(actor, "figures.publish", publication, now=now)
    return publication


def withdraw(actor: Actor, ordinal: int, number: int, *, now: datetime) -> None:
    """Take a publication from the public page. It stays kept, since it was read; later ones are checked against it."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    publication = get_publication(actor, edition.ordinal, number)
    if publication.withdrawn_at is not None:
        return
    publication.withdrawn_at = now
    publication.withdrawn_by = actor.name
    db.session.flush()
    _write_down(actor, "figures.withdraw", publication, now=now)


def snapshot_of(publication: Publication) -> Snapshot:
    """A publication as the check of later ones reads it."""
    return Snapshot(
        number=publication.number,
        threshold=publication.threshold,
        values=publication.record["values"],
        states={
            measure: {key: State(state) for key, state in states.items()}
            for measure, states in publication.record["states"].items()
        },
    )


def plan_of(publication: Publication) -> Plan:
    """What was chosen for a publication."""
    known = publication.record["plan"]
    return replace(Plan(**known), measures=tuple(known["measures"]))


def _all(edition_id: int) -> Sequence[Publication]:
    return db.session.scalars(
        select(Publication).where(Publication.edition_id == edition_id).order_by(Publication.number.desc())
    ).all()


def _preview(edition: Edition, plan: Plan, *, now: datetime) -> Preview:
    earlier = _all(edition.id)
    scheme = earlier[0].record["plan"]["scheme"] if earlier else None
    check_plan(plan, list_schemes(), scheme)
    counted = publications_detail.count(edition, plan.scheme, now=now)
    prepared = prepare(plan, counted.detail, [snapshot_of(one) for one in earlier])
    document = build_document(prepared, counted.detail, counted.names, counted.countries)
    record = _record(prepared)
    inputs = _inputs(plan, counted, earlier)
    return Preview(
        prepared=prepared,
        document=document,
        record=record,
        names={
            "sector": counted.names.sectors,
            "region": counted.names.regions,
            "country": counted.names.countries,
        },
        taken_at=now,
        inputs=inputs,
        digest=_digest([inputs, document, record]),
    )


def _inputs(plan: Plan, counted: Counted, earlier: Sequence[Publication]) -> str:
    """A digest of everything that a preview is worked out from."""
    detail = counted.detail
    people = sorted((*key, *sorted(numbers.items())) for key, numbers in detail.people.items())
    belongs = [dict(detail.sector_parents), dict(detail.regions), detail.host]
    names = [dict(known) for known in (counted.names.sectors, counted.names.regions, counted.names.countries)]
    return _digest([asdict(plan), people, belongs, names, [one.number for one in earlier]])


def _digest(value: object) -> str:
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def _record(prepared: Prepared) -> dict[str, Any]:
    return {
        "plan": asdict(prepared.plan) | {"measures": list(prepared.plan.measures)},
        "values": {measure: dict(known) for measure, known in prepared.values.items()},
        "states": {
            measure: {key: str(state) for key, state in told.items()}
            for measure, told in prepared.states.items()
        },
    }


def _write_down(actor: Actor, action: str, publication: Publication, *, now: datetime) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="publication",
        subject_id=publication.id,
        edition_id=publication.edition_id,
        new={"number": publication.number, "threshold": publication.threshold},
    )
