"""Which bodies an edition names, in which role and order; and its figures as claims with their sources."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.editions.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import FigureClaim
from eventapp.rules.figure_claim import LARGEST
from eventapp.rules.vocabulary import BODY_ROLES, FIGURE_MEASURES, FIGURE_QUALIFIERS
from eventapp.services import bodies as bodies_service
from eventapp.services import bodies_parts, editions
from eventapp.services import figures as figures_service
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/<int:ordinal>/bodies")
def bodies(ordinal: int, **more: Any) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "editions/bodies.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        parts=bodies_parts.list_parts(edition.id),
        choices=bodies_service.list_names(language()),
        roles=labels("body_role"),
        **{"typed": {}, **more},
    )


@blueprint.post("/<int:ordinal>/bodies")
@checks_csrf
def add_body(ordinal: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    editions.get_edition_to_edit(who, ordinal)
    body_id = answers.whole("body_id", 1, 10**9)
    role = answers.choice("role", BODY_ROLES)
    source_url = answers.web_address("source_url")
    answers.require("body_id", body_id)
    answers.require("role", role)
    try:
        answers.check()
        with writing():
            bodies_parts.add_part(
                who, ordinal, body_id=body_id or 0, role=role, source_url=source_url, now=now
            )
    except DomainError as problem:
        return bodies(ordinal, typed=typed_again(), errors=errors_of(problem)), 422
    flash(translate("The body is named in this edition."), "good")
    return redirect(url_for("editions.bodies", ordinal=ordinal), code=303)


@blueprint.post("/<int:ordinal>/bodies/<int:part_id>/move")
@commits
def move_body(ordinal: int, part_id: int) -> Response:
    up = Answers().raw("direction") == "up"
    bodies_parts.move_part(actor(), ordinal, part_id, up=up, now=clock.now())
    return redirect(url_for("editions.bodies", ordinal=ordinal, _anchor=f"part-{part_id}"), code=303)


@blueprint.post("/<int:ordinal>/bodies/<int:part_id>/remove")
@commits
def remove_body(ordinal: int, part_id: int) -> Response:
    bodies_parts.remove_part(actor(), ordinal, part_id, now=clock.now())
    flash(translate("The body is not named in this edition any more. Its record stays."), "good")
    return redirect(url_for("editions.bodies", ordinal=ordinal), code=303)


@blueprint.get("/<int:ordinal>/figures")
def figures(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "editions/figures.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        claims=figures_service.list_claims(edition.id),
    )


def _figure_form(
    ordinal: int, claim: FigureClaim | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    page = render_template(
        "editions/figure_form.html",
        edition=edition,
        claim=claim,
        typed=typed,
        measures=labels("figure_measure"),
        qualifiers=labels("figure_qualifier"),
        **more,
    )
    return page, status


def _read_figure() -> dict[str, Any]:
    answers = Answers()
    values = {
        "measure": answers.choice("measure", FIGURE_MEASURES),
        "qualifier": answers.choice("qualifier", FIGURE_QUALIFIERS),
        "value": answers.whole("value", 0, LARGEST),
        "source_url": answers.web_address("source_url"),
        "source_note": answers.line("source_note"),
    }
    answers.require("measure", values["measure"])
    answers.require("qualifier", values["qualifier"])
    answers.check()
    return values


def _claim(ordinal: int, claim_id: int) -> FigureClaim:
    return figures_service.get_claim(editions.get_edition_to_edit(actor(), ordinal).id, claim_id)


@blueprint.get("/<int:ordinal>/figures/new")
def new_figure(ordinal: int) -> tuple[str, int]:
    return _figure_form(ordinal, None, {"qualifier": "exactly"})


@blueprint.post("/<int:ordinal>/figures/new")
@checks_csrf
def add_figure(ordinal: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    editions.get_edition_to_edit(who, ordinal)
    try:
        values = _read_figure()
        with writing():
            figures_service.add(who, ordinal, values, now=now)
    except DomainError as problem:
        return _figure_form(ordinal, None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The figure is saved."), "good")
    return redirect(url_for("editions.figures", ordinal=ordinal), code=303)


@blueprint.get("/<int:ordinal>/figures/<int:claim_id>")
def edit_figure(ordinal: int, claim_id: int) -> tuple[str, int]:
    claim = _claim(ordinal, claim_id)
    typed = {name: str(getattr(claim, name)) for name in (*figures_service.COLUMNS, "version")}
    return _figure_form(ordinal, claim, typed)


@blueprint.post("/<int:ordinal>/figures/<int:claim_id>")
@checks_csrf
def save_figure(ordinal: int, claim_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    _claim(ordinal, claim_id)
    try:
        values = _read_figure()
        with writing():
            figures_service.edit(who, ordinal, claim_id, values, version=version, now=now)
    except Stale:
        claim = _claim(ordinal, claim_id)
        return _figure_form(ordinal, claim, **came_back(claim, version))
    except DomainError as problem:
        claim = _claim(ordinal, claim_id)
        return _figure_form(ordinal, claim, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The figure is saved."), "good")
    return redirect(url_for("editions.figures", ordinal=ordinal), code=303)


@blueprint.post("/<int:ordinal>/figures/<int:claim_id>/show")
@commits
def show_figure(ordinal: int, claim_id: int) -> Response:
    change = figures_service.hide if Answers().raw("hide") else figures_service.show
    change(actor(), ordinal, claim_id, now=clock.now())
    return redirect(url_for("editions.figures", ordinal=ordinal), code=303)


@blueprint.get("/<int:ordinal>/figures/<int:claim_id>/delete")
def confirm_delete_figure(ordinal: int, claim_id: int) -> str:
    claim = _claim(ordinal, claim_id)
    edition = editions.get_edition(actor(), ordinal)
    return render_template("editions/figure_delete.html", edition=edition, claim=claim)


@blueprint.post("/<int:ordinal>/figures/<int:claim_id>/delete")
@commits
def delete_figure(ordinal: int, claim_id: int) -> Response:
    figures_service.delete(actor(), ordinal, claim_id, now=clock.now())
    flash(translate("The figure is deleted."), "good")
    return redirect(url_for("editions.figures", ordinal=ordinal), code=303)
