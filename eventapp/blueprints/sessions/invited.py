"""The people who are invited to a closed session: the list, naming people, taking them off, writing to them."""

from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.sessions.base import asked, blueprint, find, to_edit, to_read, wants_found, words
from eventapp.errors import DomainError, NotFound, Refused
from eventapp.models import Edition, ProgrammeSession
from eventapp.rules.listing import read_listing
from eventapp.rules.session_people import may_be_invited
from eventapp.services import session_invited, session_letters
from eventapp.services.session_access import find_told
from eventapp.services.session_invited import Added, Invited, Removed
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text
from eventapp.web.paging import Paging
from eventapp.web.people import represented
from eventapp.web.session_choices import list_delegations, list_sectors
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

Page = tuple[str, int]
SIZE = 100  # people on a page of the list


@blueprint.get("/invited")
def invited(ordinal: int, session_id: int) -> str | Page:
    edition, session = to_read(ordinal, session_id)
    if wants_found() and actor().may_edit(edition.id):
        rows = session_invited.list_invited(session.id)
        return render_template("sessions/_found_invited.html", **_finding(edition, session, rows))
    return _page(edition, session)


def _page(
    edition: Edition,
    session: ProgrammeSession,
    status: int = 200,
    *,
    picked: Sequence[str] = (),
    general: Sequence[str] = (),
) -> Page:
    rows = session_invited.list_invited(session.id)
    paging = Paging(read_listing(request.args).page, SIZE, len(rows))
    may_edit = actor().may_edit(edition.id)
    more = _finding(edition, session, rows, picked) if may_edit else {}
    page = render_template(
        "sessions/invited.html",
        rows=rows[paging.offset : paging.offset + SIZE],
        paging=paging,
        untold=sum(one.holds and one.invitee.told_at is None for one in rows),
        told=find_told(session.id),
        nobody_can=session.access == "invited" and not any(one.may_hold for one in rows),
        may_edit=may_edit,
        delegations=list_delegations(edition) if may_edit else [],
        sectors=list_sectors(),
        general=general,
        may_be_named=lambda state: may_be_invited(state, is_erased=False),
        **{"edition": edition, "session": session, **words(), **more},
    )
    return page, status


def _finding(
    edition: Edition, session: ProgrammeSession, rows: Sequence[Invited], picked: Sequence[str] = ()
) -> dict[str, object]:
    return {
        "edition": edition,
        "session": session,
        "search": asked(),
        "found": find(edition),
        "named": {one.registration.id for one in rows},
        "picked": picked,
        "may_be_invited": may_be_invited,
        "represented": represented,
    }


@blueprint.post("/invited")
@checks_csrf
def invite(ordinal: int, session_id: int) -> Page | Response:
    who, now, picked = actor(), clock.now(), request.form.getlist("pick")
    edition, session = to_edit(ordinal, session_id)
    try:
        check_token()
        with writing():
            added = session_invited.invite(who, ordinal, session_id, picked, now=now)
            left = [one.reference for one in added.left]
    except DomainError as problem:
        edition, session = to_edit(ordinal, session_id)
        return _page(edition, session, 422, picked=picked, general=[error_text(problem)])
    say_added(added, left)
    return back(ordinal, session_id)


def say_added(added: Added, left: Sequence[str]) -> None:
    """What naming people did, in a sentence for each outcome."""
    if added.added:
        flash(translate_plural("One person was added.", "%(num)s people were added.", added.added), "good")
    if added.there:
        text = translate_plural(
            "One was on the list already.", "%(num)s were on the list already.", added.there
        )
        flash(text, "note")
    if left:
        text = translate(
            "Not added, since the registration has ended: %(references)s",
            references=translate(", ").join(left),
        )
        flash(text, "warn")


def back(ordinal: int, session_id: int) -> Response:
    """The list again, with what was looked for left behind: the next name is typed anew."""
    return redirect(url_for("sessions.invited", ordinal=ordinal, session_id=session_id), code=303)


@blueprint.get("/invited/<reference>/remove")
def confirm_uninvite(ordinal: int, session_id: int, reference: str) -> str | Response:
    edition, session = to_edit(ordinal, session_id)
    try:
        invitee, person = session_invited.get_invitee(session, reference)
    except NotFound as problem:  # a colleague was quicker
        flash(error_text(problem), "note")
        return back(ordinal, session_id)
    return render_template(
        "sessions/uninvite.html",
        edition=edition,
        session=session,
        person=person,
        outlook=session_invited.foresee(session, invitee, person),
        represented=represented,
    )


@blueprint.post("/invited/<reference>/remove")
def uninvite(ordinal: int, session_id: int, reference: str) -> Response:
    who, now = actor(), clock.now()
    to_edit(ordinal, session_id)
    try:
        with writing():
            done = session_invited.uninvite(who, ordinal, session_id, reference, now=now)
    except NotFound as problem:
        if problem.code != "not-invited":
            raise
        flash(error_text(problem), "note")
        return back(ordinal, session_id)
    _say_removed(done)
    return back(ordinal, session_id)


def _say_removed(done: Removed) -> None:
    flash(translate("%(code)s is not invited any more.", code=done.reference), "good")
    if done.gave_up:
        say_promoted(done.promoted)
    if done.is_told:
        flash(translate("A letter says that the session is not open to them any more, without naming it."))


def say_promoted(promoted: int) -> None:
    """What became of a seat that was given up."""
    if promoted:
        text = translate_plural(
            "The seat went to the next in line, who is told by mail.",
            "%(num)s people moved up to a seat and are told by mail.",
            promoted,
        )
        flash(text, "note")
    else:
        flash(translate("The seat is free now: nobody waits for it."), "note")


@blueprint.post("/invited/letters")
def write(ordinal: int, session_id: int) -> Response:
    who, now, secret = actor(), clock.now(), current_app.config["SECRET_KEY"]
    to_edit(ordinal, session_id)
    try:
        with writing():
            count = session_letters.write(who, ordinal, session_id, now=now, secret=secret)
    except Refused as problem:
        if problem.code != "unpublished":
            raise
        flash(error_text(problem), "warn")
        return back(ordinal, session_id)
    if count:
        text = translate_plural("One person is written to.", "%(num)s people are written to.", count)
        flash(text, "good")
    else:
        flash(translate("Everybody who may come has been written to already."), "note")
    return back(ordinal, session_id)
