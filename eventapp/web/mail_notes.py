"""Sentences of letters that hold for some people and not for others; each is a placeholder of its own."""

from collections.abc import Mapping
from typing import Any

from eventapp.models import Registration
from eventapp.rules.speaker import PARTS
from eventapp.rules.workspace import Tally
from eventapp.web.filters import listed, number
from eventapp.web.typed import translate


def late_note(registration: Registration | None) -> str:
    """That a registration came in late, to whoever that is true of."""
    if registration is None or not registration.is_late:
        return ""
    return translate("It came in after the closing date and is decided on as a late registration.")


def state_note(registration: Registration | None) -> str:
    """Where a registration stands that the delegation has made, in a sentence."""
    if registration is None:
        return ""
    if registration.state == "approved":
        return translate("Your registration is approved. You have a place.")
    if registration.state == "waitlisted":
        return translate(
            "No place is free for you now. You are on the waiting list, and are told by e-mail when one comes free."
        )
    return translate("Your delegation endorses you. The secretariat decides now, and you are told by e-mail.")


def missing_note(values: Mapping[str, Any]) -> str:
    """What is missing of a speaker, one after the other; a word that is no part is the sample of a preview."""
    missing = values.get("missing") or []
    if isinstance(missing, str):
        return missing
    return listed([part for part in PARTS if part in missing], "speaker_missing")


def places_note(tally: Tally | None) -> str:
    """How many places a delegation has and how many of them are taken, in a sentence."""
    if tally is None:
        return ""
    taken = {"approved": number(tally.approved), "endorsed": number(tally.endorsed)}
    if tally.limit is None:
        return translate(
            "Your delegation has no limit of places now. Confirmed: %(approved)s; promised: %(endorsed)s.",
            **taken,
        )
    return translate(
        "Places of your delegation now: %(limit)s. Confirmed: %(approved)s; promised: %(endorsed)s; free: %(free)s.",
        limit=number(tally.limit),
        free=number(max(0, tally.free or 0)),
        **taken,
    )
