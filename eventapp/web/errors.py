"""Refusals and failures become pages (or JSON) in one place."""

import traceback
from collections.abc import Mapping

from flask import Flask, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from eventapp.adapters import journal as log
from eventapp.errors import Closed, Conflict, DomainError, NotFound, Refused, message
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.services import editions
from eventapp.web.sending import RETRY_AFTER_SECONDS, NoPlace
from eventapp.web.sign_in import actor
from eventapp.web.typed import translate

STATUS: Mapping[type, int] = {NotFound: 404, Closed: 409, Conflict: 409, Refused: 422}
_LARGEST_ORDINAL = 9999  # a refused address may hold a number that no database can take
_TEXTS = {
    400: message("The page could not read what was sent."),
    401: message("Please sign in."),
    403: message("Your account may not do this."),
    404: message("There is nothing at this address."),
    405: message("This address does not take that kind of request."),
    409: message("Somebody else was first."),
    413: message("This is too large to be taken."),
    414: message("This address is too long."),
    429: message("Too many tries. Please wait a few minutes."),
    500: message("Something went wrong on our side. Nothing that was confirmed before is lost."),
    503: message("The service is not ready. Please try again in a minute."),
}


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, refusal_page)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failure)


def error_text(error: DomainError) -> str:
    """The refusal in the language of the request."""
    return translate(error.text, **error.values)


def _answer(status: int, text: str, code: str) -> tuple[Response | str, int]:
    db.session.rollback()
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        return jsonify(error=code, text=text), status
    # A failure may be the database's: no account is asked for then.
    if _is_inside() and (status < 500 or code == NoPlace.code):
        return render_template("errors/desk.html", status=status, text=text, edition=_edition()), status
    return render_template("errors/page.html", status=status, text=text), status


def _is_inside() -> bool:
    """Whether somebody who is signed in stands in the dashboard."""
    return f"{request.path}/".startswith("/dashboard/") and actor().kind == "user"


def _edition() -> Edition | None:
    """The edition of the address, for the navigation beside the refusal; none where it is not for this account."""
    ordinal = (request.view_args or {}).get("ordinal")
    if not isinstance(ordinal, int) or ordinal > _LARGEST_ORDINAL:
        return None
    try:
        return editions.get_edition(actor(), ordinal)
    except DomainError:
        return None


def refusal_status(error: DomainError) -> int:
    """The status with which a refusal is answered."""
    if error.code == "forbidden":
        return 403
    if isinstance(error, NoPlace):
        return 503
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def refusal_page(error: DomainError) -> Response:
    """The page, or the JSON, that says why something was refused."""
    response = make_response(_answer(refusal_status(error), error_text(error), error.code))
    if isinstance(error, NoPlace):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _csrf(error: CSRFError) -> tuple[Response | str, int]:
    del error
    return _answer(
        400, translate("This page had been open for too long. Please go back and send it again."), "csrf"
    )


def _stale(error: StaleDataError) -> tuple[Response | str, int]:
    del error
    return _answer(
        409, translate("Somebody else changed this at the same moment. Please try again."), "conflict"
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    response = make_response(_answer(status, translate(_TEXTS.get(status, _TEXTS[400])), str(status)))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _path_without_token() -> str:
    """The path for the log; a private link's token never stands there."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "***") if token else request.path


def _failure(error: Exception) -> tuple[Response | str, int]:
    # Without the values of local variables, which some formatters add: they are people's data.
    trace = "".join(traceback.format_exception(error))
    log.error("request failed", path=_path_without_token(), method=request.method, traceback=trace)
    return _answer(500, translate(_TEXTS[500]), "failure")
