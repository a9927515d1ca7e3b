"""Personal data goes when its time is over: needs first, the record later, counts never."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from eventapp.adapters import kept_mail
from eventapp.errors import Refused, Stale
from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    CheckIn,
    CredentialDocument,
    DuplicatePair,
    Edition,
    OutboxMessage,
    PrivateLink,
    Registration,
    Speaker,
)
from eventapp.rules.access import SYSTEM, Actor
from eventapp.rules.keeping import RESPITE
from eventapp.rules.listing import Filter
from eventapp.services import (
    audit,
    editions_manage,
    keeping,
    keeping_erase,
    keeping_held,
    links,
    mail,
    statistics,
)
from eventapp.services.keeping_erase import Task
from eventapp.services.registrations_list import list_found_ids
from eventapp.web import forgetting
from tests.factories.delegations import make_delegation
from tests.factories.duplicates import make_pair
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_body, make_place, make_session, make_speaker
from tests.factories.registrations import build_registration, make_registration
from tests.factories.reminders import make_linked_focal_point
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
READER = Actor(kind="user", id=2, name="A. Reader", role="reader", all_editions=True)
TODAY = CLOCK_STANDS_AT.date()


def ended(days: int, **more) -> Edition:
    """An edition whose last day was so many days ago."""
    last = TODAY - timedelta(days)
    values = {"starts_on": last, "ends_on": last, "state": "held", "time_zone": "UTC", **more}
    return make_edition(**values)


def erase_all(edition, clock: str, *, now=CLOCK_STANDS_AT):
    """Every part of one clock; gives the counts of each."""
    found = []
    while erased := keeping_erase.erase(Task(edition.id, clock), now=now).counts:
        found.append(erased)
    db.session.expire_all()
    return found


def clocks(now=CLOCK_STANDS_AT):
    return {(one.edition_id, one.clock) for one in keeping_erase.list_tasks(now=now)}


def history(action: str):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_needs_go_after_a_week_and_nothing_else_does():
    over, running = ended(7), ended(6)
    one = make_registration(over, dietary_needs="no fish", accessibility_needs="stairs", state="withdrawn")
    plain = make_registration(over)
    other = make_registration(running, dietary_needs="no fish")
    assert clocks() == {(over.id, "needs")}
    assert erase_all(over, "needs") == [{"people": 1}]
    assert (one.dietary_needs, one.accessibility_needs, one.version) == ("", "", 2)
    assert (one.given_name, one.erased_at, plain.version) == ("Joy", None, 1)
    assert other.dietary_needs == "no fish"
    assert clocks() == set()
    (entry,) = history("edition.forget_needs")
    assert (entry.new, entry.actor_kind, entry.edition_id) == ({"people": 1}, "system", over.id)
    assert [entry.subject_id for entry in history("registration.forget_needs")] == [one.id]
    # Another system that took the needs along and takes only changes learns of it.
    since = Filter(changed_since=CLOCK_STANDS_AT.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert list_found_ids(over.id, since) == [one.id]


def test_needs_go_from_the_history_too():
    edition = ended(7)
    registration = make_registration(edition)
    audit.record(
        SYSTEM, "registration.change", now=CLOCK_STANDS_AT, subject_type="registration", subject_id=registration.id,
        edition_id=edition.id, old={"dietary_needs": "no fish", "phone": "1"}, new={"dietary_needs": "", "phone": "2"},
    )  # fmt: skip
    audit.record(
        SYSTEM, "delegates.export", now=CLOCK_STANDS_AT, subject_type="edition", subject_id=edition.id,
        edition_id=edition.id, new={"columns": ["dietary_needs"], "q": 'a "dietary_needs": b'},
    )  # fmt: skip
    db.session.flush()
    assert clocks() == {(edition.id, "needs")}
    assert erase_all(edition, "needs") == [{"entries": 1}]
    (change,), (export,) = history("registration.change"), history("delegates.export")
    assert (change.old, change.new) == ({"phone": "1"}, {"phone": "2"})
    assert export.new == {"columns": ["dietary_needs"], "q": 'a "dietary_needs": b'}
    assert clocks() == set()


@pytest.fixture
def over(app):
    """An edition whose record has run out, with everything that is held of people."""
    edition = ended(600)
    body = make_body()
    note = {"credentials": "deficient", "credentials_note": "Ms Zanzibari has no seal"}
    delegation = make_delegation(edition, country_code=None, body_id=body.id, kind="ngo", **note)
    person = make_registration(
        edition, state="approved", family_name="Zanzibari", email="zq@example.org", body_id=body.id,
        represents="organisation", seat_country_code="NA", body_kind="ngo", dietary_needs="no fish", language="fr",
        delegation_id=delegation.id,
    )  # fmt: skip
    merged = make_registration(edition, state="merged", family_name="Zanzibari", merged_into_id=person.id)
    state = make_delegation(edition, country_code="NO")
    make_registration(edition, state="rejected", reason="Zanzibari is not known", delegation_id=state.id)
    db.session.add(
        CheckIn(edition_id=edition.id, registration_id=person.id, on=edition.ends_on, at=CLOCK_STANDS_AT)
    )
    person.is_checked_in = True
    make_pair(person, merged)
    link = links.make_link("registration", secret="s", now=CLOCK_STANDS_AT, registration_id=person.id)
    mail.enqueue(
        "registration_approved", recipient=person.email, language="fr", now=CLOCK_STANDS_AT, registration=person, link=link
    )  # fmt: skip
    point, own = make_linked_focal_point(delegation)
    mail.enqueue("focal_point_link", recipient=point.email, language="fr", now=CLOCK_STANDS_AT, link=own)
    mail.enqueue("x", recipient="host@example.org", language="fr", now=CLOCK_STANDS_AT, edition_id=edition.id)
    db.session.add(
        CredentialDocument(
            delegation_id=delegation.id, stored_name="a" * 32 + ".pdf", file_name="Zanzibari.pdf", size=1,
            media_type="application/pdf", sha256="0" * 64, uploaded_at=CLOCK_STANDS_AT, uploaded_by=point.name,
        )
    )  # fmt: skip
    speaker = make_speaker(
        name="A. Name", email="zq@example.org", biography={"en": "Zed"}, agreed_at=CLOCK_STANDS_AT
    )
    make_place(make_session(edition), speaker, reason="Zanzibari is ill")
    focal = Actor(kind="focal_point", id=point.id, name=point.name)
    for actor, action, subject, number in (
        (focal, "registration.endorse", "registration", person.id),
        (ORGANISER, "focal_point.add", "focal_point", point.id),
        (focal, "credentials.add_document", "delegation", delegation.id),
    ):
        audit.record(
            actor, action, now=CLOCK_STANDS_AT, subject_type=subject, subject_id=number, edition_id=edition.id,
            new={"name": "Zanzibari"},
        )  # fmt: skip
    audit.record(
        ORGANISER, "registration.mail", now=CLOCK_STANDS_AT, subject_type="edition", subject_id=edition.id,
        edition_id=edition.id, new={"recipients": 1, "filter": {"q": "Zanzibari", "state": "approved"}},
    )  # fmt: skip
    db.session.flush()
    return edition


def everything() -> str:
    """Every value of every row, but for the programme."""
    rows = [
        row
        for table in (Registration, AuditEntry, OutboxMessage, CredentialDocument)
        for row in db.session.scalars(select(table))
    ]
    rows += db.session.scalars(select(Edition)).all()
    return repr([[getattr(row, column.key) for column in row.__table__.columns] for row in rows])


def test_the_record_goes_and_every_count_stays(over, clock):
    def counted():
        found = []
        for names in (["sector", "country", "role", "state"], ["body"], ["language"]):
            cells = statistics.count(over, statistics.ask(names), now=clock())
            found += [{code: tuple(n) for code, n in cells.by(name).items() if any(n)} for name in names]
        return found

    before = counted()
    assert keeping_held.count_held(now=CLOCK_STANDS_AT)[over.id] == {
        "needs": 1, "registrations": 3, "focal_points": 1, "credentials": 1, "speakers": 1, "letters": 3 - 1,
    }  # fmt: skip
    assert clocks() == {(over.id, "needs"), (over.id, "record")}
    assert erase_all(over, "record") == [
        {"people": 3},
        {"speakers": 1, "focal_points": 1, "papers": 1, "messages": 1, "entries": 1},
    ]
    left = everything()
    assert not [
        one
        for one in ("Zanzibari", "zq@", "Amina", "focal", "host@", "no fish")
        if one in left.replace("focal_point", "")
    ]
    assert counted() == before
    tied = [one.delegation_id for one in db.session.scalars(select(Registration).order_by(Registration.id))]
    assert tied[:2] == [None, None] and tied[2] is not None  # of a state
    assert keeping_held.count_held(now=CLOCK_STANDS_AT) == {} and clocks() == set()
    assert db.session.scalars(select(DuplicatePair)).all() == []
    assert db.session.scalar(select(func.count()).where(PrivateLink.revoked_at.is_(None))) == 0
    assert {one.state for one in db.session.scalars(select(OutboxMessage))} == {"cancelled"}
    assert len(history("registration.erase")) == 3
    assert [one.new["filter"] for one in history("registration.mail")] == [{"state": "approved"}]
    assert [entry.new.get("people") for entry in history("edition.forget_record")] == [3, None]
    speaker = db.session.scalars(select(Speaker)).one()
    assert (speaker.name, speaker.email, speaker.biography, speaker.agreed_at) == ("A. Name", "", {}, None)


def test_whoever_speaks_in_a_later_edition_keeps_the_profile(clock):
    first, later = ended(600), ended(20)
    person = make_registration(first, family_name="Zanzibari")
    both = make_speaker(email="b@example.org", registration_id=person.id)
    behind = make_speaker(email="c@example.org", registration_id=make_registration(later).id)
    only = make_speaker(email="o@example.org", picture_id=None)
    for speaker, edition in ((both, first), (both, later), (behind, first), (only, first)):
        make_place(make_session(edition), speaker)
    assert erase_all(first, "record") == [{"people": 1}, {"speakers": 1}]
    assert (both.email, both.registration_id) == ("b@example.org", None)
    assert (behind.email, only.email) == ("c@example.org", "")
    assert first.id not in keeping_held.count_held(now=CLOCK_STANDS_AT)
    assert clocks() == set()  # though both stand in the first edition's programme still
    clock.move(days=600)
    assert erase_all(later, "record", now=clock()) == [{"people": 1}, {"speakers": 1}]
    assert (both.email, behind.email) == ("", "")


@pytest.mark.parametrize("clock_word", ["needs", "record"])
def test_what_was_due_is_asked_again_under_the_lock(clock_word):
    edition = ended(600)
    person = make_registration(edition, dietary_needs="no fish")
    (task,) = [one for one in keeping_erase.list_tasks(now=CLOCK_STANDS_AT) if one.clock == clock_word]
    values = editions_manage.values_of(edition) | {"ends_on": TODAY + timedelta(30)}
    editions_manage.edit(ORGANISER, edition.ordinal, values, version=edition.version, now=CLOCK_STANDS_AT)
    assert keeping_erase.erase(task, now=CLOCK_STANDS_AT).counts == {}
    db.session.expire_all()
    assert (person.dietary_needs, person.erased_at) == ("no fish", None)


def test_a_mistyped_year_can_be_put_right_for_a_week(clock):
    edition = make_edition()
    make_registration(edition, dietary_needs="no fish")
    wrong = {"starts_on": date(2017, 6, 8), "ends_on": date(2017, 6, 10)}
    values = editions_manage.values_of(edition) | wrong
    saved = editions_manage.edit(ORGANISER, edition.ordinal, values, version=1, now=clock())
    assert saved.moved_clocks.goes_at("needs") == clock() + RESPITE and clocks(clock()) == set()
    clock.move(seconds=RESPITE.total_seconds() - 1)
    assert clocks(clock()) == set()
    clock.move(seconds=1)
    assert clocks(clock()) == {(edition.id, "needs"), (edition.id, "record")}


def test_a_change_that_moves_no_clock_delays_nothing(clock):
    edition = ended(3, time_zone="Africa/Nairobi")
    values = editions_manage.values_of(edition) | {"capacity": 5}
    assert not editions_manage.edit(ORGANISER, edition.ordinal, values, version=1, now=clock()).moved_clocks
    assert edition.clocks_set_at is None


def test_postponed_nothing_goes_cancelled_it_counts_from_that_day(clock):
    edition = make_edition(time_zone="Pacific/Auckland")
    make_registration(edition, dietary_needs="no fish")
    change = {"notice": {"en": "Why"}, "now": clock()}
    editions_manage.change_state(ORGANISER, edition.ordinal, "postponed", version=edition.version, **change)
    clock.move(days=3650)
    assert clocks(clock()) == set()
    editions_manage.change_state(
        ORGANISER, edition.ordinal, "cancelled", version=edition.version, notice={"en": "Why"}, now=clock()
    )
    there = clock().astimezone(ZoneInfo(edition.time_zone)).date()
    assert edition.cancelled_on == there
    assert keeping.keeping_of(edition).goes_on("needs") == there + timedelta(7)
    clock.move(days=7)
    assert clocks(clock()) == {(edition.id, "needs")}


def test_the_lengths_are_set_with_a_version_and_an_entry(clock):
    edition = make_edition()
    lengths = {"needs_days": 3, "record_months": 24}
    with pytest.raises(Refused):
        keeping.set_lengths(READER, edition.ordinal, lengths, version=1, now=clock())
    with pytest.raises(Stale):
        keeping.set_lengths(ORGANISER, edition.ordinal, lengths, version=7, now=clock())
    keeping.set_lengths(ORGANISER, edition.ordinal, lengths, version=1, now=clock())
    assert (edition.needs_days, edition.record_months, edition.clocks_set_at) == (3, 24, clock())
    (entry,) = history("edition.keep")
    assert entry.new == lengths and entry.old == {"needs_days": 7, "record_months": 18, "version": 1}
    keeping.set_lengths(ORGANISER, edition.ordinal, lengths, version=edition.version, now=clock())
    assert len(history("edition.keep")) == 1


def test_two_thousand_go_in_parts_of_as_many_statements_each(monkeypatch):
    edition = ended(600)
    db.session.add_all(
        build_registration(edition, language=("en", "fr")[number % 2], dietary_needs="no fish")
        for number in range(2000)
    )
    db.session.flush()
    statements = []
    for clock_word in ("needs", "record"):
        for _ in range(4):
            with counted_queries() as executed:
                erased = keeping_erase.erase(Task(edition.id, clock_word), now=CLOCK_STANDS_AT)
                db.session.flush()
            assert erased.counts == {"people": 500}
            statements.append(len(executed))
        assert keeping_erase.erase(Task(edition.id, clock_word), now=CLOCK_STANDS_AT).counts == {}
    needs, record = set(statements[:4]), set(statements[4:])
    assert len(needs) == 1 and max(needs) < 10, statements
    assert len(record) <= 2 and max(record) < 40, (
        statements
    )  # the first one writes no count of the erased anew
    assert not db.session.scalar(select(func.count()).where(Registration.erased_at.is_(None)))


def test_the_worker_erases_all_parts_and_rests(app, clock, monkeypatch, over):
    app.extensions.pop(forgetting._LOOKED_AT_EDITIONS, None)
    monkeypatch.setattr(keeping_erase, "MOST", 2)
    waiting = db.session.scalars(select(OutboxMessage.public_id)).all()
    folder = app.config["SETTINGS"].kept_mail
    copies = [kept_mail.keep(folder, f"20270414-{one}", b"Dear Zanzibari") for one in waiting]
    db.session.commit()
    steps = 0
    while forgetting.forget_next(app):
        steps += 1
    assert steps == 3
    assert keeping_held.count_held(now=CLOCK_STANDS_AT) == {} and not any(path.exists() for path in copies)
    make_registration(over)
    db.session.commit()
    assert forgetting.forget_next(app) == 0  # it has just looked
    clock.move(seconds=forgetting.KEEPING_PAUSE.total_seconds())
    assert forgetting.forget_next(app) == 1


def test_a_clock_without_anything_to_do_says_nothing():
    edition = ended(600)
    assert keeping_erase.erase(Task(edition.id, "record"), now=datetime.now(ZoneInfo("UTC"))).counts == {}
    assert history("edition.forget_record") == []
