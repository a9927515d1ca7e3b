"""Endorse or decline, one or several: a page that says what will happen, and the button that does it."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for

from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened, secret, sent_nonce
from eventapp.errors import Conflict, DomainError, Invalid, Refused
from eventapp.rules.endorsement import Plan, check_known, check_reason
from eventapp.rules.text import clean_prose, without_hidden
from eventapp.services import endorsements
from eventapp.services.endorsements import Outcome
from eventapp.services.workspace import Workspace
from eventapp.web import clock
from eventapp.web.audit_words import action_words
from eventapp.web.csrf import STALE_PAGE, check_token, checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.filters import MOST_IN_ADDRESS, link, moment
from eventapp.web.labels import LABELS, label
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

LONGEST_REASON = 2000


@blueprint.post("/workspace/<token>/preview")
@checks_csrf
def preview(token: str) -> Page:
    """Leads to what a decision would do; changes nothing, so that whoever was picked stays so if the token is stale."""
    place = opened(token)
    decision, picked = request.form.get("decision", ""), request.form.getlist("pick")
    check_known(decision)
    if not picked:
        flash(translate("Nobody was picked. Tick the people this is about."), "warning")
        return redirect(url_for("workspace.show", token=token), code=303)
    if not token_holds():
        return _page(token, decision, picked, general=[translate(STALE_PAGE)])
    known = [one.reference for one in endorsements.preview(place, decision, picked)[1]]
    if not known or len(known) > MOST_IN_ADDRESS:
        return _page(token, decision, picked)
    return redirect(link("workspace.show_preview", token=token, decision=decision, pick=known), code=303)


@blueprint.get("/workspace/<token>/preview")
def show_preview(token: str) -> Page:
    """The preview at an address of its own: whoever looks at somebody first, and goes back, finds it again as it is by then."""
    opened(token)
    decision, picked = request.args.get("decision", ""), request.args.getlist("pick")
    if not picked:
        return redirect(url_for("workspace.show", token=token), code=303)
    check_known(decision)
    return _page(token, decision, picked)


def _page(
    token: str,
    decision: str,
    references: Sequence[str],
    *,
    seen: Mapping[int, str] | None = None,
    nonce: UUID | None = None,
    errors: Mapping[str, str] | None = None,
    general: Sequence[str] = (),
) -> str:
    place = opened(token)
    planned, people = endorsements.preview(place, decision, references, seen)
    known = seen or {}
    return render_template(
        "workspace/preview.html",
        token=token,
        place=place,
        edition=place.edition,
        decision=decision,
        plan=planned,
        going=people[: len(planned.reached)],
        staying=people[len(planned.reached) :],
        last=_last(planned, place),
        seen={one.id: known.get(one.id, one.state) for one in people},
        references=[one.reference for one in people],
        nonce=nonce or uuid4(),
        reason=without_hidden(request.form.get("reason", "")),
        errors=errors or {},
        general=list(general),
    )


def _last(planned: Plan, place: Workspace) -> dict[int, str]:
    """Who did what last to those whom somebody else was quicker to decide on, in one line each."""
    return {
        number: " · ".join(
            (
                label("registration_action", entry.action)
                if entry.action in LABELS["registration_action"]
                else action_words(entry.action),
                entry.actor_name or label("actor_kind", entry.actor_kind),
                moment(entry.at, place.edition.time_zone),
            )
        )
        for number, entry in endorsements.list_last_changes(planned).items()
    }


def _seen() -> dict[int, str]:
    """Number -> state at the preview, as the page carried them."""
    pairs = (one.partition(":") for one in request.form.getlist("seen")[:5000])
    return {
        int(number): state
        for number, _, state in pairs
        if number.isascii() and number.isdigit() and len(number) < 10
    }


@blueprint.post("/workspace/<token>/decide")
@checks_csrf
def decide(token: str) -> Page:
    decision, seen = request.form.get("decision", ""), _seen()
    opened(token)
    check_known(decision)
    nonce, key = sent_nonce(), secret()
    try:
        check_token()
        reason = _reason(decision)
    except (Refused, Invalid) as problem:
        errors, general = _problems(problem)
        references = request.form.getlist("pick")
        return _page(token, decision, references, seen=seen, nonce=nonce, errors=errors, general=general), 422
    try:
        with writing():
            outcome = endorsements.decide(
                entered(token), decision, seen, reason=reason, nonce=nonce, now=clock.now(), secret=key
            )
    except Conflict as conflict:
        flash(error_text(conflict), "warning")
        return redirect(url_for("workspace.show", token=token), code=303)
    return _done(token, outcome)


def _reason(decision: str) -> str:
    try:
        reason = clean_prose(request.form.get("reason", ""), limit=LONGEST_REASON)
    except Refused as problem:
        raise Invalid({"reason": problem}) from problem
    check_reason(decision, reason)
    return reason


def _problems(problem: DomainError) -> tuple[dict[str, str], list[str]]:
    if isinstance(problem, Invalid):
        return {name: error_text(one) for name, one in problem.problems.items()}, []
    return {}, [error_text(problem)]


def _done(token: str, outcome: Outcome) -> Page:
    """The delegation again with the numbers; whoever was left as they were gets a page with the reasons."""
    planned, count = outcome.plan, len(outcome.plan.reached)
    if count:
        flash(_sentence(planned.decision, count), "success")
    if outcome.promoted:
        flash(
            translate_plural(
                "One person moved up from the waiting list.",
                "%(num)s people moved up from the waiting list.",
                outcome.promoted,
            ),
            "message",
        )
    if not planned.left:
        return redirect(url_for("workspace.show", token=token), code=303)
    place = opened(token)
    return render_template(
        "workspace/result.html",
        token=token,
        place=place,
        edition=place.edition,
        plan=planned,
        staying=endorsements.list_left(place, planned),
        last=_last(planned, place),
    )


def _sentence(decision: str, count: int) -> str:
    if decision == "endorsed":
        return translate_plural("One person was endorsed.", "%(num)s people were endorsed.", count)
    return translate_plural("One person was not endorsed.", "%(num)s people were not endorsed.", count)
