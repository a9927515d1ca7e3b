"""One password check at a time in this process, a small waiting room before it, and the rest is told to wait.

A check takes a core for some 50 ms. Without the gate a handful of clients at the sign-in page keep every thread and
every core from the others; with it one core at most, and three threads, are theirs.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.services import passwords
from eventapp.services.passwords import Credentials

RETRY_AFTER_SECONDS: Final = 3


class Busy(Refused):
    """Too many password checks at once; the person is asked to wait a moment."""

    code = "busy"


class PasswordGate:
    """Lets one in, keeps `room` waiting for at most `patience` seconds, turns the others away at once."""

    def __init__(self, *, room: int, patience: float) -> None:
        self._room = room
        self._patience = patience
        self._count = threading.Lock()
        self._one = threading.Lock()
        self._inside = 0

    def is_full(self) -> bool:
        """Whether the next one would be turned away at once; a look, without waiting."""
        return self._inside > self._room

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn; raises Busy when the waiting room is full or the turn does not come in time."""
        with self._count:
            if self._inside > self._room:
                raise _busy()
            self._inside += 1
        try:
            if not self._one.acquire(timeout=self._patience):
                raise _busy()
            try:
                yield
            finally:
                self._one.release()
        finally:
            with self._count:
                self._inside -= 1


def _busy() -> Busy:
    return Busy(
        "Many people are signing in right now. Please wait a moment and send it again.", field="password"
    )


gate: Final = PasswordGate(room=2, patience=2.0)


def check(credentials: Credentials, password: str) -> tuple[bool, str | None]:
    """Whether the password fits, and a new hash if the kept one is outdated. Ends the reading transaction first."""
    db.session.rollback()
    with gate.turn():
        if not passwords.verify(credentials, password):
            return False, None
        return True, passwords.fresh_hash(credentials, password)


def make_hash(password: str) -> str:
    """The hash of a new password. Ends the reading transaction first."""
    db.session.rollback()
    with gate.turn():
        return passwords.make_hash(password)
