"""The counts of an edition as a publication needs them: by sector and country, with the names of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from eventapp.models import Edition
from eventapp.rules.crosstab import Counts, represented
from eventapp.rules.publication import MEASURES, Detail
from eventapp.rules.publication_document import Countries, Names
from eventapp.services import statistics


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Everything that can be published of an edition now."""

    detail: Detail
    names: Names
    countries: Mapping[str, Countries]


def count(edition: Edition, scheme: str, *, now: datetime) -> Counted:
    """Count the edition with its host country. The caller has checked who may see it."""
    counts = statistics.count(edition, statistics.ask(("sector", "country")), now=now)
    reference = counts.reference
    regions = reference.schemes[scheme]
    uppers = set(regions.upper.values())
    return Counted(
        detail=Detail(
            people={
                (sector, country): {measure: numbers.of(measure) for measure in MEASURES}
                for (sector, country), numbers in counts.by("sector", "country").items()
            },
            sector_parents=reference.sector_parents,
            regions=regions.upper,
            host=edition.country_code,
        ),
        names=Names(
            sectors=reference.sector_names,
            regions={code: names for code, names in regions.names.items() if code in uppers},
            countries=reference.country_names,
        ),
        countries={measure: _countries(counts, measure) for measure in MEASURES},
    )


def _countries(counts: Counts, measure: str) -> Countries:
    found = represented(counts, measure)
    return Countries(countries=found.countries, territories=found.territories, seat_only=found.seat_only)
