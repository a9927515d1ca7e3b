"""Names of people, in any script: how they are put together for a badge, a letter and a list."""

from eventapp.rules.text import sort_key


def full_name(given_name: str, family_name: str, honorific: str = "") -> str:
    """Honorific, given name, family name, in that order, whichever of them there are."""
    return " ".join(part for part in (honorific, _said(given_name), _said(family_name)) if part)


def badge_name(badge: str, given_name: str, family_name: str) -> str:
    """What stands on the badge: as the person typed it, else the full name."""
    return badge or full_name(given_name, family_name)


def name_sort_key(given_name: str, family_name: str) -> str:
    """Family name first, casefolded and without accents, one order on every database."""
    return sort_key(_said(family_name), _said(given_name))


def _said(part: str) -> str:
    """A dash stands for a name that the person does not have."""
    return "" if part.strip("-–— .") == "" else part
