"""One registration: all that is known, its history, and the small changes that need no form of their own."""

from typing import Any
from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters import kept_mail
from eventapp.blueprints.registrations_desk.answers import problems_of, read_nonce, read_number
from eventapp.blueprints.registrations_desk.base import blueprint
from eventapp.blueprints.registrations_desk.presenting import Presenter, secret
from eventapp.errors import DomainError, Invalid, Refused, Stale
from eventapp.models import Edition, Registration
from eventapp.rules.decision import possible_decisions, why_not_behalf
from eventapp.rules.text import without_hidden
from eventapp.services import (
    attendance,
    audit,
    delegations_vouching,
    duplicates,
    registrations_enter,
    registrations_erase,
    registrations_list,
    registrations_places,
    session_places,
    speakers_held,
)
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.web import clock
from eventapp.web.csrf import STALE_PAGE, check_token, checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.quota_words import QuotaWords
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate
from eventapp.web.uploads import tidy_uploads
from eventapp.web.vouching_words import why_sentence


@blueprint.get("/<reference>")
def show(ordinal: int, reference: str) -> str:
    edition = get_edition(actor(), ordinal)
    registration = registrations_list.get_registration(edition, reference)
    may_edit = actor().may_edit(edition.id) and not (registration.erased_at or registration.merged_into_id)
    bodies = registrations_list.list_bodies() if may_edit else []
    in_line = registrations_places.explain_waiting(edition, [registration]).get(registration.id, ())
    whys = delegations_vouching.explain(edition, [registration], now=clock.now())
    return render_template(
        "registrations_desk/show.html",
        edition=edition,
        registration=registration,
        in_line=in_line,
        whys=whys.get(registration.id, ()),
        why_sentence=why_sentence,
        words=QuotaWords.of_places([in_line]),
        free=registrations_places.free_places(edition),
        check_ins=attendance.list_check_ins(registration),
        **_of_person(registration),
        bodies=bodies,
        suggested=registrations_list.suggest_bodies(registration, bodies),
        decisions=_decisions(edition, registration) if may_edit else [],
        may_edit=may_edit,
        nonce=uuid4(),
    )


def _of_person(registration: Registration) -> dict[str, Any]:
    """What is known of the person, with the registrations that were merged into this one."""
    merged = registrations_list.list_merged(registration)
    history = audit.list_of_subjects("registration", [registration.id, *(one.id for one in merged)])
    sessions = {entry.new["session"] for entry in history if "session" in entry.new}
    return {
        "history": history,
        "presenter": Presenter(session_places.list_titles(sessions)),
        "mails": registrations_list.list_mails(registration, merged),
        "of_merged": {one.id: one.reference for one in merged},
        "kept": registrations_list.find_kept(registration),
        "successor": registrations_list.find_successor(registration),
        "former": registrations_list.find_former(registration),
        "pairs": duplicates.list_of_registration(registration.id),
    }


def _decisions(edition: Edition, registration: Registration) -> list[str]:
    """What the secretariat may decide about somebody, for a body that nobody speaks for too."""
    body = delegations_vouching.find_body(edition, registration)
    return possible_decisions(registration.state, behalf=not why_not_behalf(edition.approval, body))


def _look_again(ordinal: int, reference: str, problem: DomainError) -> tuple[str, int]:
    """The registration as it is now, its history included, with what was chosen; for an older page or token."""
    if problem.code == "forbidden":
        raise problem
    text = error_text(problem)
    if isinstance(problem, Stale):
        text = translate(
            "Somebody else changed this registration meanwhile. Look at its history and save again."
        )
    flash(text, "warn")
    return show(ordinal, reference), 409 if isinstance(problem, Stale) else 422


def _shown(ordinal: int, reference: str, text: str) -> Response:
    flash(text, "good")
    return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=reference), code=303)


@blueprint.post("/<reference>/role")
@checks_csrf
def give_role(ordinal: int, reference: str) -> Response | tuple[str, int]:
    who, role, version = actor(), request.form.get("role", ""), read_number(request.form.get("version", ""))
    now = clock.now()
    try:
        check_token()
        with writing():
            registrations_enter.give_role(who, ordinal, reference, role, version=version, now=now)
    except (Stale, Refused) as problem:
        return _look_again(ordinal, reference, problem)
    return _shown(ordinal, reference, translate("The role was changed."))


@blueprint.post("/<reference>/body")
@checks_csrf
def link_body(ordinal: int, reference: str) -> Response | tuple[str, int]:
    who, body = actor(), read_number(request.form.get("body", ""))
    version, now, key = read_number(request.form.get("version", "")), clock.now(), secret()
    try:
        check_token()
        with writing():
            registrations_enter.link_body(
                who, ordinal, reference, body or None, version=version, now=now, secret=key
            )
    except (Stale, Refused) as problem:
        return _look_again(ordinal, reference, problem)
    return _shown(
        ordinal, reference, translate("The organisation was linked, and the counted country follows.")
    )


@blueprint.post("/<reference>/link")
def resend_link(ordinal: int, reference: str) -> Response:
    who, nonce, now = actor(), read_nonce(request.form.get("nonce", "")), clock.now()
    key = secret()
    with writing():
        registrations_enter.resend_link(who, ordinal, reference, nonce=nonce, now=now, secret=key)
    return _shown(ordinal, reference, translate("The private link is on its way to the person."))


@blueprint.get("/<reference>/erase")
def confirm_erase(ordinal: int, reference: str) -> str | Response:
    edition = get_edition_to_edit(actor(), ordinal)
    if registrations_list.get_registration(edition, reference).erased_at:
        return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=reference), code=303)
    return _erase_page(ordinal, reference, {})


def _erase_page(ordinal: int, reference: str, errors: dict[str, str]) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    registration = registrations_list.get_registration(edition, reference)
    return render_template(
        "registrations_desk/erase.html",
        edition=edition,
        registration=registration,
        speakers=speakers_held.list_of_registration(registration.id),
        typed=without_hidden(request.form.get("typed", "")),
        errors=errors,
        presenter=Presenter(),
    )


@blueprint.post("/<reference>/erase")
@checks_csrf
def erase(ordinal: int, reference: str) -> Response | tuple[str, int]:
    who, typed, now = actor(), request.form.get("typed", ""), clock.now()
    if not token_holds():
        return _erase_page(ordinal, reference, {"page": translate(STALE_PAGE)}), 422
    try:
        with writing():
            written = registrations_erase.erase(who, ordinal, reference, typed=typed, now=now)
    except Invalid as problem:
        return _erase_page(ordinal, reference, problems_of(problem)[0]), 422
    kept_mail.forget(current_app.config["SETTINGS"].kept_mail, map(str, written))
    tidy_uploads()
    return _shown(ordinal, reference, translate("The person was erased. All counts stay as they were."))
