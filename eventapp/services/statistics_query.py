"""The SQL of a count: grouped by what was asked for, read from one covering index, filtered before it is grouped."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from eventapp.errors import Refused
from eventapp.models import CheckIn, Registration
from eventapp.rules.crosstab import Question
from eventapp.rules.dimension import NONE, Reference, columns_of

# The columns of rules/dimension, and where they stand; the state is read with every count.
_COLUMNS: Final[Mapping[str, InstrumentedAttribute[Any]]] = {
    "edition": Registration.edition_id,
    "sector": Registration.sector_code,
    "country": Registration.counted_country_code,
    "basis": Registration.country_basis,
    "state": Registration.state,
    "role": Registration.role,
    "body_kind": Registration.body_kind,
    "language": Registration.language,
    "body": Registration.body_id,
    "day": Registration.received_on,
    "check_in_day": CheckIn.on,
}
# How the index begins, after the edition. Then come state, check-in, role and kind of body.
_FIRST: Final = (Registration.sector_code, Registration.counted_country_code, Registration.country_basis)
# Filters on these are applied to the grouped rows: every count holds the state, and a category is derived.
AFTERWARDS: Final = frozenset({"state", "badge_category"})


def columns_for(question: Question) -> tuple[str, ...]:
    """The columns to group by: those of the dimensions, and those that a later filter reads."""
    later = [name for name in question.where if name in AFTERWARDS]
    return columns_of([*question.by, *later, *(["edition"] if question.spans_editions else [])])


def grouped_query(
    edition_ids: Sequence[int], columns: Sequence[str], conditions: Sequence[ColumnElement[bool]] = ()
) -> Select[Any]:
    """People by some columns and their state, and how many of them came."""
    wanted = [_COLUMNS[name] for name in columns if name != "state"]
    came = func.count().filter(Registration.is_checked_in)
    query = (
        select(*wanted, Registration.state, func.count(), came)
        .where(Registration.edition_id.in_(edition_ids), *conditions)
        .group_by(*_groups(columns))
        # SQLite would take another index for a little order of its own, and read the table for every row.
        .with_hint(Registration, "INDEXED BY ix_registration_count", "sqlite")
    )
    if "check_in_day" in columns:
        valid = and_(CheckIn.registration_id == Registration.id, CheckIn.undone_at.is_(None))
        query = query.join(CheckIn, valid).where(CheckIn.edition_id.in_(edition_ids))
    return query


def _groups(columns: Sequence[str]) -> list[InstrumentedAttribute[Any]]:
    """By what to group: as the index stands where it can be, so that nothing is sorted; else by as little as can be."""
    if not {"sector", "country"} <= set(columns):
        return [*(_COLUMNS[name] for name in columns if name != "state"), Registration.state]
    edition = [Registration.edition_id] if "edition" in columns else []
    rest = [
        _COLUMNS[name] for name in columns if name not in ("edition", "sector", "country", "basis", "state")
    ]
    came = [Registration.is_checked_in] if rest else []
    return [*edition, *_FIRST, Registration.state, *came, *rest]


def conditions_for(
    question: Question, reference: Reference, hosts: Mapping[int, str]
) -> list[ColumnElement[bool]]:
    """What a registration must hold to be counted, as far as the database can tell; `hosts` by edition."""
    found = [
        _condition(name, codes, reference)
        for name, codes in question.where.items()
        if name not in AFTERWARDS and name != "edition"
    ]
    if hosts and not question.with_host:
        column = Registration.counted_country_code
        of_host = [and_(Registration.edition_id == number, column == code) for number, code in hosts.items()]
        found.append(or_(column.is_(None), ~or_(*of_host)))
    return found


def _condition(name: str, codes: Sequence[str], reference: Reference) -> ColumnElement[bool]:
    if name == "main_sector":
        below = [code for code in reference.sector_names if reference.main_sector(code) in codes]
        return Registration.sector_code.in_(below)
    if name == "body_kind":
        is_state = Registration.country_basis == "state"
        other = and_(~is_state, _one_of(Registration.body_kind, [code for code in codes if code != "state"]))
        return or_(is_state, other) if "state" in codes else other
    if name in ("region", "subregion") or (name not in _COLUMNS and name != "country_basis"):
        return _in_regions(_region_of(name, reference), codes, reference)
    if name == "check_in_day":
        days = [_typed(name, code) for code in codes]
        came = select(CheckIn.registration_id).where(CheckIn.on.in_(days), CheckIn.undone_at.is_(None))
        return Registration.id.in_(came)
    column = _COLUMNS["basis" if name == "country_basis" else name]
    return _one_of(column, [code if code == NONE else _typed(name, code) for code in codes])


def _typed(name: str, code: str) -> object:
    """A code as the column holds it; refuses what is no day and no number."""
    try:
        if name in ("day", "check_in_day"):
            return date.fromisoformat(code)
        return int(code) if name == "body" else code
    except ValueError:
        raise Refused('Nothing is counted under "%(value)s".', code="dimension", value=code) from None


def _region_of(name: str, reference: Reference) -> Callable[[str], str]:
    if name == "subregion":
        return reference.subregion
    return lambda country: reference.region(country, "m49" if name == "region" else name)


def _in_regions(
    region_of: Callable[[str], str], codes: Sequence[str], reference: Reference
) -> ColumnElement[bool]:
    inside = [country for country in reference.country_names if region_of(country) in codes]
    column = Registration.counted_country_code
    return or_(column.in_(inside), column.is_(None)) if NONE in codes else column.in_(inside)


def _one_of(column: InstrumentedAttribute[Any], codes: Sequence[object]) -> ColumnElement[bool]:
    """A column holds one of the codes; the empty code stands for an empty column."""
    inside = column.in_([code for code in codes if code != NONE])
    if NONE not in codes:
        return inside
    return or_(inside, column == NONE if column.key == "language" else column.is_(None))
