"""The desk's page and its buttons. Each answer is the whole page; the browser takes the parts that changed from it."""

from datetime import date

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.attendance.base import blueprint
from eventapp.blueprints.attendance.desk import DESK, read_day, read_desk, read_verdict
from eventapp.errors import Closed, Conflict, Invalid, Refused
from eventapp.models import Edition
from eventapp.rules.attendance import LONGEST_DESK, LONGEST_REASON
from eventapp.rules.text import clean_line, without_hidden
from eventapp.services import attendance, attendance_find
from eventapp.services.editions import door_of, get_edition, get_edition_to_edit
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.people import Badges, represented
from eventapp.web.sign_in import actor, polled
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = get_edition(actor(), ordinal)
    may_edit = actor().may_edit(edition.id)
    phase = door_of(edition).phase(clock.now())
    if may_edit and phase == "open" and request.headers.get("HX-Target") == "found":
        return render_template("attendance/_found.html", edition=edition, desk=read_desk(edition), **_words())
    return render_template(
        "attendance/index.html",
        edition=edition,
        may_edit=may_edit,
        phase=phase,
        opens_on=door_of(edition).eve,
        desk=read_desk(edition) if may_edit and phase == "open" else None,
        verdict=read_verdict(edition) if may_edit else None,
        **_totals(edition),
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"represented": represented, "badge_category": Badges().category}


def _totals(edition: Edition) -> dict[str, object]:
    now = clock.now()
    return {"totals": attendance.count(edition), "today": door_of(edition).today(now), "taken_at": now}


@blueprint.get("/totals")
@polled
def totals(ordinal: int) -> str:
    """The numbers alone, for a page that stays open."""
    edition = get_edition(actor(), ordinal)
    return render_template("attendance/_totals.html", edition=edition, **_totals(edition))


def _desk(ordinal: int, **told: str | int | None) -> Response:
    """The desk again, for the same day, with what came of the press."""
    day = request.form.get("day", "")
    if read_day(day):
        told["day"] = day
    return redirect(url_for("attendance.index", ordinal=ordinal, **told), code=303)  # type: ignore[arg-type]  # Flask's stub wants Any by name


@blueprint.post("/desk")
@checks_csrf
def name_desk(ordinal: int) -> Response:
    get_edition_to_edit(actor(), ordinal)
    try:
        check_token()
        session[DESK] = clean_line(request.form.get("name", ""), limit=LONGEST_DESK)
    except Refused as problem:
        flash(error_text(problem), "warn")
    return _desk(ordinal)


@blueprint.post("/people/<reference>")
@checks_csrf
def check_in(ordinal: int, reference: str) -> Response:
    who, now, desk = actor(), clock.now(), session.get(DESK, "")
    get_edition_to_edit(who, ordinal)
    despite, on = request.form.get("despite", ""), read_day(request.form.get("day", ""))
    if not token_holds():
        return _desk(ordinal, told="stale", q=reference)
    try:
        with writing():
            made = attendance.check_in(who, ordinal, reference, despite=despite, desk=desk, on=on, now=now)
            number = made.id
    except Conflict as conflict:
        return _desk(ordinal, told="again", n=str(conflict.values["check_in_id"]))
    except Refused as refusal:
        if refusal.code not in ("ask", "never"):
            raise
        return _desk(ordinal, told=refusal.code, who=reference, q=reference)
    except Closed:
        return _desk(ordinal, told="closed")
    return _desk(ordinal, told="in", n=number)


@blueprint.get("/<int:check_in_id>/undo")
def confirm_undo(ordinal: int, check_in_id: int) -> str:
    return _undo_page(ordinal, check_in_id, {})


def _undo_page(ordinal: int, check_in_id: int, errors: dict[str, str]) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    return render_template(
        "attendance/undo.html",
        edition=edition,
        check_in=attendance.get_check_in(edition, check_in_id),
        back=_back(ordinal),
        typed=without_hidden(request.form.get("reason", "")),
        errors=errors,
        **_words(),
    )


def _back(ordinal: int) -> str:
    """The page of the person, if the way began there; else the desk."""
    if one := request.args.get("one", ""):
        return url_for("registrations_desk.show", ordinal=ordinal, reference=one)
    return url_for("attendance.index", ordinal=ordinal)


@blueprint.post("/<int:check_in_id>/undo")
@checks_csrf
def undo(ordinal: int, check_in_id: int) -> Response | tuple[str, int]:
    who, now = actor(), clock.now()
    try:
        check_token()
        reason = clean_line(request.form.get("reason", ""), limit=LONGEST_REASON)
        with writing():
            attendance.undo(who, ordinal, check_in_id, reason=reason, now=now)
    except Conflict:
        pass  # somebody else was quicker: it is undone, and the page says by whom
    except Invalid as problem:
        return _undo_page(ordinal, check_in_id, {"reason": error_text(problem.problems["reason"])}), 422
    except Refused as problem:
        if problem.code == "forbidden":
            raise
        return _undo_page(ordinal, check_in_id, {"reason": error_text(problem)}), 422
    if request.args.get("one"):
        flash(translate("The check-in was undone."), "good")
        return redirect(_back(ordinal), code=303)
    return _desk(ordinal, told="undone", n=check_in_id)


@blueprint.post("/paper")
def paper(ordinal: int) -> str:
    """The list for the day the system is down; that somebody took it along is written down first."""
    who, now = actor(), clock.now()
    edition = get_edition_to_edit(who, ordinal)
    number = edition.id
    with writing():
        attendance.record_paper(who, number, now=now)
    edition = get_edition(who, ordinal)
    return render_template(
        "attendance/paper.html",
        edition=edition,
        lines=attendance_find.list_for_paper(edition),
        days=_columns(edition),
        taken_at=now,
        **_words(),
    )


def _columns(edition: Edition) -> list[date]:
    return door_of(edition).days()[:5] or [door_of(edition).today(clock.now())]
