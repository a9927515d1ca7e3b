"""Badge categories: the first line that fits wins, an empty column fits everybody."""

import pytest

from eventapp.rules.badge import Rule, counted_kind, derive, find_idle

RULES = (
    Rule(None, None, "speaker", "speaker"),
    Rule("state", None, "head", "head"),
    Rule("state", None, None, "delegation"),
    Rule(None, "LE", None, "police"),
    Rule("ngo", "PRV-FIN", "observer", "bank"),
)


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
    assert find_idle(rules) == [5, 7]
