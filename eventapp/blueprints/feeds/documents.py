"""The open data documents: stable names, texts in all their languages, every figure with qualifier and source.

What stands here is described in docs/how-to/open-data.md; names are added, never changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import url_for

from eventapp.models import Body, DocumentFile, Edition, FigureClaim, ProgrammeDocument
from eventapp.models.bodies import EditionBody
from eventapp.rules.partial_date import partial_date
from eventapp.rules.programme_document import Shown
from eventapp.services.documents_read import Readable
from eventapp.services.uploads import file_name
from eventapp.web.filters import absolute
from eventapp.web.programme_words import session_address

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


def edition_document(edition: Edition, sessions: Sequence[Shown], readable: Readable) -> dict[str, Any]:
    """One edition with its programme and the documents that everybody may read."""
    return {
        "format": FORMAT,
        "licence": LICENCE,
        **edition_record(edition),
        "sessions": [
            {**_session(edition, session), "documents": _documents(readable.by_session.get(session.id, ()))}
            for session in sessions
        ],
        "documents": _documents(readable.others),
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


def _session(edition: Edition, session: Shown) -> dict[str, Any]:
    return {
        "id": session.id,
        "url": session_address(edition, session),
        "kind": session.kind,
        "title": session.title,
        "description": session.description,
        "starts_at": instant(session.starts_at),
        "ends_at": instant(session.ends_at),
        "room": session.room,
        "track": session.track,
        "floor_language": session.floor_language or None,
        "interpretation": session.interpretation,
        "asks_sign_up": session.asks_sign_up,
        "speakers": [
            {
                "name": one.name,
                "function": one.function,
                "functional_title": one.functional_title or None,
                "organisation": one.organisation or None,
                "body": _known_body(one.body) if one.body else None,
            }
            for one in session.people
        ],
    }


def _documents(documents: Sequence[ProgrammeDocument]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.public_id),
            "kind": one.kind,
            "symbol": one.symbol or None,
            "revision": one.revision or None,
            "title": one.title,
            "files": [_file(file) for file in one.files],
        }
        for one in documents
    ]


def file_address(file: DocumentFile) -> str:
    """Where a document in one language is: here, or at another site."""
    return file.url or absolute(url_for("documents.show", public_id=file.public_id))


def _file(file: DocumentFile) -> dict[str, Any]:
    """A document in one language; of an address at another site nothing else is known."""
    if file.url:
        return {"language": file.language, "url": file.url, "media_type": None, "size": None, "sha256": None}
    return {
        "language": file.language,
        "url": file_address(file),
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
    }


def _known_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as it was named when the programme was published."""
    return {**body, "acronym": body["acronym"] or None, "website": body["website"] or None}


def instant(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
