"""Who vouches for somebody, who decides next and what is owed, in words for the person."""

from eventapp.rules.text import shown
from eventapp.rules.vouching import OWED, Body, decides_next, why_secretariat
from eventapp.services.registrations_own import Own
from eventapp.web.filters import day
from eventapp.web.locale import language
from eventapp.web.typed import translate


def is_asked_first(own: Own) -> bool:
    """Whether the represented body is to endorse before the secretariat decides."""
    return decides_next(own.edition.approval, own.registration.state, own.body) == "body"


def body_name(body: Body | None) -> str:
    """What the represented body is called; nothing where it is not on the list."""
    return str(shown(dict(body.names), language())) if body else ""


def received_line(own: Own) -> str:
    """That it came in, and who decides next."""
    if is_asked_first(own):
        return translate(
            "Your registration has been received. %(delegation)s is asked to endorse it first.",
            delegation=body_name(own.body),
        )
    return translate("Your registration has been received. The secretariat decides on it.")


def received_next(own: Own) -> str:
    """What follows, why the secretariat decides itself where it does, and until when."""
    sentences = [_why(own), _by(own), translate("You do not need to do anything. You are told by e-mail.")]
    return " ".join(one for one in sentences if one)


def endorsed_line(own: Own) -> str:
    """That the body has endorsed, or the secretariat in its place, and until when the secretariat decides."""
    if own.decider == "user":
        by = _by(own) or translate("The secretariat decides now.")
        return " ".join([translate("The secretariat has endorsed you in place of your delegation."), by])
    if own.edition.decide_by is None:
        return translate("Your delegation has endorsed you. The secretariat decides now.")
    return translate(
        "Your delegation has endorsed you. The secretariat decides by %(day)s.",
        day=day(own.edition.decide_by),
    )


def _why(own: Own) -> str:
    if own.edition.approval != "two_steps":
        return ""
    match why_secretariat(own.body):
        case "no_body":
            return translate(
                "Whom you represent is not on the list of delegations, so that nobody else is asked."
            )
        case "no_focal_point":
            return translate(
                "%(delegation)s has not named anybody who endorses, so that nobody else is asked.",
                delegation=body_name(own.body),
            )
    return translate("Then the secretariat decides.")


def _by(own: Own) -> str:
    if is_asked_first(own) and own.edition.endorse_by:
        return translate("Delegations endorse by %(day)s.", day=day(own.edition.endorse_by))
    if own.edition.decide_by:
        return translate("The secretariat decides by %(day)s.", day=day(own.edition.decide_by))
    return ""


def owed(own: Own) -> str:
    """What the delegation still has to bring; nothing where it owes nothing or nothing is decided any more."""
    body = own.body
    is_open = own.registration.state in ("submitted", "endorsed", "approved", "waitlisted")
    if body is None or body.credentials not in OWED or not is_open:
        return ""
    if body.credentials == "deficient":
        return translate(
            "The credentials of %(delegation)s have a fault. Your delegation sends them again.",
            delegation=body_name(body),
        )
    return translate(
        "The credentials of %(delegation)s have not arrived. Your delegation sends them.",
        delegation=body_name(body),
    )
