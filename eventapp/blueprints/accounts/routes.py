"""The pages before the dashboard: sign in, forgotten password, set a password by link, the first organiser."""

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.accounts.forms import NewPasswordForm, SignInForm, WelcomeForm, typed_address
from eventapp.errors import DomainError, NotFound, message
from eventapp.models import User
from eventapp.services import accounts, passwords
from eventapp.web import clock, password_gate, sign_in_door, sign_in_limits
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.desk_forms import errors_of, typed_again
from eventapp.web.errors import error_text
from eventapp.web.locale import language
from eventapp.web.password_gate import Busy
from eventapp.web.sign_in import actor, begin_session, end_session
from eventapp.web.sign_in_path import local_path, path_after_sign_in
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

blueprint = Blueprint("accounts", __name__)

_WRONG = message("This address and this password do not fit together.")
_STALE = message("This page had been open for too long. Please send it again.")
_TOO_MANY = message("Too many tries. Please wait ten minutes, or set a new password.")


@blueprint.get("/sign-in")
def sign_in() -> str | Response:
    wanted = local_path(request.args.get("next", ""))
    if actor().kind == "user":
        return redirect(path_after_sign_in(wanted), code=303)
    return render_template("accounts/sign_in.html", typed={"next": wanted}, problem="")


@blueprint.post("/sign-in")
@checks_csrf
def enter() -> Response:
    if not token_holds():
        return _sign_in_again(translate(_STALE), 400)
    form = SignInForm.read()
    if not sign_in_limits.may_try(form.email):
        sign_in_door.shut()
        return _sign_in_again(translate(_TOO_MANY), 429, sign_in_limits.RETRY_AFTER_SECONDS)
    credentials = passwords.find_credentials(form.email)
    try:
        fits, rehashed = password_gate.check(credentials, form.password)
    except Busy as problem:
        return _sign_in_again(error_text(problem), 503, password_gate.RETRY_AFTER_SECONDS)
    if not fits:
        return _sign_in_again(translate(_WRONG), 422)
    with writing():
        user = accounts.sign_in(credentials, rehashed=rehashed, now=clock.now())
    sign_in_limits.forget_tries(form.email)
    return _enter(user, request.form.get("next", ""))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    end_session()
    flash(translate("You have signed out."))
    return redirect(url_for("accounts.sign_in"), code=303)


@blueprint.get("/forgotten-password")
def forgotten_password() -> str:
    return render_template("accounts/forgotten_password.html", typed={}, problem="", asked=False)


@blueprint.post("/forgotten-password")
@checks_csrf
def ask_for_password() -> Response:
    if not token_holds():
        return _ask_again(translate(_STALE), 400)
    email = typed_address()
    if not sign_in_limits.may_ask_for_password():
        text = translate("Too many tries. Please wait a few minutes.")
        return _ask_again(text, 429, sign_in_limits.RETRY_AFTER_SECONDS)
    if sign_in_limits.may_send_password_link(email):
        with writing():
            accounts.ask_for_password(email, now=clock.now(), secret=current_app.config["SECRET_KEY"])
    page = render_template("accounts/forgotten_password.html", typed=typed_again(), problem="", asked=True)
    return _answer(page, 200)


def _ask_again(problem: str, status: int, retry_after: int = 0) -> Response:
    typed = typed_again()
    page = render_template("accounts/forgotten_password.html", typed=typed, problem=problem, asked=False)
    return _answer(page, status, retry_after)


@blueprint.get("/set-password/<token>")
def set_password(token: str) -> str | Response:
    try:
        user = accounts.get_user_of_link(token, now=clock.now())
    except NotFound:
        return _link_over()
    return render_template("accounts/set_password.html", email=user.email, errors={})


@blueprint.post("/set-password/<token>")
@checks_csrf
def keep_password(token: str) -> Response:
    try:
        user = accounts.get_user_of_link(token, now=clock.now())
        email, name = user.email, user.name
        hashed = password_gate.make_hash(NewPasswordForm.read(email=email, name=name).password)
        with writing():
            user = accounts.set_password(token, hashed=hashed, now=clock.now())
    except NotFound:
        return _link_over()
    except DomainError as problem:
        page = render_template("accounts/set_password.html", email=email, errors=errors_of(problem))
        return _refusal(page, problem)
    flash(translate("Your new password is set. You are signed in."))
    return _enter(user, "")


@blueprint.get("/welcome/<token>")
def welcome(token: str) -> str | Response:
    try:
        accounts.check_first_organiser_link(token, now=clock.now())
    except NotFound:
        return _link_over()
    return render_template("accounts/welcome.html", typed={}, errors={})


@blueprint.post("/welcome/<token>")
@checks_csrf
def begin(token: str) -> Response:
    try:
        accounts.check_first_organiser_link(token, now=clock.now())
        form = WelcomeForm.read()
        hashed = password_gate.make_hash(form.password)
        with writing():
            user = accounts.become_first_organiser(
                token,
                name=form.name,
                email=form.email,
                hashed=hashed,
                language=language(),
                now=clock.now(),
            )
    except NotFound:
        return _link_over()
    except DomainError as problem:
        page = render_template("accounts/welcome.html", typed=typed_again(), errors=errors_of(problem))
        return _refusal(page, problem)
    flash(translate("Welcome. Your account is ready and you are signed in."))
    return _enter(user, "")


def _enter(user: User, wanted: str) -> Response:
    """Begin the session and go on; whatever the browser held before is dropped."""
    email = user.email
    begin_session(user)
    response = make_response(redirect(path_after_sign_in(wanted), code=303))
    sign_in_limits.remember_browser(response, email)
    return response


def _sign_in_again(problem: str, status: int, retry_after: int = 0) -> Response:
    typed = {name: value for name, value in typed_again().items() if name != "password"}
    typed["next"] = local_path(typed.get("next", ""))
    return _answer(
        render_template("accounts/sign_in.html", typed=typed, problem=problem), status, retry_after
    )


def _refusal(page: str, problem: DomainError) -> Response:
    if isinstance(problem, Busy):
        return _answer(page, 503, password_gate.RETRY_AFTER_SECONDS)
    return _answer(page, 422)


def _link_over() -> Response:
    return _answer(render_template("accounts/link_over.html"), 404)


def _answer(page: str, status: int, retry_after: int = 0) -> Response:
    response = make_response(page, status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response
