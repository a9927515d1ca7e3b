"""Letters: every kind that is put in the outbox can be written in four languages, and says what it must."""

import email
import email.policy
import re
from datetime import timedelta

import html5lib
import pytest

from eventapp.extensions import db
from eventapp.models import OutboxMessage
from eventapp.rules.mail_kind import TO_SECRETARIAT
from eventapp.rules.registration import DECISIONS
from eventapp.services import links, mail, mail_delivery, registrations_own, speakers_own
from eventapp.web import mail_notes, mail_render
from eventapp.web.locale import language as language_now
from eventapp.web.typed import translate
from tests.engines import SECRET
from tests.factories.accounts import make_user
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_linked_focal_point
from tests.house.test_sizes import PACKAGE
from tests.queries import counted_queries

TEMPLATES = PACKAGE / "templates" / "mail"
KINDS = sorted(path.stem for path in TEMPLATES.glob("*.txt"))
LANGUAGES = ("en", "fr", "es", "ar")


@pytest.fixture
def edition(ctx):
    return make_edition(contact_email="office@conference.example", venue={"en": "Hall One"})


def message_of(kind: str, edition, language: str = "en", **values) -> OutboxMessage:
    """A message of a kind as the product writes it, with its link."""
    if kind in ("invitation", "password_reset"):
        user = make_user(language=language)
        link = links.make_link(kind, secret=SECRET, now=CLOCK_STANDS_AT, user_id=user.id)
        return mail.enqueue(
            kind, recipient=user.email, language=language, now=CLOCK_STANDS_AT, user=user, link=link
        )
    registration = make_registration(edition, language=language, state="approved")
    link = links.make_link(
        "registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=registration.id
    )
    if kind == "delegation_decided":
        return copy_to_a_focal_point(edition, registration, language)
    if kind == "delegation_left":
        return withdrawal_told_to_a_focal_point(edition, registration, language)
    if kind in TO_SECRETARIAT:
        return answer_of_a_speaker(kind, edition, language)
    if kind == "organiser_message":
        values = {"subject": "About the venue", "text": "First.\n\nSecond <b>& third</b>.", **values}
    if kind == "edition_notice":
        values = {
            "state": "postponed",
            "notice": {"en": "For reasons of health.", "ar": "لأسباب صحية."},
            **values,
        }
    if kind == "registration_link":
        other = make_registration(edition, email=registration.email)
        second = links.make_link("registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=other.id)
        pairs = ((registration, link), (other, second))
        values = {"registrations": [{"registration_id": one.id, "link_id": its.id} for one, its in pairs]}
    return mail.enqueue(
        kind,
        recipient=registration.email,
        language=language,
        now=CLOCK_STANDS_AT,
        registration=registration,
        link=link,
        values=values,
    )


def copy_to_a_focal_point(edition, registration, language: str) -> OutboxMessage:
    """What the secretariat decided about somebody, to whoever speaks for the delegation."""
    point, link = make_linked_focal_point(make_delegation(edition), language=language)
    return mail.enqueue(
        "delegation_decided",
        recipient=point.email,
        language=language,
        now=CLOCK_STANDS_AT,
        link=link,
        edition_id=edition.id,
        values={
            "decision": "approved",
            "registrations": [{"registration_id": registration.id, "link_id": None}],
        },
    )


def withdrawal_told_to_a_focal_point(edition, registration, language: str) -> OutboxMessage:
    """Somebody withdraws: what whoever speaks for the delegation is told."""
    delegation = make_delegation(edition, quota=2)
    make_linked_focal_point(delegation, language=language)
    registration.delegation_id = delegation.id
    registrations_own.withdraw(own_token(registration), now=CLOCK_STANDS_AT)
    return db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.kind == "delegation_left")).one()


def own_token(registration) -> str:
    return links.token_of(links.find_registration_links([registration.id])[registration.id], SECRET)


def answer_of_a_speaker(kind: str, edition, language: str) -> OutboxMessage:
    """A speaker declines a session, or accepts what was declined: what the only organiser is told."""
    user = make_user(language=language)
    session, speaker = (
        make_session(edition, title={"en": "Data", "ar": "بيانات"}),
        make_speaker(name="A. Diop"),
    )
    before, after = {"speaker_declined": ("accepted", "declined")}.get(kind, ("declined", "accepted"))
    make_place(session, speaker, before)
    speakers_own.answer(link_of(speaker), session.public_id, after, now=CLOCK_STANDS_AT)
    return db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.user_id == user.id)).one()


def letter_of(message, *, masked=False):
    db.session.flush()
    (outgoing,) = mail_delivery.gather([message])
    return mail_render.render(outgoing, now=CLOCK_STANDS_AT, masked=masked), outgoing


def parse_errors(html: str) -> list:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    return parser.errors


def kinds_in_the_code() -> set[str]:
    """Every kind that any module enqueues, by name, by table or by the decision it tells."""
    found = set()
    for path in (PACKAGE / "services").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in ("enqueue", "write_letters", "OutboxMessage")):
            found |= set(
                re.findall(r'"((?:registration|organiser|edition)_(?:message|notice|link|[a-z]+ed))"', text)
            )
            found |= set(re.findall(r'enqueue\(\s*"([a-z_]+)"', text))
    return found


def test_every_kind_that_is_enqueued_has_both_templates(app):
    wanted = kinds_in_the_code() | {f"registration_{decision}" for decision in DECISIONS}
    assert {"registration_received", "registration_promoted", "invitation", "edition_notice"} <= wanted
    assert wanted <= set(KINDS), wanted - set(KINDS)
    assert {path.stem for path in TEMPLATES.glob("[a-z]*.html")} == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_language(app, edition, kind, language):
    message = message_of(kind, edition, language)
    letter, outgoing = letter_of(message)
    prefix = "" if language == "en" else f"/{language}"
    pages = {
        "invitation": "set-password",
        "password_reset": "set-password",
        "delegation_decided": "workspace",
        "delegation_left": "workspace",
    }
    page = pages.get(kind, "registrations")
    if kind in TO_SECRETARIAT:
        address = f"http://localhost{prefix}/dashboard/editions/{edition.ordinal}/programme/speakers/"
    else:
        address = f"http://localhost{prefix}/{page}/{links.token_of(outgoing.link, SECRET)}"
    assert address in letter.text
    assert address in letter.html
    assert letter.subject
    assert "\n" not in letter.subject
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in letter.html
    assert not parse_errors(letter.html)
    assert not re.search(r"<img|src=|url\(|@import|<script|<link", letter.html)
    named = [
        one for one in (outgoing.registration, *(each.registration for each in outgoing.enclosures)) if one
    ]
    for one in named:
        assert one.reference in letter.text
        assert one.reference in letter.html
    if kind in TO_SECRETARIAT:
        assert "office@conference.example" not in letter.text, "nobody is asked to write to themselves"
    elif outgoing.edition:
        assert "office@conference.example" in letter.text
    else:
        assert "secretariat@example.org" in letter.text
    assert "%(" not in letter.text + letter.html
    assert "None" not in letter.text


@pytest.mark.parametrize("kind", KINDS)
def test_masked_letters_hold_no_token(app, edition, kind):
    message = message_of(kind, edition)
    letter, outgoing = letter_of(message, masked=True)
    tokens = [links.token_of(one, SECRET) for one in db.session.scalars(db.select(links.PrivateLink))]
    assert not any(token in letter.text + letter.html for token in tokens)
    assert (mail_render.MASK in letter.text) == (kind not in TO_SECRETARIAT)


def test_what_a_delegate_needs_stands_in_the_letter(app, edition):
    letter, _ = letter_of(message_of("registration_approved", edition))
    for text in (
        "Dear Joy Adeyemi",
        "Eighth Global Conference",
        "8-10 June 2027",
        "Hall One, Nairobi, Kenya",
        "until 24 May 2027, 23:59 (UTC+3)",
    ):
        assert text in letter.text, letter.text


def test_what_people_wrote_is_no_markup(app, edition):
    message = message_of("organiser_message", edition)
    letter, outgoing = letter_of(message)
    assert letter.subject == "About the venue"
    assert "Second <b>& third</b>." in letter.text
    assert "<p>Second &lt;b&gt;&amp; third&lt;/b&gt;.</p>" in letter.html


def test_the_waiting_list_of_one_quota_is_not_that_of_all_places(app, edition):
    """There may be a hundred places left, and none of the sector."""
    letter, _ = letter_of(message_of("registration_waitlisted", edition))
    assert "All places" not in letter.text
    assert "No place is free for you at the moment." in letter.text
    assert (
        "Your private page says for which places you wait, and which number in line you have." in letter.text
    )
    registration = make_registration(edition, state="waitlisted")
    assert "No place is free for you now." in mail_notes.state_note(registration)


@pytest.mark.parametrize("decision", ["endorsed", "declined"])
def test_a_letter_says_nothing_in_the_name_of_a_body_that_nobody_speaks_for(app, edition, decision):
    values = {"delegation": {"en": "Namibia"}, "by": "secretariat", "reason": "Note verbale of 3 May"}
    letter, _ = letter_of(message_of(f"registration_{decision}", edition, **values))
    assert "in place of your delegation (Namibia)" in letter.text
    assert "Reason: Note verbale of 3 May" in letter.text
    for wrong in ("Your delegation endorses", "A word from your delegation", "those who speak for your"):
        assert wrong not in letter.subject + letter.text


@pytest.mark.parametrize("decision", ["approved", "cancelled", "rejected", "waitlisted"])
def test_a_reason_is_told(app, edition, decision):
    message = message_of(f"registration_{decision}", edition, reason="The hall is full.\nWe are sorry.")
    letter, _ = letter_of(message)
    assert "Reason: The hall is full." in letter.text
    assert "\nReason: The hall is full.\nWe are sorry.\n\n" in letter.text
    assert "The hall is full.<br>" in letter.html
    assert "We are sorry.</p>" in letter.html


def test_a_notice_in_the_language_of_the_reader(app, edition):
    arabic, _ = letter_of(message_of("edition_notice", edition, "ar"))
    assert "لأسباب صحية." in arabic.text
    cancelled, _ = letter_of(message_of("edition_notice", edition, state="cancelled", notice={}))
    assert "has been cancelled" in cancelled.text


def test_an_address_of_before_gets_no_link(app, edition):
    message = message_of("registration_changed", edition)
    message.recipient = "before@police.example"
    letter, outgoing = letter_of(message)
    assert links.token_of(outgoing.link, SECRET) not in letter.text + letter.html


def test_a_message_without_a_link_takes_the_newest_open_one(app, edition):
    message = message_of("edition_notice", edition)
    link_id, message.link_id = message.link_id, None
    letter, outgoing = letter_of(message)
    assert outgoing.link.id == link_id
    assert "/registrations/" in letter.text


def test_the_reader_of_the_dashboard_keeps_the_own_language(app, edition):
    """Writing a letter inside a request changes nothing about that request."""
    message = message_of("registration_approved", edition, "ar")
    db.session.flush()
    with app.test_request_context("/"):
        before = translate("Save")
        letter_of(message)
        assert (language_now(), translate("Save")) == ("en", before)


def test_a_subject_cannot_smuggle_headers(app, edition):
    message = message_of("organiser_message", edition, subject="Hello\r\nBcc: victim@example.org")
    letter, outgoing = letter_of(message)
    sent = mail_render.mime(outgoing, letter, app.config["SETTINGS"], CLOCK_STANDS_AT)
    assert sent["Bcc"] is None
    assert "Hello Bcc: victim@example.org" in sent["Subject"]
    message.recipient = "a@b.example\r\nBcc: victim@example.org"
    with pytest.raises(ValueError, match="linefeed|carriage|invalid"):
        mail_render.mime(outgoing, letter, app.config["SETTINGS"], CLOCK_STANDS_AT)


LONG_SUBJECTS = (
    "تخصيص مكان لكم: المؤتمر العالمي الثامن بشأن الاتجار بالبشر وتهريب المهاجرين (عرض تجريبي)",
    "Décision : 8e Conférence mondiale sur la traite des personnes et le trafic illicite de migrants à Genève",
    "Decisión: " + "ñandú y más " * 20 + "fin",
    "Short",
    "A long subject of plain letters " * 5 + "end",
)


@pytest.mark.parametrize("subject", LONG_SUBJECTS, ids=["ar", "fr", "es", "short", "plain"])
def test_a_long_subject_arrives_with_every_space(app, edition, subject):
    letter, outgoing = letter_of(message_of("organiser_message", edition, subject=subject))
    raw = mail_render.mime(outgoing, letter, app.config["SETTINGS"], CLOCK_STANDS_AT).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 78
    assert head.isascii()
    arrived = email.message_from_bytes(raw, policy=email.policy.default)
    assert (letter.subject, arrived["Subject"]) == (subject, subject)


def test_headers(app, edition):
    message = message_of("registration_approved", edition)
    letter, outgoing = letter_of(message)
    sent = mail_render.mime(outgoing, letter, app.config["SETTINGS"], CLOCK_STANDS_AT)
    assert sent["Message-ID"] == f"<{message.public_id}@localhost>"
    assert sent["From"] == "secretariat@example.org"
    assert sent["Reply-To"] == "office@conference.example"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Date"].datetime == CLOCK_STANDS_AT
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]


def test_gathering_takes_the_same_queries_for_any_number(app, edition):
    def measure(count):
        made = [message_of("registration_approved", edition) for _ in range(count)]
        db.session.flush()
        db.session.expire_all()
        numbers = tuple(one.id for one in made)
        with counted_queries() as found:
            for one in mail_delivery.list_leased(
                mail_delivery.Lease(numbers, CLOCK_STANDS_AT + timedelta(1))
            ):
                mail_render.render(one, now=CLOCK_STANDS_AT)
        return len(found)

    assert 0 < measure(20) <= measure(2)
