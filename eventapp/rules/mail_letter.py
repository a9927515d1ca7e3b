"""What is known of a kind of mail: who gets it and when, what an edition's own text of it may name and must name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

COMMON: Final = (
    "greeting",
    "name",
    "edition",
    "dates",
    "place",
    "reference",
    "facts",
    "link",
    "until",
    "contact",
)


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """A kind of mail; `word` is kept with its texts, `template` is the kind in the outbox, told apart by `values`."""

    word: str
    says: str
    placeholders: tuple[str, ...] = COMMON
    needed: tuple[str, ...] = ("link",)
    block: str = "facts"  # by what name the block `middle` of the template goes
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    to: str = "person"  # or focal_point, invited, speaker, organiser
    fixed: str = ""  # why an edition has no own text of it

    @property
    def outbox_kind(self) -> str:
        return self.template or self.word

    @property
    def is_editable(self) -> bool:
        return not self.fixed
