"""The real series: what the file says is what the counts say."""

import pytest
from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.rules.access import COMMAND
from eventapp.services import demonstration_series, statistics_trend
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")

EXCERPT = """year,meeting,city,category,country_iso3,participants
1991,INC 1,Washington DC,Intergovernmental organizations,,2
1991,INC 1,Washington DC,Non-governmental organizations,,3
1991,INC 1,Washington DC,Parties,FRA,4
1991,INC 1,Washington DC,Parties,PNA,1
1991,INC 1,Washington DC,Parties,SUN,2
1995,INC 11,New York,Parties,NOR,5
1995,INC 11,New York,United Nations Secretariat units and bodies,,1
1994,INC 10,Geneva,Parties,NOR,2
"""


@pytest.fixture
def meetings(tmp_path):
    file = tmp_path / "excerpt.csv"
    file.write_text(EXCERPT, encoding="utf-8")
    return demonstration_series.read_meetings(file)


def test_the_meetings_become_editions(meetings):
    assert not demonstration_series.is_made()
    assert demonstration_series.make(COMMAND, meetings, now=CLOCK_STANDS_AT) == 20
    assert demonstration_series.is_made()
    series = statistics_trend.list_series(COMMAND, now=CLOCK_STANDS_AT)
    assert [one.row.ordinal for one in series] == [1, 10, 11]
    assert [one.row.computed.approved for one in series] == [12, 2, 6]
    assert [one.row.computed.countries for one in series] == [3, 1, 1], "France, Palestine, the Soviet Union"
    first = series[0].edition
    assert (first.date_precision, first.starts_on.year, first.country_code) == ("year", 1991, "US")
    assert "CC BY 4.0" in first.summary["en"], "named where it is shown"


def test_the_day_of_a_meeting_is_not_made_up(meetings):
    demonstration_series.make(COMMAND, meetings, now=CLOCK_STANDS_AT)
    trend = statistics_trend.trend_of(COMMAND, 11, now=CLOCK_STANDS_AT).trend
    assert trend.reason == "no_day" and trend.last.now.total == 6


def test_never_beside_real_people(meetings):
    make_registration(make_edition())
    with pytest.raises(Refused, match="one of its own"):
        demonstration_series.make(COMMAND, meetings, now=CLOCK_STANDS_AT)
    assert db.session.scalar(select(Edition.ordinal).where(Edition.ordinal == 8)) == 8


def test_the_whole_file_holds_what_its_readme_says():
    meetings = demonstration_series.read_meetings()
    assert [meeting.number for meeting in meetings] == list(range(1, 12))
    assert sum(people for meeting in meetings for *_, people in meeting.lines) == 7830
