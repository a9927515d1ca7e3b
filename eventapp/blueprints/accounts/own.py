"""One's own account: name, language, password."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.accounts.forms import NewPasswordForm, ProfileForm
from eventapp.blueprints.accounts.routes import blueprint
from eventapp.errors import DomainError, Invalid, Refused
from eventapp.models import User
from eventapp.rules.access import Actor
from eventapp.services import accounts, passwords
from eventapp.web import clock, password_gate, sign_in_limits
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import errors_of, typed_again
from eventapp.web.password_gate import Busy
from eventapp.web.sign_in import actor, begin_session
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


@blueprint.get("/dashboard/account")
def profile() -> str:
    user = accounts.get_own_account(actor())
    return render_template("accounts/profile.html", user=user, typed=_typed(user), errors={})


@blueprint.post("/dashboard/account")
@checks_csrf
def edit() -> str | Response:
    try:
        form = ProfileForm.read()
    except DomainError as problem:
        return _again(problem, typed_again())
    with writing():
        accounts.update_own_account(actor(), name=form.name, language=form.language, now=clock.now())
    flash(translate("Your account is changed."), "good")
    return redirect(url_for("accounts.profile"), code=303)


@blueprint.post("/dashboard/account/password")
@checks_csrf
def change_password() -> str | Response:
    who = actor()
    email = accounts.get_own_account(who).email
    try:
        user = _change_password(who, email)
    except DomainError as problem:
        return _again(problem, None)
    sign_in_limits.forget_tries(email)
    begin_session(user)
    flash(translate("Your password is changed. Every other session of your account has ended."), "good")
    return redirect(url_for("accounts.profile"), code=303)


def _change_password(who: Actor, email: str) -> User:
    """Check the old password, within the same limits as the sign-in, and keep the new one."""
    form = NewPasswordForm.read(email=email, name=who.name)
    if not sign_in_limits.may_try(email):
        raise Invalid({"old_password": Refused("Too many tries. Please wait a few minutes.")})
    credentials = passwords.credentials_of(who.id or 0)
    fits, _ = password_gate.check(credentials, request.form.get("old_password", ""))
    if not fits:
        raise Invalid({"old_password": Refused("This is not your current password.")})
    hashed = password_gate.make_hash(form.password)
    with writing():
        return accounts.change_password(who, credentials, hashed=hashed, now=clock.now())


def _again(problem: DomainError, typed: dict[str, str] | None) -> Response:
    user = accounts.get_own_account(actor())
    page = render_template(
        "accounts/profile.html", user=user, typed=typed or _typed(user), errors=errors_of(problem)
    )
    return make_response(page, 503 if isinstance(problem, Busy) else 422)


def _typed(user: User) -> dict[str, str]:
    return {"name": user.name, "language": user.language}
