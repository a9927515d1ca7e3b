"""The texts of mails that an edition writes itself: the list of kinds, one kind in four languages, form, preview, reset."""

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.mail.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, MailText
from eventapp.rules.mail_kind import KINDS, get_editable
from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_placeholder import PLACEHOLDERS
from eventapp.rules.mail_text import LONGEST_BODY, LONGEST_SUBJECT, MailWords, check_words
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import mail_texts
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock, mail_preview, mail_render
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.locale import language as language_now
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint.app_template_global("mail_text_name")(mail_preview.kind_name)
_PATH = "/editions/<int(max=9999):ordinal>/mail-texts"


@blueprint.get(_PATH)
def texts(ordinal: int) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    return render_template(
        "mail_texts/texts.html",
        edition=edition,
        kinds=KINDS.values(),
        own=mail_texts.list_texts(edition.id),
    )


@blueprint.get(f"{_PATH}/<mail_kind>")
def text_kind(ordinal: int, mail_kind: str) -> FlaskResponse:
    """What an invented person would get now, in every language, as text and as HTML.

    On a phone the letter of one language is open: the one just written, or the reader's.
    """
    edition, kind = get_edition_to_edit(actor(), ordinal), get_editable(mail_kind)
    own = mail_texts.list_texts(edition.id)
    letters = {
        code: mail_preview.sample_letter(kind, edition, code, mail_texts.words_of(own.get((mail_kind, code))))
        for code in LANGUAGES
    }
    page = render_template(
        "mail_texts/text_kind.html",
        edition=edition,
        kind=kind,
        own=own,
        letters=letters,
        open=request.args.get("open") or language_now(),
    )
    return mail_preview.framing(page, letters.values())


@blueprint.get(f"{_PATH}/<mail_kind>/<language>")
def edit_text(ordinal: int, mail_kind: str, language: str) -> FlaskResponse:
    edition, text = _read(ordinal, mail_kind, language)
    words = mail_texts.words_of(text) or mail_render.product_text(KINDS[mail_kind], language)
    typed = {"subject": words.subject, "body": words.body, "version": str(_version(text))}
    return _form(edition, KINDS[mail_kind], language, text, typed)


@blueprint.post(f"{_PATH}/<mail_kind>/<language>")
@checks_csrf
def save_text(ordinal: int, mail_kind: str, language: str) -> FlaskResponse | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    edition, text = _read(ordinal, mail_kind, language)
    try:
        words = _words(KINDS[mail_kind])
        if request.form.get("step") == "preview":
            return _form(edition, KINDS[mail_kind], language, text, typed_again(), preview=words)
        with writing():
            mail_texts.save(who, ordinal, mail_kind, language, words, version=version, now=now)
    except Stale:
        edition, text = _read(ordinal, mail_kind, language)
        assert text is not None  # whoever was first has written it
        more = came_back(text, version, zone=edition.time_zone)
        return _form(edition, KINDS[mail_kind], language, text, **more)
    except DomainError as problem:
        edition, text = _read(ordinal, mail_kind, language)
        return _form(
            edition, KINDS[mail_kind], language, text, typed_again(), status=422, errors=errors_of(problem)
        )
    flash(translate("The text is saved. It holds for every message that is sent from now on."), "good")
    return redirect(url_for("mail.text_kind", ordinal=ordinal, mail_kind=mail_kind, open=language), code=303)


@blueprint.get(f"{_PATH}/<mail_kind>/<language>/reset")
def confirm_reset_text(ordinal: int, mail_kind: str, language: str) -> FlaskResponse:
    edition, text = _read(ordinal, mail_kind, language)
    letter = mail_preview.sample_letter(KINDS[mail_kind], edition, language, None)
    page = render_template(
        "mail_texts/reset.html",
        edition=edition,
        kind=KINDS[mail_kind],
        spoken=language,
        text=text,
        letter=letter,
    )
    return mail_preview.framing(page, [letter])


@blueprint.post(f"{_PATH}/<mail_kind>/<language>/reset")
@commits
def reset_text(ordinal: int, mail_kind: str, language: str) -> Response:
    version = Answers().version()
    mail_texts.reset(actor(), ordinal, mail_kind, language, version=version, now=clock.now())
    flash(translate("The product's own text holds again."), "good")
    return redirect(url_for("mail.text_kind", ordinal=ordinal, mail_kind=mail_kind, open=language), code=303)


def _read(ordinal: int, mail_kind: str, language: str) -> tuple[Edition, MailText | None]:
    edition = get_edition_to_edit(actor(), ordinal)
    return edition, mail_texts.find_text(edition.id, mail_kind, language)


def _version(text: MailText | None) -> int:
    return text.version if text else mail_texts.NEW


def _words(kind: MailKind) -> MailWords:
    """What was typed; refuses at the field what is too long, and what does not hold for this kind."""
    answers = Answers()
    words = MailWords(answers.line("subject", LONGEST_SUBJECT), answers.prose("body", LONGEST_BODY))
    answers.check()
    check_words(kind, words)
    return words


def _form(
    edition: Edition,
    kind: MailKind,
    spoken: str,
    text: MailText | None,
    typed: dict[str, str],
    *,
    status: int = 200,
    preview: MailWords | None = None,
    **more: Any,
) -> FlaskResponse:
    letter = mail_preview.sample_letter(kind, edition, spoken, preview) if preview else None
    page = render_template(
        "mail_texts/edit_text.html",
        edition=edition,
        kind=kind,
        spoken=spoken,
        text=text,
        typed=typed,
        letter=letter,
        placeholders=PLACEHOLDERS,
        **more,
    )
    return mail_preview.framing(page, [letter] if letter else [], status)
