"""Counting: measures with their basis, countries that are states, tables whose totals agree both ways."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from eventapp.errors import Refused
from eventapp.rules.badge import Rule
from eventapp.rules.crosstab import Counts, check_question, long_rows, represented
from eventapp.rules.crosstab_table import bars, build_table, dimensions_for, fitting_columns, heat
from eventapp.rules.dimension import DIMENSIONS, Reference, Scheme, check_dimensions, columns_of, name_of
from eventapp.rules.measure import MEASURES, Tally, check_measures, gather, measured
from eventapp.rules.spreadsheet import csv_text, harmless

WORDS = {"country": "No country", "unassigned": "Unassigned"}
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
    schemes={
        "m49": Scheme(
            names={"002": {"en": "Africa"}, "202": {"en": "Sub-Saharan Africa"}, "150": {"en": "Europe"}},
            upper={"NA": "002", "KE": "002", "NO": "150"},
            lower={"NA": "202", "KE": "202"},
        ),
        "own": Scheme(names={"N": {"en": "North"}}, upper={"NO": "N", "GL": "N"}),
    },
    category_names={"press": {"en": "Press"}, "rest": {"en": "Everybody else"}},
    badge_rules=(Rule("state", None, "head", "press"), Rule(None, "NGO", None, "rest")),
)
# sector, country, basis, state, came, role, people
ROWS = [
    ("LE-POL", "NA", "state", "approved", True, "head", 2),
    ("LE-POL", "NA", "state", "withdrawn", True, "delegate", 1),
    ("LE-BRD", "NA", "state", "submitted", False, "delegate", 3),
    ("LE-POL", "NO", "state", "waitlisted", False, "delegate", 1),
    ("LE-POL", "GL", "state", "approved", False, "delegate", 1),
    ("NGO", "KE", "seat", "approved", True, "observer", 4),
    ("NGO", "NA", "seat", "rejected", False, "observer", 5),
    ("IGO", "", "none", "approved", False, "observer", 6),
]
COLUMNS = ("sector", "country", "basis", "state", "role", "body_kind")


def counts(rows=ROWS, by=("sector", "country"), *, is_over=True) -> Counts:
    cells = gather(
        (
            (sector, country, basis, state, role, ""),
            measured(state, people, people if came else 0, is_over=is_over),
        )
        for sector, country, basis, state, came, role, people in rows
    )
    return Counts(
        ordinal=8,
        taken_at=datetime(2027, 4, 14, tzinfo=UTC),
        question=check_question(by, {}, REFERENCE),
        columns=COLUMNS,
        cells=cells,
        host="KE",
        is_over=is_over,
        reference=REFERENCE,
    )


def table_of(found, rows, columns, measure):
    return build_table(found, rows=rows, columns=columns, measure=measure, name=name_in_english)


def name_in_english(dimension, code):
    return name_of(REFERENCE, dimension, code, "en", WORDS) or code


def test_measures():
    assert counts().total == Tally(received=23, registered=17, approved=13, checked_in=7, no_show=7)
    assert counts().states["withdrawn"] == 1
    assert counts(is_over=False).total.no_show == 0
    assert counts([]).total == Tally()


def test_only_states_are_countries():
    found = represented(counts(), "registered")
    assert (found.countries, found.territories, found.seat_only, found.without_country) == (2, 1, 1, 6)
    assert represented(counts(), "approved").countries == 1  # Norway is not approved yet


def test_namibia_is_no_missing_value():
    rows = long_rows(counts(by=["sector", "country"]), ("registered",), language="en", words=WORDS)
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
    rows = long_rows(counts(by=["sector", "country"]), ("approved",), language="en", words=WORDS)
    assert not [row for row in rows if not row["approved"]]
    assert sum(row["approved"] for row in rows) == 13


@pytest.mark.parametrize(
    "by",
    [
        ["state"],
        ["region"],
        ["subregion"],
        ["own"],
        ["main_sector", "region"],
        ["country"],
        ["sector", "state"],
        ["role"],
        ["body_kind"],
        ["badge_category", "role"],
    ],
)
def test_every_dimension_adds_up(by):
    rows = long_rows(counts(by=by), ("received", "registered", "approved"), language="en", words=WORDS)
    assert sum(row["received"] for row in rows) == 23
    assert sum(row["registered"] for row in rows) == 17


@pytest.mark.parametrize("by", [[], ["planet"], ["sector", "sector"]])
def test_unknown_dimensions_are_refused(by):
    with pytest.raises(Refused):
        check_dimensions(by)


def test_unknown_measures_are_refused():
    assert check_measures(None) == MEASURES
    assert check_measures(None, is_over=False) == (
        "received",
        "registered",
        "endorsed",
        "approved",
        "checked_in",
    )
    assert check_measures("approved") == ("approved",)
    with pytest.raises(Refused):
        check_measures("liked")
    with pytest.raises(Refused):
        check_measures("no_show", is_over=False)


@pytest.mark.parametrize(
    "rows",
    ["country", "region", "subregion", "own", "main_sector", "sector", "role", "badge_category", "state"],
)
@pytest.mark.parametrize(
    "columns", ["main_sector", "sector", "country_basis", "region", "role", "state", "none"]
)
@pytest.mark.parametrize("measure", MEASURES)
def test_totals_agree_both_ways(rows, columns, measure):
    columns = fitting_columns(rows, columns)
    table = table_of(counts(), rows, columns, measure)
    total = counts().total.of(measure)
    assert table.totals.total == total
    assert columns == "none" or sum(table.totals.numbers) == total
    assert sum(group.subtotal.total for group in table.groups) == total
    for group in table.groups:
        if group.lines:
            assert [
                sum(column) for column in zip(*(line.numbers for line in group.lines), strict=True)
            ] == list(group.subtotal.numbers)
        assert columns == "none" or all(line.total == sum(line.numbers) for line in group.lines)


def test_order_of_the_table():
    table = table_of(counts(), "country", "main_sector", "registered")
    assert table.columns == (("state", "LE"), ("seat", "NGO"), ("none", "IGO"))
    assert [group.code for group in table.groups] == ["002", "150", "unassigned", ""]
    assert [line.code for line in table.groups[0].lines] == ["NA", "KE"]  # larger first
    assert table.groups[-1].lines == ()  # no country has no rows below it
    assert table.column_groups == [("state", 1), ("seat", 1), ("none", 1)]
    assert table.starts == {1, 2}


def test_words_stand_in_the_order_of_the_field():
    table = table_of(counts(), "role", "none", "received")
    assert [group.code for group in table.groups] == ["head", "delegate", "observer"]
    assert table.columns == () and table.totals.numbers == ()


def test_categories_come_from_the_table_of_the_administrator():
    found = {code: numbers.received for (code,), numbers in counts().by("badge_category").items()}
    assert found == {"press": 2, "rest": 9, "": 12}
    assert name_of(REFERENCE, "badge_category", "", "en", {}) == "No category"


def test_a_scheme_of_ones_own():
    found = {code: numbers.received for (code,), numbers in counts().by("own").items()}
    assert found == {"N": 2, "unassigned": 15, "": 6}
    assert name_of(REFERENCE, "own", "N", "en", WORDS) == "North"
    assert name_of(REFERENCE, "own", "unassigned", "en", WORDS) == "Unassigned"


def test_people_of_several_days_are_one_in_the_total():
    rows = [("2027-06-08", "head", 3), ("2027-06-09", "head", 2), ("2027-06-09", "delegate", 1)]
    people = counts(
        [("LE-POL", "NA", "state", "approved", True, role, n) for role, n in (("head", 4), ("delegate", 1))]
    )
    days = replace(
        people,
        question=check_question(("check_in_day", "role"), {}, REFERENCE),
        columns=("role", "check_in_day"),
        cells={(role, day): Tally(n, n, 0, n, n, 0) for day, role, n in rows},
        once=people,
    )
    table = table_of(days, "check_in_day", "role", "checked_in")
    assert [(group.code, group.subtotal.numbers) for group in table.groups] == [
        ("2027-06-08", (3, 0)),
        ("2027-06-09", (2, 1)),
    ]
    assert table.totals.numbers == (4, 1) and table.totals.total == 5 == days.total.checked_in


def test_every_dimension_names_columns_to_read():
    for name in DIMENSIONS:
        assert columns_of([name])
    assert columns_of(["own"]) == ("country",)
    assert columns_of(["role", "sector"]) == ("sector", "role")
    assert dimensions_for("role", "sector") == ("role", "sector", "country_basis")


def test_empty_table():
    table = table_of(counts([]), "country", "main_sector", "registered")
    assert table.groups == () and table.totals.total == 0


def test_bars():
    sectors = bars(counts(), "main_sector", "registered", "approved")
    assert [(bar.code, bar.outer, bar.inner) for bar in sectors] == [
        ("LE", 7, 3),
        ("IGO", 6, 6),
        ("NGO", 4, 4),
    ]
    assert sectors[0].outer_share == 100
    found = {bar.code for bar in bars(counts(), "region", "registered", "approved")}
    assert found == {"002", "150", "unassigned", ""}


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
