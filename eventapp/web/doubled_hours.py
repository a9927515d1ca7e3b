"""A time that the clocks show twice in one night: whoever plans a session is asked which of the two is meant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.errors import Refused
from eventapp.rules.edition_plan import moment_in_zone
from eventapp.rules.zone_change import is_doubled, is_second, pick_of_two
from eventapp.web.desk_forms import Answers
from eventapp.web.filters import zone_offset
from eventapp.web.typed import translate

FIRST: Final = "first"
SECOND: Final = "second"


def field_of(name: str) -> str:
    """The field beside that of a time, in which the answer stands."""
    return f"{name}_twice"


def read_moment(answers: Answers, name: str, zone: ZoneInfo, kept: datetime | None = None) -> datetime | None:
    """The moment typed in a field; of two with the same time the one that is said, or the one that stood there."""
    moment = answers.moment(name, zone, kept)
    if moment is None or not is_doubled(moment, zone):
        return moment
    said = answers.choice(field_of(name), ("", FIRST, SECOND))
    if said:
        return pick_of_two(moment, zone, second=said == SECOND)
    if moment != kept:
        answers.problems.setdefault(
            field_of(name),
            Refused(
                "The clocks show this time twice that night. Please say which one is meant.", code="twice"
            ),
        )
    return moment


def said_of(name: str, moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    """What the field of a moment that is kept holds; nothing where its time happens once."""
    if not is_doubled(moment, zone):
        return {}
    return {field_of(name): SECOND if is_second(moment, zone) else FIRST}


def questions(
    typed: Mapping[str, str], names: Sequence[str], zone: ZoneInfo
) -> dict[str, list[tuple[str, str]]]:
    """What to ask beside each field of a time that happens twice: the two there are, by their offset."""
    found = {name: _choices(typed.get(name, ""), zone) for name in names}
    return {name: choices for name, choices in found.items() if choices}


def _choices(text: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    try:
        moment = moment_in_zone(text.strip(), zone)
    except Refused:
        return []
    if not is_doubled(moment, zone):
        return []
    first, second = (pick_of_two(moment, zone, second=second) for second in (False, True))
    return [
        (FIRST, translate("the first one (%(offset)s)", offset=zone_offset(first, zone.key))),
        (SECOND, translate("the second one (%(offset)s)", offset=zone_offset(second, zone.key))),
    ]
