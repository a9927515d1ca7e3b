"""Regions: the codes of schemes, and where countries stand after a move."""

import pytest

from eventapp.errors import Refused
from eventapp.rules.region import Place, check_scheme_code, make_region_code, reassign

NORTH, SOUTH, COAST = 1, 2, 3  # the coast lies in the south
PLACES = {"NO": Place(NORTH), "NA": Place(SOUTH, COAST), "KE": Place(SOUTH), "FR": Place()}


@pytest.mark.parametrize("code", ["african_union", "g20", " OIC "])
def test_a_scheme_is_a_plain_word(code):
    assert check_scheme_code(code) == code.strip().lower()


@pytest.mark.parametrize(
    "code", ["", "20", "two words", "a-b", "no.lower", "état", "x" * 31, "country", "rows", "none"]
)
def test_other_codes_are_refused(code):
    with pytest.raises(Refused):
        check_scheme_code(code)


def test_codes_of_regions_come_from_their_names():
    assert make_region_code("Côte d’Azur", set()) == "cote_d_azur"
    assert make_region_code("North", {"north", "north_2"}) == "north_3"
    assert make_region_code("الشمال", set()) == "region"
    assert make_region_code("Unassigned", set()) == "unassigned_2"  # counts say so of whoever stands nowhere


def test_an_upper_region_takes_and_leaves():
    moved = reassign(PLACES, region=NORTH, parent=None, chosen={"NO", "NA"})
    assert moved == {"NA": Place(NORTH)}  # out of the coast, which lies elsewhere
    assert reassign(PLACES, region=SOUTH, parent=None, chosen={"KE"}) == {"NA": Place()}
    assert reassign(PLACES, region=SOUTH, parent=None, chosen={"KE", "NA"}) == {}


def test_a_lower_region_brings_its_upper_one_along():
    moved = reassign(PLACES, region=COAST, parent=SOUTH, chosen={"NO", "FR"})
    assert moved == {"NO": Place(SOUTH, COAST), "FR": Place(SOUTH, COAST), "NA": Place(SOUTH)}
