"""What whoever runs the product reads on standard output: one line for each event, with its time, weight and facts.

Values of local variables never stand there, in a traceback neither: they are people's data.
"""

import sys
import traceback
from datetime import UTC, datetime


def info(event: str, **facts: object) -> None:
    """Something worth knowing has happened."""
    _write("info", event, facts)


def warning(event: str, **facts: object) -> None:
    """Something did not work, and the product goes on without it."""
    _write("warning", event, facts)


def error(event: str, **facts: object) -> None:
    """Something is wrong in the product; a fact named traceback follows in lines of its own."""
    _write("error", event, facts)


def exception(event: str, **facts: object) -> None:
    """Something is wrong, and this is the error that is being handled."""
    _write("error", event, {**facts, "traceback": traceback.format_exc()})


def _write(weight: str, event: str, facts: dict[str, object]) -> None:
    trace = str(facts.pop("traceback", "")).rstrip()
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    said = " ".join([at, f"[{weight}]", event, *(f"{name}={_plain(value)}" for name, value in facts.items())])
    sys.stdout.write(f"{said}\n{trace}\n" if trace else f"{said}\n")
    sys.stdout.flush()


def _plain(value: object) -> str:
    """A value on one line: whoever asks for a path with a line break in it adds no event."""
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)
