"""What can be refused: one family of exceptions whose texts the edge translates."""

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal in the words of the field; `text` is a message id, `values` fill its placeholders."""

    code = "refused"

    def __init__(
        self, text: str, *, code: str | None = None, field: str | None = None, **values: object
    ) -> None:
        """Keep the message id, an optional field it belongs to and the values for its placeholders."""
        super().__init__(text)
        self.text = text
        self.field = field
        self.values: Mapping[str, object] = values
        if code:
            self.code = code


class NotFound(DomainError):  # noqa: N818 - these are refusals, named as the field says them
    """The thing does not exist, or not for this person."""

    code = "not-found"


class Refused(DomainError):  # noqa: N818
    """The person may not do this, or the values do not hold."""

    code = "refused"


class Conflict(DomainError):  # noqa: N818
    """Somebody else was first, or the thing stands already."""

    code = "conflict"


class Stale(Conflict):
    """Somebody saved the record after it was read; the form comes back as it was typed, with what they changed."""

    code = "stale"

    def __init__(self) -> None:
        """Say so in one sentence for every kind of record."""
        super().__init__(message("Somebody else has changed this since you opened it."))


class Closed(DomainError):  # noqa: N818
    """The time for this has not come, or has passed."""

    code = "closed"


class Invalid(DomainError):  # noqa: N818
    """Several fields at once do not hold: field name -> refusals, in the order of the form."""

    code = "invalid"

    def __init__(self, problems: Mapping[str, "DomainError"]) -> None:
        """Keep one refusal per field."""
        super().__init__("Some answers need your attention.")
        self.problems = problems


def message(text: str) -> str:
    """Mark a message id for extraction; the edge translates it when it is shown."""
    return text


# What stands between a subject and its text in a message id, as gettext catalogues have it.
SUBJECT_END = "\x04"


def message_of(subject: str, text: str) -> str:
    """Mark a message id that says something of a subject: "Cancelled" of an edition is another word than of a message."""
    return f"{subject}{SUBJECT_END}{text}"
