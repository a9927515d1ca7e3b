"""Serves the images that were re-encoded on arrival; nothing else that may lie in the folder."""

from flask import Blueprint, Response, current_app, send_from_directory

from eventapp.config import Settings
from eventapp.services import uploads

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/uploads/<name>")
def show(name: str) -> Response:
    media_type = uploads.media_type_of(name)
    settings: Settings = current_app.config["SETTINGS"]
    response = send_from_directory(settings.uploads, name, mimetype=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
