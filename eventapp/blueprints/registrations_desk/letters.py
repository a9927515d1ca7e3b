"""A message to everybody the list shows: written, looked at, and then sent once."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from eventapp.blueprints.registrations_desk.answers import problems_of, read_nonce
from eventapp.blueprints.registrations_desk.base import blueprint
from eventapp.blueprints.registrations_desk.presenting import Presenter, secret
from eventapp.errors import Conflict, DomainError, Invalid, Refused
from eventapp.rules.listing import Listing, read_filter
from eventapp.rules.organiser_message import OrganiserMessage, read_message
from eventapp.rules.text import without_hidden
from eventapp.services import registrations_mail
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock, mail_render
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.filters import link
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate_plural

# A letter keeps its nonce from its first form on, through every page that comes back: it may have gone out before.


@blueprint.get("/message")
def write(ordinal: int) -> str:
    return _form(ordinal)


def _form(ordinal: int, errors: Mapping[str, str] | None = None, general: Sequence[str] = ()) -> str:
    edition, wanted = get_edition_to_edit(actor(), ordinal), read_filter(request.args)
    return render_template(
        "registrations_desk/message.html",
        edition=edition,
        filter=wanted,
        chips=Presenter().chips(Listing(filter=wanted)),
        recipients=registrations_mail.find_recipients(actor(), ordinal, wanted),
        given={name: without_hidden(value) for name, value in request.form.items()},
        errors=errors or {},
        general=general,
        nonce=_nonce(),
    )


def _nonce() -> UUID:
    try:
        return read_nonce(request.form.get("nonce", ""))
    except Refused:
        return uuid4()


@blueprint.post("/message")
@checks_csrf
def preview_message(ordinal: int) -> str | tuple[str, int]:
    """Shows to whom the message would go and how one of them reads; changes nothing."""
    try:
        check_token()
        message = read_message(request.form)
    except DomainError as problem:
        errors, general = problems_of(problem)
        return _form(ordinal, errors, general), 422
    if request.form.get("step") == "edit":
        return _form(ordinal)
    return _preview(ordinal, message)


def _preview(ordinal: int, message: OrganiserMessage) -> str | tuple[str, int]:
    edition, wanted = get_edition_to_edit(actor(), ordinal), read_filter(request.args)
    example = registrations_mail.make_example(actor(), ordinal, wanted, message, now=clock.now())
    return render_template(
        "registrations_desk/message_preview.html",
        edition=edition,
        filter=wanted,
        chips=Presenter().chips(Listing(filter=wanted)),
        recipients=registrations_mail.find_recipients(actor(), ordinal, wanted),
        message=message,
        example=example,
        letter=mail_render.render(example, now=clock.now(), masked=True) if example else None,
        nonce=_nonce(),
    )


@blueprint.post("/message/send")
@checks_csrf
def send_message(ordinal: int) -> Response | tuple[str, int]:
    wanted, who, now, key = read_filter(request.args), actor(), clock.now(), secret()
    try:
        check_token()
        message, nonce = read_message(request.form), read_nonce(request.form.get("nonce", ""))
    except (Invalid, Refused) as problem:
        errors, general = problems_of(problem)
        return _form(ordinal, errors, general), 422
    try:
        with writing():
            count = registrations_mail.send(who, ordinal, wanted, message, nonce=nonce, now=now, secret=key)
    except Conflict as conflict:
        flash(_already_sent(conflict), "warn")
    else:
        flash(
            translate_plural(
                "The message is on its way to one person.",
                "The message is on its way to %(num)s people.",
                count,
            ),
            "good",
        )
    return redirect(link("registrations_desk.index", ordinal=ordinal, **wanted.args()), code=303)


def _already_sent(conflict: Conflict) -> str:
    """What a second click, or a page sent again, hears: that the message went out, to how many, and what to do."""
    return translate_plural(
        "This message went out before, to one person. Nothing was sent a second time. "
        "For another message, begin again with “Write to this list”.",
        "This message went out before, to %(num)s people. Nothing was sent a second time. "
        "For another message, begin again with “Write to this list”.",
        int(str(conflict.values["count"])),
    )
