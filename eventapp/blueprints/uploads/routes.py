"""Serves the images that were re-encoded on arrival, to whom they are shown; nothing else that may lie in the folder."""

from flask import Blueprint, Response

from eventapp.services import uploads_shown
from eventapp.web.sign_in import actor
from eventapp.web.uploads import ASK_EACH_TIME, FOR_EVER, NOT_AT_ALL, send_upload

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/uploads/<name>")
def show(name: str) -> Response:
    standing = uploads_shown.find_standing(name)
    if standing.is_lasting:
        return send_upload(name, FOR_EVER)
    if uploads_shown.is_public(standing):
        return send_upload(name, ASK_EACH_TIME)
    uploads_shown.check_may_see(actor(), standing)
    return send_upload(name, NOT_AT_ALL)
