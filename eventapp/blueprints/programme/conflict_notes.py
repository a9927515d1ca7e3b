"""What does not go together, said at once: after a session was saved or moved, beside the good news."""

from collections.abc import Sequence

from flask import flash, get_template_attribute

from eventapp.models import Edition, ProgrammeSession
from eventapp.services import programme, programme_conflicts
from eventapp.services.programme_conflicts import Told
from eventapp.services.programme_lines import list_lines
from eventapp.web.typed import translate


def conflicts_of(edition: Edition, session: ProgrammeSession) -> Sequence[Told]:
    """What does not go together at one session as the programme stands now."""
    found = programme_conflicts.list_conflicts(edition, list_lines(edition.id))
    return programme_conflicts.by_session(found).get(session.id, ())


def flash_conflicts(edition: Edition, session_id: int) -> None:
    """Warn of everything that does not go together at a session that was just saved; nothing of it was refused."""
    words = get_template_attribute("programme/_conflicts.html", "conflict_words")
    for one in conflicts_of(edition, programme.get_session(edition.id, session_id)):
        flash(translate("As saved: %(conflict)s", conflict=words(one)), "warn")
