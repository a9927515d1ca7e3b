"""Counts of an edition, from the rows of the database by way of one index."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.rules.access import COMMAND, Actor
from eventapp.rules.dimension import DIMENSIONS, columns_of
from eventapp.rules.measure import Tally
from eventapp.services import attendance, statistics
from eventapp.services.registrations_erase import erase
from eventapp.services.statistics_query import grouped_query
from tests.engines import ENGINE
from tests.factories.attendance import FIRST_MORNING, GUARD, make_check_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def edition():
    edition = make_edition(country_code="KE")
    for state in ("submitted", "approved", "waitlisted", "rejected", "withdrawn", "cancelled"):
        make_registration(edition, state=state, country_code="NA")
    make_registration(edition, state="approved", country_code="KE")
    make_registration(
        edition, state="approved", represents="organisation", sector_code="IGO", seat_country_code="FR"
    )
    make_registration(
        edition, state="submitted", represents="organisation", sector_code="NGO", seat_country_code="NO"
    )
    make_registration(make_edition(), state="approved", country_code="AD")  # another edition
    return edition


EVERYTHING = ("sector", "country")


def count(edition, clock, by=EVERYTHING, where=None, **more):
    return statistics.count(edition, statistics.ask(by, where, **more), now=clock())


def test_measures_and_countries(edition, clock):
    counts = count(edition, clock)
    assert counts.total == Tally(received=9, registered=6, approved=3)
    assert counts.taken_at == clock()
    summary = statistics.summary(edition, clock())
    assert (summary.received, summary.registered, summary.approved, summary.waitlisted) == (9, 6, 3, 1)
    assert summary.states["cancelled"] == 1
    assert summary.countries.countries == 2  # Namibia and Kenya; neither France nor Norway sent a delegation
    assert (summary.countries.seat_only, summary.countries.without_country) == (1, 1)


def test_without_the_host_country(edition, clock):
    assert count(edition, clock, with_host=False).total.registered == 5
    everybody = {code: numbers.registered for (code,), numbers in count(edition, clock).by("country").items()}
    assert everybody["KE"] == 1


def plan_of(query):
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    if ENGINE == "postgresql":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
        # Ten rows cost the same by every index: what is asked is whether this one holds all that a count reads.
        for name in ("queue", "received", "sort_name", "body_id"):
            db.session.execute(text(f"DROP INDEX IF EXISTS ix_registration_{name}"))
        return "\n".join(db.session.scalars(text(f"EXPLAIN {compiled}")))
    return "\n".join(row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


@pytest.mark.parametrize("name", [one for one in DIMENSIONS if one != "check_in_day"])
def test_counting_reads_nothing_but_the_index(edition, name):
    plan = plan_of(grouped_query([edition.id], columns_of([name])))
    wanted = "Index Only Scan using" if ENGINE == "postgresql" else "COVERING INDEX"
    assert f"{wanted} ix_registration_count" in plan


@pytest.mark.parametrize(
    "by", [EVERYTHING, ("main_sector", "region"), (*EVERYTHING, "role"), (*EVERYTHING, "role", "body_kind")]
)
def test_a_count_that_stands_as_the_index_sorts_nothing(edition, by):
    plan = plan_of(grouped_query([edition.id], columns_of(statistics.ask(by).by)))
    assert "Sort" not in plan and "TEMP B-TREE" not in plan


def test_however_it_is_grouped_the_numbers_are_the_same(edition, clock):
    for came in (False, True, True):
        make_registration(edition, state="approved", is_checked_in=came)
    found = count(edition, clock, ["role"]).by("role")
    for by in ((*EVERYTHING, "role"), ("main_sector", "region", "role"), (*EVERYTHING, "role", "day")):
        assert count(edition, clock, by).by("role") == found
    assert sum(numbers.checked_in for numbers in found.values()) == 2


def test_the_number_of_queries_does_not_grow(edition, clock):
    def queries() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        count(edition, clock)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    count(edition, clock)  # the names are read once, whichever test comes first
    few = queries()
    for code in ("FR", "DE", "ES", "BR", "JP"):
        make_registration(edition, country_code=code)
        db.session.flush()
    assert queries() == few <= 3


def test_a_small_edition_takes_no_time(edition, clock):
    count(edition, clock)
    began = time.thread_time()
    count(edition, clock)
    assert time.thread_time() - began < 0.1  # ten times what is promised: this machine may be busy


def test_who_may_count(edition, clock):
    question = statistics.ask(EVERYTHING)
    assert statistics.count_of(COMMAND, edition.ordinal, question, now=clock()).total.received == 9
    stranger = Actor(kind="user", role="reader")
    for actor, ordinal in ((stranger, edition.ordinal), (COMMAND, 99)):
        with pytest.raises(NotFound):
            statistics.count_of(actor, ordinal, question, now=clock())
    with pytest.raises(NotFound):
        statistics.count_for(stranger, edition, question, now=clock())


def test_by_edition_only_those_that_one_may_look_at(edition, clock):
    other = db.session.scalars(select(Edition).where(Edition.id != edition.id, Edition.ordinal > 8)).one()
    question = statistics.ask(["edition"])
    found = statistics.count_of(COMMAND, edition.ordinal, question, now=clock()).by("edition")
    assert found[str(edition.ordinal),].received == 9 and found[str(other.ordinal),].received == 1
    reader = Actor(kind="user", role="reader", edition_ids=frozenset({edition.id}))
    assert set(statistics.count_of(reader, edition.ordinal, question, now=clock()).by("edition")) == {
        (str(edition.ordinal),)
    }
    only = statistics.ask(["sector"], {"edition": [str(other.ordinal)]})
    assert statistics.count_of(COMMAND, edition.ordinal, only, now=clock()).total.received == 1
    with pytest.raises(Refused, match="Nothing is counted under"):  # as of an edition that is not there
        statistics.count_of(reader, edition.ordinal, only, now=clock())


def test_without_the_host_each_edition_leaves_out_its_own(edition, clock):
    other = make_edition(country_code="NA")
    make_registration(other, country_code="NA")
    make_registration(other, country_code="KE")
    question = statistics.ask(["edition"], with_host=False)
    found = statistics.count_of(COMMAND, edition.ordinal, question, now=clock()).by("edition")
    assert found[str(other.ordinal),].received == 1 and found[str(edition.ordinal),].received == 8


def test_no_shows_are_known_once_the_edition_is_over(clock):
    edition = make_edition(ends_on=date(2027, 4, 14), starts_on=date(2027, 4, 14))
    make_registration(edition, state="approved", is_checked_in=True)
    make_registration(edition, state="approved")
    make_registration(edition, state="withdrawn", is_checked_in=True)
    assert count(edition, clock).total == Tally(3, 2, 0, 2, 2, 0)
    assert "no_show" not in count(edition, clock).measures
    clock.moment = datetime(2027, 4, 14, 20, 59, 59, tzinfo=UTC)  # a second before midnight in Nairobi
    assert count(edition, clock).total.no_show == 0
    clock.move(seconds=1)
    assert count(edition, clock).total == Tally(3, 2, 0, 2, 2, 1)
    assert "no_show" in count(edition, clock).measures


@pytest.mark.parametrize(
    ("precision", "state"), [("month", "published"), ("day", "postponed"), ("day", "draft")]
)
def test_what_is_not_known_to_be_over_is_not(clock, precision, state):
    edition = make_edition(
        ends_on=date(2027, 4, 1), starts_on=date(2027, 4, 1), date_precision=precision, state=state
    )
    assert not statistics.is_over(edition, clock())


def test_days_of_check_in_count_people_once(clock):
    edition = make_edition()
    twice, once = (make_registration(edition, state="approved") for _ in range(2))
    next_morning = FIRST_MORNING + timedelta(days=1)
    for person, at in ((twice, FIRST_MORNING), (twice, next_morning), (once, next_morning)):
        make_check_in(person, at=at)
    undone = make_check_in(once, at=next_morning + timedelta(days=1))
    attendance.undo(GUARD, edition.ordinal, undone.id, reason="Wrong person", now=undone.at)
    counts = count(edition, clock, ["check_in_day"])
    assert {day: numbers.checked_in for (day,), numbers in counts.by("check_in_day").items()} == {
        "2027-06-08": 1,
        "2027-06-09": 2,
    }
    assert counts.total.checked_in == 2
    assert count(edition, clock, ["role"], {"check_in_day": ["2027-06-08"]}).total.checked_in == 1


def test_the_erased_stay_where_they_were_counted(clock):
    edition, body = make_edition(), make_body()
    for language in ("fr", "fr", "es"):
        made = make_registration(edition, state="approved", body_id=body.id, language=language)
    before = [count(edition, clock, [name]).by(name) for name in ("body", "language")]
    erase(COMMAND, edition.ordinal, made.reference, typed=made.reference, now=clock())
    after = [count(edition, clock, [name]).by(name) for name in ("body", "language")]
    assert [{k: v for k, v in found.items() if any(v)} for found in after] == before
    crossed = count(edition, clock, ["language", "role"]).by("language")
    assert crossed[("",)].approved == 1  # beside another dimension it is not known any more
    assert sum(numbers.approved for numbers in crossed.values()) == 3


@pytest.mark.parametrize("where", [{"day": ["yesterday"]}, {"body": ["ministry"]}, {"planet": ["Mars"]}])
def test_filters_that_cannot_be(edition, clock, where):
    with pytest.raises(Refused):
        count(edition, clock, ["role"], where)


def test_endorsed_people_are_a_measure_of_their_own_and_registered(edition, clock):
    before = count(edition, clock).total
    for state in ("endorsed", "endorsed", "declined", "replaced", "merged"):
        make_registration(edition, state=state, country_code="NA")
    after = count(edition, clock).total
    assert after == before._replace(
        received=before.received + 4, registered=before.registered + 2, endorsed=2
    ), "whoever was merged is counted under the other registration"
    by_country = count(edition, clock, ["country"]).people("endorsed", "country")
    assert {code: people for (code,), people in by_country.items() if people} == {"NA": 2}
