"""Two steps as delegates and the secretariat see them: who decides next, why, and what is owed."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage
from eventapp.rules.access import Actor
from eventapp.services import audit, links
from eventapp.services.mail_delivery import gather
from eventapp.web.mail_render import render
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.services.test_registrations import submit

NOW = CLOCK_STANDS_AT


@pytest.fixture
def edition(ctx):
    return make_edition(
        approval="two_steps", endorse_by=date(2027, 4, 25), decide_by=date(2027, 5, 3), contact_email="desk@conference.example",
    )  # fmt: skip


@pytest.fixture
def kenya(edition):
    delegation = make_delegation(edition, credentials="accepted")
    make_focal_point(delegation)
    return delegation


def own_page(client, registration, language=""):
    secret = client.application.config["SECRET_KEY"]
    link = links.make_link("registration", secret=secret, now=NOW, registration_id=registration.id)
    token = links.token_of(link, secret)
    db.session.commit()
    return unescape(client.get(f"{language}/registrations/{token}").text)


def desk(client):
    sign_in(client, make_user(role="organiser"))
    return client


def test_the_own_page_says_who_is_asked_and_until_when(client, edition, kenya):
    page = own_page(client, make_registration(edition, delegation_id=kenya.id))
    assert "Kenya is asked to endorse it first" in page
    assert "Delegations endorse by 25 April 2027." in page
    assert "Endorsement of your delegation" in page
    assert "You belong to the delegation “Kenya”." in page
    assert "desk@conference.example" in page


@pytest.mark.parametrize("listed", [True, False])
def test_the_own_page_says_why_the_secretariat_decides_itself(client, edition, listed):
    delegation = make_delegation(edition) if listed else None
    page = own_page(client, make_registration(edition, delegation_id=delegation and delegation.id))
    assert ("Kenya has not named anybody" if listed else "not on the list of delegations") in page
    assert "The secretariat decides by 3 May 2027." in page
    assert "Endorsement of your delegation" not in page


def test_an_endorsed_person_reads_until_when_the_secretariat_decides(client, edition, kenya):
    one = make_registration(edition, delegation_id=kenya.id, state="endorsed", endorsed_at=NOW)
    kenya.credentials = "missing"
    page = own_page(client, one)
    assert "Your delegation has endorsed you. The secretariat decides by 3 May 2027." in page
    assert "The credentials of Kenya have not arrived." in page
    assert page.index(">Endorsed<") < page.index(">Decision of the secretariat<")
    for language in ("/fr", "/es", "/ar"):
        assert own_page(client, one, language)


@pytest.mark.parametrize(
    ("state", "verb", "by", "line"),
    [
        ("endorsed", "endorse", "focal_point", "Your delegation has endorsed you."),
        ("endorsed", "endorse", "user", "The secretariat has endorsed you in place of your delegation."),
        ("declined", "decline", "focal_point", "The body you represent has not endorsed you."),
        ("declined", "decline", "user", "The secretariat has not endorsed you in place of your delegation."),
        ("withdrawn", "withdraw_for", "focal_point", "Your delegation has withdrawn your registration."),
        ("withdrawn", "withdraw", "delegate", "You have withdrawn your registration."),
    ],
)
def test_the_own_page_says_who_decided_and_why(client, edition, kenya, state, verb, by, line):
    told = "" if by == "delegate" else "As the ministry wrote."
    one = make_registration(edition, delegation_id=kenya.id, state=state, reason=told)
    common = {"subject_type": "registration", "subject_id": one.id, "edition_id": edition.id, "now": NOW}
    audit.record(Actor(kind="user"), "registration.correct", **common)
    audit.record(Actor(kind=by), f"registration.{verb}", **common)
    page = own_page(client, one)
    assert line in page
    assert ("As the ministry wrote." in page) == bool(told)


def test_whoever_was_replaced_reads_no_reason_of_before(client, edition, kenya):
    one = make_registration(edition, delegation_id=kenya.id, state="replaced", reason="Welcome")
    assert "Welcome" not in own_page(client, one)


def test_an_approved_person_still_sees_the_endorsement(client, edition, kenya):
    one = make_registration(
        edition, delegation_id=kenya.id, state="approved", endorsed_at=NOW, decided_at=NOW
    )
    page = own_page(client, one)
    assert page.index(">Endorsed<") < page.index(">Approved<")


def test_one_step_says_nothing_of_delegations(client, ctx):
    page = own_page(client, make_registration(make_edition(approval="one_step")))
    assert "endorse" not in page
    assert "Who vouches for you" not in page


@pytest.mark.parametrize(
    ("spoken_for", "says"), [(True, "asked to endorse it first"), (False, "has not named anybody")]
)
def test_the_letter_of_arrival_says_who_decides_next(edition, spoken_for, says):
    delegation = make_delegation(edition, country_code="NA")
    if spoken_for:
        make_focal_point(delegation)
    made = submit(edition, country_code="NA")
    message = db.session.query(OutboxMessage).filter_by(registration_id=made.registration.id).one()
    text = render(gather([message])[0], now=NOW).text
    assert f"Namibia {'is' if spoken_for else ''}".strip() in text
    assert says in text
    assert "The secretariat now decides" not in text


def test_the_page_of_the_day_leads_to_every_queue(client, edition, kenya):
    old = NOW - timedelta(days=20)
    make_registration(edition, delegation_id=kenya.id, submitted_at=old, family_name="Waiting")
    make_registration(edition, delegation_id=kenya.id, state="endorsed", family_name="Vouched")
    make_registration(edition, country_code="FR", family_name="Alone")
    make_delegation(edition, country_code="NA")
    base = f"/dashboard/editions/{edition.ordinal}"
    page = unescape(desk(client).get(base).text)
    assert "Represented bodies without a focal point" in page
    silent = f"{base}/delegations?flag=no_focal_point"
    assert f'href="{silent}"' in page
    bodies = client.get(silent).text
    assert "Namibia" in bodies
    assert "Kenya</a>" not in bodies
    overdue = f"{base}/registrations?queue=endorsement&before=2027-04-07&sort=received&order=asc"
    assert "queue=endorsement&before=2027-04-07" in page
    assert "One waits for more than 7 days" in page
    found = unescape(client.get(overdue).text)
    assert "WAITING" in found
    assert "VOUCHED" not in found
    assert "Waits for the endorsement of Kenya since 20 days" in found
    assert "Received before 7 April 2027" in found
    decide = unescape(client.get(f"{base}/registrations?queue=decide").text)
    assert "Endorsed by Kenya: the secretariat decides" in decide
    assert "Represents nobody on the list of this edition" in decide
    assert "WAITING" not in decide
    for language in ("/fr", "/es", "/ar"):
        assert client.get(f"{language}{base}").status_code == 200
        assert client.get(f"{language}{base}/registrations?queue=decide&before=2027-05-01").status_code == 200


def test_another_way_of_approval_says_what_it_means_for_those_under_way(client, edition, kenya):
    make_registration(edition, delegation_id=kenya.id)
    make_registration(edition, delegation_id=kenya.id, state="endorsed")
    path = f"/dashboard/editions/{edition.ordinal}/edit"
    form = desk(client).get(path).text
    assert "A change holds for people under way too" in form
    fields = {"csrf_token": csrf_token(form), "version": str(edition.version), "title_en": "Eighth"}
    fields |= {"date_precision": "unknown", "time_zone": "Africa/Nairobi", "approval": "one_step"}
    client.post(path, data={**fields, "patience_days": "14"})
    page = unescape(client.get(f"/dashboard/editions/{edition.ordinal}/overview").text)
    assert "One person goes on waiting: the secretariat decides on them, without an endorsement." in page
    assert "One person is endorsed and stays so until the secretariat decides." in page
    db.session.expire_all()
    saved = db.session.get(Edition, edition.id)
    assert (saved.approval, saved.patience_days, saved.endorse_by) == ("one_step", 14, None)


def test_the_secretariat_cannot_mean_to_decide_before_the_endorsements(client, edition):
    path = f"/dashboard/editions/{edition.ordinal}/edit"
    form = desk(client).get(path).text
    fields = {"csrf_token": csrf_token(form), "version": str(edition.version), "title_en": "Eighth"}
    fields |= {"date_precision": "unknown", "time_zone": "UTC", "approval": "two_steps"}
    answer = client.post(path, data={**fields, "endorse_by": "2027-05-03", "decide_by": "2027-05-02"})
    assert answer.status_code == 422
    assert "cannot decide before the delegations have endorsed" in answer.text


def test_the_preview_says_that_a_decision_goes_past_the_body(client, edition, kenya):
    one = make_registration(edition, delegation_id=kenya.id)
    base = f"/dashboard/editions/{edition.ordinal}/registrations"
    page = desk(client).get(base).text
    assert "Endorse for the body" in page
    fields = {"csrf_token": csrf_token(page), "pick": one.reference}
    preview = client.post(
        f"{base}/preview", data={**fields, "decision": "approved"}, follow_redirects=True
    ).text
    assert "One person is not endorsed by the body they represent. Your decision goes past it." in preview
    refused = client.post(
        f"{base}/preview", data={**fields, "decision": "endorsed"}, follow_redirects=True
    ).text
    assert "The body has a focal point, who endorses" in refused


def test_the_secretariat_endorses_for_a_body_without_a_focal_point(client, edition):
    delegation = make_delegation(edition)
    one = make_registration(edition, delegation_id=delegation.id)
    base = f"/dashboard/editions/{edition.ordinal}/registrations"
    shown = desk(client).get(f"{base}/{one.reference}").text
    assert "Kenya has no focal point: the secretariat decides" in shown
    assert "Endorse for the body" in shown
    fields = {"csrf_token": csrf_token(shown), "pick": one.reference, "decision": "endorsed"}
    preview = client.post(f"{base}/preview?one={one.reference}", data=fields, follow_redirects=True).text
    assert "You endorse in place of a body that nobody speaks for." in preview
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', preview)[1] for name in ("seen", "nonce")}
    sent |= {"csrf_token": csrf_token(preview), "decision": "endorsed", "reason": "Note verbale of 3 May"}
    client.post(f"{base}/decide?one={one.reference}", data=sent)
    assert "Endorsed for Kenya: the secretariat decides" in client.get(f"{base}/{one.reference}").text


def test_one_step_offers_no_endorsement(client, ctx):
    edition = make_edition(approval="one_step")
    one = make_registration(edition)
    base = f"/dashboard/editions/{edition.ordinal}/registrations"
    assert "Endorse for the body" not in desk(client).get(base).text
    assert "Endorse for the body" not in client.get(f"{base}/{one.reference}").text
