"""An edition and its sessions as calendar entries in the reader's language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import url_for

from eventapp.adapters.calendar import Entry, write_calendar
from eventapp.errors import NotFound
from eventapp.models import Edition
from eventapp.rules.programme_document import Shown
from eventapp.services.agenda import Chosen
from eventapp.web.filters import absolute, pick
from eventapp.web.labels import label
from eventapp.web.programme_words import session_address, session_text
from eventapp.web.typed import translate

_STATUS: Final = {"postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def edition_calendar(edition: Edition, sessions: Sequence[Shown]) -> bytes:
    """The days of the edition and every session; raises NotFound where the days are not known."""
    if edition.starts_on is None or edition.date_precision != "day":
        raise NotFound("The days of this edition are not known.")
    host = urlsplit(absolute("/")).hostname
    whole = Entry(
        uid=f"edition-{edition.public_id}@{host}",
        summary=pick(edition.title).text,
        starts=edition.starts_on,
        ends=(edition.ends_on or edition.starts_on) + timedelta(days=1),
        stamp=edition.updated_at,
        location=_location(edition),
        description=pick(edition.summary).text or pick(edition.theme).text,
        url=absolute(url_for("public.edition", ordinal=edition.ordinal)),
        status=_status(edition),
        latitude=edition.latitude,
        longitude=edition.longitude,
    )
    return write_calendar(
        whole.summary, [whole, *(_session(edition, session, str(host)) for session in sessions)]
    )


def session_calendar(edition: Edition, session: Shown) -> bytes:
    """One session alone."""
    host = str(urlsplit(absolute("/")).hostname)
    return write_calendar(pick(session.title).text, [_session(edition, session, host)])


def agenda_calendar(edition: Edition, chosen: Sequence[Chosen]) -> bytes:
    """What one person has chosen; what was taken out of the programme stands in it as cancelled.

    What somebody waits for a seat in is tentative, and says so: the calendar of a phone shows nothing else.
    """
    host = str(urlsplit(absolute("/")).hostname)
    name = translate("%(title)s: my agenda", title=pick(edition.title).text)
    return write_calendar(name, [_own_session(edition, one, host) for one in chosen])


def _own_session(edition: Edition, one: Chosen, host: str) -> Entry:
    entry = _session(edition, one.session, host)
    stamp = max(entry.stamp, one.since) if one.since else entry.stamp
    if one.state != "waiting" or one.session.is_cancelled:
        return replace(entry, stamp=stamp)
    return replace(
        entry,
        stamp=stamp,
        summary=translate("%(title)s (waiting for a seat)", title=entry.summary),
        status="TENTATIVE" if entry.status == "CONFIRMED" else entry.status,
    )


def _session(edition: Edition, session: Shown, host: str) -> Entry:
    zone = ZoneInfo(edition.time_zone)
    room = pick(session.room).text if session.room else ""
    return Entry(
        uid=f"session-{session.id}@{host}",
        summary=pick(session.title).text,
        starts=session.starts_at.astimezone(zone),
        ends=session.ends_at.astimezone(zone),
        # Whether the edition takes place is a change of each of its sessions.
        stamp=max(session.changed_at, edition.updated_at),
        sequence=session.sequence,
        location=translate(", ").join(part for part in (room, _location(edition)) if part),
        description=session_text(session),
        url=session_address(edition, session),
        status="CANCELLED" if session.is_cancelled else _status(edition),
        categories=(label("session_kind", session.kind),),
    )


def _status(edition: Edition) -> str:
    return _STATUS.get(edition.state, "CONFIRMED")


def _location(edition: Edition) -> str:
    country = pick(edition.country.names).text if edition.country else ""
    return translate(", ").join(
        part for part in (pick(edition.venue).text, pick(edition.city).text, country) if part
    )
