"""The page of the day, the way to it, and what a reader may see."""

import re

import pytest

from eventapp.extensions import db
from eventapp.models import OutboxMessage, PrivacyNotice
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.queries import counted_queries


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=3)


def enter(client, role="organiser", **more):
    sign_in(client, make_user(role=role, **more))
    db.session.commit()


def test_nobody_gets_in_without_signing_in(client, edition):
    for path in ("/dashboard", "/dashboard/choose", f"/dashboard/editions/{edition.ordinal}"):
        response = client.get(path)
        assert response.status_code == 303
        assert "/sign-in" in response.location


def test_leads_to_the_coming_edition(client, edition):
    enter(client)
    assert client.get("/dashboard").location == f"/dashboard/editions/{edition.ordinal}"
    assert client.get("/ar/dashboard").location == f"/ar/dashboard/editions/{edition.ordinal}"


def test_leads_only_to_editions_of_the_account(client, edition):
    mine = make_edition(state="draft")
    enter(client, editions=[mine])
    assert client.get("/dashboard").location == f"/dashboard/editions/{mine.ordinal}"
    assert client.get(f"/dashboard/editions/{edition.ordinal}").status_code == 404
    chooser = client.get("/dashboard/choose").text
    assert f"/dashboard/editions/{mine.ordinal}" in chooser
    assert f'/dashboard/editions/{edition.ordinal}"' not in chooser


def test_account_without_an_edition_gets_a_friendly_page(client, edition):
    enter(client, all_editions=False)
    page = client.get("/dashboard")
    assert page.status_code == 200
    assert "Ask an administrator" in page.text
    assert "Your account does not reach any edition yet." in client.get("/dashboard/choose").text


def test_shows_queues_with_links_into_the_list(client, edition, clock):
    make_registration(edition, submitted_at=clock())
    make_registration(edition, is_late=True, submitted_at=clock())
    make_registration(edition, state="waitlisted", submitted_at=clock())
    make_registration(
        edition, represents="organisation", organisation="Typed", sector_code="NGO", seat_country_code="NA", state="approved"
    )  # fmt: skip
    clock.move(days=2)
    enter(client)
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    base = f"/dashboard/editions/{edition.ordinal}/registrations?"
    queues = re.findall(r'class="count[^"]*">(\d+)</span>', page)
    assert queues == ["1", "1", "1", "1"]
    assert base + "state=submitted&amp;order=asc&amp;sort=received" in page
    assert base + "state=submitted&amp;flag=late" in page
    assert base + "flag=unlinked" in page
    assert "oldest: 2 days" in page
    assert "4 people in these lists, each counted once" in page
    assert "approved now; 2 of 3 places left" in page and "promised" not in page


def test_places_that_are_promised_are_told(client, edition):
    enter(client, "reader")
    make_registration(edition, state="approved")
    make_registration(edition, state="endorsed")
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    assert "1 of 3 places left; one endorsed person has been promised a place" in page


def test_numbers_carry_their_basis(client, edition):
    enter(client, "reader")
    make_registration(edition, country_code="NA", state="approved")
    make_registration(edition, country_code="NO")
    make_registration(edition, state="withdrawn")
    make_registration(edition, represents="organisation", organisation="IGO", sector_code="IGO")
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    assert re.findall(r'class="v">(\d+)<', page) == ["4", "3", "1", "2"]
    assert "and one person of an organisation without a country" in page
    assert "everything ever submitted; 4 in the last 7 days" in page
    assert "As of 15:00 (UTC+3)" in page


@pytest.mark.parametrize(
    ("hours", "changes", "sentence"),
    [
        (0, {}, "Registration closes in 16 days, on Friday 30 April, 23:59 (UTC+3)."),
        (24 * 15, {}, "Registration closes tomorrow, on Friday 30 April, 23:59 (UTC+3)."),
        (24 * 16, {}, "Registration closes today at 23:59 (UTC+3)."),
        (24 * 20, {}, "Registration closed on Friday 30 April at 23:59 (UTC+3)."),
        (24 * 20, {"accepts_late": True}, "Late registrations are taken."),
        (-24 * 50, {}, "Registration opens in 6 days, on Monday 1 March, 12:00 (UTC+3)."),
        (0, {"registration_closes_at": None}, "Registration is open and has no closing date."),
        (0, {"state": "postponed"}, "Postponed"),
    ],
)
def test_says_what_registration_is_doing(client, clock, ctx, hours, changes, sentence):
    edition = make_edition(**changes)
    clock.move(hours=hours)
    enter(client)
    assert sentence in client.get(f"/dashboard/editions/{edition.ordinal}").text


def test_empty_edition_looks_right_in_two_directions(client, edition):
    enter(client)
    for prefix in ("", "/ar", "/fr"):
        page = client.get(f"{prefix}/dashboard/editions/{edition.ordinal}")
        assert page.status_code == 200
    assert "Nothing waits for you." in client.get(f"/dashboard/editions/{edition.ordinal}").text


def test_says_that_registration_has_no_privacy_notice_to_agree_to(client, edition, clock):
    enter(client, role="administrator")
    path = f"/dashboard/editions/{edition.ordinal}"
    page = client.get(path).text
    assert "No privacy notice is published" in page
    assert 'href="/dashboard/privacy"' in page[page.index("No privacy notice") :]
    db.session.add(PrivacyNotice(number=1, text={"en": "x"}, created_at=clock(), published_at=clock()))
    db.session.commit()
    assert "No privacy notice is published" not in client.get(path).text


def test_bars_stand_for_days(client, edition, clock):
    enter(client)
    for _ in range(7):
        make_registration(edition, submitted_at=clock())
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    assert page.count('<rect class="bar') == 1
    assert '<th scope="row">Wed 14 April</th><td class="n num">7</td>' in page


def test_queries_do_not_grow(client, edition, clock):
    enter(client)
    path = f"/dashboard/editions/{edition.ordinal}"
    client.get(path)
    with counted_queries() as few:
        client.get(path)
    for state in ("submitted", "approved", "waitlisted", "withdrawn") * 5:
        make_registration(edition, state=state)
    with counted_queries() as many:
        client.get(path)
    assert len(many) <= len(few) < 20


def test_large_ordinals_are_not_found(client, edition):
    enter(client)
    assert client.get(f"/dashboard/editions/{10**30}").status_code == 404


def test_failed_mail_leads_to_the_mail_of_this_edition(client, edition, clock):
    enter(client)
    db.session.add(
        OutboxMessage(
            kind="organiser_message",
            language="en",
            recipient="somebody@example.org",
            edition_id=edition.id,
            state="failed",
            created_at=clock(),
            next_attempt_at=clock(),
        )
    )
    db.session.flush()
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    address = f"/dashboard/editions/{edition.ordinal}/mail?state=failed"
    assert address in page
    assert client.get(address).status_code == 200


def test_once_it_is_over_the_day_says_who_came(client, ctx):
    edition = make_edition(state="held")
    make_registration(edition, state="approved", is_checked_in=True)
    make_registration(edition, state="approved")
    enter(client, role="reader")
    page = " ".join(client.get(f"/dashboard/editions/{edition.ordinal}").text.split())
    assert '<dt>People checked in</dt><dd><span class="v">1</span>' in page
    assert '<dt>Approved, never came</dt><dd><span class="v">1</span>' in page


def test_before_that_nobody_is_missing(client, ctx):
    edition = make_edition()
    make_registration(edition, state="approved")
    enter(client, role="reader")
    page = client.get(f"/dashboard/editions/{edition.ordinal}").text
    assert "Approved, never came" not in page and "People checked in" not in page
