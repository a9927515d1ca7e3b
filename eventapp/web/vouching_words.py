"""Why somebody stands in a queue of the secretariat, in words that name the represented body."""

from collections.abc import Mapping
from typing import Any

from eventapp.rules.text import shown
from eventapp.rules.vouching import Why
from eventapp.web.filters import number
from eventapp.web.locale import language
from eventapp.web.typed import translate, translate_plural


def why_sentence(why: Why) -> str:
    """One reason, as a row of the list says it."""
    name = str(shown(dict(why.names), language())) if why.names else ""
    match why.word:
        case "endorsed" | "endorsed_for":
            return _endorsed(name, by_body=why.word == "endorsed")
        case "no_body":
            return translate("Represents nobody on the list of this edition: the secretariat decides")
        case "no_focal_point":
            return translate("%(delegation)s has no focal point: the secretariat decides", delegation=name)
        case "endorsement":
            return translate("Waits for the endorsement of %(delegation)s", delegation=name)
        case "overdue":
            return translate_plural(
                "Waits for the endorsement of %(delegation)s since one day, longer than this edition allows",
                "Waits for the endorsement of %(delegation)s since %(num)s days, longer than this edition allows",
                why.number,
                delegation=name,
            )
        case "credentials_missing":
            return translate("The credentials of %(delegation)s are missing", delegation=name)
        case "credentials_deficient":
            return translate("The credentials of %(delegation)s are deficient", delegation=name)
    return translate(
        "%(delegation)s holds more places than it has: %(held)s of %(quota)s",
        delegation=name,
        held=number(why.number),
        quota=number(why.limit),
    )


def _endorsed(name: str, *, by_body: bool) -> str:
    if not name:
        return translate("Endorsed: the secretariat decides")
    if by_body:
        return translate("Endorsed by %(delegation)s: the secretariat decides", delegation=name)
    return translate("Endorsed for %(delegation)s: the secretariat decides", delegation=name)


def step_note(values: Mapping[str, Any]) -> str:
    """Who decides next, to somebody who has just registered; with one step it is the secretariat."""
    name = str(shown(dict(values.get("delegation") or {}), language()))
    match values.get("step"):
        case "body":
            return translate(
                "%(delegation)s is asked to endorse it first. Then the secretariat decides.", delegation=name
            )
        case "no_body":
            return translate(
                "Whom you represent is not on the list of delegations: the secretariat decides itself."
            )
        case "no_focal_point":
            return translate(
                "%(delegation)s has not named anybody who endorses: the secretariat decides itself.",
                delegation=name,
            )
    return translate("The secretariat now decides on your registration.")
