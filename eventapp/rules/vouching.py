"""Who decides next about somebody: the represented body or the secretariat, and what there is to say about it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from eventapp.rules.vocabulary import HOLDING_STATES

OWED: Final = ("missing", "deficient")  # credentials that somebody still has to bring
QUEUES: Final = ("decide", "endorsement", "no_body", "no_focal_point", "credentials", "over_quota")


class Body(NamedTuple):
    """What of a represented body decides about its people."""

    names: Mapping[str, str]
    has_focal_point: bool
    credentials: str
    quota: int | None = None
    held: int = 0  # places of the quota, by people approved and endorsed


class Why(NamedTuple):
    """Why somebody stands in a queue of the secretariat, as a word, with what the sentence names."""

    word: str
    names: Mapping[str, str]
    number: int = 0
    limit: int = 0


def why_secretariat(body: Body | None) -> str:
    """Why the secretariat decides without an endorsement: no_body, no_focal_point, or nothing: the body is asked first."""
    if body is None:
        return "no_body"
    return "" if body.has_focal_point else "no_focal_point"


def decides_next(approval: str, state: str, body: Body | None) -> str:
    """Who is to decide about somebody in this state: secretariat, body, or nobody."""
    if state == "endorsed":
        return "secretariat"
    if state != "submitted":
        return ""
    return "body" if approval == "two_steps" and not why_secretariat(body) else "secretariat"


def list_whys(
    *, approval: str, state: str, body: Body | None, waited: int, patience: int, stands_outside: bool
) -> list[Why]:
    """Everything that puts somebody into a queue; `waited` and `patience` are days."""
    names = body.names if body else {}
    found = []
    if state == "endorsed":
        # Where nobody speaks for a body, it was the secretariat that endorsed: nothing is said in its name.
        found.append(Why("endorsed_for" if why_secretariat(body) else "endorsed", names))
    elif state == "submitted" and approval == "two_steps":
        reason = why_secretariat(body)
        if reason:
            found.append(Why(reason, names))
        else:
            found.append(Why("overdue" if waited > patience else "endorsement", names, waited, patience))
    if body and body.credentials in OWED and state in ("submitted", "endorsed"):
        found.append(Why("credentials_" + body.credentials, names))
    holds = state in HOLDING_STATES and not stands_outside
    if holds and body and body.quota is not None and body.held > body.quota:
        found.append(Why("over_quota", names, body.held, body.quota))
    return found
