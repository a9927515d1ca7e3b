"""Who may be the same person: names in another order, script or spelling, and who only looks it."""

import itertools
import random

import pytest

from eventapp.adapters.likeness import MOST_ALIKE, describe, search, similarity
from eventapp.rules.duplicate import compare, last_digits
from tests.rules.written_twice import make_people


def person(key, given, family, **more):
    return describe(key, given_name=given, family_name=family, **more)


def alike(one, other, **shared):
    return compare(person(1, *one, **shared), person(2, *other, **shared), similarity())


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("Amina", "Diallo"), ("Amina", "Diallo"), "same_name"),
        (("AMINA", "Diallo"), ("amina", "diallo"), "same_name"),
        (("José", "Núñez"), ("Jose", "Nunez"), "same_name"),
        (("Amina", "Diallo"), ("Diallo", "Amina"), "order"),
        (("Thi Hoa", "Nguyễn"), ("Hoa Thi", "Nguyen"), "order"),
        (("Mohammed", "Al-Farsi"), ("Muhammad", "Alfarsi"), "spelling"),
        (("Mohamed", "El Farsi"), ("Muhammed", "Farsi"), "spelling"),
        (("Hans", "Mueller"), ("Hans", "Müller"), "spelling"),
        (("Jean-Pierre", "Kouassi"), ("Jeanpierre", "Kouassi"), "spelling"),
        (("Jean Pierre", "Kouassi"), ("Jean-Pierre", "KOUASSI"), "same_name"),
        (("Ludwig", "van der Meer"), ("Ludwig", "Meer"), "same_name"),
        (("Maria", "dos Santos"), ("Maria", "Santos"), "same_name"),
        (("Dr. Ruth", "Okello"), ("Ruth", "Okello"), "same_name"),
        (("Abdul Rahman", "Haidari"), ("Abdurrahman", "Haidari"), "same_name"),
        (("Abd al-Rahman", "Haidari"), ("Abdelrahman", "Haidari"), "same_name"),
        (("Catherine", "Smyth"), ("Katherine", "Smith"), "spelling"),
        (("Ewelina", "Kowalska"), ("Evelina", "Kovalska"), "spelling"),
        (("Юлия", "Щербакова"), ("Yulia", "Shcherbakova"), "transliteration"),
        (("Юлия", "Щербакова"), ("Julia", "Scherbakova"), "transliteration"),
        (("Сергей", "Чайковский"), ("Sergei", "Tchaikovsky"), "transliteration"),
        (("محمد", "الحسيني"), ("Mohammed", "Al-Husseini"), "transliteration"),
        (("عبد الرحمن", "حيدري"), ("Abdulrahman", "Haidari"), "transliteration"),
        (("عبدالرحمن", "حيدري"), ("عبد الرحمن", "حيدرى"), "same_name"),
        (("فاطمة", "الزهراني"), ("Fatima", "Alzahrani"), "transliteration"),
        (("小明", "王"), ("Xiaoming", "Wang"), "transliteration"),
        (("小明", "王"), ("Xiao Ming", "Wang"), "transliteration"),
        (("王小明", "-"), ("小明", "王"), "same_name"),
        (("-", "欧阳明月"), ("Mingyue", "Ouyang"), "transliteration"),
        (("Xiao Ming", "Wang"), ("Wang", "Xiaoming"), "order"),
        (("Γεώργιος", "Παπαδόπουλος"), ("Georgios", "Papadopoulos"), "transliteration"),
        (("-", "Suharto"), ("Suharto", "-"), "same_name"),
    ],
)
def test_one_person_written_twice(one, other, why):
    found = alike(one, other)
    assert found is not None
    assert why in found.reasons
    assert [step.found for step in search([person(1, *one), person(2, *other)]) if step.found], (
        "no shared key"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Amina", "Diallo"), ("Awa", "Diallo")),
        (("Hassan", "Karimi"), ("Hussein", "Karimi")),
        (("Kim", "Lee"), ("Kin", "Lie")),
        (("Wei", "Li"), ("Wei", "Lu")),
        (("Ana", "Silva"), ("Ana", "Souza")),
        (("John", "Smith"), ("Jane", "Smith")),
        (("Иван", "Петров"), ("Иван", "Сидоров")),
        (("محمد", "حسين"), ("محمد", "علي")),
        (("-", "Suharto"), ("Agus", "Suharto")),
        (("-", "-"), ("-", "-")),
        (("小明", "王"), ("小红", "王")),
    ],
)
def test_two_people(one, other):
    assert alike(one, other) is None


def test_what_is_nearly_the_same_wants_something_beside_it():
    short, whole = ("Maria", "Garcia"), ("Maria Elena", "Garcia Lopez")
    assert alike(short, whole) is None
    assert alike(short, whole, body="country:MX").reasons == ("fewer_names", "body")
    assert alike(("J.", "Okonkwo"), ("James", "Okonkwo")) is None
    assert alike(("J.", "Okonkwo"), ("James", "Okonkwo"), body="country:NG") is not None
    assert alike(("علي", "حسن"), ("Ali", "Hassan")) is None  # or Hussein: few consonants say little
    assert alike(("علي", "حسن"), ("Ali", "Hassan"), body="country:EG") is not None


def test_a_single_name_wants_the_same_body():
    known = [person(1, "-", "Suharto", body="country:ID"), person(2, "Agus", "Suharto", body="country:ID")]
    found = [pair for step in search(known) for pair in step.found]
    assert [(pair.first, pair.second) for pair in found] == [(1, 2)]
    again = [pair for step in search(known, only={1}) for pair in step.found]
    assert {frozenset((pair.first, pair.second)) for pair in again} == {frozenset((1, 2))}


def test_an_address_alone_makes_nobody_the_same():
    shared = {"email": "delegation@example.org", "phone": "+255 700 000 123"}
    assert alike(("Amina", "Diallo"), ("Kwame", "Mensah"), **shared) is None
    married = alike(("Amina", "Diallo"), ("Amina", "Traore"), **shared)
    assert married.reasons == ("one_name", "email", "phone")
    assert married.score < alike(("Amina", "Diallo"), ("Amina", "Diallo"), **shared).score


def test_more_in_common_scores_higher():
    plain = alike(("Amina", "Diallo"), ("Amina", "Diallo"))
    same_body = alike(("Amina", "Diallo"), ("Amina", "Diallo"), body="country:SN")
    apart = compare(
        person(1, "Amina", "Diallo", body="country:SN"),
        person(2, "Amina", "Diallo", body="country:ML"),
        similarity(),
    )
    assert apart.score < plain.score < same_body.score
    assert "body" not in apart.reasons


@pytest.mark.parametrize(
    ("one", "other"), [("+49 30 1234 567", "0049301234567"), ("030/1234567", "+49 30 1234567")]
)
def test_numbers_are_compared_by_their_last_digits(one, other):
    assert last_digits(one)[-8:] == last_digits(other)[-8:]
    assert last_digits("12345") == ""


def test_only_the_new_are_looked_at():
    people = [person(number, "Amina", "Diallo") for number in range(4)]
    whole = [pair for step in search(people) for pair in step.found]
    assert len(whole) == 6
    new = [pair for step in search(people, only={3}) for pair in step.found]
    assert {frozenset((pair.first, pair.second)) for pair in new} == {frozenset((3, one)) for one in range(3)}
    both = [pair for step in search(people, only={2, 3}) for pair in step.found]
    assert len(both) == len({frozenset((pair.first, pair.second)) for pair in both}) == 5


def test_blocks_lose_no_pair_that_comparing_everybody_finds():
    written, _ = make_people(random.Random(7), people=400, planted=60)
    people = [describe(number, **one) for number, one in enumerate(written)]
    measure = similarity()
    whole = {
        frozenset((one.key, other.key))
        for one, other in itertools.combinations(people, 2)
        if compare(one, other, measure)
    }
    found = {frozenset((pair.first, pair.second)) for step in search(people) for pair in step.found}
    assert len(whole) >= 50
    assert found <= whole
    assert len(found) >= 0.97 * len(whole)


def test_a_thousand_of_one_name_are_no_million_pairs():
    people = [person(number, "Amina", "Diallo") for number in range(1_000)]
    found = [pair for step in search(people) for pair in step.found]
    assert len(found) < 1_000 * MOST_ALIKE
    assert {one for pair in found for one in (pair.first, pair.second)} == set(range(1_000))


def test_progress_is_told():
    people = [person(number, f"Name{number}", "Someone") for number in range(250)]
    assert [step.done for step in search(people)] == [100, 200, 250]
