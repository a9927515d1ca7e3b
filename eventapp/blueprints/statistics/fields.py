"""The fields of the page of counts that ask for some of the people: the usual ones, and on request all others."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from markupsafe import Markup, escape

from eventapp.blueprints.statistics.naming import Names, names_of
from eventapp.blueprints.statistics.question import Asked
from eventapp.rules.crosstab import Counts, Question, check_question
from eventapp.rules.dimension import LOWER, NOBODYS, NONE, Reference, Scheme, added_schemes
from eventapp.rules.text import sort_key
from eventapp.rules.vocabulary import (
    BODY_KINDS,
    COUNTRY_BASES,
    DELEGATE_ROLES,
    LANGUAGES,
    REGISTRATION_STATES,
)
from eventapp.web.options import chosen, option_lines, options
from eventapp.web.typed import translate

# What only some editions hold: its choices are counted, so that they are asked for first.
COUNTED: Final = ("body", "day", "check_in_day", "edition")
Field = tuple[str, str, Markup]  # dimension, its name, the choices


class Fields:
    """The filters of one question as fields; whatever is in force can be seen and stays when the form is sent."""

    def __init__(self, asked: Asked, name: Names, count: Callable[[Question], Counts]) -> None:
        self._asked, self._name, self._count = asked, name, count
        self._reference = name.reference

    def usual(self) -> list[Field]:
        """Those that stand on every page."""
        reference = self._reference
        lists: dict[str, Sequence[str]] = {
            "main_sector": [code for code, above in reference.sector_parents.items() if above is None],
            "region": reference.m49.upper_in_use,
            **{name: reference.schemes[name].upper_in_use for name in _uppers(reference)},
            "body_kind": BODY_KINDS,
            "role": DELEGATE_ROLES,
            "badge_category": list(reference.category_names),
            "language": LANGUAGES,
            "state": REGISTRATION_STATES,
        }
        fields = [
            self._field(name, self._name.options(codes, name), self._name)
            for name, codes in lists.items()
            if codes
        ]
        nobodys = option_lines([(NOBODYS, translate("No country"))])
        return [*fields, self._field("country", nobodys + options().countries, self._name)]

    def others(self) -> list[Field]:
        """All others; four of them count once more what there is to choose from."""
        reference = self._reference
        above = set(reference.sector_parents.values())  # nobody is counted under them but through those below
        lists: dict[str, Sequence[str]] = {
            "sector": [code for code in reference.sector_names if code not in above],
            "subregion": _lower_in_use(reference.m49),
            **{
                name: _lower_in_use(reference.schemes[name.removesuffix(LOWER)])
                for name in added_schemes(reference)
                if name.endswith(LOWER)
            },
            "country_basis": COUNTRY_BASES,
        }
        fields = [
            self._field(name, self._name.options(codes, name), self._name)
            for name, codes in lists.items()
            if codes
        ]
        return fields + [self._counted(name) for name in COUNTED]

    def is_narrow(self) -> bool:
        """Whether a filter is in force whose field is not among the usual ones."""
        usual = {
            "main_sector",
            "region",
            "body_kind",
            "role",
            "badge_category",
            "language",
            "state",
            "country",
        }
        return bool(set(self._asked.where) - usual - set(_uppers(self._reference)))

    def _counted(self, dimension: str) -> Field:
        found = self._count(check_question((dimension,), {}, self._reference))
        name = names_of(found.reference)
        codes = [code for (code,), people in found.by(dimension).items() if people.received]
        ordered = sorted(codes, key=lambda code: (code == NONE, _place(dimension, code, name), code))
        lines = option_lines((code or NOBODYS, name(dimension, code)) for code in ordered)
        return self._field(dimension, lines, name)

    def _field(self, dimension: str, choices: Markup, name: Names) -> Field:
        """A field with what is asked for chosen; what is not among the choices, or several at once, is one more of them."""
        codes = self._asked.where.get(dimension, ())
        value = self._asked.value(dimension)
        if value and f'value="{escape(value)}"' not in choices:
            named = Markup(", ").join(name(dimension, code) for code in codes)
            choices = option_lines([(value, named)]) + Markup("\n") + choices
        return dimension, name.of(dimension), chosen(choices, value)


def _place(dimension: str, code: str, name: Names) -> object:
    """Bodies by name, editions by number, days as they follow each other."""
    if dimension == "body":
        return sort_key(name(dimension, code))
    return int(code) if dimension == "edition" else code


def _uppers(reference: Reference) -> Iterable[str]:
    return (name for name in added_schemes(reference) if not name.endswith(LOWER))


def _lower_in_use(scheme: Scheme) -> list[str]:
    taken = set(scheme.lower.values())
    return [code for code in scheme.names if code in taken]
