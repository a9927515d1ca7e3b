"""Finding somebody at the door as fast as one types, and the list on paper for the day the system is down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Body, CheckIn, Edition, Registration
from eventapp.rules.listing import like_pattern, search_words
from eventapp.rules.reference_code import read_beginning, read_reference
from eventapp.rules.text import sort_key

MOST = 20
ON_PAPER = ("approved", "submitted", "endorsed", "waitlisted")


@dataclass(frozen=True)
class Found:
    """Somebody who was found, and the check-in of today if there is one."""

    registration: Registration
    today: CheckIn | None


@dataclass(frozen=True)
class Findings:
    """The best matches, and whether there are more than are shown."""

    people: Sequence[Found]
    is_cut: bool


def find_people(
    edition: Edition, search: str, *, today: date, countries: Mapping[str, Sequence[str]]
) -> Findings:
    """Who is meant: every word must stand in name, organisation, body, country or reference; the erased are not found.

    `countries` gives for a word the codes of the countries it may mean. Names that begin as typed come first. Where
    nobody is found so, what was typed may be the beginning of a reference.
    """
    words = search_words(search.replace(",", " "))
    code = read_reference(search)
    if not words:
        return Findings((), is_cut=False)
    every = [_stands_in(word, countries.get(word, ())) for word in words]
    wanted = _has_reference(code) if code else None
    matches = or_(wanted, _all(every)) if wanted is not None else _all(every)
    first = like_pattern(sort_key(words[0]))[1:]  # without the leading sign: at the beginning
    rank = case((_has_reference(code), 0), (Registration.sort_name.like(first, escape="\\"), 1), else_=2)
    rows = _best(edition, matches, rank)
    if not rows and (begun := read_beginning(search)):
        rows = _best(edition, _begins(begun), Registration.reference.expression)
    people = rows[:MOST]
    standing = _standing([one.id for one in people], today)
    return Findings([Found(one, standing.get(one.id)) for one in people], is_cut=len(rows) > MOST)


def _best(edition: Edition, matches: ColumnElement[bool], rank: ColumnElement[Any]) -> Sequence[Registration]:
    """The first of the edition's people for whom this holds, and one more to know whether there are others."""
    query = (
        select(Registration)
        .where(
            Registration.edition_id == edition.id,
            Registration.erased_at.is_(None),
            Registration.merged_into_id.is_(None),
            matches,
        )
        .order_by(rank, Registration.sort_name, Registration.state != "approved", Registration.id)
        .limit(MOST + 1)
        .options(joinedload(Registration.body))
    )
    return db.session.scalars(query).all()


def _begins(begun: str) -> ColumnElement[bool]:
    """The people whose reference begins so, and those whom one was merged into that does."""
    own = Registration.reference.like(f"{begun}%")
    merged = select(Registration.merged_into_id).where(own, Registration.merged_into_id.is_not(None))
    return or_(own, Registration.id.in_(merged))


def _has_reference(code: str) -> ColumnElement[bool]:
    """The person of a reference, also of one that was merged: it may stand on a badge that was printed before."""
    own = Registration.reference == code
    if not code:
        return own
    merged = select(Registration.merged_into_id).where(Registration.reference == code)
    return or_(own, Registration.id == merged.scalar_subquery())


def _all(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = conditions[0]
    for one in conditions[1:]:
        found = found & one
    return found


def _stands_in(word: str, codes: Sequence[str]) -> ColumnElement[bool]:
    folded, typed = like_pattern(sort_key(word)), like_pattern(word.casefold())
    bodies = select(Body.id).where(
        or_(Body.sort_name.like(folded, escape="\\"), func.lower(Body.acronym).like(typed, escape="\\"))
    )
    return or_(
        Registration.sort_name.like(folded, escape="\\"),
        _has_reference(read_reference(word)),
        func.lower(Registration.badge_name).like(typed, escape="\\"),
        func.lower(Registration.organisation).like(typed, escape="\\"),
        Registration.organisation.like(like_pattern(word), escape="\\"),  # SQLite lowers ASCII letters only
        Registration.body_id.in_(bodies),
        Registration.counted_country_code.in_(codes),
    )


def _standing(ids: Sequence[int], today: date) -> dict[int, CheckIn]:
    wanted = (CheckIn.registration_id.in_(ids), CheckIn.on == today, CheckIn.undone_at.is_(None))
    return {one.registration_id: one for one in db.session.scalars(select(CheckIn).where(*wanted))}


@dataclass(frozen=True)
class Line:
    """Somebody on paper, and the days on which they are in already."""

    registration: Registration
    days: frozenset[date]


def list_for_paper(edition: Edition) -> list[Line]:
    """Everybody who may come to the door, by name; two queries. The caller has checked who may see it."""
    query = (
        select(Registration)
        .where(
            Registration.edition_id == edition.id,
            Registration.state.in_(ON_PAPER),
            Registration.erased_at.is_(None),
        )
        .order_by(Registration.sort_name, Registration.id)
        .options(joinedload(Registration.body))
    )
    valid = select(CheckIn.registration_id, CheckIn.on).where(
        CheckIn.edition_id == edition.id, CheckIn.undone_at.is_(None)
    )
    days: dict[int, set[date]] = {}
    for number, on in db.session.execute(valid):
        days.setdefault(number, set()).add(on)
    people = db.session.scalars(query).all()
    return [Line(one, frozenset(days.get(one.id, ()))) for one in people]
