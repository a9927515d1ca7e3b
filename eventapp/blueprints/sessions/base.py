"""The blueprint itself, and what its pages share; they hold personal data and are kept by no cache."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from eventapp.models import Edition, ProgrammeSession
from eventapp.rules.listing import read_filter
from eventapp.services import attendance_find, editions, programme
from eventapp.services.attendance_find import Findings
from eventapp.web import clock
from eventapp.web.people import Badges, countries_in, represented
from eventapp.web.sign_in import actor

blueprint = Blueprint(
    "sessions",
    __name__,
    url_prefix="/dashboard/editions/<int:ordinal>/programme/sessions/<int(max=2147483647):session_id>",
)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Nobody who uses the same computer afterwards finds the people of a session in its history."""
    response.headers["Cache-Control"] = "no-store"
    return response


def to_read(ordinal: int, session_id: int) -> tuple[Edition, ProgrammeSession]:
    """The edition and one of its sessions, for whoever may look."""
    edition = editions.get_edition(actor(), ordinal)
    return edition, programme.get_session(edition.id, session_id)


def to_edit(ordinal: int, session_id: int) -> tuple[Edition, ProgrammeSession]:
    """The same for whoever may change them."""
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return edition, programme.get_session(edition.id, session_id)


def asked() -> str:
    """What is looked for, as it stands in the address."""
    return read_filter(request.args).search


def find(edition: Edition) -> Findings:
    """Who is meant by what was typed, as the check-in finds people."""
    search = asked()
    today = clock.now().date()
    return attendance_find.find_people(edition, search, today=today, countries=countries_in(search))


def wants_found() -> bool:
    """Whether the browser asks for the people found alone, while somebody types."""
    return request.headers.get("HX-Target") == "found"


def words() -> dict[str, Any]:
    """What the templates say of people."""
    return {"represented": represented, "badge_category": Badges().category}
