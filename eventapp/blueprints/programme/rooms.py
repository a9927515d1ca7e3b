"""Rooms of an edition's venue."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, Room
from eventapp.services import editions, programme_rooms
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/rooms")
def rooms(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "programme/rooms.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        rows=programme_rooms.list_rooms(edition.id),
    )


def _form(
    edition: Edition, room: Room | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template("programme/room_form.html", edition=edition, room=room, typed=typed, **more)
    return page, status


def _read() -> dict[str, Any]:
    answers = Answers()
    values = {
        "names": answers.texts("names", limit=200),
        "capacity": answers.whole("capacity", 0, 200_000),
        "equipment": answers.texts("equipment", limit=500),
        "booths": answers.whole("booths", 0, 20) or 0,
        "opens_at": answers.hour("opens_at"),
        "closes_at": answers.hour("closes_at"),
        "position": answers.whole("position", 0, 9_999) or 0,
    }
    answers.check()
    return values


def _both(ordinal: int, room_id: int) -> tuple[Edition, Room]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return edition, programme_rooms.get_room(edition.id, room_id)


@blueprint.get("/rooms/new")
def new_room(ordinal: int) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    last = max((room.position for room in programme_rooms.list_rooms(edition.id)), default=-1)
    return _form(edition, None, {"position": str(last + 1)})


@blueprint.post("/rooms/new")
@checks_csrf
def add_room(ordinal: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    edition = editions.get_edition_to_edit(who, ordinal)
    try:
        values = _read()
        with writing():
            programme_rooms.add_room(who, ordinal, values, now=now)
    except DomainError as problem:
        edition = editions.get_edition_to_edit(who, ordinal)
        return _form(edition, None, typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal)


@blueprint.get("/rooms/<int:room_id>")
def edit_room(ordinal: int, room_id: int) -> tuple[str, int]:
    edition, room = _both(ordinal, room_id)
    typed = {
        **typed_texts("names", room.names),
        **typed_texts("equipment", room.equipment),
        "capacity": "" if room.capacity is None else str(room.capacity),
        "booths": str(room.booths),
        "opens_at": room.opens_at.isoformat("minutes") if room.opens_at else "",
        "closes_at": room.closes_at.isoformat("minutes") if room.closes_at else "",
        "position": str(room.position),
        "version": str(room.version),
    }
    return _form(edition, room, typed)


@blueprint.post("/rooms/<int:room_id>")
@checks_csrf
def save_room(ordinal: int, room_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    _both(ordinal, room_id)
    try:
        values = _read()
        with writing():
            programme_rooms.edit_room(who, ordinal, room_id, values, version=version, now=now)
    except Stale:
        edition, room = _both(ordinal, room_id)
        return _form(edition, room, **came_back(room, version, zone=edition.time_zone))
    except DomainError as problem:
        return _form(*_both(ordinal, room_id), typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal)


def _done(ordinal: int) -> Response:
    flash(translate("The room is saved."), "good")
    return redirect(url_for("programme.rooms", ordinal=ordinal), code=303)


@blueprint.get("/rooms/<int:room_id>/delete")
def confirm_delete_room(ordinal: int, room_id: int) -> str:
    edition, room = _both(ordinal, room_id)
    return render_template(
        "programme/room_delete.html",
        edition=edition,
        room=room,
        inside=programme_rooms.count_sessions_in(room_id),
    )


@blueprint.post("/rooms/<int:room_id>/delete")
@commits
def delete_room(ordinal: int, room_id: int) -> Response:
    programme_rooms.delete_room(actor(), ordinal, room_id, now=clock.now())
    flash(translate("The room is deleted."), "good")
    return redirect(url_for("programme.rooms", ordinal=ordinal), code=303)
