"""Bodies: the list with its search, one body and where it is used, the form, and deletion of what nothing uses."""

from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.images import ReadyImage
from eventapp.errors import DomainError, Stale
from eventapp.models import Body
from eventapp.rules.access import check_may_edit_all
from eventapp.rules.vocabulary import BODY_KINDS
from eventapp.services import bodies, uploads
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, showable, typed_again, typed_texts
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate
from eventapp.web.uploads import tidy_uploads

LOGO_SIDE: Final = 800

blueprint = Blueprint("bodies", __name__, url_prefix="/dashboard")


@blueprint.get("/bodies")
def index() -> str:
    text, kind = showable(request.args.get("q", ""))[:300], request.args.get("kind", "")
    wanted = request.args.get("page", 1, type=int)
    if kind not in BODY_KINDS:
        kind = ""
    rows, total = bodies.search(text, kind, max(1, min(wanted, 10_000)))
    paging = Paging(wanted, bodies.PAGE, total)
    if not rows and total:
        rows, total = bodies.search(text, kind, paging.number)
    return render_template(
        "bodies/index.html",
        rows=rows,
        paging=paging,
        counts=bodies.count_editions(rows),
        typed={"q": text, "kind": kind},
        kinds=labels("body_kind"),
        may_edit=actor().may_edit_all,
    )


@blueprint.get("/bodies/<int:body_id>")
def show(body_id: int) -> str:
    body = bodies.get_body(body_id)
    uses = bodies.list_uses(body_id)
    return render_template(
        "bodies/show.html", body=body, uses=uses, may_edit=actor().may_edit_all, may_read=actor().may_read
    )


def _form(body: Body | None, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    page = render_template(
        "bodies/form.html",
        body=body,
        typed=typed,
        kinds=labels("body_kind"),
        countries=bodies.list_country_names(language()),
        **more,
    )
    return page, status


def _typed(body: Body) -> dict[str, str]:
    return {
        **typed_texts("names", body.names),
        "acronym": body.acronym,
        "kind": body.kind,
        "country_code": body.country_code or "",
        "website": body.website,
        "is_listed": "1" if body.is_listed else "",
        "version": str(body.version),
    }


def _read(logo_id: int | None) -> tuple[dict[str, Any], ReadyImage | None]:
    answers = Answers()
    codes = [code for code, _ in bodies.list_country_names(language())]
    values = {
        "names": answers.texts("names", limit=300),
        "acronym": answers.line("acronym", 40),
        "kind": answers.choice("kind", BODY_KINDS),
        "country_code": answers.choice("country_code", codes) or None,
        "website": answers.web_address("website"),
        "is_listed": answers.flag("is_listed"),
        "logo_id": None if answers.flag("logo_remove") else logo_id,
    }
    if not any(name.startswith("names") for name in answers.problems):
        answers.require("names", values["names"])
    answers.require("kind", values["kind"])
    image = answers.image("logo", longest=LOGO_SIDE)
    answers.check()
    return values, image


def _keep_logo(values: dict[str, Any], image: ReadyImage | None) -> None:
    if image:
        folder = current_app.config["SETTINGS"].uploads
        values["logo_id"] = uploads.keep(image, folder=folder, now=clock.now()).id


@blueprint.get("/bodies/new")
def new() -> tuple[str, int]:
    check_may_edit_all(actor())
    return _form(None, {"is_listed": "1"})


@blueprint.post("/bodies/new")
@checks_csrf
def create() -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    check_may_edit_all(who)
    try:
        values, image = _read(None)
        with writing():
            _keep_logo(values, image)
            number = bodies.create(who, values, now=now).id
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The body is saved."), "good")
    return redirect(url_for("bodies.show", body_id=number), code=303)


@blueprint.get("/bodies/<int:body_id>/edit")
def edit(body_id: int) -> tuple[str, int]:
    check_may_edit_all(actor())
    body = bodies.get_body(body_id)
    return _form(body, _typed(body))


@blueprint.post("/bodies/<int:body_id>/edit")
@checks_csrf
def save(body_id: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    check_may_edit_all(who)
    version = Answers().version()
    try:
        values, image = _read(bodies.get_body(body_id).logo_id)
        with writing():
            _keep_logo(values, image)
            bodies.edit(who, body_id, values, version=version, now=now)
    except Stale:
        body = bodies.get_body(body_id)
        return _form(body, **came_back(body, version))
    except DomainError as problem:
        return _form(bodies.get_body(body_id), typed_again(), 422, errors=errors_of(problem))
    tidy_uploads()
    flash(translate("The body is saved."), "good")
    return redirect(url_for("bodies.show", body_id=body_id), code=303)


@blueprint.get("/bodies/<int:body_id>/delete")
def confirm_delete(body_id: int) -> str:
    check_may_edit_all(actor())
    body = bodies.get_body(body_id)
    return render_template("bodies/delete.html", body=body, uses=bodies.list_uses(body_id))


@blueprint.post("/bodies/<int:body_id>/delete")
def delete(body_id: int) -> Response:
    with writing():
        bodies.delete(actor(), body_id, now=clock.now())
    tidy_uploads()
    flash(translate("The body is deleted."), "good")
    return redirect(url_for("bodies.index"), code=303)
