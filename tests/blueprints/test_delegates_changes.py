"""Lists for other systems: who changed since a moment, who was taken along, and marks that are true."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from eventapp.blueprints.statistics import delegates
from eventapp.extensions import db
from eventapp.models import AuditEntry, Registration
from eventapp.rules.access import COMMAND, SYSTEM
from eventapp.rules.delegate_list import DEFAULT
from eventapp.services import audit, exports_delegates, exports_marks, registrations_erase
from eventapp.web import export_jobs, taken_along
from eventapp.web.transaction import writing
from tests.blueprints.test_delegates import PAGE, command, post, table
from tests.blueprints.test_export_jobs import ask, fetch
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

pytestmark = pytest.mark.usefixtures("ctx")
NOT_SINCE = "?exported=no"


@pytest.fixture
def edition():
    edition = make_edition()
    for name in ("Ada", "Ben", "Cy"):
        make_registration(edition, given_name=name, state="approved", country_code="NA")
    db.session.commit()
    return edition


@pytest.fixture
def organiser(client, edition):
    sign_in(client, user := make_user(role="organiser"))
    return user


def person(name: str) -> Registration:
    db.session.expire_all()
    return db.session.scalars(select(Registration).where(Registration.given_name == name)).one()


def change(clock, name: str, action: str = "registration.correct") -> None:
    one = person(name)
    audit.record(
        SYSTEM,
        action,
        now=clock(),
        subject_type="registration",
        subject_id=one.id,
        edition_id=one.edition_id,
    )
    db.session.commit()


def names(client, query: str, ending: str = ".csv") -> list[str]:
    return [row["given_name"] for row in table(post(client, ending, ("given_name",), query))]


def marks() -> dict[str, object]:
    db.session.expire_all()
    query = select(Registration.given_name, Registration.exported_at)
    return dict(db.session.execute(query).tuples().all())


def test_who_changed_since_a_moment(client, clock, organiser):
    change(clock, "Ada")
    clock.move(minutes=10)
    moment = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    assert names(client, f"?changed_since={moment}") == []
    change(clock, "Ben")
    assert names(client, f"?changed_since={moment}") == ["Ben"]
    ahead = (clock() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    assert names(client, f"?changed_since={ahead}%2B02:00") == ["Ben"]  # the same moment in another zone
    assert names(client, f"?changed_since={ahead}+02:00") == ["Ben"]  # its plus not escaped
    assert names(client, f"?changed_since={ahead}Z") == []


@pytest.mark.parametrize("action", exports_marks.QUIET)
def test_what_changes_no_row_is_no_change(client, clock, organiser, action):
    moment = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    change(clock, "Ada", action)
    assert names(client, f"?changed_since={moment}") == []


@pytest.mark.parametrize(
    "typed", ["yesterday", "2027-06-08", "2027-06-08T06:12:00", "0001-01-01T00:00%2B14:00"]
)
def test_a_moment_that_cannot_be_read_gives_nobody_away(client, organiser, typed):
    for answer in (
        client.get(f"{PAGE}?changed_since={typed}"),
        post(client, ".csv", ("id",), f"?changed_since={typed}"),
        post(client, ".json", ("id",), f"?changed_since={typed}"),
        post(client, "/later", ("id",), f"?changed_since={typed}"),
    ):
        assert answer.status_code == 422 and 'id="changed_since"' in answer.text
        assert "with its zone" in answer.text
    assert not set(marks().values()) - {None}


def test_the_page_keeps_the_filters(client, clock, organiser):
    page = client.get(f"{PAGE}?state=approved&exported=no&changed_since=2020-01-01T00:00:00Z").text
    assert 'value="2020-01-01T00:00:00Z"' in page and 'name="state" value="approved"' in page
    listed = client.get(
        "/dashboard/editions/8/registrations?exported=no&changed_since=2020-01-01T00:00:00Z"
    ).text
    assert (
        "Not taken along since the last change" in listed and "Changed since 2020-01-01T00:00:00Z" in listed
    )
    for prefix in ("/fr", "/es", "/ar"):
        assert client.get(f"{prefix}{PAGE}?exported=yes").status_code == 200


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx"])
def test_a_list_marks_whom_it_took_along(client, clock, organiser, ending):
    before = person("Ada").version
    assert post(client, ending, ("given_name",), "?q=Ada").data
    assert marks() == {"Ada": clock(), "Ben": None, "Cy": None}
    assert person("Ada").version == before
    assert names(client, NOT_SINCE) == ["Ben", "Cy"]
    assert names(client, NOT_SINCE) == []  # that list took them along in its turn
    assert names(client, "?exported=yes") == ["Ada", "Ben", "Cy"]
    change(clock, "Cy")
    assert client.get(PAGE + NOT_SINCE).text.count("One person") == 1
    assert names(client, NOT_SINCE) == ["Cy"]
    page = client.get(f"/dashboard/editions/8/registrations/{person('Ada').reference}").text
    assert "Last taken along in a list on" in page


def test_the_mark_is_a_column(client, clock, organiser):
    assert table(post(client, ".csv", ("exported_at",), "?q=Ada")) == [{"exported_at": ""}]
    row = post(client, ".json", ("exported_at",), "?q=Ada").json["rows"][0]
    assert row == {"exported_at": f"{clock():%Y-%m-%dT%H:%M:%SZ}"}
    assert "exported_at" not in DEFAULT


def test_a_list_that_breaks_off_marks_nobody(client, organiser, monkeypatch):
    monkeypatch.setattr(exports_delegates, "BATCH", 1)
    for ending in (".csv", ".json"):
        data = {"chosen": "1", "columns": ["given_name"], "csrf_token": csrf_token(client.get(PAGE).text)}
        answer = client.post(f"{PAGE}{ending}", data=data, buffered=False)
        parts = answer.iter_encoded()
        assert [next(parts), next(parts)]
        answer.close()
        assert marks() == {"Ada": None, "Ben": None, "Cy": None}


def test_a_reader_that_stops_at_the_last_part_sets_no_mark(edition, clock):
    wanted = exports_delegates.DelegateList(edition_id=edition.id, ordinal=8, taken_at=clock())
    parts = taken_along.marked(exports_delegates.stream_json(wanted), wanted.taken)
    for part in parts:
        if part.endswith("]}\n"):
            break
    parts.close()
    assert set(marks().values()) == {None}


def test_a_list_that_is_fetched_later_marks_when_it_is_fetched(app, client, clock, organiser):
    address = ask(client, "?q=Ada&format=csv")
    clock.move(minutes=1)
    made = clock()
    export_jobs.make_next(app)
    beside = app.config["SETTINGS"].exports / f"{address.rpartition('/')[2]}.marks"
    assert beside.stat().st_mode & 0o777 == 0o600
    assert set(marks().values()) == {None}
    change(clock, "Ada")  # after it was made: whoever fetches it has the older one
    clock.move(minutes=1)
    assert "Ada" not in fetch(client, address).text
    assert marks() == {"Ada": made, "Ben": None, "Cy": None}
    assert names(client, NOT_SINCE + "&q=Ada") == ["Ada"]
    clock.move(hours=25)
    export_jobs.make_next(app)
    assert not beside.exists()


def test_a_list_from_before_there_were_marks_is_fetched(app, client, organiser):
    address = ask(client, "?format=csv")
    export_jobs.make_next(app)
    for path in app.config["SETTINGS"].exports.glob("*.marks"):
        path.unlink()
    assert fetch(client, address).status_code == 200
    assert set(marks().values()) == {None}


def test_the_erased_are_named_to_whoever_follows_changes(client, clock, organiser):
    moment = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    names(client, "?q=Ada")
    numbers = set()
    for name in ("Ada", "Ben"):
        one = person(name)
        numbers.add(str(one.public_id))
        registrations_erase.erase(COMMAND, 8, one.reference, typed=one.reference, now=clock())
        db.session.commit()
    assert [row["given_name"] for row in table(post(client, ".csv", ("given_name",)))] == ["Cy"]
    rows = table(post(client, ".csv", ("given_name", "email"), f"?changed_since={moment}"))
    gone = {row["id"]: row for row in rows if row["erased_at"]}
    assert set(gone) == numbers
    assert all(not row["email"] and row["given_name"] not in ("Ada", "Ben") for row in rows)


def test_only_those_whom_another_system_has_are_forgotten_there(client, clock, organiser):
    names(client, "?q=Ada")
    numbers = []
    for name in ("Ada", "Ben"):
        one = person(name)
        numbers.append(str(one.public_id))
        registrations_erase.erase(COMMAND, 8, one.reference, typed=one.reference, now=clock())
        db.session.commit()
    rows = table(post(client, ".csv", ("state",), NOT_SINCE))
    assert [row["id"] for row in rows if row["erased_at"]] == numbers[:1]
    assert len(rows) == 2  # and Cy
    assert table(post(client, ".csv", ("state",), NOT_SINCE)) == []


def test_a_later_list_goes_before_one_that_arrives_later(edition, clock):
    one = person("Ada")
    with writing():
        exports_marks.mark(clock(), [one.id, 20])
    with writing():
        exports_marks.mark(clock() - timedelta(minutes=1), [one.id, 10])
    found = person("Ada")
    assert (found.exported_at, found.exported_entry_id) == (clock(), 20)


def test_a_change_while_a_list_is_written_is_still_to_be_taken_along(edition, clock):
    change(clock, "Ada")
    wanted = exports_delegates.DelegateList(edition_id=edition.id, ordinal=8, taken_at=clock())
    parts = list(exports_delegates.stream_csv(wanted))
    change(clock, "Ada")  # dated at the same moment as the list
    assert len(parts) > 1
    taken_along.mark(wanted.taken)
    query = select(Registration.given_name).where(exports_marks.is_taken(is_wanted=False))
    assert db.session.scalars(query).all() == ["Ada"]


def test_a_mark_takes_one_statement_for_each_chunk(edition, clock, monkeypatch):
    wanted = exports_delegates.DelegateList(edition_id=edition.id, ordinal=8, taken_at=clock())
    seen = []

    def note(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE registration"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for chunk, expected in ((2_000, 1), (2, 2)):
            monkeypatch.setattr(exports_marks, "CHUNK", chunk)
            list(taken_along.marked(exports_delegates.stream_csv(wanted), wanted.taken))
            assert len(seen) == expected
            seen.clear()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_command_follows_changes_too(app, edition, clock):
    moment = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    change(clock, "Ben")
    found = json.loads(command(app, "--changed-since", moment, "--format", "json").stdout)
    assert [row["given_name"] for row in found["rows"]] == ["Ben"]
    assert found["next_changed_since"] < found["taken_at"]
    assert set(found["columns"]) == {*DEFAULT, "erased_at"}
    assert [name for name, at in marks().items() if at] == ["Ben"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegates.export")).one()
    assert entry.new["changed_since"] == moment
    assert command(app, "--where", "exported=no", "--columns", "given_name").stdout.count("\n") == 3
    assert command(app, "--changed-since", "yesterday").exit_code == 2


def test_readers_set_no_marks(client, edition):
    sign_in(client, make_user(role="reader"))
    assert client.post(f"{PAGE}.csv{NOT_SINCE}").status_code in (400, 403)
    assert set(marks().values()) == {None}


def test_a_long_workbook_with_a_moment_is_made_later(client, clock, organiser, monkeypatch):
    monkeypatch.setattr(delegates, "MOST_AT_ONCE", 0)
    change(clock, "Ada")
    answer = post(client, ".xlsx", ("given_name",), f"?changed_since={clock():%Y-%m-%dT%H:%M:%SZ}")
    assert answer.status_code == 303
