"""The state of an edition: a page that says what a change will do, and the change. And a new edition from this one."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.editions.routes import blueprint
from eventapp.errors import DomainError, NotFound, Stale
from eventapp.rules.edition import check_transition
from eventapp.rules.edition_plan import NOTICE_LIMIT, NOTICE_STATES, STATE_ACTIONS, consequences
from eventapp.services import editions, editions_copy, editions_manage
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.labels import label
from eventapp.web.options import keeper
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural


def _confirm(ordinal: int, word: str, status: int = 200, **more: object) -> tuple[str, int]:
    if word not in STATE_ACTIONS:
        raise NotFound("There is nothing at this address.")
    edition = editions.get_edition_to_edit(actor(), ordinal)
    check_transition(edition.state, word)
    page = render_template(
        "editions/state.html",
        edition=edition,
        word=word,
        consequences=consequences(word),
        needs_notice=word in NOTICE_STATES,
        lacks_privacy_notice=word == "published" and keeper().facts().notice is None,
        recipients=editions_manage.count_recipients(edition.id) if word in NOTICE_STATES else 0,
        **{"typed": typed_texts("notice", edition.notice), **more},
    )
    return page, status


@blueprint.get("/<int:ordinal>/state/<word>")
def state(ordinal: int, word: str) -> tuple[str, int]:
    return _confirm(ordinal, word)


@blueprint.post("/<int:ordinal>/state/<word>")
@checks_csrf
def change_state(ordinal: int, word: str) -> tuple[str, int] | Response:
    if word not in STATE_ACTIONS:
        raise NotFound("There is nothing at this address.")
    who, now, answers = actor(), clock.now(), Answers()
    notice = answers.texts("notice", limit=NOTICE_LIMIT, prose=True) if word in NOTICE_STATES else {}
    version = answers.version()
    try:
        answers.check()
        with writing():
            mails = editions_manage.change_state(who, ordinal, word, version=version, notice=notice, now=now)
    except Stale:
        return _confirm(ordinal, word, 409, typed=typed_again(), is_conflict=True)
    except DomainError as problem:
        errors = errors_of(problem)
        return _confirm(ordinal, word, 422, typed=typed_again(), errors=errors)
    flash(translate("The edition is now: %(state)s.", state=label("edition_state", word)), "good")
    if mails:
        text = ("%(num)s message is waiting to be sent.", "%(num)s messages are waiting to be sent.")
        flash(translate_plural(*text, mails), "good")
    return redirect(url_for("editions.show", ordinal=ordinal), code=303)


@blueprint.get("/<int:ordinal>/copy")
def copy_preview(ordinal: int, **more: object) -> str:
    plan = editions_copy.plan(actor(), ordinal)
    return render_template(
        "editions/copy.html",
        edition=plan.source,
        plan=plan,
        **{"typed": {"ordinal": str(editions_manage.next_ordinal())}, **more},
    )


@blueprint.post("/<int:ordinal>/copy")
@checks_csrf
def copy(ordinal: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    new = answers.whole("ordinal", 1, 999)
    answers.require("ordinal", new)
    try:
        answers.check()
        with writing():
            editions_copy.copy(who, ordinal, new or 0, now=now)
    except DomainError as problem:
        return copy_preview(ordinal, typed=typed_again(), errors=errors_of(problem)), 422
    flash(translate("The new edition is a draft. Please give its dates and look through its texts."), "good")
    return redirect(url_for("editions.edit", ordinal=new), code=303)
