"""Addresses of uploaded images: one for all languages, named by content, so that they may be kept for ever."""

from flask import Flask

from eventapp.models import Upload
from eventapp.services.uploads import file_name


def upload_path(upload: Upload) -> str:
    """The address of an uploaded image."""
    return f"/uploads/{file_name(upload)}"


def init_uploads(app: Flask) -> None:
    """Make the addresses known to every template."""
    app.jinja_env.globals["upload_path"] = upload_path
