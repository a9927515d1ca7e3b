"""Ready-made <option> markup per language, kept until the public content moves: 249 countries cost nothing a page."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape

from eventapp.rules.text import shown, sort_key
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import registrations
from eventapp.services.badges import BadgeTable, load_table
from eventapp.services.reference import Reference, SectorEntry, load_reference
from eventapp.services.registrations import FormFacts
from eventapp.web import clock, content
from eventapp.web.locale import language

KEY = "eventapp.options"


@dataclass(frozen=True, kw_only=True)
class Options:
    """The lists as markup, in one language."""

    countries: Markup
    sectors: Markup
    bodies: Markup


@dataclass(frozen=True)
class Notice:
    """The privacy notice in force."""

    id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What was read at one version of the content, on one day."""

    version: content.Version
    day: date
    reference: Reference
    options: Mapping[str, Options]
    forms: Mapping[int, FormFacts]
    notice: Notice | None
    badges: BadgeTable
    country_words: Mapping[str, list[str]]  # names in all languages, folded as people type them


class Keeper:
    """Holds the lists of one application and reads them again when they have moved."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._number: Callable[[], content.Version] = content.watch(app).number
        self._lists: Lists | None = None
        self._lock = threading.Lock()

    def lists(self) -> Lists:
        """The lists now; whoever comes while they are read waits for them."""
        version, day = self._number(), clock.now().date()
        lists = self._lists
        if lists is None or lists.version != version or lists.day != day:
            with self._lock:
                self._lists = lists = self._read(version, day)
        return lists

    def facts(self) -> Lists:
        """The same, but tests, whose changes no version tells of, get the editions and the notice as they are now."""
        lists = self.lists()
        return replace(lists, **_read_facts()) if self._app.testing else lists

    def _read(self, version: content.Version, day: date) -> Lists:
        with self._app.app_context():  # a transaction of its own: the request's may be older than the version
            reference = load_reference(day)
            made = {code: _make(reference, code) for code in LANGUAGES}
            words = {
                code: [sort_key(name) for name in names.values()]
                for code, names in reference.countries.items()
            }
            facts = _read_facts()
            return Lists(
                version=version, day=day, reference=reference, options=made, country_words=words, **facts
            )

    def clear(self) -> None:
        """Forget everything; for tests."""
        self._lists = None


def _read_facts() -> Any:
    found = registrations.find_notice()
    return {
        "forms": registrations.list_form_facts(),
        "notice": Notice(found.id, found.number) if found else None,
        "badges": load_table(),
    }


def keeper() -> Keeper:
    """The keeper of this application, made when it is first asked for."""
    found: Keeper = current_app.extensions.setdefault(KEY, None) or _first_keeper()
    return found


def _first_keeper() -> Keeper:
    made = Keeper(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - a proxy, as documented
    current_app.extensions[KEY] = made
    return made


def reference() -> Reference:
    """Countries, sectors and listed bodies, without a query unless they have moved."""
    return keeper().lists().reference


def options() -> Options:
    """The lists as markup in the language of the request."""
    return keeper().lists().options[language()]


def chosen(markup: Markup, code: str | None) -> Markup:
    """The same options with one of them marked; an unknown code marks none."""
    if not code:
        return markup
    value = f'value="{escape(code)}"'
    # As a plain text: Markup's own replace would escape the quotation marks.
    return Markup(str(markup).replace(value, value + " selected", 1))  # noqa: S704 - our markup, an escaped code


def with_held(markup: Markup, code: str | None, names: Mapping[str, Mapping[str, str]]) -> Markup:
    """The same options after the one that somebody holds already, where it is offered to nobody else now."""
    if not code or code not in names or f'value="{escape(code)}"' in markup:
        return markup
    return _lines([_option(code, str(shown(names[code], language()))), markup])


def option_lines(choices: Iterable[tuple[str, str]]) -> Markup:
    """Values with their texts as options of a field, in this order."""
    return _lines(_option(code, text) for code, text in choices)


def _option(code: str, text: str) -> Markup:
    return Markup('<option value="{0}">{1}</option>').format(code, text)


def _lines(options: Iterable[Markup]) -> Markup:
    return Markup("\n").join(options)


def _make(reference: Reference, code: str) -> Options:
    names = {key: str(shown(reference.countries[key], code)) for key in reference.active_countries}
    ordered = sorted(names, key=lambda key: (sort_key(names[key]), key))
    bodies = sorted({str(shown(texts, code)) for texts in reference.bodies}, key=sort_key)
    return Options(
        countries=_lines(_option(key, names[key]) for key in ordered),
        sectors=_sectors(list(reference.sectors.values()), reference.choices.sector_groups, code),
        bodies=_lines(Markup('<option value="{0}"></option>').format(name) for name in bodies),
    )


def _sectors(entries: list[SectorEntry], groups: frozenset[str], code: str) -> Markup:
    """Sectors of two levels: a group holds its own, one without any stands for itself."""
    lines = []
    for entry in entries:
        if not entry.is_active or entry.parent_code:
            continue
        name = str(shown(entry.names, code))
        if entry.code not in groups:
            lines.append(_option(entry.code, name))
            continue
        children = [one for one in entries if one.parent_code == entry.code and one.is_active]
        inner = _lines(_option(one.code, str(shown(one.names, code))) for one in children)
        lines.append(Markup('<optgroup label="{0}">\n{1}\n</optgroup>').format(name, inner))
    return _lines(lines)
