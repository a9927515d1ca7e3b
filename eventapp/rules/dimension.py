"""By what people are counted: each dimension reads its code from the columns of a counted row, and has names for it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Final

from eventapp.errors import Refused, message
from eventapp.rules.badge import Rule, counted_kind, derive
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import (
    BODY_KINDS,
    COUNTRY_BASES,
    DELEGATE_ROLES,
    LANGUAGES,
    REGISTRATION_STATES,
)

Texts = Mapping[str, str]
Codes = tuple[str, ...]
Read = Callable[[Codes], str]

# The columns of a registration that counts read, in the order of the index they stand in.
COLUMNS: Final = (
    "edition",
    "sector",
    "country",
    "basis",
    "state",
    "role",
    "body_kind",
    "language",
    "body",
    "day",
    "check_in_day",
)
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "sector": ("sector",),
    "main_sector": ("sector",),
    "country": ("country",),
    "country_basis": ("basis",),
    "region": ("country",),
    "subregion": ("country",),
    "body_kind": ("basis", "body_kind"),
    "body": ("body",),
    "role": ("role",),
    "badge_category": ("sector", "basis", "role", "body_kind"),
    "language": ("language",),
    "day": ("day",),
    "check_in_day": ("check_in_day",),
    "state": ("state",),
    "edition": ("edition",),
}
DIMENSIONS: Final = tuple(NEEDED)  # every scheme of regions but M49 is one more, by its own name

LOWER: Final = ".lower"  # after a scheme's name: its lower level
NOBODYS: Final = "none"  # how an address and a command say the empty code: no country, no known body
NONE: Final = ""  # the code of "none of them" inside tables; written as an empty field, or as null in JSON
UNASSIGNED_REGION: Final = "unassigned"
UNASSIGNED: Final = message("Unassigned")
NOTHING: Final[Mapping[str, str]] = {
    "country": message("No country"),
    "body": message("States, and organisations that are not on the list"),
    "body_kind": message("Kind of body not known"),
    "badge_category": message("No category"),
    "language": message("No longer held"),
}
NO_COUNTRY: Final = NOTHING["country"]


@dataclass(frozen=True)
class Scheme:
    """One way to part the world into regions: names in their order, and each country's region on one or two levels."""

    names: Mapping[str, Texts] = field(default_factory=dict)  # of its regions
    upper: Mapping[str, str] = field(default_factory=dict)  # country -> region
    lower: Mapping[str, str] = field(default_factory=dict)  # country -> subregion
    called: Texts = field(default_factory=dict)

    @property
    def upper_in_use(self) -> list[str]:
        """The regions of the upper level in which a country stands, in their order."""
        taken = set(self.upper.values())
        return [code for code in self.names if code in taken]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Names, order and membership of everything that people are counted by."""

    country_names: Mapping[str, Texts] = field(default_factory=dict)
    country_statuses: Mapping[str, str] = field(default_factory=dict)
    sector_names: Mapping[str, Texts] = field(default_factory=dict)  # in their order
    sector_parents: Mapping[str, str | None] = field(default_factory=dict)
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    category_names: Mapping[str, Texts] = field(default_factory=dict)  # in their order
    badge_rules: Sequence[Rule] = ()
    body_names: Mapping[str, Texts] = field(default_factory=dict)  # only where bodies are counted

    @cached_property
    def m49(self) -> Scheme:
        """The regions of the United Nations Statistics Division."""
        return self.schemes.get("m49", Scheme())

    @cached_property
    def named(self) -> Mapping[str, Mapping[str, Texts]]:
        """The names of the codes of each dimension, in their order; not of those whose codes are words or numbers."""
        return {
            **{name: scheme.names for name, scheme in self.schemes.items()},
            **{name + LOWER: scheme.names for name, scheme in self.schemes.items()},
            "sector": self.sector_names,
            "main_sector": self.sector_names,
            "country": self.country_names,
            "region": self.m49.names,
            "subregion": self.m49.names,
            "badge_category": self.category_names,
            "body": self.body_names,
        }

    def main_sector(self, code: str) -> str:
        """The upper level of a sector."""
        return self.sector_parents.get(code) or code

    def region(self, country: str, scheme: str = "m49") -> str:
        """The region of a counted country, of nobody's country, or of one that stands in no region."""
        if not country:
            return NONE
        known = self.schemes.get(scheme.removesuffix(LOWER), Scheme())
        upper = known.upper.get(country, UNASSIGNED_REGION)
        return known.lower.get(country, upper) if scheme.endswith(LOWER) else upper

    def subregion(self, country: str) -> str:
        """The M49 subregion, or the region where there is none."""
        return self.region(country, "m49" + LOWER)

    def category(self, sector: str, basis: str, role: str, body_kind: str) -> str:
        """The badge category that the administrator's table gives; empty where no line fits."""
        kind = counted_kind(basis, body_kind or None)
        main = self.main_sector(sector)
        return derive(self.badge_rules, kind=kind, sector=sector, main_sector=main, role=role) or NONE


# Dimensions whose code is what stands in one column.
PLAIN: Final[Mapping[str, str]] = {
    name: columns[0]
    for name, columns in NEEDED.items()
    if len(columns) == 1 and name not in ("main_sector", "region", "subregion")
}


def known_dimensions(reference: Reference) -> tuple[str, ...]:
    """Everything that people can be counted by, the schemes of regions that the administrator added among them."""
    return (*DIMENSIONS, *added_schemes(reference))


def added_schemes(reference: Reference) -> tuple[str, ...]:
    """The schemes of regions beside M49 in their order, each with its lower level where it has one."""
    found: list[str] = []
    for name, scheme in reference.schemes.items():
        if name != "m49":
            found += [name, name + LOWER] if scheme.lower else [name]
    return tuple(found)


def columns_of(dimensions: Sequence[str]) -> tuple[str, ...]:
    """The columns that a count by these dimensions reads, in their order."""
    wanted = {column for name in dimensions for column in NEEDED.get(name, ("country",))}
    return tuple(column for column in COLUMNS if column in wanted)


def check_dimensions(names: Sequence[str], known: Sequence[str] = DIMENSIONS) -> tuple[str, ...]:
    """The dimensions to split by; refuses an unknown one, one named twice and none. A country brings its basis along."""
    listed = ", ".join(known)
    if not names:
        raise Refused("Say by what to count: %(known)s.", code="dimension", known=listed)
    for name in names:
        if name not in known:
            raise Refused(
                'Nothing is counted by "%(name)s". Known are: %(known)s.',
                code="dimension",
                name=name,
                known=listed,
            )
    if len(set(names)) != len(names):
        raise Refused("Something to count by is named twice.", code="dimension")
    wanted = list(names)
    if "country" in wanted and "country_basis" not in wanted:
        wanted.insert(wanted.index("country") + 1, "country_basis")
    return tuple(wanted)


def read_code(dimension: str, text: str) -> str:
    """A code as an address or a command says it; "none" is a word of its own only where a country is missing."""
    return NONE if text == NOBODYS and dimension != "country_basis" else text


def check_codes(where: Mapping[str, Sequence[str]], reference: Reference) -> None:
    """Refuse codes that nobody can be counted under: a word typed wrong would look like a count of nobody."""
    for dimension, codes in where.items():
        known = _WORDS.get(dimension) or reference.named.get(dimension)
        for code in codes:
            if known and code not in known and code not in (NONE, UNASSIGNED_REGION):
                raise Refused('Nothing is counted under "%(value)s".', code="dimension", value=code)


class _Translated(dict[str, str]):
    """Codes of a column as codes of a dimension; `other` stands for those that are not named, else each for itself."""

    def __init__(self, named: Mapping[str, str], other: str | None = None) -> None:
        super().__init__(named)
        self._other = other

    def __missing__(self, code: str) -> str:
        return code if self._other is None else self._other


def main_sectors(reference: Reference) -> Mapping[str, str]:
    """The upper level of each sector; one that nobody named is its own."""
    return _Translated({code: reference.main_sector(code) for code in reference.sector_names})


def regions(reference: Reference, dimension: str = "region") -> Mapping[str, str]:
    """The region of each country in a scheme, on the level that a dimension names; also of nobody's country."""
    named = "m49" if dimension in ("region", "subregion") else dimension.removesuffix(LOWER)
    scheme = reference.schemes.get(named, Scheme())
    is_lower = dimension == "subregion" or dimension.endswith(LOWER)
    return _Translated({**scheme.upper, **(scheme.lower if is_lower else {}), NONE: NONE}, UNASSIGNED_REGION)


def _translated(dimension: str, reference: Reference) -> Mapping[str, str] | None:
    """What the codes of the one column of a dimension mean in it; None where they are the dimension's own."""
    if dimension == "main_sector":
        return main_sectors(reference)
    if dimension in NEEDED and dimension not in ("region", "subregion"):
        return None
    return regions(reference, dimension)


def reader(dimension: str, reference: Reference, columns: Sequence[str]) -> Read:
    """How the code of a dimension is read from the codes of a counted row; raises ValueError without its columns."""
    at = [columns.index(column) for column in NEEDED.get(dimension, ("country",))]
    first = at[0]
    if dimension == "body_kind":
        return lambda codes: "state" if codes[first] == "state" else codes[at[1]]
    if dimension == "badge_category":
        category = lru_cache(maxsize=None)(
            reference.category
        )  # a few hundred combinations, read thousands of times
        return lambda codes: category(*[codes[place] for place in at])
    if (names := _translated(dimension, reference)) is not None:
        return lambda codes: names[codes[first]]
    return itemgetter(first)


def read_all(
    dimension: str, reference: Reference, columns: Sequence[str], cells: Collection[Codes]
) -> Iterator[str]:
    """The codes of a dimension for one counted row after the other: without a call in Python for each, where it can be."""
    needed = NEEDED.get(dimension, ("country",))
    if len(needed) > 1:
        return map(reader(dimension, reference, columns), cells)
    plain = map(itemgetter(columns.index(needed[0])), cells)
    names = _translated(dimension, reference)
    return plain if names is None else map(names.__getitem__, plain)


_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "country_basis": COUNTRY_BASES,
    "state": REGISTRATION_STATES,
    "role": DELEGATE_ROLES,
    "body_kind": BODY_KINDS,
    "language": LANGUAGES,
}


def order_in(reference: Reference, dimension: str) -> Mapping[str, int]:
    """The places of codes that have an order of their own; "unassigned" and "none" come last, wherever they are asked."""
    if dimension in ("country", "body"):
        return {}
    codes: Iterable[str] = _WORDS.get(dimension) or reference.named.get(dimension) or ()
    return {code: place for place, code in enumerate((*codes, UNASSIGNED_REGION, NONE))}


def name_of(
    reference: Reference, dimension: str, code: str | None, language: str, words: Texts
) -> str | None:
    """The name that goes with a code; None for codes that are words themselves (state, role, ...).

    `words` translates what stands for no code: "unassigned", and "none" by dimension as in NOTHING.
    """
    if not code:
        usual = "country" if dimension not in NOTHING else dimension
        return words.get(usual, NOTHING[usual])
    names = reference.named.get(dimension)
    if names is None:
        return None
    if code == UNASSIGNED_REGION and code not in names:
        return words.get("unassigned", UNASSIGNED)
    return shown(names.get(code), language).text or code
