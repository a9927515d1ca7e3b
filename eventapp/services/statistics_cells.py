"""The grouped rows of a count as cells: codes as texts, each with its tally, the erased where they were counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from eventapp.extensions import db
from eventapp.models import Edition, ErasedCount
from eventapp.rules.crosstab import Question
from eventapp.rules.dimension import NONE, Codes, Reference, reader
from eventapp.rules.measure import UNCOUNTED, Tally, both, gather, measured
from eventapp.services.statistics_query import AFTERWARDS, columns_for, conditions_for, grouped_query

Cells = Mapping[Codes, Tally]


def read_cells(
    scope: Sequence[Edition],
    question: Question,
    reference: Reference,
    *,
    over: Mapping[int, bool],
) -> Cells:
    """Everybody of the editions that the question is about, by the codes of its columns; one query, or two.

    `over` says of each edition whether it has taken place: only then an approved person who never came is a no-show.
    """
    columns = columns_for(question)
    hosts = {one.id: one.country_code for one in scope if one.country_code}
    query = grouped_query([one.id for one in scope], columns, conditions_for(question, reference, hosts))
    ordinals = {one.id: str(one.ordinal) for one in scope}
    cells = _tallied(_rows(query), columns, ordinals, over)
    if (dimension := _kept_dimension(question)) is not None:
        cells = gather([*cells.items(), *_erased(dimension, columns, ordinals, over)])
    for name in AFTERWARDS & set(question.where):
        read, codes = reader(name, reference, columns), question.where[name]
        cells = {key: numbers for key, numbers in cells.items() if read(key) in codes}
    return cells


def _rows(query: Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows as the driver gives them: words and numbers need no conversion, and a row object each costs a third."""
    db.session.flush()  # what this transaction has not yet written counts as well
    found = db.session.connection().execute(query)
    try:
        return list(found.cursor.fetchall())
    finally:
        found.close()


def _tallied(
    rows: Sequence[Sequence[Any]],
    columns: Sequence[str],
    ordinals: Mapping[int, str],
    over: Mapping[int, bool],
) -> dict[Codes, Tally]:
    """The tallies of cells; few people stand in most of thousands of rows, so that the same tallies come again and again."""
    codes_of = _codes_of(columns, ordinals)
    has_edition, usual = "edition" in columns, any(over.values())
    known: dict[tuple[Sequence[Any], bool], Tally] = {}
    cells: dict[Codes, Tally] = {}
    for row in rows:
        if row[-3] == UNCOUNTED:
            continue
        key = (row[-3:], over[row[0]] if has_edition else usual)
        numbers = known.get(key)
        if numbers is None:
            numbers = known[key] = measured(*key[0], is_over=key[1])
        codes = codes_of(row)
        before = cells.get(codes)
        cells[codes] = numbers if before is None else both(before, numbers)
    return cells


def _codes_of(columns: Sequence[str], ordinals: Mapping[int, str]) -> Callable[[Sequence[Any]], Codes]:
    """How the codes are read from a row: what is empty is the empty code, numbers and days become texts."""
    if not {"edition", "state", "body", "day", "check_in_day"} & set(columns):
        return _plain_codes(len(columns))
    makers: list[Callable[[Sequence[Any]], str]] = []
    place = 0
    for column in columns:
        if column == "state":
            makers.append(lambda row: row[-3])
            continue
        makers.append(_maker(column, place, ordinals))
        place += 1
    return lambda row: tuple([make(row) for make in makers])


def _plain_codes(width: int) -> Callable[[Sequence[Any]], Codes]:
    """The codes as they stand, an empty column as the empty code."""

    def codes_of(row: Sequence[Any]) -> Codes:
        codes: Codes = tuple(row[:width])
        return tuple([code or NONE for code in codes]) if None in codes else codes

    return codes_of


def _maker(column: str, place: int, ordinals: Mapping[int, str]) -> Callable[[Sequence[Any]], str]:
    if column == "edition":
        return lambda row: ordinals[row[place]]
    if column in ("body", "day", "check_in_day"):
        return lambda row: NONE if row[place] is None else str(row[place])
    return lambda row: row[place] or NONE


def _kept_dimension(question: Question) -> str | None:
    """The dimension under which the erased are kept counted: asked for alone, with the state or by edition at most."""
    asked = set(question.by) - {"state", "edition"}
    others = set(question.where) - {"state", "edition"}
    kept = asked & {"body", "language"}
    return kept.pop() if len(asked) == 1 and kept and not others and question.with_host else None


def _erased(
    dimension: str, columns: Sequence[str], ordinals: Mapping[int, str], over: Mapping[int, bool]
) -> Iterator[tuple[Codes, Tally]]:
    """Move the erased from the empty code, where their rows stand now, to the code they were counted under."""
    found = db.session.scalars(
        select(ErasedCount).where(
            ErasedCount.edition_id.in_(list(ordinals)),
            ErasedCount.dimension == dimension,
            ErasedCount.code != NONE,
        )
    )
    for one in found:
        came = one.people if one.is_checked_in else 0
        values = {"edition": ordinals[one.edition_id], "state": one.state}
        for code, sign in ((one.code, 1), (NONE, -1)):
            codes = tuple((values | {dimension: code})[column] for column in columns)
            yield codes, measured(one.state, sign * one.people, sign * came, is_over=over[one.edition_id])
