"""The charts of the page of counts: bars by sector and region, and the world map, all of the question in the address."""

from typing import Any

from eventapp.blueprints.statistics.view import CountsPage
from eventapp.models import Edition
from eventapp.rules.crosstab_table import Bar
from eventapp.web.count_charts import NAMED, WorldMap, named
from eventapp.web.filters import moment, zone_offset
from eventapp.web.labels import edition_name, label
from eventapp.web.typed import translate


class CountCharts:
    """What the figures of one page of counts are made of."""

    def __init__(self, edition: Edition, page: CountsPage) -> None:
        self._page, self._edition = page, edition
        measure = page.asked.measure
        people = {code: count for (code,), count in page.overview.people(measure, "country").items()}
        self.map = WorldMap(people, page.name.all_of("country").__getitem__)
        self.has_two = page.inner != page.outer

    def title(self, text: str) -> str:
        """A heading with the edition's name, for a picture that stands by itself."""
        return f"{text} · {edition_name(self._edition.ordinal)}"

    def csv_args(self, **more: str) -> dict[str, str]:
        """The address of a figure's own numbers: the filters of the page, and what the figure counts by."""
        asked = self._page.asked.args()
        return {
            name: text for name, text in asked.items() if name not in ("measure", "rows", "columns")
        } | more

    @property
    def _asked(self) -> list[str]:
        """Of whom and when: filters, the host country, the time."""
        page, zone = self._page, self._edition.time_zone
        chips = "; ".join(chip.text for chip in page.chips)
        taken_at = page.overview.taken_at
        when = translate(
            "As of %(moment)s (%(offset)s)", moment=moment(taken_at, zone), offset=zone_offset(taken_at, zone)
        )
        return [
            *([translate("Only: %(filters)s", filters=chips)] if chips else []),
            *([] if page.asked.with_host else [translate("Without the host country")]),
            *([translate("Made-up figures")] if self._edition.is_demonstration else []),
            when,
        ]

    @property
    def bar_lines(self) -> list[str]:
        """What the bars count."""
        measures = dict.fromkeys((self._page.outer, self._page.inner))
        return [*(self._basis(one) for one in measures), *self._asked]

    @property
    def other_basis(self) -> list[str]:
        """The basis of the measure beside the one that is asked for; that one's stands at the head of the page."""
        measures = dict.fromkeys((self._page.outer, self._page.inner))
        return [self._basis(one) for one in measures if one != self._page.asked.measure]

    @property
    def map_lines(self) -> list[str]:
        """What the map counts, and whose map it is."""
        return [
            self._basis(self._page.asked.measure),
            *self._asked,
            translate("Boundaries and names on the map imply no opinion."),
        ]

    def _basis(self, measure: str) -> str:
        return translate(
            "%(measure)s: %(basis)s", measure=label("measure", measure), basis=self._page.basis_of(measure)
        )

    @property
    def words(self) -> dict[str, Any]:
        """The words inside the bars."""
        page = self._page
        outer = label("measure", page.outer)
        if not self.has_two:
            return {"outer": outer}
        # The second part of a bar holds those who are not in the first one; both together are the outer measure.
        rest = translate("%(measure)s: the others", measure=outer)
        return {"outer": outer, "inner": label("measure", page.inner), "rest": rest}

    def alternative(self, title: str, dimension: str, rows: list[Bar]) -> str:
        """Bars in one sentence."""
        largest = named((self._page.name(dimension, bar.code), bar.outer) for bar in rows[:NAMED])
        return translate(
            "%(title)s. The largest numbers: %(largest)s. All numbers stand in the table below.",
            title=title,
            largest=largest,
        )
