"""Lists that are brought: matched, looked at, written whole or not at all; what goes out comes in again as it was."""

import csv
import io
import os
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from eventapp.adapters import kept_tables
from eventapp.adapters.tables import read_table
from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, ImportJob, OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import COMMAND
from eventapp.rules.delegate_list import COLUMNS
from eventapp.services import exports_delegates, imports, imports_write
from eventapp.web.import_jobs import work_next
from eventapp.web.import_words import words
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
ROW = {
    "represents": "country",
    "country": "KE",
    "organisation": "",
    "seat_country": "",
    "sector": "LE-POL",
    "honorific": "",
    "given_name": "Joy",
    "family_name": "Adeyemi",
    "badge_name": "",
    "functional_title": "Head of unit",
    "email": "joy@police.example",
    "phone": "+254 20 123",
    "language": "en",
    "role": "delegate",
    "languages": "en fr",
    "is_listed": "yes",
}

_FAMILIES = {
    "Astrid": "Berg",
    "Bola": "Okafor",
    "Chidi": "Nwosu",
    "Dmitri": "Volkov",
    "Ana": "Lima",
    "Ole": "Hansen",
}
# Whoever is named so has nothing in common with the others.
OTHERS = {
    given: {"family_name": family, "email": f"{family}@x.example".lower(), "phone": ""}
    for given, family in _FAMILIES.items()
}


def csv_of(*rows, head=None) -> bytes:
    names = head or list(ROW)
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(names)
    for row in rows:
        values = {**ROW, **OTHERS.get(row.get("given_name"), {}), **row}
        writer.writerow([values.get(name, "") for name in names])
    return made.getvalue().encode()


class Desk:
    def __init__(self, app, clock, edition):
        self.app, self.clock, self.edition = app, clock, edition
        self.folder = app.config["SETTINGS"].imports
        self.scope = imports.Scope(actor=COMMAND, edition_id=edition.id, ordinal=edition.ordinal)

    def bring(self, data: bytes, scope=None) -> ImportJob:
        _, table = read_table(data, folder=self.folder)
        job = imports.bring(
            scope or self.scope,
            table,
            words(),
            file_name="list.csv",
            language="fr",
            folder=self.folder,
            now=self.clock(),
        )
        db.session.commit()
        assert work_next(self.app)
        return self.again(job)

    def again(self, job):
        db.session.expire_all()
        return db.session.get(ImportJob, job.id)

    def rows(self, job):
        return imports.list_planned(job, self.folder)

    def confirm(self, job, *, tells=False) -> ImportJob:
        imports.confirm(self.scope, job.public_id, tells=tells, now=self.clock())
        db.session.commit()
        assert work_next(self.app)
        return self.again(job)

    def people(self) -> list[Registration]:
        mine = select(Registration).where(Registration.edition_id == self.edition.id)
        return list(db.session.scalars(mine.order_by(Registration.id)))


@pytest.fixture
def desk(app, clock):
    for path in app.config["SETTINGS"].imports.glob("*.*"):
        path.unlink()
    return Desk(app, clock, make_edition())


def outcomes(desk, job) -> list[str]:
    assert job.state == "ready", job.state
    return [row.outcome for row in desk.rows(job)]


def test_a_new_person_comes_in_with_all_that_follows(desk):
    job = desk.bring(csv_of({}))
    assert outcomes(desk, job) == ["new"] and desk.people() == []
    job = desk.confirm(job)
    assert job.state == "done" and job.counts["done_added"] == 1
    (one,) = desk.people()
    assert (one.counted_country_code, one.country_basis, one.sort_name) == ("KE", "state", "adeyemi joy")
    assert one.phone == "+254 20 123" and one.is_listed and one.languages == ["en", "fr"]
    assert one.state == "submitted" and one.received_on == desk.clock().date()
    assert db.session.scalar(select(func.count()).select_from(PrivateLink)) == 1
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-3:] == ["import.bring", "registration.submit", "import.write"]
    assert not list(desk.folder.glob("*.table")) and not list(desk.folder.glob("*.rows"))


def make_body(kind="international_organization", **overrides) -> Body:
    values = {
        "names": {"en": "International Criminal Police Organization"},
        "acronym": "INTERPOL",
        "kind": kind,
    }
    body = Body(**{**values, "sort_name": "international", **overrides})
    db.session.add(body)
    db.session.flush()
    return body


def exported(edition, kind: str, columns, tmp_path) -> bytes:
    wanted = exports_delegates.begin_delegates(
        COMMAND, edition.ordinal, now=datetime(2027, 4, 14, tzinfo=UTC), form=kind, columns=columns
    )
    if kind == "xlsx":
        exports_delegates.write_sheet(wanted, tmp_path / "x.xlsx", title="x")
        return (tmp_path / "x.xlsx").read_bytes()
    return "".join(exports_delegates.stream_csv(wanted, with_mark=True)).encode()


def make_crowd(edition) -> None:
    interpol = make_body()
    make_registration(edition, country_code="NA", given_name="=cmd|' /C calc'!A0", phone="+264 61 000")
    make_registration(edition, country_code="NO", given_name="'=x", family_name="@home", phone="0047 22")
    make_registration(
        edition, given_name="-", family_name="Müller’s “Ää”, 1;2", role="press", state="approved"
    )
    make_registration(
        edition, given_name="زينب", family_name="الهاشمي", languages=["fr", "ar"], state="waitlisted"
    )
    make_registration(edition, dietary_needs="one\ntwo, three", accessibility_needs="'", state="cancelled")
    make_registration(
        edition,
        represents="organisation",
        organisation="interpol",
        body_id=interpol.id,
        body_kind=interpol.kind,
        sector_code="IGO",
    )
    make_registration(
        edition,
        represents="organisation",
        organisation="Interpol in Lyon",
        body_id=interpol.id,
        body_kind=interpol.kind,
        seat_country_code="FR",
    )
    make_registration(
        edition, represents="organisation", organisation="Help", seat_country_code="NO", sector_code="NGO"
    )
    make_registration(edition, organisation="Ministry of the Interior", sector_code="PUB-MIN", is_listed=True)
    db.session.commit()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "columns", [("all",), ("default",), ("reference", "phone", "country", "organisation")]
)
def test_what_was_exported_comes_back_and_nothing_changes(desk, kind, columns, tmp_path):
    make_crowd(desk.edition)
    named = {"all": tuple(COLUMNS), "default": exports_delegates.DEFAULT}.get(columns[0], columns)
    data = exported(desk.edition, kind, named, tmp_path)
    job = desk.bring(data)
    wrong = [(row.name, row.changes, row.problems) for row in desk.rows(job) if row.outcome != "unchanged"]
    assert not wrong and job.counts["unchanged"] == 9


def test_an_export_that_was_changed_changes_just_that(desk, tmp_path):
    make_crowd(desk.edition)
    text = exported(desk.edition, "csv", tuple(COLUMNS), tmp_path).decode()
    assert text.count("'+264 61 000") == 1
    job = desk.bring(text.replace("'+264 61 000", "+264 61 999").encode())
    (row,) = [one for one in desk.rows(job) if one.outcome == "changed"]
    assert row.changes == {"phone": ["+264 61 000", "+264 61 999"]}
    before = [(one.id, one.version, one.phone) for one in desk.people()]
    job = desk.confirm(job)
    assert (job.state, job.counts["done_changed"], job.counts["done_added"]) == ("done", 1, 0)
    after = [(one.id, one.version, one.phone) for one in desk.people()]
    (changed,) = [pair for pair in zip(before, after) if pair[0] != pair[1]]
    assert changed[1] == (changed[0][0], changed[0][1] + 1, "+264 61 999")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.correct")).one()
    assert entry.new == {"phone": "+264 61 999"} and entry.old["phone"] == "+264 61 000"


def test_the_same_list_a_second_time_changes_nothing(desk):
    data = csv_of(
        {},
        {"given_name": "Ole", "country": "NO"},
        {"given_name": "Ana", "country": "NA"},
    )
    desk.confirm(desk.bring(data))
    assert [one.counted_country_code for one in desk.people()] == ["KE", "NO", "NA"]
    job = desk.bring(data)
    assert outcomes(desk, job) == ["unchanged"] * 3
    with pytest.raises(imports.Refused, match="nothing to import"):
        imports.confirm(desk.scope, job.public_id, tells=False, now=desk.clock())


def test_countries_sectors_and_words_in_any_of_the_four_languages(desk):
    rows = [
        {
            "country": "Namibie",
            "sector": "Police",
            "role": "Chef de délégation",
            "language": "Français",
            "given_name": "Astrid",
        },
        {
            "country": "noruega",
            "sector": "policía",
            "is_listed": "sí",
            "languages": "inglés; árabe",
            "given_name": "Bola",
        },
        {
            "country": "NAM",
            "sector": "الشرطة",
            "role": "رئيس الوفد",
            "is_listed": "نعم",
            "given_name": "Chidi",
        },
        {"country": "Cote d'Ivoire", "language": "", "role": "", "is_listed": "no", "given_name": "Dmitri"},
    ]
    job = desk.bring(csv_of(*rows))
    assert outcomes(desk, job) == ["new"] * 4, [row.problems for row in desk.rows(job)]
    desk.confirm(job)
    found = desk.people()
    assert [one.country_code for one in found] == ["NA", "NO", "NA", "CI"]
    assert [one.role for one in found] == ["head", "delegate", "head", "delegate"]
    assert [one.is_listed for one in found] == [True, True, True, False]
    assert found[1].languages == ["en", "ar"] and {one.sector_code for one in found} == {"LE-POL"}
    assert [one.language for one in found] == [
        "fr",
        "en",
        "en",
        "fr",
    ]  # chosen for the list where it says none


def test_a_row_with_an_error_names_the_cell_and_keeps_the_whole_list_out(desk):
    rows = [
        {},
        {"email": "nobody", "country": "Atlantis", "given_name": "Ben"},
        {"sector": "LE", "given_name": "Cy"},
    ]
    job = desk.bring(csv_of(*rows))
    assert outcomes(desk, job) == ["new", "error", "error"]
    problems = [(row.number, one.column, one.heading) for row in desk.rows(job) for one in row.problems]
    assert problems == [(3, "B", "country"), (3, "K", "email"), (4, "E", "sector")]
    with pytest.raises(imports.Refused, match="while a row has an error"):
        imports.confirm(desk.scope, job.public_id, tells=False, now=desk.clock())
    assert desk.people() == []


def test_whom_a_person_represents_is_never_guessed(desk):
    head = [name for name in ROW if name not in ("represents", "seat_country")]
    rows = [
        {"organisation": ""},
        {"country": "", "organisation": "Europol", "sector": "IGO", "given_name": "Bola"},
        {"organisation": "Help", "given_name": "Chidi"},
    ]
    job = desk.bring(csv_of(*rows, head=head))
    assert outcomes(desk, job) == ["new", "new", "error"]
    assert "a country or an organisation is represented" in desk.rows(job)[2].problems[0].text


def test_references_that_are_unknown_erased_or_used_twice_are_errors(desk):
    known = make_registration(desk.edition)
    gone = make_registration(desk.edition, erased_at=desk.clock())
    other = make_registration(make_edition(ordinal=9))
    db.session.commit()
    refs = [known.reference, known.reference.lower().replace("-", ""), gone.reference, other.reference, "?"]
    job = desk.bring(("reference,phone\n" + "".join(f"{one},0123456\n" for one in refs)).encode())
    assert outcomes(desk, job) == ["changed", "error", "error", "error", "error"]
    said = [row.problems[0].text for row in desk.rows(job)[1:]]
    assert [
        "same registration" in said[0],
        "erased" in said[1],
        "no such" in said[2],
        "no such" in said[3],
    ] == [True] * 4


def test_people_who_may_be_here_already_wait_for_a_choice(desk):
    make_registration(desk.edition, given_name="Muhammad", family_name="Al-Hashimi")
    make_registration(
        desk.edition, given_name="Ana", family_name="Lima", email="ana@x.example", state="withdrawn"
    )
    db.session.commit()
    rows = [
        {"given_name": "Al-Hashimi", "family_name": "Muhammad"},
        {"given_name": "Ana", "family_name": "Lima", "email": "ana@x.example"},
        {"given_name": "Bola"},
        {"given_name": "Bola"},
    ]
    data = csv_of(*rows)
    job = desk.bring(data)
    assert outcomes(desk, job) == ["duplicate", "duplicate", "new", "duplicate"]
    shown = desk.rows(job)
    assert shown[0].alike[0].name == "Muhammad Al-Hashimi" and shown[3].alike[0].row == 4
    imports.choose(desk.scope, job.public_id, {"2": "add", "3": "add", "5": "skip"}, folder=desk.folder)
    db.session.commit()
    job = desk.confirm(job)
    assert job.counts["done_added"] == 3 and len(desk.people()) == 5
    assert outcomes(desk, desk.bring(data)) == ["unchanged", "unchanged", "unchanged", "duplicate"]


def test_something_that_changed_meanwhile_is_shown_again_and_nothing_is_written(desk):
    job = desk.bring(csv_of({}, {"given_name": "Bola"}))
    make_registration(desk.edition, given_name="Joy", family_name="Adeyemi", email="joy@police.example")
    db.session.commit()
    job = desk.confirm(job)
    assert job.state == "waiting" and "changed since" in job.notes[-1][0] and len(desk.people()) == 1
    assert work_next(desk.app)
    assert outcomes(desk, desk.again(job)) == ["changed", "new"]


def test_all_or_nothing(desk, monkeypatch):
    job = desk.bring(csv_of(*({"given_name": f"Ann{number}"} for number in range(3))))

    def broken(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(imports_write.audit, "record", broken)  # the last statement of the list
    assert desk.confirm(job).state == "failed" and desk.people() == []


def test_places_and_the_waiting_list_hold(desk):
    desk.edition.approval, desk.edition.capacity = "open", 3
    make_registration(desk.edition, state="approved")
    db.session.commit()
    names = ("Astrid", "Bola", "Chidi", "Dmitri")
    job = desk.confirm(desk.bring(csv_of(*({"given_name": name} for name in names))), tells=True)
    assert job.state == "done", job.notes
    states = [one.state for one in desk.people()]
    assert states == ["approved"] * 3 + ["waitlisted"] * 2
    kinds = list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))
    assert kinds == ["registration_approved"] * 2 + ["registration_waitlisted"] * 2
    assert db.session.scalar(select(func.count(OutboxMessage.link_id))) == 4


def test_nobody_overtakes_the_waiting_list(desk):
    desk.edition.approval, desk.edition.capacity = "open", 1
    make_registration(desk.edition, state="waitlisted", family_name="Okri")
    db.session.commit()
    desk.confirm(desk.bring(csv_of({})))
    assert [one.state for one in desk.people()] == ["waitlisted", "waitlisted"]


def test_a_delegations_own_list_reaches_nobody_else(desk):
    kenya = make_delegation(desk.edition)
    mine = make_registration(desk.edition, delegation_id=kenya.id)
    theirs = make_registration(desk.edition, country_code="NO")
    db.session.commit()
    scope = imports.scope_of_delegation(COMMAND, kenya)
    head = ["reference", "country", "given_name", "family_name", "functional_title", "email", "sector"]
    rows = [
        {"reference": mine.reference, "given_name": "New"},
        {"reference": theirs.reference, "given_name": "Stolen"},
        {"country": "NO", "given_name": "Ole"},
        {"country": "", "given_name": "Own"},
    ]
    job = desk.bring(csv_of(*rows, head=head), scope)
    assert outcomes(desk, job) == ["changed", "error", "error", "new"]
    assert "does not represent your delegation" in desk.rows(job)[2].problems[0].text
    with pytest.raises(imports.NotFound):
        imports.get_job(desk.scope, job.public_id)  # nor does the secretariat's page show it


def own_list(desk, delegation, *rows):
    head = [
        "country",
        "given_name",
        "family_name",
        "functional_title",
        "email",
        "sector",
        "role",
        "reference",
        "is_listed",
    ]
    return desk.bring(csv_of(*rows, head=head), imports.scope_of_delegation(COMMAND, delegation))


def confirm_own(desk, delegation, job, **more):
    desk.scope = imports.scope_of_delegation(COMMAND, delegation)
    return desk.confirm(job, **more)


def test_a_delegations_own_list_is_endorsed_within_its_quota(desk):
    desk.edition.approval = "two_steps"
    kenya = make_delegation(desk.edition, quota=2)
    db.session.commit()
    job = own_list(desk, kenya, {"role": "head"}, {"given_name": "Bola"})
    job = confirm_own(desk, kenya, job, tells=True)
    assert job.state == "done" and [one.state for one in desk.people()] == ["endorsed", "endorsed"]
    assert {one.delegation_id for one in desk.people()} == {kenya.id} and desk.people()[0].endorsed_at
    kinds = set(db.session.scalars(select(OutboxMessage.kind)))
    assert kinds == {"registration_by_delegation"}
    job = confirm_own(desk, kenya, own_list(desk, kenya, {"given_name": "Chidi"}))
    assert (
        job.state == "waiting"
        and "Places left in your delegation" in job.notes[-1][0]
        and len(desk.people()) == 2
    )


def test_a_delegations_own_list_changes_nothing_that_is_the_persons_own_and_brings_one_head(desk):
    kenya = make_delegation(desk.edition)
    mine = make_registration(desk.edition, delegation_id=kenya.id, role="expert", family_name="Okri")
    gone = make_registration(desk.edition, delegation_id=kenya.id, state="withdrawn", family_name="Zulu")
    db.session.commit()
    rows = [
        {"reference": mine.reference, "functional_title": "Minister", "role": "head", "is_listed": "yes"},
        {"reference": gone.reference},
        {"given_name": "Bola", "role": "head"},
        {"given_name": "Chidi", "role": "head"},
    ]
    job = own_list(desk, kenya, *rows)
    assert outcomes(desk, job) == ["changed", "error", "new", "error"]
    assert not {"role", "is_listed"} & set(desk.rows(job)[0].changes)
    assert "one head" in desk.rows(job)[3].problems[0].text


def test_the_letter_says_who_decides_next(desk):
    desk.edition.approval = "two_steps"
    make_focal_point(make_delegation(desk.edition))
    db.session.commit()
    desk.confirm(desk.bring(csv_of({}, {"given_name": "Ole", "country": "NO"})), tells=True)
    letters = select(OutboxMessage.values).where(OutboxMessage.kind == "registration_received")
    found = db.session.scalars(letters.order_by(OutboxMessage.id)).all()
    assert [one["step"] for one in found] == ["body", "no_body"] and found[0]["delegation"]["en"] == "Kenya"


@pytest.mark.parametrize(("tells", "count"), [(True, 1), (False, 0)])
def test_bodies_are_asked_for_whom_a_list_lets_wait_if_anybody_is_written_to(desk, tells, count):
    desk.edition.approval = "two_steps"
    point = make_focal_point(make_delegation(desk.edition))
    db.session.commit()
    desk.confirm(
        desk.bring(csv_of({}, {"given_name": "Bola"}, {"given_name": "Ole", "country": "NO"})), tells=tells
    )
    wanted = select(OutboxMessage.recipient).where(OutboxMessage.kind == "endorsement_wanted")
    assert db.session.scalars(wanted).all() == [point.email] * count


def test_a_list_brings_one_head_to_a_delegation_and_may_hand_the_role_over(desk):
    kenya, norway = (make_delegation(desk.edition, country_code=one) for one in ("KE", "NO"))
    head = make_registration(desk.edition, delegation_id=kenya.id, role="head", family_name="Okri")
    db.session.commit()
    other = {"given_name": "Astrid", "country": "NO", "role": "head"}
    second, former = {"given_name": "Bola", "role": "head"}, {"reference": head.reference, "role": "delegate"}
    unlisted = {"given_name": "Ana", "country": "FR", "role": "head"}  # of no delegation
    head_of = [*ROW, "reference"]
    job = desk.bring(csv_of(second, other, unlisted, {**unlisted, "given_name": "Ole"}, head=head_of))
    assert outcomes(desk, job) == ["error", "new", "new", "new"]
    assert (
        "one head" in desk.rows(job)[0].problems[0].text and desk.rows(job)[0].problems[0].heading == "role"
    )
    desk.confirm(desk.bring(csv_of(former, second, head=head_of)))
    assert {one.family_name: one.role for one in desk.people()} == {"Adeyemi": "delegate", "Okafor": "head"}


def test_an_own_list_with_a_head_comes_in_twice_as_once(desk):
    kenya = make_delegation(desk.edition)
    db.session.commit()
    confirm_own(desk, kenya, own_list(desk, kenya, {"role": "head"}, {"given_name": "Bola"}))
    job = own_list(desk, kenya, {"role": "head"}, {"given_name": "Bola"})
    assert outcomes(desk, job) == ["unchanged", "unchanged"]


def test_people_are_put_into_the_delegation_of_their_body(desk):
    kenya = make_delegation(desk.edition)
    db.session.commit()
    desk.confirm(desk.bring(csv_of({}, {"given_name": "Ole", "country": "NO"})))
    assert [one.delegation_id for one in desk.people()] == [kenya.id, None]


def test_a_change_of_country_asks_for_a_new_endorsement(desk):
    kenya, norway = make_delegation(desk.edition), make_delegation(desk.edition, country_code="NO")
    one = make_registration(desk.edition, delegation_id=kenya.id, state="endorsed")
    db.session.commit()
    job = desk.confirm(desk.bring(f"reference,country\n{one.reference},Norway\n".encode()))
    assert job.state == "done"
    (one,) = desk.people()
    assert (one.delegation_id, one.state, one.counted_country_code) == (norway.id, "submitted", "NO")


def test_statements_do_not_grow_with_the_rows(desk):
    counts = []
    for size in (20, 200):
        rows = (
            {"given_name": f"A{size}", "family_name": f"B{number:03}", "email": f"a{size}.{number}@x.example"}
            for number in range(size)
        )
        job = desk.bring(csv_of(*rows))
        imports.choose(desk.scope, job.public_id, {"all": "add"}, folder=desk.folder)
        db.session.commit()
        with counted_queries() as queries:
            job = desk.confirm(job)
        assert job.counts["done_added"] == size
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2, counts


def test_a_list_that_nobody_knows_of_goes_too(desk):
    kept_tables.keep(desk.folder, "lost", "table", {})
    lost = desk.folder / "lost.table"
    old = lost.stat().st_mtime - 49 * 3600
    desk.bring(csv_of({}))
    assert lost.exists()
    os.utime(lost, (old, old))
    desk.bring(csv_of({}))
    assert not lost.exists() and len(list(desk.folder.glob("*.table"))) == 2


def test_after_a_day_the_rows_are_gone(desk):
    job = desk.bring(csv_of({}))
    assert [path.stat().st_mode & 0o777 for path in desk.folder.glob("*.table")] == [0o600]
    desk.clock.move(hours=24)
    with pytest.raises(imports.Refused, match="is gone"):
        imports.confirm(desk.scope, job.public_id, tells=False, now=desk.clock())
    work_next(desk.app)
    assert (
        desk.again(job).state == "removed"
        and kept_tables.find(desk.folder, str(job.public_id), "table") is None
    )
