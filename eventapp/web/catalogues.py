"""The texts of one language in little room: they stand in one piece of bytes and are read when a page asks for them.

As a dict of words the three languages took more than 2 MB of every worker; this way it is a quarter.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from gettext import c2py
from typing import Final

MOST_KEPT: Final = 1000  # texts that stand ready; pages of one kind ask for a few hundred
_CONTEXT: Final = "\x04"  # between a subject and its text, as compiled files have it
_FORMS: Final = b"\0"  # between the forms of a plural
_PLURAL: Final = "plural="


class Catalogue:
    """Finds texts by their English ones; what it does not know it gives back as it is."""

    def __init__(self, compiled: bytes = b"") -> None:
        # In place of the English texts their hashes are kept: two of some thousand are alike once in 10^12 starts.
        entries = sorted((hash(english), text) for english, text in _pairs(compiled))
        self._marks = array("q", (mark for mark, _ in entries))
        self._ends = array("I")
        end = 0
        for _, text in entries:
            end += len(text)
            self._ends.append(end)
        self._texts = b"".join(text for _, text in entries)
        self._kept: dict[str, str] = {}
        header = self._find("") or [""]
        self._plural = c2py(_rule(header[0]))

    def gettext(self, text: str) -> str:
        """The text in this language; of one with plural forms the form for one."""
        if not self._marks:
            return text
        return self._kept.get(text) or self._keep(text, text)

    def pgettext(self, subject: str, text: str) -> str:
        """The text as it is said of a subject."""
        if not self._marks:
            return text
        key = f"{subject}{_CONTEXT}{text}"
        return self._kept.get(key) or self._keep(key, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form for a count."""
        forms = self._find(one)
        if len(forms) < 2:
            return one if count == 1 else many
        return forms[self._plural(count)]

    def _keep(self, key: str, otherwise: str) -> str:
        forms = self._find(key)
        said = forms[self._plural(1) if len(forms) > 1 else 0] if forms else otherwise
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = said
        return said

    def _find(self, english: str) -> list[str]:
        mark = hash(english)
        at = bisect_left(self._marks, mark)
        if at == len(self._marks) or self._marks[at] != mark:
            return []
        begin = self._ends[at - 1] if at else 0
        return [form.decode() for form in self._texts[begin : self._ends[at]].split(_FORMS)]


def _pairs(compiled: bytes) -> Iterator[tuple[str, bytes]]:
    """English text and translation, one after the other as the compiled file lists them."""
    if not compiled:
        return
    order = "<" if compiled.startswith(b"\xde\x12\x04\x95") else ">"
    count, originals, translations = struct.unpack_from(f"{order}3I", compiled, 8)
    for place in range(count):
        length, begin = struct.unpack_from(f"{order}2I", compiled, originals + 8 * place)
        english = compiled[begin : begin + length].partition(_FORMS)[0].decode()
        length, begin = struct.unpack_from(f"{order}2I", compiled, translations + 8 * place)
        yield english, compiled[begin : begin + length]


def _rule(header: str) -> str:
    """The language's rule for plurals; English's where none is given."""
    for line in header.splitlines():
        if line.lower().startswith("plural-forms:") and _PLURAL in line:
            return line.partition(_PLURAL)[2].strip().removesuffix(";")
    return "n != 1"
