"""Kept files on their way out: as attachments under the name they came with, in pieces, and from where a line broke off."""

from pathlib import Path

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from eventapp.errors import NotFound
from eventapp.models import DocumentFile
from eventapp.services import documents_files
from eventapp.web.sending import in_a_place


def resumable(file: DocumentFile, folder: Path) -> Response:
    """Send a file, or the part of it that is asked for; whoever asked before is told if it is still the same."""
    if "," in request.headers.get("Range", ""):
        request.environ.pop("HTTP_RANGE")  # several parts at once: the whole file is as good an answer
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
