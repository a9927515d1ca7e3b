"""Places for files on their way out: a slow reader keeps a thread of the server for as long as the file takes.

So only half of the threads send files at the same time; the pages of everybody else go on. A proxy that buffers sets a thread
free within a moment, and whoever stops reading altogether loses the connection (`cli/serve`).
"""

import threading
from collections.abc import Iterator
from typing import Any, Final

from flask import current_app

from eventapp.errors import Refused, message

RETRY_AFTER_SECONDS: Final = 60
_PLACES: Final = "eventapp.sending"


class NoPlace(Refused):
    """Every place for files is taken; the person is asked to come again in a minute."""

    code = "no-place"

    def __init__(self) -> None:
        """Say so in one sentence for every kind of file."""
        super().__init__(
            message("Many people are downloading files right now. Please try again in a minute.")
        )


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


def in_a_place(pieces: Any) -> Sending:
    """The pieces, sent from one of the places; closes them and raises NoPlace where none is free."""
    places = sending_places()
    if not places.acquire(blocking=False):
        pieces.close()
        raise NoPlace
    return Sending(pieces, places)


def check_place() -> None:
    """Raise NoPlace where no place is free: before a file is made or somebody is noted as having taken it along."""
    places = sending_places()
    if not places.acquire(blocking=False):
        raise NoPlace
    places.release()


def sending_places() -> threading.Semaphore:
    """How many files this process sends at the same time: for half of its threads."""
    half = max(1, current_app.config["SETTINGS"].threads // 2)
    places: threading.Semaphore = current_app.extensions.setdefault(_PLACES, threading.Semaphore(half))
    return places
