"""When registration opens or closes, as one whole sentence in the reader's language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from eventapp.models import Edition
from eventapp.services.editions import window_of
from eventapp.web.filters import moment, time_of_day, zone_offset
from eventapp.web.labels import label
from eventapp.web.typed import translate, translate_plural


def phase_sentence(edition: Edition, now: datetime) -> str:
    """What registration is doing now and until when, in the edition's zone."""
    phase = window_of(edition).phase(now)
    opens_at, closes_at = edition.registration_opens_at, edition.registration_closes_at
    if phase == "before" and opens_at:
        return _opens(edition, opens_at, now)
    if phase == "open":
        return _closes(edition, closes_at, now)
    if phase in ("late", "closed") and closes_at:
        when = _when(edition, closes_at)
        if phase == "late":
            return translate(
                "Registration closed on %(day)s at %(time)s (%(zone)s). Late registrations are taken.", **when
            )
        return translate("Registration closed on %(day)s at %(time)s (%(zone)s).", **when)
    return label("registration_phase", phase)


def _when(edition: Edition, at: datetime) -> dict[str, str]:
    zone = edition.time_zone
    return {
        "day": moment(at, zone, "EEEE d MMMM"),
        "time": time_of_day(at, zone),
        "zone": zone_offset(at, zone),
    }


def _days(edition: Edition, at: datetime, now: datetime) -> int:
    zone = ZoneInfo(edition.time_zone)
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def _opens(edition: Edition, at: datetime, now: datetime) -> str:
    when, days = _when(edition, at), _days(edition, at, now)
    if not days:
        return translate("Registration opens today at %(time)s (%(zone)s).", **when)
    return translate_plural(
        "Registration opens tomorrow, on %(day)s, %(time)s (%(zone)s).",
        "Registration opens in %(num)s days, on %(day)s, %(time)s (%(zone)s).",
        days,
        **when,
    )


def _closes(edition: Edition, at: datetime | None, now: datetime) -> str:
    if at is None:
        return translate("Registration is open and has no closing date.")
    when, days = _when(edition, at), _days(edition, at, now)
    if not days:
        return translate("Registration closes today at %(time)s (%(zone)s).", **when)
    return translate_plural(
        "Registration closes tomorrow, on %(day)s, %(time)s (%(zone)s).",
        "Registration closes in %(num)s days, on %(day)s, %(time)s (%(zone)s).",
        days,
        **when,
    )
