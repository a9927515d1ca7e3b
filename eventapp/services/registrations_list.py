"""The secretariat's list of registrations: found by words and filters, in a stable order, a page at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.adapters import likeness
from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Body, DuplicatePair, Edition, OutboxMessage, Registration, Sector
from eventapp.rules import body_likeness
from eventapp.rules.body_likeness import KnownName
from eventapp.rules.listing import NO_COUNTRY, Filter, Listing, like_pattern, read_moment, search_words
from eventapp.rules.reference_code import read_reference
from eventapp.rules.text import sort_key
from eventapp.rules.vocabulary import REGISTERED_STATES, REGISTRATION_STATES
from eventapp.services import exports_marks
from eventapp.services.delegations_vouching import in_queue


def is_unlinked() -> ColumnElement[bool]:
    """The condition for an organisation that was typed by hand and not linked to a known body yet."""
    return (
        (Registration.represents == "organisation")
        & Registration.body_id.is_(None)
        & (Registration.organisation != "")
        & Registration.erased_at.is_(None)
    )


def _matches(word: str) -> ColumnElement[bool]:
    folded, typed = like_pattern(sort_key(word)), like_pattern(word.casefold())
    bodies = select(Body.id).where(
        or_(Body.sort_name.like(folded, escape="\\"), func.lower(Body.acronym).like(typed, escape="\\"))
    )
    return or_(
        Registration.sort_name.like(folded, escape="\\"),
        func.lower(Registration.email).like(typed, escape="\\"),
        func.lower(Registration.reference).like(typed, escape="\\"),
        Registration.reference == read_reference(word),  # typed without its dash
        func.lower(Registration.organisation).like(typed, escape="\\"),
        Registration.organisation.like(like_pattern(word), escape="\\"),  # SQLite lowers ASCII letters only
        Registration.body_id.in_(bodies),
    )


def conditions(edition_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    """What a registration must hold to be found; every word of the search must stand somewhere."""
    found: list[ColumnElement[bool]] = [Registration.edition_id == edition_id]
    found += [_matches(word) for word in search_words(wanted.search)]
    if wanted.state == "registered":
        found.append(Registration.state.in_(REGISTERED_STATES))
    elif wanted.state:
        found.append(Registration.state == wanted.state)
    if wanted.country == NO_COUNTRY:
        found.append(Registration.counted_country_code.is_(None))
    elif wanted.country:
        found.append(Registration.counted_country_code == wanted.country)
    if wanted.basis:
        found.append(Registration.country_basis == wanted.basis)
    if wanted.sector:
        below = select(Sector.code).where(
            or_(Sector.code == wanted.sector, Sector.parent_code == wanted.sector)
        )
        found.append(Registration.sector_code.in_(below))
    if wanted.role:
        found.append(Registration.role == wanted.role)
    if wanted.came:
        found.append(Registration.is_checked_in.is_(wanted.came == "yes"))
    return found + _queued(edition_id, wanted) + _for_systems(edition_id, wanted) + _flagged(wanted.flag)


def _queued(edition_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.before:
        found.append(Registration.received_on < date.fromisoformat(wanted.before))
    if wanted.queue:
        found.append(in_queue(db.session.get_one(Edition, edition_id), wanted.queue))
    return found


def _for_systems(edition_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.exported:
        found.append(exports_marks.is_taken(is_wanted=wanted.exported == "yes"))
    if moment := read_moment(wanted.changed_since):
        found.append(exports_marks.has_changed_since(edition_id, moment))
    return found


def _flagged(flag: str) -> list[ColumnElement[bool]]:
    match flag:
        case "late":
            return [Registration.is_late.is_(True)]
        case "unlinked":
            return [is_unlinked()]
        case "duplicate":
            return [_is_doubtful()]
        case "erased":
            return [Registration.erased_at.is_not(None)]
    return []


def _is_doubtful() -> ColumnElement[bool]:
    """The condition for a registration that may be the same person's as another one."""
    return or_(
        *(
            Registration.id.in_(select(column).where(DuplicatePair.state == "open"))
            for column in (DuplicatePair.first_id, DuplicatePair.second_id)
        )
    )


def list_doubtful(ids: Sequence[int]) -> set[int]:
    """Which of these registrations may be the same person's as another one; one query."""
    query = select(Registration.id).where(Registration.id.in_(ids), _is_doubtful())
    return set(db.session.scalars(query))


def count_found(edition_id: int, wanted: Filter) -> int:
    """How many registrations of an edition a filter finds."""
    query = select(func.count()).select_from(Registration).where(*conditions(edition_id, wanted))
    return db.session.scalar(query) or 0


def list_found(
    edition_id: int, listing: Listing, *, offset: int, countries: Sequence[str]
) -> Sequence[Registration]:
    """The rows of one page with the linked body, in one query; `countries` in the order of the reader's language."""
    query = select(Registration).where(*conditions(edition_id, listing.filter))
    query = _ordered(query, listing, countries).offset(offset).limit(listing.size)
    return db.session.scalars(query.options(joinedload(Registration.body))).all()


def _ordered(
    query: Select[tuple[Registration]], listing: Listing, countries: Sequence[str]
) -> Select[tuple[Registration]]:
    key: ColumnElement[Any]
    match listing.sort:
        case "name":
            return query.order_by(*_both_ways(listing, Registration.sort_name, Registration.id))
        case "state":
            ranks = {state: rank for rank, state in enumerate(REGISTRATION_STATES)}
            key = case(ranks, value=Registration.state)
        case "country":
            ranks = {code: rank for rank, code in enumerate(countries)}
            key = case(ranks, value=Registration.counted_country_code, else_=len(ranks))
        case _:
            return query.order_by(*_both_ways(listing, Registration.submitted_at, Registration.id))
    return query.order_by(*_both_ways(listing, key), Registration.sort_name, Registration.id)


def _both_ways(listing: Listing, *keys: Any) -> list[ColumnElement[Any]]:
    return [key.desc() if listing.is_descending else key.asc() for key in keys]


def list_found_ids(edition_id: int, wanted: Filter) -> Sequence[int]:
    """The numbers of everything a filter finds, for a decision or a mail about all of it."""
    query = select(Registration.id).where(*conditions(edition_id, wanted)).order_by(Registration.id)
    return db.session.scalars(query).all()


def list_picked_ids(edition_id: int, references: Sequence[str]) -> Sequence[int]:
    """The numbers behind the references that were ticked, of this edition only."""
    picked = (Registration.edition_id == edition_id, Registration.reference.in_(references))
    return db.session.scalars(select(Registration.id).where(*picked).order_by(Registration.id)).all()


def get_registration(edition: Edition, reference: str) -> Registration:
    """One registration of an edition that the caller may look at; raises NotFound for an unknown reference."""
    wanted = (Registration.edition_id == edition.id, Registration.reference == reference)
    query = select(Registration).where(*wanted).options(joinedload(Registration.body))
    registration = db.session.scalar(query)
    if registration is None:
        raise NotFound("There is no registration with this reference.")
    return registration


def list_merged(registration: Registration) -> Sequence[Registration]:
    """The registrations of the same person that were merged into this one, by number."""
    theirs = Registration.merged_into_id == registration.id
    return db.session.scalars(select(Registration).where(theirs).order_by(Registration.id)).all()


def find_kept(registration: Registration) -> Registration | None:
    """The registration that a merged one lives on in."""
    number = registration.merged_into_id
    return db.session.get(Registration, number) if number is not None else None


def find_successor(registration: Registration) -> Registration | None:
    """Who has taken a replaced person's place."""
    number = registration.replaced_by_id
    return db.session.get(Registration, number) if number is not None else None


def find_former(registration: Registration) -> Registration | None:
    """Whose place somebody took over."""
    return db.session.scalar(
        select(Registration).where(Registration.replaced_by_id == registration.id).limit(1)
    )


def list_mails(registration: Registration, merged: Sequence[Registration] = ()) -> Sequence[OutboxMessage]:
    """The mails written for a registration and those merged into it, latest first."""
    wanted = OutboxMessage.registration_id.in_([registration.id, *(one.id for one in merged)])
    return db.session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id.desc())).all()


def suggest_bodies(registration: Registration, bodies: Sequence[Body]) -> Sequence[Body]:
    """Known bodies that a typed organisation may mean, the most alike first; none where it is linked or a country's."""
    if registration.represents != "organisation" or registration.body_id or not registration.organisation:
        return []
    known = [KnownName(one.id, tuple(one.names.values()), one.acronym, one.country_code) for one in bodies]
    found = body_likeness.suggest(
        registration.organisation,
        known,
        country_code=registration.seat_country_code,
        to_latin=likeness.to_latin,
        similarity=likeness.similarity(),
    )
    by_id = {one.id: one for one in bodies}
    return [by_id[number] for number in found]


def list_bodies() -> Sequence[Body]:
    """The known bodies that a typed organisation may be linked to, in one order."""
    return db.session.scalars(select(Body).order_by(Body.sort_name, Body.id)).all()
