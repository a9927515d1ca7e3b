"""Real counts of eleven meetings, a few people of each line, imported with made-up names and counted back."""

from dataclasses import replace

import pytest

from eventapp.services.demonstration_series import read_meetings
from tests.factories.series import categories_of, counts_of
from tests.services.import_series import bring_in, codes, counted, counted_categories

pytestmark = pytest.mark.usefixtures("ctx")
NUMBERS = (1, 5, 11)  # the Soviet Union, the largest, the last


def sample(meeting, *, every: int, most: int):
    """Every so many lines, with the first ones and those of countries that are no more, of each at most some people."""
    chosen = [
        (category, alpha3, min(people, most))
        for place, (category, alpha3, people) in enumerate(meeting.lines)
        if not alpha3 or place % every == 0 or alpha3 in {"SUN", "CSK", "YUG", "PNA", "NAM", "NOR"}
    ]
    return replace(meeting, lines=chosen)


def test_what_is_imported_is_counted(app):
    known = codes()
    meetings = [sample(one, every=9, most=3) for one in read_meetings() if one.number in NUMBERS]
    for meeting in meetings:
        job = bring_in(app, meeting)
        people = sum(people for _, _, people in meeting.lines)
        assert job.state == "done" and job.counts["done_added"] == people > 40, job.notes
        assert counted(meeting) == counts_of(meeting, known)
        assert counted_categories(meeting) == categories_of(meeting)
    assert counts_of(meetings[0], known)["SU", "state", "PUB-OTH"] == 3
