"""Pages of a list: which there are and which rows stand on one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paging:
    """One page of a list; a number past the end gives the last page."""

    wanted: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def number(self) -> int:
        return min(max(1, self.wanted), self.pages)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return self.offset + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)
