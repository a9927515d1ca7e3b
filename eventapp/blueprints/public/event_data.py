"""An edition in the words of schema.org, for search engines (JSON-LD)."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for

from eventapp.models import Edition
from eventapp.rules.partial_date import partial_date
from eventapp.rules.programme_document import Shown
from eventapp.services.uploads import file_name
from eventapp.web.filters import absolute, pick
from eventapp.web.locale import language
from eventapp.web.programme_words import session_address

_STATUS: Final = {"postponed": "EventPostponed", "cancelled": "EventCancelled"}
_ORGANISERS: Final = ("organiser", "host", "co-host")


def event_data(edition: Edition, sessions: Sequence[Shown] = ()) -> dict[str, Any] | None:
    """The schema.org Event; None where not even a year is known, which the vocabulary requires."""
    begins = partial_date(edition.starts_on, edition.date_precision)
    if begins is None:
        return None
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": pick(edition.title).text,
        "startDate": begins,
        "endDate": partial_date(edition.ends_on, edition.date_precision),
        "eventStatus": f"https://schema.org/{_STATUS.get(edition.state, 'EventScheduled')}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "description": pick(edition.summary).text or pick(edition.theme).text,
        "url": absolute(url_for("public.edition", ordinal=edition.ordinal)),
        "inLanguage": language(),
        "image": absolute(url_for("uploads.show", name=file_name(edition.picture)))
        if edition.picture
        else "",
        "location": _place(edition),
        "organizer": [
            {"@type": "Organization", "name": pick(part.body.names).text}
            for part in edition.bodies
            if part.role in _ORGANISERS
        ],
        "subEvent": [_session(edition, one) for one in sessions if one.kind != "break"],
    }
    return _known(data)


def _session(edition: Edition, one: Shown) -> dict[str, Any]:
    """A session that is open to all, as a part of the edition; times with the offset of its zone."""
    zone = ZoneInfo(edition.time_zone)
    return _known(
        {
            "@type": "Event",
            "name": pick(one.title).text,
            "startDate": one.starts_at.astimezone(zone).isoformat(),
            "endDate": one.ends_at.astimezone(zone).isoformat(),
            "eventStatus": f"https://schema.org/{_STATUS[edition.state]}" if edition.state in _STATUS else "",
            "description": pick(one.description).text,
            "url": session_address(edition, one),
            "location": {"@type": "Place", "name": pick(one.room).text} if one.room else None,
            "performer": [{"@type": "Person", "name": person.name} for person in one.people],
        }
    )


def _place(edition: Edition) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "Place",
        "name": pick(edition.venue).text or pick(edition.city).text,
        "address": _known(
            {
                "@type": "PostalAddress",
                "addressLocality": pick(edition.city).text,
                "addressCountry": edition.country_code,
            }
        ),
    }
    if edition.latitude is not None and edition.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": edition.latitude,
            "longitude": edition.longitude,
        }
    return place


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [])}
