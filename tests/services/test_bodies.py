"""Bodies, their parts in editions and partnerships."""

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, Partnership
from eventapp.services import bodies, bodies_parts, versions
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_speaker
from tests.factories.registrations import make_registration
from tests.services.test_editions_manage import NOW, ORGANISER, READER, of_editions

pytestmark = pytest.mark.usefixtures("ctx")

VALUES = {
    "names": {"fr": "École de police", "en": "Police College"},
    "acronym": "PC",
    "kind": "academia",
    "country_code": "NA",
    "website": "https://example.org",
    "logo_id": None,
    "is_listed": True,
}


def test_a_body_is_made_changed_and_deleted():
    body = bodies.create(ORGANISER, VALUES, now=NOW)
    assert (body.sort_name, body.country_code) == ("police college", "NA")
    opened = body.version
    bodies.edit(ORGANISER, body.id, VALUES | {"names": {"fr": "École"}}, version=opened, now=NOW)
    assert body.sort_name == "ecole"
    with pytest.raises(Conflict):
        bodies.edit(ORGANISER, body.id, VALUES, version=opened, now=NOW)
    assert [entry.action for entry in versions.list_since(body, opened)] == ["body.edit"]
    number = body.id
    bodies.delete(ORGANISER, number, now=NOW)
    assert db.session.get(Body, number) is None
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "body")).all()
    assert actions == ["body.create", "body.edit", "body.delete"]


def test_a_body_needs_a_name():
    with pytest.raises(Invalid):
        bodies.create(ORGANISER, VALUES | {"names": {}}, now=NOW)


def test_who_may_not():
    edition, body = make_edition(), make_body()
    attempts = (
        lambda who: bodies.create(who, VALUES, now=NOW),
        lambda who: bodies.edit(who, body.id, VALUES, version=1, now=NOW),
        lambda who: bodies.delete(who, body.id, now=NOW),
        lambda who: bodies_parts.create_partnership(who, partnership(body.id), now=NOW),
    )
    for actor in (READER, of_editions(edition)):
        for attempt in attempts:
            with pytest.raises(Refused):
                attempt(actor)


@pytest.mark.parametrize("use", ["edition", "registration", "partnership", "speaker"])
def test_what_is_used_is_not_deleted(use):
    body, edition = make_body(), make_edition(ordinal=8)
    if use == "edition":
        bodies_parts.add_part(ORGANISER, 8, body_id=body.id, role="host", source_url="", now=NOW)
    elif use == "registration":
        make_registration(edition, body_id=body.id)
    elif use == "partnership":
        db.session.add(Partnership(body_id=body.id, kind="key_partner", position=0))
        db.session.flush()
    else:
        make_speaker(body_id=body.id)
    with pytest.raises(Refused):
        bodies.delete(ORGANISER, body.id, now=NOW)


def parts(edition):
    return [(part.body_id, part.role) for part in bodies_parts.list_parts(edition.id)]


def test_parts_are_added_moved_and_removed():
    edition = make_edition(ordinal=8)
    a, b, c = make_body().id, make_body().id, make_body().id
    for body, role in ((a, "host"), (b, "sponsor"), (c, "host")):
        bodies_parts.add_part(of_editions(edition), 8, body_id=body, role=role, source_url="", now=NOW)
    assert parts(edition) == [(a, "host"), (b, "sponsor"), (c, "host")]
    last = bodies_parts.list_parts(edition.id)[-1]
    bodies_parts.move_part(ORGANISER, 8, last.id, up=True, now=NOW)  # among the hosts
    assert parts(edition) == [(c, "host"), (b, "sponsor"), (a, "host")]
    bodies_parts.move_part(ORGANISER, 8, last.id, up=True, now=NOW)
    assert parts(edition) == [(c, "host"), (b, "sponsor"), (a, "host")]
    with pytest.raises(Conflict):
        bodies_parts.add_part(ORGANISER, 8, body_id=a, role="host", source_url="", now=NOW)
    make_edition(ordinal=9)
    with pytest.raises(NotFound):
        bodies_parts.remove_part(ORGANISER, 9, last.id, now=NOW)
    bodies_parts.remove_part(ORGANISER, 8, last.id, now=NOW)
    assert parts(edition) == [(b, "sponsor"), (a, "host")]


def partnership(body_id, **overrides):
    return {"body_id": body_id, "kind": "key_partner", "since_year": None, **overrides}


def test_partnerships():
    before = [one.id for one in bodies_parts.list_partnerships() if one.kind == "key_partner"]
    body = make_body().id
    bodies_parts.create_partnership(ORGANISER, partnership(body, since_year=2019), now=NOW)
    (new,) = [one for one in bodies_parts.list_partnerships() if one.body_id == body]
    with pytest.raises(Conflict):
        bodies_parts.create_partnership(ORGANISER, partnership(body), now=NOW)
    opened = new.version
    bodies_parts.move_partnership(ORGANISER, new.id, up=True, now=NOW)
    after = [one.id for one in bodies_parts.list_partnerships() if one.kind == "key_partner"]
    assert after == [*before[:-1], new.id, *before[-1:]]
    # The order stands on no form: whoever had the form open before the move saves it.
    second = partnership(body, kind="expert_group")
    bodies_parts.edit_partnership(ORGANISER, new.id, second, version=opened, now=NOW)
    assert (new.kind, new.since_year) == ("expert_group", None)
    with pytest.raises(Stale):
        bodies_parts.edit_partnership(ORGANISER, new.id, partnership(body), version=opened, now=NOW)
    (entry,) = versions.list_since(new, opened)
    assert entry.new == {"kind": "expert_group", "since_year": None}
    bodies_parts.remove_partnership(ORGANISER, new.id, now=NOW)
    assert not db.session.get(Partnership, new.id)
