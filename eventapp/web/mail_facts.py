"""What letters say of an edition, in the reader's language and the edition's zone."""

from datetime import datetime

from flask import current_app

from eventapp.config import Settings
from eventapp.models import Edition, Registration, Speaker
from eventapp.rules.name import full_name
from eventapp.rules.registration import OPEN_STATES
from eventapp.services.reminders_recipients import calendar_of
from eventapp.web.filters import dates, moment, pick, zone_offset
from eventapp.web.labels import edition_name
from eventapp.web.locale import language


def named(names: object) -> str:
    """The name of a represented body in the reader's language."""
    return str(pick(names)) if isinstance(names, dict) else str(names or "")


def until_text(edition: Edition | None, registration: Registration | None, now: datetime) -> str:
    """Until when the registration can be changed, with the zone; nothing once that has passed."""
    until = edition.changes_close_at if edition else None
    if edition is None or until is None or until <= now:
        return ""
    if registration is None or registration.state not in OPEN_STATES:
        return ""
    return in_zone(until, edition)


def closes_text(edition: Edition | None, reminder: str) -> str:
    """Until when what a reminder asks for can be done, with the zone."""
    return in_zone(calendar_of(edition, reminder).closes_at, edition) if edition else ""


def in_zone(at: datetime | None, edition: Edition) -> str:
    """A moment in the edition's zone, with the zone."""
    return f"{moment(at, edition.time_zone)} ({zone_offset(at, edition.time_zone)})" if at else ""


def title_of(edition: Edition | None) -> str:
    """The title in the reader's language; the number where there is none."""
    if edition is None:
        return ""
    return str(pick(edition.title)) or edition_name(edition.ordinal)


def dates_text(edition: Edition | None) -> str:
    """The days of an edition, as exactly as they are known."""
    return dates(edition.starts_on, edition.ends_on, edition.date_precision) if edition else ""


def place_text(edition: Edition | None) -> str:
    """Venue, city and country, as far as they are known."""
    if edition is None:
        return ""
    country = pick(edition.country.names) if edition.country else ""
    comma = "، " if language() == "ar" else ", "
    return comma.join(str(part) for part in (pick(edition.venue), pick(edition.city), country) if part)


def speaker_name(speaker: Speaker | None) -> str:
    """A speaker with the form of address."""
    return full_name("", speaker.name, speaker.honorific) if speaker else ""


def contact_of(edition: Edition | None) -> str:
    """Where questions go: the edition's address, or the one that sends."""
    settings: Settings = current_app.config["SETTINGS"]
    return (edition.contact_email if edition else "") or settings.mail_from
