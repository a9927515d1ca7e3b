"""The administrator's changes to badge categories and to the table that derives them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, Refused
from eventapp.extensions import db
from eventapp.models import BadgeCategory, BadgeRule
from eventapp.rules.access import Actor, check_administrator
from eventapp.rules.badge import Rule, make_code, place_for
from eventapp.rules.body import moved
from eventapp.rules.quota import BADGE_CATEGORY, Which
from eventapp.rules.text import shown
from eventapp.services import audit, badges, quotas, versions
from eventapp.services.registrations_places import promote_by_badges

RULE_COLUMNS = ("body_kind", "sector_code", "role", "category_code")


def create_category(actor: Actor, names: Mapping[str, str], *, now: datetime) -> BadgeCategory:
    """Add a category as the last one; administrators only; refuses one without a name."""
    check_administrator(actor)
    _check_names(names)
    known = badges.list_categories()
    made = BadgeCategory(
        code=make_code(shown(names, "en").text, {one.code for one in known}),
        names=dict(names),
        position=max((one.position for one in known), default=-1) + 1,
    )
    db.session.add(made)
    with versions.one_at_a_time():
        db.session.flush()
    _record(
        actor, "badge_category.create", "badge_category", now, new={"code": made.code, "names": made.names}
    )
    return made


def rename_category(actor: Actor, code: str, names: Mapping[str, str], *, now: datetime) -> None:
    """Give a category other names; administrators only."""
    check_administrator(actor)
    _check_names(names)
    found = badges.get_category(code)
    old, new = audit.differences({"names": found.names}, {"names": dict(names)})
    if new:
        found.names = dict(names)
        db.session.flush()
        _record(actor, "badge_category.edit", "badge_category", now, old=old, new=new)


def move_category(actor: Actor, code: str, *, up: bool, now: datetime) -> None:
    """Name a category earlier or later; administrators only."""
    check_administrator(actor)
    found = badges.get_category(code)
    _put_in_order(moved(badges.list_categories(), found, up=up))
    _record(actor, "badge_category.move", "badge_category", now, new={"code": code, "up": up})


def count_lines_of(code: str) -> int:
    """How many lines of the table lead to a category."""
    wanted = BadgeRule.category_code == code
    return db.session.scalar(select(func.count()).select_from(BadgeRule).where(wanted)) or 0


def remove_category(actor: Actor, code: str, *, now: datetime) -> None:
    """Remove a category that no line leads to; administrators only; refuses one that is in use."""
    check_administrator(actor)
    found = badges.get_category(code)
    old = {"code": code, "names": found.names}
    in_use = Refused("Lines of the table lead to this category. Change or remove them first.", code="in-use")
    if count_lines_of(code):
        raise in_use
    if quotas.count_of(Which(BADGE_CATEGORY, code)):
        raise Refused("An edition has a quota for this category. Remove that first.", code="in-use")
    db.session.delete(found)
    try:
        db.session.flush()
    except IntegrityError:  # a line was added at this moment
        raise in_use from None
    _record(actor, "badge_category.remove", "badge_category", now, old=old)


def add_rule(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> BadgeRule:
    """Add a line where it can win; administrators only; refuses a second line for the same people."""
    check_administrator(actor)
    new, lines = _read(values), list(badges.list_lines())
    _check_alone(new, lines)
    made = BadgeRule(**{name: values[name] for name in RULE_COLUMNS})
    lines.insert(place_for([badges.as_rule(one) for one in lines], new, badges.list_parents()), made)
    db.session.add(made)
    with versions.one_at_a_time():
        _put_in_order(lines)
    _record(actor, "badge_rule.add", "badge_rule", now, new=_values(made), subject_id=made.id)
    promote_by_badges(actor, now=now)
    return made


def edit_rule(actor: Actor, rule_id: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change a line; it keeps its place. Administrators only; refuses a second line for the same people."""
    check_administrator(actor)
    found = badges.get_line(rule_id)
    _check_alone(_read(values), [one for one in badges.list_lines() if one is not found])
    old, new = audit.differences(_values(found), {name: values[name] for name in RULE_COLUMNS})
    if not new:
        return
    for name in new:
        setattr(found, name, values[name])
    with versions.one_at_a_time():
        db.session.flush()
    _record(actor, "badge_rule.edit", "badge_rule", now, old=old, new=new, subject_id=rule_id)
    promote_by_badges(actor, now=now)


def move_rule(actor: Actor, rule_id: int, *, up: bool, now: datetime) -> None:
    """Ask a line earlier or later; administrators only."""
    check_administrator(actor)
    found = badges.get_line(rule_id)
    _put_in_order(moved(badges.list_lines(), found, up=up))
    _record(actor, "badge_rule.move", "badge_rule", now, new={"up": up}, subject_id=rule_id)
    promote_by_badges(actor, now=now)


def remove_rule(actor: Actor, rule_id: int, *, now: datetime) -> None:
    """Remove a line; administrators only."""
    check_administrator(actor)
    found = badges.get_line(rule_id)
    old = _values(found)
    db.session.delete(found)
    db.session.flush()
    _record(actor, "badge_rule.remove", "badge_rule", now, old=old, subject_id=rule_id)
    promote_by_badges(actor, now=now)


def reset(actor: Actor, *, now: datetime) -> None:
    """Put what ships with the product in place of every category and line; administrators only."""
    check_administrator(actor)
    for line in badges.list_lines():
        db.session.delete(line)
    db.session.flush()
    for category in badges.list_categories():
        db.session.delete(category)
    db.session.flush()
    badges.add_shipped()
    _record(actor, "badges.reset", "badge_rule", now)
    promote_by_badges(actor, now=now)


def _check_names(names: Mapping[str, str]) -> None:
    if not names:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})


def _read(values: Mapping[str, Any]) -> Rule:
    category = badges.get_category(values["category_code"])
    return Rule(values["body_kind"], values["sector_code"], values["role"], category.code)


def _check_alone(new: Rule, others: Sequence[BadgeRule]) -> None:
    if any(badges.as_rule(one).speaks_of == new.speaks_of for one in others):
        raise Conflict("There is a line for exactly these people already.", code="line", field="body_kind")


def _values(line: BadgeRule) -> dict[str, Any]:
    return {name: getattr(line, name) for name in RULE_COLUMNS}


def _put_in_order(rows: Sequence[BadgeRule | BadgeCategory]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    db.session.flush()


def _record(
    actor: Actor,
    action: str,
    subject_type: str,
    now: datetime,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    subject_id: int | None = None,
) -> None:
    audit.record(actor, action, now=now, subject_type=subject_type, subject_id=subject_id, old=old, new=new)
