"""The language of a request stands in the address: /fr/..., /es/..., /ar/...; English without a prefix."""

import contextlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from eventapp.errors import SUBJECT_END
from eventapp.extensions import babel
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.catalogues import Catalogue
from eventapp.web.locale_data import locale_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
_KEY = "eventapp.language"
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
_forced: ContextVar[str | None] = ContextVar("eventapp.language", default=None)
_catalogues: dict[str, Catalogue] = {}


class LanguageInPath:
    """Move /fr, /es or /ar from the path to the script name: every route exists in every language by itself."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        prefix, _, rest = path[1:].partition("/")
        if prefix in LANGUAGES and prefix != "en":
            environ[_KEY] = prefix
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + prefix
            environ["PATH_INFO"] = "/" + rest
        return self.app(environ, start_response)


def language() -> str:
    """The language of this request; English outside one."""
    forced = _forced.get()
    if forced is not None:
        return forced
    try:  # a page asks more than a thousand times: the request is looked for once each time
        chosen: str = request.environ.get(_KEY, "en")
    except RuntimeError:  # outside of a request
        return "en"
    return chosen


@contextmanager
def forced_language(code: str) -> Iterator[None]:
    """Whatever the request's language is, inside the block it is this one."""
    mark = _forced.set(code)
    try:
        yield
    finally:
        _forced.reset(mark)


def catalogue() -> Catalogue:
    """The texts in the language of the request. A page asks a hundred times: this is a look into a dict."""
    code = language()
    found = _catalogues.get(code)
    if found is None:
        found = _catalogues[code] = _read(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")
    return found


def wording(text: str) -> str:
    """A text in the language of the request; one of a subject (`errors.message_of`) in the gender of that subject."""
    subject, mark, plain = text.rpartition(SUBJECT_END)
    return catalogue().pgettext(subject, plain) if mark else catalogue().gettext(text)


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **values: object) -> str:
    return _shown(context, wording(text), values)


@pass_eval_context
def _pgettext(context: EvalContext, subject: str, text: str, /, **values: object) -> str:
    return _shown(context, catalogue().pgettext(subject, text), values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, /, **values: object) -> str:
    values.setdefault("num", counted(num))
    return _shown(context, catalogue().ngettext(one, many, num), values)


def counted(num: int) -> int | str:
    """A count as a sentence shows it: from a thousand on with the separators of the language, in Western digits."""
    if num < 1000:
        return num
    return format_decimal(num, locale=locale_of(language()), numbering_system="latn")


def _shown(context: EvalContext, text: str, values: dict[str, object]) -> str:
    """As Jinja's own: a translation is markup, what is put into it is escaped."""
    made = Markup(text) if context.autoescape else text  # noqa: S704 - our own catalogues
    return made % values if values or "%" in text else made


def environ_in(code: str) -> dict[str, str]:
    """What a request in a language has in its environment, for pages and letters made outside of one."""
    return {_KEY: code, "SCRIPT_NAME": "" if code == "en" else f"/{code}"}


def direction(code: str | None = None) -> str:
    """Rtl for Arabic, ltr for the others."""
    return "rtl" if (code or language()) == "ar" else "ltr"


def path_in(code: str, path: str | None = None) -> str:
    """The path of this page (or the given one) in another language, without the query."""
    bare = request.path if path is None else path
    bare = quote(bare, safe="/:@!$&'()*+,;=")  # whatever was asked for stands in the links
    return bare if code == "en" else f"/{code}{bare}"


def init_locale(app: Flask) -> None:
    """Wire Flask-Babel; the catalogues are compiled here if their sources are newer.

    Templates ask the catalogues directly: on a form's page Flask-Babel's way to them took a fifth of the time.
    """
    compile_catalogues()
    _catalogues.clear()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(app, locale_selector=language, timezone_selector=lambda: "UTC")
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, pgettext=_pgettext, ngettext=_ngettext)
    app.wsgi_app = LanguageInPath(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's documentation says


def compile_catalogues() -> None:
    """Write each .mo that is missing or older than its .po, whole or not at all, where this account may write there."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if _is_fresh(target, source):
            continue
        with contextlib.suppress(
            OSError
        ):  # the product may belong to somebody else: _read makes it in memory
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as made:
                made.write(_compiled(source))
            Path(made.name).chmod(0o644)  # whoever made it, the service reads it
            Path(made.name).replace(target)


def _is_fresh(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def _compiled(source: Path) -> bytes:
    out = io.BytesIO()
    with source.open("rb") as file:
        write_mo(out, read_po(file, locale=source.parent.parent.name))
    return out.getvalue()


def _read(source: Path) -> Catalogue:
    """The texts of a language, from the compiled file where it is there and may be read; none without a source."""
    if not source.exists():
        return Catalogue()
    target = source.with_suffix(".mo")
    if _is_fresh(target, source):
        with contextlib.suppress(OSError), target.open("rb") as file:
            return Catalogue(file.read())
    return Catalogue(_compiled(source))
