"""What the private link opens: status, change, withdrawal, own data."""

from collections.abc import Sequence

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.registrations.base import blueprint
from eventapp.blueprints.registrations.status import (
    came_on,
    may_be_changed,
    may_be_withdrawn,
    status_of,
    steps_of,
)
from eventapp.blueprints.registrations.vouching import body_name, owed
from eventapp.errors import Closed, DomainError, Refused, Stale
from eventapp.models import AuditEntry
from eventapp.rules.registration import check_change
from eventapp.rules.registration_form import Answers, Details
from eventapp.services import agenda, registrations_own, versions
from eventapp.services.editions import window_of
from eventapp.services.keeping import keeping_of
from eventapp.services.registrations_own import Own
from eventapp.web import clock, limits
from eventapp.web.changes import Change
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.errors import error_text, refusal_page, refusal_status
from eventapp.web.keeping_words import kept_until
from eventapp.web.options import keeper
from eventapp.web.ready import Slots, page
from eventapp.web.registration_forms import (
    Errors,
    answers_of,
    check,
    form_context,
    sent_answers,
    sent_number,
)
from eventapp.web.registration_summary import as_markup, lines
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

# What a delegate is told of: the answers of the form, and the state that others decide on.
_TOLD = frozenset({*Details.__dataclass_fields__, "state"})
Page = str | tuple[str, int] | Response


@blueprint.get("/registrations/<token>")
def show(token: str) -> Page:
    own = registrations_own.get_own(token)
    return render_template(
        "registrations/show.html",
        token=token,
        own=own,
        edition=own.edition,
        status=status_of(own),
        steps=steps_of(own),
        came=came_on(own),
        kept=kept_until(keeping_of(own.edition), clock.now()),
        told=as_markup(lines(own.registration)),
        may_change=may_be_changed(own, clock.now()),
        may_withdraw=may_be_withdrawn(own),
        delegation=body_name(own.body),
        owed=owed(own),
    )


@blueprint.get("/registrations/<token>/confirmed")
def confirmed(token: str) -> Page:
    own = registrations_own.get_own(token)
    status = status_of(own)
    slots = {
        "reference": own.registration.reference,
        "email": own.registration.email,
        "line": status.line,
        "next": status.next,
    }

    def render(given: Slots) -> str:
        return render_template("registrations/confirmed.html", token=token, edition=own.edition, slots=given)

    key = ("confirmed", own.edition.ordinal, keeper().facts().version)
    return page(key, slots, render, hidden={"token": token})


@blueprint.route("/registrations/<token>/change", methods=["GET", "POST"])
@checks_csrf
def change(token: str) -> Page:
    own = registrations_own.get_own(token)
    check_change(own.registration.state, window_of(own.edition), clock.now())
    if request.method != "POST":
        return _change_form(own, token, answers_of(own.registration))
    answers = sent_answers()
    if not token_holds():
        stale = translate("This page had been open for too long. Nothing was changed. Please send it again.")
        return _change_form(own, token, answers, general=[stale], status=400)
    details, errors = check(answers, held=own.registration)
    if details is None:
        return _change_form(own, token, answers, errors=errors, status=422)
    if not limits.may_change(token):
        return _change_form(
            own, token, answers, general=[translate("Too many tries. Please wait a few minutes.")], status=429
        )
    return _keep(token, details, answers)


def _keep(token: str, details: Details, answers: Answers) -> Page:
    try:
        version, now, key = _version(), clock.now(), current_app.config["SETTINGS"].secret_key
        with writing():
            registrations_own.change(token, details, version=version, now=now, secret=key)
    except Stale:
        return _changed_meanwhile(token, answers)
    except Refused as problem:
        if problem.code != "quota_full":
            raise
        own = registrations_own.get_own(token)
        return _change_form(own, token, answers, general=[error_text(problem)], status=409)
    flash(translate("Your changes have been kept."), "success")
    return redirect(url_for("registrations.show", token=token), code=303)


@blueprint.get("/registrations/<token>/withdraw")
def ask_withdraw(token: str) -> Page:
    own = registrations_own.get_own(token)
    if not may_be_withdrawn(own):
        return redirect(url_for("registrations.show", token=token), code=303)
    return render_template("registrations/withdraw.html", token=token, own=own, edition=own.edition)


@blueprint.post("/registrations/<token>/withdraw")
@commits
def withdraw(token: str) -> Page:
    registrations_own.withdraw(token, now=clock.now())
    return redirect(url_for("registrations.show", token=token), code=303)


@blueprint.post("/registrations/<token>/data.json")
@commits
def export(token: str) -> Page:
    held = {**registrations_own.export_own(token, now=clock.now()), "agenda": agenda.export(token)}
    response = jsonify(held)
    response.headers["Content-Disposition"] = 'attachment; filename="my-registration.json"'
    return response


def _version() -> int:
    return sent_number("version") or 0


def _changed_meanwhile(token: str, answers: Answers) -> Page:
    """The form as it was typed, with what another tab or the secretariat changed; sending it again goes over that."""
    own = registrations_own.get_own(token)
    entries = versions.list_since(own.registration, _version())
    changes = RegistrationWords().list_changes(entries, _TOLD)
    return _change_form(own, token, answers, changes=changes, status=409)


def _who(entry: AuditEntry) -> str:
    """Who changed it; the people of the secretariat stay unnamed, as on every page of a delegate."""
    if entry.actor_kind == "delegate":
        return translate("You, or somebody who has your link")
    return translate("The secretariat")


def _change_form(
    own: Own,
    token: str,
    answers: Answers,
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    changes: Sequence[Change] | None = None,
    status: int = 200,
) -> Page:
    shown = render_template(
        "registrations/change.html",
        token=token,
        own=own,
        edition=own.edition,
        changes=changes,
        who=_who,
        **form_context(answers, errors or {}, general, held=own.registration),
    )
    return shown, status


@blueprint.errorhandler(Closed)
@blueprint.errorhandler(Refused)
def refused(refusal: DomainError) -> Page | tuple[Response | str, int]:
    """Whoever came by a private link finds the way back to the registration, or to a new link."""
    token = (request.view_args or {}).get("token")
    if token is None or request.path.endswith(".json"):
        return refusal_page(refusal)
    is_gone = refusal.code == "gone"
    status = 410 if is_gone else refusal_status(refusal)
    page = render_template(
        "registrations/refused.html", text=error_text(refusal), token=None if is_gone else token
    )
    return page, status
