"""Published figures as phrases, with the right plural in every language: a whole phrase for each qualifier."""

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup, escape

from eventapp.rules.figure import Claim, Figures
from eventapp.web.typed import translate, translate_plural

Phrase = Callable[[int, str], str]

PHRASES: Final[Mapping[tuple[str, str], Phrase]] = {
    ("participants", "exactly"): lambda n, v: translate_plural(
        "%(value)s participant", "%(value)s participants", n, value=v
    ),
    ("participants", "about"): lambda n, v: translate_plural(
        "About %(value)s participant", "About %(value)s participants", n, value=v
    ),
    ("participants", "more_than"): lambda n, v: translate_plural(
        "More than %(value)s participant", "More than %(value)s participants", n, value=v
    ),
    ("participants", "almost"): lambda n, v: translate_plural(
        "Almost %(value)s participant", "Almost %(value)s participants", n, value=v
    ),
    ("countries", "exactly"): lambda n, v: translate_plural(
        "%(value)s country", "%(value)s countries", n, value=v
    ),
    ("countries", "about"): lambda n, v: translate_plural(
        "About %(value)s country", "About %(value)s countries", n, value=v
    ),
    ("countries", "more_than"): lambda n, v: translate_plural(
        "More than %(value)s country", "More than %(value)s countries", n, value=v
    ),
    ("countries", "almost"): lambda n, v: translate_plural(
        "Almost %(value)s country", "Almost %(value)s countries", n, value=v
    ),
    ("organisations", "exactly"): lambda n, v: translate_plural(
        "%(value)s organisation", "%(value)s organisations", n, value=v
    ),
    ("organisations", "about"): lambda n, v: translate_plural(
        "About %(value)s organisation", "About %(value)s organisations", n, value=v
    ),
    ("organisations", "more_than"): lambda n, v: translate_plural(
        "More than %(value)s organisation", "More than %(value)s organisations", n, value=v
    ),
    ("organisations", "almost"): lambda n, v: translate_plural(
        "Almost %(value)s organisation", "Almost %(value)s organisations", n, value=v
    ),
    ("speakers", "exactly"): lambda n, v: translate_plural(
        "%(value)s speaker", "%(value)s speakers", n, value=v
    ),
    ("speakers", "about"): lambda n, v: translate_plural(
        "About %(value)s speaker", "About %(value)s speakers", n, value=v
    ),
    ("speakers", "more_than"): lambda n, v: translate_plural(
        "More than %(value)s speaker", "More than %(value)s speakers", n, value=v
    ),
    ("speakers", "almost"): lambda n, v: translate_plural(
        "Almost %(value)s speaker", "Almost %(value)s speakers", n, value=v
    ),
}
FROM_COUNTRIES: Final[Mapping[str, Phrase]] = {
    "exactly": lambda n, v: translate_plural(
        "from %(value)s country", "from %(value)s countries", n, value=v
    ),
    "about": lambda n, v: translate_plural(
        "from about %(value)s country", "from about %(value)s countries", n, value=v
    ),
    "more_than": lambda n, v: translate_plural(
        "from more than %(value)s country", "from more than %(value)s countries", n, value=v
    ),
    "almost": lambda n, v: translate_plural(
        "from almost %(value)s country", "from almost %(value)s countries", n, value=v
    ),
}
_PLACE = "\x00"


def figure(claim: Claim, value: str) -> str:
    """One claim as a phrase: More than 300 participants."""
    return PHRASES[claim.measure, claim.qualifier](claim.value, value)


def figure_html(claim: Claim, value: str, *, is_second: bool = False) -> Markup:
    """The same with the number in bold; as the second of two phrases it reads: from 90 countries."""
    phrase = FROM_COUNTRIES[claim.qualifier] if is_second else PHRASES[claim.measure, claim.qualifier]
    return Markup(escape(phrase(claim.value, _PLACE)).replace(_PLACE, Markup("<b>{0}</b>").format(value)))  # noqa: S704 - escaped before


def figure_words(claim: Claim, value: str) -> str:
    """The number with its qualifier alone, for tables: more than 300."""
    match claim.qualifier:
        case "about":
            return translate("about %(value)s", value=value)
        case "more_than":
            return translate("more than %(value)s", value=value)
        case "almost":
            return translate("almost %(value)s", value=value)
    return value


def figures_sentence(figures: Figures, number: Callable[[int], str]) -> str:
    """Participants and countries in one line: More than 300 participants from 90 countries; empty without figures."""
    people, countries = figures.participants, figures.countries
    if people and countries:
        return translate(
            "%(participants)s %(from_countries)s",
            participants=figure(people, number(people.value)),
            from_countries=FROM_COUNTRIES[countries.qualifier](countries.value, number(countries.value)),
        )
    one = people or countries
    return figure(one, number(one.value)) if one else ""
