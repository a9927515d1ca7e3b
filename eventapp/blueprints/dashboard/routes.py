"""/dashboard leads to the edition that comes next; /dashboard/editions/<ordinal> is the page of the day."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.dashboard.chart import draw
from eventapp.blueprints.dashboard.sentences import phase_sentence
from eventapp.models import Edition
from eventapp.rules.coming import find_coming
from eventapp.services import delegations_vouching, registrations_places, statistics
from eventapp.services import today as services_today
from eventapp.services.editions import get_edition, list_editions
from eventapp.services.keeping import count_people, keeping_of
from eventapp.services.public_site import course_of
from eventapp.web import clock
from eventapp.web.keeping_words import warning
from eventapp.web.options import keeper
from eventapp.web.sign_in import actor

blueprint = Blueprint("dashboard", __name__, url_prefix="/dashboard")


@blueprint.get("")
def index() -> Response | str:
    """The coming edition the account may read, else the latest; an account without any gets told what to do."""
    editions = list_editions(actor())
    if not editions:
        return render_template("dashboard/empty.html", edition=None)
    coming = find_coming((course_of(one) for one in editions), clock.now())
    return redirect(url_for("dashboard.today", ordinal=coming or editions[0].ordinal), code=303)


@blueprint.get("/choose")
def choose() -> str:
    who = actor()
    return render_template(
        "dashboard/choose.html",
        edition=None,
        editions=list_editions(who),
        counts=services_today.count_per_edition(who),
    )


@blueprint.get("/editions/<int(max=9999):ordinal>")
def today(ordinal: int) -> str:
    edition, now = get_edition(actor(), ordinal), clock.now()
    free = registrations_places.free_places(edition)
    days = services_today.list_days(edition, now=now)
    return render_template(
        "dashboard/today.html",
        edition=edition,
        taken_at=now,
        phase=phase_sentence(edition, now),
        agenda=services_today.read_agenda(edition, free_places=free, now=now),
        summary=statistics.summary(edition, now),
        recent=sum(one.count for one in days[-7:]),
        free=free,
        days=days,
        overdue_before=delegations_vouching.overdue_before(edition, now=now).isoformat(),
        chart=draw(days),
        goes_soon=_warning(edition, now),
        lacks_notice=edition.state in ("draft", "published") and keeper().facts().notice is None,
    )


def _warning(edition: Edition, now: datetime) -> str:
    """That the record of the people goes soon; empty where it does not, or nobody is left."""
    keeping = keeping_of(edition)
    people = count_people(edition.id) if keeping.is_near(now) else 0
    return warning(keeping, people) if people else ""
