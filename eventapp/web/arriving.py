"""Large files that come with a form: written where they will stay, piece by piece, and counted while they come."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from flask import Request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from eventapp.adapters import journal as log
from eventapp.errors import Invalid, Refused
from eventapp.extensions import db
from eventapp.services import documents_files, private_files
from eventapp.services.private_files import MEGABYTE, Arriving

FIELD = "file"


class ArrivingRequest(Request):
    """A request whose files go where its handler says before it reads the form; elsewhere nothing is different."""

    begin_file: Callable[[], Arriving] | None = None

    def make_form_data_parser(self) -> FormDataParser:
        """The parser of forms, which asks for a place for each file."""
        parser = super().make_form_data_parser()
        begin = self.begin_file
        if begin is not None:
            parser.stream_factory = lambda *_, **__: cast("IO[bytes]", begin())
        return parser


@contextmanager
def arriving_files(folder: Path, *, megabytes: int) -> Iterator[Callable[[], Arriving]]:
    """Let the form of this request bring a file of so many megabytes; whatever is not settled is gone afterwards.

    A longer body is refused by its length before anything is read, one that does not tell its length while it is counted.
    """
    here = cast("ArrivingRequest", request)
    db.session.rollback()  # a slow line holds no transaction
    with private_files.arriving(folder, most_bytes=megabytes * MEGABYTE) as begin:
        here.begin_file = begin
        here.max_content_length = (megabytes + 1) * MEGABYTE  # the other fields beside it
        try:
            yield begin
        except RequestEntityTooLarge:
            raise Invalid({FIELD: private_files.too_large(megabytes * MEGABYTE)}) from None
        except Refused as problem:
            if problem.field or problem.code == "forbidden":
                raise
            raise Invalid({FIELD: problem}) from None


def is_file_sent() -> bool:
    """Whether a file was chosen."""
    sent = request.files.get(FIELD)
    return sent is not None and bool(sent.filename)


def sent_file() -> tuple[Arriving, str]:
    """The file that came with the form and what it was called; refuses a form without one."""
    sent = request.files.get(FIELD)
    if sent is None or not sent.filename:
        raise Invalid({FIELD: Refused("Please choose a file.", code="missing")})
    return cast("Arriving", sent.stream), sent.filename


def tidy_documents(released: Collection[str]) -> None:
    """After the commit of whatever let go of them: take the files of documents away.

    A folder that cannot be written to is a matter for the log: the change stands, and the next one tries again.
    """
    try:
        documents_files.tidy(current_app.config["SETTINGS"].documents, released)
    except OSError as problem:
        log.warning("files that no document has could not be taken away", problem=str(problem))
