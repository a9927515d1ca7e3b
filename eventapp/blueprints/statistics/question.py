"""The question that stands in the address of the page of counts: what, by what, of whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from eventapp.rules.crosstab_table import COLUMNS, dimensions_for, fitting_columns
from eventapp.rules.dimension import NOBODYS, read_code
from eventapp.rules.measure import MEASURES

WITHOUT: Final = "without"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to count, by what, of whom, and whether the host country is left out; words nobody knows are left out."""

    measure: str = "registered"
    rows: str = "country"
    columns: str = "main_sector"
    host: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def with_host(self) -> bool:
        return self.host != WITHOUT

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions that the table needs."""
        return dimensions_for(self.rows, self.columns)

    @property
    def plain_by(self) -> list[str]:
        """The same question as dimensions of an export: columns, then rows."""
        return [self.rows] if self.columns == "none" else [self.columns, self.rows]

    def args(self) -> dict[str, str]:
        """The question as it stands in an address; what is as usual is left out."""
        usual = Asked()
        named = {
            name: value
            for name in ("measure", "rows", "columns", "host")
            if (value := getattr(self, name)) != getattr(usual, name)
        }
        return named | {name: self.value(name) for name in self.where}

    def without(self, name: str) -> "Asked":
        """The question with one filter left out."""
        return replace(self, where={one: codes for one, codes in self.where.items() if one != name})

    def value(self, name: str) -> str:
        """The codes of a filter as they stand in an address; empty where nobody asked for any."""
        return ",".join(code or NOBODYS for code in self.where.get(name, ()))


def read_filters(args: Mapping[str, str], dimensions: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The filters of an address: dimension=code,code."""
    found = {}
    for name in dimensions:
        codes = [code.strip() for code in args.get(name, "").split(",") if code.strip()]
        if codes:
            found[name] = tuple(read_code(name, code[:60]) for code in codes[:50])
    return found


def read_question(
    args: Mapping[str, str],
    dimensions: tuple[str, ...],
    measures: tuple[str, ...],
    *,
    column_words: tuple[str, ...] = COLUMNS,
) -> Asked:
    """The question of an address, as far as it can be answered now; what is unknown falls back to the usual."""
    usual = Asked()
    rows = args.get("rows", "")
    rows = rows if rows in dimensions else usual.rows
    columns = args.get("columns", "")
    columns = columns if columns in column_words else usual.columns
    measure = args.get("measure", "")
    measure = measure if measure in MEASURES and measure in measures else usual.measure
    if rows == "check_in_day" and "checked_in" in measures:
        measure = "checked_in"  # whoever was not checked in stands under no day
    return Asked(
        measure=measure,
        rows=rows,
        columns=fitting_columns(rows, columns),
        host=WITHOUT if args.get("host") == WITHOUT else "",
        where=read_filters(args, dimensions),
    )
