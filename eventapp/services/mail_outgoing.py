"""A message with the records its text is made from, gathered for a whole batch in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from eventapp.extensions import db
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
from eventapp.rules.mail_text import MailWords
from eventapp.services.delegations_left import Left, gather_left
from eventapp.services.links import find_registration_links
from eventapp.services.mail_addressees import Addressee, gather_addressees
from eventapp.services.mail_texts import gather_words
from eventapp.services.programme_letters import Telling, gather_tellings
from eventapp.services.speakers_answers import Answered, gather_answered


@dataclass(frozen=True)
class Enclosure:
    """A registration that a message leads to, with its private link where there is an open one."""

    registration: Registration
    link: PrivateLink | None


@dataclass(frozen=True)
class Outgoing:
    """A message with the records its text is made from."""

    message: OutboxMessage
    registration: Registration | None = None
    edition: Edition | None = None
    user: User | None = None
    link: PrivateLink | None = None
    enclosures: Sequence[Enclosure] = field(default_factory=tuple)
    words: MailWords | None = None  # the edition's own, in place of the product's text
    addressee: FocalPoint | DelegationInvitation | Speaker | None = (
        None  # to whom the link leads, where it is no registration
    )
    delegation: Mapping[str, str] = field(default_factory=dict)  # the names of theirs
    telling: Telling = field(default_factory=Telling)  # of a letter about a publication of the programme
    answered: Answered = field(default_factory=Answered)  # of a letter about what a speaker answers
    left: Left = field(default_factory=Left)  # of a letter that somebody has left a delegation

    @property
    def leads_to_many(self) -> bool:
        return len(self.enclosures) > 1


def gather(messages: Sequence[OutboxMessage]) -> list[Outgoing]:
    """The messages with their registrations, editions, accounts and links."""
    listed = {one.id: one.values.get("registrations") or [] for one in messages}
    listed_ids = {row["registration_id"] for rows in listed.values() for row in rows}
    listed_links = {row["link_id"] for rows in listed.values() for row in rows}
    registrations = _by_id(Registration, {one.registration_id for one in messages} | listed_ids)
    links = _by_id(PrivateLink, {one.link_id for one in messages} | listed_links)
    users = _by_id(User, {one.user_id for one in messages})
    editions = _by_id(
        Edition, {one.edition_id for one in messages} | {one.edition_id for one in registrations.values()}
    )
    words, addressees = gather_words(messages), gather_addressees([*links.values()])
    newest = find_registration_links(
        [one.registration_id for one in messages if one.registration_id and not one.link_id]
    )
    nobody, tellings = Addressee(), gather_tellings(messages, registrations)
    answered, left = gather_answered(messages), gather_left(messages)
    return [
        Outgoing(
            message=one,
            registration=registrations.get(one.registration_id or 0),
            edition=editions.get(one.edition_id or 0),
            user=users.get(one.user_id or 0),
            link=links.get(one.link_id or 0) or newest.get(one.registration_id or 0),
            enclosures=_enclosures(listed[one.id], registrations, links),
            words=words.get(one.id),
            addressee=addressees.get(one.link_id or 0, nobody).record,
            delegation=addressees.get(one.link_id or 0, nobody).delegation or left.get(one.id, Left()).names,
            telling=tellings.get(one.id, Telling()),
            answered=answered.get(one.id, Answered()),
            left=left.get(one.id, Left()),
        )
        for one in messages
    ]


def _enclosures(
    rows: Sequence[Mapping[str, int]],
    registrations: Mapping[int, Registration],
    links: Mapping[int, PrivateLink],
) -> tuple[Enclosure, ...]:
    known = (row for row in rows if row["registration_id"] in registrations)
    return tuple(
        Enclosure(registrations[row["registration_id"]], links.get(row["link_id"]))
        for row in known
        if registrations[row["registration_id"]].erased_at is None
    )


def _by_id(table: type[Any], ids: set[int | None]) -> dict[int, Any]:
    wanted = sorted(one for one in ids if one is not None)
    if not wanted:
        return {}
    return {one.id: one for one in db.session.scalars(select(table).where(table.id.in_(wanted)))}
