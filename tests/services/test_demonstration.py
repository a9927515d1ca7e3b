"""The demonstration: made up, marked, open now, the same people every time."""

import time

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    CredentialDocument,
    Edition,
    FocalPoint,
    OutboxMessage,
    PrivacyNotice,
    ProgrammeSession,
    PublishedSession,
    Registration,
    SessionSignUp,
    Speaker,
    User,
)
from eventapp.rules.access import COMMAND
from eventapp.rules.paper import check_pdf
from eventapp.rules.vocabulary import (
    CREDENTIALS,
    DOCUMENT_KINDS,
    LANGUAGES,
    REGISTRATION_STATES,
    SPOKEN_LANGUAGES,
)
from eventapp.services import (
    delegations,
    demonstration,
    documents,
    programme_conflicts,
    quotas,
    reminders,
    session_invited,
    statistics,
)
from eventapp.services.editions import window_of
from eventapp.services.programme_lines import list_lines
from tests.engines import SECRET

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def edition(clock):
    demonstration.make(
        COMMAND, {"administrator": "x", "organiser": "y", "reader": "z"}, now=clock(), secret=SECRET
    )
    return demonstration.find_demonstration()


def test_what_it_holds(edition, clock):
    assert edition.is_demonstration and edition.ordinal == 8
    assert window_of(edition).phase(clock()) == "open"
    assert set(edition.summary) == {"en", "fr", "es", "ar"}
    counts = statistics.summary(edition, clock())
    assert counts.received == 600
    held = {state for state, people in counts.states.items() if people}
    assert held == set(REGISTRATION_STATES) - {"replaced", "merged"}
    assert counts.countries.countries > 60 and counts.countries.without_country > 10
    assert edition.capacity == quotas.count_held(edition)  # so that somebody may stand on the waiting list
    days = select(func.count(ProgrammeSession.id)).where(ProgrammeSession.edition_id == edition.id)
    assert db.session.scalar(days) >= 12
    sessions = db.session.scalars(
        select(ProgrammeSession).where(ProgrammeSession.edition_id == edition.id)
    ).all()
    assert {one.access for one in sessions} == {"all", "delegates", "sectors", "invited"}
    (workshop,) = (one for one in sessions if one.asks_sign_up)
    line = db.session.scalars(
        select(SessionSignUp.state).where(SessionSignUp.programme_session_id == workshop.id)
    ).all()
    assert (line.count("seat"), line.count("waiting")) == (workshop.capacity, 6)
    (closed,) = (one for one in sessions if one.access == "invited")
    assert {one.holds for one in session_invited.list_invited(closed.id)} == {True, False}
    assert programme_conflicts.list_conflicts(edition, list_lines(edition.id)) == []
    assert db.session.scalar(select(PrivacyNotice)).published_at
    assert {user.role for user in db.session.scalars(select(User))} == {
        "administrator",
        "organiser",
        "reader",
    }


def test_nobody_is_real_and_nothing_is_sent(edition):
    addresses = db.session.scalars(select(Registration.email)).all()
    assert all(address.endswith("@example.org") for address in addresses)
    assert set(db.session.scalars(select(OutboxMessage.state))) == {"kept"}
    assert any("\u0600" < name[0] < "\u06ff" for name in db.session.scalars(select(Registration.family_name)))


def test_languages_stand_in_the_order_of_the_form(edition):
    """Otherwise a list that was exported and comes back as it is would change people."""
    for spoken in db.session.scalars(select(Registration.languages)):
        assert spoken == [code for code in LANGUAGES if code in spoken]
    # And whoever saves a session with a new title would tell those concerned that its languages have changed as well.
    for spoken in db.session.scalars(select(ProgrammeSession.interpretation)):
        assert spoken == [code for code in SPOKEN_LANGUAGES if code in spoken]


def test_its_delegations_have_something_to_show(edition):
    assert edition.approval == "two_steps"
    rows = delegations.list_all(edition, "en")
    assert len(rows) > 60 and {row.delegation.kind for row in rows} > {"state", "ngo"}
    assert {row.delegation.credentials for row in rows} == set(CREDENTIALS)
    (host,) = [row for row in rows if row.delegation.stands_apart]
    assert host.delegation.country_code == "KE" and host.standing.free == 20
    assert any(row.standing.is_over for row in rows) and any(not row.focal_points for row in rows)
    assert any(row.standing.endorsed for row in rows) and any(row.standing.free == 0 for row in rows)
    addresses = db.session.scalars(select(FocalPoint.email)).all()
    assert addresses and all(address.endswith("@ministry.example") for address in addresses)


def test_every_person_has_a_history(edition):
    submitted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "registration.submit")
    assert db.session.scalar(submitted) == 600
    decided = select(func.count()).select_from(Registration).where(Registration.decided_at.is_not(None))
    entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_type == "registration")
    assert db.session.scalar(entries) == 600 + db.session.scalar(decided)


def test_times_make_sense(edition, clock):
    for one in db.session.scalars(select(Registration)):
        assert edition.registration_opens_at <= one.submitted_at <= clock()
        assert one.decided_at is None or one.submitted_at <= one.decided_at <= clock()
        assert (one.waitlisted_at is not None) == (one.state == "waitlisted")


def test_the_same_people_every_time(edition, clock):
    first = db.session.scalars(select(Registration.reference).order_by(Registration.id)).all()
    assert len(set(first)) == 600
    assert first[:2] == ["W7MF-Y96F", "482Z-6CEQ"]


def test_it_is_quick(clock):
    began = time.process_time()
    demonstration.make(COMMAND, {"administrator": "x"}, now=clock(), secret=SECRET)
    assert time.process_time() - began < 5
    assert db.session.scalar(select(func.count()).select_from(Edition).where(Edition.is_demonstration)) == 1


def test_its_documents_are_papers_in_several_languages(tmp_path, clock):
    folders = {name: tmp_path / name for name in ("documents", "credentials", "uploads")}
    with demonstration.placed(folders, now=clock()) as files:
        demonstration.make(COMMAND, {"organiser": "y"}, now=clock(), secret=SECRET, files=files)
    edition = demonstration.find_demonstration()
    rows = documents.list_documents(edition.id)
    assert {one.kind for one in rows} == set(DOCUMENT_KINDS)
    assert rows[0].symbol == f"GC/{edition.starts_on.year}/1" and rows[0].revision == "Rev.1"
    assert [one.language for one in rows[0].files] == ["en", "fr", "es", "ar"]
    assert any(one.url for row in rows for one in row.files) and not rows[-1].files
    told = dict(
        db.session.execute(select(PublishedSession.session_id, PublishedSession.access)).tuples().all()
    )
    assert {told[one.session_id] for one in rows if one.access == "session"} == {"all", "sectors"}
    for row in rows:
        for one in row.files:
            if one.stored_name:
                with (folders["documents"] / one.stored_name).open("rb") as file:
                    check_pdf(file)
    papers = db.session.scalars(select(CredentialDocument)).all()
    assert len(papers) == 3 == len(list(folders["credentials"].iterdir()))
    pictured = db.session.scalars(select(Speaker).where(Speaker.picture_id.is_not(None))).all()
    assert len(pictured) == 3 == len(list(folders["uploads"].iterdir()))
    assert reminders.find_plan(edition.id) and not reminders.list_tasks(now=clock())


def test_files_of_a_demonstration_that_was_not_made_are_gone(tmp_path, clock):
    folders = {name: tmp_path / name for name in ("documents", "credentials", "uploads")}

    def break_off() -> None:
        with demonstration.placed(folders, now=clock()) as files:
            assert files.papers and list(folders["documents"].iterdir())
            raise ValueError("not made")

    with pytest.raises(ValueError, match="not made"):
        break_off()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
