"""Typed doors to Flask-WTF, Flask-Login and Flask-Babel, which are untyped; the only ignores stand here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import flask_babel
import flask_login
from flask_wtf import FlaskForm

from eventapp.models import User
from eventapp.web.locale import catalogue, counted, forced_language, wording


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The base of every form: CSRF protected, with data as a plain mapping."""

    def values(self) -> dict[str, Any]:
        """What was typed, by field name, without the token."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}

    def problems(self) -> Mapping[str, list[str]]:
        """Field name -> translated messages, in the order of the form."""
        return {name: [str(text) for text in texts] for name, texts in self.errors.items() if name}


def signed_in_user() -> User | None:
    """Whoever is signed in, or None."""
    user = flask_login.current_user
    return cast("User", user._get_current_object()).user if user.is_authenticated else None  # type: ignore[attr-defined]  # a proxy of SignedIn  # noqa: SLF001


def translate(text: str, /, **values: object) -> str:
    """The text in the language of the request."""
    found = wording(text)
    return found % values if values else found


def translate_of(subject: str, text: str, /) -> str:
    """The text as it is said of a subject, in the language of the request."""
    return catalogue().pgettext(subject, text)


def translate_plural(one: str, many: str, count: int, /, **values: object) -> str:
    """The right plural form in the language of the request; `%(num)s` is the count."""
    return catalogue().ngettext(one, many, count) % {"num": counted(count), **values}


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Translate into one language inside the block, whatever the request's is."""
    with forced_language(language), flask_babel.force_locale(language):
        yield
