"""The regions of a scheme: added, renamed, put in order, removed, and the countries that stand in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from eventapp.blueprints.regions.base import back_to, blueprint, read_names
from eventapp.errors import DomainError, NotFound, Stale
from eventapp.models import Region
from eventapp.rules.region import NOWHERE
from eventapp.rules.text import shown, sort_key
from eventapp.services import reference, regions, regions_manage
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@dataclass(frozen=True, kw_only=True)
class Box:
    """A country to tick, and the region of the same level in which it stands now, if that is another one."""

    code: str
    names: Mapping[str, str]
    elsewhere: Mapping[str, str] | None
    is_inside: bool
    is_chosen: bool


def _find(scheme: str, region_id: int) -> Region:
    found = regions.get_region(region_id)
    if found.scheme != scheme:
        raise NotFound("There is no such region.")
    return found


def _form(
    code: str, region: Region | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template(
        "regions/region.html", view=regions.get_view(code), region=region, typed=typed, **more
    )
    return page, status


@blueprint.get("/<code>/regions/new")
def new_region(code: str) -> tuple[str, int]:
    return _form(code, None, {})


@blueprint.post("/<code>/regions/new")
@checks_csrf
def create_region(code: str) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    regions.get_scheme(code)
    try:
        values = {"names": read_names(answers), "parent_id": answers.whole("parent_id", 1, 10**9)}
        answers.check()
        with writing():
            number = regions_manage.create_region(who, code, values, now=now).id
    except DomainError as problem:
        return _form(code, None, typed_again(), 422, errors=errors_of(problem))
    return back_to(code, translate("The region is saved. Now choose its countries."), f"region-{number}")


@blueprint.get("/<code>/regions/<int:region_id>")
def edit_region(code: str, region_id: int) -> tuple[str, int]:
    region = _find(code, region_id)
    return _form(code, region, typed_texts("names", region.names) | {"version": str(region.version)})


@blueprint.post("/<code>/regions/<int:region_id>")
@checks_csrf
def save_region(code: str, region_id: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    _find(code, region_id)
    try:
        names = read_names(answers)
        answers.check()
        with writing():
            regions_manage.rename_region(who, region_id, names, version=version, now=now)
    except Stale:
        region = _find(code, region_id)
        return _form(code, region, **came_back(region, version))
    except DomainError as problem:
        return _form(code, _find(code, region_id), typed_again(), 422, errors=errors_of(problem))
    return back_to(code, translate("The region is saved."), f"region-{region_id}")


def _boxes(region: Region, chosen: Collection[str] | None) -> list[Box]:
    """Every country by its name; ticked are the chosen ones, or those that stand in the region."""
    places = regions.read_places(region.scheme)
    names = {one.id: one.names for one in reference.list_regions(region.scheme)}
    found = []
    for country in reference.list_countries():
        place = places.get(country.code, NOWHERE)
        now = place.upper if region.parent_id is None else place.lower or place.upper
        is_inside = now == region.id
        found.append(
            Box(
                code=country.code,
                names=country.names,
                elsewhere=None if is_inside or now is None or now == region.parent_id else names[now],
                is_inside=is_inside,
                is_chosen=is_inside if chosen is None else country.code in chosen,
            )
        )
    return sorted(found, key=lambda box: (sort_key(shown(box.names, language()).text), box.code))


def _choose(
    region: Region, chosen: Collection[str] | None, status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template(
        "regions/countries.html",
        scheme=regions.get_scheme(region.scheme),
        region=region,
        boxes=_boxes(region, chosen),
        **{"typed": {"version": str(region.version)}, **more},
    )
    return page, status


@blueprint.get("/<code>/regions/<int:region_id>/countries")
def countries(code: str, region_id: int) -> tuple[str, int]:
    return _choose(_find(code, region_id), None)


@blueprint.post("/<code>/regions/<int:region_id>/countries")
@checks_csrf
def assign(code: str, region_id: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    version, chosen = answers.version(), set(request.form.getlist("countries"))
    _find(code, region_id)
    try:
        answers.check()
        with writing():
            regions_manage.assign(who, region_id, chosen, version=version, now=now)
    except Stale:
        region = _find(code, region_id)
        return _choose(region, chosen, **came_back(region, version))
    except DomainError as problem:
        errors, typed = errors_of(problem), typed_again()
        return _choose(_find(code, region_id), chosen, 422, errors=errors, typed=typed)
    return back_to(code, translate("The countries of the region are saved."), f"region-{region_id}")


@blueprint.post("/<code>/regions/<int:region_id>/move")
@commits
def move_region(code: str, region_id: int) -> Response:
    _find(code, region_id)
    regions_manage.move_region(actor(), region_id, up=Answers().raw("direction") == "up", now=clock.now())
    return back_to(code, anchor=f"region-{region_id}")


@blueprint.get("/<code>/regions/<int:region_id>/remove")
def confirm_remove_region(code: str, region_id: int) -> str:
    return render_template(
        "regions/remove_region.html", region=_find(code, region_id), view=regions.get_view(code)
    )


@blueprint.post("/<code>/regions/<int:region_id>/remove")
@commits
def remove_region(code: str, region_id: int) -> Response:
    _find(code, region_id)
    regions_manage.remove_region(actor(), region_id, now=clock.now())
    return back_to(code, translate("The region is removed."))
