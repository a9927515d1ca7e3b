"""Names of people, in any script: how they are put together for a badge, a letter and a list."""

from eventapp.rules.text import sort_key

_ARTICLE = 3  # letters that an Arabic name has more than its article


def full_name(given_name: str, family_name: str, honorific: str = "") -> str:
    """Honorific, given name, family name, in that order, whichever of them there are."""
    return " ".join(part for part in (honorific, _said(given_name), _said(family_name)) if part)


def badge_name(badge: str, given_name: str, family_name: str) -> str:
    """What stands on the badge: as the person typed it, else the full name."""
    return badge or full_name(given_name, family_name)


def name_sort_key(given_name: str, family_name: str) -> str:
    """Family name first, casefolded and without accents, one order on every database."""
    return sort_key(_said(family_name), _said(given_name))


def initials(name: str) -> str:
    """The first letters of the first and the last word, where no picture of somebody is known."""
    words = [
        word.removeprefix("ال") if len(word) > _ARTICLE else word
        for word in name.replace("-", " ").split()
        if word[0].isalpha()
    ]
    letters = [words[0][0], *([words[-1][0]] if len(words) > 1 else [])] if words else []
    # Letters of scripts that join, such as Arabic, stand apart.
    return ("" if all(one.upper() != one.lower() for one in letters) else " ").join(letters).upper()


def _said(part: str) -> str:
    """A dash stands for a name that the person does not have."""
    return "" if part.strip("-–— .") == "" else part
