"""The page itself, an answer to each session, and the agreement to the public page."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.speakers.base import Page, blueprint
from eventapp.errors import DomainError, Refused
from eventapp.rules.speaker import LONGEST_REASON
from eventapp.services import speakers_own
from eventapp.web import clock, limits
from eventapp.web.csrf import STALE_PAGE, checks_csrf, token_holds
from eventapp.web.desk_forms import PAGE, Answers, page_errors, typed_again
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/speaker/<token>")
def show(token: str) -> str:
    return _page(token)


def _page(token: str, **more: object) -> str:
    now = clock.now()
    own = speakers_own.read(token, now=now)
    return render_template(
        "speakers/show.html", token=token, own=own, missing=own.missing(now), now=now, **more
    )


def back(token: str, anchor: str) -> Response:
    """To the page again, at the part that was changed."""
    return redirect(url_for("speakers.show", token=token, _anchor=anchor), code=303)


def check_pace(token: str) -> None:
    """Refuse more changes by one link than a person makes."""
    if not limits.may_change(token):
        raise Refused("Too many tries. Please wait a few minutes.", code="limit")


@blueprint.post("/speaker/<token>/sessions/<uuid:public_id>/accept")
@commits
def accept(token: str, public_id: UUID) -> Response:
    check_pace(token)
    speakers_own.answer(token, public_id, "accepted", now=clock.now())
    flash(translate("Thank you. The secretariat sees that you accept."), "good")
    return back(token, "sessions")


@blueprint.route("/speaker/<token>/sessions/<uuid:public_id>/decline", methods=["GET", "POST"])
@checks_csrf
def decline(token: str, public_id: UUID) -> Page:
    """Asked once more, with a reason for the secretariat: from then on the programme does not name the person."""
    own, place = speakers_own.get_place(token, public_id, now=clock.now())
    if request.method != "POST":
        typed = {"reason": place.reason}
        return render_template("speakers/decline.html", token=token, own=own, place=place, typed=typed)
    try:
        answers = Answers()
        reason = answers.prose("reason", LONGEST_REASON)
        answers.check()
        check_pace(token)
        with writing():
            speakers_own.answer(token, public_id, "declined", reason=reason, now=clock.now())
    except DomainError as problem:
        own, place = speakers_own.get_place(token, public_id, now=clock.now())
        told = {"errors": page_errors(problem), "typed": typed_again()}
        return render_template("speakers/decline.html", token=token, own=own, place=place, **told), 422
    flash(translate("The secretariat sees that you decline. The programme does not name you there."), "good")
    return back(token, "sessions")


@blueprint.post("/speaker/<token>/public-page")
@checks_csrf
def agree(token: str) -> Page:
    agrees = request.form.get("agrees") == "1"
    if not token_holds():
        errors = {PAGE: translate(STALE_PAGE)}
        return _page(token, errors=errors, ticked=agrees), 422
    check_pace(token)
    with writing():
        speakers_own.agree(token, agrees=agrees, now=clock.now())
    if agrees:
        flash(translate("Thank you. Your profile may stand on the public page."), "good")
    else:
        flash(translate("Your profile does not stand on the public page."), "good")
    return back(token, "public-page")
