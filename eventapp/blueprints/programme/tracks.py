"""Tracks of an edition's programme."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, Track
from eventapp.services import editions, programme_tracks
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/tracks")
def tracks(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "programme/tracks.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        rows=programme_tracks.list_tracks(edition.id),
    )


def _form(
    edition: Edition, track: Track | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template("programme/track_form.html", edition=edition, track=track, typed=typed, **more)
    return page, status


def _read() -> dict[str, Any]:
    answers = Answers()
    values = {
        "names": answers.texts("names", limit=200),
        "position": answers.whole("position", 0, 9_999) or 0,
    }
    answers.check()
    return values


def _both(ordinal: int, track_id: int) -> tuple[Edition, Track]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return edition, programme_tracks.get_track(edition.id, track_id)


@blueprint.get("/tracks/new")
def new_track(ordinal: int) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    last = max((track.position for track in programme_tracks.list_tracks(edition.id)), default=-1)
    return _form(edition, None, {"position": str(last + 1)})


@blueprint.post("/tracks/new")
@checks_csrf
def add_track(ordinal: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    editions.get_edition_to_edit(who, ordinal)
    try:
        values = _read()
        with writing():
            programme_tracks.add_track(who, ordinal, values, now=now)
    except DomainError as problem:
        edition = editions.get_edition_to_edit(who, ordinal)
        return _form(edition, None, typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal)


@blueprint.get("/tracks/<int:track_id>")
def edit_track(ordinal: int, track_id: int) -> tuple[str, int]:
    edition, track = _both(ordinal, track_id)
    typed = {
        **typed_texts("names", track.names),
        "position": str(track.position),
        "version": str(track.version),
    }
    return _form(edition, track, typed)


@blueprint.post("/tracks/<int:track_id>")
@checks_csrf
def save_track(ordinal: int, track_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    _both(ordinal, track_id)
    try:
        values = _read()
        with writing():
            programme_tracks.edit_track(who, ordinal, track_id, values, version=version, now=now)
    except Stale:
        edition, track = _both(ordinal, track_id)
        return _form(edition, track, **came_back(track, version, zone=edition.time_zone))
    except DomainError as problem:
        return _form(*_both(ordinal, track_id), typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal)


def _done(ordinal: int) -> Response:
    flash(translate("The track is saved."), "good")
    return redirect(url_for("programme.tracks", ordinal=ordinal), code=303)


@blueprint.get("/tracks/<int:track_id>/delete")
def confirm_delete_track(ordinal: int, track_id: int) -> str:
    edition, track = _both(ordinal, track_id)
    return render_template(
        "programme/track_delete.html",
        edition=edition,
        track=track,
        on_it=programme_tracks.count_sessions_of(track_id),
    )


@blueprint.post("/tracks/<int:track_id>/delete")
@commits
def delete_track(ordinal: int, track_id: int) -> Response:
    programme_tracks.delete_track(actor(), ordinal, track_id, now=clock.now())
    flash(translate("The track is deleted."), "good")
    return redirect(url_for("programme.tracks", ordinal=ordinal), code=303)
