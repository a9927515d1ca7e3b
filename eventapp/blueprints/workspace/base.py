"""The blueprint itself: who is let in, what is answered to a link that is over, and headers of private pages."""

from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Refused
from eventapp.services.workspace import Workspace, account_key, enter, open_workspace
from eventapp.web import clock
from eventapp.web.errors import error_text, refusal_status
from eventapp.web.sign_in import actor

blueprint = Blueprint("workspace", __name__)
Page = str | tuple[str, int] | Response
_OVER = frozenset({"link", "gone", "used", "revoked", "expired"})


@blueprint.before_request
def ask_to_sign_in() -> Response | None:
    """An address with a focal point's number is for the account that belongs to it; whoever is signed out signs in."""
    key = (request.view_args or {}).get("token", "")
    if account_key(str(key)) is None or actor().kind == "user":
        return None
    wanted = request.path if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted), code=303)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Pages of one delegation are neither kept nor listed; the referrer stays on this site (the site-wide policy)."""
    response.headers["Cache-Control"] = "no-store"
    if request.view_args and "token" in request.view_args:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@blueprint.errorhandler(DomainError)
def refused(problem: DomainError) -> tuple[str, int]:
    """A refusal with the way on: a new link where this one is over, else back to the delegation."""
    token = (request.view_args or {}).get("token", "")
    is_over = problem.code in _OVER
    page = render_template(
        "workspace/refused.html",
        text=error_text(problem),
        token="" if is_over or request.endpoint == "workspace.invited" else token,
        asks_for_link=problem.code in ("link", "gone") and request.endpoint != "workspace.invited",
    )
    return page, refusal_status(problem)


def opened(token: str) -> Workspace:
    """The workspace for reading."""
    return open_workspace(token, actor(), now=clock.now())


def entered(token: str) -> Workspace:
    """The workspace for writing: inside `writing()` only, with its edition locked."""
    return enter(token, actor(), now=clock.now())


def secret() -> str:
    """What the tokens of private links are derived from."""
    key: str = current_app.config["SETTINGS"].secret_key
    return key


def sent_nonce() -> UUID:
    """The nonce of the form; refuses a form that came without one."""
    try:
        return UUID(request.form.get("nonce", ""))
    except ValueError:
        raise Refused("Please open this page again: the form was not complete.", code="nonce") from None
