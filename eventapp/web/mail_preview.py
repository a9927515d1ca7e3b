"""Letters on a page of the dashboard: to an invented person, and the HTML half shown in a frame as it is sent."""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from flask import Response, make_response

from eventapp.errors import message
from eventapp.models import Edition, Speaker
from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_placeholder import PLACEHOLDERS
from eventapp.rules.mail_text import MailWords
from eventapp.rules.programme_telling import Notice
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.rules.workspace import Tally
from eventapp.services.delegations_left import Left
from eventapp.services.mail_texts_sample import make_sample
from eventapp.services.programme_letters import Telling
from eventapp.services.speakers_answers import Answer, Answered
from eventapp.services.speakers_letters import DECLINED
from eventapp.web import clock, mail_render
from eventapp.web.headers import POLICY
from eventapp.web.labels import label
from eventapp.web.mail_render import Letter
from eventapp.web.typed import speaking, translate

OWN_NAMES = {
    "edition_postponed": message("Edition postponed"),
    "edition_cancelled": message("Edition cancelled"),
    "delegation_withdrawn": message("Somebody of a delegation withdraws"),
    "delegation_cancelled": message("Registrations of a delegation cancelled"),
    "registration_endorsed_for": message("Endorsed by the secretariat for a body"),
    "registration_declined_for": message("Not endorsed by the secretariat for a body"),
    "session_seat_given": message("A seat given by the secretariat"),
}


def kind_name(kind: MailKind) -> str:
    """What a kind is called in the list of texts."""
    if kind.word in OWN_NAMES:
        return translate(OWN_NAMES[kind.word])
    return label("mail_kind", kind.word)


def sample_letter(
    kind: MailKind,
    edition: Edition,
    language: str,
    words: MailWords | None,
    notices: Sequence[Notice] | None = None,
) -> Letter:
    """What an invented person would get, with the words given or, without any, the product's; its link is masked.

    `notices` are what a letter about the programme tells, in place of an invented change.
    """
    sample = make_sample(kind, edition, language, words, values=_values(kind, language), now=clock.now())
    if "changes" in kind.placeholders:
        told = [_invented(edition, language)] if notices is None else notices
        sample = replace(sample, telling=Telling(told))
    if "sessions" in kind.placeholders:
        sample = replace(sample, answered=_invented_answer(edition, kind.word, language))
    if "people" in kind.placeholders:
        tally = Tally(limit=5, approved=3, endorsed=1, awaiting=0, waitlisted=0, outside=0)
        sample = replace(sample, left=Left(tally=tally))
    return mail_render.render(sample, now=clock.now(), masked=True)


def _values(kind: MailKind, language: str) -> dict[str, Any]:
    texts = {name: PLACEHOLDERS[name].sample for name in kind.placeholders if PLACEHOLDERS[name].sample}
    with speaking(language):
        found: dict[str, Any] = {name: translate(text) for name, text in texts.items()}
    if "notice" in found:
        found["notice"] = dict.fromkeys(LANGUAGES, found["notice"])
    return found


def _invented(edition: Edition, language: str) -> Notice:
    """An invented session that is held an hour later."""
    invented = PLACEHOLDERS["session"].sample
    with speaking(language):
        title = {language: translate(invented)}
    starts_at = datetime.combine(edition.starts_on or clock.now().date(), time(7), tzinfo=UTC)
    hours = [(starts_at + timedelta(hours=number)).isoformat() for number in range(3)]
    before, after = ({"title": title, "starts_at": hours[at], "ends_at": hours[at + 1]} for at in (0, 1))
    return Notice(what="changed", title=title, aspects=["when"], before=before, after=after)


def _invented_answer(edition: Edition, word: str, language: str) -> Answered:
    """An invented speaker who takes the answer to one session back."""
    declines = word == DECLINED
    invented = PLACEHOLDERS["session"].sample
    with speaking(language):
        title, reason = translate(invented), translate("Another meeting on that day.")
    starts_at = datetime.combine(edition.starts_on or clock.now().date(), time(7), tzinfo=UTC)
    answer = Answer(
        title={language: title},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        function="speaker",
        reason=reason if declines else "",
        had_accepted=declines,
    )
    return Answered(speaker=Speaker(honorific="", name=PLACEHOLDERS["speaker"].sample), answers=[answer])


def framing(page: str, letters: Iterable[Letter], status: int = 200) -> Response:
    """A page that shows letters in frames: its policy names their style by what it says, and lets nothing else in."""
    response = make_response(page, status)
    marks = {
        _mark(style) for one in letters for style in re.findall(r"<style>(.*?)</style>", one.html, re.DOTALL)
    }
    if marks:
        allowed = " ".join(["style-src 'self'", *sorted(marks)])
        response.headers["Content-Security-Policy"] = POLICY.replace("style-src 'self'", allowed)
    return response


@lru_cache(maxsize=8)
def _mark(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
