"""How long an edition keeps personal data: the page of its lengths, what is held, what the person is told."""

import html as entities
import re
from datetime import date

import pytest

from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.pages import versioned, words

PAGE = "/dashboard/editions/{0}/keeping"


@pytest.fixture
def edition(ctx):
    return make_edition(starts_on=date(2027, 3, 3), ends_on=date(2027, 3, 5))


@pytest.fixture
def organiser(edition, client):
    user = make_user("organiser", editions=[edition])
    sign_in(client, user)
    return user


def test_the_page_says_what_follows_and_what_is_held(client, organiser, edition):
    page = words(client.get(PAGE.format(edition.ordinal)).text)
    assert (
        "Needs went on 12 March 2027. Everything else that says who somebody is goes on 5 September 2028."
        in page
    )
    assert "Counted from the last day of the edition, 5 March 2027." in page
    assert "This edition holds no personal data." in page
    make_registration(edition, dietary_needs="no fish")
    page = words(client.get(PAGE.format(edition.ordinal)).text)
    assert "Dietary and accessibility needs of people 1 Now: it goes within the hour" in page
    assert "People who registered 1 By itself on 5 September 2028" in page
    overview = words(client.get(f"/dashboard/editions/{edition.ordinal}/overview").text)
    assert "Needs went on 12 March 2027." in overview


def test_setting_the_lengths(client, organiser, edition):
    path = PAGE.format(edition.ordinal)
    answer = client.post(path, data=versioned(client.get(path).text, needs_days="٣٠", record_months="6"))
    assert answer.status_code == 303
    db.session.expire_all()
    assert (edition.needs_days, edition.record_months) == (30, 6)
    page = words(client.get(path).text)
    # Not on 4 April, which is over: nothing goes within a week of a change.
    assert "Saved. Needs go on 21 April 2027." in page and "goes on 5 September 2027." in page
    audit = words(client.get(f"/dashboard/editions/{edition.ordinal}/audit").text)
    assert "set how long personal data is kept" in audit
    assert "Days after the end for which needs are kept" in audit


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"needs_days": "61", "record_months": "18"}, "between 1 and 60"),
        ({"needs_days": "7", "record_months": "2"}, "between 3 and 60"),
        ({"needs_days": "", "record_months": "soon"}, "Please answer this."),
    ],
)
def test_what_does_not_hold_comes_back(client, organiser, edition, typed, problem):
    path = PAGE.format(edition.ordinal)
    answer = client.post(path, data=versioned(client.get(path).text, **typed))
    assert answer.status_code == 422 and problem in answer.text
    assert f'value="{typed["record_months"]}"' in answer.text
    assert edition.version == 1


def test_two_organisers_at_once(client, organiser, edition):
    path = PAGE.format(edition.ordinal)
    first, second = client.get(path).text, client.get(path).text
    client.post(path, data=versioned(first, needs_days="14", record_months="18"))
    late = client.post(path, data=versioned(second, needs_days="3", record_months="18"))
    assert late.status_code == 409 and "Days after the end for which needs are kept" in late.text
    again = client.post(path, data=versioned(late.text, needs_days="3", record_months="18"))
    assert again.status_code == 303
    db.session.expire_all()
    assert edition.needs_days == 3


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"state": "postponed"}, "Nothing goes by itself while the edition is postponed"),
        ({"date_precision": "month"}, "the last day of the edition is not known"),
        (
            {"state": "cancelled", "cancelled_on": date(2027, 4, 1)},
            "the day on which the edition was cancelled, 1 April",
        ),
    ],
)
def test_why_nothing_goes_or_from_when_it_counts(client, organiser, edition, given, why):
    for name, value in given.items():
        setattr(edition, name, value)
    db.session.flush()
    assert why in words(client.get(PAGE.format(edition.ordinal)).text)


def test_whoever_moves_the_end_reads_when_data_goes(client, organiser, edition):
    make_registration(edition)
    path = f"/dashboard/editions/{edition.ordinal}/edit"
    page = client.get(path).text
    form = {
        name: entities.unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
        if name != "accepts_late"
    }
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page):
        form[name] = entities.unescape(value)
    form |= {
        "country_code": "KE",
        "date_precision": "day",
        "approval": "one_step",
        "time_zone": "Africa/Nairobi",
    }
    answer = client.post(path, data=form | {"starts_on": "2017-03-03", "ends_on": "2017-03-05"})
    assert answer.status_code == 303, words(answer.text)
    page = words(client.get(answer.location).text)
    assert "Personal data of this edition goes at another time now. Needs go on 21 April 2027." in page


def test_the_page_of_the_day_says_it_a_month_before(client, organiser, edition, clock):
    path = f"/dashboard/editions/{edition.ordinal}"
    make_registration(edition)
    assert "everything goes that says who" not in client.get(path).text
    clock.move(days=(date(2028, 9, 5) - clock().date()).days - 30)
    sign_in(client, organiser)
    assert (
        "On 5 September 2028 everything goes that says who the people of this edition are: one person."
        in words(client.get(path).text)
    )


def test_administrators_see_every_edition(client, edition):
    sign_in(client, make_user("administrator"))
    make_registration(edition, dietary_needs="no fish")
    make_registration(make_edition(state="postponed"))
    page = words(client.get("/dashboard/privacy/held").text)
    assert page.index("Nothing goes by itself while") < page.index(
        "Counted from the last day of the edition, 5 March 2027."
    )
    assert "Dietary and accessibility needs of people 1" in page
    assert page.count("People who registered 1") == 2


def test_the_person_reads_until_when_data_is_kept(client, ctx):
    edition = make_edition()
    person = make_registration(edition)
    token = links.token_of(
        links.make_link("registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=person.id), SECRET
    )
    page = words(client.get(f"/registrations/{token}").text)
    assert "Your data is kept until 10 December 2028." in page
    assert "food and assistance is kept until 17 June 2027" in page
    db.session.execute(db.update(Edition).where(Edition.id == edition.id).values(date_precision="month"))
    assert "is kept until" not in words(client.get(f"/registrations/{token}").text)


def test_the_sample_of_the_notice_says_the_same(client, ctx):
    sign_in(client, make_user("administrator"))
    page = words(client.get("/dashboard/privacy/draft").text)
    assert "until 7 days after the conference has ended" in page and "until 18 months after it" in page
