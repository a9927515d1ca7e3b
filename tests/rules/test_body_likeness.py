"""Which known bodies a typed organisation may mean."""

import pytest

from eventapp.adapters.likeness import similarity, to_latin
from eventapp.rules.body_likeness import KnownName, suggest

BODIES = (
    KnownName(
        1,
        ("International Organization for Migration", "Organisation internationale pour les migrations"),
        "IOM",
    ),
    KnownName(2, ("Ministry of Justice",), "", "KE"),
    KnownName(3, ("Ministry of Justice",), "", "NA"),
    KnownName(4, ("Blue Harbour Foundation",), "BHF", "NO"),
    KnownName(5, ("Хельсинская группа", "Helsinki Group"), ""),
    KnownName(6, ("جامعة النيل",), "", "EG"),
    KnownName(7, ("European Union Agency for Law Enforcement Cooperation",), "Europol"),
)


def found(typed, country=None):
    return suggest(typed, BODIES, country_code=country, to_latin=to_latin, similarity=similarity())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("International Organisation for Migration", 1),
        ("Organization of International Migration", 1),
        ("OIM / IOM", 1),
        ("I.O.M.", 1),
        ("Intl. Org. for Migration (IOM)", 1),
        ("organisation internationale pour les migrations", 1),
        ("Foundation Blue Harbor", 4),
        ("Blue Harbour", 4),
        ("europol", 7),
        ("Хельсинкская группа", 5),
        ("جامعه النيل", 6),
    ],
)
def test_the_body_that_is_meant_stands_first(typed, first):
    assert found(typed)[0] == first


def test_of_two_with_one_name_that_of_the_country_stands_first():
    assert found("Ministry of Justice", "NA") == [3, 2]
    assert found("Ministry for Justice", "KE") == [2, 3]


@pytest.mark.parametrize("typed", ["Ministry of Fisheries", "University of Oslo", "X", "-", "", "of the"])
def test_others_are_not_suggested(typed):
    assert found(typed) == []


def test_no_more_than_five():
    many = [KnownName(number, ("Ministry of Justice",)) for number in range(9)]
    known = suggest(
        "Ministry of Justice", many, country_code=None, to_latin=to_latin, similarity=similarity()
    )
    assert known == [0, 1, 2, 3, 4]
