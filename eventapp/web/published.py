"""A publication as a page shows it: names in the reader's language, numbers in words where they are withheld, bars."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from eventapp.errors import message
from eventapp.rules.dimension import NO_COUNTRY, UNASSIGNED
from eventapp.rules.publication_document import NO_COUNTRY as NO_COUNTRY_CODE
from eventapp.rules.publication_document import key_of
from eventapp.rules.text import shown, sort_key
from eventapp.web.locale import language
from eventapp.web.typed import translate

Row = Mapping[str, Any]
TOTAL: Final = "total"
_BASES: Final[Mapping[str, str]] = {
    "registered": message("submitted, endorsed, approved or on the waiting list at that time"),
    "approved": message("approved at that time"),
    "checked_in": message("checked in on any day, each person once"),
}
_WHY: Final[Mapping[str, str]] = {
    "small": message("small"),
    "protects": message("protects another"),
    "folded": message("left out"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number as it stands on a page; `why` is for the organisers alone."""

    measure: str
    status: str
    value: int | None
    true: int | None = None
    why: str = ""
    share: float = 0  # of the longest bar of the table, in percent

    @property
    def is_shown(self) -> bool:
        return self.status == "shown"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a table."""

    code: str
    name: str
    cells: tuple[Cell, ...]
    is_part: bool = False
    left_out: tuple[str, ...] = ()  # measures whose parts are not told


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """Sectors by regions for one measure."""

    measure: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


class Published:
    """The tables of one publication. With the record beside it, every number says why it is withheld."""

    def __init__(
        self,
        document: Mapping[str, Any],
        record: Mapping[str, Any] | None = None,
        names: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.document = document
        self.names = names or document["names"]
        self.record = record
        self.threshold: int = document["threshold"]
        self.measures: Sequence[str] = document["measures"]
        self._rows: Sequence[Row] = document["rows"]

    def _of(self, *tables: str) -> list[Row]:
        return [row for row in self._rows if row["table"] in tables]

    def _cells(self, row: Row, longest: int = 0) -> tuple[Cell, ...]:
        key = key_of(row)
        made = []
        for measure in self.measures:
            told = row["numbers"][measure]
            states = self.record["states"][measure] if self.record else {}
            true = self.record["values"][measure].get(key, 0) if self.record and key else None
            value: int | None = told["value"]
            made.append(
                Cell(
                    measure=measure,
                    status=told["status"],
                    value=value,
                    true=true,
                    why=states.get(key, "") if told["status"] != "shown" else "",
                    share=round(100 * value / longest, 1) if value and longest else 0,
                )
            )
        return tuple(made)

    def _line(self, row: Row, longest: int = 0) -> Line:
        return Line(
            code=row["subsector"] or row["country"] or row["sector"] or row["region"],
            name=self.name(row),
            cells=self._cells(row, longest),
            is_part=bool(row["subsector"]) or row["table"] == "country",
            left_out=tuple(row.get("parts_left_out", ())),
        )

    def name(self, row: Row) -> str:
        """The name of what a row is about, in the reader's language."""
        if row["table"] in ("country", "host", "without_host"):
            return self._named("country", row["country"])
        if row["table"] == "region":
            return self._region(row["region"])
        if row["subsector"] and row["subsector"] == row["sector"]:
            return translate("%(sector)s, not specified further", sector=self._named("sector", row["sector"]))
        return self._named("sector", row["subsector"] or row["sector"])

    def _named(self, kind: str, code: str) -> str:
        return shown(self.names[kind].get(code), language()).text or code

    def _region(self, code: str) -> str:
        if code == NO_COUNTRY_CODE:
            return translate(NO_COUNTRY)
        return translate(UNASSIGNED) if code == "unassigned" else self._named("region", code)

    @cached_property
    def totals(self) -> tuple[Cell, ...]:
        """The total of each measure."""
        return self._cells(self._of(TOTAL)[0])

    @cached_property
    def without_host(self) -> Line | None:
        """The total without the host country, where it was chosen."""
        rows = self._of("without_host")
        return self._line(rows[0]) if rows else None

    def countries(self, measure: str) -> Mapping[str, int] | None:
        """How many countries sent a delegation, if that is told."""
        found: Mapping[str, int] | None = self.document["countries"].get(measure)
        return found

    def _bars(self, table: str) -> tuple[Line, ...]:
        rows = self._of(table)
        mains = [row for row in rows if not row["subsector"]]
        values = [row["numbers"][measure]["value"] or 0 for row in mains for measure in self.measures]
        return tuple(self._line(row, max(values, default=0)) for row in rows)

    @cached_property
    def sectors(self) -> tuple[Line, ...]:
        """Main sectors, each with its parts after it."""
        return self._bars("sector")

    @cached_property
    def regions(self) -> tuple[Line, ...]:
        """Regions, and people without a country."""
        return self._bars("region")

    @cached_property
    def places(self) -> tuple[Line, ...]:
        """Regions with their countries by name: an order by size would tell what is withheld."""
        return tuple(self._places())

    def _places(self) -> Iterator[Line]:
        countries = self._of("country")
        if not countries and not self._left_out:
            return
        for region in self._of("region"):
            yield self._line(region)
            parts = [self._line(row) for row in countries if row["region"] == region["region"]]
            yield from sorted(parts, key=lambda line: (sort_key(line.name), line.code))

    @property
    def _left_out(self) -> bool:
        return any(row.get("parts_left_out") for row in self._of("region"))

    @cached_property
    def crossed(self) -> tuple[Crossed, ...]:
        """Sectors by regions, a table for each measure."""
        rows = self._of("sector_by_region")
        regions = list(dict.fromkeys(row["region"] for row in rows))
        found = []
        for place, measure in enumerate(self.measures if rows else ()):
            lines: dict[str, dict[str, Cell]] = {}
            for row in rows:
                lines.setdefault(row["sector"], {})[row["region"]] = self._cells(row)[place]
            found.append(
                Crossed(
                    measure=measure,
                    columns=tuple(self._region(code) for code in regions),
                    lines=tuple(
                        Line(
                            code=sector,
                            name=self._named("sector", sector),
                            cells=tuple(cells[code] for code in regions),
                        )
                        for sector, cells in lines.items()
                    ),
                )
            )
        return tuple(found)

    def title_of(self, key: str) -> str:
        """What a number is, by the key it has in the record: for what the organiser is told."""
        kind, *codes = key.split("|")
        match kind, codes:
            case "x", [sector, region]:
                return f"{self._named('sector', sector)} × {self._region(region or NO_COUNTRY_CODE)}"
            case "s", [sector] | [_, sector]:
                return self._named("sector", sector)
            case "p", [_, country]:
                return self._named("country", country)
            case "p", [region]:
                return self._region(region or NO_COUNTRY_CODE)
        return translate("Total")

    def basis(self, measure: str) -> str:
        """What a measure counts, said of a day that has passed."""
        return translate(_BASES[measure])

    def why_words(self, why: str) -> str:
        """Why a number is withheld, for the organisers."""
        return translate(_WHY[why])

    def tally(self) -> Mapping[str, int]:
        """How many numbers are shown, withheld and left out."""
        found = {"shown": 0, "withheld": 0, "left_out": 0}
        for row in self._rows:
            for told in row["numbers"].values():
                found[told["status"]] += 1
        return found
