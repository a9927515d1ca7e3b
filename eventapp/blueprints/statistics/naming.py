"""Names in the reader's language for every code that people are counted under."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from markupsafe import Markup

from eventapp.rules.dimension import LOWER, Reference, name_of
from eventapp.rules.text import shown
from eventapp.web.counting_words import words
from eventapp.web.filters import day
from eventapp.web.labels import LABELS, edition_name, label
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.options import option_lines
from eventapp.web.typed import translate

_LABEL_OF: Final[Mapping[str, str]] = {
    "country_basis": "basis_group",
    "state": "registration_state",
    "role": "role",
    "body_kind": "body_kind",
}


_kept: dict[str, "Names"] = {}  # by language: those of the reference that was last in force


def names_of(reference: Reference) -> "Names":
    """Names in the reader's language, made once for a reference; one that names bodies belongs to one page alone."""
    if reference.body_names:
        return Names(reference)
    known = _kept.get(language())
    if known is None or known.reference is not reference:
        known = _kept[language()] = Names(reference)
    return known


def dimension_label(name: str, reference: Reference) -> str:
    """What a dimension is called; a scheme of regions that the administrator added goes by the name it was given."""
    if name in LABELS["counted_by"]:
        return label("counted_by", name)
    scheme = reference.schemes.get(name.removesuffix(LOWER))
    called = shown(scheme.called if scheme else {}, language()).text or name
    return translate("%(scheme)s, lower level", scheme=called) if name.endswith(LOWER) else called


class _Made(dict[str, str]):
    """Names by code."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, code: str) -> str:
        made = self[code] = self._make(code)
        return made


class Names:
    """Names for the codes of a count."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._words = words()
        self._language = language()
        self._made: dict[str, _Made] = {}
        self._options: dict[tuple[str, ...], Markup] = {}

    def of(self, dimension: str) -> str:
        """What a dimension itself is called."""
        return dimension_label(dimension, self.reference)

    def options(self, codes: Sequence[str], dimension: str = "") -> Markup:
        """Codes of a dimension as options of a field; without one they are dimensions themselves."""
        key = (dimension, *codes)
        known = self._options.get(key)
        if known is None:
            known = self._options[key] = option_lines(
                (code, self(dimension, code) if dimension else self.of(code)) for code in codes
            )
        return known

    def __call__(self, dimension: str, code: str) -> str:
        """The name of a code, or the code itself where nobody named it."""
        return self.all_of(dimension)[code]

    def all_of(self, dimension: str) -> Mapping[str, str]:
        """The names of a dimension by code, each made when it is first asked for: a page asks hundreds of times."""
        known = self._made.get(dimension)
        if known is None:
            known = self._made[dimension] = _Made(partial(self._make, dimension))
        return known

    def _make(self, dimension: str, code: str) -> str:
        found = name_of(self.reference, dimension, code, self._language, self._words)
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
