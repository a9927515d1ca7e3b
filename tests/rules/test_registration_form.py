"""What a delegate tells us, checked without any application."""

import pytest

from eventapp.errors import Invalid, Refused
from eventapp.rules.registration_form import Choices, read_details

CHOICES = Choices(
    countries=frozenset({"NG", "NA", "NO", "NL"}),
    sectors=frozenset({"LE-POL", "NGO", "IGO"}),
    sector_groups=frozenset({"LE"}),
    international=frozenset({"europol"}),
)
ANSWERS = {
    "represents": ["country"],
    "country": ["NG"],
    "sector": ["LE-POL"],
    "given_name": ["Joy"],
    "family_name": ["Adeyemi"],
    "functional_title": ["Head of unit"],
    "email": ["joy@police.example"],
    "language": ["en"],
    "role": ["delegate"],
    "privacy": ["1"],
}


def read(**answers):
    changed = {name: value if isinstance(value, list) else [value] for name, value in answers.items()}
    return read_details({**ANSWERS, **changed}, CHOICES, str.lower)


def refusals(**answers) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        read(**answers)
    return {name: problem.text for name, problem in refusal.value.problems.items()}


def test_a_complete_form_gives_checked_details():
    details = read(languages=["fr", "en"], listed="on", country="NA")
    assert (details.country_code, details.seat_country_code) == ("NA", None)
    assert details.languages == ("en", "fr")
    assert details.is_listed


def test_an_empty_form_names_every_needed_field_in_the_order_of_the_page():
    with pytest.raises(Invalid) as refusal:
        read_details({}, CHOICES, str.lower)
    assert list(refusal.value.problems) == [
        "represents",
        "sector",
        "given_name",
        "family_name",
        "functional_title",
        "email",
        "language",
        "role",
        "privacy",
    ]


def test_a_name_that_nobody_can_see_is_missing():
    found = refusals(given_name=["\u200d\u200c"], family_name=["\u3164"])
    assert set(found) == {"given_name", "family_name"}


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "languages"])
def test_no_answer_may_come_twice(name):
    assert "twice" in refusals(**{name: ANSWERS[name] * 2})[name]


def test_the_country_of_the_other_choice_is_not_kept():
    details = read(
        represents="organisation", organisation="Example Foundation", seat_country="NL", sector="NGO"
    )
    assert (details.country_code, details.seat_country_code) == (None, "NL")
    assert read(seat_country="NL").seat_country_code is None


@pytest.mark.parametrize("answers", [{"sector": "IGO"}, {"organisation": "EUROPOL", "sector": "LE-POL"}])
def test_international_organisations_need_no_seat(answers):
    wanted = {"represents": "organisation", "organisation": "Any", "seat_country": "NL", **answers}
    assert read(**wanted).seat_country_code is None
    assert read(**{**wanted, "seat_country": []}).seat_country_code is None


def test_an_organisation_must_be_named():
    found = refusals(represents="organisation", organisation=" ", seat_country="NL", sector="NGO")
    assert set(found) == {"organisation"}


def test_an_address_is_refused_where_the_checker_refuses():
    def check(text):
        raise Refused("no such address")

    with pytest.raises(Invalid) as refusal:
        read_details(ANSWERS, CHOICES, check)
    assert set(refusal.value.problems) == {"email"}


@pytest.mark.parametrize("phone", ["+٢٣٤ ٥٥٥ ٠١٠٠", "\u202a+234\u00a0555 0100\u202c", "+234 555 0100"])
def test_telephone_numbers_end_up_alike(phone):
    assert read(phone=phone).phone == "+234 555 0100"


def test_whoever_agreed_before_is_not_asked_again():
    answers = {name: value for name, value in ANSWERS.items() if name != "privacy"}
    assert read_details(answers, CHOICES, str.lower, agreement=False).family_name == "Adeyemi"
