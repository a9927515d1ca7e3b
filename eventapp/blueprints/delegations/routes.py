"""The list of represented bodies with its filters, one of them, and the forms that make, edit and remove one."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.delegations.base import blueprint, name_of
from eventapp.errors import DomainError, Stale
from eventapp.models import Delegation
from eventapp.rules.delegation import FLAGS, UNSAID, read_wanted
from eventapp.rules.quota import MOST_PLACES
from eventapp.rules.vocabulary import BODY_KINDS, MEMBERSHIPS
from eventapp.services import bodies, credentials, delegations, delegations_manage, focal_points
from eventapp.services.delegations_manage import Saved
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.services.mail_addressees import names_of
from eventapp.web import clock
from eventapp.web.audit_words import differences
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.filters import link
from eventapp.web.labels import label, labels
from eventapp.web.locale import language
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = get_edition(actor(), ordinal)
    wanted = read_wanted(request.args)
    everybody = delegations.list_all(edition, language())
    rows = delegations.choose(everybody, wanted)
    paging = Paging(request.args.get("page", 1, type=int), delegations.PAGE, len(rows))
    return render_template(
        "delegations/index.html",
        edition=edition,
        rows=rows[paging.offset : paging.offset + delegations.PAGE],
        total=len(everybody),
        paging=paging,
        wanted=wanted,
        kinds=[(word, label("body_kind", word)) for word in BODY_KINDS],
        memberships=[(word or UNSAID, label("membership", word)) for word in MEMBERSHIPS],
        credentials=labels("credentials"),
        flags=[(word, label("delegation_flag", word)) for word in FLAGS],
        may_edit=actor().may_edit(edition.id),
        address=lambda page: link("delegations.index", ordinal=ordinal, page=page, **wanted.args()),
    )


@blueprint.get("/<uuid:public_id>")
def show(ordinal: int, public_id: UUID) -> str:
    edition = get_edition(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    return render_template(
        "delegations/show.html",
        edition=edition,
        delegation=delegation,
        names=names_of(delegation),
        standing=delegations.read_standing(edition, delegation),
        members=delegations.list_members(delegation),
        speaking=focal_points.list_of(delegation),
        papers=credentials.list_documents(delegation),
        history=[(entry, differences(entry)) for entry in delegations.list_history(delegation)],
        may_edit=actor().may_edit(edition.id),
        moment_now=clock.now(),
    )


def _form(
    ordinal: int, delegation: Delegation | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    page = render_template(
        "delegations/form.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation) if delegation else "",
        typed=typed,
        countries=() if delegation else bodies.list_country_names(language()),
        organisations=() if delegation else bodies.list_names(language()),
        kinds=[(word, label("body_kind", word)) for word in BODY_KINDS],
        memberships=labels("membership"),
        may_say_membership=actor().is_administrator,
        **more,
    )
    return page, status


def _read(answers: Answers, *, is_country: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "quota": answers.whole("quota", 0, MOST_PLACES),
        "stands_apart": answers.flag("stands_apart"),
    }
    if is_country and actor().is_administrator:
        values["membership"] = answers.choice("membership", MEMBERSHIPS)
    return values


@blueprint.get("/new")
def new(ordinal: int) -> tuple[str, int]:
    return _form(ordinal, None, {})


@blueprint.post("/new")
@checks_csrf
def create(ordinal: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    get_edition_to_edit(who, ordinal)
    try:
        country = answers.choice("country_code", [code for code, _ in bodies.list_country_names(language())])
        body_id = answers.whole("body_id", 1, 10**9)
        values = _read(answers, is_country=bool(country))
        answers.check()
        with writing():
            saved = delegations_manage.create(
                who, ordinal, country_code=country or None, body_id=body_id, values=values, now=now
            )
    except DomainError as problem:
        return _form(ordinal, None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The delegation is made."), "good")
    return _done(ordinal, saved)


@blueprint.get("/<uuid:public_id>/edit")
def edit(ordinal: int, public_id: UUID) -> tuple[str, int]:
    delegation = delegations.get_delegation(get_edition_to_edit(actor(), ordinal), public_id)
    typed = {
        "kind": delegation.kind,
        "quota": "" if delegation.quota is None else str(delegation.quota),
        "stands_apart": "1" if delegation.stands_apart else "",
        "membership": delegation.membership,
        "version": str(delegation.version),
    }
    return _form(ordinal, delegation, typed)


@blueprint.post("/<uuid:public_id>/edit")
@checks_csrf
def save(ordinal: int, public_id: UUID) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    edition = get_edition_to_edit(who, ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    version = answers.version()
    try:
        values = _read(answers, is_country=delegation.country_code is not None)
        if kind := answers.choice("kind", BODY_KINDS):
            values["kind"] = kind
        answers.check()
        with writing():
            saved = delegations_manage.edit(who, ordinal, public_id, values, version=version, now=now)
    except Stale:
        delegation = delegations.get_delegation(edition, public_id)
        return _form(ordinal, delegation, **came_back(delegation, version, zone=edition.time_zone))
    except DomainError as problem:
        delegation = delegations.get_delegation(get_edition_to_edit(who, ordinal), public_id)
        return _form(ordinal, delegation, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The delegation is saved."), "good")
    return _done(ordinal, saved)


def _done(ordinal: int, saved: Saved) -> Response:
    """Say what followed from it: registrations taken over, people who moved up, a quota that is exceeded."""
    if saved.linked:
        text = translate_plural(
            "One registration belongs to it now.", "%(num)s registrations belong to it now.", saved.linked
        )
        flash(text, "note")
    if saved.promoted:
        text = translate_plural(
            "One person moved up from the waiting list.",
            "%(num)s people moved up from the waiting list.",
            saved.promoted,
        )
        flash(text, "note")
    if saved.standing.is_over:
        text = translate_plural(
            "The quota is exceeded by one person. Nobody was removed.",
            "The quota is exceeded by %(num)s people. Nobody was removed.",
            -(saved.standing.free or 0),
        )
        flash(text, "warn")
    return redirect(url_for("delegations.show", ordinal=ordinal, public_id=saved.public_id), code=303)


@blueprint.get("/<uuid:public_id>/remove")
def confirm_remove(ordinal: int, public_id: UUID) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    return render_template(
        "delegations/remove.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation),
        people=delegations.count_people(delegation.id),
    )


@blueprint.post("/<uuid:public_id>/remove")
def remove(ordinal: int, public_id: UUID) -> Response:
    with writing():
        files = delegations_manage.remove(actor(), ordinal, public_id, now=clock.now())
    with writing():
        credentials.tidy(current_app.config["SETTINGS"].credentials, files)
    flash(translate("The delegation is removed."), "good")
    return redirect(url_for("delegations.index", ordinal=ordinal), code=303)
