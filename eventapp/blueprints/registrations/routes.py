"""Form, review, confirmation. Nothing is kept on the server until the last step; the page carries what was typed."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.registrations.base import blueprint
from eventapp.blueprints.registrations.forms import (
    Errors,
    Given,
    check,
    form_context,
    sent_answers,
    sent_nonce,
    sent_number,
)
from eventapp.blueprints.registrations.summary import lines
from eventapp.errors import Closed, Conflict
from eventapp.models import Edition, PrivacyNotice
from eventapp.rules.edition import check_registration_open
from eventapp.rules.registration_form import Answers, Details
from eventapp.services import links, registrations
from eventapp.services.editions import get_public_edition, window_of
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.locale import language
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Page = tuple[str, int] | Response
TRIES = 3


@blueprint.route("/editions/<int(max=9999):ordinal>/register", methods=["GET", "POST"])
@checks_csrf
def register(ordinal: int) -> Page:
    edition = get_public_edition(ordinal)
    try:
        is_late = check_registration_open(window_of(edition), clock.now())
    except Closed as refusal:
        return _closed(edition, refusal)
    notice = registrations.find_notice()
    if request.method == "GET":
        return _form(edition, notice, {"language": [language()], "role": ["delegate"]}, is_late=is_late)
    answers = sent_answers()
    step = (request.form.getlist("step") or ["review"])[-1]
    if not token_holds():
        return _form(edition, notice, answers, general=[_stale()], status=400)
    if step == "edit":
        return _form(edition, notice, answers)
    details, errors = check(answers)
    errors = {**errors, **_outdated(notice)}
    if details is None or errors:
        return _form(edition, notice, answers, errors=errors, status=422)
    if step == "confirm":
        return _confirm(edition, notice, answers, details)
    return _review(edition, notice, answers, details)


def _stale() -> str:
    return translate(
        "This page had been open for too long. Nothing was sent. Please check it and send it again."
    )


def _outdated(notice: PrivacyNotice | None) -> Errors:
    """Whoever read an older notice than the one in force is asked again."""
    read = sent_number("notice")
    if notice is None or read is None or read == notice.number:
        return {}
    return {
        "privacy": translate("The privacy notice has changed meanwhile. Please read it and confirm again.")
    }


def _form(
    edition: Edition,
    notice: PrivacyNotice | None,
    answers: Answers,
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    status: int = 200,
    is_late: bool = False,
) -> Page:
    page = render_template(
        "registrations/register.html",
        edition=edition,
        notice=notice,
        is_late=is_late,
        **form_context(answers, errors or {}, general),
    )
    return page, status


def _review(
    edition: Edition,
    notice: PrivacyNotice | None,
    answers: Answers,
    details: Details,
    *,
    general: Sequence[str] = (),
    status: int = 200,
) -> Page:
    page = render_template(
        "registrations/review.html",
        edition=edition,
        notice=notice,
        lines=lines(details),
        hidden=Given(answers).hidden(),
        nonce=uuid4(),
        general=general,
    )
    return page, status


def _confirm(edition: Edition, notice: PrivacyNotice | None, answers: Answers, details: Details) -> Page:
    nonce = sent_nonce()
    if nonce is None:
        text = translate("Please check your answers once more, then confirm.")
        return _review(edition, notice, answers, details, general=[text], status=422)
    if not limits.may_confirm():
        text = translate(
            "Too many registrations came from your address. Please wait a few minutes and confirm again."
        )
        return _review(edition, notice, answers, details, general=[text], status=429)
    notice_id, edition_id, closed = notice.id if notice else None, edition.id, None
    try:
        token = _submit(edition_id, details, nonce, notice_id)
    except Closed as refusal:
        closed = refusal
    if closed is not None:
        return _closed(get_public_edition(edition.ordinal), closed)
    return redirect(url_for("registrations.confirmed", token=token), code=303)


def _submit(edition_id: int, details: Details, nonce: UUID, notice_id: int | None) -> str:
    """Send the registration in and give the token of its link; what was sent at the same moment is asked for again."""
    secret = current_app.config["SETTINGS"].secret_key
    for left in range(TRIES, 0, -1):
        try:
            with writing():
                submitted = registrations.submit(
                    edition_id, details, nonce=nonce, notice_id=notice_id, now=clock.now(), secret=secret
                )
                return links.token_of(submitted.link, secret)
        except Conflict as refusal:
            if refusal.code != "again" or left == 1:
                raise
    raise AssertionError


def _closed(edition: Edition, refusal: Closed) -> Page:
    """A plain page that says when it opens or that it has closed; not an error for whoever only looks."""
    page = render_template(
        "registrations/closed.html", edition=edition, text=error_text(refusal), phase=refusal.code
    )
    return page, 200 if request.method == "GET" else 409
