"""What somebody told us in the words of the reader: names for codes, fields, old and new values of the history."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from eventapp.models import AuditEntry
from eventapp.rules.text import shown
from eventapp.services.registrations_list import list_bodies
from eventapp.web.changes import Change
from eventapp.web.filters import day
from eventapp.web.labels import LABELS, label
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.options import reference
from eventapp.web.typed import translate

_WORDED: Final[Mapping[str, str]] = {
    "state": "registration_state",
    "despite_state": "registration_state",
    "role": "role",
    "represents": "represents",
    "body_kind": "body_kind",
    "country_basis": "country_basis",
    "sign_up": "sign_up",
}
_LANGUAGES: Final = frozenset({"language", "languages"})


class RegistrationWords:
    """Names for codes in the reader's language; made once per request, without a query but where a known body is to be named."""

    def __init__(self) -> None:
        lists = reference()
        self._bodies: Mapping[int, Mapping[str, str]] | None = None
        self._countries = {code: str(shown(names, language())) for code, names in lists.countries.items()}
        self._sectors = lists.sectors

    def country(self, code: str | None) -> str:
        """The name of a country, or that there is none."""
        return self._countries.get(code, code) if code else translate("No country")

    def sector(self, code: str) -> str:
        """The name of a sector."""
        return str(shown(self._sectors[code].names, language())) if code in self._sectors else code

    def body(self, number: int) -> str:
        """The name of a known body; its number where it has been deleted."""
        if self._bodies is None:
            self._bodies = {one.id: one.names for one in list_bodies()}
        return str(shown(dict(self._bodies.get(number, {})), language())) or str(number)

    def value(self, name: str, value: Any) -> str:
        """A value of the history in words."""
        if value is None or value in ("", [], {}):
            return translate("empty")
        if isinstance(value, dict):  # a name in several languages
            return str(shown(value, language()))
        if isinstance(value, bool):
            return translate("yes") if value else translate("no")
        if name in _WORDED and value in LABELS[_WORDED[name]]:
            return label(_WORDED[name], value)
        if name.endswith("country_code"):
            return self.country(value)
        if name == "sector_code":
            return self.sector(value)
        if name == "body_id" and isinstance(value, int):
            return self.body(value)
        if name == "checked_in_on":
            return day(date.fromisoformat(value))
        if name in _LANGUAGES:
            return translate(", ").join(
                LANGUAGE_NAMES.get(one, one) for one in ([value] if isinstance(value, str) else value)
            )
        return translate(", ").join(str(one) for one in value) if isinstance(value, list) else str(value)

    def field(self, name: str) -> str:
        """What a changed value is called."""
        return label("registration_field", name) if name in LABELS["registration_field"] else name

    def list_changes(self, entries: Sequence[AuditEntry], fields: Collection[str]) -> list[Change]:
        """Those of these fields that entries of the history changed, with old and new value as text."""
        return [
            Change(
                entry,
                self.field(name),
                *(self.value(name, part.get(name)) for part in (entry.old, entry.new)),
            )
            for entry in entries
            for name in entry.new
            if name in fields
        ]
