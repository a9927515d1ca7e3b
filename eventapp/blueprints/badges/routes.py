"""The table of badges: its lines, a line to try it with, and the way back to what shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from eventapp.blueprints.badges.base import back_to_list, blueprint
from eventapp.errors import DomainError
from eventapp.models import BadgeRule
from eventapp.rules.badge import find_idle, find_line
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import BODY_KINDS, DELEGATE_ROLES
from eventapp.services import badges, badges_manage
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.options import reference
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Somebody to try the table with, and the line that decides about them."""

    kind: str
    sector: str
    role: str
    place: int | None


def _sectors() -> list[tuple[str, str]]:
    """Both levels with their names, the lower ones set in."""
    entries = reference().sectors.values()
    found = []
    for upper in (one for one in entries if one.parent_code is None):
        found.append((upper.code, str(shown(upper.names, language()))))
        below = (one for one in entries if one.parent_code == upper.code)
        found += [(one.code, f"\u2003{shown(one.names, language())}") for one in below]
    return found


def _trial() -> Trial:
    """The person of the address; a police officer of a state until somebody chooses."""
    sectors = reference().sectors
    kind, role = request.args.get("kind", "state"), request.args.get("role", "delegate")
    sector = request.args.get("sector", "LE-POL")
    sector = sector if sector in sectors else next(iter(sectors), "")
    main = (sectors[sector].parent_code if sector else None) or sector
    known = {
        "kind": kind if kind in BODY_KINDS else "",
        "role": role if role in DELEGATE_ROLES else "delegate",
    }
    place = find_line(
        badges.list_rules(), kind=known["kind"] or None, sector=sector, main_sector=main, role=known["role"]
    )
    return Trial(sector=sector, place=place, **known)


def _names() -> Mapping[str, Any]:
    categories = badges.list_categories()
    return {
        "names": {one.code: one.names for one in categories},
        "kinds": labels("body_kind"),
        "roles": labels("role"),
        "sectors": _sectors(),
        "categories": categories,
    }


@blueprint.get("")
def index() -> str:
    lines = badges.list_lines()
    return render_template(
        "badges/index.html",
        lines=lines,
        idle=find_idle([badges.as_rule(one) for one in lines], badges.list_parents()),
        trial=_trial(),
        **_names(),
    )


def _form(line: BadgeRule | None, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    return render_template("badges/rule.html", line=line, typed=typed, **_names(), **more), status


def _read() -> dict[str, Any]:
    answers = Answers()
    codes = [one.code for one in badges.list_categories()]
    values = {
        "body_kind": answers.choice("body_kind", BODY_KINDS) or None,
        "sector_code": answers.choice("sector_code", list(reference().sectors)) or None,
        "role": answers.choice("role", DELEGATE_ROLES) or None,
        "category_code": answers.choice("category_code", codes),
    }
    answers.require("category_code", values["category_code"])
    answers.check()
    return values


@blueprint.get("/lines/new")
def new_rule() -> tuple[str, int]:
    return _form(None, {})


@blueprint.post("/lines/new")
@checks_csrf
def add_rule() -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    try:
        values = _read()
        with writing():
            number = badges_manage.add_rule(who, values, now=now).id
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    return back_to_list(translate("The line stands where it takes effect."), f"line-{number}")


@blueprint.get("/lines/<int:rule_id>")
def edit_rule(rule_id: int) -> tuple[str, int]:
    line = badges.get_line(rule_id)
    return _form(line, {name: getattr(line, name) or "" for name in badges_manage.RULE_COLUMNS})


@blueprint.post("/lines/<int:rule_id>")
@checks_csrf
def save_rule(rule_id: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    badges.get_line(rule_id)
    try:
        values = _read()
        with writing():
            badges_manage.edit_rule(who, rule_id, values, now=now)
    except DomainError as problem:
        return _form(badges.get_line(rule_id), typed_again(), 422, errors=errors_of(problem))
    return back_to_list(translate("The line is saved."), f"line-{rule_id}")


@blueprint.post("/lines/<int:rule_id>/move")
@commits
def move_rule(rule_id: int) -> Response:
    badges_manage.move_rule(actor(), rule_id, up=Answers().raw("direction") == "up", now=clock.now())
    return back_to_list(anchor=f"line-{rule_id}")


@blueprint.post("/lines/<int:rule_id>/remove")
@commits
def remove_rule(rule_id: int) -> Response:
    badges_manage.remove_rule(actor(), rule_id, now=clock.now())
    return back_to_list(translate("The line is removed."), "lines")


@blueprint.get("/reset")
def confirm_reset() -> str:
    return render_template(
        "badges/reset.html", categories=badges.list_categories(), lines=badges.list_lines()
    )


@blueprint.post("/reset")
@commits
def reset() -> Response:
    badges_manage.reset(actor(), now=clock.now())
    return back_to_list(translate("The table is again as it shipped."))
