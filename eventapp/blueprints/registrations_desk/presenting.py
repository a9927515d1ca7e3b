"""How the desk shows registrations in the reader's language: countries, sectors, chips of a filter, the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app

from eventapp.models import Registration
from eventapp.rules.listing import NO_COUNTRY, Filter, Listing
from eventapp.rules.text import shown, sort_key
from eventapp.web import people
from eventapp.web.filters import day
from eventapp.web.labels import LABELS, label
from eventapp.web.locale import language
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.typed import translate


@dataclass(frozen=True)
class Chip:
    """One filter in force, and what its address would be without it."""

    text: str
    args: Mapping[str, str]


def secret() -> str:
    """The secret that private links are derived with."""
    value: str = current_app.config["SETTINGS"].secret_key
    return value


class Presenter(RegistrationWords):
    """Names for codes in the reader's language; made once per request, without a query."""

    def __init__(self, sessions: Mapping[int, Mapping[str, str]] | None = None) -> None:
        super().__init__()
        self.sessions = sessions or {}
        self.country_order = sorted(self._countries, key=lambda code: sort_key(self._countries[code]))

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Codes and names in the order of the reader's language."""
        return [(code, self._countries[code]) for code in self.country_order]

    @property
    def sectors(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Upper sectors' codes with the sectors below them, each with its name; the upper one stands first."""
        groups = []
        for upper in self._sectors.values():
            if upper.parent_code is None:
                below = [one for one in self._sectors.values() if one.parent_code == upper.code]
                groups.append(
                    (upper.code, [(one.code, str(shown(one.names, language()))) for one in (upper, *below)])
                )
        return groups

    def represented(self, registration: Registration) -> tuple[str, str]:
        """What stands in the column "represents": the country first, the organisation below."""
        return people.represented(registration)

    def badge(self, registration: Registration) -> str:
        """The badge category, or that there is none."""
        return people.Badges().category(registration) or translate("none")

    def chips(self, listing: Listing) -> list[Chip]:
        """The filters in force, each with the address that leaves it out."""
        wanted = listing.filter
        texts = {
            "q": translate("Search: %(words)s", words=wanted.search),
            "state": translate("State: %(state)s", state=self._state(wanted)),
            "country": translate("Represents: %(country)s", country=self._country(wanted)),
            "basis": label("country_basis", wanted.basis or "none"),
            "sector": translate("Sector: %(sector)s", sector=self.sector(wanted.sector)),
            "role": translate("Role: %(role)s", role=label("role", wanted.role or "delegate")),
            "flag": label("registration_flag", wanted.flag or "late"),
            "came": label("came", wanted.came or "yes"),
            "queue": label("registration_queue", wanted.queue or "decide"),
            "before": self._before(wanted),
            "exported": label("exported", wanted.exported or "no"),
            "changed_since": translate("Changed since %(at)s", at=wanted.changed_since),
        }
        return [Chip(texts[name], listing.args(filter=wanted.without(name))) for name in wanted.args()]

    def _state(self, wanted: Filter) -> str:
        if wanted.state == "registered":
            return translate("Registered")
        return label("registration_state", wanted.state or "submitted")

    def _before(self, wanted: Filter) -> str:
        on = date.fromisoformat(wanted.before) if wanted.before else date.min
        return translate("Received before %(day)s", day=day(on))

    def _country(self, wanted: Filter) -> str:
        return self.country("" if wanted.country == NO_COUNTRY else wanted.country)

    def value(self, name: str, value: Any) -> str:
        """A value of the history in words; a session by its title, as far as it was looked up."""
        if name == "session" and value in self.sessions:
            return str(shown(self.sessions[value], language()))
        return super().value(name, value)

    def action(self, word: str) -> str:
        """What happened, as a line of the history says it."""
        return label("registration_action", word) if word in LABELS["registration_action"] else word

    def mail(self, kind: str) -> str:
        """What a mail was about."""
        known = LABELS.get("mail_kind", {})
        return label("mail_kind", kind) if kind in known else kind
