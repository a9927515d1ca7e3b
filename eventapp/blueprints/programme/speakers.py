"""Speakers: people who speak in sessions of one or several editions, with their profile."""

from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.addresses import checked_email
from eventapp.adapters.images import ReadyImage
from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, Speaker
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import (
    bodies,
    editions,
    programme,
    speakers_links,
    speakers_missing,
    uploads,
)
from eventapp.services import (
    speakers as services,
)
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate
from eventapp.web.uploads import tidy_uploads

PICTURE_SIDE: Final = 800
_PLAIN: Final = ("honorific", "name", "functional_title", "organisation", "email", "language")


@blueprint.get("/speakers")
def speakers(ordinal: int) -> str:
    edition, now = editions.get_edition(actor(), ordinal), clock.now()
    here = speakers_missing.list_standings(edition.id, now=now)
    known = {one.speaker.id for one in here}
    return render_template(
        "programme/speakers.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        standings=here,
        others=[row for row in services.list_speakers(actor()) if row[0].id not in known],
        now=now,
    )


def _form(
    ordinal: int, speaker: Speaker | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    edition, now = editions.get_edition_to_edit(actor(), ordinal), clock.now()
    link = speakers_links.find_link(speaker.id) if speaker else None
    page = render_template(
        "programme/speaker_form.html",
        edition=edition,
        speaker=speaker,
        typed=typed,
        choices=bodies.list_names(language()),
        tongues=list(LANGUAGE_NAMES.items()),
        session_id=request.values.get("session", type=int),
        places=services.list_places(edition.id, speaker.id) if speaker else (),
        link=link,
        message=speakers_links.find_message(link),
        now=now,
        **more,
    )
    return page, status


def _read(edition: Edition, speaker: Speaker | None) -> tuple[dict[str, Any], ReadyImage | None]:
    answers = Answers()
    picture_id = speaker.picture_id if speaker else None
    values = {
        "honorific": answers.line("honorific", 100),
        "name": answers.line("name"),
        "functional_title": answers.line("functional_title"),
        "organisation": answers.line("organisation"),
        "body_id": answers.whole("body_id", 1, 10**9),
        "email": answers.one("email", lambda text: checked_email(text.strip()), ""),
        "language": answers.choice("language", LANGUAGES, "en"),
        "biography": answers.texts("biography", limit=services.LONGEST_BIOGRAPHY, prose=True),
        "picture_id": None if answers.flag("picture_remove") else picture_id,
        "registration_id": _registration(answers, edition, speaker),
    }
    answers.require("name", values["name"])
    image = answers.image("picture", longest=PICTURE_SIDE)
    answers.check()
    return values, image


def _registration(answers: Answers, edition: Edition, speaker: Speaker | None) -> int | None:
    """The registration that was typed; one of another edition stays as long as its code stands there."""
    kept = services.find_reference(speaker.registration_id) if speaker else ""
    if speaker and kept and answers.raw("registration").strip() == kept:
        return speaker.registration_id
    found = answers.one("registration", lambda text: services.find_registration(edition.id, text), None)
    return found.id if found else None


def _keep_picture(values: dict[str, Any], image: ReadyImage | None) -> None:
    if image:
        folder = current_app.config["SETTINGS"].uploads
        values["picture_id"] = uploads.keep(image, folder=folder, now=clock.now()).id


@blueprint.get("/speakers/new")
def new_speaker(ordinal: int) -> tuple[str, int]:
    return _form(ordinal, None, {"language": "en"})


@blueprint.post("/speakers/new")
@checks_csrf
def create_speaker(ordinal: int) -> tuple[str, int] | Response:
    """Add a speaker; where the page was opened from a session, the speaker is put in it at once."""
    who, now = actor(), clock.now()
    edition = editions.get_edition_to_edit(who, ordinal)
    session_id = Answers().whole("session", 1, 10**9)
    try:
        values, image = _read(edition, None)
        with writing():
            _keep_picture(values, image)
            number = services.create_speaker(who, ordinal, values, now=now).id
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
    speaker = services.get_speaker(actor(), speaker_id)
    typed = {
        **{name: getattr(speaker, name) for name in _PLAIN},
        **typed_texts("biography", speaker.biography),
        "body_id": str(speaker.body_id or ""),
        "registration": services.find_reference(speaker.registration_id),
        "version": str(speaker.version),
    }
    return _form(ordinal, speaker, typed)


@blueprint.post("/speakers/<int:speaker_id>")
@checks_csrf
def save_speaker(ordinal: int, speaker_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    edition = editions.get_edition_to_edit(who, ordinal)
    try:
        values, image = _read(edition, services.get_speaker(actor(), speaker_id))
        with writing():
            _keep_picture(values, image)
            ended = services.edit_speaker(who, ordinal, speaker_id, values, version=version, now=now)
    except Stale:
        speaker, names = (
            services.get_speaker(actor(), speaker_id),
            {"body_id": dict(bodies.list_names(language()))},
        )
        return _form(ordinal, speaker, **came_back(speaker, version, names=names))
    except DomainError as problem:
        errors = errors_of(problem)
        return _form(ordinal, services.get_speaker(actor(), speaker_id), typed_again(), 422, errors=errors)
    tidy_uploads()
    flash(translate("The speaker is saved."), "good")
    if ended:
        flash(translate("The link to the old address has ended. Send a new one."), "warn")
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)


@blueprint.get("/speakers/<int:speaker_id>/delete")
def confirm_delete_speaker(ordinal: int, speaker_id: int) -> str:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    speaker = services.get_speaker(actor(), speaker_id)
    return render_template("programme/speaker_delete.html", edition=edition, speaker=speaker)


@blueprint.post("/speakers/<int:speaker_id>/delete")
def delete_speaker(ordinal: int, speaker_id: int) -> Response:
    with writing():
        services.delete_speaker(actor(), ordinal, speaker_id, now=clock.now())
    tidy_uploads()
    flash(translate("The speaker is deleted."), "good")
    return redirect(url_for("programme.speakers", ordinal=ordinal), code=303)
