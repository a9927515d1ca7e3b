"""An edition that was made a minute ago: no page of it is a dead end or says what is not so."""

import re

import pytest

from eventapp.extensions import db
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition

# what a page of an edition without anything leads to next, after /dashboard/editions/<ordinal>
NEXT = {
    "": "/edit",
    "/registrations": "/registrations/add",
    "/delegations": "/delegations/many",
    "/check-in": "/overview",
    "/counts": "/registrations",
    "/programme": "/programme/sessions/new",
    "/programme/grid": "/edit",
    "/programme/publish": "/programme/sessions/new",
    "/programme/publications": "/programme/publish",
}


@pytest.fixture
def bare(ctx, client):
    edition = make_edition(state="draft", starts_on=None, ends_on=None, date_precision="unknown", city={})
    sign_in(client, make_user(role="organiser"))
    db.session.commit()
    return f"/dashboard/editions/{edition.ordinal}"


@pytest.mark.parametrize(("path", "following"), NEXT.items())
def test_every_page_says_what_to_do_next(client, bare, path, following):
    main = client.get(bare + path).text.partition("</details>")[2]  # the side navigation leads everywhere
    assert f'href="{bare}{following}' in main


def test_nothing_is_said_to_be_public(client, bare):
    assert "Everybody reads" not in client.get(f"{bare}/programme/publish").text
    figures = client.get(f"{bare}/publications").text.partition("</details>")[2]
    assert not re.search(r'href="/editions/\d+/figures"', figures)


def test_pages_of_no_edition_lead_back_to_the_work(client, bare):
    page = client.get("/dashboard/bodies").text
    assert '<a href="/dashboard"><span>Today</span></a>' in page
    assert 'href="/dashboard/choose"' in page


@pytest.mark.parametrize(
    "place", ["", "/grid", "/rooms", "/tracks", "/speakers", "/documents", "/publications"]
)
def test_the_places_of_the_programme_lead_to_each_other(client, bare, place):
    tabs = client.get(f"{bare}/programme{place}").text.partition('<ul class="tabs">')[2].partition("</ul>")[0]
    assert tabs.count("<li>") == 7
    assert f'href="{bare}/programme{place}" aria-current="page"' in tabs
