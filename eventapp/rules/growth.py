"""The chart of growth: how high each bar of participants and countries stands; words are put to it at the edge."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventapp.rules.figure import Figures

LEFT = 8.0
PANEL = 168.0  # the highest bar of a panel
BAR = 78.0
_BASES = {"participants": 244.0, "countries": 412.0}
_HEIGHTS = {"participants": PANEL, "countries": 92.0}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with the places of its words; `is_open` is the open top of "more than", value None is not published."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    value_y: str
    word_y: str
    qualifier: str
    value: int | None
    right: str

    @property
    def is_open(self) -> bool:
        return self.qualifier == "more_than"


@dataclass(frozen=True, slots=True)
class Panel:
    """The bars of one measure on one base line."""

    measure: str
    base: str
    title_y: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """The whole chart in a sheet of its own."""

    width: str
    height: str
    right: str
    panels: tuple[Panel, ...]
    middles: tuple[str, ...]


def draw_growth(editions: Sequence[Figures]) -> Growth | None:
    """The bars of every edition in order, each measure on its own scale; None where nothing was published."""
    if not any(figures.participants or figures.countries for figures in editions):
        return None
    width = max(1160.0, len(editions) * 100.0)
    step = (width - LEFT) / len(editions)
    middles = tuple(LEFT + step * (index + 0.5) for index in range(len(editions)))
    return Growth(
        width=_text(width),
        height="456",
        right=_text(width),
        panels=tuple(_panel(measure, editions, middles) for measure in _BASES),
        middles=tuple(_text(middle) for middle in middles),
    )


def _panel(measure: str, editions: Sequence[Figures], middles: Sequence[float]) -> Panel:
    claims = [figures.shown.get(measure) for figures in editions]
    highest = max((claim.value for claim in claims if claim), default=0) or 1
    base, height = _BASES[measure], _HEIGHTS[measure]
    bars = tuple(
        _bar(middle, base, height * claim.value / highest, claim.value, claim.qualifier)
        if claim
        else _bar(middle, base, 46.0, None, "")
        for middle, claim in zip(middles, claims, strict=True)
    )
    return Panel(measure, _text(base), _text(base - height - 52.0), bars)


def _bar(middle: float, base: float, height: float, value: int | None, qualifier: str) -> Bar:
    top = base - height
    return Bar(
        x=_text(middle - BAR / 2),
        y=_text(top),
        width=_text(BAR),
        height=_text(height),
        middle=_text(middle),
        right=_text(middle + BAR / 2),
        value_y=_text(top - 14.0 if value is not None else top - 8.0),
        word_y=_text(top - 30.0),
        qualifier=qualifier,
        value=value,
    )


def _text(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
