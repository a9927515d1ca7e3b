"""The open data documents: stable names, texts in all their languages, every figure with qualifier and source.

What stands here is described in docs/how-to/open-data.md; names are added, never changed.
"""

from collections.abc import Sequence
from typing import Any, Final

from flask import url_for

from eventapp.models import Body, Edition, FigureClaim, ProgrammeSession
from eventapp.models.bodies import EditionBody
from eventapp.rules.partial_date import partial_date
from eventapp.services.uploads import file_name
from eventapp.web.filters import absolute

FORMAT: Final = 1
LICENCE: Final = (
    "Figures are claims of the sources named with them; repeat the qualifier and the source when you use one. "
    "Designations imply no opinion on the legal status of any country, territory, city or area."
)


def editions_document(editions: Sequence[Edition]) -> dict[str, Any]:
    """All public editions, latest first."""
    return {
        "format": FORMAT,
        "licence": LICENCE,
        "url": absolute(url_for("feeds.editions_json")),
        "editions": [edition_record(edition) for edition in editions],
    }


def edition_document(edition: Edition, sessions: Sequence[ProgrammeSession]) -> dict[str, Any]:
    """One edition with its programme."""
    return {
        "format": FORMAT,
        "licence": LICENCE,
        **edition_record(edition),
        "sessions": [_session(session) for session in sessions],
    }


def edition_record(edition: Edition) -> dict[str, Any]:
    """What is known of an edition; unknown values are null, missing texts are empty objects."""
    return {
        "ordinal": edition.ordinal,
        "id": str(edition.public_id),
        "url": absolute(url_for("public.edition", ordinal=edition.ordinal)),
        "json": absolute(url_for("feeds.edition_json", ordinal=edition.ordinal)),
        "state": edition.state,
        "is_demonstration": edition.is_demonstration,
        "title": edition.title,
        "theme": edition.theme,
        "summary": edition.summary,
        "notice": edition.notice,
        "outcome": edition.outcome,
        "dates": {
            "precision": edition.date_precision,
            "starts_on": partial_date(edition.starts_on, edition.date_precision),
            "ends_on": partial_date(edition.ends_on, edition.date_precision),
        },
        "place": _place(edition),
        "registration": {
            "opens_at": instant(edition.registration_opens_at),
            "closes_at": instant(edition.registration_closes_at),
            "approval": edition.approval,
            "capacity": edition.capacity,
        },
        "picture": absolute(url_for("uploads.show", name=file_name(edition.picture)))
        if edition.picture
        else None,
        "bodies": [_part(part) for part in edition.bodies],
        "figures": [_claim(claim) for claim in edition.figures],
        "updated_at": instant(edition.updated_at),
    }


def _place(edition: Edition) -> dict[str, Any]:
    country = edition.country
    return {
        "city": edition.city,
        "country": {"code": country.code, "names": country.names} if country else None,
        "venue": edition.venue,
        "latitude": edition.latitude,
        "longitude": edition.longitude,
        "time_zone": edition.time_zone,
    }


def _part(part: EditionBody) -> dict[str, Any]:
    return {
        "role": part.role,
        "position": part.position,
        "source": part.source_url or None,
        **body_record(part.body),
    }


def body_record(body: Body) -> dict[str, Any]:
    """A body as it is named everywhere."""
    return {
        "id": str(body.public_id),
        "names": body.names,
        "acronym": body.acronym or None,
        "kind": body.kind,
        "country": body.country_code,
        "website": body.website or None,
    }


def _claim(claim: FigureClaim) -> dict[str, Any]:
    return {
        "measure": claim.measure,
        "qualifier": claim.qualifier,
        "value": claim.value,
        "is_shown": claim.is_shown,
        "source": claim.source_url or None,
        "source_note": claim.source_note or None,
    }


def _session(session: ProgrammeSession) -> dict[str, Any]:
    return {
        "id": str(session.public_id),
        "kind": session.kind,
        "title": session.title,
        "description": session.description,
        "starts_at": instant(session.starts_at),
        "ends_at": instant(session.ends_at),
        "room": session.room.names if session.room else None,
        "speakers": [
            {
                "name": part.speaker.name,
                "functional_title": part.speaker.functional_title or None,
                "organisation": part.speaker.organisation or None,
                "body": body_record(part.speaker.body) if part.speaker.body else None,
            }
            for part in session.speakers
        ],
    }


def instant(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
