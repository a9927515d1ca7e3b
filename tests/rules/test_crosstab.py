"""Counting: measures with their basis, countries that are states, tables whose totals agree both ways."""

from datetime import UTC, datetime

import pytest

from eventapp.errors import Refused
from eventapp.rules.crosstab import (
    Cell,
    Counts,
    Reference,
    Tally,
    check_dimensions,
    check_measures,
    long_rows,
    represented,
)
from eventapp.rules.crosstab_table import bars_by_region, bars_by_sector, build_table, fitting_columns, heat
from eventapp.rules.spreadsheet import csv_text, harmless

WORDS = {"no_country": "No country", "unassigned": "Unassigned"}
REFERENCE = Reference(
    country_names={
        "NA": {"en": "Namibia"},
        "NO": {"en": "Norway"},
        "KE": {"en": "Kenya"},
        "GL": {"en": "Greenland"},
    },
    country_statuses={"NA": "un_member", "NO": "un_member", "KE": "un_member", "GL": "territory"},
    sector_names={
        "LE": {"en": "Law enforcement"},
        "LE-POL": {"en": "Police"},
        "LE-BRD": {"en": "Border"},
        "NGO": {"en": "NGO"},
        "IGO": {"en": "IGO"},
    },
    sector_parents={"LE": None, "LE-POL": "LE", "LE-BRD": "LE", "NGO": None, "IGO": None},
    region_names={"002": {"en": "Africa"}, "202": {"en": "Sub-Saharan Africa"}, "150": {"en": "Europe"}},
    regions={"NA": "002", "KE": "002", "NO": "150"},
    subregions={"NA": "202", "KE": "202"},
)
CELLS = [
    Cell("LE-POL", "NA", "state", "approved", 2),
    Cell("LE-POL", "NA", "state", "withdrawn", 1),
    Cell("LE-BRD", "NA", "state", "submitted", 3),
    Cell("LE-POL", "NO", "state", "waitlisted", 1),
    Cell("LE-POL", "GL", "state", "approved", 1),
    Cell("NGO", "KE", "seat", "approved", 4),
    Cell("NGO", "NA", "seat", "rejected", 5),
    Cell("IGO", None, "none", "approved", 6),
]


def counts(cells=CELLS) -> Counts:
    return Counts(
        ordinal=8,
        taken_at=datetime(2027, 4, 14, tzinfo=UTC),
        cells=cells,
        with_host=True,
        host="KE",
        host_people=Tally(),
        reference=REFERENCE,
    )


def test_measures():
    assert counts().total == Tally(received=23, registered=17, approved=13)
    assert counts().states["withdrawn"] == 1
    assert counts([]).total == Tally()


def test_only_states_are_countries():
    found = represented(counts(), "registered")
    assert (found.countries, found.territories, found.seat_only, found.without_country) == (2, 1, 1, 6)
    assert represented(counts(), "approved").countries == 1  # Norway is not approved yet


def test_namibia_is_no_missing_value():
    rows = long_rows(
        counts(), check_dimensions(["sector", "country"]), ("registered",), language="en", words=WORDS
    )
    police = next(row for row in rows if row["sector"] == "LE-POL" and row["country"] == "NA")
    assert police == {
        "sector": "LE-POL",
        "sector_name": "Police",
        "country": "NA",
        "country_name": "Namibia",
        "country_basis": "state",
        "registered": 2,
    }
    assert {row["country"] for row in rows} == {"NA", "NO", "GL", "KE", None}
    assert csv_text(["country"], [["NA"], ["NO"], [None]]) == 'country\r\nNA\r\nNO\r\n""\r\n'


def test_rows_that_count_nobody_are_left_out():
    rows = long_rows(
        counts(), check_dimensions(["sector", "country"]), ("approved",), language="en", words=WORDS
    )
    assert not [row for row in rows if not row["approved"]]
    assert sum(row["approved"] for row in rows) == 13


@pytest.mark.parametrize(
    "by", [["state"], ["region"], ["main_sector", "region"], ["country"], ["sector", "state"]]
)
def test_every_dimension_adds_up(by):
    rows = long_rows(
        counts(), check_dimensions(by), ("received", "registered", "approved"), language="en", words=WORDS
    )
    assert sum(row["received"] for row in rows) == 23
    assert sum(row["registered"] for row in rows) == 17


@pytest.mark.parametrize("by", [[], ["planet"], ["sector", "sector"]])
def test_unknown_dimensions_are_refused(by):
    with pytest.raises(Refused):
        check_dimensions(by)


def test_unknown_measures_are_refused():
    assert check_measures(None) == ("received", "registered", "approved")
    assert check_measures("approved") == ("approved",)
    with pytest.raises(Refused):
        check_measures("liked")


@pytest.mark.parametrize("rows", ["country", "region", "main_sector", "sector"])
@pytest.mark.parametrize("columns", ["main_sector", "sector", "country_basis", "state"])
@pytest.mark.parametrize("measure", ["received", "registered", "approved"])
def test_totals_agree_both_ways(rows, columns, measure):
    table = build_table(
        counts(), rows=rows, columns=fitting_columns(rows, columns), measure=measure, language="en"
    )
    total = counts().total.of(measure)
    assert table.totals.total == sum(table.totals.numbers) == total
    assert sum(group.subtotal.total for group in table.groups) == total
    for group in table.groups:
        if group.lines:
            assert [
                sum(column) for column in zip(*(line.numbers for line in group.lines), strict=True)
            ] == list(group.subtotal.numbers)
        assert all(line.total == sum(line.numbers) for line in group.lines)


def test_order_of_the_table():
    table = build_table(counts(), rows="country", columns="main_sector", measure="registered", language="en")
    assert table.columns == (("state", "LE"), ("seat", "NGO"), ("none", "IGO"))
    assert [group.code for group in table.groups] == ["002", "150", "unassigned", ""]
    assert [line.code for line in table.groups[0].lines] == ["NA", "KE"]  # larger first
    assert table.groups[-1].lines == ()  # no country has no rows below it
    assert table.column_groups == [("state", 1), ("seat", 1), ("none", 1)]
    assert table.starts == {1, 2}


def test_empty_table():
    table = build_table(
        counts([]), rows="country", columns="main_sector", measure="registered", language="en"
    )
    assert table.groups == () and table.totals.total == 0


def test_bars():
    sectors = bars_by_sector(counts(), "registered")
    assert [(bar.code, bar.outer, bar.inner) for bar in sectors] == [
        ("LE", 7, 3),
        ("IGO", 6, 6),
        ("NGO", 4, 4),
    ]
    assert sectors[0].outer_share == 100
    assert {bar.code for bar in bars_by_region(counts(), "registered")} == {"002", "150", "unassigned", ""}


def test_heat():
    assert [heat(people) for people in (0, 1, 2, 3, 5, 6, 12, 13, 25, 26, 5000)] == [
        0,
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_formula_is_made_text(start):
    cell = start + 'HYPERLINK("http://evil.example")'
    assert harmless(cell) == "'" + cell
    assert csv_text([cell], [[cell]]).count("'" + start) == 2


def test_what_is_harmless_stays():
    for cell in ("", "NA", "O'Brien", "1+1", "نيروبي", "a=b"):
        assert harmless(cell) == cell
    assert csv_text(["a"], [[-5], [True], [False]]) == "a\r\n-5\r\nyes\r\nno\r\n"
