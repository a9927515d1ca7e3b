"""The texts of mails that an edition writes itself; where it has none, the product's own text is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from eventapp.errors import NotFound, Stale
from eventapp.extensions import db
from eventapp.models import Edition, MailText, OutboxMessage
from eventapp.rules.access import Actor
from eventapp.rules.mail_kind import get_editable, word_of
from eventapp.rules.mail_text import MailWords, check_words
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import audit, versions
from eventapp.services.editions import get_edition_to_edit, lock_edition

NEW: Final = 0  # the version that a form says of a text nobody has written yet


def list_texts(edition_id: int) -> Mapping[tuple[str, str], MailText]:
    """The texts an edition has now, by kind and language; those that were reset are none."""
    wanted = (MailText.edition_id == edition_id, MailText.body != "")
    found = db.session.scalars(select(MailText).where(*wanted).order_by(MailText.id))
    return {(one.kind, one.language): one for one in found}


def find_text(edition_id: int, word: str, language: str) -> MailText | None:
    """The record of a text, also one that was reset, or None where nobody ever wrote one; NotFound for unknown words."""
    get_editable(word)
    if language not in LANGUAGES:
        raise NotFound("There is no such kind of message.")
    wanted = (MailText.edition_id == edition_id, MailText.kind == word, MailText.language == language)
    return db.session.scalar(select(MailText).where(*wanted))


def words_of(text: MailText | None) -> MailWords | None:
    """What a record says, or None where the product's text holds."""
    return MailWords(text.subject, text.body) if text and text.body else None


def gather_words(messages: Sequence[OutboxMessage]) -> Mapping[int, MailWords]:
    """Message's number -> the words of its edition in its language, where there are any; one query for a whole batch."""
    editions = sorted({one.edition_id for one in messages if one.edition_id is not None})
    if not editions:
        return {}
    query = select(MailText).where(MailText.edition_id.in_(editions), MailText.body != "")
    known = {(one.edition_id, one.kind, one.language): one for one in db.session.scalars(query)}
    found = {}
    for message in messages:
        text = known.get((message.edition_id or 0, word_of(message.kind, message.values), message.language))
        if text is not None:
            found[message.id] = MailWords(text.subject, text.body)
    return found


def save(
    actor: Actor, ordinal: int, word: str, language: str, words: MailWords, *, version: int, now: datetime
) -> None:
    """Save a text that was read at `version` (NEW where there was none); refuses readers and what does not hold."""
    edition = get_edition_to_edit(actor, ordinal)
    check_words(get_editable(word), words)
    _write(actor, edition, word, language, words, action="mail_text.edit", version=version, now=now)


def reset(actor: Actor, ordinal: int, word: str, language: str, *, version: int, now: datetime) -> None:
    """Go back to the product's text. The record stays, empty, so that a form that is open notices."""
    edition = get_edition_to_edit(actor, ordinal)
    text = find_text(edition.id, word, language)
    if text is None or not text.body:
        return
    _write(
        actor, edition, word, language, MailWords("", ""), action="mail_text.reset", version=version, now=now
    )


def _write(
    actor: Actor,
    edition: Edition,
    word: str,
    language: str,
    words: MailWords,
    *,
    action: str,
    version: int,
    now: datetime,
) -> None:
    lock_edition(edition.id)  # two who write the first text of a kind at once: the second finds it
    text = find_text(edition.id, word, language)
    if text is None:
        if version != NEW:
            raise Stale
        text = MailText(edition_id=edition.id, kind=word, language=language, subject="", body="")
        db.session.add(text)
        old, new = audit.differences(vars(MailWords("", "")), vars(words))
        text.subject, text.body = words.subject, words.body
        db.session.flush()
        old = {**old, "version": NEW}
    else:
        old, new = versions.write(text, vars(words), version=version)
    if new:
        audit.record(
            actor,
            action,
            now=now,
            subject_type="mail_text",
            subject_id=text.id,
            edition_id=edition.id,
            old=old,
            new={**new, "mail_kind": word, "language": language},
        )


def copy(from_edition_id: int, edition_id: int) -> int:
    """Give a new edition the texts of another one; says how many."""
    texts = list_texts(from_edition_id)
    for (word, language), text in texts.items():
        db.session.add(
            MailText(
                edition_id=edition_id, kind=word, language=language, subject=text.subject, body=text.body
            )
        )
    return len(texts)
