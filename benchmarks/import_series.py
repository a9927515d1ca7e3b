"""The import of a list: eleven real meetings with made-up names, looked at and written by the worker's step, counted back."""

import time
from pathlib import Path

from benchmarks import prepared
from benchmarks.measure import Row
from eventapp.services.demonstration_series import read_meetings
from tests.factories.series import categories_of, counts_of
from tests.services.import_series import bring_in, codes, counted, counted_categories

SECONDS = 60


def run(folder: Path) -> list[Row]:
    app = prepared.application(prepared.installation(folder))
    people, wrong = 0, []
    with app.app_context():
        known, begun = codes(), time.perf_counter()
        meetings = read_meetings()
        for meeting in meetings:
            job = bring_in(app, meeting)
            people += job.counts.get("done_added", 0)
        taken = time.perf_counter() - begun
        for meeting in meetings:
            right = counts_of(meeting, known), categories_of(meeting)
            if (counted(meeting), counted_categories(meeting)) != right:
                wrong.append(meeting.name)
    return [
        Row(
            name=f"{people:,} people of {len(meetings)} meetings imported",
            measured=f"{taken:.1f} s",
            value=taken,
            bound=SECONDS,
            unit="s",
            note="each list read, looked at, likenesses searched, and written with links and history",
        ),
        Row(
            name="meetings whose totals by country and category came back otherwise",
            measured=", ".join(wrong) or "none",
            value=float(len(wrong)),
            bound=0,
            unit="",
        ),
    ]
