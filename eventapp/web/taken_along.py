"""The mark at people whom a list took along: set once the last part has been handed over, never for a list that breaks off."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from eventapp.services import exports_marks
from eventapp.services.exports_marks import Taken
from eventapp.web.transaction import writing

T = TypeVar("T")


def marked(parts: Iterable[T], taken: Taken) -> Iterator[T]:
    """The parts of a list, and then the marks. Whoever stops reading closes this before it gets there."""
    yield from parts
    mark(taken)


def mark(taken: Taken) -> None:
    """A transaction for each chunk: the list has arrived, so that every mark that is set is true."""
    for at, numbers in taken.chunks():
        with writing():
            exports_marks.mark(at, numbers)
