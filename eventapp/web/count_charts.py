"""The world map of counts, for whichever page shows one: rows by country, classes, and the words inside the drawing."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from markupsafe import Markup, escape

from eventapp.rules.chart_classes import classes_of
from eventapp.web.filters import babel_locale, number, number_in
from eventapp.web.typed import translate

NAMED: Final = 5  # so many of the largest stand in the text alternative


class CountryRow(NamedTuple):
    """A country with its people."""

    code: str
    name: str
    people: int


class WorldMap:
    """People by country, largest first; whoever has no country stands in the table and on no map."""

    def __init__(self, people: Mapping[str, int], name: Callable[[str], str]) -> None:
        rows = [CountryRow(code, name(code), count) for code, count in people.items() if code and count]
        self.rows = sorted(sorted(rows, key=itemgetter(1, 0)), key=itemgetter(2), reverse=True)
        self.without_country = sum(count for code, count in people.items() if not code)
        self.classes = classes_of(row.people for row in self.rows)

    @property
    def table_rows(self) -> Markup:
        """The rows of the table, from which the map is drawn; made here, since there may be two hundred of them."""
        locale = babel_locale()
        made = [
            f'{_keyed(code)}{row_head(name)}<td class="n num" data-v="{people}">{number_in(people, locale)}</td></tr>\n'
            for code, name, people in self.rows
        ]
        return Markup("".join(made))  # noqa: S704 - escaped names, numbers and our own markup

    @property
    def words(self) -> dict[str, Any]:
        """The classes and how people read them."""
        names = [
            number(low) if low == high else f"{number(low)}–{number(high)}" for low, high in self.classes
        ]
        return {"classes": self.classes, "classNames": names}

    @property
    def alternative(self) -> str:
        """The map in one sentence."""
        return translate(
            "World map of people by country. The largest numbers: %(largest)s. All numbers stand in the table below.",
            largest=named((row.name, row.people) for row in self.rows[:NAMED]),
        )


@lru_cache(maxsize=4096)  # the same names stand on page after page
def row_head(name: str) -> str:
    """The head of a row, escaped."""
    return f'<th scope="row">{escape(name)}</th>'


@lru_cache(maxsize=1024)
def _keyed(code: str) -> str:
    return f'<tr data-key="{escape(code)}">'


def named(pairs: Iterable[tuple[str, int]]) -> str:
    """Names with their numbers in one line."""
    return translate(", ").join(f"{name} {number(people)}" for name, people in pairs)
