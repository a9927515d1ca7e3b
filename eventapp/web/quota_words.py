"""Quotas in the reader's language: what each is called, who stands in line for it, that it is full."""

from collections.abc import Iterable, Sequence

from eventapp.models import Delegation
from eventapp.rules.quota import BADGE_CATEGORY, SECTOR, Place, Which
from eventapp.rules.text import shown, sort_key
from eventapp.services import quotas
from eventapp.web.filters import number
from eventapp.web.labels import LABELS, label
from eventapp.web.locale import language
from eventapp.web.options import keeper, reference
from eventapp.web.people import country_name
from eventapp.web.typed import translate


def delegation_name(delegation: Delegation) -> str:
    """The country or the body that a delegation stands for."""
    if delegation.body is not None:
        return str(shown(delegation.body.names, language()))
    return country_name(delegation.country_code)


class QuotaWords:
    """Sentences about some quotas; the delegations among them take one query."""

    def __init__(self, whiches: Iterable[Which | None] = ()) -> None:
        self._delegations = quotas.find_delegations([one for one in whiches if one is not None])

    @classmethod
    def of_places(cls, places: Iterable[Sequence[Place]]) -> "QuotaWords":
        """The sentences for places in line."""
        return cls([place.which for some in places for place in some])

    def name(self, which: Which) -> str:
        """What a quota is of."""
        match which.dimension:
            case "delegation":
                found = self._delegations.get(which.code)
                return delegation_name(found) if found else translate("a represented body")
            case "badge_category":
                names = keeper().facts().badges.names.get(which.code)
                return str(shown(names, language())) or which.code if names else which.code
            case "sector":
                entry = reference().sectors.get(which.code)
                return str(shown(entry.names, language())) or which.code if entry else which.code
        return translate("The whole edition")

    def full_name(self, which: Which) -> str:
        """What a quota is of, with the kind of thing that is."""
        if which.dimension not in LABELS["quota_dimension"]:
            return self.name(which)
        kind = label("quota_dimension", which.dimension)
        return translate("%(kind)s: %(name)s", kind=kind, name=self.name(which))

    def sort_key(self, which: Which) -> tuple[str, str]:
        """The order of quotas on a page: by kind, then by name in the reader's language."""
        return which.dimension, sort_key(self.name(which))

    def list_all(self) -> list[Which]:
        """Everything that can have a quota of its own: badge categories in their order, sectors below the upper ones."""
        sectors = reference().sectors
        uppers = [code for code, one in sectors.items() if one.parent_code is None]
        ordered = [
            code
            for upper in uppers
            for code in (upper, *(one for one, entry in sectors.items() if entry.parent_code == upper))
        ]
        categories = [Which(BADGE_CATEGORY, code) for code in keeper().facts().badges.names]
        return [*categories, *(Which(SECTOR, code) for code in ordered)]

    def full(self, which: Which | None) -> str:
        """That a quota has no place left."""
        values = {"name": self.name(which)} if which else {}
        match which.dimension if which else "":
            case "delegation":
                return translate("All places of the delegation “%(name)s” are taken", **values)
            case "badge_category":
                return translate("All places with the badge “%(name)s” are taken", **values)
            case "sector":
                return translate("All places of the sector “%(name)s” are taken", **values)
        return label("not_decided", "full")

    def line(self, place: Place) -> str:
        """Which number in line somebody has, and for what; as the secretariat reads it."""
        values = self._values(place)
        match place.which.dimension if place.which else "":
            case "delegation":
                return translate(
                    "Number %(number)s in line for the places of the delegation “%(name)s”", **values
                )
            case "badge_category":
                return translate(
                    "Number %(number)s in line for the places with the badge “%(name)s”", **values
                )
            case "sector":
                return translate(
                    "Number %(number)s in line for the places of the sector “%(name)s”", **values
                )
        return translate("Place %(position)s on the waiting list", position=number(place.number))

    def your_line(self, place: Place) -> str:
        """The same to the person who waits, as a whole sentence."""
        values = self._values(place)
        match place.which.dimension if place.which else "":
            case "delegation":
                return translate(
                    "You are number %(number)s in line for the places of the delegation “%(name)s”.", **values
                )
            case "badge_category":
                return translate(
                    "You are number %(number)s in line for the places with the badge “%(name)s”.", **values
                )
            case "sector":
                return translate(
                    "You are number %(number)s in line for the places of the sector “%(name)s”.", **values
                )
        return translate("You are number %(number)s in line for the places of this edition.", **values)

    def _values(self, place: Place) -> dict[str, str]:
        return {"number": number(place.number)} | ({"name": self.name(place.which)} if place.which else {})
