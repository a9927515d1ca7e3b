"""Badge categories: the first line that fits wins, an empty column fits everybody."""

import pytest

from eventapp.rules.badge import Rule, counted_kind, derive, find_idle, make_code, place_for

RULES = (
    Rule(None, None, "speaker", "speaker"),
    Rule("state", None, "head", "head"),
    Rule("state", None, None, "delegation"),
    Rule(None, "LE", None, "police"),
    Rule("ngo", "PRV-FIN", "observer", "bank"),
)
PARENTS = {"LE-POL": "LE", "PRV-FIN": "PRV"}


@pytest.mark.parametrize(
    ("kind", "sector", "main_sector", "role", "expected"),
    [
        ("state", "LE-POL", "LE", "speaker", "speaker"),
        ("state", "LE-POL", "LE", "head", "head"),
        ("ngo", "LE-POL", "LE", "head", "police"),  # the upper level speaks for those below it
        ("state", "LE", "LE", "delegate", "delegation"),
        ("ngo", "PRV-FIN", "PRV", "observer", "bank"),
        ("ngo", "PRV-FIN", "PRV", "delegate", None),
        ("company", "PRV-FIN", "PRV", "observer", None),
        (None, "PRV", "PRV", "observer", None),  # a kind that is not known is no kind
    ],
)
def test_the_first_line_that_fits_wins(kind, sector, main_sector, role, expected):
    found = derive(RULES, kind=kind, sector=sector, main_sector=main_sector, role=role)
    assert found == expected


def test_nothing_fits_an_empty_table():
    assert derive((), kind="state", sector="OTH", main_sector="OTH", role="head") is None


def test_delegates_of_a_country_are_a_states_whatever_body_sends_them():
    assert counted_kind("state", "government_agency") == "state"
    assert counted_kind("seat", "company") == "company"
    assert counted_kind("none", None) is None


def test_a_line_below_one_that_fits_everybody_is_idle():
    rules = (
        *RULES,
        Rule("state", "LE", "speaker", "x"),
        Rule(None, None, None, "rest"),
        Rule("media", None, None, "y"),
    )
    assert find_idle(rules, PARENTS) == [5, 7]


def test_a_new_line_goes_where_it_can_win():
    rules = (*RULES, Rule(None, None, None, "rest"))
    assert (
        place_for(rules, Rule("state", "LE", "expert", "x"), PARENTS) == 2
    )  # above the line for all of a state
    assert place_for(rules, Rule("company", None, "expert", "x"), PARENTS) == 5
    assert (
        place_for(RULES, Rule("ngo", "LE-POL", None, "x"), PARENTS) == 3
    )  # above the line for its upper sector
    assert place_for(RULES, Rule("company", None, None, "x"), PARENTS) == len(RULES)


def test_codes_are_made_of_names():
    assert make_code("Chef de délégation", set()) == "chef_de_delegation"
    assert make_code("Press!", {"press", "press_2"}) == "press_3"
    assert make_code("الصحافة", set()) == "category"
    assert len(make_code("a" * 200, set())) == 30
