"""Letters: subject, text and HTML of a message in its recipient's language, and the MIME message for the server.

The words of a kind stand once, as blocks of mail/<kind>.txt; mail/<kind>.html sets the same words with more shape. Where an
edition has words of its own, both set those instead.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, render_template, url_for
from jinja2 import TemplateError

from eventapp.config import Settings
from eventapp.models import Edition, PrivateLink, Registration, Speaker
from eventapp.rules.mail import wire_address
from eventapp.rules.mail_kind import TO_SECRETARIAT
from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_text import MailWords, fill_body, fill_subject
from eventapp.rules.name import full_name
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services.links import token_of
from eventapp.services.mail_outgoing import Outgoing
from eventapp.web import mail_facts
from eventapp.web.filters import absolute
from eventapp.web.labels import label
from eventapp.web.locale import environ_in
from eventapp.web.mail_headers import POLICY
from eventapp.web.mail_notes import late_note, missing_note, places_note, state_note
from eventapp.web.mail_placeholders import PARTS, block, product_words, value_of
from eventapp.web.programme_letter import answers_of, told_of
from eventapp.web.typed import speaking, translate
from eventapp.web.vouching_words import step_note

MASK: Final = "••••••••"
_PLACE: Final = "0token0"  # stands for the token while the address is made, so that the mask is not escaped
_ENDPOINTS: Final = {
    "registration": "registrations.show",
    "invitation": "accounts.set_password",
    "password_reset": "accounts.set_password",
    "focal_point": "workspace.show",
    "delegation_invitation": "workspace.invited",
    "speaker": "speakers.show",
}

_OWN_PAGES: Final = {"programme_changed": "agenda.show"}  # where the letter is about another page


@dataclass(frozen=True)
class Letter:
    """A message as the recipient reads it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Lead:
    """A registration that a letter lists, with the address of its page."""

    registration: Registration
    edition: Edition
    name: str
    address: str


@contextmanager
def _in_language(language: str) -> Iterator[None]:
    """A request of its own in a language: its addresses, its words, and nothing of the request round it."""
    spoken = language if language in LANGUAGES else "en"
    with (
        current_app.test_request_context("/", environ_overrides=environ_in(spoken)),
        speaking(spoken),
    ):
        yield


def render(outgoing: Outgoing, *, now: datetime, masked: bool = False) -> Letter:
    """The letter in the recipient's language; `masked` hides the token of every private link."""
    with _in_language(outgoing.message.language):
        return _render(outgoing, now, masked=masked)


def try_render(outgoing: Outgoing, *, now: datetime, masked: bool) -> Letter | None:
    """The letter, or nothing where the records it was made from are gone or its kind is no more."""
    try:
        return render(outgoing, now=now, masked=masked)
    except (TemplateError, AttributeError):
        return None


def product_text(kind: MailKind, language: str) -> MailWords:
    """The product's text of a kind in a language, with placeholders; what the form of an own text begins with."""
    with _in_language(language):
        return product_words(kind)


def _render(outgoing: Outgoing, now: datetime, *, masked: bool) -> Letter:
    kind, own = outgoing.message.kind, outgoing.words
    values = _values(outgoing, now, masked=masked)
    template = current_app.jinja_env.get_template(f"mail/{kind}.txt")
    if own:
        known = _Known(values)
        words: dict[str, Any] = {
            "subject": fill_subject(own.subject, known),
            "own": fill_body(own.body, known),
        }
    else:
        words = {name: block(template, name, values) for name in PARTS}
    words["subject"] = " ".join(words["subject"].split())
    text = render_template(template, **values, **words)
    html = render_template(f"mail/{kind}.html", **values, **words)
    return Letter(words["subject"], re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


class _Known(dict[str, str]):
    """The placeholders of one letter, each read when a text names it."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, name: str) -> str:
        return value_of(name, self._values)

    def get(self, name: str, default: Any = None) -> Any:
        del default  # every name has a value, if an empty one
        return self[name]


def _values(outgoing: Outgoing, now: datetime, *, masked: bool) -> dict[str, Any]:
    message, registration, edition = outgoing.message, outgoing.registration, outgoing.edition
    kind = message.kind.removeprefix("reminder_")
    values = message.values
    takes_place = edition is not None and edition.state not in ("postponed", "cancelled")
    person = _person(outgoing)
    return {
        "message": message,
        "values": values,
        "registration": registration,
        "edition": edition,
        "user": outgoing.user,
        "link": outgoing.link,
        "address": ""
        if outgoing.enclosures and not outgoing.addressee
        else _address(outgoing, masked=masked),
        "people": [(_name(one.registration), one.registration.reference) for one in outgoing.enclosures],
        "roles": [label("role", one.registration.role) for one in outgoing.enclosures],
        "places": places_note(outgoing.left.tally),
        "leads": _leads(outgoing, masked=masked),
        "person": person,
        "greeting": translate("Dear %(name)s,", name=person) if person else translate("Good day,"),
        "edition_title": mail_facts.title_of(edition),
        "dates_text": mail_facts.dates_text(edition) if takes_place else "",
        "place": mail_facts.place_text(edition),
        "reason": values.get("reason") or (registration.reason if registration else ""),
        "delegation": mail_facts.named(dict(outgoing.delegation) or values.get("delegation")),
        "closes_text": mail_facts.closes_text(edition, kind),
        "until_text": mail_facts.until_text(edition, registration, now) if takes_place else "",
        "late_note": late_note(registration),
        "step_note": step_note(values),
        "state_note": state_note(registration),
        "told": told_of(outgoing.telling, edition) or answers_of(outgoing.answered, edition),
        "speaker": mail_facts.speaker_name(outgoing.answered.speaker),
        "missing": missing_note(values),
        "page": _page(outgoing),
        "contact": "" if message.kind in TO_SECRETARIAT else mail_facts.contact_of(edition),
    }


def _person(outgoing: Outgoing) -> str:
    if outgoing.user is not None:
        return outgoing.user.name
    if isinstance(outgoing.addressee, Speaker):
        return mail_facts.speaker_name(outgoing.addressee)
    if outgoing.addressee is not None:
        return outgoing.addressee.name
    if outgoing.telling.speaker is not None:
        return outgoing.telling.speaker.name
    one = outgoing.registration
    if one is None or outgoing.leads_to_many:
        return ""
    return _name(one)


def _name(registration: Registration) -> str:
    return full_name(registration.given_name, registration.family_name, registration.honorific)


def _page(outgoing: Outgoing) -> str:
    """The page of the dashboard that a letter to the secretariat is about."""
    edition, speaker = outgoing.edition, outgoing.answered.speaker
    if edition is None or speaker is None:
        return ""
    # An invented speaker has no number; the page of that letter leads nowhere, and nobody gets it.
    number = speaker.id or 0
    return absolute(url_for("programme.edit_speaker", ordinal=edition.ordinal, speaker_id=number))


def _address(outgoing: Outgoing, *, masked: bool) -> str:
    """The private link; nothing for somebody else than the person it belongs to, such as an address of before."""
    link, owner = outgoing.link, outgoing.addressee or outgoing.registration
    if link is None or link.revoked_at is not None:
        return ""
    if owner and owner.email.lower() != outgoing.message.recipient.lower():
        return ""
    return link_address(link, masked=masked, endpoint=_OWN_PAGES.get(outgoing.message.kind, ""))


def _leads(outgoing: Outgoing, *, masked: bool) -> list[Lead]:
    return [
        Lead(
            one.registration,
            one.registration.edition,
            _name(one.registration),
            link_address(one.link, masked=masked),
        )
        for one in outgoing.enclosures
        if one.link is not None and one.link.revoked_at is None
    ]


def link_address(link: PrivateLink, *, masked: bool, endpoint: str = "") -> str:
    """The absolute address of a private link in the language of the request."""
    token = MASK if masked else token_of(link, current_app.config["SECRET_KEY"])
    return absolute(url_for(endpoint or _ENDPOINTS[link.purpose], token=_PLACE)).replace(_PLACE, token)


def mime(outgoing: Outgoing, letter: Letter, settings: Settings, now: datetime) -> EmailMessage:
    """The message for the mail server. EmailMessage refuses line ends in headers, so nothing can be smuggled in."""
    message, edition = outgoing.message, outgoing.edition
    sent = EmailMessage(policy=POLICY)
    sent["Subject"] = letter.subject
    sent["From"] = wire_address(settings.mail_from)
    sent["To"] = wire_address(message.recipient)
    if edition and edition.contact_email:
        sent["Reply-To"] = wire_address(edition.contact_email)
    sent["Date"] = now
    sent["Message-ID"] = f"<{message.public_id}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    sent["Auto-Submitted"] = "auto-generated"
    sent.set_content(letter.text)
    sent.add_alternative(letter.html, subtype="html")
    sent["Content-Language"] = message.language  # last: what is set earlier moves into the first part
    return sent
