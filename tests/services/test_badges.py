"""The badge table: what ships with the product, and what the administrator makes of it."""

import pytest
from sqlalchemy import delete, func, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import BadgeCategory, BadgeRule, ContentVersion, Sector
from eventapp.rules.access import COMMAND, Actor
from eventapp.rules.badge import derive
from eventapp.rules.vocabulary import BODY_KINDS, DELEGATE_ROLES, LANGUAGES
from eventapp.services import archive, badges, badges_manage
from eventapp.web.transaction import writing

pytestmark = pytest.mark.usefixtures("ctx")


def shipped(kind, sector, role):
    main = db.session.get(Sector, sector).parent_code or sector
    return derive(badges.list_rules(), kind=kind, sector=sector, main_sector=main, role=role)


@pytest.mark.parametrize(
    ("kind", "sector", "role", "expected"),
    [
        ("state", "LE-POL", "head", "head_of_delegation"),
        ("state", "PUB-MIN", "deputy_head", "delegation"),
        ("state", "LE-POL", "observer", "observer"),
        ("state", "LE-POL", "security", "security"),
        ("state", "MED", "delegate", "press"),
        ("international_organization", "LE-POL", "head", "international_organization"),
        (None, "IGO", "observer", "international_organization"),
        ("ngo", "OTH", "expert", "civil_society"),
        (None, "PRV-FIN", "delegate", "private_sector"),
        ("academia", "ACA", "speaker", "speaker"),
        ("government_agency", "LE-POL", "delegate", "participant"),
    ],
)
def test_what_ships_says_what_the_door_expects(kind, sector, role, expected):
    assert shipped(kind, sector, role) == expected


def test_everybody_has_a_category_with_a_name_in_every_language():
    names = {one.code: one.names for one in badges.list_categories()}
    found = {
        shipped(kind, sector, role)
        for kind in (None, *BODY_KINDS)
        for sector in db.session.scalars(select(Sector.code))
        for role in DELEGATE_ROLES
    }
    assert found == set(names)  # and no category is there for nobody
    assert all(set(texts) == set(LANGUAGES) for texts in names.values())


def test_an_older_database_gets_the_table_at_its_next_start(clock):
    before = badges.list_rules()
    db.session.execute(delete(BadgeRule))
    db.session.execute(delete(BadgeCategory))
    assert archive.load(now=clock())
    assert badges.list_rules() == before
    assert not archive.load(now=clock())


def test_a_table_that_was_cleared_on_purpose_stays_so(clock):
    db.session.execute(delete(BadgeRule))
    archive.load(now=clock())
    assert db.session.scalar(select(func.count()).select_from(BadgeRule)) == 0


def test_whoever_keeps_names_of_the_table_is_told_that_it_moved(fresh_app, clock):
    def number():
        return db.session.scalar(select(ContentVersion.number).where(ContentVersion.id == 1)) or 0

    with fresh_app.app_context():
        before = number()
        for change in (
            lambda: badges_manage.rename_category(COMMAND, "press", {"en": "Media"}, now=clock()),
            lambda: badges_manage.move_rule(COMMAND, badges.list_lines()[0].id, up=False, now=clock()),
            lambda: badges_manage.reset(COMMAND, now=clock()),
        ):
            with writing():
                change()
            assert number() > before
            before = number()


def test_only_administrators_change_the_table(ctx, clock):
    organiser = Actor(kind="user", id=1, role="organiser", all_editions=True)
    for change in (
        lambda: badges_manage.create_category(organiser, {"en": "x"}, now=clock()),
        lambda: badges_manage.remove_category(organiser, "press", now=clock()),
        lambda: badges_manage.remove_rule(organiser, 1, now=clock()),
        lambda: badges_manage.reset(organiser, now=clock()),
    ):
        with pytest.raises(Refused):
            change()
