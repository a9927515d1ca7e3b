"""Who may read a document: by its own access, or by that of its session as it was published."""

from typing import Final

from eventapp.errors import Invalid, Refused
from eventapp.rules.vocabulary import DOCUMENT_ACCESS

# What a form offers; whoever needs more, chosen sectors or invited people, says it of the session.
OFFERED: Final = tuple(word for word in DOCUMENT_ACCESS if word in ("session", "all", "delegates"))
CLOSED: Final = "closed"


def access_of(own: str, session: str | None) -> str:
    """The access that holds; `session` is that of its published session, None where there is none."""
    return own if own != "session" else session or CLOSED


def check_access(own: str, session_id: int | None) -> None:
    """Refuse a document that follows its session and has none."""
    if own == "session" and session_id is None:
        raise Invalid(
            {"access": Refused("Please say who may read it: it belongs to no session that could say so.")}
        )
