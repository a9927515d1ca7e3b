"""The one place that commits: a writing transaction per writing request, command and worker step."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from eventapp.extensions import WRITE, db
from eventapp.web import content

P = ParamSpec("P")
R = TypeVar("R")

COMMITS = "_commits"


class WriterGate:
    """One writer at a time in this process, in the order of arrival.

    SQLite lets waiting writers poll, and the unlucky ones starve; a queue in front of it is fair.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # the gate stays busy: it is handed on
            else:
                self._busy = False


class _OpenGate:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_gate = WriterGate()
_open = _OpenGate()


@contextmanager
def writing() -> Iterator[None]:
    """End the reading transaction, open the writing one, commit on return and roll back on any exception.

    The write option is set before the first statement: SQLite ignores it afterwards and fails as locked.
    """
    session = db.session
    session.rollback()
    gate = _gate if db.engine.dialect.name == "sqlite" else _open
    with gate:
        try:
            session.connection(execution_options={WRITE: True})
            session.info[WRITE] = True  # the tests look for a flush outside of here: a forgotten transaction
            yield
            session.flush()
            moved = content.mark_if_public()
            session.commit()
            session.info.pop(WRITE, None)
        except BaseException:
            session.rollback()
            session.info.clear()
            raise
    if moved:
        content.announce()


def commits(handler: Callable[P, R]) -> Callable[P, R]:
    """Run a handler inside one writing transaction. Parse and check the form before, hash passwords before."""

    @wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with writing():
            return handler(*args, **kwargs)

    setattr(run, COMMITS, True)
    return run
