"""Kept files on their way out: as attachments under the name they came with, in pieces, and from where a line broke off."""

from pathlib import Path

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from eventapp.errors import NotFound
from eventapp.models import DocumentFile
from eventapp.services import documents_files
from eventapp.web.sending import in_a_place


def _wants_another(file: DocumentFile) -> bool:
    """Whether somebody goes on with a file that is not this one any more: a part of this would spoil theirs."""
    if request.if_match:
        return not request.if_match.contains(file.sha256)
    before = request.if_unmodified_since
    return before is not None and file.uploaded_at.replace(microsecond=0) > before


def resumable(file: DocumentFile, folder: Path) -> Response:
    """Send a file, or the part of it that is asked for; whoever asked before is told if it is still the same."""
    wanted = request.headers.get("Range", "")
    if "," in wanted or not wanted.lower().startswith("bytes="):
        # Several parts at once, or counted in what nobody here knows: the whole file is as good an answer.
        request.environ.pop("HTTP_RANGE", None)
    if _wants_another(file):
        return Response(status=412, mimetype="text/plain")
    try:
        response = send_file(
            documents_files.path_of(file, folder),
            mimetype=file.media_type,
            as_attachment=True,
            download_name=file.file_name,
            etag=file.sha256,
            last_modified=file.uploaded_at,
            conditional=True,
        )
    except FileNotFoundError:
        raise NotFound("There is no such document.") from None
    except RequestedRangeNotSatisfiable:
        return Response(status=416, mimetype="text/plain", headers={"Content-Range": f"bytes */{file.size}"})
    if request.method == "GET" and response.status_code in (200, 206):
        response.response = in_a_place(response.response)
    # Who may read it is asked each time; a browser may keep its copy and ask whether it is still the same.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
