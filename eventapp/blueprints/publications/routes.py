"""What an edition publishes of its counts: the list, the preview with its marks, publishing and withdrawing."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventapp.errors import Conflict, DomainError, Invalid, NotFound, Refused
from eventapp.models import Publication
from eventapp.rules.publication import MEASURES, PLACES, SECTORS, USUAL_THRESHOLD, Plan
from eventapp.rules.text import shown
from eventapp.services import editions, publications
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.desk_forms import errors_of
from eventapp.web.errors import error_text
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.published import Published
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("publications", __name__, url_prefix="/dashboard/editions/<int:ordinal>/publications")

USUAL = Plan()


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    found = publications.list_publications(actor(), ordinal)
    current = next((one for one in found if one.withdrawn_at is None), None)
    plan = publications.plan_of(found[0]) if found else USUAL
    return render_template(
        "publications/index.html",
        edition=edition,
        publications=found,
        current=current,
        may_edit=actor().may_edit(edition.id),
        **_choices(plan),
    )


def _choices(plan: Plan) -> dict[str, object]:
    return {
        "plan": plan,
        "measures": [(word, text) for word, text in labels("measure") if word in MEASURES],
        "sectors": [(word, text) for word, text in labels("published_sectors") if word in SECTORS],
        "places": [(word, text) for word, text in labels("published_places") if word in PLACES],
        "schemes": [
            (word, shown(called, language()).text or word)
            for word, called in publications.list_schemes().items()
        ],
    }


def _read_plan(values: "MultiDict[str, str]") -> Plan:
    """The plan of an address or a form; a number that is none becomes one that is refused at its field."""
    threshold = values.get("threshold", str(USUAL_THRESHOLD)).strip()
    return Plan(
        measures=tuple(word for word in MEASURES if word in values.getlist("measures")),
        sectors=values.get("sectors", USUAL.sectors),
        places=values.get("places", USUAL.places),
        is_crossed=bool(values.get("is_crossed")),
        without_host=bool(values.get("without_host")),
        threshold=int(threshold)
        if threshold.isascii() and threshold.isdecimal() and len(threshold) < 6
        else 0,
        scheme=values.get("scheme", USUAL.scheme),
    )


@blueprint.get("/preview")
def preview(ordinal: int) -> str | tuple[str, int]:
    """What would be published with these choices, as they stand in the address; changes nothing."""
    return _preview(ordinal, request.args)


def _preview(
    ordinal: int,
    values: "MultiDict[str, str]",
    *,
    nonce: UUID | None = None,
    problem: DomainError | None = None,
) -> str | tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    plan = _read_plan(values)
    errors: Mapping[str, object] = {}
    seen = None
    try:
        seen = publications.preview(actor(), ordinal, plan, now=clock.now())
    except Invalid as invalid:
        errors = errors_of(invalid)
    text = render_template(
        "publications/preview.html",
        edition=edition,
        seen=seen,
        page=Published(seen.document, seen.record, seen.names) if seen else None,
        nonce=nonce or uuid4(),
        errors=errors,
        problem=error_text(problem) if problem else "",
        **_choices(plan),
    )
    return text if seen and not problem else (text, 422)


@blueprint.post("")
@checks_csrf
def publish(ordinal: int) -> str | tuple[str, int] | Response:
    editions.get_edition_to_edit(actor(), ordinal)
    who, now, plan = actor(), clock.now(), _read_plan(request.form)
    nonce = _nonce()
    try:
        check_token()
        seen = publications.preview(who, ordinal, plan, now=now)
        with writing():
            made = publications.publish(
                who, ordinal, seen, digest=request.form.get("digest", ""), nonce=nonce, now=now
            )
            number = made.number
    except (Conflict, Refused, Invalid) as problem:
        return _preview(ordinal, request.form, nonce=nonce, problem=problem)
    flash(translate("The figures are published."), "good")
    return redirect(url_for("publications.show", ordinal=ordinal, number=number), code=303)


def _nonce() -> UUID:
    try:
        return UUID(request.form.get("nonce", ""))
    except ValueError:
        return uuid4()


@blueprint.get("/<int(max=9999):number>")
def show(ordinal: int, number: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    publication = publications.get_publication(actor(), ordinal, number)
    may_edit = actor().may_edit(edition.id)
    return render_template(
        "publications/show.html",
        edition=edition,
        publication=publication,
        page=Published(publication.document, publication.record if may_edit else None),
        may_edit=may_edit,
        is_current=publications.find_current(edition.id) is publication,
    )


@blueprint.get("/<int(max=9999):number>/withdraw")
def confirm_withdraw(ordinal: int, number: int) -> str:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    publication = _open(ordinal, number)
    found = publications.list_publications(actor(), ordinal)
    left = [one for one in found if one.withdrawn_at is None and one is not publication]
    return render_template(
        "publications/withdraw.html", edition=edition, publication=publication, then=left[0] if left else None
    )


def _open(ordinal: int, number: int) -> Publication:
    publication = publications.get_publication(actor(), ordinal, number)
    if publication.withdrawn_at is not None:
        raise NotFound("This publication is withdrawn already.")
    return publication


@blueprint.post("/<int(max=9999):number>/withdraw")
@commits
def withdraw(ordinal: int, number: int) -> Response:
    publications.withdraw(actor(), ordinal, number, now=clock.now())
    flash(translate("The publication is withdrawn. It is not shown to the public any more."), "good")
    return redirect(url_for("publications.index", ordinal=ordinal), code=303)
