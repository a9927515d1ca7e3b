"""What desks say of a person beside the name, in the reader's language: whom they represent, what their badge says."""

from eventapp.models import Registration
from eventapp.rules.attendance import countries_meant
from eventapp.rules.badge import counted_kind, derive
from eventapp.rules.listing import search_words
from eventapp.rules.text import shown, sort_key
from eventapp.web.locale import language
from eventapp.web.options import keeper, reference
from eventapp.web.typed import translate


def country_name(code: str | None) -> str:
    """The name of a country, or that there is none."""
    return (
        str(shown(reference().country_names(code), language())) or code if code else translate("No country")
    )


def represented(registration: Registration) -> tuple[str, str]:
    """The country that a person counts under, and the organisation; a country of seat is marked as such."""
    body = str(shown(registration.body.names, language())) if registration.body else registration.organisation
    if registration.country_basis == "seat" and body:
        body = translate("%(organisation)s (seat)", organisation=body)
    return country_name(registration.counted_country_code), body


def countries_in(search: str) -> dict[str, list[str]]:
    """For each word of a search the codes of the countries that it may mean, in whatever language it was typed."""
    words = search_words(search.replace(",", " "))
    return {word: countries_meant(sort_key(word), keeper().lists().country_words) for word in words}


class Badges:
    """The badge table as one request reads it."""

    def __init__(self) -> None:
        self._table = keeper().facts().badges

    def category(self, registration: Registration) -> str:
        """The name of the category that the door sees, or nothing where no line of the table fits."""
        entry = reference().sectors.get(registration.sector_code)
        code = derive(
            self._table.rules,
            kind=counted_kind(registration.country_basis, registration.body_kind),
            sector=registration.sector_code,
            main_sector=(entry.parent_code if entry else None) or registration.sector_code,
            role=registration.role,
        )
        return str(shown(self._table.names.get(code or ""), language()))
