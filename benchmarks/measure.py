"""What a measurement gives: a ratio (or a plain value) with its bound, and how rounds alternate."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. Without a bound it only informs."""

    name: str
    measured: str
    yardstick: str = ""
    value: float
    bound: float | None = None
    at_least: bool = False  # whether the bound is a floor (True) or a ceiling (False)
    unit: str = "x"  # "x" for a ratio
    note: str = ""

    @property
    def holds(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def alternate(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Run the sides in turn, A B A B ..., so that whatever else the machine does hits them alike."""
    values: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for found, side in zip(values, sides, strict=True):
            found.append(side())
    return values


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of neighbouring rounds: drift of the machine falls out."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def table(rows: Sequence[Row]) -> str:
    """The rows as text, one below the other."""
    lines = [["measurement", "measured", "yardstick", "result", "bound", ""]]
    for row in rows:
        bound = (
            "" if row.bound is None else f"{'>=' if row.at_least else '<='} {_plain(row.bound)} {row.unit}"
        )
        verdict = "" if row.bound is None else ("holds" if row.holds else "FAILS")
        lines.append(
            [row.name, row.measured, row.yardstick, f"{_plain(row.value)} {row.unit}", bound, verdict]
        )
    widths = [max(len(line[place]) for line in lines) for place in range(6)]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    text.insert(1, "-" * len(text[0]))
    notes = [f"  {row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*text, *(["", "Notes", *notes] if notes else [])])


def _plain(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"
