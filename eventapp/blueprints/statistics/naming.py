"""Names in the reader's language for every code that people are counted under."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from eventapp.rules.dimension import LOWER, Reference, name_of
from eventapp.rules.text import shown
from eventapp.web.counting_words import words
from eventapp.web.filters import day
from eventapp.web.labels import LABELS, edition_name, label
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.typed import translate

_LABEL_OF: Final[Mapping[str, str]] = {
    "country_basis": "basis_group",
    "state": "registration_state",
    "role": "role",
    "body_kind": "body_kind",
}


def dimension_label(name: str, reference: Reference) -> str:
    """What a dimension is called; a scheme of regions that the administrator added goes by the name it was given."""
    if name in LABELS["counted_by"]:
        return label("counted_by", name)
    scheme = reference.schemes.get(name.removesuffix(LOWER))
    called = shown(scheme.called if scheme else {}, language()).text or name
    return translate("%(scheme)s, lower level", scheme=called) if name.endswith(LOWER) else called


class Names:
    """Names for the codes of one count."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._words = words()
        self._language = language()
        self._made: dict[tuple[str, str], str] = {}

    def of(self, dimension: str) -> str:
        """What a dimension itself is called."""
        return dimension_label(dimension, self._reference)

    def __call__(self, dimension: str, code: str) -> str:
        """The name of a code, or the code itself where nobody named it."""
        key = (dimension, code)
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = self._make(dimension, code)
        return known

    def _make(self, dimension: str, code: str) -> str:
        found = name_of(self._reference, dimension, code, self._language, self._words)
        return found if found is not None else self._word(dimension, code)

    def _word(self, dimension: str, code: str) -> str:
        if dimension in _LABEL_OF:
            kind = _LABEL_OF[dimension]
            return label(kind, code) if code in LABELS[kind] else code
        match dimension:
            case "language":
                return LANGUAGE_NAMES.get(code, code)
            case "edition":
                return edition_name(int(code))
            case "day" | "check_in_day":
                return day(date.fromisoformat(code))
        return code
