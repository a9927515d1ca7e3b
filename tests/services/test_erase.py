"""Erasing one person: what identifies them goes, every count stays."""

import json

import pytest
from sqlalchemy import func, select

from eventapp.errors import Invalid, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import Actor
from eventapp.services import audit, links, mail, speakers_links, speakers_own, statistics
from eventapp.services.registrations_erase import erase
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
READER = Actor(kind="user", id=2, name="A. Reader", role="reader", all_editions=True)
TRACES = (
    "Zanzibari",
    "Quintus",
    "zq@example.org",
    "555 987",
    "Chief Zealot",
    "Zed Works",
    "no fish",
    "stairs",
)


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=5)


@pytest.fixture
def registration(edition, clock):
    made = make_registration(
        edition,
        state="approved",
        honorific="Quintus",
        given_name="Quintus",
        family_name="Zanzibari",
        badge_name="Q. Zanzibari",
        email="zq@example.org",
        phone="555 987",
        functional_title="Chief Zealot",
        represents="organisation",
        organisation="Zed Works",
        seat_country_code="NA",
        body_kind="ngo",
        sector_code="NGO",
        dietary_needs="no fish",
        accessibility_needs="stairs",
        languages=["en", "fr"],
        reason="Zanzibari may come",
    )
    audit.record(
        ORGANISER, "registration.correct", now=clock(), subject_type="registration", subject_id=made.id,
        edition_id=edition.id, old={"family_name": "Zanzibari"}, new={"family_name": "Zed Works"}, reason="Quintus",
    )  # fmt: skip
    link = links.make_link("registration", secret="s", now=clock(), registration_id=made.id)
    for state in ("waiting", "sent", "failed"):
        row = mail.enqueue(
            "organiser_message", recipient="zq@example.org", language="en", now=clock(), registration=made, link=link,
            values={"text": "Dear Zanzibari"},
        )  # fmt: skip
        row.state, row.last_error = state, "zq@example.org is full"
    db.session.flush()
    return made


def counted(edition, clock):
    question = statistics.ask(["sector", "country", "role", "state", "body", "language"])
    counts = statistics.count(edition, question, now=clock())
    kept = [counts.by(name) for name in ("sector", "country", "role", "state")]
    return kept + [
        {
            code: numbers
            for code, numbers in statistics.count(edition, statistics.ask([name]), now=clock())
            .by(name)
            .items()
            if any(numbers)
        }
        for name in ("body", "language")
    ]


def everything_about(registration):
    rows = [db.session.get(Registration, registration.id)]
    rows += db.session.scalars(select(AuditEntry)).all()
    rows += db.session.scalars(select(OutboxMessage)).all()
    return json.dumps(
        [{column.key: getattr(row, column.key) for column in row.__table__.columns} for row in rows],
        default=str,
    )


def test_nothing_that_identifies_stays(edition, registration, clock):
    assert all(trace in everything_about(registration) for trace in TRACES)
    erase(
        ORGANISER, edition.ordinal, registration.reference, typed=registration.reference.lower(), now=clock()
    )
    db.session.flush()
    db.session.expire_all()
    left = everything_about(registration)
    assert not [trace for trace in TRACES if trace in left]


def test_a_speaker_keeps_the_name_in_the_programme_alone(edition, registration, clock):
    speaker = make_speaker(
        name="A. Name", email="zq@example.org", biography={"en": "Chief Zealot"}, agreed_at=clock(),
        registration_id=registration.id,
    )  # fmt: skip
    session = make_session(edition)
    make_place(session, speaker)
    token = link_of(speaker)
    speakers_own.answer(token, session.public_id, "declined", reason="stairs", now=clock())
    speakers_links.send_link(ORGANISER, edition.ordinal, speaker.id, now=clock(), secret="s")
    mail.enqueue(
        "programme_changed", recipient="zq@example.org", language="en", now=clock(), edition_id=edition.id,
        values={"speaker": speaker.id},
    )  # fmt: skip
    written = erase(
        ORGANISER, edition.ordinal, registration.reference, typed=registration.reference, now=clock()
    )
    db.session.expire_all()
    assert (speaker.name, speaker.email, speaker.biography, speaker.agreed_at) == ("A. Name", "", {}, None)
    assert speaker.registration_id is None
    left = everything_about(registration)
    assert not [trace for trace in (*TRACES, "A. Name") if trace in left]
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "speaker_invitation")).one()
    assert letter.state == "cancelled" and letter.public_id in written
    assert links.find_link(token, "speaker", now=clock()) is None
    assert session.speakers[0].reason == ""


def test_counts_and_what_they_stand_on_stay(edition, registration, clock):
    kept = (
        "edition_id", "state", "sector_code", "role", "counted_country_code", "country_basis", "body_kind",
        "submitted_at", "decided_at", "is_late", "represents", "reference",
    )  # fmt: skip
    before = {name: getattr(registration, name) for name in kept}
    counts = counted(edition, clock)
    erase(ORGANISER, edition.ordinal, registration.reference, typed=registration.reference, now=clock())
    db.session.flush()
    db.session.expire_all()
    assert {name: getattr(registration, name) for name in kept} == before
    assert registration.erased_at == clock()
    assert counted(edition, clock) == counts


def test_link_is_revoked_and_mail_that_waits_is_cancelled(edition, registration, clock):
    erase(ORGANISER, edition.ordinal, registration.reference, typed=registration.reference, now=clock())
    db.session.flush()
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).where(PrivateLink.revoked_at.is_(None))) == 0
    mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [one.state for one in mails] == ["cancelled", "sent", "cancelled"]
    entry = audit.list_of_subject("registration", registration.id)[-1]
    assert (entry.action, entry.actor_name, entry.new) == ("registration.erase", "A. Organiser", {})


def test_a_states_delegate_keeps_the_state(edition, clock):
    made = make_registration(edition, country_code="NO")
    erase(ORGANISER, edition.ordinal, made.reference, typed=made.reference, now=clock())
    db.session.flush()
    assert (made.counted_country_code, made.country_basis) == ("NO", "state")


def test_the_reference_must_be_typed_and_once_is_enough(edition, registration, clock):
    with pytest.raises(Invalid):
        erase(ORGANISER, edition.ordinal, registration.reference, typed="2222-2222", now=clock())
    with pytest.raises(Refused):
        erase(READER, edition.ordinal, registration.reference, typed=registration.reference, now=clock())
    assert registration.family_name == "Zanzibari"
    erase(ORGANISER, edition.ordinal, registration.reference, typed=registration.reference, now=clock())
    with pytest.raises(Refused):
        erase(ORGANISER, edition.ordinal, registration.reference, typed=registration.reference, now=clock())
