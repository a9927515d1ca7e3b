"""Who signed up for a session: seats and the line, a seat given by hand, places taken back with a reason."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.sessions.base import asked, blueprint, find, to_edit, to_read, wants_found, words
from eventapp.blueprints.sessions.invited import say_promoted
from eventapp.errors import Closed, Conflict, DomainError, NotFound, Refused
from eventapp.models import Edition, ProgrammeSession
from eventapp.rules.listing import read_listing
from eventapp.rules.session_people import FULL
from eventapp.services import session_places, session_signed_up
from eventapp.services.session_places import SignedUp
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, page_errors, typed_again
from eventapp.web.errors import error_text
from eventapp.web.paging import Paging
from eventapp.web.people import represented
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

Page = tuple[str, int]
SIZE = 100  # people on a page, with a seat or in line
LONGEST_REASON = 1000


@blueprint.get("/signed-up")
def signed_up(ordinal: int, session_id: int) -> str:
    edition, session = to_read(ordinal, session_id)
    may_edit = actor().may_edit(edition.id)
    places = session_places.read(session)
    finding = _finding(edition, session, places) if may_edit and session.asks_sign_up else {}
    if wants_found() and finding:
        return render_template("sessions/_found_seat.html", **finding)
    paging = Paging(_page_of("page"), SIZE, len(places.seats))
    line_paging = Paging(_page_of("line"), SIZE, len(places.line))
    return render_template(
        "sessions/signed_up.html",
        seats=places.seats[paging.offset : paging.last],
        line=places.line[line_paging.offset : line_paging.last],
        paging=paging,
        line_paging=line_paging,
        may_edit=may_edit,
        **{"edition": edition, "session": session, "places": places, **words(), **finding},
    )


def _page_of(name: str) -> int:
    """The page of the seats or of the line that an address asks for."""
    return read_listing({"page": request.args.get(name, "")}).page


def _finding(edition: Edition, session: ProgrammeSession, places: SignedUp) -> dict[str, object]:
    found = find(edition)
    ids = [one.registration.id for one in found.people]
    return {
        "edition": edition,
        "session": session,
        "places": places,
        "search": asked(),
        "found": found,
        "states": session_places.list_states(session.id, ids),
        "open_to": session_places.list_open_to(session, ids),
        "full": FULL,
        "represented": represented,
    }


def back(ordinal: int, session_id: int) -> Response:
    """The list again."""
    return redirect(url_for("sessions.signed_up", ordinal=ordinal, session_id=session_id), code=303)


@blueprint.post("/signed-up/<reference>/seat")
def give_seat(ordinal: int, session_id: int, reference: str) -> Response:
    who, now, despite = actor(), clock.now(), request.form.get("despite", "")
    to_edit(ordinal, session_id)
    try:
        with writing():
            session_signed_up.give_seat(who, ordinal, session_id, reference, despite=despite, now=now)
    except (Conflict, Closed) as problem:
        flash(error_text(problem), "note")
        return back(ordinal, session_id)
    except Refused as problem:
        if problem.code == "forbidden":
            raise
        flash(error_text(problem), "warn")
        return redirect(
            url_for("sessions.signed_up", ordinal=ordinal, session_id=session_id, q=reference), code=303
        )
    flash(translate("%(code)s has a seat now, and is told by mail.", code=reference), "good")
    return back(ordinal, session_id)


@blueprint.get("/signed-up/<reference>/remove")
def confirm_remove(ordinal: int, session_id: int, reference: str) -> Page | Response:
    to_edit(ordinal, session_id)
    return _remove_page(ordinal, session_id, reference)


def _remove_page(
    ordinal: int, session_id: int, reference: str, status: int = 200, **more: object
) -> Page | Response:
    edition, session = to_edit(ordinal, session_id)
    try:
        person, place = session_places.get_place(session, reference)
    except NotFound as problem:  # a colleague was quicker, or the person gave it up
        flash(error_text(problem), "note")
        return back(ordinal, session_id)
    page = render_template(
        "sessions/remove.html",
        edition=edition,
        session=session,
        person=person,
        state=place.state,
        represented=represented,
        **more,
    )
    return page, status


@blueprint.post("/signed-up/<reference>/remove")
@checks_csrf
def remove(ordinal: int, session_id: int, reference: str) -> Page | Response:
    who, now, answers = actor(), clock.now(), Answers()
    to_edit(ordinal, session_id)
    reason = answers.prose("reason", LONGEST_REASON)
    try:
        answers.check()
        with writing():
            promoted = session_signed_up.remove(who, ordinal, session_id, reference, reason=reason, now=now)
    except (Conflict, NotFound) as problem:
        flash(error_text(problem), "note")
        return back(ordinal, session_id)
    except DomainError as problem:
        typed = typed_again()
        return _remove_page(ordinal, session_id, reference, 422, errors=page_errors(problem), typed=typed)
    flash(
        translate("%(code)s has no place in the session any more, and is told why.", code=reference), "good"
    )
    if promoted:
        say_promoted(promoted)
    return back(ordinal, session_id)


@blueprint.get("/signed-up/may-not-come")
def confirm_remove_barred(ordinal: int, session_id: int) -> Page | Response:
    return _barred_page(ordinal, session_id)


def _barred_page(
    ordinal: int, session_id: int, status: int = 200, general: Sequence[str] = ()
) -> Page | Response:
    edition, session = to_edit(ordinal, session_id)
    places = session_places.read(session)
    if not places.barred:
        flash(translate("Everybody with a place may come."), "note")
        return back(ordinal, session_id)
    page = render_template(
        "sessions/barred.html",
        edition=edition,
        session=session,
        places=places,
        general=general,
        represented=represented,
    )
    return page, status


@blueprint.post("/signed-up/may-not-come")
def remove_barred(ordinal: int, session_id: int) -> Page | Response:
    who, now, digest = actor(), clock.now(), request.form.get("digest", "")
    to_edit(ordinal, session_id)
    try:
        with writing():
            count = session_signed_up.remove_barred(who, ordinal, session_id, digest=digest, now=now)
    except Conflict as problem:
        return _barred_page(ordinal, session_id, 409, [error_text(problem)])
    text = translate_plural(
        "One person has no place any more and is told by mail, without the session's name.",
        "%(num)s people have no place any more and are told by mail, without the session's name.",
        count,
    )
    flash(text, "good")
    return back(ordinal, session_id)
