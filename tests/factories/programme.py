"""Bodies, rooms, speakers and sessions for tests."""

import itertools
from datetime import UTC, datetime, timedelta

from eventapp.extensions import db
from eventapp.models import Body, Edition, ProgrammeSession, ProgrammeSpeaker, Room, Speaker, Track
from eventapp.rules.body import sort_name
from eventapp.services import links, programme_publishing
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT

_numbers = itertools.count(1)


def _saved(row):
    db.session.add(row)
    db.session.flush()
    return row


def make_body(**overrides) -> Body:
    """A saved body; a ministry unless told otherwise."""
    names = overrides.pop("names", {"en": f"Ministry number {next(_numbers)}"})
    values = {"kind": "government_agency", "acronym": "", "website": "", **overrides}
    return _saved(Body(names=names, sort_name=sort_name(names), **values))


def make_room(edition: Edition, **overrides) -> Room:
    """A saved room of the edition."""
    return _saved(Room(**{"edition_id": edition.id, "names": {"en": "Main hall"}, **overrides}))


def make_track(edition: Edition, **overrides) -> Track:
    """A saved track of the edition."""
    return _saved(Track(**{"edition_id": edition.id, "names": {"en": "Victims"}, **overrides}))


def make_speaker(**overrides) -> Speaker:
    """A saved speaker."""
    values = {"name": f"Speaker {next(_numbers)}", "functional_title": "", "organisation": "", **overrides}
    return _saved(Speaker(**values))


def make_place(
    session: ProgrammeSession, speaker: Speaker, state: str = "invited", **overrides
) -> ProgrammeSpeaker:
    """A saved place of somebody in a session."""
    values = {"position": next(_numbers), "state": state, **overrides}
    made = ProgrammeSpeaker(programme_session_id=session.id, speaker_id=speaker.id, **values)
    _saved(made)
    db.session.expire(session, ["speakers"])
    return made


def link_of(speaker: Speaker) -> str:
    """The token of a new private link of a speaker."""
    made = links.make_link("speaker", secret=SECRET, now=CLOCK_STANDS_AT, speaker_id=speaker.id)
    return links.token_of(made, SECRET)


def publish(edition: Edition) -> None:
    """Publish the programme as it stands."""
    programme_publishing.publish_first(edition, now=CLOCK_STANDS_AT)


def make_session(edition: Edition, **overrides) -> ProgrammeSession:
    """A saved session on the first day of the edition, one hour long."""
    starts_at = overrides.pop("starts_at", datetime(2027, 6, 8, 7, 0, tzinfo=UTC))
    values = {
        "edition_id": edition.id,
        "title": {"en": f"Session {next(_numbers)}"},
        "kind": "panel",
        "description": {},
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        **overrides,
    }
    return _saved(ProgrammeSession(**values))
