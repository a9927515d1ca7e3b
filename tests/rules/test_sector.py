"""Sectors: the shape of codes, and what may be chosen once some are switched off."""

import pytest

from eventapp.errors import Refused
from eventapp.rules.sector import check_sector_code, choosable

PARENTS = {"LE": None, "LE-POL": "LE", "LE-NCB": "LE", "ACA": None}


def choose(*off):
    sectors, groups = choosable(PARENTS, {code: code not in off for code in PARENTS})
    return sorted(sectors), sorted(groups)


def test_the_deepest_are_chosen():
    assert choose() == (["ACA", "LE-NCB", "LE-POL"], ["LE"])
    assert choose("LE-NCB") == (["ACA", "LE-POL"], ["LE"])


def test_an_upper_one_takes_its_lower_ones_along_or_stands_for_itself_without_them():
    assert choose("LE") == (["ACA"], [])
    assert choose("LE-NCB", "LE-POL") == (["ACA", "LE"], [])


def test_codes():
    assert check_sector_code(" le-cyb2 ") == "LE-CYB2"
    for wrong in ("", "2LE", "LE POL", "ÉTAT", "X" * 21, "LE_POL"):
        with pytest.raises(Refused):
            check_sector_code(wrong)
