"""The own profile: name, post, a short biography in up to four languages, a picture."""

from typing import Any, Final

from flask import Response, current_app, flash, render_template, request

from eventapp.adapters.images import ReadyImage
from eventapp.blueprints.speakers.base import Page, blueprint
from eventapp.blueprints.speakers.routes import back, check_pace
from eventapp.errors import DomainError, Stale
from eventapp.models import Speaker
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import speakers, speakers_own, uploads
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, page_errors, typed_again, typed_texts
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.transaction import writing
from eventapp.web.typed import translate
from eventapp.web.uploads import NOT_AT_ALL, send_upload, tidy_uploads

PICTURE_SIDE: Final = 800


@blueprint.route("/speaker/<token>/profile", methods=["GET", "POST"])
@checks_csrf
def edit(token: str) -> Page:
    speaker = speakers_own.read(token, now=clock.now()).speaker
    if request.method != "POST":
        return _form(token, speaker, _typed(speaker))
    version = Answers().version()
    try:
        check_pace(token)
        _save(token, speaker, version)
    except Stale:
        speaker = speakers_own.read(token, now=clock.now()).speaker
        return _form(token, speaker, **came_back(speaker, version))
    except DomainError as problem:
        speaker = speakers_own.read(token, now=clock.now()).speaker
        return _form(token, speaker, typed_again(), 422, errors=page_errors(problem))
    tidy_uploads()
    flash(translate("Your profile is saved."), "good")
    return back(token, "profile")


@blueprint.get("/speaker/<token>/picture")
def picture(token: str) -> Response:
    """The own picture, which nobody else may fetch before the profile is public."""
    upload = speakers_own.get_picture(token, now=clock.now())
    return send_upload(uploads.file_name(upload), NOT_AT_ALL)


def _save(token: str, speaker: Speaker, version: int) -> None:
    values, image = _read(speaker.picture_id)
    with writing():
        if image:
            folder = current_app.config["SETTINGS"].uploads
            values["picture_id"] = uploads.keep(image, folder=folder, now=clock.now()).id
        speakers_own.edit(token, values, version=version, now=clock.now())


def _read(picture_id: int | None) -> tuple[dict[str, Any], ReadyImage | None]:
    answers = Answers()
    values = {
        "honorific": answers.line("honorific", 100),
        "name": answers.line("name"),
        "functional_title": answers.line("functional_title"),
        "organisation": answers.line("organisation"),
        "language": answers.choice("language", LANGUAGES, "en"),
        "biography": answers.texts("biography", limit=speakers.LONGEST_BIOGRAPHY, prose=True),
        "picture_id": None if answers.flag("picture_remove") else picture_id,
    }
    answers.require("name", values["name"])
    image = answers.image("picture", longest=PICTURE_SIDE)
    answers.check()
    return values, image


def _typed(speaker: Speaker) -> dict[str, str]:
    plain = ("honorific", "name", "functional_title", "organisation", "language")
    return {
        **{name: getattr(speaker, name) for name in plain},
        **typed_texts("biography", speaker.biography),
        "version": str(speaker.version),
    }


def _form(
    token: str, speaker: Speaker, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template(
        "speakers/edit.html",
        token=token,
        speaker=speaker,
        typed=typed,
        tongues=list(LANGUAGE_NAMES.items()),
        **more,
    )
    return page, status
