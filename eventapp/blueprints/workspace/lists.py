"""A focal point brings the people of the own delegation as a list: the steps of an import, inside the delegation's bounds."""

from typing import Any, Final
from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for

from eventapp.adapters import kept_tables
from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened
from eventapp.blueprints.workspace.forms import INTERNATIONAL
from eventapp.errors import DomainError, Refused
from eventapp.models import Delegation
from eventapp.rules.import_words import TAKEN
from eventapp.services import imports
from eventapp.services.imports import Scope
from eventapp.services.workspace import Workspace, count_places
from eventapp.web import clock, import_template, limits
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.import_steps import (
    Steps,
    brought,
    context_of_form,
    context_of_list,
    given_choices,
    kept_in,
    letters_in,
    page_number,
)
from eventapp.web.import_words import words
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

ENDPOINTS: Final = {
    "index": "workspace.import_list",
    "template_csv": "workspace.list_template_csv",
    "template_xlsx": "workspace.list_template_xlsx",
    "show": "workspace.show_list",
    "choose": "workspace.choose_list",
    "confirm": "workspace.confirm_list",
    "discard": "workspace.discard_list",
    "people": "workspace.show",
    "person": "workspace.member",
}


@blueprint.route("/workspace/<token>/import", methods=["GET", "POST"])
@checks_csrf
def import_list(token: str) -> Page:
    _check_open(token)
    if request.method != "POST":
        return _form(token)
    try:
        limits.check_may_upload(token)
        name, table = brought()
        folder, letters, now = kept_in(), letters_in(), clock.now()
        with writing():
            scope = _scope(entered(token))
            job = imports.bring(
                scope, table, words(), file_name=name, language=letters, folder=folder, now=now
            )
            number = job.public_id
    except DomainError as refused:
        return _form(token, refused), 422
    return redirect(url_for("workspace.show_list", token=token, public_id=number), code=303)


@blueprint.get("/workspace/<token>/import/<uuid:public_id>")
def show_list(token: str, public_id: UUID) -> Page:
    return _show(token, public_id)


@blueprint.post("/workspace/<token>/import/<uuid:public_id>/choose")
@checks_csrf
def choose_list(token: str, public_id: UUID) -> Page:
    try:
        check_token()
        with writing():
            imports.choose(_scope(entered(token)), public_id, given_choices(), folder=kept_in())
    except Refused as refused:
        return _show(token, public_id, refused), 422
    flash(translate("Your choice was kept. Nothing has been written yet."), "success")
    address = _steps(token).address("show", public_id=public_id, show="duplicate", page=page_number())
    return redirect(address, code=303)


@blueprint.post("/workspace/<token>/import/<uuid:public_id>/confirm")
@checks_csrf
def confirm_list(token: str, public_id: UUID) -> Page:
    """Whoever is registered or changed is told, as when it is done one by one."""
    try:
        check_token()
        with writing():
            imports.confirm(_scope(entered(token)), public_id, tells=True, now=clock.now())
    except DomainError as refused:
        return _show(token, public_id, refused), 422
    return redirect(url_for("workspace.show_list", token=token, public_id=public_id), code=303)


@blueprint.post("/workspace/<token>/import/<uuid:public_id>/discard")
def discard_list(token: str, public_id: UUID) -> Page:
    """Possible after the edition is over too: nothing but the list goes away."""
    with writing():
        name = imports.discard(_scope(opened(token)), public_id, now=clock.now())
    kept_tables.remove(kept_in(), [name])
    flash(translate("The list was given up. Nothing was written."), "success")
    return redirect(url_for("workspace.show", token=token), code=303)


@blueprint.get("/workspace/<token>/import/template.csv")
def list_template_csv(token: str) -> FlaskResponse:
    return import_template.as_csv(columns_for(opened(token).delegation))


@blueprint.get("/workspace/<token>/import/template.xlsx")
def list_template_xlsx(token: str) -> FlaskResponse:
    return import_template.as_workbook(columns_for(opened(token).delegation))


def columns_for(delegation: Delegation) -> list[str]:
    """What a delegation fills in: whom its people represent is known, but for the ministry of a state's."""
    known = {"represents", "country"}
    if delegation.body is None:
        known.add("seat_country")
    else:
        known.add("organisation")
        if delegation.body.kind == INTERNATIONAL:
            known.add("seat_country")
    return [name for name in TAKEN if name not in known]


def _scope(place: Workspace) -> Scope:
    return imports.scope_of_delegation(place.actor, place.delegation)


def _steps(token: str) -> Steps:
    return Steps(endpoints=ENDPOINTS, values={"token": token})


def _check_open(token: str) -> None:
    """Refuse at once where nobody could be added: to whoever has filled in a list for nothing that comes too late."""
    imports.check_open(_scope(opened(token)), clock.now())


def _form(token: str, refused: DomainError | None = None) -> str:
    place = opened(token)
    context = context_of_form(_scope(place), _steps(token), refused)
    return render_template("workspace/import_list.html", **context, **_place(token, place))


def _show(token: str, public_id: UUID, refused: DomainError | None = None) -> str:
    place = opened(token)
    context = context_of_list(_scope(place), _steps(token), public_id, refused)
    return render_template("workspace/show_list.html", **context, **_place(token, place))


def _place(token: str, place: Workspace) -> dict[str, Any]:
    return {"token": token, "place": place, "tally": count_places(place.delegation, place.edition)}
