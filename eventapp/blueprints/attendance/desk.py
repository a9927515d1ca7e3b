"""What a desk shows: for which day it works, whom it found, and what came of the last press of a button."""

from dataclasses import dataclass
from datetime import date

from flask import request, session

from eventapp.errors import NotFound
from eventapp.models import CheckIn, Edition, Registration
from eventapp.rules.attendance import admission
from eventapp.rules.listing import read_filter
from eventapp.rules.reference_code import read_reference
from eventapp.services import attendance, attendance_find, registrations_list
from eventapp.services.attendance_find import Findings
from eventapp.services.editions import door_of
from eventapp.web import clock
from eventapp.web.people import countries_in

DESK = "desk_name"  # in the session: the name of the desk that this browser stands at


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of the last press: in, again, undone, ask, never, stale or closed."""

    kind: str
    registration: Registration | None = None
    check_in: CheckIn | None = None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that the page of a desk shows, besides the totals."""

    name: str
    today: date
    day: date  # which people are checked in for; an earlier one while a list on paper is entered
    earlier: list[date]
    search: str
    found: Findings
    admission = staticmethod(admission)

    @property
    def day_word(self) -> str:
        """The day as it stands in the address, empty for today."""
        return "" if self.day == self.today else self.day.isoformat()


def read_desk(edition: Edition) -> Desk:
    """The desk as the address asks for it; a day that cannot be entered is today."""
    door, now = door_of(edition), clock.now()
    today, days = door.today(now), door.open_days(now)
    wanted = read_day(request.args.get("day", ""))
    day = wanted if wanted in days else today
    search = read_filter(request.args).search
    return Desk(
        name=session.get(DESK, ""),
        today=today,
        day=day,
        earlier=[one for one in days if one != today],
        search=search,
        found=attendance_find.find_people(edition, search, today=day, countries=countries_in(search)),
    )


def read_day(text: str) -> date | None:
    """A day as it stands in an address or a form; None where there is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_verdict(edition: Edition) -> Verdict | None:
    """What the address tells of the last press, as it stands now; nothing where it names nobody of this edition."""
    told, number = request.args.get("told", ""), request.args.get("n", "")
    try:
        if told in ("in", "again", "undone") and number.isascii() and number.isdigit() and len(number) < 10:
            found = attendance.get_check_in(edition, int(number))
            kind = "undone" if found.undone_at else "again" if told == "again" else "in"
            return Verdict(kind=kind, registration=found.registration, check_in=found)
        if told in ("ask", "never"):
            who = registrations_list.get_registration(edition, read_reference(request.args.get("who", "")))
            return Verdict(kind=told, registration=who)
    except NotFound:
        return None
    return Verdict(kind=told) if told in ("stale", "closed") else None
