"""Badge categories and the table that derives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import BadgeCategory, BadgeRule, Sector
from eventapp.rules.badge import Rule
from eventapp.services.shipped import read_names, read_rows


@dataclass(frozen=True)
class BadgeTable:
    """The table as pages read it: its lines, and the names of the categories in their order."""

    rules: tuple[Rule, ...]
    names: Mapping[str, Mapping[str, str]]


def load_table() -> BadgeTable:
    """Read the whole table; two queries."""
    return BadgeTable(list_rules(), {one.code: one.names for one in list_categories()})


def list_categories() -> Sequence[BadgeCategory]:
    """Every category in its order."""
    query = select(BadgeCategory).order_by(BadgeCategory.position, BadgeCategory.code)
    return db.session.scalars(query).all()


def list_rules() -> tuple[Rule, ...]:
    """The lines of the table, the first to be asked first."""
    query = select(BadgeRule.body_kind, BadgeRule.sector_code, BadgeRule.role, BadgeRule.category_code)
    rows = db.session.execute(query.order_by(BadgeRule.position, BadgeRule.id))
    return tuple(Rule(kind, sector, role, category) for kind, sector, role, category in rows)


def get_category(code: str) -> BadgeCategory:
    """A category by its code; raises NotFound."""
    found = db.session.get(BadgeCategory, code)
    if found is None:
        raise NotFound("There is no such badge category.")
    return found


def list_lines() -> Sequence[BadgeRule]:
    """The same lines as rows, for whoever changes them."""
    return db.session.scalars(select(BadgeRule).order_by(BadgeRule.position, BadgeRule.id)).all()


def get_line(rule_id: int) -> BadgeRule:
    """A line by its number; raises NotFound."""
    found = db.session.get(BadgeRule, rule_id)
    if found is None:
        raise NotFound("There is no such line in the table of badges.")
    return found


def list_parents() -> dict[str, str]:
    """Sector -> the one above it, for those that have one."""
    query = select(Sector.code, Sector.parent_code).where(Sector.parent_code.is_not(None))
    return {code: parent for code, parent in db.session.execute(query) if parent}


def as_rule(line: BadgeRule) -> Rule:
    """A row as the rules know it."""
    return Rule(line.body_kind, line.sector_code, line.role, line.category_code)


def add_shipped() -> None:
    """Add the categories and lines that ship with the product; both tables are empty before."""
    for position, row in enumerate(read_rows("badge-categories.csv")):
        db.session.add(BadgeCategory(code=row["code"], names=read_names(row), position=position))
    db.session.flush()
    sectors = set(db.session.scalars(select(Sector.code)))
    for position, row in enumerate(read_rows("badge-rules.csv")):
        if row["sector"] and row["sector"] not in sectors:
            continue  # the administrator keeps other sectors
        db.session.add(
            BadgeRule(
                position=position,
                body_kind=row["body_kind"] or None,
                sector_code=row["sector"] or None,
                role=row["role"] or None,
                category_code=row["category"],
            )
        )
    db.session.flush()
