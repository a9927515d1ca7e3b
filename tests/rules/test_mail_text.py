"""An edition's own text of a message: what is refused when it is saved, and how it is filled."""

import pytest

from eventapp.errors import Invalid, NotFound
from eventapp.rules.mail_kind import KINDS, get_editable, word_of
from eventapp.rules.mail_placeholder import BLOCKS, PLACEHOLDERS
from eventapp.rules.mail_text import MailWords, check_words, fill_body, fill_subject

REJECTED = KINDS["registration_rejected"]
BODY = "{greeting}\n\n{facts}\n\nReason: {reason}\n\nYour page:\n{link}"
VALUES = {
    "greeting": "Dear Joy,",
    "name": "Joy",
    "edition": "Eighth",
    "reason": "Full.",
    "link": "https://x.example/t",
    "until": "",
    "reference": "23AB-45CD",
}


def refusals(subject="About {edition}", body=BODY, kind=REJECTED) -> dict[str, str]:
    try:
        check_words(kind, MailWords(subject, body))
    except Invalid as problem:
        return {name: one.code for name, one in problem.problems.items()}
    return {}


def lines(body: str, **more: str) -> list[str]:
    return [
        "{block}" if part.is_block else "\n".join("".join(run.text for run in line) for line in part.lines)
        for part in fill_body(body, {**VALUES, **more})
    ]


def test_a_text_that_holds():
    assert refusals() == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "missing"),
        ("\u200d", "missing"),
        (BODY + "\n\n{colour}", "placeholder"),
        (BODY + "\n\n{late_note}", "placeholder"),  # one of another kind
        (BODY + "\n\n{}", "placeholder"),
        (BODY + "\n\n{ link }", "placeholder"),
        (BODY + "\n\n{{ 7 * 7 }}", "placeholder"),
        (BODY + "\n\n{link", "brace"),
        (BODY + "\n\nlink}", "brace"),
        (BODY.replace("{link}", "my page"), "needed"),
        (BODY.replace("{reason}", "none"), "needed"),
        (BODY.replace("{facts}", "Facts: {facts}"), "block"),
        (BODY.replace("{facts}", "{facts} {facts}"), "block"),
    ],
)
def test_a_body_that_does_not(body, code):
    assert refusals(body=body) == {"body": code}


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("  ", "missing"),
        ("{colour}", "placeholder"),
        ("Your link {link}", "placeholder"),
        ("{facts}", "placeholder"),
        ("a { b", "brace"),
    ],
)
def test_a_subject_that_does_not(subject, code):
    assert refusals(subject=subject) == {"subject": code}


def test_both_fields_are_told_at_once():
    assert refusals("", "") == {"subject": "missing", "body": "missing"}


def test_filling():
    assert lines("Hello {name}, {edition}.\n\n{facts}\n\nBye") == ["Hello Joy, Eighth.", "{block}", "Bye"]


def test_what_comes_in_is_not_looked_at_again():
    assert lines("Hello {name}", name="{link} {facts}") == ["Hello {link} {facts}"]
    assert fill_subject("{name}", {"name": "{edition}\r\nBcc: a@b.example"}) == "{edition} Bcc: a@b.example"


def test_a_line_whose_placeholder_is_empty_is_left_out():
    assert lines("One\nUntil {until}.\nThree") == ["One\nThree"]
    assert lines("Until {until}.\n\nThree") == ["Three"]


def test_without_a_link_its_paragraph_is_left_out():
    body = "Hello\n\nHere is your page:\n{link}\nKeep it to yourself.\n\nBye"
    assert lines(body, link="") == ["Hello", "Bye"]
    assert len(lines(body)) == 3


def test_a_value_of_several_lines_stays_several():
    (paragraph,) = fill_body("Reason: {reason}.", {"reason": "Full.\n\nWe are sorry"})
    assert [[run.text for run in line] for line in paragraph.lines] == [
        ["Reason: ", "Full."],
        [],
        ["We are sorry", "."],
    ]


def test_links_and_codes_are_told_apart():
    (paragraph,) = fill_body("{reference}: {link}", VALUES)
    assert [run.kind for run in paragraph.lines[0]] == ["reference", "", "link"]


def test_every_placeholder_of_every_kind_has_its_sentence():
    for kind in KINDS.values():
        assert set(kind.placeholders) <= set(PLACEHOLDERS), kind.word
        assert set(kind.needed) <= set(kind.placeholders), kind.word
        assert {kind.block} <= BLOCKS & set(kind.placeholders) or not kind.is_editable


def test_a_message_finds_the_words_of_its_kind():
    assert word_of("registration_approved", {}) == "registration_approved"
    assert word_of("edition_notice", {"state": "cancelled"}) == "edition_cancelled"
    assert word_of("edition_notice", {"state": "postponed"}) == "edition_postponed"
    assert word_of("unheard_of", {}) == "unheard_of"


@pytest.mark.parametrize("word", ["organiser_message", "invitation", "nobody"])
def test_kinds_that_an_edition_cannot_write(word):
    with pytest.raises(NotFound):
        get_editable(word)
