"""The report of one edition in the reader's language: what the numbers are called and how they are written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eventapp.adapters.typesetting import write_report
from eventapp.rules.crosstab_table import Bar
from eventapp.rules.dimension import name_of
from eventapp.rules.measure import BASES
from eventapp.rules.text import shown
from eventapp.services.exports_report import CountryLine, Report
from eventapp.web.counting_words import words
from eventapp.web.filters import dates, day, moment, number, pick, zone_offset
from eventapp.web.labels import edition_name, label
from eventapp.web.locale import direction, language
from eventapp.web.typed import translate, translate_plural


def write(report: Report, target: Path) -> None:
    """Set the report as a PDF."""
    write_report(target, document(report), made_at=report.taken_at)


def document(report: Report) -> dict[str, Any]:
    """Everything that stands in the report, as texts of the reader's language."""
    taken, lang, known = _taken(report), language(), words()
    title = pick(report.edition.title).text or edition_name(report.edition.ordinal)

    def name(dimension: str, code: str) -> str:
        return name_of(report.counts.reference, dimension, code, lang, known) or code

    nobody = translate("Nobody has registered yet") if not report.total.received else ""
    return {
        "language": language(),
        "direction": direction(),
        "title": title,
        "mark": translate("Made-up figures") if report.edition.is_demonstration else "",
        "theme": pick(report.edition.theme).text,
        "facts": _facts(report),
        "taken": taken,
        "footer": f"{edition_name(report.edition.ordinal)} · {taken}",
        "totals": _totals(report),
        "empty": nobody,
        "sectors": _section(
            translate("By sector"), translate("upper level"), report.sectors, "main_sector", name
        ),
        "regions": _section(
            translate("By region"),
            translate("UN M49, country represented or of seat"),
            report.regions,
            "region",
            name,
        ),
        "largest": _largest(report),
        "received": _received(report),
        "countries": _countries(report),
        "meaning": {"title": translate("What the numbers mean"), "sentences": _meaning(report)},
    }


def _taken(report: Report) -> str:
    zone = report.edition.time_zone
    return translate(
        "As of %(moment)s (%(offset)s)",
        moment=moment(report.taken_at, zone),
        offset=zone_offset(report.taken_at, zone),
    )


def _facts(report: Report) -> list[str]:
    edition = report.edition
    country = shown(edition.country.names, language()).text if edition.country else ""
    mark = "، " if language() == "ar" else ", "
    place = mark.join(part for part in (pick(edition.city).text, country) if part)
    when = dates(edition.starts_on, edition.ends_on, edition.date_precision)
    state = label("edition_state", edition.state) if edition.state in ("cancelled", "postponed") else ""
    name = edition_name(edition.ordinal) if pick(edition.title).text else ""
    return [part for part in (name, when, place, state) if part]


def _totals(report: Report) -> list[dict[str, str]]:
    total, countries = report.total, report.countries
    measures = ["registered", "approved", *(["checked_in"] if report.shows_came else [])]
    found = [
        {"name": label("measure", one), "value": number(total.of(one)), "basis": translate(BASES[one])}
        for one in measures
    ]
    basis = translate("with a registered state delegation")
    return [
        *found,
        {"name": translate("Countries"), "value": number(countries.countries), "basis": basis},
    ]


def _columns() -> list[str]:
    return [label("measure", "registered"), label("measure", "approved")]


def _section(
    title: str, note: str, rows: Sequence[Bar], dimension: str, name: Callable[[str, str], str]
) -> dict[str, Any]:
    made = [
        {
            "name": name(dimension, one.code),
            "outer": number(one.outer),
            "inner": number(one.inner),
            "outer_share": one.outer_share,
            "inner_share": one.inner_share,
        }
        for one in rows
    ]
    return {"title": title, "note": note, "columns": _columns(), "rows": made}


def _largest(report: Report) -> dict[str, Any]:
    lines = report.largest
    longest = max((one.numbers.registered for one in lines), default=0) or 1
    bars = [
        Bar(
            one.name,
            one.numbers.registered,
            one.numbers.approved,
            round(100 * one.numbers.registered / longest, 1),
            round(100 * one.numbers.approved / longest, 1),
        )
        for one in lines
    ]
    note = translate("country represented or of seat; all countries follow below")
    return _section(translate("Countries with most people"), note, bars, "", lambda _, code: code)


def _received(report: Report) -> dict[str, Any]:
    rows = report.received
    most = max((one.people for one in rows), default=0) or 1
    note = (
        translate("everything ever submitted; the highest column is %(people)s", people=number(most))
        if rows
        else ""
    )
    title = translate("Received per day") if report.days_each == 1 else translate("Received per week")
    return {
        "title": title,
        "note": note,
        "rows": [{"share": round(100 * one.people / most, 2)} for one in rows],
        "first": day(rows[0].begins_on) if rows else "",
        "last": day(rows[-1].begins_on) if rows else "",
    }


def _countries(report: Report) -> dict[str, Any]:
    measures = ["registered", "approved", *(["checked_in"] if report.shows_came else [])]
    return {
        "title": translate("All countries"),
        "note": translate(
            "A circle marks countries that stand here only by the seat of an organisation. Designations imply no opinion on legal status."
        ),
        "columns": [label("measure", one) for one in measures],
        "rows": [
            {"name": _marked(one), "numbers": [number(one.numbers.of(measure)) for measure in measures]}
            for one in report.lines
        ],
        "all": translate("All"),
        "totals": [number(report.total.of(measure)) for measure in measures],
    }


def _marked(line: CountryLine) -> str:
    return line.name if line.delegation or not line.code else f"{line.name} °"


def _without_host(report: Report) -> list[str]:
    """The totals once more without the host country, which can be more than half of them."""
    rest, host = report.without_host, report.edition.country
    if rest is None or host is None:
        return []
    values = {
        "country": shown(host.names, language()).text,
        "registered": number(rest.registered),
        "approved": number(rest.approved),
    }
    if not report.shows_came:
        return [
            translate(
                "Without the host country (%(country)s): %(registered)s registered, %(approved)s approved.",
                **values,
            )
        ]
    return [
        translate(
            "Without the host country (%(country)s): %(registered)s registered, %(approved)s approved, %(came)s checked in.",
            came=number(rest.checked_in),
            **values,
        )
    ]


def _meaning(report: Report) -> list[str]:
    found, countries = [], report.countries
    found.append(
        translate(
            "Registered: %(basis)s. All numbers are of the same moment and hold the host country.",
            basis=translate(BASES["registered"]),
        )
    )
    found += _without_host(report)
    if countries.territories:
        found.append(
            translate_plural(
                "Beside the countries one territory sent a delegation.",
                "Beside the countries %(num)s territories sent delegations.",
                countries.territories,
            )
        )
    if countries.seat_only:
        found.append(
            translate_plural(
                "One more country stands in the table only by the seat of an organisation.",
                "%(num)s more countries stand in the table only by the seat of an organisation.",
                countries.seat_only,
            )
        )
    if countries.without_country:
        found.append(
            translate_plural(
                "One person of an international organization counts under no country.",
                "%(num)s people of international organizations and the like count under no country.",
                countries.without_country,
            )
        )
    found.append(translate("Small numbers can point to one person. Think before you publish them."))
    return found
