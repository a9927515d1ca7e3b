"""The day grid: rooms and times, moved with the mouse, with the keyboard or by a form of its own."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.conflict_notes import flash_conflicts
from eventapp.blueprints.programme.routes import blueprint
from eventapp.blueprints.programme.session_fields import room_choices
from eventapp.errors import DomainError, Refused, Stale
from eventapp.rules.edition_plan import wall_time
from eventapp.services import editions, programme, programme_grid
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.doubled_hours import questions, read_moment, said_of
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.get("/grid")
def grid(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "programme/grid.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        day=programme_grid.read_day(edition, _day(request.args.get("day", ""))),
    )


def _form(
    ordinal: int, session_id: int, typed: dict[str, str] | None, status: int = 200, **more: Any
) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    session = programme.get_session(edition.id, session_id)
    zone = ZoneInfo(edition.time_zone)
    stands = {
        "starts": wall_time(session.starts_at, zone),
        **said_of("starts", session.starts_at, zone),
        "room_id": str(session.room_id or ""),
    }
    shown = stands | (typed or {}) | {"version": str(session.version)}
    return render_template(
        "programme/move.html",
        edition=edition,
        session=session,
        **room_choices(edition),
        typed=shown,
        twice=questions(shown, ("starts",), zone),
        **more,
    ), status


@blueprint.get("/sessions/<int:session_id>/move")
def ask_move(ordinal: int, session_id: int) -> tuple[str, int]:
    return _form(ordinal, session_id, None)


def _target(answers: Answers, zone: ZoneInfo, kept: datetime) -> datetime:
    """Where the session goes: a moment from the grid, which knows no doubled hour, or a day and time as typed."""
    if at := answers.raw("at"):
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1990 <= moment.year <= 2200:
            raise Refused("Please give a day and a time, such as 2027-04-30 23:59.", field="starts")
        return moment
    found = read_moment(answers, "starts", zone, kept)
    answers.require("starts", found)
    return found or kept


@blueprint.post("/sessions/<int:session_id>/move")
@checks_csrf
def move_session(ordinal: int, session_id: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    edition = editions.get_edition_to_edit(who, ordinal)
    zone = ZoneInfo(edition.time_zone)
    kept = programme.get_session(edition.id, session_id).starts_at
    room_id, version = answers.whole("room_id", 1, 10**9), answers.version()
    try:
        at = _target(answers, zone, kept)
        answers.check()
        with writing():
            programme_grid.move(
                who, ordinal, session_id, room_id=room_id, starts_at=at, version=version, now=now
            )
    except Stale:
        return _form(ordinal, session_id, None, 409, is_stale=True)
    except DomainError as problem:
        return _form(ordinal, session_id, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The session is moved."), "good")
    flash_conflicts(editions.get_edition(who, ordinal), session_id)
    day = at.astimezone(zone).date().isoformat()
    back = url_for("programme.grid", ordinal=ordinal, day=day, _anchor=f"session-{session_id}")
    return redirect(back, code=303)
