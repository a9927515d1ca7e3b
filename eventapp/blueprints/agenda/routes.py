"""The own agenda: what there is, signing up and leaving, a print view, and the calendar's secret address."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp.errors import Closed, DomainError
from eventapp.models import Registration
from eventapp.rules.programme_now import day_of
from eventapp.rules.registration import OPEN_STATES
from eventapp.rules.sign_up import SEATING_STATES
from eventapp.services import agenda, agenda_calendar, agenda_sign_up, documents_read
from eventapp.services.agenda import Item
from eventapp.services.links import token_of
from eventapp.web import clock
from eventapp.web.calendars import agenda_calendar as write_agenda
from eventapp.web.errors import error_text
from eventapp.web.filters import absolute
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("agenda", __name__)


@blueprint.get("/registrations/<token>/agenda")
def show(token: str) -> str:
    found = agenda.read(token)
    edition, is_mine = found.own.edition, request.args.get("mine") == "1"
    zone = ZoneInfo(edition.time_zone)
    days: dict[str, list[Item]] = {}
    for item in found.items:
        if item.is_on_agenda or not is_mine:
            days.setdefault(day_of(item.session, zone).isoformat(), []).append(item)
    registration = found.own.registration
    return render_template(
        "agenda/show.html",
        token=token,
        edition=edition,
        registration=registration,
        days=days,
        is_mine=is_mine,
        now=clock.now(),
        has_any=bool(found.items),
        documents=documents_read.list_for(registration),
        may_choose=registration.state in OPEN_STATES and edition.state in SEATING_STATES,
        **_calendar_of(registration),
    )


def _calendar_of(registration: Registration) -> dict[str, str]:
    """The address of the person's calendar if there is one, and the same by the scheme with which a phone subscribes.

    By the usual scheme it would fetch what stands there today, once.
    """
    link = agenda_calendar.find_link(registration)
    if link is None:
        return {"address": ""}
    address = _address(token_of(link, current_app.config["SECRET_KEY"]))
    return {"address": address, "subscription": f"webcal:{address.partition(':')[2]}"}


def _address(token: str) -> str:
    return absolute(url_for("agenda.calendar", token=token))


def _back(token: str, public_id: UUID | None = None) -> AnyResponse:
    anchor = f"session-{public_id}" if public_id else "calendar"
    mine = "1" if request.form.get("mine") == "1" else None
    return redirect(url_for("agenda.show", token=token, mine=mine, _anchor=anchor), code=303)


@blueprint.post("/registrations/<token>/agenda/<uuid:public_id>/sign-up")
def sign_up(token: str, public_id: UUID) -> AnyResponse:
    try:
        with writing():
            state = agenda_sign_up.sign_up(token, public_id, now=clock.now())
    except DomainError as problem:
        agenda.read(token)  # a link that leads nowhere is told by its own page
        flash(error_text(problem), "bad")
        return _back(token, public_id)
    told = {
        "noted": translate("The session is on your agenda."),
        "seat": translate("You have a seat in this session."),
        "waiting": translate("All seats are taken. You are on the waiting list of this session."),
    }
    flash(told[state], "warn" if state == "waiting" else "good")
    return _back(token, public_id)


@blueprint.post("/registrations/<token>/agenda/<uuid:public_id>/leave")
@commits
def leave(token: str, public_id: UUID) -> AnyResponse:
    agenda_sign_up.leave(token, public_id, now=clock.now())
    flash(translate("The session is not on your agenda any more."), "good")
    return _back(token, public_id)


@blueprint.post("/registrations/<token>/agenda/calendar")
@commits
def renew_calendar(token: str) -> AnyResponse:
    agenda_calendar.renew(token, now=clock.now(), secret=current_app.config["SECRET_KEY"])
    flash(translate("The address of your calendar is ready. An earlier one does not work any more."), "good")
    return _back(token)


@blueprint.post("/registrations/<token>/agenda/calendar/revoke")
@commits
def revoke_calendar(token: str) -> AnyResponse:
    agenda_calendar.revoke(token, now=clock.now())
    flash(translate("The address of your calendar does not work any more."), "good")
    return _back(token)


@blueprint.get("/calendar/<token>.ics")
def calendar(token: str) -> Response:
    try:
        registration, sessions = agenda_calendar.read(token)
    except Closed as problem:  # 410: applications stop asking
        return Response(error_text(problem), status=410, mimetype="text/plain")
    body = write_agenda(registration.edition, sessions)
    return Response(body, mimetype="text/calendar")
