"""The blueprint itself; its pages hold personal data and are kept by no cache, and papers may be larger than forms."""

from typing import Any

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from eventapp.models import Delegation
from eventapp.rules.paper import MOST_BYTES
from eventapp.services.mail_addressees import names_of
from eventapp.web.filters import pick

blueprint = Blueprint(
    "delegations", __name__, url_prefix="/dashboard/editions/<int(max=9999):ordinal>/delegations"
)
_ROUND_A_PAPER = 64 * 1024  # what a form adds to the file it carries


@blueprint.url_value_preprocessor
def let_papers_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: one address takes a paper, and a little more, so that it can say what is too large."""
    if endpoint == "delegations.add_document":
        request.max_content_length = 2 * MOST_BYTES + _ROUND_A_PAPER


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Nobody who uses the same computer afterwards finds people or papers in its history."""
    response.headers["Cache-Control"] = "no-store"
    return response


def secret() -> str:
    """The secret that private links are derived with."""
    value: str = current_app.config["SETTINGS"].secret_key
    return value


def name_of(delegation: Delegation) -> str:
    """What a delegation is called in the reader's language."""
    return str(pick(dict(names_of(delegation))))
