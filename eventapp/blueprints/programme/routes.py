"""Sessions: the programme by day, the form of one session, its speakers in order, and deletion."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.conflict_notes import conflicts_of, flash_conflicts
from eventapp.blueprints.programme.listing import choose
from eventapp.blueprints.programme.session_fields import (
    list_choices,
    list_rooms,
    list_tracks,
    read_session,
    typed_lists,
    typed_session,
)
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, ProgrammeSession
from eventapp.rules.edition_plan import days_of
from eventapp.rules.vocabulary import SPEAKER_FUNCTIONS, SPEAKER_STATES
from eventapp.services import (
    documents,
    editions,
    programme,
    programme_concerned,
    programme_conflicts,
    programme_publishing,
    programme_telling,
    session_places,
)
from eventapp.services.programme_lines import list_lines
from eventapp.web import clock
from eventapp.web.arriving import tidy_documents
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.doubled_hours import questions
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("programme", __name__, url_prefix="/dashboard/editions/<int:ordinal>/programme")


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    sessions, now = list_lines(edition.id), clock.now()
    held = session_places.count_places(edition.id)
    found = programme_conflicts.list_conflicts(edition, sessions, held)
    may_edit = actor().may_edit(edition.id)
    last = programme_publishing.find_last(edition.id)
    return render_template(
        "programme/index.html",
        edition=edition,
        may_edit=may_edit,
        last=last,
        is_owed=may_edit and last is not None and programme_telling.is_owed(edition, last, now=now),
        total=len(sessions),
        shown=choose(edition, sessions, request.args, now=now),
        conflicts=programme_conflicts.by_session(found),
        unpublished=programme_publishing.count_changes(edition, sessions),
        places=session_places.summarise(sessions, held),
    )


@blueprint.get("/conflicts")
def conflicts(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    found = programme_conflicts.list_conflicts(edition, list_lines(edition.id))
    return render_template(
        "programme/conflicts.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        conflicts=found,
    )


def _form(
    edition: Edition,
    session: ProgrammeSession | None,
    typed: Mapping[str, Any],
    status: int = 200,
    **more: Any,
) -> tuple[str, int]:
    page = render_template(
        "programme/session_form.html",
        edition=edition,
        session=session,
        typed=typed,
        conflicts=conflicts_of(edition, session) if session else (),
        documents=documents.list_of_session(session.id) if session else (),
        twice=questions(typed, ("starts", "ends"), ZoneInfo(edition.time_zone)),
        **list_choices(edition, session),
        **more,
    )
    return page, status


def _typed_again() -> dict[str, Any]:
    return {**typed_again(), **typed_lists()}


@blueprint.get("/sessions/new")
def new_session(ordinal: int) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    days = days_of(edition.starts_on, edition.ends_on, edition.date_precision)
    wanted = request.args.get("day", "")
    day = next((one for one in days if one.isoformat() == wanted), days[0] if days else None)
    typed = {"starts": f"{day}T09:00", "ends": f"{day}T10:00"} if day else {}
    return _form(edition, None, typed)


@blueprint.post("/sessions/new")
@checks_csrf
def create_session(ordinal: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    edition = editions.get_edition_to_edit(who, ordinal)
    try:
        values = read_session(edition, None)
        with writing():
            number = programme.create(who, ordinal, values, now=now).id
    except DomainError as problem:
        edition = editions.get_edition_to_edit(who, ordinal)
        return _form(edition, None, _typed_again(), 422, errors=errors_of(problem))
    flash(translate("The session is saved. You can add its speakers now."), "good")
    return redirect(url_for("programme.edit_session", ordinal=ordinal, session_id=number), code=303)


def _both(ordinal: int, session_id: int) -> tuple[Edition, ProgrammeSession]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return edition, programme.get_session(edition.id, session_id)


@blueprint.get("/sessions/<int:session_id>")
def edit_session(ordinal: int, session_id: int) -> tuple[str, int]:
    edition, session = _both(ordinal, session_id)
    return _form(edition, session, typed_session(session, edition))


@blueprint.post("/sessions/<int:session_id>")
@checks_csrf
def save_session(ordinal: int, session_id: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    version = Answers().version()
    try:
        values = read_session(*_both(ordinal, session_id))
        with writing():
            programme.edit(who, ordinal, session_id, values, version=version, now=now)
    except Stale:
        edition, session = _both(ordinal, session_id)
        names = {"room_id": dict(list_rooms(edition)), "track_id": dict(list_tracks(edition))}
        back = came_back(session, version, zone=edition.time_zone, names=names)
        return _form(edition, session, **back | {"typed": back["typed"] | typed_lists()})
    except DomainError as problem:
        edition, session = _both(ordinal, session_id)
        return _form(edition, session, _typed_again(), 422, errors=errors_of(problem))
    flash(translate("The session is saved."), "good")
    flash_conflicts(editions.get_edition(who, ordinal), session_id)
    address = url_for("programme.index", ordinal=ordinal, at=session_id, _anchor=f"session-{session_id}")
    return redirect(address, code=303)


@blueprint.get("/sessions/<int:session_id>/delete")
def confirm_delete_session(ordinal: int, session_id: int) -> str:
    edition, session = _both(ordinal, session_id)
    return render_template(
        "programme/session_delete.html",
        edition=edition,
        session=session,
        documents=documents.list_of_session(session_id),
        people=programme_concerned.count_on_agenda(session),
    )


@blueprint.post("/sessions/<int:session_id>/delete")
def delete_session(ordinal: int, session_id: int) -> Response:
    edition, session = _both(ordinal, session_id)
    day = session.starts_at.astimezone(ZoneInfo(edition.time_zone)).date().isoformat()
    with writing():
        released = programme.delete(actor(), ordinal, session_id, now=clock.now())
    tidy_documents(released)
    flash(translate("The session is deleted."), "good")
    return redirect(url_for("programme.index", ordinal=ordinal, day=day), code=303)


@blueprint.post("/sessions/<int:session_id>/speakers")
@checks_csrf
def add_speaker(ordinal: int, session_id: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    _both(ordinal, session_id)
    speaker_id = answers.whole("speaker_id", 1, 10**9)
    answers.require("speaker_id", speaker_id)
    function = answers.choice("function", SPEAKER_FUNCTIONS, "speaker")
    state = answers.choice("state", SPEAKER_STATES, "invited")
    try:
        answers.check()
        with writing():
            programme.add_speaker(
                who, ordinal, session_id, speaker_id or 0, function=function, state=state, now=now
            )
    except DomainError as problem:
        edition, session = _both(ordinal, session_id)
        typed = typed_session(session, edition) | {"speaker_id": answers.raw("speaker_id")}
        return _form(edition, session, typed, 422, errors=errors_of(problem))
    return _back_to_speakers(ordinal, session_id)


@blueprint.post("/sessions/<int:session_id>/speakers/<int:speaker_id>")
@checks_csrf
def save_speaker_place(ordinal: int, session_id: int, speaker_id: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    _both(ordinal, session_id)
    function = answers.choice("function", SPEAKER_FUNCTIONS, "speaker")
    state = answers.choice("state", SPEAKER_STATES, "invited")
    try:
        answers.check()
        with writing():
            programme.edit_place(
                who, ordinal, session_id, speaker_id, function=function, state=state, now=now
            )
    except DomainError as problem:
        edition, session = _both(ordinal, session_id)
        return _form(edition, session, typed_session(session, edition), 422, errors=errors_of(problem))
    flash(translate("The session is saved."), "good")
    return _back_to_speakers(ordinal, session_id)


@blueprint.post("/sessions/<int:session_id>/speakers/<int:speaker_id>/move")
@commits
def move_speaker(ordinal: int, session_id: int, speaker_id: int) -> Response:
    up = Answers().raw("direction") == "up"
    programme.move_speaker(actor(), ordinal, session_id, speaker_id, up=up, now=clock.now())
    return _back_to_speakers(ordinal, session_id)


@blueprint.post("/sessions/<int:session_id>/speakers/<int:speaker_id>/remove")
@commits
def remove_speaker(ordinal: int, session_id: int, speaker_id: int) -> Response:
    programme.remove_speaker(actor(), ordinal, session_id, speaker_id, now=clock.now())
    return _back_to_speakers(ordinal, session_id)


def _back_to_speakers(ordinal: int, session_id: int) -> Response:
    address = url_for("programme.edit_session", ordinal=ordinal, session_id=session_id, _anchor="speakers")
    return redirect(address, code=303)
