"""The page of an edition's reminders: schedule, refusals, two organisers, who is next, who may see it."""

import re

import pytest

from eventapp.extensions import db
from eventapp.models import ReminderPlan
from eventapp.services import reminders
from eventapp.services.reminders import Task
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_invitation, make_linked_focal_point, make_plan
from tests.pages import versioned, words

PAGE = "/dashboard/editions/{0}/reminders"


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps")


@pytest.fixture
def organiser(edition, client):
    user = make_user("organiser", editions=[edition])
    sign_in(client, user)
    return user


def test_setting_a_schedule(client, organiser, edition):
    path = PAGE.format(edition.ordinal)
    page = client.get(path).text
    assert words(page).count("No date is set: nobody is reminded.") == 5
    answer = client.post(path, data=versioned(page, endorsement="7, 14", credentials="٣٠", invitation=""))
    assert answer.status_code == 303
    assert db.session.scalars(db.select(ReminderPlan)).one().days == {
        "endorsement": [14, 7],
        "credentials": [30],
    }
    page = client.get(path).text
    assert 'value="14, 7"' in page
    assert "16 April 2027, 08:00" in words(page)
    assert "No date is left." in words(page)  # thirty days before the closing have passed
    audit = client.get(f"/dashboard/editions/{edition.ordinal}/audit").text
    assert "set the schedule of reminders" in audit


def test_a_refusal_stands_at_its_field(client, organiser, edition):
    path = PAGE.format(edition.ordinal)
    answer = client.post(path, data=versioned(client.get(path).text, endorsement="a week", credentials="3"))
    assert answer.status_code == 422
    assert re.search(r'id="endorsement-e">.*?whole numbers of days', answer.text, re.DOTALL)
    assert 'value="a week"' in answer.text
    assert 'value="3"' in answer.text
    assert not db.session.scalars(db.select(ReminderPlan)).all()


def test_two_organisers_at_one_schedule(client, organiser, edition):
    path = PAGE.format(edition.ordinal)
    form = versioned(client.get(path).text, endorsement="7")
    assert client.post(path, data=form).status_code == 303
    answer = client.post(path, data={**form, "endorsement": "3"})
    assert answer.status_code == 409
    assert "Reminder of endorsement: days before the closing" in answer.text
    assert client.post(path, data=versioned(answer.text, endorsement="3")).status_code == 303
    assert db.session.scalars(db.select(ReminderPlan)).one().days == {"endorsement": [3]}


def test_who_would_be_reminded_next(client, organiser, edition):
    delegation = make_delegation(edition)
    make_registration(edition, delegation_id=delegation.id)
    make_linked_focal_point(delegation)
    make_invitation(delegation, name="<b>Idris</b>")
    make_plan(edition, endorsement=[7], invitation=[7])
    page = client.get(PAGE.format(edition.ordinal)).text
    assert words(page).count("One person would be reminded, as things stand now.") == 2
    assert "Amina Diop" in page
    assert f"focal{delegation.id}@ministry.example" in page
    assert "&lt;b&gt;Idris&lt;/b&gt;" in page
    assert "/registrations/" not in page  # no link of anybody


def test_what_went_out_stands_there(client, organiser, edition):
    make_plan(edition, credentials=[16])
    make_linked_focal_point(make_delegation(edition))
    reminders.remind(Task(edition.id, "credentials"), now=CLOCK_STANDS_AT, secret=SECRET)
    assert "Went out: 14 April 2027, 15:00 (1 message)" in words(
        client.get(PAGE.format(edition.ordinal)).text
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"registration_closes_at": None}, "does not say when registration closes"),
        ({"registration_closes_at": CLOCK_STANDS_AT}, "the time for it is over"),
        ({"state": "postponed"}, "does not take place"),
        ({"approval": "open"}, "nobody endorses"),
    ],
)
def test_why_nobody_is_reminded(client, organiser, edition, values, reason):
    make_plan(edition, endorsement=[7])
    for name, value in values.items():
        setattr(edition, name, value)
    db.session.commit()
    assert reason in words(client.get(PAGE.format(edition.ordinal)).text)


def test_readers_and_strangers(client, edition):
    path = PAGE.format(edition.ordinal)
    sign_in(client, make_user("reader"))
    assert client.get(path).status_code == 403
    sign_in(client, make_user("organiser", editions=[make_edition()]))
    assert client.get(path).status_code == 404
