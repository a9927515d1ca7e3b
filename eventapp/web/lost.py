"""What was typed on a form whose record somebody has deleted meanwhile: shown once more, so that it can be copied."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eventapp.errors import message
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.changes import FIELDS
from eventapp.web.desk_forms import typed_again
from eventapp.web.labels import LABELS
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.typed import translate

# Where a field of a form is called otherwise than its column. Ticks and choices by number are made again quickly.
_FIELDS: Final = {
    "starts": message("Start"),
    "ends": message("End"),
    "subject": message("Subject"),
    "text": message("Message"),
    "reason": message("Reason"),
}
_NOT_TYPED: Final = frozenset(
    {"body_id", "room_id", "position", "country_code", "is_listed", "countries", "status", "is_active"}
)
_CHOSEN: Final = frozenset({"kind", "measure", "qualifier", "represents", "body_kind", "role", "language"})


@dataclass(frozen=True)
class Typed:
    """One field with what stood in it; `language` where the field was for one."""

    label: str
    text: str
    language: str = ""


def typed_lines() -> list[Typed]:
    """The texts of the form that came with this request, in its order."""
    return list(_lines())


def _lines() -> Iterator[Typed]:
    for name, text in typed_again().items():
        stem, _, code = name.rpartition("_")
        spoken = code if stem and code in LANGUAGES else ""
        field = stem if spoken else name
        word = _FIELDS.get(field) or FIELDS.get(field) or LABELS["registration_field"].get(field)
        if word is None or not text.strip() or field in _NOT_TYPED | _CHOSEN:
            continue
        label = translate(word)
        if spoken:
            label = translate("%(field)s (%(language)s)", field=label, language=LANGUAGE_NAMES[spoken])
        yield Typed(label, text, spoken)
