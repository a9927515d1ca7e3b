"""A publication as everybody may read it: rows of numbers, each shown, withheld or left out, and the names they need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eventapp.rules.publication import Detail, Snapshot
from eventapp.rules.publication_check import Prepared, may_tell_countries
from eventapp.rules.suppression_layer import State
from eventapp.rules.suppression_network import TOTAL

Texts = Mapping[str, str]
Row = dict[str, Any]

FORMAT: Final = 1
TABLES: Final = ("total", "host", "without_host", "sector", "region", "country", "sector_by_region")
NO_COUNTRY: Final = "none"  # the region of people without a country, as files name it
STATUSES: Final[Mapping[State, str]] = {
    State.SHOWN: "shown",
    State.SMALL: "withheld",
    State.PROTECTS: "withheld",
    State.FOLDED: "left_out",
}


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that a publication keeps as they are on its day, each list in its order."""

    sectors: Mapping[str, Texts]
    regions: Mapping[str, Texts]
    countries: Mapping[str, Texts]


@dataclass(frozen=True, kw_only=True)
class Countries:
    """How many states sent a delegation, and apart from them what else there is."""

    countries: int
    territories: int
    seat_only: int


def build_document(
    prepared: Prepared, detail: Detail, names: Names, countries: Mapping[str, Countries]
) -> dict[str, Any]:
    """The public part: nothing in it tells a small number from one that protects it."""
    rows = list(_Rows(prepared, detail, names))
    return {
        "format": FORMAT,
        "threshold": prepared.plan.threshold,
        "scheme": prepared.plan.scheme,
        "measures": list(prepared.plan.measures),
        "countries": {
            measure: {
                "countries": known.countries,
                "territories": known.territories,
                "seat_only": known.seat_only,
            }
            if may_tell_countries(prepared, measure, known.countries + known.territories + known.seat_only)
            else None
            for measure, known in countries.items()
            if measure in prepared.plan.measures
        },
        "rows": rows,
        "names": {
            "sector": _used(names.sectors, rows, "sector", "subsector"),
            "region": _used(names.regions, rows, "region"),
            "country": _used(names.countries, rows, "country"),
        },
    }


def _used(names: Mapping[str, Texts], rows: Sequence[Row], *fields: str) -> dict[str, dict[str, str]]:
    codes = {row[field] for row in rows for field in fields}
    return {code: dict(texts) for code, texts in names.items() if code in codes}


class _Rows:
    """The rows of all tables in the order of a page."""

    def __init__(self, prepared: Prepared, detail: Detail, names: Names) -> None:
        self.plan = prepared.plan
        self.values = prepared.values
        self.detail = detail
        self.names = names
        self.told = Snapshot(number=0, threshold=0, values=prepared.values, states=prepared.states).told

    def __iter__(self) -> Iterator[Row]:
        yield self._row("total", TOTAL)
        if self.plan.without_host and self.detail.host_key:
            yield from self._host(self.detail.host_key)
        if self.plan.sectors != "none":
            yield from self._sectors()
        if self.plan.places != "none":
            yield from self._regions()
        if self.plan.places == "country":
            yield from self._countries()
        if self.plan.is_crossed:
            yield from self._crossing()

    def _row(self, table: str, key: str, **codes: str) -> Row:
        numbers = {measure: self._number(measure, key) for measure in self.plan.measures}
        usual = {"table": table, "sector": "", "subsector": "", "region": "", "country": ""}
        return {**usual, **codes, "numbers": numbers}

    def _number(self, measure: str, key: str) -> dict[str, Any]:
        state, value = self.told(measure, key), self.values[measure].get(key, 0)
        if state is State.ABSENT and not value:
            state = State.SHOWN  # nobody at all stands under the sum, so that nothing of it was worked out
        return _number(STATUSES[state], value)

    def _host(self, key: str) -> Iterator[Row]:
        host = self._row("host", key, country=self.detail.host or "")
        yield host
        total = self._row("total", TOTAL)
        numbers = {}
        for measure, mine in host["numbers"].items():
            of_all = total["numbers"][measure]
            is_shown = mine["status"] == of_all["status"] == "shown"
            numbers[measure] = (
                _number("shown", of_all["value"] - mine["value"]) if is_shown else _number("withheld", 0)
            )
        yield {**total, "table": "without_host", "country": self.detail.host or "", "numbers": numbers}

    def _mains(self) -> list[str]:
        parents = self.detail.sector_parents
        return [code for code in self.names.sectors if not parents.get(code)]

    def _sectors(self) -> Iterator[Row]:
        for main in self._mains():
            yield self._row("sector", f"s|{main}", sector=main)
            if self.plan.sectors != "both":
                continue
            parts = [code for code in self.names.sectors if self.detail.sector_parents.get(code) == main]
            if parts and self._may_name(f"s|{main}|{main}"):
                parts.append(main)  # people whose post is known no closer
            for part in parts:
                yield self._row("sector", f"s|{main}|{part}", sector=main, subsector=part)

    def _keys(self, start: str) -> Iterator[str]:
        """The numbers below a sum that are not zero in every measure."""
        found = {key for known in self.values.values() for key in known if key.startswith(start)}
        return iter(sorted(found))

    def _may_name(self, key: str) -> bool:
        """Whether a line that stands only where there is somebody may stand: not if all its numbers are left out."""
        return any(
            self.values[measure].get(key) and self.told(measure, key) is not State.FOLDED
            for measure in self.plan.measures
        )

    def _region_codes(self) -> list[str]:
        used = [code for code in ("unassigned", "") if self._may_name(f"p|{code}")]
        return [*self.names.regions, *used]

    def _regions(self) -> Iterator[Row]:
        for code in self._region_codes():
            row = self._row("region", f"p|{code}", region=code or NO_COUNTRY)
            if self.plan.places == "country":
                row["parts_left_out"] = [
                    measure
                    for measure in self.plan.measures
                    if any(self.told(measure, key) is State.FOLDED for key in self._keys(f"p|{code}|"))
                ]
            yield row

    def _countries(self) -> Iterator[Row]:
        """Countries with anybody; one that only a number left out would name is not named."""
        for region in self._region_codes():
            for key in self._keys(f"p|{region}|"):
                numbers = [
                    self.told(measure, key) for measure in self.plan.measures if self.values[measure].get(key)
                ]
                if any(state is not State.FOLDED for state in numbers):
                    yield self._row(
                        "country", key, region=region or NO_COUNTRY, country=key.rpartition("|")[2]
                    )

    def _crossing(self) -> Iterator[Row]:
        used = {tuple(key.split("|")[1:]) for key in self._keys("x|")}
        mains = {main for main, _ in used}
        regions = {region for _, region in used}
        for main in self._mains():
            for region in self._region_codes():
                if main in mains and region in regions:
                    yield self._row(
                        "sector_by_region",
                        f"x|{main}|{region}",
                        sector=main,
                        region=region or NO_COUNTRY,
                    )


def _number(status: str, value: int) -> dict[str, Any]:
    return {"value": value if status == "shown" else None, "status": status}


def key_of(row: Mapping[str, Any]) -> str:
    """The key that a row of a document has in the record of its publication; empty for what is worked out of others."""
    region = "" if row["region"] == NO_COUNTRY else row["region"]
    match row["table"]:
        case "total":
            return TOTAL
        case "sector":
            return f"s|{row['sector']}|{row['subsector']}".removesuffix("|")
        case "region":
            return f"p|{region}"
        case "country":
            return f"p|{region}|{row['country']}"
        case "sector_by_region":
            return f"x|{row['sector']}|{region}"
    return ""
