"""Exports: the same numbers in every form; the list of delegates streams, harmless, without the erased."""

import csv
import io
import itertools
import tracemalloc
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, select

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, Edition, Registration
from eventapp.rules.access import COMMAND, Actor
from eventapp.rules.delegate_list import DEFAULT
from eventapp.services import exports, exports_delegates
from eventapp.services.exports_delegates import DelegateList
from tests.factories.editions import make_edition
from tests.factories.registrations import build_registration, make_registration

pytestmark = pytest.mark.usefixtures("ctx")
MOMENT = datetime(2027, 4, 14, 12, tzinfo=UTC)
WORDS = {"no_country": "No country", "unassigned": "Unassigned"}


def wanted(edition, **options) -> DelegateList:
    return DelegateList(edition_id=edition.id, ordinal=edition.ordinal, taken_at=MOMENT, **options)


def read(edition, **options) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO("".join(exports_delegates.stream_csv(wanted(edition, **options)))))
    )


def test_csv_and_json_hold_the_same(clock):
    edition = make_edition()
    make_registration(edition, country_code="NA", state="approved")
    make_registration(edition, country_code="NO")
    make_registration(edition, represents="organisation", sector_code="IGO")
    export = exports.export_counts(
        COMMAND, edition.ordinal, by=["sector", "country"], measure=None, now=clock(), words=WORDS
    )
    document = export.document()
    rows = list(csv.DictReader(io.StringIO(export.csv())))
    assert document["totals"] == {
        "received": 3,
        "registered": 3,
        "endorsed": 0,
        "approved": 1,
        "checked_in": 0,
    }
    assert document["measures"]["approved"] == "approved now"
    assert document["countries"]["registered"]["countries"] == 2
    assert document["taken_at"] == "2027-04-14T12:00:00Z"
    for row, found in zip(rows, document["rows"], strict=True):
        assert {
            name: str(value) if value is not None else "" for name, value in found.items()
        }.items() <= row.items()
    assert [row["country"] for row in rows] == ["NA", "NO", ""]
    assert rows[2]["country_name"] == "No country"


def test_every_line_says_what_was_counted(clock):
    edition = make_edition()
    make_registration(edition, country_code="NA", role="head", state="approved")
    make_registration(edition, represents="organisation", sector_code="IGO")
    make_registration(make_edition(ordinal=9), country_code="NA")
    rows = [
        list(csv.DictReader(io.StringIO(export.csv())))
        for export in (
            exports.export_counts(
                COMMAND, 8, by=by, measure="approved", where=where, now=clock(), words=WORDS, with_host=False
            )
            for by, where in (
                (["role"], {"role": ["head", "delegate"], "country": ["NA", ""]}),
                (["edition"], {}),
            )
        )
    ]
    assert rows[0] == [
        {
            "role": "head",
            "approved": "1",
            "edition": "8",
            "with_host_country": "no",
            "taken_at": "2027-04-14T12:00:00Z",
            "filters": "role=head,delegate; country=NA,none",
            "basis": "approved: approved now",
        }
    ]
    assert [(row["edition"], row["approved"]) for row in rows[1]] == [("8", "1")], "named once in the header"


def test_an_empty_edition_is_a_header(clock):
    edition = make_edition()
    text = exports.export_counts(
        COMMAND, edition.ordinal, by=["sector"], measure="approved", now=clock(), words=WORDS
    ).csv()
    assert text.splitlines() == [
        "sector,sector_name,approved,edition,with_host_country,taken_at,filters,basis"
    ]


def test_delegates_with_everything_that_could_go_wrong():
    edition = make_edition()
    body = Body(names={"en": "Ministry", "fr": "Ministère"}, sort_name="ministry", kind="government_agency")
    db.session.add(body)
    db.session.flush()
    one = make_registration(
        edition,
        given_name='=HYPERLINK("http://evil.example")',
        family_name="@SUM(A1)",
        phone="+254 20 000 000",
        email="-x@police.example",
        organisation="\tcmd",
        country_code="NA",
        is_listed=True,
        submitted_at=datetime(2027, 4, 1, 9, 30, tzinfo=UTC),
    )
    make_registration(edition, family_name='عبد الله, "x"\nzwei', body_id=body.id, country_code="NO")
    make_registration(edition, erased_at=datetime(2027, 4, 2, tzinfo=UTC), family_name="")
    rows = read(edition, language="fr")
    assert tuple(rows[0]) == DEFAULT
    assert len(DEFAULT) == 15
    assert len(rows) == 2
    first, second = rows
    assert first["given_name"].startswith("'=") and first["family_name"] == "'@SUM(A1)"
    assert first["phone"] == "'+254 20 000 000" and first["email"].startswith("'-")
    assert first["organisation"] == "'\tcmd"
    assert (first["country"], first["country_name"]) == ("NA", "Namibie")
    assert (first["id"], first["received_at"], first["is_listed"]) == (
        str(one.public_id),
        "2027-04-01T09:30:00Z",
        "yes",
    )
    assert second["family_name"] == 'عبد الله, "x"\nzwei'
    assert second["organisation"] == "Ministère"
    assert second["is_listed"] == "no"


def test_byte_order_mark():
    edition = make_edition()
    assert next(iter(exports_delegates.stream_csv(wanted(edition), with_mark=True))).startswith("\ufeffid,")
    assert next(iter(exports_delegates.stream_csv(wanted(edition)))).startswith("id,")


def test_the_download_is_written_down(clock):
    edition = make_edition()
    exports_delegates.begin_delegates(COMMAND, edition.ordinal, now=clock())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegates.export")).one()
    assert (entry.actor_kind, entry.edition_id, entry.at) == ("command", edition.id, clock())


def test_readers_take_no_list_along(clock):
    edition = make_edition()
    reader = Actor(kind="user", role="reader", all_editions=True)
    with pytest.raises(Refused):
        exports_delegates.begin_delegates(reader, edition.ordinal, now=clock())
    with pytest.raises(NotFound):
        exports_delegates.begin_delegates(Actor(kind="user", role="organiser"), edition.ordinal, now=clock())


def columns_of(registration: Registration) -> dict[str, object]:
    return {
        column.key: getattr(registration, column.key)
        for column in Registration.__mapper__.column_attrs
        if getattr(registration, column.key) is not None
    }


def test_many_delegates_take_one_query_and_little_memory():
    edition = make_edition()
    numbers = itertools.count()

    def add(count: int) -> None:
        db.session.execute(
            insert(Registration),
            [columns_of(build_registration(edition, reference=f"X{next(numbers)}")) for _ in range(count)],
        )

    add(6000)
    db.session.expunge_all()
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    list(exports_delegates.stream_csv(wanted(Edition(id=0, ordinal=0))))  # what is loaded once
    event.listen(db.engine, "before_cursor_execute", note)
    tracemalloc.start()
    rows = sum(part.count("\r\n") for part in exports_delegates.stream_csv(wanted(edition)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    event.remove(db.engine, "before_cursor_execute", note)
    assert rows == 6001
    assert len(seen) == 1
    assert peak < 8_000_000  # a batch at a time, whatever the number
