"""Countries and territories as an administrator enters them: their codes, and from when to when they are offered."""

import re
from datetime import date
from typing import Final

from eventapp.errors import Refused, message

_CODES: Final = {
    "code": (r"[A-Z]{2}", message("Please give two letters, such as NA.")),
    "alpha3": (r"[A-Z]{3}", message("Please give three letters, such as NAM.")),
    "m49": (r"[0-9]{3}", message("Please give three digits, such as 516.")),
}


def check_country_code(kind: str, typed: str) -> str:
    """A code of one kind (code, alpha3, m49) in capitals; refuses what has another shape."""
    pattern, told = _CODES[kind]
    text = typed.strip().upper()
    if not re.fullmatch(pattern, text):
        raise Refused(told, code="country-code")
    return text


def check_period(begin: date | None, end: date | None) -> None:
    """Refuses a last day before the first one."""
    if begin and end and end < begin:
        raise Refused("The last day comes before the first.", code="period", field="active_to")


def is_offered(begin: date | None, end: date | None, on: date) -> bool:
    """Whether somebody may choose it on a day; both days count in."""
    return (begin is None or begin <= on) and (end is None or end >= on)
