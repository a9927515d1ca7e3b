"""Send me my link again: the same answer whether the address is known or not."""

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.addresses import checked_email
from eventapp.blueprints.registrations.base import blueprint
from eventapp.errors import DomainError
from eventapp.rules.text import without_hidden
from eventapp.services import registrations_own
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Page = tuple[str, int] | Response


@blueprint.get("/my-registration")
def my_registration() -> Response:
    return redirect(url_for("registrations.send_link"), code=303)


@blueprint.route("/registrations/send-link", methods=["GET", "POST"])
@checks_csrf
def send_link() -> Page:
    typed = without_hidden(request.form.get("email", "")).strip()
    if request.method != "POST":
        return _form(typed)
    if not token_holds():
        return _form(
            typed,
            general=translate("This page had been open for too long. Please send it again."),
            status=400,
        )
    try:
        email = checked_email(typed)
    except DomainError as refusal:
        return _form(typed, error=error_text(refusal), status=422)
    if not limits.may_ask_for_link():
        return _form(typed, general=translate("Too many tries. Please wait a few minutes."), status=429)
    if limits.may_send_to(email):
        secret = current_app.config["SETTINGS"].secret_key
        with writing():
            registrations_own.send_links(email, now=clock.now(), secret=secret)
    return render_template("registrations/link_sent.html", email=email), 200


def _form(email: str, *, error: str = "", general: str = "", status: int = 200) -> Page:
    page = render_template(
        "registrations/send_link.html",
        email=email,
        errors={"email": error} if error else {},
        general=[general] if general else [],
    )
    return page, status
