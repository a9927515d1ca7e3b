"""Lists of messages with filters and pages, one message with its link masked, retry and cancel."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.models import Edition
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import MAIL_STATES
from eventapp.services import mail_desk
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.services.mail_desk import MailFilter
from eventapp.web import clock, mail_render
from eventapp.web.filters import link
from eventapp.web.labels import LABELS, label
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits
from eventapp.web.typed import translate, translate_plural

blueprint = Blueprint("mail", __name__, url_prefix="/dashboard")

PAGE_SIZE = 50


@blueprint.app_template_global()
def mail_kind(kind: str) -> str:
    """What a message is about; the bare word for a kind that is no more."""
    return label("mail_kind", kind) if kind in LABELS["mail_kind"] else kind


@blueprint.get("/mail")
def index() -> str:
    return _list(None)


@blueprint.get("/editions/<int(max=9999):ordinal>/mail")
def edition(ordinal: int) -> str:
    return _list(get_edition(actor(), ordinal))


@blueprint.get("/mail/<uuid:public_id>")
def show(public_id: UUID) -> str:
    outgoing = mail_desk.get_outgoing(actor(), public_id)
    message = outgoing.message
    is_erased = outgoing.registration is not None and outgoing.registration.erased_at is not None
    letter = None if is_erased else mail_render.try_render(outgoing, now=clock.now(), masked=True)
    return render_template(
        "mail_desk/show.html",
        outgoing=outgoing,
        message=message,
        letter=letter,
        has_server=_has_server(),
        waits_for_later=message.state == "waiting" and message.next_attempt_at > clock.now(),
    )


@blueprint.post("/mail/<uuid:public_id>/retry")
@commits
def retry(public_id: UUID) -> Response:
    mail_desk.retry(actor(), public_id, has_server=_has_server(), now=clock.now())
    flash(translate("The message goes out again with the next batch."), "good")
    return redirect(url_for("mail.show", public_id=public_id), code=303)


@blueprint.post("/mail/<uuid:public_id>/cancel")
@commits
def cancel(public_id: UUID) -> Response:
    mail_desk.cancel(actor(), public_id, now=clock.now())
    flash(translate("The message is cancelled. Nobody gets it."), "good")
    return redirect(url_for("mail.show", public_id=public_id), code=303)


@blueprint.post("/mail/retry-failed")
@commits
def retry_all() -> Response:
    return _retry_all(None)


@blueprint.post("/editions/<int(max=9999):ordinal>/mail/retry-failed")
@commits
def retry_edition(ordinal: int) -> Response:
    return _retry_all(get_edition_to_edit(actor(), ordinal))


def _retry_all(one: Edition | None) -> Response:
    count = mail_desk.retry_failed(actor(), one.id if one else None, now=clock.now())
    flash(translate_plural("One message goes out again.", "%(num)s messages go out again.", count), "good")
    address = url_for("mail.edition", ordinal=one.ordinal) if one else url_for("mail.index")
    return redirect(address, code=303)


def _list(one: Edition | None) -> str:
    wanted, who = _filter(one), actor()
    paging = Paging(request.args.get("page", 1, type=int), PAGE_SIZE, mail_desk.count_messages(who, wanted))
    values = {"ordinal": one.ordinal} if one else {}
    args = {"state": wanted.state, "kind": wanted.kind, "q": wanted.search}
    kept = {name: value for name, value in args.items() if value}
    endpoint = "mail.edition" if one else "mail.index"
    return render_template(
        "mail_desk/index.html",
        edition=one,
        wanted=wanted,
        paging=paging,
        rows=mail_desk.list_messages(who, wanted, offset=paging.offset, limit=PAGE_SIZE),
        counts=mail_desk.count_states(who, one.id if one else None),
        has_server=_has_server(),
        whole=link(endpoint, **values),
        address=lambda page: link(endpoint, **values, **kept, page=page),
    )


def _filter(one: Edition | None) -> MailFilter:
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    return MailFilter(
        edition_id=one.id if one else None,
        state=state if state in MAIL_STATES else "",
        kind=kind if kind in LABELS["mail_kind"] else "",
        search=without_hidden(request.args.get("q", "")).strip()[:200],
    )


def _has_server() -> bool:
    return bool(current_app.config["SETTINGS"].smtp_url)
