"""Delegations: how their places stand, which of them a list shows, and what making many at once would do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from eventapp.errors import Refused
from eventapp.rules.vocabulary import BODY_KINDS, CREDENTIALS, HOLDING_STATES, MEMBERSHIPS

MOST_DOCUMENTS: Final = 20  # papers of one delegation
WAITING_STATES: Final = ("submitted", "waitlisted")
FLAGS: Final = ("no_focal_point", "over_quota", "no_quota", "apart")
SORTS: Final = ("name", "quota")
SOURCES: Final = ("un_members", "countries", "region", "last_edition")
UNSAID: Final = "unsaid"  # how "nobody has said" stands in an address, where an empty word asks for nothing


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The people of a delegation and its quota: free = quota - approved - endorsed; who waits stands beside it."""

    quota: int | None = None
    approved: int = 0
    endorsed: int = 0
    waiting: int = 0
    outside: int = 0  # approved or endorsed in a role that takes no place
    people: int = 0  # whatever their state

    @property
    def free(self) -> int | None:
        """Places left, below zero where the quota was lowered; None without one."""
        return None if self.quota is None else self.quota - self.approved - self.endorsed

    @property
    def is_over(self) -> bool:
        return self.free is not None and self.free < 0


def stand(
    people: Iterable[tuple[str, str, int]], *, quota: int | None, roles_outside: Collection[str]
) -> Standing:
    """The standing from rows of state, role and how many; who takes no place because of the role is counted apart."""
    found = dict.fromkeys(("approved", "endorsed", "waiting", "outside", "people"), 0)
    for state, role, count in people:
        found["people"] += count
        if state in WAITING_STATES:
            found["waiting"] += count
        elif state in HOLDING_STATES:
            found["outside" if role in roles_outside else state] += count
    return Standing(quota=quota, **found)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which delegations a list shows, in which order; an empty word asks for nothing."""

    search: str = ""
    kind: str = ""
    membership: str = ""
    credentials: str = ""
    flag: str = ""
    sort: str = "name"

    def args(self, **changes: str) -> dict[str, str]:
        """The filter as it stands in an address."""
        named = {
            "q": self.search,
            "kind": self.kind,
            "membership": self.membership,
            "credentials": self.credentials,
            "flag": self.flag,
            "sort": "" if self.sort == SORTS[0] else self.sort,
        }
        return {name: value for name, value in (named | changes).items() if value}

    @property
    def is_narrow(self) -> bool:
        return bool(self.search or self.kind or self.membership or self.credentials or self.flag)


def read_wanted(args: Mapping[str, str]) -> Wanted:
    """The list that an address asks for; words that nobody knows are left out, so that an old address still shows one."""

    def one_of(name: str, words: Collection[str]) -> str:
        value = args.get(name, "")
        return value if value in words else ""

    text = "".join(letter for letter in args.get("q", "") if letter.isprintable())
    return Wanted(
        search=" ".join(text.split())[:200],
        kind=one_of("kind", BODY_KINDS),
        membership=one_of("membership", (*MEMBERSHIPS, UNSAID)),
        credentials=one_of("credentials", CREDENTIALS),
        flag=one_of("flag", FLAGS),
        sort=one_of("sort", SORTS) or SORTS[0],
    )


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A country or a body that a delegation would be made of, with what it would start with."""

    name: str  # as sorted by
    names: Mapping[str, str]
    kind: str
    country_code: str | None = None
    body_id: int | None = None
    quota: int | None = None
    membership: str = ""
    stands_apart: bool = False
    former_id: int | None = None  # the delegation of the earlier edition whose focal points may come along

    @property
    def key(self) -> tuple[str | None, int | None]:
        """What no edition holds twice."""
        return self.country_code, self.body_id


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What making many at once would do: those that would be made, and those that stand there already and stay."""

    made: tuple[Candidate, ...] = ()
    there: tuple[Candidate, ...] = field(default_factory=tuple)


def plan_batch(candidates: Iterable[Candidate], held: Collection[tuple[str | None, int | None]]) -> Batch:
    """Part the candidates into those to make and those that are there, each in the order of names."""
    ordered = sorted(candidates, key=lambda one: (one.name, one.country_code or "", one.body_id or 0))
    return Batch(
        made=tuple(one for one in ordered if one.key not in held),
        there=tuple(one for one in ordered if one.key in held),
    )


def check_named(country_code: str | None, body_id: int | None) -> None:
    """Refuse a delegation of nothing, and of a country and an organisation at once."""
    if bool(country_code) == bool(body_id):
        raise Refused("Choose either a country or an organisation.", code="represents", field="country_code")


def check_credentials(state: str, note: str) -> None:
    """Refuse credentials that are deficient without saying what is wrong with them: the body must be told."""
    if state == "deficient" and not note:
        raise Refused(
            "Say what is wrong with the credentials. The body reads it.", code="missing", field="note"
        )
