"""The list of accounts, inviting somebody, changing, closing and reopening an account."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.users.forms import EditUserForm, InviteUserForm
from eventapp.errors import DomainError
from eventapp.models import User
from eventapp.services import accounts_manage, editions
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import errors_of, typed_again
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("users", __name__, url_prefix="/dashboard/users")


@blueprint.get("")
def index() -> str:
    users = accounts_manage.list_users(actor())
    ordinals = {one.id: one.ordinal for one in editions.list_editions(actor())}
    reach = {user.id: sorted(ordinals[one.edition_id] for one in user.editions) for user in users}
    return render_template("users/index.html", users=users, reach=reach)


@blueprint.get("/new")
def new() -> str:
    typed = {"role": "organiser", "language": "en", "reach": "all"}
    return _form("users/new.html", typed=typed, chosen=[], errors={})


@blueprint.post("/new")
@checks_csrf
def invite() -> Response | tuple[str, int]:
    try:
        form = InviteUserForm.read()
        with writing():
            user = accounts_manage.invite(actor(), email=form.email, rights=form.rights, **_moment())
            email = user.email
    except DomainError as problem:
        errors = errors_of(problem)
        chosen = request.form.getlist("editions")
        return _form("users/new.html", typed=typed_again(), chosen=chosen, errors=errors), 422
    flash(translate("An invitation is on its way to %(email)s.", email=email), "good")
    return redirect(url_for("users.index"), code=303)


@blueprint.get("/<uuid:public_id>")
def show(public_id: UUID) -> str:
    user = accounts_manage.get_user(actor(), public_id)
    reached = {one.edition_id for one in user.editions}
    chosen = [str(one.ordinal) for one in editions.list_editions(actor()) if one.id in reached]
    typed = {
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "reach": "all" if user.all_editions else "named",
        "may_see_needs": "1" if user.may_see_needs else "",
    }
    return _form("users/show.html", user=user, typed=typed, chosen=chosen, errors={})


@blueprint.post("/<uuid:public_id>")
@checks_csrf
def edit(public_id: UUID) -> Response | tuple[str, int]:
    try:
        form = EditUserForm.read()
        with writing():
            accounts_manage.edit(actor(), public_id, form.rights, confirmed=form.confirmed, now=clock.now())
    except DomainError as problem:
        errors = errors_of(problem)
        user = accounts_manage.get_user(actor(), public_id)
        chosen = request.form.getlist("editions")
        return _form("users/show.html", user=user, typed=typed_again(), chosen=chosen, errors=errors), 422
    flash(translate("The account is changed."), "good")
    return redirect(url_for("users.index"), code=303)


@blueprint.post("/<uuid:public_id>/close")
@commits
def close(public_id: UUID) -> Response:
    user = accounts_manage.close(actor(), public_id, now=clock.now())
    return _done(user, translate("The account of %(name)s is closed.", name=user.name))


@blueprint.post("/<uuid:public_id>/reopen")
@commits
def reopen(public_id: UUID) -> Response:
    user = accounts_manage.reopen(actor(), public_id, now=clock.now())
    return _done(user, translate("The account of %(name)s is open again.", name=user.name))


@blueprint.post("/<uuid:public_id>/invite-again")
@commits
def invite_again(public_id: UUID) -> Response:
    user = accounts_manage.resend_invitation(actor(), public_id, **_moment())
    return _done(user, translate("A new invitation is on its way to %(email)s.", email=user.email))


def _done(user: User, text: str) -> Response:
    flash(text, "good")
    return redirect(url_for("users.show", public_id=user.public_id), code=303)


def _form(template: str, **values: Any) -> str:
    every = [(str(one.ordinal), one) for one in editions.list_editions(actor())]
    return render_template(template, every_edition=every, **values)


def _moment() -> dict[str, Any]:
    return {"now": clock.now(), "secret": current_app.config["SECRET_KEY"]}
