"""The blueprint itself, and what every page behind a private link answers with."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

blueprint = Blueprint("registrations", __name__)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Pages of one person are neither kept nor listed; the referrer stays on this site (the site-wide policy)."""
    response.headers["Cache-Control"] = "no-store"
    if request.view_args and "token" in request.view_args:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
