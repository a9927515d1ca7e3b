"""What Babel knows of our languages, without the parts no page writes: they are 4 MB of every worker."""

from typing import Any, Final, cast

from babel import localedata
from babel.core import get_global

LOCALES: Final = {
    "en": "en_GB",
    "fr": "fr",
    "es": "es",
    "ar": "ar",
}  # how each language writes dates and numbers
# Pages write dates, times and numbers. The names of countries are the product's own; units, currencies and the names
# of time zones never appear. Asking for one of these ends in a KeyError, never in a wrong text.
_UNUSED: Final = (
    "compact_currency_formats",
    "compact_decimal_formats",
    "compound_unit_patterns",
    "currency_names",
    "currency_names_plural",
    "languages",
    "meta_zones",
    "scripts",
    "territories",
    "time_zones",
    "unit_display_names",
    "unit_patterns",
    "variants",
)
# What is only asked for a locale that does not exist as it was named, and lists of currencies and languages.
_UNUSED_OF_ALL: Final = (
    "all_currencies",
    "likely_subtags",
    "territory_currencies",
    "territory_languages",
    "windows_zone_mapping",
)
_light: set[str] = set()


def locale_of(language: str) -> str:
    """The locale of a language, for Babel's functions; with the first call the rest of its data is let go."""
    name = LOCALES[language]
    if name not in _light:
        _lighten(name)
        _light.add(name)
    return name


def read_all() -> None:
    """Read all four languages before anything else is imported: what is let go is room that the imports fill again."""
    for language in LOCALES:
        locale_of(language)


def _lighten(name: str) -> None:
    parts = name.split("_")
    for known in ("root", parts[0], "en_001" if parts[0] == "en" else name, name):
        data = localedata.load(known)  # the one that Babel keeps, and each that it was built from
        for unused in _UNUSED:
            data.pop(unused, None)
    for unused in _UNUSED_OF_ALL:
        cast(dict[str, Any], get_global(cast(Any, unused))).clear()
