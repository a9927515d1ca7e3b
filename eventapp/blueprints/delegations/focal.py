"""Focal points of a delegation: named, changed, written to, and let go."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.addresses import checked_email
from eventapp.blueprints.delegations.base import blueprint, name_of, secret
from eventapp.errors import DomainError, Stale
from eventapp.models import FocalPoint
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import delegations, focal_points, workspace_access
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate, translate_plural


def _form(
    ordinal: int,
    public_id: UUID,
    focal_point: FocalPoint | None,
    typed: dict[str, str],
    status: int = 200,
    **more: Any,
) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    page = render_template(
        "delegations/focal_point_form.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation),
        focal_point=focal_point,
        typed=typed,
        tongues=list(LANGUAGE_NAMES.items()),
        **more,
    )
    return page, status


def _read(answers: Answers) -> dict[str, str]:
    values = {
        "name": answers.line("name"),
        "email": answers.one("email", lambda text: checked_email(text.strip()), ""),
        "language": answers.choice("language", LANGUAGES),
    }
    for name, value in values.items():
        answers.require(name, value)
    answers.check()
    return values


def _back(ordinal: int, public_id: UUID) -> Response:
    address = url_for("delegations.show", ordinal=ordinal, public_id=public_id, _anchor="focal-points")
    return redirect(address, code=303)


@blueprint.get("/<uuid:public_id>/focal-points/new")
def new_focal_point(ordinal: int, public_id: UUID) -> tuple[str, int]:
    return _form(ordinal, public_id, None, {"language": "en", "sends": "1"})


@blueprint.post("/<uuid:public_id>/focal-points/new")
@checks_csrf
def add_focal_point(ordinal: int, public_id: UUID) -> tuple[str, int] | Response:
    who, now, key, answers = actor(), clock.now(), secret(), Answers()
    delegations.get_delegation(get_edition_to_edit(who, ordinal), public_id)
    sends = answers.flag("sends")
    try:
        values = _read(answers)
        with writing():
            focal_points.add(who, ordinal, public_id, values, sends=sends, now=now, secret=key)
    except DomainError as problem:
        return _form(ordinal, public_id, None, typed_again(), 422, errors=errors_of(problem))
    flash(
        translate("The focal point is named, and the link is on its way.")
        if sends
        else translate("The focal point is named. No link was sent."),
        "good",
    )
    return _back(ordinal, public_id)


def _get(ordinal: int, public_id: UUID, number: UUID) -> FocalPoint:
    delegation = delegations.get_delegation(get_edition_to_edit(actor(), ordinal), public_id)
    return focal_points.get_focal_point(delegation, number)


@blueprint.get("/<uuid:public_id>/focal-points/<uuid:number>")
def edit_focal_point(ordinal: int, public_id: UUID, number: UUID) -> tuple[str, int]:
    found = _get(ordinal, public_id, number)
    typed = {name: getattr(found, name) for name in focal_points.COLUMNS}
    return _form(ordinal, public_id, found, typed | {"version": str(found.version)})


@blueprint.post("/<uuid:public_id>/focal-points/<uuid:number>")
@checks_csrf
def save_focal_point(ordinal: int, public_id: UUID, number: UUID) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    _get(ordinal, public_id, number)
    version = answers.version()
    try:
        values = _read(answers)
        with writing():
            moved = focal_points.edit(who, ordinal, public_id, number, values, version=version, now=now)
    except Stale:
        found = _get(ordinal, public_id, number)
        return _form(ordinal, public_id, found, **came_back(found, version))
    except DomainError as problem:
        found = _get(ordinal, public_id, number)
        return _form(ordinal, public_id, found, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The focal point is saved."), "good")
    if moved:
        flash(translate("The link to the old address has ended. Send a new one."), "warn")
    return _back(ordinal, public_id)


@blueprint.post("/<uuid:public_id>/focal-points/<uuid:number>/link")
@commits
def send_link(ordinal: int, public_id: UUID, number: UUID) -> Response:
    found = focal_points.send_link(actor(), ordinal, public_id, number, now=clock.now(), secret=secret())
    flash(translate("A new link is on its way to %(email)s.", email=found.email), "good")
    return _back(ordinal, public_id)


@blueprint.post("/<uuid:public_id>/focal-points/<uuid:number>/revoke")
@commits
def revoke_link(ordinal: int, public_id: UUID, number: UUID) -> Response:
    focal_points.revoke(actor(), ordinal, public_id, number, now=clock.now())
    flash(translate("The link leads nowhere any more."), "good")
    return _back(ordinal, public_id)


@blueprint.post("/<uuid:public_id>/focal-points/<uuid:number>/account")
@commits
def connect_account(ordinal: int, public_id: UUID, number: UUID) -> Response:
    """The focal point may sign in from now on: an account of the address is connected, or a new one invited."""
    found, is_new = workspace_access.connect_account(
        actor(), ordinal, number, now=clock.now(), secret=secret()
    )
    if is_new:
        flash(translate("%(name)s is invited to an account.", name=found.name), "good")
    else:
        flash(translate("%(name)s may use the account of this address.", name=found.name), "good")
    return _back(ordinal, public_id)


@blueprint.get("/<uuid:public_id>/focal-points/<uuid:number>/remove")
def confirm_remove_focal_point(ordinal: int, public_id: UUID, number: UUID) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    return render_template(
        "delegations/focal_point_remove.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation),
        focal_point=focal_points.get_focal_point(delegation, number),
    )


@blueprint.post("/<uuid:public_id>/focal-points/<uuid:number>/remove")
@commits
def remove_focal_point(ordinal: int, public_id: UUID, number: UUID) -> Response:
    focal_points.remove(actor(), ordinal, public_id, number, now=clock.now())
    flash(translate("The focal point is removed, and name and address are erased."), "good")
    return _back(ordinal, public_id)


@blueprint.post("/links")
@commits
def send_links(ordinal: int) -> Response:
    count = focal_points.send_many(actor(), ordinal, now=clock.now(), secret=secret())
    if count:
        text = translate_plural(
            "A link is on its way to one focal point.",
            "Links are on their way to %(num)s focal points.",
            count,
        )
        flash(text, "good")
    else:
        flash(translate("Every focal point has a link that leads in. Nothing was sent."), "note")
    return redirect(url_for("delegations.index", ordinal=ordinal), code=303)
