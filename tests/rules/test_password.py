"""Passwords, pauses between tries, addresses."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.errors import Refused
from eventapp.rules.mail import MOST_ATTEMPTS, next_attempt_at, normal_address, wire_address
from eventapp.rules.password import check_password, normal_password

NOW = datetime(2027, 4, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "four words in a row",
        "aB3$efgh1jkl",
        "кириллица пароль",
        "كلمة مرور طويلة",
        "密码密码密码一二三四五六七",
        " spaces   count ",
    ],
)
def test_long_ones_are_taken_whatever_they_are_made_of(password):
    check_password(password, email="somebody@office.example", name="Somebody")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "password1234",
        "PassWord-12345",
        "aaaaaaaaaaaaaaaa",
        "ababababababab",
        "............",
        "somebody@office.example",
        "SOMEBODY.office.example",
        "A Long Somebody",
        "x" * 201,
    ],
)
def test_short_known_and_own_ones_are_refused(password):
    with pytest.raises(Refused) as refused:
        check_password(password, email="somebody@office.example", name="A long somebody")
    assert refused.value.field == "password"


def test_one_password_from_every_keyboard():
    assert normal_password("e\u0301tude de nuit") == normal_password("étude de nuit")


def test_pauses_grow_and_end():
    pauses = [next_attempt_at(attempts, NOW, 0) for attempts in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[0] == NOW + timedelta(minutes=1)
    assert next_attempt_at(MOST_ATTEMPTS, NOW, 0) is None
    assert next_attempt_at(1, NOW, 1) == NOW + timedelta(seconds=72)


def test_addresses():
    assert normal_address("  Some.Body@Office.EXAMPLE ") == "some.body@office.example"
    assert wire_address("user@bücher.example") == "user@xn--bcher-kva.example"
    assert wire_address("üser@bücher.example") == "üser@bücher.example"
    assert wire_address("no address") == "no address"
