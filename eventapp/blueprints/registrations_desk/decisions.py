"""Decisions for one or thousands: a page that says what will happen, and the button that does it."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventapp.blueprints.registrations_desk.answers import (
    problems_of,
    read_nonce,
    read_seen,
    write_seen,
)
from eventapp.blueprints.registrations_desk.base import blueprint
from eventapp.blueprints.registrations_desk.presenting import Presenter, secret
from eventapp.errors import Conflict, Invalid, Refused
from eventapp.models import Edition
from eventapp.rules.decision import LONGEST_REASON, REASONED, check_known, check_reason
from eventapp.rules.listing import read_listing
from eventapp.rules.text import clean_prose, without_hidden
from eventapp.services import registrations_decide, registrations_list
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.services.registrations_decide import Outcome, Person
from eventapp.web import clock
from eventapp.web.csrf import STALE_PAGE, check_token, checks_csrf, token_holds
from eventapp.web.filters import MOST_IN_ADDRESS, link
from eventapp.web.quota_words import QuotaWords
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

REFUSALS = ("rejected", "cancelled", "declined")
STAYING = 200  # of those whom a decision left as they were
SHOWN = 100  # names on the page; the numbers are of all
_CHOICE = frozenset({"all", "decision", "pick"})


@blueprint.post("/preview")
@checks_csrf
def preview(ordinal: int) -> str | Response:
    """Leads to what a decision would do; changes nothing, so that whoever was picked stays so if the token is stale."""
    decision, picked = request.form.get("decision", ""), request.form.getlist("pick")
    check_known(decision)
    edition = get_edition_to_edit(actor(), ordinal)
    ids = _picked(edition.id, request.form)
    if not ids:
        flash(translate("Nobody was picked. Tick the people this is about."), "warn")
        return redirect(_back(ordinal), code=303)
    if not token_holds():
        return _page(ordinal, decision, ids, general=[translate(STALE_PAGE)])
    if len(picked) > MOST_IN_ADDRESS:
        return _page(ordinal, decision, ids)
    whom: dict[str, object] = {"all": "1"} if request.form.get("all") == "1" else {"pick": picked}
    values = {**_listed(), **whom, "decision": decision}
    return redirect(link("registrations_desk.show_preview", ordinal=ordinal, **values), code=303)


@blueprint.get("/preview")
def show_preview(ordinal: int) -> str | Response:
    """The preview at an address of its own: whoever looks at somebody first, and goes back, finds it again as it is by then."""
    edition = get_edition_to_edit(actor(), ordinal)
    ids = _picked(edition.id, request.args)
    if not ids:
        return redirect(_back(ordinal), code=303)
    decision = request.args.get("decision", "")
    check_known(decision)
    return _page(ordinal, decision, ids)


def passed_over(edition: Edition, decision: str, going: Sequence[Person]) -> int:
    """How many people would be approved whom no body has endorsed, in an edition of two steps."""
    if edition.approval != "two_steps" or decision != "approved":
        return 0
    return sum(one.state in ("submitted", "declined") for one in going)


def _picked(edition_id: int, given: MultiDict[str, str]) -> Sequence[int]:
    if given.get("all") == "1":
        return registrations_list.list_found_ids(edition_id, read_listing(request.args).filter)
    return registrations_list.list_picked_ids(edition_id, given.getlist("pick"))


def _listed() -> dict[str, object]:
    """What the address says of the list this came from, without who was picked of it."""
    return {name: value for name, value in request.args.items() if name not in _CHOICE}


def _back(ordinal: int) -> str:
    """The list as it was, or the one registration that this was about."""
    reference = request.args.get("one", "")
    if reference:
        return url_for("registrations_desk.show", ordinal=ordinal, reference=reference)
    args = read_listing(request.args)
    return link("registrations_desk.index", ordinal=ordinal, **args.args(page=args.page))


def _page(
    ordinal: int,
    decision: str,
    ids: Sequence[int],
    *,
    seen: Mapping[int, str] | None = None,
    nonce: UUID | None = None,
    errors: dict[str, str] | None = None,
    general: Sequence[str] = (),
) -> str:
    """The preview. One that comes back keeps the states that were seen, and the nonce: it may have been sent before."""
    planned, people, free = registrations_decide.preview(actor(), ordinal, decision, ids, seen)
    known, edition = seen or {}, get_edition(actor(), ordinal)
    going = people[: len(planned.reached)]
    return render_template(
        "registrations_desk/preview.html",
        edition=edition,
        decision=decision,
        plan=planned,
        going=going[:SHOWN],
        past=passed_over(edition, decision, going),
        is_refusal=decision in REFUSALS,
        staying=people[len(planned.reached) :],
        shown=SHOWN,
        free=free,
        last=registrations_decide.list_last_changes(planned, SHOWN),
        words=QuotaWords(planned.full.values()),
        seen=write_seen({one.id: known.get(one.id, one.state) for one in people}),
        needs_reason=decision in REASONED,
        reason=without_hidden(request.form.get("reason", "")),
        nonce=nonce or uuid4(),
        errors=errors or {},
        general=general,
        listed=_listed(),
        back=_back(ordinal),
        presenter=Presenter(),
    )


@blueprint.post("/decide")
@checks_csrf
def decide(ordinal: int) -> str | Response | tuple[str, int]:
    decision, seen = request.form.get("decision", ""), read_seen(request.form.get("seen", ""))
    check_known(decision)
    get_edition_to_edit(actor(), ordinal)
    nonce, who = read_nonce(request.form.get("nonce", "")), actor()
    try:
        check_token()
        reason = _reason(decision)
    except (Refused, Invalid) as problem:
        errors, general = problems_of(problem)
        again = _page(ordinal, decision, list(seen), seen=seen, nonce=nonce, errors=errors, general=general)
        return again, 422
    now, key = clock.now(), secret()
    try:
        with writing():
            outcome = registrations_decide.decide(
                who, ordinal, decision, seen, reason=reason, nonce=nonce, now=now, secret=key
            )
    except Conflict as conflict:
        flash(_already_done(conflict), "note")
        return redirect(_back(ordinal), code=303)
    return _done(ordinal, outcome)


def _already_done(conflict: Conflict) -> str:
    """What a second click hears: that the first one was carried out, and for how many."""
    return translate_plural(
        "This decision was carried out before, for one person. Nothing was done a second time.",
        "This decision was carried out before, for %(num)s people. Nothing was done a second time.",
        int(str(conflict.values["count"])),
    )


def _reason(decision: str) -> str:
    try:
        reason = clean_prose(request.form.get("reason", ""), limit=LONGEST_REASON)
    except Refused as problem:
        raise Invalid({"reason": problem}) from problem
    check_reason(decision, reason)
    return reason


def _done(ordinal: int, outcome: Outcome) -> str | Response:
    """The list again with the numbers; whoever was left as they were gets a page with the reasons."""
    flash(_sentence(outcome), "good" if outcome.plan.reached else "warn")
    if outcome.promoted:
        flash(
            translate_plural(
                "One person moved up from the waiting list.",
                "%(num)s people moved up from the waiting list.",
                outcome.promoted,
            ),
            "note",
        )
    if not outcome.plan.left:
        return redirect(_back(ordinal), code=303)
    people = registrations_decide.list_people(ordinal, outcome.plan, actor())
    return render_template(
        "registrations_desk/result.html",
        edition=get_edition(actor(), ordinal),
        outcome=outcome,
        staying=[one for one in people if one.id in outcome.plan.left],
        last=registrations_decide.list_last_changes(outcome.plan, STAYING),
        words=QuotaWords(outcome.plan.full.values()),
        shown=STAYING,
        back=_back(ordinal),
        presenter=Presenter(),
    )


def _sentence(outcome: Outcome) -> str:
    count = len(outcome.plan.reached)
    if not count:
        return translate("Nothing was changed.")
    match outcome.plan.decision:
        case "approved":
            return translate_plural("One person was approved.", "%(num)s people were approved.", count)
        case "waitlisted":
            return translate_plural(
                "One person was put on the waiting list.",
                "%(num)s people were put on the waiting list.",
                count,
            )
        case "endorsed":
            return translate_plural("One person was endorsed.", "%(num)s people were endorsed.", count)
        case "declined":
            return translate_plural(
                "One person was not endorsed.", "%(num)s people were not endorsed.", count
            )
        case "rejected":
            return translate_plural(
                "One person was not accepted.", "%(num)s people were not accepted.", count
            )
    return translate_plural("One registration was cancelled.", "%(num)s registrations were cancelled.", count)
