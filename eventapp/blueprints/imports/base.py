"""The blueprint itself; its pages hold personal data and are kept by no cache."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("imports", __name__, url_prefix="/dashboard/editions/<int(max=9999):ordinal>/import")


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Nobody who uses the same computer afterwards finds the people of the list in its history."""
    response.headers["Cache-Control"] = "no-store"
    return response
