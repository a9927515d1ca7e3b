"""The map of the host cities and the chart of growth, in the reader's language."""

from collections.abc import Iterable, Sequence

from eventapp.models import Edition
from eventapp.rules.cartography import Stop
from eventapp.rules.cartography_drawing import MapDrawing, Side, draw_route
from eventapp.rules.growth import Growth, draw_growth
from eventapp.services import public_site
from eventapp.web.filters import pick
from eventapp.web.locale import direction


def route_map(editions: Iterable[Edition], coming: Edition | None, *, beside_text: bool) -> MapDrawing | None:
    """The route through the cities of these editions in their order; None where no place is known."""
    stops = [
        Stop(
            ordinals=(edition.ordinal,),
            city=pick(edition.city).text,
            years=(edition.starts_on.year,)
            if edition.starts_on and edition.date_precision != "unknown"
            else (),
            latitude=edition.latitude,
            longitude=edition.longitude,
            is_next=coming is not None and edition.ordinal == coming.ordinal,
        )
        for edition in sorted(editions, key=lambda one: one.ordinal)
        if edition.latitude is not None and edition.longitude is not None
    ]
    if not stops:
        return None
    is_rtl = direction() == "rtl"
    side: Side = "none" if not beside_text else "right" if is_rtl else "left"
    return draw_route(stops, free_side=side, is_rtl=is_rtl)


def growth(editions: Sequence[Edition]) -> Growth | None:
    """The figures of these editions as bars, in the order given; None where nothing was published."""
    return draw_growth([public_site.figures_of(edition) for edition in editions])
