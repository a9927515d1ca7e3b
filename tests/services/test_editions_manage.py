"""Editions in the hands of organisers: who may, what is kept, who moves up, who is told."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, EditionBody, FigureClaim, OutboxMessage, Registration, Room
from eventapp.rules.access import Actor
from eventapp.services import editions_copy, editions_manage, figures, versions
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_body, make_room, make_session
from tests.factories.registrations import make_registration

NOW = CLOCK_STANDS_AT
ADMINISTRATOR = Actor(kind="user", id=1, name="Ada", role="administrator")
ORGANISER = Actor(kind="user", id=2, name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", id=3, name="Rita", role="reader", all_editions=True)

pytestmark = pytest.mark.usefixtures("ctx")


def of_editions(*editions: Edition) -> Actor:
    return Actor(
        kind="user", id=4, name="Nia", role="organiser", edition_ids=frozenset(one.id for one in editions)
    )


def values(edition: Edition, **changes):
    return editions_manage.values_of(edition) | changes


def save(edition: Edition, actor=ORGANISER, version=None, **changes):
    version = edition.version if version is None else version
    return editions_manage.edit(actor, edition.ordinal, values(edition, **changes), version=version, now=NOW)


def last_audit() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def test_a_new_edition_is_a_draft():
    plan = values(make_edition(ordinal=8), title={"en": "Ninth"})
    edition = editions_manage.create(ORGANISER, 9, plan, now=NOW)
    assert (edition.state, edition.title) == ("draft", {"en": "Ninth"})
    entry = last_audit()
    assert (entry.action, entry.edition_id, entry.new["ordinal"]) == ("edition.create", edition.id, 9)


def test_the_ordinal_is_the_key():
    plan = values(make_edition(ordinal=8))
    with pytest.raises(Conflict) as refusal:
        editions_manage.create(ORGANISER, 8, plan, now=NOW)
    assert refusal.value.field == "ordinal"


@pytest.mark.parametrize("which", ["reader", "named"])
def test_who_may_not_create(which):
    edition = make_edition(ordinal=8)
    actor = READER if which == "reader" else of_editions(edition)
    with pytest.raises(Refused):
        editions_manage.create(actor, 9, values(edition), now=NOW)
    with pytest.raises(Refused):
        editions_copy.copy(actor, 8, 9, now=NOW)


def test_organisers_of_named_editions_change_only_those():
    mine, other = make_edition(ordinal=8), make_edition(ordinal=9)
    save(mine, of_editions(mine), theme={"en": "New"})
    with pytest.raises(NotFound):
        save(other, of_editions(mine), theme={"en": "New"})
    with pytest.raises(Refused):
        save(mine, READER, theme={"en": "New"})


def test_a_change_is_written_down_with_old_and_new():
    edition = make_edition(ordinal=8)
    save(edition, theme={"en": "New"}, starts_on=date(2027, 6, 9))
    entry = last_audit()
    assert entry.old["theme"] == {"en": "A theme"} and entry.new == {
        "theme": {"en": "New"},
        "starts_on": "2027-06-09",
    }
    count = db.session.scalar(select(func.count()).select_from(AuditEntry))
    save(edition)  # nothing differs: nothing to write down
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == count


def test_the_second_of_two_organisers_is_told_what_changed():
    edition = make_edition(ordinal=8)
    opened = edition.version
    save(edition, ADMINISTRATOR, theme={"en": "New"}, capacity=500)
    with pytest.raises(Conflict):
        save(edition, version=opened, venue={"en": "Hall"})
    changes = versions.list_since(edition, opened)
    assert [(entry.actor_name, set(entry.new)) for entry in changes] == [("Ada", {"theme", "capacity"})]
    assert versions.list_since(edition, edition.version) == []
    save(edition, venue={"en": "Hall"})  # knowingly, with the version that stands now
    assert edition.venue == {"en": "Hall"}


def people(edition: Edition, *states: str) -> list[Registration]:
    return [
        make_registration(edition, state=state, submitted_at=datetime(2027, 3, 2, 9, minute, tzinfo=UTC))
        for minute, state in enumerate(states)
    ]


def test_a_raised_capacity_moves_the_first_in_line_up():
    edition = make_edition(ordinal=8, capacity=1, approval="open")
    first, *waiting = people(edition, "approved", "waitlisted", "waitlisted", "waitlisted")
    saved = save(edition, capacity=3)
    assert (saved.promoted, saved.over_capacity) == (2, 0)
    assert [one.state for one in (first, *waiting)] == ["approved", "approved", "approved", "waitlisted"]
    mails = db.session.scalars(select(OutboxMessage.registration_id).order_by(OutboxMessage.id)).all()
    assert mails == [waiting[0].id, waiting[1].id]
    assert save(edition, capacity=None).promoted == 1


def test_a_lowered_capacity_removes_nobody():
    edition = make_edition(ordinal=8, capacity=3)
    everybody = people(edition, "approved", "approved", "approved", "waitlisted")
    saved = save(edition, capacity=1)
    assert (saved.promoted, saved.over_capacity) == (0, 2)
    assert [one.state for one in everybody] == ["approved"] * 3 + ["waitlisted"]


def test_nobody_moves_up_once_it_is_over():
    edition = make_edition(ordinal=8, capacity=0, state="held")
    people(edition, "waitlisted")
    assert save(edition, capacity=10).promoted == 0


def change(edition: Edition, new: str, notice=None, version=None):
    version = edition.version if version is None else version
    return editions_manage.change_state(
        ORGANISER, edition.ordinal, new, version=version, notice=notice or {}, now=NOW
    )


def test_the_way_of_an_edition():
    edition = make_edition(ordinal=8, state="draft")
    for state, action in (("published", "publish"), ("held", "hold"), ("archived", "archive")):
        assert change(edition, state) == 0
        entry = last_audit()
        assert (edition.state, entry.action, entry.new["state"]) == (state, f"edition.{action}", state)
    with pytest.raises(Refused):
        change(edition, "published")


def test_postponing_tells_everybody_registered_once():
    edition = make_edition(ordinal=8)
    people(edition, "approved", "submitted", "waitlisted", "rejected", "withdrawn", "cancelled")
    make_registration(edition, state="approved", language="ar")
    people(make_edition(ordinal=9), "approved")
    notice = {"en": "Later.", "fr": "Plus tard."}
    assert editions_manage.count_recipients(edition.id) == 4
    assert change(edition, "postponed", notice) == 4
    mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [mail.language for mail in mails] == ["en", "en", "en", "ar"]
    assert {(mail.kind, mail.edition_id, mail.state, mail.attempts) for mail in mails} == {
        ("edition_notice", edition.id, "waiting", 0)
    }
    assert mails[0].values == {"state": "postponed", "notice": notice}
    assert len({mail.public_id for mail in mails}) == 4
    assert edition.notice == notice and last_audit().new["mails"] == 4
    change(edition, "published")
    assert edition.notice == {}


def test_a_notice_must_be_written():
    for state in ("postponed", "cancelled"):
        with pytest.raises(Invalid) as refusal:
            change(make_edition(), state)
        assert list(refusal.value.problems) == ["notice"]


def test_a_state_that_somebody_changed_meanwhile():
    edition = make_edition(ordinal=8)
    opened = edition.version
    save(edition, theme={"en": "New"})
    with pytest.raises(Conflict):
        change(edition, "held", version=opened)


def test_the_list_has_numbers_and_only_what_one_may_see():
    edition = make_edition(ordinal=8)
    people(edition, "approved", "waitlisted", "rejected")
    row = editions_manage.list_for_desk(of_editions(edition), now=CLOCK_STANDS_AT)
    assert [(one.edition.ordinal, one.registered, one.approved) for one in row] == [(8, 2, 1)]
    assert len(editions_manage.list_for_desk(READER, now=CLOCK_STANDS_AT)) == 8


def test_a_copy_holds_settings_texts_bodies_and_rooms_and_never_people():
    source = make_edition(
        ordinal=8, capacity=300, approval="open", outcome={"en": "Good"}, notice={"en": "No"}, state="held"
    )
    body, room = make_body(), make_room(source, capacity=80, position=2)
    db.session.add(
        EditionBody(
            edition_id=source.id, body_id=body.id, role="co-host", position=4, source_url="https://e.org"
        )
    )
    make_session(source, room_id=room.id)
    people(source, "approved")
    figures.add(
        ORGANISER,
        8,
        {
            "measure": "participants",
            "qualifier": "about",
            "value": 5,
            "source_url": "https://e.org",
            "source_note": "",
        },
        now=NOW,
    )
    copy = editions_copy.copy(ORGANISER, 8, 9, now=NOW)
    assert (copy.state, copy.capacity, copy.approval, copy.title) == ("draft", 300, "open", source.title)
    assert (copy.starts_on, copy.date_precision, copy.registration_opens_at, copy.changes_close_at) == (
        None,
        "unknown",
        None,
        None,
    )
    assert (copy.outcome, copy.notice, copy.picture_id, copy.is_demonstration) == ({}, {}, None, False)
    parts = db.session.scalars(select(EditionBody).where(EditionBody.edition_id == copy.id)).all()
    assert [(part.body_id, part.role, part.position) for part in parts] == [(body.id, "co-host", 4)]
    rooms = db.session.scalars(select(Room).where(Room.edition_id == copy.id)).all()
    assert [(one.names, one.capacity, one.position) for one in rooms] == [({"en": "Main hall"}, 80, 2)]
    for table in (Registration, FigureClaim):
        assert not db.session.scalar(
            select(func.count()).select_from(table).where(table.edition_id == copy.id)
        )
    entry = last_audit()
    assert (entry.action, entry.edition_id, entry.new["from"]) == ("edition.copy", copy.id, 8)
    copy.title["en"] = "Changed"  # the texts are its own
    assert source.title["en"] == "Eighth Global Conference"


def test_a_copy_needs_a_free_ordinal():
    make_edition(ordinal=8)
    assert editions_manage.next_ordinal() == 9
    with pytest.raises(Conflict):
        editions_copy.copy(ORGANISER, 8, 3, now=NOW)


CLAIM = {
    "measure": "participants",
    "qualifier": "about",
    "value": 300,
    "source_url": "https://e.org/a",
    "source_note": "",
}


def test_one_claim_of_a_measure_is_shown():
    edition = make_edition(ordinal=8)
    first = figures.add(ORGANISER, 8, CLAIM, now=NOW)
    second = figures.add(ORGANISER, 8, CLAIM | {"value": 400, "qualifier": "more_than"}, now=NOW)
    other = figures.add(ORGANISER, 8, CLAIM | {"measure": "countries", "value": 90}, now=NOW)
    assert [one.is_shown for one in (first, second, other)] == [True, False, True]
    figures.show(ORGANISER, 8, second.id, now=NOW)
    assert [one.is_shown for one in (first, second, other)] == [False, True, True]
    figures.show(ORGANISER, 8, second.id, now=NOW)
    figures.edit(
        ORGANISER, 8, other.id, CLAIM, version=1, now=NOW
    )  # moves to a measure that has one shown already
    assert [one.is_shown for one in (first, second, other)] == [False, True, False]
    figures.hide(ORGANISER, 8, second.id, now=NOW)
    figures.delete(ORGANISER, 8, first.id, now=NOW)
    assert [one.is_shown for one in figures.list_claims(edition.id)] == [False, False]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "figure")).all()
    assert {"figure.add", "figure.edit", "figure.show", "figure.hide", "figure.delete"} == set(actions)


def test_a_claim_needs_a_number_and_a_source():
    make_edition(ordinal=8)
    with pytest.raises(Invalid) as refusal:
        figures.add(ORGANISER, 8, CLAIM | {"value": None, "source_url": ""}, now=NOW)
    assert list(refusal.value.problems) == ["value", "source_url"]
    claim = figures.add(ORGANISER, 8, CLAIM, now=NOW)
    make_edition(ordinal=9)
    with pytest.raises(NotFound):
        figures.delete(ORGANISER, 9, claim.id, now=NOW)
