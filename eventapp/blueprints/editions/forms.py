"""The form of an edition: from what was typed to values, and from an edition to what stands in the fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from eventapp.models import Edition
from eventapp.rules.edition_plan import (
    LINES,
    MOST_PATIENCE,
    PROSES,
    USUAL_PATIENCE,
    check_zone,
    known_days,
    time_zones,
    wall_time,
)
from eventapp.rules.vocabulary import APPROVALS, DATE_PRECISIONS
from eventapp.services import bodies
from eventapp.web import clock
from eventapp.web.desk_forms import Answers, typed_texts
from eventapp.web.labels import labels
from eventapp.web.locale import language

STEPS: Final = ("endorse_by", "decide_by", "patience_days")
MOMENTS: Final = ("registration_opens_at", "registration_closes_at", "changes_close_at")
PICTURE_SIDE: Final = 2400
MOST_PLACES: Final = 200_000


def read_edition(
    answers: Answers, kept: Mapping[str, Any] | None, country_codes: list[str]
) -> dict[str, Any]:
    """The values of the form; `kept` are those that stand now, so that unseen seconds of a time survive."""
    kept = kept or {}
    values: dict[str, Any] = {name: answers.texts(name, limit=limit) for name, limit in LINES.items()}
    values["date_precision"] = answers.choice("date_precision", DATE_PRECISIONS, "unknown")
    values["starts_on"], values["ends_on"] = answers.day("starts_on"), answers.day("ends_on")
    values["country_code"] = answers.choice("country_code", country_codes) or None
    values["latitude"], values["longitude"] = (
        answers.decimal("latitude", 90),
        answers.decimal("longitude", 180),
    )
    zone = answers.one("time_zone", check_zone, ZoneInfo("UTC"))
    values["time_zone"] = zone.key
    for name in MOMENTS:
        before: datetime | None = kept.get(name) if kept.get("time_zone") == zone.key else None
        values[name] = answers.moment(name, zone, before)
    values["capacity"] = answers.whole("capacity", 0, MOST_PLACES)
    values["approval"] = answers.choice("approval", APPROVALS, "one_step")
    values["endorse_by"], values["decide_by"] = answers.day("endorse_by"), answers.day("decide_by")
    patience = answers.whole("patience_days", 1, MOST_PATIENCE)
    values["patience_days"] = patience or kept.get("patience_days") or USUAL_PATIENCE
    values["accepts_late"] = answers.flag("accepts_late")
    values["contact_email"] = answers.email("contact_email")
    values |= {name: answers.texts(name, limit=limit, prose=True) for name, limit in PROSES.items()}
    values["picture_id"] = None if answers.flag("picture_remove") else kept.get("picture_id")
    return values


def settle_days(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with the days as they are kept, once they were found to hold together."""
    days = known_days(values["starts_on"], values["ends_on"], values["date_precision"])
    return values | {"starts_on": days[0], "ends_on": days[1]}


def typed_edition(edition: Edition) -> dict[str, str]:
    """What stands in the fields when the form is opened."""
    zone = ZoneInfo(edition.time_zone)
    typed: dict[str, str] = {}
    for name in (*LINES, *PROSES):
        typed |= typed_texts(name, getattr(edition, name))
    for name in MOMENTS:
        moment: datetime | None = getattr(edition, name)
        typed[name] = wall_time(moment, zone) if moment else ""
    for name in ("starts_on", "ends_on", "country_code", "latitude", "longitude", "capacity", *STEPS):
        value = getattr(edition, name)
        typed[name] = "" if value is None else str(value)
    for name in ("date_precision", "time_zone", "approval", "contact_email"):
        typed[name] = getattr(edition, name)
    typed["accepts_late"] = "1" if edition.accepts_late else ""
    typed["version"] = str(edition.version)
    return typed


def form_choices() -> dict[str, Any]:
    """The choices that the form offers."""
    return {
        "countries": bodies.list_country_names(language()),
        "zones": time_zones(),
        "precisions": labels("date_precision"),
        "approvals": labels("approval"),
        "offset_now": clock.now(),
    }
