"""What an administrator types about an account."""

from dataclasses import dataclass

from flask import request

from eventapp.errors import NotFound
from eventapp.rules.vocabulary import LANGUAGES, USER_ROLES
from eventapp.services.accounts_manage import Rights
from eventapp.web.desk_forms import Answers


@dataclass(frozen=True)
class EditUserForm:
    """Name, role, language and reach of an account."""

    rights: Rights
    confirmed: bool

    @classmethod
    def read(cls) -> "EditUserForm":
        answers = Answers()
        rights = _rights(answers)
        answers.check()
        return cls(rights, answers.flag("confirmed"))


@dataclass(frozen=True)
class InviteUserForm:
    """The same, and the address the invitation goes to."""

    email: str
    rights: Rights

    @classmethod
    def read(cls) -> "InviteUserForm":
        answers = Answers()
        email = answers.email("email")
        answers.require("email", email)
        rights = _rights(answers)
        answers.check()
        return cls(email, rights)


def _rights(answers: Answers) -> Rights:
    name = answers.line("name", 200)
    role, language = answers.choice("role", USER_ROLES), answers.choice("language", LANGUAGES)
    for field, value in (("name", name), ("role", role), ("language", language)):
        answers.require(field, value)
    typed = request.form.getlist("editions")
    ordinals = frozenset(int(one) for one in typed if one.isdecimal() and len(one) <= 6)
    if len(ordinals) != len(set(typed)):
        answers.problems["editions"] = NotFound("There is no such edition.")
    every = request.form.get("reach") == "all"
    return Rights(
        name=name,
        role=role,
        all_editions=every,
        ordinals=ordinals,
        language=language,
        may_see_needs=answers.flag("may_see_needs"),
    )
