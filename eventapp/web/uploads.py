"""Addresses of uploaded images: one for all languages, named by content, so that they may be kept for ever."""

from flask import Flask, current_app

from eventapp.adapters import journal as log
from eventapp.models import Upload
from eventapp.services import uploads
from eventapp.services.uploads import file_name
from eventapp.web.arriving import ArrivingRequest
from eventapp.web.transaction import writing


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
