"""An invented person and what a message to them would be made of: for previews; nothing of it is ever kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm.attributes import set_committed_value

from eventapp.models import (
    DelegationInvitation,
    Edition,
    FocalPoint,
    OutboxMessage,
    PrivateLink,
    Registration,
    Speaker,
    User,
)
from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_text import MailWords
from eventapp.services.mail_outgoing import Enclosure, Outgoing

ADDRESS: Final = "amina@example.org"
NAMES: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("Ms", "Amina", "Example"),
    "fr": ("Mme", "Amina", "Exemple"),
    "es": ("Sra.", "Amina", "Ejemplo"),
    "ar": ("السيدة", "أمينة", "مثال"),
}

_PURPOSES: Final = {
    "focal_point": "focal_point",
    "invited": "delegation_invitation",
    "speaker": "speaker",
}
DELEGATION: Final[Mapping[str, str]] = {
    "en": "Example Country",
    "fr": "Pays Exemple",
    "es": "País Ejemplo",
    "ar": "بلد المثال",
}


def make_sample(
    kind: MailKind,
    edition: Edition,
    language: str,
    words: MailWords | None,
    *,
    values: Mapping[str, Any],
    now: datetime,
) -> Outgoing:
    """A message of a kind to the invented person, with the given words or, without any, the product's."""
    purpose = _PURPOSES.get(kind.to, "registration")
    link = PrivateLink(purpose=purpose, created_at=now)
    message = OutboxMessage(
        kind=kind.outbox_kind,
        language=language,
        recipient=ADDRESS,
        values={**values, **kind.values},
        edition_id=edition.id,
        created_at=now,
    )
    if kind.to == "organiser":
        name = " ".join(NAMES[language][1:])
        user = User(name=name, email=ADDRESS, role="organiser", language=language)
        return Outgoing(message, None, edition, user, words=words)
    person = _person(edition, language, str(values.get("reason", "")), now)
    enclosures = (Enclosure(person, link),) if {"links", "people"} & set(kind.placeholders) else ()
    return Outgoing(
        message,
        person if kind.to == "person" else None,
        edition,
        link=link,
        enclosures=enclosures,
        words=words,
        addressee=_addressee(kind.to, language, now) if kind.to != "person" else None,
        delegation=DELEGATION,
    )


def _addressee(to: str, language: str, now: datetime) -> FocalPoint | DelegationInvitation | Speaker:
    name = " ".join(NAMES[language])
    if to == "speaker":
        return Speaker(honorific=NAMES[language][0], name=" ".join(NAMES[language][1:]), email=ADDRESS)
    if to == "focal_point":
        return FocalPoint(name=name, email=ADDRESS, language=language, created_at=now)
    return DelegationInvitation(name=name, email=ADDRESS, language=language, created_at=now)


def _person(edition: Edition, language: str, reason: str, now: datetime) -> Registration:
    honorific, given_name, family_name = NAMES[language]
    person = Registration(
        edition_id=edition.id,
        reference="23AB-45CD",
        state="approved",
        role="delegate",
        honorific=honorific,
        given_name=given_name,
        family_name=family_name,
        email=ADDRESS,
        reason=reason,
        is_late=True,
        language=language,
        submitted_at=now,
    )
    # Not by assigning it: that would put the invented person among the records to be saved.
    set_committed_value(person, "edition", edition)
    return person
