"""Who may come to a session, and with that: who may know that there is one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody with a private link, as far as sessions ask: approved or not, the sector of the post, where invited."""

    is_approved: bool
    sector: str
    invited_to: frozenset[int] = frozenset()  # numbers of sessions


def may_come(
    visitor: Visitor,
    *,
    access: str,
    sectors: Collection[str],
    session: int | None,
    parents: Mapping[str, str],
) -> bool:
    """Whether a session is open to somebody; only approved people may come to what is not open to all.

    A sector covers all below it; `parents` names the upper sector of each. An access nobody knows is closed.
    """
    if access == "all":
        return True
    if not visitor.is_approved:
        return False
    if access == "delegates":
        return True
    if access == "sectors":
        return visitor.sector in sectors or parents.get(visitor.sector, "") in sectors
    return access == "invited" and session is not None and session in visitor.invited_to
