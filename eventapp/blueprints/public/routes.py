"""Pages that anybody may read. They are kept by the cache: the same for everybody, no form and no message in them."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request

from eventapp.blueprints.public.atlas import growth, route_map
from eventapp.blueprints.public.event_data import event_data
from eventapp.config import Settings
from eventapp.errors import NotFound
from eventapp.models import Edition
from eventapp.rules.edition_plan import NOTICE_STATES
from eventapp.rules.programme_now import FILTERS, filtered, list_choices, now_and_next
from eventapp.services import documents_read, programme_public, public_site, publications, speakers_public
from eventapp.services import partners as partnerships
from eventapp.services.editions import get_public_edition, list_public_editions
from eventapp.web import clock
from eventapp.web.cache import cached_page, ends_at
from eventapp.web.published import Published
from eventapp.web.site import site

blueprint = Blueprint("public", __name__)


def _past(editions: Sequence[Edition]) -> list[Edition]:
    """Those that have taken place, latest first; the page ends when another one has."""
    now = clock.now()
    courses = [public_site.course_of(edition) for edition in editions]
    for course in courses:
        ends_at(course.next_change(now))
    return [edition for edition, course in zip(editions, courses, strict=True) if course.is_past(now)]


@blueprint.get("/")
@cached_page()
def home() -> str:
    every = list_public_editions()
    past, coming = _past(every), site().coming
    if coming is None:
        drawing = route_map(past, None, beside_text=False)
        return render_template(
            "public/home_archive.html",
            past=past,
            drawing=drawing,
            partnerships=partnerships.list_partnerships(),
        )
    return render_template(
        "public/home.html",
        coming=coming,
        past=past,
        drawing=route_map([*past, coming], coming, beside_text=True),
        days=programme_public.list_days(coming),
        partnerships=partnerships.list_partnerships(),
        event=event_data(coming),
    )


@blueprint.get("/editions")
@cached_page()
def editions() -> str:
    every = list_public_editions()
    past, coming = _past(every), site().coming
    shown = past if coming is None else [*past, coming]
    return render_template(
        "public/editions.html",
        past=past,
        coming=coming,
        drawing=route_map(shown, coming, beside_text=False),
        growth=growth(past[::-1]),
    )


@blueprint.get("/editions/<int(max=9999):ordinal>")
@cached_page()
def edition(ordinal: int) -> str:
    found = get_public_edition(ordinal)
    before, after = public_site.find_neighbours(ordinal)
    days = programme_public.list_days(found)
    return render_template(
        "public/edition.html",
        edition=found,
        before=before,
        after=after,
        is_past=bool(_past([found])),
        has_publication=publications.find_current(found.id) is not None,
        days=days,
        has_speakers=bool(speakers_public.find_agreed(one for day in days for one in day.sessions)),
        event=event_data(found),
    )


@blueprint.get("/editions/<int(max=9999):ordinal>/programme")
@cached_page(*FILTERS)
def programme(ordinal: int) -> str:
    found = get_public_edition(ordinal)
    zone, sessions = ZoneInfo(found.time_zone), programme_public.list_sessions(found.id)
    takes_place = found.state not in NOTICE_STATES
    moment = now_and_next(sessions if takes_place else [], clock.now())
    ends_at(moment.until)
    wanted = {name: request.args.get(name, "") for name in FILTERS}
    return render_template(
        "public/programme.html",
        edition=found,
        every=sessions,
        days=programme_public.by_day(filtered(sessions, wanted, zone), zone),
        choices=list_choices(sessions, zone),
        wanted=wanted,
        moment=moment,
        event=event_data(found, sessions),
        agreed=speakers_public.find_agreed(sessions),
        documents=documents_read.list_public(found),
    )


@blueprint.get("/editions/<int(max=9999):ordinal>/figures")
@cached_page()
def figures(ordinal: int) -> str:
    found = get_public_edition(ordinal)
    publication = publications.find_current(found.id)
    page = Published(publication.document) if publication else None
    return render_template("public/figures.html", edition=found, publication=publication, page=page)


@blueprint.get("/partners")
@cached_page()
def partners() -> str:
    return render_template("public/partners.html", partnerships=partnerships.list_partnerships())


@blueprint.get("/privacy")
@cached_page()
def privacy() -> str:
    notices = public_site.list_published_notices()
    return render_template("public/privacy.html", notice=notices[0] if notices else None, older=notices[1:])


@blueprint.get("/privacy/<int(max=9999):number>")
@cached_page()
def privacy_version(number: int) -> str:
    notices = public_site.list_published_notices()
    notice = next((one for one in notices if one.number == number), None)
    if notice is None:
        raise NotFound("There is no such version of the privacy notice.")
    older = [one for one in notices if one is not notice]
    return render_template("public/privacy.html", notice=notice, older=older, current=notices[0])


@blueprint.get("/contact")
@cached_page()
def contact() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    address = settings.mail_from.rpartition("<")[2].rstrip(">")
    is_real = not address.endswith("@localhost")
    return render_template("public/contact.html", coming=site().coming, address=address if is_real else "")


@blueprint.get("/accessibility")
@cached_page()
def accessibility() -> str:
    return render_template("public/accessibility.html")
