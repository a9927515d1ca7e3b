"""How the headers of a message are written. The library's own way is quick to lose a space of a long subject."""

from email.header import Header
from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy
from typing import Any, Final


class _Headers(HeaderRegistry):
    """The library's own makes a class anew for each header of each message; they are few and never change."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        return self._made.get(name) or self._made.setdefault(name, super().__getitem__(name))


class _Policy(EmailPolicy):
    """The library's, but for a subject that is not ASCII.

    What stands between two encoded words is no part of the text, and the library leaves a space there where one of them
    ends with a word: readers see two words as one. Here every space is inside.
    """

    def fold(self, name: str, value: Any) -> str:  # as the library types it
        return self._subject(name, str(value)) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:  # as the library types it
        return self._subject(name, str(value)).encode("ascii") or super().fold_binary(name, value)

    def _subject(self, name: str, text: str) -> str:
        """The header, folded; nothing for every other one, and where the server takes it as it stands."""
        if name.lower() != "subject" or text.isascii() or self.utf8:
            return ""
        return f"{name}: {Header(text, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"


POLICY: Final = _Policy(linesep="\r\n", header_factory=_Headers())
