"""A session in words outside pages: its address, who is in it as what, and its languages; for calendars, feeds and apps."""

from flask import url_for

from eventapp.models import Edition
from eventapp.rules.programme_document import Person, Shown
from eventapp.web.filters import absolute, listed, pick, within
from eventapp.web.labels import label
from eventapp.web.typed import translate


def session_address(edition: Edition, session: Shown) -> str:
    """Where a session that is open to all stands in the public programme; of any other, the programme alone."""
    anchor = f"session-{session.id}" if session.access == "all" and not session.is_cancelled else None
    return absolute(url_for("public.programme", ordinal=edition.ordinal, _anchor=anchor))


def session_text(session: Shown) -> str:
    """What a calendar shows below the title: what it is about, its languages, and each person with what they do."""
    parts = (pick(session.description).text, _languages(session), "\n".join(map(_person, session.people)))
    return "\n\n".join(part for part in parts if part)


def _languages(session: Shown) -> str:
    into = within(listed(session.interpretation, "spoken_language")) if session.interpretation else ""
    if not session.floor_language:
        return translate("With interpretation into %(languages)s", languages=into) if into else ""
    spoken = translate("In %(language)s", language=within(label("spoken_language", session.floor_language)))
    told = translate("with interpretation into %(languages)s", languages=into) if into else ""
    return translate(", ").join(part for part in (spoken, told) if part)


def _person(person: Person) -> str:
    named = person.name
    if person.function != "speaker":
        named = f"{named} ({label('speaker_function', person.function)})"
    body = pick(person.body["names"]).text if person.body else person.organisation
    return translate(", ").join(part for part in (named, person.functional_title, body) if part)
