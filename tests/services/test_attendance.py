"""Check-ins: one for each person and day, the flag true exactly while one stands, who is told what."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from eventapp.errors import Closed, Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, CheckIn, Edition, Registration
from eventapp.rules.access import Actor
from eventapp.services import attendance, statistics
from eventapp.services.attendance import check_in, undo
from eventapp.services.attendance_find import MOST, find_people, list_for_paper
from eventapp.services.registrations_erase import erase
from tests.factories.attendance import FIRST_MORNING, GUARD, make_check_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
READER = Actor(kind="user", id=7, name="R. Eader", role="reader", all_editions=True)
FIRST_DAY = date(2027, 6, 8)


@pytest.fixture
def edition(ctx) -> Edition:
    return make_edition()


def flags_agree() -> bool:
    valid = select(CheckIn.registration_id).where(CheckIn.undone_at.is_(None)).distinct()
    flagged = select(Registration.id).where(Registration.is_checked_in.is_(True))
    return set(db.session.scalars(valid)) == set(db.session.scalars(flagged))


def test_a_check_in_says_when_where_and_by_whom(edition):
    made = make_registration(edition, state="approved")
    found = check_in(GUARD, 8, made.reference, desk="Main entrance", now=FIRST_MORNING)
    assert (found.on, found.at, found.desk, found.by) == (
        FIRST_DAY,
        FIRST_MORNING,
        "Main entrance",
        "B. Guard",
    )
    assert made.is_checked_in
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.check_in")).one()
    assert entry.subject_id == made.id
    assert entry.new == {"checked_in_on": "2027-06-08", "desk": "Main entrance"}


def test_whoever_has_the_persons_form_open_does_not_lose_it(edition):
    made = make_registration(edition, state="approved")
    before = made.version
    undo(GUARD, 8, make_check_in(made).id, reason="wrong person", now=FIRST_MORNING)
    db.session.expire_all()
    assert made.version == before


def test_the_second_desk_is_told_who_was_quicker(edition):
    made = make_registration(edition, state="approved")
    first = make_check_in(made)
    with pytest.raises(Conflict) as caught:
        make_check_in(made, desk="Side entrance", at=FIRST_MORNING + timedelta(minutes=1))
    assert caught.value.code == "already"
    assert caught.value.values["check_in_id"] == first.id
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1  # and the transaction goes on


def test_a_person_is_in_once_a_day_and_counts_once(edition):
    made = make_registration(edition, state="approved")
    for day in range(3):
        make_check_in(made, at=FIRST_MORNING + timedelta(days=day))
    totals = attendance.count(edition)
    assert (totals.by_day, totals.ever) == ({FIRST_DAY + timedelta(days=day): 1 for day in range(3)}, 1)
    assert len(attendance.list_check_ins(made)) == 3


@pytest.mark.parametrize(
    ("state", "despite", "error"),
    [
        ("waitlisted", "", Refused),
        ("waitlisted", "waitlisted", None),
        ("withdrawn", "withdrawn", None),
        ("rejected", "rejected", Refused),
        ("cancelled", "cancelled", Refused),
    ],
)
def test_who_is_not_approved_comes_in_on_purpose_or_not_at_all(edition, state, despite, error):
    made = make_registration(edition, state=state)
    if error:
        with pytest.raises(error):
            check_in(GUARD, 8, made.reference, despite=despite, now=FIRST_MORNING)
        assert not made.is_checked_in
        return
    check_in(GUARD, 8, made.reference, despite=despite, now=FIRST_MORNING)
    assert made.is_checked_in
    assert made.state == state  # attendance is no state
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.check_in")).one()
    assert entry.new["despite_state"] == state


def test_who_may_not_check_in(edition):
    made = make_registration(edition, state="approved")
    with pytest.raises(Refused):
        check_in(READER, 8, made.reference, now=FIRST_MORNING)
    with pytest.raises(Closed):
        check_in(GUARD, 8, made.reference, now=FIRST_MORNING - timedelta(days=10))
    with pytest.raises(NotFound):
        check_in(GUARD, 8, "2222-2222", now=FIRST_MORNING)
    other = make_registration(make_edition(), state="approved")
    with pytest.raises(NotFound):
        check_in(GUARD, 8, other.reference, now=FIRST_MORNING)
    made.erased_at = FIRST_MORNING
    with pytest.raises(Refused):
        check_in(GUARD, 8, made.reference, now=FIRST_MORNING)


def test_a_list_on_paper_is_entered_afterwards_for_its_day(edition):
    made, later = make_registration(edition, state="approved"), FIRST_MORNING + timedelta(days=1)
    found = check_in(GUARD, 8, made.reference, on=FIRST_DAY, now=later)
    assert (found.on, found.at) == (FIRST_DAY, later)
    for day in (FIRST_DAY + timedelta(days=2), FIRST_DAY - timedelta(days=2)):  # not yet, and never
        with pytest.raises(Closed):
            check_in(GUARD, 8, made.reference, on=day, now=later)


def test_an_undone_check_in_stays_as_history_and_counts_nowhere(edition):
    made = make_registration(edition, state="approved")
    first = make_check_in(made)
    undo(GUARD, 8, first.id, reason="wrong person", now=FIRST_MORNING + timedelta(minutes=2))
    assert not made.is_checked_in
    assert (first.undone_by, first.undone_reason) == ("B. Guard", "wrong person")
    assert attendance.count(edition).by_day == {}
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "registration.undo_check_in")
    ).one()
    assert entry.reason == "wrong person"
    again = make_check_in(made, at=FIRST_MORNING + timedelta(minutes=3))
    assert [one.id for one in attendance.list_check_ins(made)] == [first.id, again.id]
    assert made.is_checked_in


def test_what_an_undo_refuses(edition):
    made = make_registration(edition, state="approved")
    first = make_check_in(made)
    with pytest.raises(Invalid):
        undo(GUARD, 8, first.id, reason="", now=FIRST_MORNING)
    with pytest.raises(Refused):
        undo(READER, 8, first.id, reason="x", now=FIRST_MORNING)
    with pytest.raises(NotFound):
        undo(GUARD, make_edition().ordinal, first.id, reason="x", now=FIRST_MORNING)
    edition.state = "archived"
    with pytest.raises(Closed):
        undo(GUARD, 8, first.id, reason="x", now=FIRST_MORNING)
    edition.state = "held"
    undo(GUARD, 8, first.id, reason="x", now=FIRST_MORNING + timedelta(days=9))  # corrected afterwards
    with pytest.raises(Conflict):
        undo(GUARD, 8, first.id, reason="x", now=FIRST_MORNING)


def test_the_flag_is_true_exactly_while_a_check_in_stands(edition):
    people = [make_registration(edition, state="approved") for _ in range(4)]
    steps, choose = 0, random.Random(20270608)
    for _ in range(120):
        one, day = choose.choice(people), choose.randrange(3)
        at = FIRST_MORNING + timedelta(days=day)
        standing = attendance.find_standing(one.id, FIRST_DAY + timedelta(days=day))
        if standing and choose.random() < 0.7:
            undo(GUARD, 8, standing.id, reason="mistake", now=at)
        elif standing is None:
            make_check_in(one, at=at)
        else:
            continue
        steps += 1
        db.session.expire_all()
        assert flags_agree()
    assert steps > 60


def test_the_totals(edition):
    came = [make_registration(edition, state="approved") for _ in range(3)]
    make_registration(edition, state="approved")
    let_in = make_registration(edition, state="waitlisted")
    make_registration(make_edition(), state="approved")
    make_check_in(came[0], at=FIRST_MORNING - timedelta(days=1))
    for one in (came[1], came[2], let_in):
        make_check_in(one)
    totals = attendance.count(edition)
    assert totals.by_day == {FIRST_DAY - timedelta(days=1): 1, FIRST_DAY: 3}
    assert (totals.ever, totals.approved, totals.missing) == (4, 4, 1)
    edition.state = "held"
    counts = statistics.count(edition, statistics.ask(["check_in_day"]), now=FIRST_MORNING)
    assert {
        date.fromisoformat(day): one.checked_in for (day,), one in counts.by("check_in_day").items()
    } == totals.by_day, "the page of counts says the same"
    assert (counts.total.checked_in, counts.total.approved, counts.total.no_show) == (4, 4, 1)


def test_the_check_ins_of_the_erased_stay_but_not_what_was_typed(edition):
    made = make_registration(edition, state="approved", given_name="Quintus")
    first = make_check_in(made)
    undo(GUARD, 8, first.id, reason="Quintus is somebody else", now=FIRST_MORNING)
    second = make_check_in(made, at=FIRST_MORNING + timedelta(minutes=3))
    erase(GUARD, 8, made.reference, typed=made.reference, now=FIRST_MORNING)
    db.session.expire_all()
    assert [one.id for one in attendance.list_check_ins(made)] == [first.id, second.id]
    assert first.undone_at and not first.undone_reason
    assert made.is_checked_in and attendance.count(edition).ever == 1
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == made.id)).all()
    assert not any("Quintus" in entry.reason for entry in entries)


# finding ------------------------------------------------------------------------------------------


def names(edition, search, **countries):
    found = find_people(edition, search, today=FIRST_DAY, countries=countries)
    return [one.registration.family_name for one in found.people]


@pytest.fixture
def people(edition):
    body = make_body(names={"en": "Atlas Foundation", "fr": "Fondation Atlas"}, acronym="ATF")
    make_registration(edition, family_name="Núñez Ibáñez", given_name="María", state="approved")
    make_registration(edition, family_name="Adeyemi", given_name="Joy", state="approved", country_code="NG")
    make_registration(
        edition,
        family_name="Maric",
        given_name="Ana",
        represents="organisation",
        body_id=body.id,
        state="approved",
    )
    make_registration(
        edition, family_name="Zed", given_name="Ida", represents="organisation", organisation="Élan Sûreté"
    )
    make_registration(edition, family_name="Gone", given_name="Joy", erased_at=FIRST_MORNING)
    make_registration(make_edition(), family_name="Adeyemi", given_name="Elsewhere")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", []),
        ("joy adey", ["Adeyemi"]),
        ("ADEYEMI, Joy", ["Adeyemi"]),
        ("nunez", ["Núñez Ibáñez"]),
        ("ibáñez maría", ["Núñez Ibáñez"]),
        ("atlas", ["Maric"]),
        ("atf", ["Maric"]),
        ("Sûreté", ["Zed"]),
        ("mar", ["Maric", "Núñez Ibáñez"]),  # a name that begins so stands first
        ("gone", []),
        ("%", []),
        ("nobody at all", []),
    ],
)
def test_people_are_found_by_what_one_types(edition, people, search, expected):
    assert names(edition, search) == expected


def test_people_are_found_by_reference_and_country(edition, people):
    wanted = db.session.scalars(select(Registration).where(Registration.family_name == "Zed")).one()
    for typed in (
        wanted.reference,
        wanted.reference.replace("-", ""),
        wanted.reference.lower().replace("-", " "),
    ):
        assert names(edition, typed)[0] == "Zed"
    assert names(edition, "nigeria", nigeria=["NG"]) == ["Adeyemi"]


@pytest.mark.parametrize("typed", ["k7", "K7q", "k7qm", "k7qm-", "k7qm 2", "K7QM-2tr"])
def test_a_reference_is_found_while_one_types_it(edition, typed):
    make_registration(edition, family_name="Adeyemi", reference="K7QM-2TR9")
    make_registration(edition, family_name="Other", reference="K8QM-2TR9")
    make_registration(make_edition(), family_name="Elsewhere", reference="K7QM-2TR8")
    assert names(edition, typed) == ["Adeyemi"]


def test_a_name_goes_before_the_beginning_of_a_reference(edition):
    make_registration(edition, family_name="Abadan", reference="K7QM-2TR9")
    make_registration(edition, family_name="Other", reference="ABAD-2TR9")
    assert names(edition, "abad") == ["Abadan"]
    assert names(edition, "abad2") == ["Other"]
    assert names(edition, "abadan k7") == []


def test_at_most_twenty_are_shown_and_it_says_so(edition):
    for _ in range(MOST + 1):
        make_registration(edition, family_name="Same")
    found = find_people(edition, "same", today=FIRST_DAY, countries={})
    assert (len(found.people), found.is_cut) == (MOST, True)


def test_whoever_is_in_today_is_shown_with_the_check_in(edition):
    one, other = (make_registration(edition, family_name="Same", state="approved") for _ in range(2))
    made = make_check_in(one)
    make_check_in(other, at=FIRST_MORNING - timedelta(days=1))  # the eve is another day
    found = find_people(edition, "same", today=FIRST_DAY, countries={})
    assert {line.registration.id: line.today and line.today.id for line in found.people} == {
        one.id: made.id,
        other.id: None,
    }


def test_the_list_on_paper_holds_who_may_come(edition):
    second = make_registration(edition, family_name="Beta", state="approved")
    make_registration(edition, family_name="Alpha", state="waitlisted")
    make_registration(edition, family_name="Gamma", state="cancelled")
    make_check_in(second)
    lines = list_for_paper(edition)
    assert [(one.registration.family_name, one.days) for one in lines] == [
        ("Alpha", frozenset()),
        ("Beta", frozenset({FIRST_DAY})),
    ]
