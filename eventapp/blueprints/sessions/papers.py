"""The people of a session on paper for the door, and as CSV; that somebody took them along is written down first."""

from flask import Response, render_template

from eventapp.blueprints.sessions.base import blueprint, to_edit, words
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, csv_text
from eventapp.services import session_lists
from eventapp.web import clock
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing


@blueprint.post("/door-list")
def door_list(ordinal: int, session_id: int) -> str:
    who, now = actor(), clock.now()
    to_edit(ordinal, session_id)
    with writing():
        session_lists.record(who, ordinal, session_id, form="paper", now=now)
    edition, session = to_edit(ordinal, session_id)
    return render_template(
        "sessions/door_list.html",
        edition=edition,
        session=session,
        lines=session_lists.list_people(session),
        taken_at=now,
        **words(),
    )


@blueprint.post("/people.csv")
def people_csv(ordinal: int, session_id: int) -> Response:
    who, now = actor(), clock.now()
    to_edit(ordinal, session_id)
    with writing():
        session_lists.record(who, ordinal, session_id, form="csv", now=now)
    edition, session = to_edit(ordinal, session_id)
    rows = session_lists.rows_of(edition, session, language())
    text = BYTE_ORDER_MARK + csv_text(session_lists.COLUMNS, rows)
    response = Response(text, content_type="text/csv; charset=utf-8")
    name = f"session-{ordinal}-{session_id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
