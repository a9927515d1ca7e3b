"""Kept files on their way out: as attachments under the name they came with, in pieces, and from where a line broke off.

A slow reader keeps a thread of the server for as long as the file takes, so only half of them send files at the same time;
the pages of everybody else go on. A proxy that buffers sets a thread free within a moment.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask import Response, current_app, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable, ServiceUnavailable

from eventapp.errors import NotFound
from eventapp.models import DocumentFile
from eventapp.services import documents_files

_PLACES: Final = "eventapp.sending"


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
        _take_a_place(response)
    # Who may read it is asked each time; a browser may keep its copy and ask whether it is still the same.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


class Sending:
    """The pieces of a file, and the place that is given back once the last is sent or the reader has gone."""

    def __init__(self, pieces: Any, places: threading.Semaphore) -> None:
        self._pieces, self._places = pieces, places
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        """Close the file and give the place back, once."""
        if self._is_open:
            self._is_open = False
            self._places.release()
            self._pieces.close()

    __del__ = close  # a server that lost its reader may forget to close


def _take_a_place(response: Response) -> None:
    places = sending_places()
    if not places.acquire(blocking=False):
        response.close()
        raise ServiceUnavailable
    response.response = Sending(response.response, places)


def sending_places() -> threading.Semaphore:
    """How many files this process sends at the same time: for half of its threads."""
    half = max(1, current_app.config["SETTINGS"].threads // 2)
    places: threading.Semaphore = current_app.extensions.setdefault(_PLACES, threading.Semaphore(half))
    return places
