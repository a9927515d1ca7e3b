"""Dates as exactly as they are known, in the form of ISO 8601."""

from datetime import date


def partial_date(value: date | None, precision: str) -> str | None:
    """2019-09-10, 2014-11 or 2014; None where nothing is known."""
    if value is None or precision == "unknown":
        return None
    return {"day": value.isoformat(), "month": f"{value:%Y-%m}", "year": f"{value:%Y}"}[precision]
