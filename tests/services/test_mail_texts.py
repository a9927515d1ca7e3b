"""Texts of mails that an edition writes itself: saved, found at sending, filled, escaped, reset, copied."""

import re

import pytest

from eventapp.errors import Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, MailText
from eventapp.rules.access import COMMAND, Actor
from eventapp.rules.mail_kind import KINDS
from eventapp.rules.mail_text import MailWords, check_words
from eventapp.services import editions_copy, links, mail_delivery, mail_texts
from eventapp.services.mail_texts_sample import NAMES, make_sample
from eventapp.web import mail_preview, mail_render
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.queries import counted_queries
from tests.services.test_mail_letters import letter_of, message_of, parse_errors

LANGUAGES = ("en", "fr", "es", "ar")
WORD = "registration_approved"
EDITABLE = sorted(word for word, kind in KINDS.items() if kind.is_editable)
WORDS = MailWords(
    "Welcome to {edition}", "{greeting}\n\nYou have <b>a place</b> & a bed.\n\n{facts}\n\nYour page:\n{link}"
)
READER = Actor(kind="user", id=1, role="reader", all_editions=True)


@pytest.fixture
def edition(ctx):
    return make_edition(contact_email="office@conference.example", venue={"en": "Hall One"})


def save(edition, words=WORDS, *, word=WORD, language="en", version=mail_texts.NEW):
    mail_texts.save(COMMAND, edition.ordinal, word, language, words, version=version, now=CLOCK_STANDS_AT)
    return mail_texts.find_text(edition.id, word, language)


def test_an_own_text_is_what_the_person_gets(edition):
    save(edition)
    letter, outgoing = letter_of(message_of(WORD, edition))
    address = f"http://localhost/registrations/{links.token_of(outgoing.link, SECRET)}"
    assert letter.subject == "Welcome to Eighth Global Conference"
    assert letter.text.startswith("Dear Joy Adeyemi")
    for text in (
        address,
        "<b>a place</b> & a bed",
        "Hall One, Nairobi, Kenya",
        outgoing.registration.reference,
    ):
        assert text in letter.text
    assert "You have a place." not in letter.text
    assert "<p>You have &lt;b&gt;a place&lt;/b&gt; &amp; a bed.</p>" in letter.html
    assert f'<a href="{address}" dir="ltr">{address}</a>' in letter.html
    assert letter.html.count("<table>") == 1
    assert not parse_errors(letter.html)


def test_other_languages_kinds_and_editions_get_the_product_s_text(edition):
    save(edition)
    other = make_edition()
    for message in (
        message_of(WORD, edition, "fr"),
        message_of("registration_promoted", edition),
        message_of(WORD, other),
    ):
        letter, outgoing = letter_of(message)
        assert outgoing.words is None
        assert "Welcome" not in letter.subject


def test_what_people_wrote_is_neither_markup_nor_placeholder(edition):
    save(edition, MailWords("{name}", "{name}\n\n{link}"))
    message = message_of(WORD, edition)
    db.session.flush()
    (outgoing,) = mail_delivery.gather([message])
    outgoing.registration.given_name = "<script>{link}"
    outgoing.registration.family_name = "\r\nBcc: victim@example.org"
    db.session.flush()
    letter = mail_render.render(outgoing, now=CLOCK_STANDS_AT)
    assert "&lt;script&gt;{link}" in letter.html
    assert "<script>" not in letter.html
    sent = mail_render.mime(outgoing, letter, mail_settings(), CLOCK_STANDS_AT)
    assert sent["Bcc"] is None
    assert sent["Subject"] == "<script>{link} Bcc: victim@example.org"


def mail_settings():
    from flask import current_app

    return current_app.config["SETTINGS"]


def test_an_address_of_before_gets_no_paragraph_about_the_link(edition):
    save(edition, MailWords("Changed", "Hello\n\nYour page:\n{link}\n\nBye"), word="registration_changed")
    message = message_of("registration_changed", edition)
    message.recipient = "before@police.example"
    letter, _ = letter_of(message)
    assert "Your page" not in letter.text + letter.html
    assert "Hello\n\nBye\n" in letter.text


def test_several_registrations_behind_one_address(edition):
    words = MailWords("Your pages", "Hello\n\n{links}\n\nYour page:\n{link}")
    save(edition, words, word="registration_link")
    letter, _ = letter_of(message_of("registration_link", edition))
    for link in db.session.scalars(db.select(links.PrivateLink)):
        assert letter.text.count(links.token_of(link, SECRET)) == 1
    assert "Your page:" not in letter.text  # each of the list has its own


def test_cancelled_and_postponed_are_two_texts(edition):
    save(edition, MailWords("Off", "{notice}\n\n{link}"), word="edition_cancelled")
    cancelled, _ = letter_of(message_of("edition_notice", edition, state="cancelled"))
    postponed, _ = letter_of(message_of("edition_notice", edition, state="postponed"))
    assert (cancelled.subject, postponed.subject) == ("Off", "Postponed: Eighth Global Conference")
    assert "For reasons of health." in cancelled.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", EDITABLE)
def test_the_product_s_text_in_the_form_makes_the_same_letter(app, edition, word, language):
    """What the form begins with is checked like any text, and says to a person what the product would have said."""
    kind = KINDS[word]
    words = mail_render.product_text(kind, language)
    check_words(kind, words)
    plain = mail_preview.sample_letter(kind, edition, language, None)
    own = mail_preview.sample_letter(kind, edition, language, words)
    if word != "registration_link":  # there the product counts the links
        assert own.subject == plain.subject
        assert own.text.split() == plain.text.split()
        assert words_of_page(own.html) == words_of_page(plain.html)
    assert ("/dashboard/" if kind.to == "organiser" else mail_render.MASK) in own.text
    assert NAMES[language][1] in own.text or word == "registration_link"
    assert not parse_errors(own.html)
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in own.html


@pytest.mark.parametrize("step", ["", "body", "no_body", "no_focal_point"])
def test_the_product_s_text_tells_who_decides_next_in_one_step_and_in_two(edition, step):
    kind = KINDS["registration_received"]
    values = {"step": step, "delegation": {"en": "Namibia"}}
    plain, own = (
        mail_render.render(
            make_sample(kind, edition, "en", words, values=values, now=CLOCK_STANDS_AT),
            now=CLOCK_STANDS_AT,
            masked=True,
        )
        for words in (None, mail_render.product_text(kind, "en"))
    )
    assert own.text.split() == plain.text.split()
    assert ("The secretariat now decides on your registration." in own.text) == (not step)
    assert ("Namibia" in own.text) == (step in ("body", "no_focal_point"))


def words_of_page(html: str) -> list[str]:
    plain = re.sub(r"</?(a|span|strong)\b[^>]*>", "", html.partition("<body>")[2])
    return re.sub(r"<[^>]+>", " ", plain).split()


def test_the_invented_person_is_never_kept(edition):
    kind = KINDS[WORD]
    make_sample(kind, edition, "en", None, values={}, now=CLOCK_STANDS_AT)
    mail_preview.sample_letter(kind, edition, "en", None)
    assert not db.session.new


def test_a_batch_reads_the_texts_once(edition):
    save(edition)
    messages = [message_of(WORD, edition) for _ in range(12)]
    db.session.flush()

    def measure(some):
        db.session.expire_all()
        numbers = tuple(one.id for one in some)
        with counted_queries() as found:
            for one in mail_delivery.list_leased(mail_delivery.Lease(numbers, CLOCK_STANDS_AT)):
                assert mail_render.render(one, now=CLOCK_STANDS_AT).subject.startswith("Welcome")
        assert len([one for one in found if "mail_text" in one]) == 1
        return len(found)

    assert measure(messages) <= measure(messages[:2])


def test_who_saves_second_is_told(edition):
    text = save(edition)
    with pytest.raises(Stale):
        save(edition, version=mail_texts.NEW)
    save(edition, MailWords("Another", WORDS.body), version=text.version)
    with pytest.raises(Stale):
        save(edition, version=1)


def test_a_reset_is_noticed_by_whoever_has_the_form_open(edition):
    version = save(edition).version
    mail_texts.reset(COMMAND, edition.ordinal, WORD, "en", version=version, now=CLOCK_STANDS_AT)
    assert not mail_texts.list_texts(edition.id)
    letter, _ = letter_of(message_of(WORD, edition))
    assert letter.subject == "You are registered: Eighth Global Conference"
    with pytest.raises(Stale):
        save(edition, version=version)
    text = save(edition, version=version + 1)
    with pytest.raises(Stale):
        mail_texts.reset(COMMAND, edition.ordinal, WORD, "en", version=version, now=CLOCK_STANDS_AT)
    assert text.body == WORDS.body


def test_every_change_stands_in_the_audit_list(edition):
    text = save(edition)
    save(edition, WORDS, version=text.version)  # nothing differs: no entry
    mail_texts.reset(COMMAND, edition.ordinal, WORD, "en", version=text.version, now=CLOCK_STANDS_AT)
    mail_texts.reset(COMMAND, edition.ordinal, WORD, "en", version=text.version, now=CLOCK_STANDS_AT)
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.subject_type == "mail_text")).all()
    assert [one.action for one in entries] == ["mail_text.edit", "mail_text.reset"]
    assert entries[0].new == {
        "subject": WORDS.subject,
        "body": WORDS.body,
        "mail_kind": WORD,
        "language": "en",
    }
    assert entries[1].old["body"] == WORDS.body


def test_what_is_refused(edition):
    with pytest.raises(Invalid):
        save(edition, MailWords("Hello", "without a link"))
    with pytest.raises(NotFound):
        save(edition, word="organiser_message")
    with pytest.raises(NotFound):
        save(edition, language="de")
    with pytest.raises(Refused):
        mail_texts.save(READER, edition.ordinal, WORD, "en", WORDS, version=0, now=CLOCK_STANDS_AT)
    assert db.session.scalar(db.select(db.func.count()).select_from(MailText)) == 0


def test_a_new_edition_takes_the_texts_along(edition):
    version = save(edition).version
    save(edition, language="fr")
    mail_texts.reset(COMMAND, edition.ordinal, WORD, "en", version=version, now=CLOCK_STANDS_AT)
    assert editions_copy.plan(COMMAND, edition.ordinal).mail_texts == 1
    copy = editions_copy.copy(COMMAND, edition.ordinal, edition.ordinal + 1, now=CLOCK_STANDS_AT)
    assert {key: one.body for key, one in mail_texts.list_texts(copy.id).items()} == {
        (WORD, "fr"): WORDS.body
    }
