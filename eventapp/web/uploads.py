"""Addresses of uploaded images, one for all languages and named by content, and how they are sent."""

from typing import Final

from flask import Flask, Response, current_app, send_from_directory

from eventapp.adapters import journal as log
from eventapp.config import Settings
from eventapp.models import Upload
from eventapp.services import uploads
from eventapp.services.uploads import file_name, media_type_of
from eventapp.web.arriving import ArrivingRequest
from eventapp.web.transaction import writing

# How long somebody may keep an image without asking again. What is shown for as long as it exists never changes.
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_EACH_TIME: Final = "public, max-age=0, must-revalidate"  # somebody may take it back at any moment
NOT_AT_ALL: Final = "private, no-store"


def send_upload(name: str, keeping: str) -> Response:
    """The image of a file name, with the word on who may keep it and for how long."""
    settings: Settings = current_app.config["SETTINGS"]
    response = send_from_directory(settings.uploads, name, mimetype=media_type_of(name))
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = keeping
    return response


def upload_path(upload: Upload) -> str:
    """The address of an uploaded image."""
    return f"/uploads/{file_name(upload)}"


def tidy_uploads() -> None:
    """After a save or a deletion is committed: take away the images that nothing shows any more.

    A folder that cannot be written to is a matter for the log: the change stands, and the next one tries again.
    """
    try:
        with writing():
            uploads.tidy(current_app.config["SETTINGS"].uploads)
    except OSError as problem:
        log.warning("images that nothing shows could not be taken away", problem=str(problem))


def init_uploads(app: Flask) -> None:
    """Make the addresses known to every template; let files come as whoever asks for them wants them."""
    app.request_class = ArrivingRequest
    app.jinja_env.globals["upload_path"] = upload_path
