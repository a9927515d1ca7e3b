"""What people type to sign in, to set a password and to change their own account."""

from dataclasses import dataclass

from flask import request

from eventapp.errors import DomainError, Refused
from eventapp.rules.password import check_password
from eventapp.rules.text import clean_line
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.desk_forms import Answers


@dataclass(frozen=True)
class SignInForm:
    """An address and a password, as typed; an address that cannot be one finds no account."""

    email: str
    password: str

    @classmethod
    def read(cls) -> "SignInForm":
        return cls(typed_address(), request.form.get("password", ""))


@dataclass(frozen=True)
class NewPasswordForm:
    """A new password, typed twice."""

    password: str

    @classmethod
    def read(cls, *, email: str, name: str = "") -> "NewPasswordForm":
        """Refuses with Invalid whatever rules/password refuses, and a second time that differs."""
        answers = Answers()
        password = new_password(answers, email=email, name=name)
        answers.check()
        return cls(password)


@dataclass(frozen=True)
class WelcomeForm:
    """Name, address and password of the first organiser."""

    name: str
    email: str
    password: str

    @classmethod
    def read(cls) -> "WelcomeForm":
        answers = Answers()
        name, email = answers.line("name", 200), answers.email("email")
        answers.require("name", name)
        answers.require("email", email)
        password = new_password(answers, email=email, name=name)
        answers.check()
        return cls(name, email, password)


@dataclass(frozen=True)
class ProfileForm:
    """One's own name and language."""

    name: str
    language: str

    @classmethod
    def read(cls) -> "ProfileForm":
        answers = Answers()
        name, language = answers.line("name", 200), answers.choice("language", LANGUAGES)
        answers.require("name", name)
        answers.require("language", language)
        answers.check()
        return cls(name, language)


def typed_address() -> str:
    """The address as typed, or nothing where it holds what no address can hold."""
    try:
        return clean_line(request.form.get("email", ""), limit=254)
    except DomainError:
        return ""


def new_password(answers: Answers, *, email: str, name: str) -> str:
    """A new password from its two fields; what does not hold is noted at its field."""
    password = request.form.get("password", "")
    try:
        check_password(password, email=email, name=name)
    except DomainError as problem:
        answers.problems["password"] = problem
        return password
    if request.form.get("password_again", "") != password:
        answers.problems["password_again"] = Refused("The two passwords differ. Please type them again.")
    return password
