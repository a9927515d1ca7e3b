"""The wording of the field's words, and figures as phrases."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from eventapp.errors import SUBJECT_END
from eventapp.rules import vocabulary
from eventapp.rules.figure import Claim, split_claims
from eventapp.web.figures import FROM_COUNTRIES, PHRASES, figure, figure_html, figure_words, figures_sentence
from eventapp.web.filters import day, moment
from eventapp.web.labels import LABELS, body_role, edition_name, label, labels, ordinal
from eventapp.web.locale import environ_in
from eventapp.web.typed import translate

KINDS = {
    "edition_state": vocabulary.EDITION_STATES,
    "registration_state": vocabulary.REGISTRATION_STATES,
    "role": vocabulary.DELEGATE_ROLES,
    "represents": vocabulary.REPRESENTS,
    "country_basis": vocabulary.COUNTRY_BASES,
    "body_kind": vocabulary.BODY_KINDS,
    "body_role": vocabulary.BODY_ROLES,
    "partnership": vocabulary.PARTNERSHIPS,
    "figure_measure": vocabulary.FIGURE_MEASURES,
    "figure_qualifier": vocabulary.FIGURE_QUALIFIERS,
    "session_kind": vocabulary.SESSION_KINDS,
    "session_access": vocabulary.SESSION_ACCESS,
    "spoken_language": vocabulary.SPOKEN_LANGUAGES,
    "speaker_function": vocabulary.SPEAKER_FUNCTIONS,
    "speaker_state": vocabulary.SPEAKER_STATES,
    "approval": vocabulary.APPROVALS,
    "date_precision": vocabulary.DATE_PRECISIONS,
    "country_status": vocabulary.COUNTRY_STATUSES,
    "user_role": vocabulary.USER_ROLES,
    "link_purpose": vocabulary.LINK_PURPOSES,
    "mail_state": vocabulary.MAIL_STATES,
    "actor_kind": vocabulary.ACTOR_KINDS,
    "membership": vocabulary.MEMBERSHIPS,
    "credentials": vocabulary.CREDENTIALS,
}


def test_every_word_has_its_wording_in_its_order():
    for kind, words in KINDS.items():
        assert tuple(LABELS[kind]) == words, kind


def test_labels(ctx):
    assert label("session_kind", "side_event") == "Side event"
    assert labels("represents")[0] == ("country", "A country or territory")
    with pytest.raises(KeyError):
        label("session_kind", "party")
    assert body_role("co-host", 1) == "Co-host"
    assert body_role("co-host", 2) == "Co-hosts"
    assert body_role("in_cooperation_with", 2) == "In cooperation with"
    assert {body_role(role, 1) for role in vocabulary.BODY_ROLES} == set(LABELS["body_role"].values())


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"]),
        ("/fr", ["1re", "2e", "3e", "4e", "11e", "12e", "13e", "21e", "22e", "101e", "111e"]),
        ("/es", ["1.ª", "2.ª", "3.ª", "4.ª", "11.ª", "12.ª", "13.ª", "21.ª", "22.ª", "101.ª", "111.ª"]),
        ("/ar", ["1", "2", "3", "4", "11", "12", "13", "21", "22", "101", "111"]),
    ],
)
def test_ordinals(app, prefix, words):
    with app.test_request_context("/", environ_base={"eventapp.language": prefix[1:] or "en"}):
        assert [ordinal(value) for value in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111)] == words
        assert words[0] in edition_name(1)


def test_every_claim_has_a_phrase():
    assert set(PHRASES) == {
        (measure, qualifier)
        for measure in vocabulary.FIGURE_MEASURES
        for qualifier in vocabulary.FIGURE_QUALIFIERS
    }
    assert tuple(sorted(FROM_COUNTRIES)) == tuple(sorted(vocabulary.FIGURE_QUALIFIERS))


def test_phrases(ctx):
    people = Claim(measure="participants", qualifier="more_than", value=300, is_shown=True)
    one = Claim(measure="countries", qualifier="exactly", value=1, is_shown=True)
    assert figure(people, "300") == "More than 300 participants"
    assert figure(one, "1") == "1 country"
    assert figure_html(one, "1", is_second=True) == "from <b>1</b> country"
    assert figure_html(people, "<") == "More than <b>&lt;</b> participants"
    assert figure_words(people, "300") == "more than 300"
    assert figures_sentence(split_claims([people, one]), str) == "More than 300 participants from 1 country"
    assert figures_sentence(split_claims([one]), str) == "1 country"
    assert figures_sentence(split_claims([]), str) == ""
    assert [
        figure_words(Claim(measure="countries", qualifier=word, value=5), "5")
        for word in vocabulary.FIGURE_QUALIFIERS
    ] == ["5", "about 5", "more than 5", "almost 5"]


def test_every_phrase_fits_every_count(ctx):
    for phrase in (*PHRASES.values(), *FROM_COUNTRIES.values()):
        for count in (0, 1, 2, 3, 11, 100):
            assert str(count) in phrase(count, str(count))


@pytest.mark.parametrize(
    ("code", "edition", "mail", "history"),
    [
        ("en", "Cancelled", "Cancelled", "Cancelled"),
        ("fr", "Annulée", "Annulé", "Annulée"),
        ("es", "Cancelada", "Cancelado", "Anulada"),
        ("ar", "ملغاة", "ملغاة", "إلغاء التسجيل"),
    ],
)
def test_a_word_agrees_with_what_it_is_said_of(app, code, edition, mail, history):
    """An edition, a registration and a message differ in gender, and the three languages show it."""
    with app.test_request_context("/", environ_base={"eventapp.language": code}):
        assert label("edition_state", "cancelled") == label("registration_phase", "cancelled") == edition
        assert label("mail_state", "cancelled") == mail
        assert label("registration_action", "registration.cancel") == history


@pytest.mark.parametrize("code", ["en", "fr", "es", "ar"])
def test_no_wording_shows_of_what_it_is_said(app, code):
    with app.test_request_context("/", environ_base={"eventapp.language": code}):
        shown = [text for kind in LABELS for _, text in labels(kind)]
        assert not [text for text in shown if SUBJECT_END in text]
        template = app.jinja_env.from_string("{{ pgettext('message', 'Sent') }}")
        assert template.render() == label("mail_state", "sent")


@pytest.mark.parametrize("code", ["en", "fr", "es", "ar"])
def test_the_demonstration_bears_the_name_of_the_conference(app, code):
    path = Path(app.root_path) / "data" / "demonstration.json"
    title = json.loads(path.read_text(encoding="utf-8"))["edition"]["title"][code]
    with app.test_request_context("/", environ_base={"eventapp.language": code}):
        first, rest = translate("Global Conference"), translate("on Human Trafficking and Migrant Smuggling")
        assert translate("Global Conference on Human Trafficking and Migrant Smuggling") == f"{first} {rest}"
    assert first in title and rest in title


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["26 January 2027", "Tuesday 26 January", "January 2027"]),
        ("es", ["26 de enero de 2027", "martes 26 de enero", "enero de 2027"]),
    ],
)
def test_the_parts_of_a_date_are_joined_as_the_language_does(app, language, told):
    with app.test_request_context("/", environ_overrides=environ_in(language)):
        found = [day(date(2027, 1, 26), form) for form in ("d MMMM y", "EEEE d MMMM", "MMMM y")]
        assert found == told
        assert moment(datetime(2027, 1, 26, 9, tzinfo=UTC), "UTC").startswith(told[0])


def test_the_first_of_a_month_in_french(app):
    with app.test_request_context("/", environ_overrides=environ_in("fr")):
        told = [day(date(2027, 6, number), "EEEE d MMMM y") for number in (1, 11)]
        assert told == ["mardi 1er juin 2027", "vendredi 11 juin 2027"]
        assert moment(datetime(2027, 6, 1, 1, tzinfo=UTC), "UTC") == "1er juin 2027, 01:00"
