"""Workbooks for spreadsheets, written a batch at a time by a process of their own."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from eventapp.adapters.own_process import make_file

MOST_ROWS: Final = 1_048_575  # what a sheet holds, beside its head

Batch = Sequence[Sequence[object]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars of some columns of the sheet, one bar for each of its first `rows` rows."""

    title: str
    rows: int
    names: int  # the column of names
    series: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its head stays in sight. Texts are texts, whatever they begin with; numbers are numbers."""

    name: str
    head: Sequence[str]
    batches: Iterable[Batch]
    widths: Sequence[int] = field(default_factory=tuple)
    chart: Chart | None = None
    wraps: bool = False  # long texts on several lines
    is_text: bool = False  # what somebody types below the head stays as it was typed: 0044 and +44 too


def write_workbook(
    target: Path, sheets: Iterable[Sheet], *, title: str, made_at: datetime, is_rtl: bool = False
) -> None:
    """Write a workbook; the sheets are read one after the other, and never more than a batch is held."""
    make_file(
        target,
        "workbook_writing.py",
        _lines(sheets, title=title, made_at=made_at, is_rtl=is_rtl),
    )


def _lines(sheets: Iterable[Sheet], *, title: str, made_at: datetime, is_rtl: bool) -> Iterator[bytes]:
    yield _line(title=title, made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"))
    for sheet in sheets:
        yield _line(
            sheet=sheet.name,
            head=list(sheet.head),
            widths=list(sheet.widths),
            is_rtl=is_rtl,
            wraps=sheet.wraps,
            is_text=sheet.is_text,
        )
        for batch in sheet.batches:
            yield _line(rows=[list(row) for row in batch])
        if sheet.chart:
            yield _line(chart=vars(sheet.chart))
    yield _line(end=True)


def _line(**parts: Any) -> bytes:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
