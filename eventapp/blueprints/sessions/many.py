"""A whole delegation or a sector named at once for a closed session: looked at first, then added, once."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.sessions.base import blueprint, to_edit
from eventapp.blueprints.sessions.invited import back, say_added
from eventapp.errors import DomainError, NotFound
from eventapp.models import Edition
from eventapp.rules.text import shown
from eventapp.services import delegations, session_invited
from eventapp.services.mail_addressees import names_of
from eventapp.services.session_invited import Choice
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text
from eventapp.web.locale import language
from eventapp.web.people import represented
from eventapp.web.session_choices import list_sectors
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Page = tuple[str, int]
SHOWN = 200  # names on the page; the number is of all


def _choice(edition: Edition) -> tuple[Choice, str, dict[str, str]]:
    """What the address asks for, what that is called, and how it stands in an address; raises NotFound for nothing."""
    named, sector = request.args.get("delegation", ""), request.args.get("sector", "")
    if named:
        try:
            found = delegations.get_delegation(edition, UUID(named))
        except ValueError:
            raise NotFound("There is no such delegation.") from None
        name = str(shown(names_of(found), language()))
        return Choice(delegation_id=found.id), name, {"delegation": named}
    if request.args.get("speakers"):
        return Choice(), translate("Speakers of the session"), {"speakers": "1"}
    for code, name in list_sectors():
        if code == sector:
            return Choice(sector=code), name.removeprefix("– "), {"sector": code}
    raise NotFound("There is no such sector.")


@blueprint.get("/invited/many")
def preview_many(ordinal: int, session_id: int) -> Page | Response:
    if not any(request.args.get(one) for one in ("delegation", "sector", "speakers")):
        return redirect(url_for("sessions.invited", ordinal=ordinal, session_id=session_id), code=303)
    return _page(ordinal, session_id)


def _page(ordinal: int, session_id: int, status: int = 200, general: tuple[str, ...] = ()) -> Page:
    edition, session = to_edit(ordinal, session_id)
    choice, name, args = _choice(edition)
    page = render_template(
        "sessions/many.html",
        edition=edition,
        session=session,
        many=session_invited.preview_many(session, choice),
        name=name,
        shown=SHOWN,
        args=args,
        general=general,
        represented=represented,
    )
    return page, status


@blueprint.post("/invited/many")
@checks_csrf
def invite_many(ordinal: int, session_id: int) -> Page | Response:
    who, now, digest = actor(), clock.now(), request.form.get("digest", "")
    edition, _session = to_edit(ordinal, session_id)
    choice, _name, _args = _choice(edition)
    try:
        check_token()
        with writing():
            added = session_invited.invite_many(who, ordinal, session_id, choice, digest=digest, now=now)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(ordinal, session_id, 422, (error_text(problem),))
    say_added(added, ())
    return back(ordinal, session_id)
