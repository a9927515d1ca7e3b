"""Form, review, confirmation. Nothing is kept on the server until the last step; the page carries what was typed."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.registrations.base import blueprint
from eventapp.errors import Closed, Conflict, NotFound
from eventapp.rules.edition import check_registration_open
from eventapp.rules.registration_form import Answers, Details
from eventapp.services import links, registrations
from eventapp.services.editions import get_public_edition
from eventapp.services.registrations import FormFacts
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf, new_token, token_holds
from eventapp.web.errors import error_text
from eventapp.web.locale import language
from eventapp.web.options import Lists, keeper
from eventapp.web.ready import Slots, page
from eventapp.web.registration_forms import (
    Errors,
    check,
    form_context,
    hidden_fields,
    sent_answers,
    sent_nonce,
    sent_number,
)
from eventapp.web.registration_summary import as_markup, lines
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Page = tuple[str, int] | Response
TRIES = 3


@blueprint.route("/editions/<int(max=9999):ordinal>/register", methods=["GET", "POST"])
@checks_csrf
def register(ordinal: int) -> Page:
    lists = keeper().facts()
    facts = lists.forms.get(ordinal)
    if facts is None:
        raise NotFound("There is no such edition.")
    try:
        is_late = check_registration_open(facts.window, clock.now())
    except Closed as refusal:
        return _closed(ordinal, refusal)
    if request.method != "POST":
        return _blank(ordinal, lists, is_late=is_late)
    return _take_step(facts, lists, sent_answers())


def _take_step(facts: FormFacts, lists: Lists, answers: Answers) -> Page:
    step = (request.form.getlist("step") or ["review"])[-1]
    if not token_holds():
        return _form(facts.ordinal, lists, answers, general=[_stale()], status=400)
    if step == "edit":
        return _form(facts.ordinal, lists, answers)
    details, errors = check(answers)
    errors = {**errors, **_outdated(lists)}
    if details is None or errors:
        return _form(facts.ordinal, lists, answers, errors=errors, status=422)
    if step == "confirm":
        return _confirm(facts, lists, answers, details)
    return _review(facts.ordinal, lists, answers, details)


def _stale() -> str:
    return translate(
        "This page had been open for too long. Nothing was sent. Please check it and send it again."
    )


def _outdated(lists: Lists) -> Errors:
    """Whoever read an older notice than the one in force is asked again."""
    read = sent_number("notice")
    if lists.notice is None or read is None or read == lists.notice.number:
        return {}
    return {
        "privacy": translate("The privacy notice has changed meanwhile. Please read it and confirm again.")
    }


def _blank(ordinal: int, lists: Lists, *, is_late: bool) -> Page:
    """The empty form: the same for everybody but for its token."""

    def render(slots: Slots) -> str:
        answers = {"language": [language()], "role": ["delegate"]}
        return _render_form(ordinal, lists, answers, slots, is_late=is_late)

    return page(("register", ordinal, lists.version, is_late), {"csrf": new_token()}, render)


def _form(
    ordinal: int,
    lists: Lists,
    answers: Answers,
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    status: int = 200,
) -> Page:
    slots = {"csrf": new_token()}
    return _render_form(ordinal, lists, answers, slots, errors=errors, general=general), status


def _render_form(
    ordinal: int,
    lists: Lists,
    answers: Answers,
    slots: Slots,
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    is_late: bool = False,
) -> str:
    return render_template(
        "registrations/register.html",
        edition=get_public_edition(ordinal),
        notice=lists.notice,
        is_late=is_late,
        slots=slots,
        **form_context(answers, errors or {}, general),
    )


def _review(
    ordinal: int, lists: Lists, answers: Answers, details: Details, *, problem: str = "", status: int = 200
) -> Page:
    slots = {
        "csrf": new_token(),
        "nonce": str(uuid4()),
        "answers": hidden_fields(answers),
        "told": as_markup(lines(details)),
    }

    def render(given: Slots) -> str:
        edition = get_public_edition(ordinal)
        return render_template(
            "registrations/review.html",
            edition=edition,
            notice=lists.notice,
            slots=given,
            general=[problem] if problem else [],
        )

    response = page(("review", ordinal, lists.version, problem), slots, render)
    response.status_code = status
    return response


def _confirm(facts: FormFacts, lists: Lists, answers: Answers, details: Details) -> Page:
    nonce = sent_nonce()
    if nonce is None:
        problem = translate("Please check your answers once more, then confirm.")
        return _review(facts.ordinal, lists, answers, details, problem=problem, status=422)
    if not limits.may_confirm():
        problem = translate(
            "Too many registrations came from your address. Please wait a few minutes and confirm again."
        )
        return _review(facts.ordinal, lists, answers, details, problem=problem, status=429)
    try:
        token = _submit(facts.edition_id, details, nonce, lists.notice.id if lists.notice else None)
    except Closed as refusal:
        return _closed(facts.ordinal, refusal)
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


def _closed(ordinal: int, refusal: Closed) -> Page:
    """A plain page that says when it opens or that it has closed; not an error for whoever only looks."""
    shown = render_template(
        "registrations/closed.html",
        edition=get_public_edition(ordinal),
        text=error_text(refusal),
        phase=refusal.code,
    )
    return shown, 409 if request.method == "POST" else 200
