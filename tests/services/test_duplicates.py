"""The search for people who are in an edition twice, and that they are two people after all."""

import random

import pytest
from sqlalchemy import func, select

from eventapp.adapters.likeness import Pair, describe, search, search_apart
from eventapp.adapters.own_process import MakingError
from eventapp.errors import NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, DuplicatePair
from eventapp.rules.access import Actor
from eventapp.rules.duplicate import Likeness
from eventapp.services import audit, duplicates, duplicates_search
from eventapp.services.duplicates import count_pairs, count_waiting, list_of_registration, list_pairs
from eventapp.services.registrations_erase import erase
from tests.factories.duplicates import compared, make_pair, make_twice, search_all
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.rules.written_twice import make_people

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
READER = Actor(kind="user", id=2, name="A. Reader", role="reader", all_editions=True)


@pytest.fixture
def edition(ctx):
    return make_edition()


def note(registration, action, clock):
    audit.record(
        ORGANISER,
        action,
        now=clock(),
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
    )
    db.session.flush()


def rename(registration, clock, **names):
    for name, value in names.items():
        setattr(registration, name, value)
    note(registration, "registration.change", clock)


def test_an_edition_is_searched_by_itself_once_somebody_registered(edition, clock):
    assert not search_all(clock)
    first, second = make_twice(edition)
    make_registration(edition, given_name="Kwame", family_name="Mensah")
    assert duplicates_search.has_work(now=clock())
    assert search_all(clock)
    (pair,) = list_pairs(edition.id, "open", offset=0, limit=10)
    assert {pair.first_id, pair.second_id} == {first.id, second.id}
    assert pair.reasons == ["order", "spelling", "body"]
    assert count_pairs(edition.id) == 1
    assert count_waiting(edition.id) == (1, clock())
    search = duplicates_search.find_search(edition.id)
    assert (search.state, search.people, search.done) == ("done", 3, 3)
    clock.move(minutes=1)
    assert not duplicates_search.has_work(now=clock())


def test_whoever_comes_in_later_is_looked_at_soon(edition, clock):
    make_registration(edition, given_name="Amina", family_name="Diallo")
    search_all(clock)
    again = make_registration(edition, given_name="Diallo", family_name="Amina")
    note(again, "registration.submit", clock)
    assert not duplicates_search.has_work(now=clock()), (
        "a moment ago; who comes in together is looked at together"
    )
    clock.move(seconds=16)
    assert search_all(clock)
    assert count_pairs(edition.id) == 1
    assert duplicates_search.find_search(edition.id).people == 1, "everybody was looked at again"


@pytest.mark.parametrize("action", ["registration.approve", "registration.check_in", "registration.withdraw"])
def test_a_decision_is_no_reason_to_look_again(edition, clock, action):
    one = make_registration(edition)
    search_all(clock)
    note(one, action, clock)
    clock.move(minutes=1)
    assert not duplicates_search.has_work(now=clock())


def test_a_pair_goes_when_a_name_is_corrected(edition, clock):
    first, second = make_twice(edition)
    search_all(clock)
    rename(second, clock, given_name="Kwame", family_name="Mensah")
    clock.move(minutes=1)
    search_all(clock)
    assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 0
    assert not list_of_registration(first.id)


def test_two_people_stay_two_until_a_name_changes(edition, clock):
    first, second = make_twice(edition)
    search_all(clock)
    pair = list_pairs(edition.id, "open", offset=0, limit=10)[0]
    seen = (pair.first.version, pair.second.version)
    duplicates.mark_different(ORGANISER, edition.ordinal, pair.id, seen=seen, now=clock())
    assert (count_pairs(edition.id), count_pairs(edition.id, "different")) == (0, 1)
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.different")).all()
    assert {one.subject_id: one.new["compared_with"] for one in told} == {
        first.id: second.reference,
        second.id: first.reference,
    }
    rename(second, clock, phone="+255 700 000 001")
    duplicates_search.ask(ORGANISER, edition.ordinal, now=clock())
    search_all(clock)
    assert count_pairs(edition.id) == 0, "it came back although no name changed"
    rename(second, clock, given_name="Al-Farsi")
    clock.move(minutes=1)
    search_all(clock)
    assert count_pairs(edition.id) == 1


def test_readers_outdated_pages_and_other_editions_are_refused(edition, clock):
    pair = make_pair(*make_twice(edition))
    seen = (pair.first.version, pair.second.version)
    with pytest.raises(Refused):
        duplicates.mark_different(READER, edition.ordinal, pair.id, seen=seen, now=clock())
    with pytest.raises(Stale):
        duplicates.mark_different(ORGANISER, edition.ordinal, pair.id, seen=(9, 9), now=clock())
    other = make_edition(ordinal=9)
    with pytest.raises(NotFound):
        duplicates.mark_different(ORGANISER, other.ordinal, pair.id, seen=seen, now=clock())
    with pytest.raises(Refused):
        duplicates_search.ask(READER, edition.ordinal, now=clock())
    assert count_pairs(edition.id) == 1


@pytest.mark.parametrize("state", ["withdrawn", "cancelled", "replaced"])
def test_whoever_is_out_waits_for_nobody(edition, state):
    first, second = make_twice(edition, second={"state": state})
    make_pair(first, second)
    assert count_pairs(edition.id) == 0
    assert not list_of_registration(first.id)


def test_erasing_takes_the_pair_away(edition, clock):
    first, second = make_twice(edition)
    make_pair(first, second)
    erase(ORGANISER, edition.ordinal, first.reference, typed=first.reference, now=clock())
    db.session.flush()
    assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 0
    search_all(clock)
    assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 0


def test_what_was_erased_or_merged_during_the_search_is_left_out(edition, clock):
    first, second = make_twice(edition)
    third = make_registration(edition, given_name="Mohammed", family_name="Al-Farsi")
    task = duplicates_search.lease_next(now=clock())
    found = compared(task)
    assert len(found) == 3
    second.state, second.merged_into_id = "merged", first.id
    db.session.flush()
    duplicates_search.finish(task, found, now=clock())
    pairs = list_pairs(edition.id, "open", offset=0, limit=10)
    assert [{pair.first_id, pair.second_id} for pair in pairs] == [{first.id, third.id}]


def test_a_search_that_was_left_behind_is_taken_by_another_worker(edition, clock):
    make_twice(edition)
    lost = duplicates_search.lease_next(now=clock())
    assert duplicates_search.lease_next(now=clock()) is None
    clock.move(minutes=11)
    again = duplicates_search.lease_next(now=clock())
    assert again is not None
    found = compared(again)
    duplicates_search.finish(lost, found, now=clock())
    assert count_pairs(edition.id) == 0, "the one that was too late wrote"
    duplicates_search.finish(again, found, now=clock())
    assert count_pairs(edition.id) == 1


def test_too_many_people_are_not_held_in_memory(edition, clock, monkeypatch):
    make_twice(edition)
    monkeypatch.setattr(duplicates_search, "MOST_PEOPLE", 1)
    assert not search_all(clock)
    assert duplicates_search.find_search(edition.id).state == "too_large"
    assert not duplicates_search.has_work(now=clock())
    with pytest.raises(Refused):
        duplicates_search.ask(ORGANISER, edition.ordinal, now=clock())


def test_a_process_of_its_own_finds_the_same(tmp_path):
    people, _ = make_people(random.Random(3), 320, 40)
    names = ("given_name", "family_name", "email", "phone", "body")
    lines = [(number, *(one[name] for name in names)) for number, one in enumerate(people)]
    described = [describe(number, **one) for number, one in enumerate(people)]
    told = []
    for only in (None, {7, 300, 319}):
        here = [pair for step in search(described, only) for pair in step.found]
        apart = search_apart(tmp_path / "exports", lines, only, told=told.append)
        assert apart == here
        assert len(here) > (0 if only else 30)
    assert told == [100, 200, 300]
    assert not list((tmp_path / "exports").iterdir()), "something was left behind"


def test_of_half_a_million_pairs_only_the_best_and_the_known_are_held(monkeypatch):
    monkeypatch.setattr(duplicates_search, "MOST_PAIRS", 2)
    found = [
        Pair(first, second, Likeness(score, ("order",)))
        for first, second, score in ((1, 2, 80), (9, 3, 81), (4, 5, 90), (6, 7, 80), (8, 6, 99))
    ]
    kept = duplicates_search._noted(iter(found), {(3, 9)})
    assert [(pair.first, pair.second) for pair in kept] == [(9, 3), (8, 6), (4, 5)]


def test_a_process_that_breaks_is_told(tmp_path):
    with pytest.raises(MakingError):
        search_apart(tmp_path, [(1, "Amina", "Diallo", "", "", None), (2, None, "", "", "", "")])


def test_only_the_most_alike_wait(edition, clock, monkeypatch):
    for _ in range(3):
        make_twice(edition)
    monkeypatch.setattr(duplicates_search, "MOST_PAIRS", 4)
    search_all(clock)
    pairs = list_pairs(edition.id, "open", offset=0, limit=99)
    assert len(pairs) == 4
    assert min(pair.score for pair in pairs) >= 85, "the same name first"
    note(pairs[0].first, "registration.change", clock)
    clock.move(minutes=1)
    search_all(clock)
    assert count_pairs(edition.id) == 4


def test_a_search_that_fails_begins_again_with_everybody(edition, clock):
    make_twice(edition)
    task = duplicates_search.lease_next(now=clock())
    duplicates_search.give_up(task, now=clock())
    assert duplicates_search.find_search(edition.id).state == "failed"
    duplicates_search.ask(ORGANISER, edition.ordinal, now=clock())
    duplicates_search.ask(ORGANISER, edition.ordinal, now=clock())
    search_all(clock)
    assert count_pairs(edition.id) == 1
