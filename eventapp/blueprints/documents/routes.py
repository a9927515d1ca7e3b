"""Files of documents: at an address of their own where everybody may read them, by private link for whoever else may."""

from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, current_app

from eventapp.services import documents_read, registrations_own
from eventapp.web.kept_documents import resumable

blueprint = Blueprint("documents", __name__)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].documents
    return folder


@blueprint.get("/documents/<uuid:public_id>")
def show(public_id: UUID) -> Response:
    return resumable(documents_read.get_public_file(public_id), _folder())


@blueprint.get("/registrations/<token>/documents/<uuid:public_id>")
def show_own(token: str, public_id: UUID) -> Response:
    own = registrations_own.get_own(token)
    return resumable(documents_read.get_file_for(own.registration, public_id), _folder())
