"""Letters: subject, text and HTML of a message in its recipient's language, and the MIME message for the server.

The words of a kind stand once, as blocks of mail/<kind>.txt; mail/<kind>.html sets the same words with more shape.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, render_template, url_for
from jinja2 import Template, TemplateError

from eventapp.config import Settings
from eventapp.models import Edition, PrivateLink, Registration
from eventapp.rules.mail import wire_address
from eventapp.rules.name import full_name
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services.links import token_of
from eventapp.services.mail_delivery import Outgoing
from eventapp.web.filters import absolute, dates, pick
from eventapp.web.labels import edition_name
from eventapp.web.locale import environ_in
from eventapp.web.typed import speaking

MASK: Final = "••••••••"
_PLACE: Final = "0token0"  # stands for the token while the address is made, so that the mask is not escaped
_ENDPOINTS: Final = {
    "registration": "registrations.show",
    "invitation": "accounts.set_password",
    "password_reset": "accounts.set_password",
}
_WORDS: Final = ("subject", "opening", "next", "action")


class _Headers(HeaderRegistry):
    """The library's own makes a class anew for each header of each message; they are few and never change."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        return self._made.get(name) or self._made.setdefault(name, super().__getitem__(name))


_POLICY: Final = SMTP.clone(header_factory=_Headers())


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


def render(outgoing: Outgoing, *, now: datetime, masked: bool = False) -> Letter:
    """The letter in the recipient's language; `masked` hides the token of every private link."""
    spoken = outgoing.message.language if outgoing.message.language in LANGUAGES else "en"
    with (
        current_app.test_request_context("/", environ_overrides=environ_in(spoken)),
        speaking(spoken),
    ):
        return _render(outgoing, now, masked=masked)


def try_render(outgoing: Outgoing, *, now: datetime, masked: bool) -> Letter | None:
    """The letter, or nothing where the records it was made from are gone or its kind is no more."""
    try:
        return render(outgoing, now=now, masked=masked)
    except (TemplateError, AttributeError):
        return None


def _render(outgoing: Outgoing, now: datetime, *, masked: bool) -> Letter:
    kind = outgoing.message.kind
    values = _values(outgoing, now, masked=masked)
    template = current_app.jinja_env.get_template(f"mail/{kind}.txt")
    words = {name: _block(template, name, values) for name in _WORDS}
    words["subject"] = " ".join(words["subject"].split())
    text = render_template(template, **values, **words)
    html = render_template(f"mail/{kind}.html", **values, **words)
    return Letter(words["subject"], re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    if name not in template.blocks:
        return ""
    text = "".join(template.blocks[name](template.new_context(values)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _values(outgoing: Outgoing, now: datetime, *, masked: bool) -> dict[str, Any]:
    message, registration, edition = outgoing.message, outgoing.registration, outgoing.edition
    values = message.values
    takes_place = edition is not None and edition.state not in ("postponed", "cancelled")
    until = edition.changes_close_at if edition and takes_place else None
    return {
        "message": message,
        "values": values,
        "registration": registration,
        "edition": edition,
        "user": outgoing.user,
        "link": outgoing.link,
        "address": "" if outgoing.enclosures else _address(outgoing, masked=masked),
        "leads": _leads(outgoing, masked=masked),
        "person": _person(outgoing),
        "edition_title": _title(edition),
        "dates_text": _dates(edition) if takes_place else "",
        "place": _place(edition),
        "reason": values.get("reason") or (registration.reason if registration else ""),
        "until": until if until and until > now else None,
        "contact": _contact(edition),
    }


def _title(edition: Edition | None) -> str:
    if edition is None:
        return ""
    return str(pick(edition.title)) or edition_name(edition.ordinal)


def _dates(edition: Edition | None) -> str:
    return dates(edition.starts_on, edition.ends_on, edition.date_precision) if edition else ""


def _place(edition: Edition | None) -> str:
    if edition is None:
        return ""
    country = pick(edition.country.names) if edition.country else ""
    return ", ".join(str(part) for part in (pick(edition.venue), pick(edition.city), country) if part)


def _person(outgoing: Outgoing) -> str:
    if outgoing.user is not None:
        return outgoing.user.name
    one = outgoing.registration
    if one is None or outgoing.leads_to_many:
        return ""
    return _name(one)


def _name(registration: Registration) -> str:
    return full_name(registration.given_name, registration.family_name, registration.honorific)


def _contact(edition: Edition | None) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return (edition.contact_email if edition else "") or settings.mail_from


def _address(outgoing: Outgoing, *, masked: bool) -> str:
    """The private link; nothing for somebody else than the person it belongs to, such as an address of before."""
    link, registration = outgoing.link, outgoing.registration
    if link is None or link.revoked_at is not None:
        return ""
    if registration and registration.email.lower() != outgoing.message.recipient.lower():
        return ""
    return link_address(link, masked=masked)


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


def link_address(link: PrivateLink, *, masked: bool) -> str:
    """The absolute address of a private link in the language of the request."""
    token = MASK if masked else token_of(link, current_app.config["SECRET_KEY"])
    return absolute(url_for(_ENDPOINTS[link.purpose], token=_PLACE)).replace(_PLACE, token)


def mime(outgoing: Outgoing, letter: Letter, settings: Settings, now: datetime) -> EmailMessage:
    """The message for the mail server. EmailMessage refuses line ends in headers, so nothing can be smuggled in."""
    message, edition = outgoing.message, outgoing.edition
    sent = EmailMessage(policy=_POLICY)
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
