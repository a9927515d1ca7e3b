"""The other pages of the programme's desk, each where there is much of it: 500 speakers and documents, 1,000 people in a session."""

import gc
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from benchmarks import programme as made
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.programme import DAY, DESK, PEOPLE, SESSIONS, Place
from eventapp.extensions import db
from eventapp.models import (
    DocumentFile,
    Edition,
    ProgrammeDocument,
    ProgrammeSession,
    ProgrammeSpeaker,
    Registration,
    SessionInvitee,
    SessionSignUp,
    Speaker,
)
from eventapp.web.transaction import writing

MANY = 500
SEATS = 40
BOUND = 10  # times the page of the day of an empty edition


def run(folder: Path) -> list[Row]:
    place = made.build(folder, SESSIONS)
    with place.app.app_context():
        with writing():
            pages = _fill()
        db.session.remove()
    for path in (DAY, *pages.values()):
        made.cpu(place, path, 2)
    gc.collect()
    gc.freeze()  # as a server does when it begins to serve
    return [_compare(place, name, path) for name, path in pages.items()]


def _compare(place: Place, name: str, path: str) -> Row:
    mine, plain = alternate(9, *(lambda one=one: made.cpu(place, one, 2) for one in (path, DAY)))
    return Row(
        name=name,
        measured=f"{median(mine) * 1000:.1f} ms CPU",
        yardstick=f"{median(plain) * 1000:.1f} ms, the page of the day of an empty edition",
        value=median_ratio(mine, plain),
        bound=BOUND,
    )


def _fill() -> dict[str, str]:
    """Much of everything; gives the pages by name. Half the sessions differ from what is published."""
    now = datetime.now(UTC)
    edition = db.session.scalars(select(Edition).where(Edition.ordinal == made.prepared.ORDINAL)).one()
    sessions = db.session.scalars(
        select(ProgrammeSession)
        .where(ProgrammeSession.edition_id == edition.id)
        .order_by(ProgrammeSession.id)
    ).all()
    people = db.session.scalars(select(Registration.id).where(Registration.edition_id == edition.id)).all()
    few = next(one for one in sessions if one.access == "sectors")
    asks = next(one for one in sessions if one.asks_sign_up)
    few.access = "invited"
    db.session.add_all(
        SessionInvitee(programme_session_id=few.id, registration_id=one, invited_at=now) for one in people
    )
    _line(asks.id, list(people), now)
    for one in sessions[: SESSIONS // 2]:
        one.title = {**one.title, "es": "Otra"}
    for number in range(MANY - made.SPEAKERS):
        speaker = Speaker(
            name=f"Another {number}", functional_title="Head of unit", organisation="A ministry"
        )
        place = ProgrammeSpeaker(speaker=speaker, position=9, state="invited")
        sessions[number % SESSIONS].speakers.append(place)
    documents = [_document(edition.id, number, sessions[number % SESSIONS].id, now) for number in range(MANY)]
    db.session.add_all(documents)
    db.session.flush()
    return {
        f"the list of {MANY} speakers": f"{DESK}/speakers",
        "letters to whom of them something is missing": f"{DESK}/speakers/letters",
        f"the list of {MANY} documents, 50 of them": f"{DESK}/documents",
        f"a search in the {MANY} documents": f"{DESK}/documents?q=outcome",
        "the form of a document": f"{DESK}/documents/{documents[0].id}",
        f"a session's {PEOPLE:,} invited people": f"{DESK}/sessions/{few.id}/invited",
        f"a session's {PEOPLE:,} people with a seat and in line": f"{DESK}/sessions/{asks.id}/signed-up",
        "the form of a session": f"{DESK}/sessions/{asks.id}",
        f"the conflicts of {SESSIONS} sessions": f"{DESK}/conflicts",
        f"what publishing {SESSIONS // 2} changed sessions would tell": f"{DESK}/publish",
        f"a publication of {SESSIONS} sessions": f"{DESK}/publications/1",
    }


def _line(session_id: int, people: list[int], now: datetime) -> None:
    there = select(SessionSignUp.registration_id).where(SessionSignUp.programme_session_id == session_id)
    known = set(db.session.scalars(there))
    db.session.add_all(
        SessionSignUp(
            programme_session_id=session_id,
            registration_id=one,
            state="seat" if number < SEATS else "waiting",
            since=now + timedelta(seconds=number),
        )
        for number, one in enumerate(people)
        if one not in known
    )


def _document(edition_id: int, number: int, session_id: int, now: datetime) -> ProgrammeDocument:
    """In three languages, each at an address elsewhere; every third is the edition's own."""
    is_whole = number % 3 == 0
    return ProgrammeDocument(
        edition_id=edition_id,
        session_id=None if is_whole else session_id,
        kind=("paper", "slides", "outcome")[number % 3],
        symbol=f"GC/{now.year}/{number}",
        revision="Rev.1" if number % 2 else "",
        title={"en": f"Outcome {number} of the work", "fr": f"Document final {number}"},
        access="all" if is_whole else "session",
        position=number,
        created_at=now,
        files=[
            DocumentFile(
                language=language,
                url=f"https://papers.example/{number}/{language}",
                uploaded_at=now,
                uploaded_by="Bench",
            )
            for language in ("en", "fr", "ar")
        ],
    )
