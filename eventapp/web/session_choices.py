"""Delegations and sectors to choose from, where people are named many at once."""

from eventapp.models import Edition
from eventapp.rules.text import shown
from eventapp.services import delegations
from eventapp.web.locale import language
from eventapp.web.options import reference

Choices = list[tuple[str, str]]


def list_delegations(edition: Edition) -> Choices:
    """The delegations of an edition that have somebody approved, by name."""
    rows = delegations.list_all(edition, language())
    return [
        (str(one.delegation.public_id), str(shown(one.names, language())))
        for one in rows
        if one.standing.approved
    ]


def list_sectors() -> Choices:
    """Every sector, those below a main sector marked as such; a closed one may still have people."""
    return [
        (
            code,
            f"– {shown(entry.names, language())}"
            if entry.parent_code
            else str(shown(entry.names, language())),
        )
        for code, entry in reference().sectors.items()
    ]
