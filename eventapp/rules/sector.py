"""Sectors as an administrator enters them: their codes, and which of them somebody may choose."""

import re
from collections.abc import Mapping
from typing import Final

from eventapp.errors import Refused

LONGEST_CODE: Final = 20


def check_sector_code(typed: str) -> str:
    """The code of a new sector in capitals; refuses what is no plain word."""
    text = typed.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9-]*", text) or len(text) > LONGEST_CODE:
        raise Refused(
            "Please give a word of capital letters, digits and -, such as LE-POL: at most %(limit)s characters.",
            code="sector-code",
            limit=LONGEST_CODE,
        )
    return text


def choosable(
    parents: Mapping[str, str | None], is_active: Mapping[str, bool]
) -> tuple[frozenset[str], frozenset[str]]:
    """The sectors that somebody may choose, and the upper ones that only stand above others.

    A sector that is switched off hides those below it; an upper one whose lower ones are all switched off stands for
    itself.
    """
    shown = {
        code
        for code, parent in parents.items()
        if is_active[code] and (parent is None or is_active.get(parent, False))
    }
    groups = frozenset(parent for code in shown if (parent := parents[code]))
    return frozenset(shown - groups), groups
