"""What templates may call: texts in four languages, dates written out, numbers, addresses."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_interval, format_time, get_timezone_gmt
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_app_context, request, url_for
from markupsafe import Markup, escape

from eventapp.models import ProgrammeSession
from eventapp.rules.name import initials
from eventapp.rules.programme_document import Shown
from eventapp.rules.text import ShownText, shown
from eventapp.rules.zone_change import is_doubled
from eventapp.services.programme_lines import SessionLine
from eventapp.web import clock
from eventapp.web.assets import asset
from eventapp.web.labels import body_role, edition_name, label, labels, ordinal
from eventapp.web.locale import LANGUAGE_NAMES, direction, language, path_in
from eventapp.web.locale_data import locale_of
from eventapp.web.sign_in import actor
from eventapp.web.typed import translate

MOST_IN_ADDRESS = 100  # people, as many as stand on a page of a list; proxies take no address without end
# Never written out, whatever the database holds: controls, and characters that turn the text around them round.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")


def babel_locale() -> str:
    """The locale in which dates and numbers are written."""
    return locale_of(language())


def pick(texts: dict[str, str] | None) -> ShownText:
    """The text of organisers in the reader's language, or the visible fallback."""
    found = shown(texts, language())
    return replace(found, text=_HIDDEN.sub("", found.text)) if _HIDDEN.search(found.text) else found


def prose(texts: dict[str, str] | str | None) -> Markup:
    """Paragraphs of an organiser's text; blank lines part them, nothing in it is markup."""
    found = pick(texts) if isinstance(texts, dict) else ShownText(texts or "", language(), is_fallback=False)
    paragraphs = [part.strip() for part in found.text.split("\n\n") if part.strip()]
    mark = ""
    if found.is_fallback:
        _note_fallback()
        mark = Markup(' lang="{0}" dir="{1}"').format(found.language, direction(found.language))
    lines = (Markup("<br>").join(escape(line) for line in part.split("\n")) for part in paragraphs)
    return Markup("").join(Markup("<p{0}>{1}</p>").format(mark, line) for line in lines)


def in_language(texts: dict[str, str] | None) -> Markup:
    """One line of an organiser's text; a fallback carries its own lang and dir."""
    found = pick(texts)
    if not found.is_fallback:
        return escape(found.text)
    _note_fallback()
    return Markup('<bdi lang="{0}" dir="{1}">{2}</bdi>').format(
        found.language, direction(found.language), found.text
    )


def _note_fallback() -> None:
    if has_app_context():
        g.shows_fallback = True


def shows_fallback() -> bool:
    """Whether a text in another language than the page's has been written out so far."""
    return bool(g.get("shows_fallback", False))


def number(value: int | None) -> str:
    """A number with the separators of the language, in Western digits."""
    return "–" if value is None else number_in(value, babel_locale())


@lru_cache(maxsize=4096)
def number_in(value: int, locale: str) -> str:
    """A number as a locale writes it, in Western digits. The same few numbers stand on every page; Babel takes 20 microseconds for each."""
    return format_decimal(value, locale=locale, numbering_system="latn")


def file_size(value: int) -> str:
    """The length of a file as people say it: 340 kB, 1.2 MB."""
    if value < 1_000_000:
        return translate("%(size)s kB", size=number(max(1, round(value / 1000))))
    size = format_decimal(round(value / 1_000_000, 1), locale=babel_locale(), numbering_system="latn")
    return translate("%(size)s MB", size=size)


def _western(text: str) -> str:
    return text.translate({0x660 + digit: str(digit) for digit in range(10)})


def _spoken(form: str) -> str:
    """The form of a date as the language joins its parts: 6 December 2017, 6 de diciembre de 2017."""
    if language() != "es":
        return form
    return form.replace("d MMMM", "d 'de' MMMM").replace("MMMM y", "MMMM 'de' y")


def _first(text: str) -> str:
    """The first of a month is an ordinal in French: 1er juin 2027."""
    return re.sub(r"\b1 (?=[^\W\d])", "1er ", text) if language() == "fr" else text


def day(value: date, form: str = "d MMMM y") -> str:
    """A date written out: 6 December 2017."""
    return _first(_day_in(date(value.year, value.month, value.day), _spoken(form), babel_locale()))


@lru_cache(maxsize=1024)
def _day_in(value: date, form: str, locale: str) -> str:
    """A date as a locale writes it: the few days of a conference stand on its pages hundreds of times."""
    return _western(format_date(value, form, locale=locale))


def iso_day(value: str, form: str = "d MMMM y") -> str:
    """A date as addresses and files hold it (2017-12-06), written out."""
    return day(date.fromisoformat(value), form)


def listed(words: Sequence[str], kind: str) -> str:
    """Several words of the field in one phrase: Arabic, English and French."""
    return format_list([label(kind, word) for word in words], locale=babel_locale())


def within(text: str) -> str:
    """Names of languages as they stand within a sentence: small in French and Spanish, as ever in the others."""
    return text.lower() if language() in ("fr", "es") else text


def dates(starts_on: date | None, ends_on: date | None, precision: str) -> str:
    """The dates of an edition as exactly as they are known; empty when unknown."""
    if starts_on is None or precision == "unknown":
        return ""
    if precision == "year":
        return str(starts_on.year)
    if precision == "month":
        return day(starts_on, "MMMM y")
    if ends_on is None or ends_on == starts_on:
        return day(starts_on)
    if (ends_on.year, ends_on.month) == (starts_on.year, starts_on.month):
        # a hyphen would join the two to one number, which Arabic then sets, and reads, the wrong way round
        dash = "–" if language() == "ar" else "-"
        return f"{starts_on.day}{dash}{day(ends_on)}"
    return _western(format_interval(starts_on, ends_on, "yMMMMd", locale=babel_locale()))


def moment(value: datetime, zone: str, form: str = "d MMMM y, HH:mm") -> str:
    """A moment in a zone, written out without the zone's name."""
    text = format_datetime(value, _spoken(form), tzinfo=ZoneInfo(zone), locale=babel_locale())
    return _western(text.replace(", ", "، ") if language() == "ar" else _first(text))


def time_of_day(value: datetime, zone: str) -> str:
    """Hours and minutes in a zone."""
    local = value.astimezone(ZoneInfo(zone))
    return _time_in(time(local.hour, local.minute), babel_locale())


@lru_cache(maxsize=2048)
def _time_in(value: time, locale: str) -> str:
    """A time as a locale writes it: a programme has a few dozen of them and shows each of them often."""
    return _western(format_time(value, "HH:mm", locale=locale))


def is_same_day(first: datetime, second: datetime, zone: str) -> bool:
    """Whether two moments are on one day in a zone."""
    there = ZoneInfo(zone)
    return first.astimezone(there).date() == second.astimezone(there).date()


def clock_time(value: datetime, zone: str) -> str:
    """Hours and minutes in a zone, with the offset where the clocks show them twice that night."""
    text = time_of_day(value, zone)
    if not is_doubled(value, ZoneInfo(zone)):
        return text
    return Markup('<bdi dir="ltr">{0} ({1})</bdi>').format(text, zone_offset(value, zone))


def zone_offset(value: datetime, zone: str) -> str:
    """UTC+2 and the like, at that moment in that zone."""
    return _offset_in(value.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())


@lru_cache(maxsize=64)
def _offset_in(offset: timedelta) -> str:
    there = datetime(2000, 1, 1, tzinfo=timezone(offset))
    text = get_timezone_gmt(there, width="iso8601", locale="en")
    hours, _, minutes = text.replace("Z", "+00:00").partition(":")
    whole = f"{hours[0]}{int(hours[1:])}" + (f":{minutes}" if minutes not in ("", "00") else "")
    return "UTC" if whole in ("+0", "-0") else f"UTC{whole}"


def zone_offsets(sessions: Sequence[ProgrammeSession | SessionLine | Shown], zone: str) -> str:
    """The offset that holds over these sessions; both, where the clocks change among them."""
    moments = sorted(at for one in sessions for at in (one.starts_at, one.ends_at))
    first, last = zone_offset(moments[0], zone), zone_offset(moments[-1], zone)
    return first if first == last else translate("%(first)s, then %(last)s", first=first, last=last)


def absolute(path: str) -> str:
    """An address for mails, feeds and other machines: from the setting, never from the Host header."""
    base: str = current_app.config["SETTINGS"].base_url
    return base + path


def link(endpoint: str, **values: object) -> str:
    """The path of an endpoint in the language of the request."""
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask's stub wants Any by name


def init_filters(app: Flask) -> None:
    """Make them known to every template."""
    app.jinja_env.filters.update(
        pick=pick,
        prose=prose,
        initials=initials,
        in_language=in_language,
        within=within,
        number=number,
        file_size=file_size,
        day=day,
        iso_day=iso_day,
        moment=moment,
        time_of_day=time_of_day,
        clock_time=clock_time,
    )
    app.jinja_env.globals.update(
        asset=asset,
        dates=dates,
        zone_offset=zone_offset,
        is_same_day=is_same_day,
        zone_offsets=zone_offsets,
        absolute=absolute,
        language=language,
        direction=direction,
        path_in=path_in,
        label=label,
        labels=labels,
        listed=listed,
        body_role=body_role,
        ordinal=ordinal,
        edition_name=edition_name,
        LANGUAGE_NAMES=LANGUAGE_NAMES,
        now=clock.now,
        actor=actor,
        current_path=lambda: request.path,
        shows_fallback=shows_fallback,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
