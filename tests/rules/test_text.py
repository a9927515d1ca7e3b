"""Which characters may stand in what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.errors import Refused
from eventapp.rules.name import badge_name, full_name, name_sort_key
from eventapp.rules.reference_code import ALPHABET, make_reference, read_reference
from eventapp.rules.text import clean_line, clean_prose, without_hidden


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x1bb", "a\ud800b", "a\u202eb", "a\u2066b", "\ufffd", "\u2028", "\x85"]
)
def test_characters_that_break_or_reverse_are_refused(text):
    with pytest.raises(Refused):
        clean_line(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Nguyễn   Thị  ", "Nguyễn Thị"),
        ("الن\u0639يمي\u200f", "النعيمي"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the joiner
        ("e\u0301", "é"),
        ("O\u2019Brien-Łukasz", "O\u2019Brien-Łukasz"),
        ("a\r\nb\tc", "a b c"),
        ("山田 太郎", "山田 太郎"),
    ],
)
def test_names_of_every_script_stay(text, kept):
    assert clean_line(text) == kept


def test_too_long_is_told_with_the_limit():
    with pytest.raises(Refused) as refusal:
        clean_line("a" * 10_000)
    assert refusal.value.values["limit"] == 300
    assert len(clean_line("é" * 300)) == 300


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_typed_is_kept_clean_or_refused(text):
    try:
        kept = clean_prose(text)
    except Refused:
        pass
    else:
        assert clean_prose(kept) == kept
        kept.encode()
    without_hidden(text).encode()


def test_lines_stay_lines():
    assert clean_prose("a\r\nb\n\nc ") == "a\nb\n\nc"


def test_names_are_put_together():
    assert full_name("Joy", "Adeyemi", "Dr") == "Dr Joy Adeyemi"
    assert full_name("-", "Suharto") == "Suharto"
    assert badge_name("", "Joy", "Adeyemi") == "Joy Adeyemi"
    assert badge_name("Joy A.", "Joy", "Adeyemi") == "Joy A."
    assert name_sort_key("Zoë", "Ångström") == "angstrom zoe"
    assert name_sort_key("-", "Suharto") == "suharto"


def test_reference_codes_are_read_back_as_people_type_them():
    letters = iter("K7QM2TR9")
    assert make_reference(lambda _alphabet: next(letters)) == "K7QM-2TR9"
    assert read_reference(" k7qm 2tr9") == "K7QM-2TR9"
    assert read_reference("K7QM-2TR0") == ""
    assert not set("ILOU01") & set(ALPHABET)
