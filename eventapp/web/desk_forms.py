"""What was typed on a form of the dashboard: read field by field, each problem at its field, nothing typed lost."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from flask import request

from eventapp.adapters.images import MOST_BYTES, ReadyImage, re_encode
from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.body import check_web_address
from eventapp.rules.edition_plan import moment_in_zone
from eventapp.rules.text import clean_line, clean_prose
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.csrf import check_token
from eventapp.web.errors import error_text

T = TypeVar("T")
PAGE: Final = "page"  # where a problem is kept that belongs to no field
# Characters that cannot stand in a page at all; what was typed comes back with a sign in their place.
_UNSHOWABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def showable(text: str) -> str:
    """What was typed, with a sign in the place of each character that no page and no database can hold."""
    return _UNSHOWABLE.sub("\ufffd", text)


def typed_again() -> dict[str, str]:
    """What came with the form, as it can be shown in it again."""
    return {name: showable(value) for name, value in request.form.items()}


class Answers:
    """Reads the fields of the form that came with this request and gathers what does not hold."""

    def __init__(self) -> None:
        self.problems: dict[str, DomainError] = {}

    def raw(self, name: str) -> str:
        """What was typed in a field; empty where the form did not hold it."""
        return request.form.get(name, "")

    def several(self, name: str) -> list[str]:
        """What was ticked of several boxes."""
        return request.form.getlist(name)

    def one(self, name: str, read: Callable[[str], T], default: T) -> T:
        """The field as `read` understands it, or the default where it is empty or refused."""
        text = self.raw(name)
        if not text.strip():
            return default
        try:
            return read(text)
        except DomainError as problem:
            self.problems[name] = problem
            return default

    def line(self, name: str, limit: int = 300) -> str:
        return self.one(name, lambda text: clean_line(text, limit=limit), "")

    def prose(self, name: str, limit: int = 10_000) -> str:
        return self.one(name, lambda text: clean_prose(text, limit=limit), "")

    def texts(self, name: str, *, limit: int, prose: bool = False) -> dict[str, str]:
        """A text in up to four languages, from the fields name_en, name_fr, name_es and name_ar."""
        read = self.prose if prose else self.line
        found = {code: read(f"{name}_{code}", limit) for code in LANGUAGES}
        return {code: text for code, text in found.items() if text}

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number between two bounds, in any digits; None where the field is empty."""

        def read(text: str) -> int:
            if re.fullmatch(r"\s*\d{1,12}\s*", text) and low <= int(text) <= high:
                return int(text)
            raise Refused(
                "Please give a whole number between %(low)s and %(high)s.", code="number", low=low, high=high
            )

        return self.one(name, read, None)

    def decimal(self, name: str, bound: float) -> float | None:
        """A number between -bound and bound; None where the field is empty."""

        def read(text: str) -> float:
            plain = text.strip().replace(",", ".").replace("\u2212", "-")
            if re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,12})?", plain) and abs(float(plain)) <= bound:
                return float(plain)
            raise Refused(
                "Please give a number between %(low)s and %(high)s, such as 46.0037.",
                code="number",
                low=-int(bound),
                high=int(bound),
            )

        return self.one(name, read, None)

    def day(self, name: str) -> date | None:
        """A day typed as year, month and day; None where the field is empty."""

        def read(text: str) -> date:
            try:
                found = date.fromisoformat(text.strip())
            except ValueError:
                found = date.min
            if 1900 <= found.year <= 2200:
                return found
            raise Refused("Please give a day, such as 2027-06-08.", code="day")

        return self.one(name, read, None)

    def hour(self, name: str) -> time | None:
        """A time of day; None where the field is empty."""

        def read(text: str) -> time:
            try:
                return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
            except ValueError:
                raise Refused("Please give a time of day, such as 08:30.", code="hour") from None

        return self.one(name, read, None)

    def moment(self, name: str, zone: ZoneInfo, kept: datetime | None = None) -> datetime | None:
        """A day and time typed in a zone; None where the field is empty."""
        return self.one(name, lambda text: moment_in_zone(text.strip(), zone, kept), None)

    def choice(self, name: str, words: Sequence[str], default: str = "") -> str:
        """One of the words that the field offers."""

        def read(text: str) -> str:
            if text in words:
                return text
            raise Refused("Please choose one of the list.", code="choice")

        return self.one(name, read, default)

    def flag(self, name: str) -> bool:
        return self.raw(name) == "1"

    def web_address(self, name: str) -> str:
        return self.one(name, check_web_address, "")

    def email(self, name: str) -> str:
        """An e-mail address, or nothing."""

        def read(text: str) -> str:
            try:
                return validate_email(clean_line(text, limit=254), check_deliverability=False).normalized
            except EmailNotValidError:
                raise Refused(
                    "Please give an e-mail address, such as name@example.org.", code="email"
                ) from None

        return self.one(name, read, "")

    def image(self, name: str, *, longest: int) -> ReadyImage | None:
        """An image that was chosen, decoded and written anew; None where none was."""
        sent = request.files.get(name)
        if sent is None or not sent.filename:
            return None
        try:
            return re_encode(sent.stream.read(MOST_BYTES + 1), longest=longest)
        except DomainError as problem:
            self.problems[name] = problem
            return None

    def version(self) -> int:
        """The version of the record that the form was made from; 0, which none has, where the form holds none."""
        return self.whole("version", 1, 10**9) or 0

    def require(self, name: str, value: object) -> None:
        """Note a problem where a field that must be answered is empty and has no other problem."""
        if value in (None, "", {}) and name not in self.problems:
            self.problems[name] = Refused("Please answer this.", code="missing")

    def check(self) -> None:
        """Refuse if any field did not hold, or if the page had been open for so long that its token has gone stale."""
        try:
            check_token()
        except Refused as problem:
            self.problems[PAGE] = problem
        if self.problems:
            raise Invalid(self.problems)


def errors_of(error: DomainError) -> dict[str, str]:
    """The refusal as texts at the fields of a form; raised again where it belongs to no field."""
    if isinstance(error, Invalid):
        return {name: error_text(problem) for name, problem in error.problems.items()}
    if error.field:
        return {error.field: error_text(error)}
    raise error


def page_errors(error: DomainError) -> dict[str, str]:
    """The refusal as texts at the fields of a form, or above it where it belongs to none."""
    return errors_of(error) if isinstance(error, Invalid) or error.field else {PAGE: error_text(error)}


def typed_texts(name: str, texts: Mapping[str, str] | None) -> dict[str, str]:
    """A text in up to four languages as the fields of a form hold it."""
    return {f"{name}_{code}": text for code, text in (texts or {}).items()}
