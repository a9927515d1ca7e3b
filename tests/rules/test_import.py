"""A list that somebody brings, read without any application: CSV in every dress, words of four languages, cells that lie."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.errors import Refused
from eventapp.rules.import_plan import PlannedRow, check_may_confirm, is_written, mark_of, read_choices
from eventapp.rules.import_row import Defaults, Held, read_row
from eventapp.rules.import_table import MOST_COLUMNS, OTHER_ENCODING, column_letters, make_table, read_csv
from eventapp.rules.import_words import Columns, Lookup, MissingColumnsError, Words, fold, index, read_head
from eventapp.rules.registration_form import Choices
from eventapp.rules.spreadsheet import csv_text, harmless, unguarded

LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8)
WORDS = Words(
    headings={"prenom": "given_name", "pais": "country"},
    roles={"chef": "head"},
    represents={"un pays": "country"},
    languages={"francais": "fr", "en": "en", "ar": "ar"},
    answers={"oui": "1", "non": "", "yes": "1"},
)
LOOKUP = Lookup(
    words=WORDS,
    countries={"na": "NA", "namibie": "NA", "no": "NO", "norvege": "NO"},
    sectors={"police": "LE-POL", "le-pol": "LE-POL", "ngo": "NGO"},
)
CHOICES = Choices(
    countries=frozenset({"NA", "NO"}), sectors=frozenset({"LE-POL", "NGO"}), roles=("delegate", "head")
)
NAMES = (
    *("represents", "country", "organisation", "sector", "given_name", "family_name", "functional_title"),
    *("email", "phone", "is_listed", "languages"),
)
CELLS = ("un pays", "NA", "", "Police", "Joy", "Doe", "Head", "joy@x.example", "", "oui", "francais, AR")
COLUMNS = Columns(places={name: place for place, name in enumerate(NAMES)}, head=NAMES, left_out=())


def read(held=None, guarded=False, defaults=None, **cells):
    values = [cells.get(name, cell) for name, cell in zip(NAMES, CELLS, strict=True)]
    return read_row(
        values,
        COLUMNS,
        LOOKUP,
        CHOICES,
        str.lower,
        defaults=defaults or Defaults(language="es"),
        held=held,
        guarded=guarded,
    )


@given(LETTERS)
def test_the_guard_against_formulas_comes_off_as_it_went_on(text):
    assert unguarded(harmless(text)) == text


@given(st.sampled_from(["=1", "+254", "'+254", "''=1", "'", "'t Hooft", "-", "@x", "\t="]))
def test_also_where_somebody_typed_an_apostrophe(text):
    assert unguarded(harmless(text)) == text and harmless(text)[:1] not in set("=+-@\t")


@given(
    st.lists(st.lists(LETTERS, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
    st.booleans(),
)
def test_cells_of_a_table_come_back_whatever_separates_them(rows, mark, has_bom):
    made = io.StringIO()
    csv.writer(made, delimiter=mark).writerows([["first", "second"], *(["x", *row] for row in rows)])
    table = read_csv((("\ufeff" if has_bom else "") + made.getvalue()).encode())
    assert list(table.head) == ["first", "second"]
    for row, wanted in zip(table.rows, rows, strict=True):
        cells = [*row.cells, *[""] * 9][1 : len(wanted) + 1]
        assert [cell.strip() for cell in cells] == [cell.strip() for cell in wanted]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_refusal(data):
    with suppress(Refused):  # anything else fails the test
        assert read_csv(data).rows


def test_letters_of_another_encoding_are_read_with_a_warning():
    table = read_csv("Nom;Ville\nRené;Orléans\n".encode("latin-1"))
    assert table.rows[0].cells == ["René", "Orléans"] and table.notes[0][0] == OTHER_ENCODING
    assert read_csv("Nom\tVille\nRené\tX\n".encode("utf-16")).rows[0].cells == ["René", "X"]
    assert not read_csv("Nom;Ville\nRené;X\n".encode()).notes


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    table = read_csv(b'sep=;\r\na;b\r\n\r\n1;"x\ny"\r\n;;\r\n2;z\r\n')
    assert [(row.number, row.cells) for row in table.rows] == [(4, ["1", "x\ny"]), (6, ["2", "z"])]
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a,b\n1,\0\n", "zero byte"),
        (b"\xff\xfea\0,\0b", "cannot be read"),
        (b'a,b\n1,"x\n', "Row 2"),
        (b"a,b\n\x81,1\n", "cannot be read"),
        (b"a,b\n", "no row below"),
        (b"\n\n", "no row below"),
        ((",".join(["x"] * 300) + "\n1\n").encode(), "columns"),
    ],
)
def test_what_is_no_list_is_refused_in_words(data, told):
    with pytest.raises(Refused) as refused:
        read_csv(data)
    assert told in refused.value.text % refused.value.values


def test_long_and_wide_tables_are_refused(monkeypatch):
    monkeypatch.setattr("eventapp.rules.import_table.MOST_ROWS", 2)
    with pytest.raises(Refused, match="Divide"):
        make_table([["a"], *[["x"]] * 3], guarded=False)
    with pytest.raises(Refused, match="columns"):
        make_table([["a"], ["x"] * (MOST_COLUMNS + 1)], guarded=False)


def test_headings_of_four_languages_and_of_our_exports():
    head = [
        "Prénom *",
        "PAÍS",
        "family_name",
        "sector",
        "functional_title",
        "email",
        "state",
        "Shoe size",
        "",
    ]
    columns = read_head(head, WORDS)
    assert columns.places == {
        "given_name": 0,
        "country": 1,
        "family_name": 2,
        "sector": 3,
        "functional_title": 4,
        "email": 5,
    }
    assert columns.left_out == ["H “Shoe size”", "G “state”"]


def test_a_heading_twice_and_missing_ones_are_refused():
    with pytest.raises(Refused) as refused:
        read_head(["Prénom", "given_name"], WORDS)
    assert refused.value.values == {"first": "A “Prénom”", "second": "B “given_name”"}
    with pytest.raises(MissingColumnsError) as missing:
        read_head(["given_name", "family_name", "sector", "email"], WORDS)
    assert missing.value.names == ["country", "organisation", "functional_title"]
    assert read_head(["reference", "phone"], WORDS).has_key


def test_words_that_mean_two_things_mean_neither():
    assert index([("Niger", "NE"), ("NÍGER", "NE"), ("Congo", "CG"), ("congo", "CD")]) == {"niger": "NE"}
    assert fold("  Côte  d’Ivoire ") == "cote d'ivoire"


def test_a_row_becomes_checked_details():
    details = read().details
    assert (details.country_code, details.sector_code, details.language, details.role) == (
        "NA",
        "LE-POL",
        "es",
        "delegate",
    )
    assert details.is_listed and details.languages == ("fr", "ar")
    assert (
        read(country="no").details.country_code == "NO"
        and read(country="Norvège").details.country_code == "NO"
    )


@pytest.mark.parametrize("phone", ["+264 61 123", "0047 22 12", "'+264 61 123"])
def test_plus_and_leading_zeros_stay(phone):
    assert read(phone=phone).details.phone == phone.lstrip("'")


def test_the_guard_is_taken_off_csv_alone():
    assert read(given_name="'=x", guarded=True).details.given_name == "=x"
    assert read(given_name="'=x").details.given_name == "'=x"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (254201234567.5, "digits may have been lost"),
        (1234567890123456789, "digits may have been lost"),
        ({"moment": "2027-04-14"}, "date or a time"),
        (True, "no text"),
    ],
)
def test_cells_that_hide_what_was_typed_are_errors(cell, problem):
    found = read(phone=cell, given_name=cell)
    assert found.details is None and set(found.problems) == {"phone", "given_name"}
    assert all(problem in one.text for one in found.problems.values())


def test_a_telephone_number_kept_as_a_number_is_taken_with_a_warning():
    found = read(phone=254201234567, is_listed=True, functional_title=7)
    assert found.details.phone == "254201234567" and list(found.warnings) == ["phone"]
    assert found.details.is_listed and found.details.functional_title == "7"


def test_the_checks_are_those_of_the_form():
    found = read(country="Atlantis", sector="", email="", is_listed="")
    assert list(found.problems) == ["country", "sector", "email"] and found.details is None


def test_whom_somebody_represents():
    assert read(represents="").details.represents == "country"
    only = read(represents="", country="", organisation="Help", sector="IGO")
    assert "sector" in only.problems and "represents" not in only.problems
    both = read(represents="", organisation="Help")
    assert list(both.problems) == ["represents"]
    seat = read(represents="organisation", organisation="Help", sector="NGO", country="Norvège").details
    assert (seat.country_code, seat.seat_country_code) == (None, "NO")
    own = Defaults(language="fr", represents="country", country="NO")
    assert read(represents="", country="", defaults=own).details.country_code == "NO"


def test_what_is_held_stays_where_the_list_says_what_the_export_says():
    held = Held(
        answers={
            "represents": ["organisation"],
            "organisation": ["interpol"],
            "seat_country": ["NO"],
            "language": ["ar"],
            "role": ["head"],
        },
        counted_country="",
        body_names=frozenset({"international police"}),
    )
    details = read(held, represents="", country="", organisation="International Police").details
    assert (details.organisation, details.seat_country_code) == ("interpol", "NO")
    assert (details.language, details.role) == ("ar", "head")


def test_choices_are_for_rows_in_question_only():
    rows = [PlannedRow(number=2, outcome="duplicate"), PlannedRow(number=3, outcome="new")]
    assert read_choices({"2": "add", "3": "add"}, rows) == {"2": "add"}
    assert read_choices({"all": "skip", "2": "add"}, rows) == {"2": "skip"}
    with pytest.raises(Refused):
        read_choices({"2": "perhaps"}, rows)
    assert [is_written(row, {"2": "add"}) for row in rows] == [True, True]
    assert not is_written(rows[0], {})


def test_what_was_shown_has_a_mark_that_moves_with_what_would_be_written():
    row = PlannedRow(number=2, outcome="changed", target=7, version=1, changes={"phone": ["1", "2"]})
    before = mark_of([row])
    assert mark_of([row]) == before
    row.version = 2
    assert mark_of([row]) != before
    guess = PlannedRow(number=2, outcome="duplicate", is_guess=True)
    assert mark_of([guess]) == mark_of([PlannedRow(number=2, outcome="new")])


def test_one_error_keeps_the_whole_list_out():
    with pytest.raises(Refused, match="while a row has an error"):
        check_may_confirm({"error": 1, "new": 5}, {})
    with pytest.raises(Refused, match="nothing to import"):
        check_may_confirm({"unchanged": 5, "duplicate": 1}, {"2": "skip"})
    check_may_confirm({"duplicate": 1}, {"2": "add"})


def test_a_small_table_of_ours_is_read_again():
    text = csv_text(["name", "phone"], [["=1+1", "+254"], ["'=x", "0044"]])
    table = read_csv(text.encode())
    assert [[unguarded(cell) for cell in row.cells] for row in table.rows] == [
        ["=1+1", "+254"],
        ["'=x", "0044"],
    ]
