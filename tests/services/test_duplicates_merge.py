"""Two registrations become one: what stays, where the links lead, and what the other one still is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventapp.errors import Closed, Conflict, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, CheckIn, DuplicatePair, OutboxMessage, Registration
from eventapp.rules.access import Actor
from eventapp.rules.duplicate_merge import CHOICES
from eventapp.rules.listing import Filter
from eventapp.rules.registration_form import Details
from eventapp.services import (
    attendance,
    duplicates,
    links,
    registrations_mail,
    registrations_own,
    statistics,
    today,
    versions,
)
from eventapp.services.attendance_find import find_people
from eventapp.services.duplicates_merge import merge, suggest
from eventapp.services.registrations import values_of
from eventapp.services.registrations_enter import give_role
from eventapp.services.registrations_erase import erase
from tests.engines import SECRET
from tests.factories.attendance import FIRST_MORNING, make_check_in
from tests.factories.delegations import make_delegation
from tests.factories.duplicates import make_pair, make_twice
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
READER = Actor(kind="user", id=2, name="A. Reader", role="reader", all_editions=True)


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=2)


def link_of(registration):
    made = links.make_link(
        "registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=registration.id
    )
    return links.token_of(made, SECRET)


def do(pair, clock, *, stays="", actor=ORGANISER, seen=None, **choices):
    usual_stay, usual = suggest(pair)
    done = merge(
        actor,
        pair.first.edition.ordinal,
        pair.id,
        stays=stays or usual_stay,
        choices=usual | choices,
        seen=seen or (pair.first.version, pair.second.version),
        now=clock(),
        secret=SECRET,
    )
    db.session.flush()
    db.session.expire_all()
    return done


def entries(registration, action="registration.merge"):
    theirs = (AuditEntry.subject_id == registration.id, AuditEntry.action == action)
    return db.session.scalars(select(AuditEntry).where(*theirs)).all()


def test_forms_that_were_open_are_outdated(edition, clock):
    """Also one of the merged registration with the number that the other one would have got by itself."""
    first, second = make_twice(edition)
    token = link_of(second)
    second.functional_title = "Colonel"
    db.session.flush()
    assert (first.version, second.version) == (1, 2)
    details = Details(**(values_of(second) | {"phone": "+255 700 000 999"}))
    do(make_pair(first, second), clock, stays="first", **dict.fromkeys(CHOICES, "first"))
    for version in (1, 2):
        with pytest.raises(Stale):
            registrations_own.change(token, details, version=version, now=clock(), secret=SECRET)
        assert [one.action for one in versions.list_since(first, version)] == ["registration.merge"]
    registrations_own.change(token, details, version=3, now=clock(), secret=SECRET)
    assert first.phone == "+255 700 000 999"


def test_what_was_chosen_is_kept(edition, clock):
    first, second = make_twice(edition, second={"phone": "+255 700 000 123", "functional_title": "Colonel"})
    pair = make_pair(first, second)
    done = do(pair, clock, stays="first", family_name="second", functional_title="second")
    assert done.kept is first
    assert (first.given_name, first.family_name) == ("Mohammed", "Muhammad")
    assert (first.functional_title, first.phone) == ("Colonel", "+255 700 000 123")
    assert first.sort_name == "muhammad mohammed"
    assert first.state == "submitted"
    assert (second.state, second.merged_into_id) == ("merged", first.id)
    assert second.family_name == "Muhammad", "what the merged one said stays in it"
    assert pair.state == "merged"


def test_the_whole_answer_about_whom_one_represents_is_one_choice(edition, clock):
    organisation = {
        "represents": "organisation",
        "organisation": "Blue Harbour",
        "seat_country_code": "NA",
        "sector_code": "NGO",
        "body_kind": "ngo",
    }
    first, second = make_twice(edition, second=organisation)
    do(make_pair(first, second), clock, stays="first", represents="second")
    assert (first.represents, first.country_code, first.organisation) == (
        "organisation",
        None,
        "Blue Harbour",
    )
    assert (first.counted_country_code, first.country_basis) == ("NA", "seat")


def test_both_histories_name_each_other(edition, clock):
    first, second = make_twice(edition)
    do(make_pair(first, second), clock, stays="first", family_name="second")
    (kept,), (gone,) = entries(first), entries(second)
    assert kept.new["merged_from"] == second.reference
    assert (kept.old["family_name"], kept.new["family_name"]) == ("Al-Farsi", "Muhammad")
    assert gone.new == {"merged_into": first.reference, "state": "merged"}
    assert (kept.old["version"], gone.old["version"]) == (1, 1)


def test_both_links_lead_to_the_one_that_stays(edition, clock):
    first, second = make_twice(edition)
    tokens = [link_of(first), link_of(second)]
    do(make_pair(first, second), clock, stays="second")
    assert {registrations_own.get_own(token).registration.id for token in tokens} == {second.id}
    registrations_own.withdraw(tokens[0], now=clock())
    assert (first.state, second.state) == ("merged", "withdrawn")


def test_merged_twice_all_links_lead_to_the_last(edition, clock):
    first, second = make_twice(edition)
    third = make_registration(edition, given_name="Mohammed", family_name="Farsi")
    token = link_of(first)
    do(make_pair(first, second), clock, stays="second")
    do(make_pair(second, third), clock, stays="second")
    assert first.merged_into_id == second.merged_into_id == third.id
    assert registrations_own.get_own(token).registration.id == third.id


@pytest.mark.parametrize("stays", ["first", "second"])
@pytest.mark.parametrize(
    ("states", "after"),
    [
        (("approved", "submitted"), "approved"),
        (("rejected", "submitted"), "submitted"),
        (("waitlisted", "submitted"), "waitlisted"),
        (("declined", "rejected"), "declined"),
        (("endorsed", "submitted"), "endorsed"),
        (("endorsed", "waitlisted"), "endorsed"),
    ],
)
def test_the_better_state_holds(edition, clock, states, after, stays):
    first, second = make_twice(edition, first={"state": states[0]}, second={"state": states[1]})
    done = do(make_pair(first, second), clock, stays=stays)
    assert done.kept.state == after
    assert {first.state, second.state} == {after, "merged"}


def test_an_endorsement_holds_for_the_body_that_gave_it(edition, clock):
    kenya, chad = make_delegation(edition), make_delegation(edition, country_code="TD")
    first, second = make_twice(
        edition,
        first={"state": "endorsed", "delegation_id": kenya.id, "endorsed_at": CLOCK_STANDS_AT},
        second={"delegation_id": chad.id, "country_code": "TD"},
    )
    pair = make_pair(first, second)
    do(pair, clock, stays="first", represents="second")
    assert (first.state, first.delegation_id, first.endorsed_at) == ("submitted", chad.id, None)


def test_a_delegation_gets_no_second_head(edition, clock):
    kenya, chad = make_delegation(edition), make_delegation(edition, country_code="TD")
    of_chad = {"delegation_id": chad.id, "country_code": "TD"}
    make_registration(edition, role="head", **of_chad)
    first, second = make_twice(edition, first={"role": "head", "delegation_id": kenya.id}, second=of_chad)
    pair = make_pair(first, second)
    with pytest.raises(Refused, match="one head"), db.session.begin_nested():
        do(pair, clock, stays="first", represents="second", role="first")
    db.session.expire_all()
    do(pair, clock, stays="first", represents="second", role="second")
    assert (first.role, first.delegation_id) == ("delegate", chad.id)


def test_of_two_in_line_the_earlier_place_counts(edition, clock):
    early, late = CLOCK_STANDS_AT - timedelta(days=2), CLOCK_STANDS_AT
    first, second = make_twice(
        edition,
        first={"state": "waitlisted", "waitlisted_at": late},
        second={"state": "waitlisted", "waitlisted_at": early},
    )
    do(make_pair(first, second), clock, stays="first")
    assert (first.state, first.waitlisted_at) == ("waitlisted", early)


def test_a_place_that_comes_free_goes_to_the_next_in_line(edition, clock):
    first, second = make_twice(edition, state="approved")
    waiting = make_registration(edition, state="waitlisted")
    done = do(make_pair(first, second), clock)
    assert done.promoted == 1
    assert waiting.state == "approved"
    assert today.read_agenda(edition, free_places=0, now=clock()).queues == []


def test_no_place_comes_free_where_one_of_them_held_one(edition, clock):
    first, second = make_twice(edition, first={"state": "approved"})
    make_registration(edition, state="approved")
    waiting = make_registration(edition, state="waitlisted")
    done = do(make_pair(first, second), clock, stays="second")
    assert (done.promoted, waiting.state, second.state) == (0, "waitlisted", "approved")


def test_no_place_is_taken_of_a_quota_that_is_full(edition, clock):
    make_quota(edition, "sector", "NGO", 1)
    make_registration(edition, state="approved", sector_code="NGO")
    first, second = make_twice(edition, first={"state": "approved"}, second={"sector_code": "NGO"})
    pair = make_pair(first, second)
    with pytest.raises(Refused) as refusal, db.session.begin_nested():
        do(pair, clock, stays="first", sector_code="second")
    assert refusal.value.code == "quota_full"
    db.session.expire_all()
    assert (first.sector_code, second.state) == ("LE-POL", "submitted")
    do(pair, clock, stays="first", sector_code="first")
    assert (first.state, second.state) == ("approved", "merged")


def test_a_place_of_either_may_be_kept(edition, clock):
    edition.capacity = 9
    make_quota(edition, "sector", "NGO", 1)
    first, second = make_twice(edition, state="approved", second={"sector_code": "NGO"})
    waiting = make_registration(edition, state="waitlisted", sector_code="NGO")
    done = do(make_pair(first, second), clock, stays="first", sector_code="second")
    assert (first.sector_code, done.promoted, waiting.state) == ("NGO", 0, "waitlisted")


def test_check_ins_of_both_are_one_persons(edition, clock):
    first, second = make_twice(edition, state="approved")
    make_check_in(first)
    make_check_in(second, at=FIRST_MORNING + timedelta(hours=1))
    make_check_in(second, at=FIRST_MORNING + timedelta(days=1))
    do(make_pair(first, second), clock, stays="first")
    assert len(attendance.list_days(first)) == 2
    assert len(attendance.list_check_ins(first)) == 3
    assert not attendance.list_check_ins(second)
    assert (first.is_checked_in, second.is_checked_in) == (True, False)
    undone = db.session.scalars(select(CheckIn).where(CheckIn.undone_at.is_not(None))).one()
    assert (undone.undone_by, undone.undone_reason) == ("A. Organiser", second.reference)
    assert attendance.count(edition).ever == 1
    assert sum(attendance.count(edition).by_day.values()) == 2


def test_the_door_finds_one_person_by_either_reference(edition, clock):
    first, second = make_twice(edition, state="approved")
    do(make_pair(first, second), clock, stays="first")
    for search in (
        first.reference,
        second.reference,
        second.reference.replace("-", ""),
        second.reference[:7],
        "farsi",
    ):
        found = find_people(edition, search, today=FIRST_MORNING.date(), countries={})
        assert [one.registration.id for one in found.people] == [first.id], search


def test_a_letter_to_all_reaches_one_person_once(edition, clock):
    first, second = make_twice(edition)
    do(make_pair(first, second), clock, stays="first")
    assert registrations_mail.find_recipients(ORGANISER, edition.ordinal, Filter()).count == 1


def test_the_merged_one_counts_nowhere(edition, clock):
    first, second = make_twice(edition, second={"country_code": "TD"})
    do(make_pair(first, second), clock, stays="first", represents="first")
    counts = statistics.count(edition, statistics.ask(["country"]), now=clock())
    assert counts.people("received", "country") == {("KE",): 1}
    assert today.count_per_edition(ORGANISER)[edition.id] == (1, 1)


def test_the_person_is_told_at_every_address(edition, clock):
    first, second = make_twice(edition, language="fr")
    do(make_pair(first, second), clock, stays="first")
    letters = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(one.kind, one.recipient, one.language) for one in letters] == [
        ("registration_merged", "m.alfarsi@ministry.example", "fr"),
        ("registration_merged", "alfarsi@ministry.example", "fr"),
    ]
    assert all(one.link_id and one.registration_id == first.id for one in letters)


def test_one_letter_with_links_names_one_person_once(edition, clock):
    first, second = make_twice(edition)
    first.email = second.email = "same@ministry.example"
    db.session.flush()
    do(make_pair(first, second), clock, stays="first")
    registrations_own.send_links("same@ministry.example", now=clock(), secret=SECRET)
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "registration_link")).one()
    assert [one["registration_id"] for one in letter.values["registrations"]] == [first.id]


def test_the_own_copy_holds_both(edition, clock):
    first, second = make_twice(edition)
    token = link_of(second)
    do(make_pair(first, second), clock, stays="first")
    copy = registrations_own.export_own(token, now=clock())
    assert copy["registration"]["reference"] == first.reference
    assert [one["reference"] for one in copy["merged_registrations"]] == [second.reference]
    assert [one["action"] for one in copy["history"]].count("registration.merge") == 2


def test_erasing_reaches_what_was_merged(edition, clock):
    first, second = make_twice(edition)
    token = link_of(second)
    do(make_pair(first, second), clock, stays="first")
    erase(ORGANISER, edition.ordinal, first.reference, typed=first.reference, now=clock())
    db.session.flush()
    assert (second.given_name, second.email, second.erased_at) == ("", "", clock())
    assert (first.state, second.state) == ("submitted", "merged")
    with pytest.raises(Closed):
        registrations_own.get_own(token)
    left = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id.in_([first.id, second.id])))
    assert not any(one.new for one in left)
    assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 0


def test_what_is_known_of_other_pairs_goes_along(edition, clock):
    first, second = make_twice(edition)
    third, fourth = make_twice(edition)
    told_apart = make_pair(second, third, state="different", decided_at=clock())
    make_pair(first, third)
    make_pair(second, fourth)
    do(make_pair(first, second), clock, stays="first")
    left = db.session.scalars(select(DuplicatePair).where(DuplicatePair.state != "merged")).all()
    assert {(one.first_id, one.second_id, one.state) for one in left} == {
        (first.id, third.id, "different"),
        (first.id, fourth.id, "open"),
    }
    assert told_apart.id not in {one.id for one in left}


def test_what_is_refused(edition, clock):
    first, second = make_twice(edition)
    pair = make_pair(first, second)
    with pytest.raises(Refused, match="not change it"):
        do(pair, clock, actor=READER)
    with pytest.raises(Stale):
        do(pair, clock, seen=(1, 7))
    with pytest.raises(Refused, match="which registration stays"):
        do(pair, clock, stays="both")
    with pytest.raises(Refused, match="which value"):
        do(pair, clock, email="third")
    assert {first.state, second.state} == {"submitted"}
    do(pair, clock)
    with pytest.raises(Conflict, match="merged already"):
        do(pair, clock)
    with pytest.raises(Conflict, match="merged already"):
        duplicates.mark_different(
            ORGANISER, edition.ordinal, pair.id, seen=(first.version, second.version), now=clock()
        )
    gone = second if second.state == "merged" else first
    with pytest.raises(Refused, match="the one that stays"):
        give_role(ORGANISER, edition.ordinal, gone.reference, "head", version=gone.version, now=clock())


def test_a_third_registration_that_is_gone_cannot_be_merged(edition, clock):
    first, second = make_twice(edition)
    third = make_registration(edition)
    pair = make_pair(second, third)
    second.merged_into_id, second.state = first.id, "merged"
    db.session.flush()
    with pytest.raises(Refused, match="merged already"):
        do(pair, clock)
    assert db.session.get(Registration, third.id).state == "submitted"


def test_every_column_of_the_person_is_chosen_or_follows():
    """A new answer on the form has to say what a merge does with it."""
    chosen = {column for columns in CHOICES.values() for column in columns}
    assert set(Details.__dataclass_fields__) <= chosen
