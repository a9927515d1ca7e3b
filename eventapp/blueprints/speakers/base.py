"""The blueprint itself: headers of private pages, and one answer to every link that leads nowhere."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from eventapp.errors import DomainError
from eventapp.web.errors import error_text, refusal_status

blueprint = Blueprint("speakers", __name__)
Page = str | tuple[str, int] | Response


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Pages of one person are neither kept nor listed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@blueprint.errorhandler(DomainError)
def refused(problem: DomainError) -> tuple[str, int]:
    """A refusal with the way back; a link that is over, revoked or unknown says so and nothing else."""
    token = "" if problem.code == "link" else (request.view_args or {}).get("token", "")
    page = render_template("speakers/refused.html", text=error_text(problem), token=token)
    return page, refusal_status(problem)
