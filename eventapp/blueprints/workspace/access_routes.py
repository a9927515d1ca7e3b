"""The way in: the link once more, the same answer whether the address is known or not."""

from flask import render_template, request

from eventapp.adapters.addresses import checked_email
from eventapp.blueprints.workspace.base import Page, blueprint, secret
from eventapp.errors import DomainError
from eventapp.rules.text import without_hidden
from eventapp.services import workspace_access
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


@blueprint.route("/workspace/send-link", methods=["GET", "POST"])
@checks_csrf
def send_link() -> Page:
    typed = without_hidden(request.form.get("email", "")).strip()
    if request.method != "POST":
        return _form(typed)
    if not token_holds():
        text = translate("This page had been open for too long. Please send it again.")
        return _form(typed, general=text), 400
    try:
        email = checked_email(typed)
    except DomainError as refusal:
        return _form(typed, error=error_text(refusal)), 422
    if not limits.may_ask_for_link():
        return _form(typed, general=translate("Too many tries. Please wait a few minutes.")), 429
    if limits.may_send_to(email):
        key = secret()
        with writing():
            workspace_access.send_links(email, now=clock.now(), secret=key)
    return render_template("workspace/link_sent.html", email=email)


def _form(email: str, *, error: str = "", general: str = "") -> str:
    return render_template(
        "workspace/send_link.html",
        email=email,
        errors={"email": error} if error else {},
        general=[general] if general else [],
    )
