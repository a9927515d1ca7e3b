"""Many delegations at once: what is wanted, what would be made, and making it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.delegations.base import blueprint
from eventapp.errors import DomainError
from eventapp.models import Edition
from eventapp.rules.quota import MOST_PLACES
from eventapp.services import delegations_many, regions
from eventapp.services.delegations_many import Made, Order
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.desk_forms import errors_of, showable
from eventapp.web.filters import pick
from eventapp.web.labels import label
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate_plural

NAMES = (
    *("source", "region_id", "quota", "keeps_quotas", "brings_focal_points"),
    *("host_apart", "host_quota"),
)


def _regions() -> list[tuple[str, str]]:
    """Every region of every scheme, with the name of its scheme."""
    return [
        (str(region.id), f"{pick(view.scheme.names)}: {pick(region.names)}")
        for view in regions.list_views()
        for region in view.regions
    ]


def _form(edition: Edition, typed: Mapping[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    earlier = delegations_many.find_earlier(edition)
    sources = [
        (word, label("delegation_source", word))
        for word in ("un_members", "countries", "region", "last_edition")
        if word != "last_edition" or earlier
    ]
    page = render_template(
        "delegations/many.html",
        edition=edition,
        typed=typed,
        sources=sources,
        regions=_regions(),
        earlier=earlier,
        **more,
    )
    return page, status


def _typed() -> dict[str, str]:
    return {name: showable(request.args.get(name, ""))[:40] for name in NAMES if request.args.get(name)}


def _whole(text: str) -> int | None:
    """A number as typed; one that is none becomes one that no quota can be, and is refused as such."""
    if not text.strip():
        return None
    return int(text) if text.strip().isdecimal() and len(text) < 10 else MOST_PLACES + 1


def _order(typed: Mapping[str, str]) -> Order:
    return Order(
        source=typed.get("source", ""),
        region_id=_whole(typed.get("region_id", "")),
        quota=_whole(typed.get("quota", "")),
        keeps_quotas=typed.get("keeps_quotas") == "1",
        brings_focal_points=typed.get("brings_focal_points") == "1",
        host_apart=typed.get("host_apart") == "1",
        host_quota=_whole(typed.get("host_quota", "")),
    )


@blueprint.get("/many")
def many(ordinal: int) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    return _form(edition, {"source": "un_members"})


@blueprint.get("/many/preview")
def preview_many(ordinal: int) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    typed = _typed()
    try:
        batch = delegations_many.preview(actor(), ordinal, _order(typed), today=clock.now().date())
    except DomainError as problem:
        return _form(edition, typed, 422, errors=errors_of(problem))
    page = render_template(
        "delegations/many_preview.html", edition=edition, batch=batch, typed=typed, order=_order(typed)
    )
    return page, 200


@blueprint.post("/many")
def make_many(ordinal: int) -> Response:
    """What is wanted stands in the address, so that the button can be pressed again on a page that has grown old."""
    now = clock.now()
    with writing():
        done = delegations_many.make(actor(), ordinal, _order(_typed()), today=now.date(), now=now)
    _say(done)
    return redirect(url_for("delegations.index", ordinal=ordinal), code=303)


def _say(done: Made) -> None:
    """What was made, what was there, and what followed from it."""
    text = translate_plural("One delegation was made.", "%(num)s delegations were made.", done.made)
    flash(text, "good")
    if done.there:
        text = translate_plural(
            "One was there already and stays as it is.",
            "%(num)s were there already and stay as they are.",
            done.there,
        )
        flash(text, "note")
    if done.linked:
        text = translate_plural(
            "One registration belongs to them now.", "%(num)s registrations belong to them now.", done.linked
        )
        flash(text, "note")
    if done.focal_points:
        text = translate_plural(
            "One focal point came along; no link has been sent yet.",
            "%(num)s focal points came along; no links have been sent yet.",
            done.focal_points,
        )
        flash(text, "note")
