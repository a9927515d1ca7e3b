"""Speakers: people who speak in sessions of one or several editions."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Speaker
from eventapp.services import bodies, editions, programme, programme_rooms
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/speakers")
def speakers(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "programme/speakers.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        rows=programme_rooms.list_speakers(),
    )


def _form(
    ordinal: int, speaker: Speaker | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template(
        "programme/speaker_form.html",
        edition=editions.get_edition_to_edit(actor(), ordinal),
        speaker=speaker,
        typed=typed,
        choices=bodies.list_names(language()),
        session_id=request.values.get("session", type=int),
        **more,
    )
    return page, status


def _read() -> dict[str, Any]:
    answers = Answers()
    values = {
        "name": answers.line("name"),
        "functional_title": answers.line("functional_title"),
        "organisation": answers.line("organisation"),
        "body_id": answers.whole("body_id", 1, 10**9),
    }
    answers.require("name", values["name"])
    answers.check()
    return values


@blueprint.get("/speakers/new")
def new_speaker(ordinal: int) -> tuple[str, int]:
    return _form(ordinal, None, {})


@blueprint.post("/speakers/new")
@checks_csrf
def create_speaker(ordinal: int) -> tuple[str, int] | Response:
    """Add a speaker; where the page was opened from a session, the speaker is put in it at once."""
    who, now = actor(), clock.now()
    editions.get_edition_to_edit(who, ordinal)
    session_id = Answers().whole("session", 1, 10**9)
    try:
        values = _read()
        with writing():
            number = programme_rooms.create_speaker(who, ordinal, values, now=now).id
            if session_id:
                programme.add_speaker(who, ordinal, session_id, number, now=now)
    except DomainError as problem:
        return _form(ordinal, None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The speaker is saved."), "good")
    if session_id:
        back = url_for("programme.edit_session", ordinal=ordinal, session_id=session_id, _anchor="speakers")
        return redirect(back, code=303)
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)


@blueprint.get("/speakers/<int:speaker_id>")
def edit_speaker(ordinal: int, speaker_id: int) -> tuple[str, int]:
    editions.get_edition_to_edit(actor(), ordinal)
    speaker = programme_rooms.get_speaker(speaker_id)
    typed = {
        "name": speaker.name,
        "functional_title": speaker.functional_title,
        "organisation": speaker.organisation,
        "body_id": str(speaker.body_id or ""),
        "version": str(speaker.version),
    }
    return _form(ordinal, speaker, typed)


@blueprint.post("/speakers/<int:speaker_id>")
@checks_csrf
def save_speaker(ordinal: int, speaker_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    editions.get_edition_to_edit(who, ordinal)
    try:
        values = _read()
        with writing():
            programme_rooms.edit_speaker(who, ordinal, speaker_id, values, version=version, now=now)
    except Stale:
        speaker, names = (
            programme_rooms.get_speaker(speaker_id),
            {"body_id": dict(bodies.list_names(language()))},
        )
        return _form(ordinal, speaker, **came_back(speaker, version, names=names))
    except DomainError as problem:
        errors = errors_of(problem)
        return _form(ordinal, programme_rooms.get_speaker(speaker_id), typed_again(), 422, errors=errors)
    flash(translate("The speaker is saved."), "good")
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)


@blueprint.get("/speakers/<int:speaker_id>/delete")
def confirm_delete_speaker(ordinal: int, speaker_id: int) -> str:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    speaker = programme_rooms.get_speaker(speaker_id)
    return render_template("programme/speaker_delete.html", edition=edition, speaker=speaker)


@blueprint.post("/speakers/<int:speaker_id>/delete")
@commits
def delete_speaker(ordinal: int, speaker_id: int) -> Response:
    programme_rooms.delete_speaker(actor(), ordinal, speaker_id, now=clock.now())
    flash(translate("The speaker is deleted."), "good")
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)
