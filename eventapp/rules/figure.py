"""Figures are claims: somebody published them, several may disagree, one of each measure is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What somebody published about an edition, and where."""

    measure: str
    qualifier: str
    value: int
    source_url: str = ""
    source_note: str = ""
    is_shown: bool = False

    @property
    def host(self) -> str:
        """The site it was published on, as people name it; empty without an address."""
        return host_of(self.source_url)


@dataclass(frozen=True)
class Figures:
    """The claims of one edition: one shown for each measure, and the others."""

    shown: Mapping[str, Claim]
    others: tuple[Claim, ...]

    @property
    def participants(self) -> Claim | None:
        return self.shown.get("participants")

    @property
    def countries(self) -> Claim | None:
        return self.shown.get("countries")

    @property
    def more(self) -> tuple[Claim, ...]:
        """What is shown besides participants and countries."""
        return tuple(
            claim for measure, claim in self.shown.items() if measure not in ("participants", "countries")
        )

    @property
    def sources(self) -> tuple[Claim, ...]:
        """One claim for each different source of what is shown, in order."""
        by_source: dict[tuple[str, str], Claim] = {}
        for claim in self.shown.values():
            by_source.setdefault((claim.source_url, claim.source_note), claim)
        return tuple(claim for source, claim in by_source.items() if any(source))

    def __bool__(self) -> bool:
        return bool(self.shown or self.others)


def split_claims(claims: Iterable[Claim]) -> Figures:
    """Part what is shown from what is kept beside it; the order of the claims stays."""
    known = list(claims)
    shown = {claim.measure: claim for claim in known if claim.is_shown}
    return Figures(shown, tuple(claim for claim in known if shown.get(claim.measure) is not claim))


def host_of(url: str) -> str:
    """The host of a web address without www; empty for anything that is no web address."""
    if not web_address(url):
        return ""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def web_address(url: str) -> str:
    """The address if it is one of the web, else nothing: a link never runs what somebody typed."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""
