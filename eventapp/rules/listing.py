"""What the list of registrations shows: filters, order and page, as they stand in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

from eventapp.errors import Refused
from eventapp.rules.vocabulary import COUNTRY_BASES, DELEGATE_ROLES, REGISTRATION_STATES
from eventapp.rules.vouching import QUEUES

FLAGS: Final = ("late", "unlinked", "duplicate", "erased")
CAME: Final = ("yes", "no")
EXPORTED: Final = ("no", "yes")
SORTS: Final = ("name", "received", "state", "country")
SIZES: Final = (25, 50, 100)
STATES: Final = (*REGISTRATION_STATES, "registered")  # registered: any state that counts as registered
NO_COUNTRY: Final = "none"
MOST_WORDS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which registrations are wanted; an empty word asks for nothing."""

    search: str = ""
    state: str = ""
    country: str = ""  # alpha-2, or NO_COUNTRY; the country a registration counts under
    basis: str = ""
    sector: str = ""  # an upper sector stands for all below it
    role: str = ""
    flag: str = ""
    came: str = ""  # yes or no: whether a valid check-in stands
    queue: str = ""  # a word of rules/vouching
    before: str = ""  # a day: received before it
    exported: str = ""  # yes or no: whether a list took the person along since the last change
    changed_since: str = ""  # a moment in UTC: changed from then on

    def args(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        named = {
            "q": self.search,
            "state": self.state,
            "country": self.country,
            "basis": self.basis,
            "sector": self.sector,
            "role": self.role,
            "flag": self.flag,
            "came": self.came,
            "queue": self.queue,
            "before": self.before,
            "exported": self.exported,
            "changed_since": self.changed_since,
        }
        return {name: value for name, value in named.items() if value}

    @property
    def is_for_changes(self) -> bool:
        """Whether it asks for what another system does not have yet, which includes whom to forget."""
        return bool(self.changed_since) or self.exported == "no"

    def without(self, name: str) -> "Filter":
        """The filter with one word of its address left out."""
        return replace(self, **{"search" if name == "q" else name: ""})


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A filter with an order and a page."""

    filter: Filter = field(default_factory=Filter)
    sort: str = "received"
    is_descending: bool = True
    page: int = 1
    size: int = 25

    def args(self, **changes: object) -> dict[str, str]:
        """The list as it stands in an address; what is as usual is left out, and so is the page unless asked for."""
        wanted = replace(self, page=1, **changes) if "page" not in changes else replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields
        args = wanted.filter.args()
        if (wanted.sort, wanted.is_descending) != ("received", True):
            args |= {"sort": wanted.sort, "order": "desc" if wanted.is_descending else "asc"}
        if wanted.size != SIZES[0]:
            args["size"] = str(wanted.size)
        if wanted.page > 1:
            args["page"] = str(wanted.page)
        return args

    def sort_args(self, sort: str) -> dict[str, str]:
        """The address that sorts by a column; a second time the other way round."""
        turned = not self.is_descending if sort == self.sort else sort == "received"
        return self.args(sort=sort, is_descending=turned)


def _one_of(value: str, words: tuple[str, ...]) -> str:
    return value if value in words else ""


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat() if len(value) == len("2027-01-31") else ""
    except ValueError:
        return ""


def read_moment(value: str) -> datetime | None:
    """A moment with its zone, in UTC and to the second; None for anything else.

    In an address the plus of a zone that nobody escaped arrives as a space.
    """
    text = value.strip()
    if text[-6:-5] == " ":
        text = f"{text[:-6]}+{text[-5:]}"
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def check_changed_since(args: Mapping[str, str]) -> None:
    """Refuse a moment that cannot be read: left out, it would give everybody to whoever asked for a few."""
    typed = args.get("changed_since", "").strip()
    if typed and read_moment(typed) is None:
        raise Refused(
            "Write the moment with its zone, as in 2027-06-08T06:12:00Z.",
            code="changed-since",
            field="changed_since",
        )


def _moment(value: str) -> str:
    found = read_moment(value)
    return f"{found:%Y-%m-%dT%H:%M:%SZ}" if found else ""


def _number(value: str, otherwise: int) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else otherwise


def _printable(value: str, limit: int) -> str:
    """What can be looked for: no lone surrogates, no controls."""
    kept = "".join(letter for letter in value if letter.isprintable())
    return " ".join(kept.split())[:limit]


def read_filter(args: Mapping[str, str]) -> Filter:
    """The filter of an address; words that nobody knows are left out, so that an old address still shows a list."""
    return Filter(
        search=_printable(args.get("q", ""), 200),
        state=_one_of(args.get("state", ""), STATES),
        country=_printable(args.get("country", ""), 4),
        basis=_one_of(args.get("basis", ""), COUNTRY_BASES),
        sector=_printable(args.get("sector", ""), 40),
        role=_one_of(args.get("role", ""), DELEGATE_ROLES),
        flag=_one_of(args.get("flag", ""), FLAGS),
        came=_one_of(args.get("came", ""), CAME),
        queue=_one_of(args.get("queue", ""), QUEUES),
        before=_day(args.get("before", "")),
        exported=_one_of(args.get("exported", ""), EXPORTED),
        changed_since=_moment(args.get("changed_since", "")),
    )


def read_listing(args: Mapping[str, str]) -> Listing:
    """The list that an address asks for."""
    sort = _one_of(args.get("sort", ""), SORTS) or "received"
    order = args.get("order", "")
    size = _number(args.get("size", ""), SIZES[0])
    return Listing(
        filter=read_filter(args),
        sort=sort,
        is_descending=order == "desc" if order in ("asc", "desc") else sort == "received",
        page=max(1, _number(args.get("page", ""), 1)),
        size=size if size in SIZES else SIZES[0],
    )


def search_words(search: str) -> list[str]:
    """The words of a search, each of which must be found somewhere, in any order."""
    return search.split()[:MOST_WORDS]


def like_pattern(word: str) -> str:
    """The word anywhere inside a text, for LIKE with a backslash as its escape sign."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
