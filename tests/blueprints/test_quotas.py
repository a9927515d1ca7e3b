"""The page of quotas: every quota as a sum, set, changed and removed in the browser without scripts."""

import re

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, Quota
from eventapp.web.options import keeper
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries
from tests.services.test_quotas import ngo

BASE = "/dashboard/editions/8/quotas"


@pytest.fixture
def edition(ctx):
    keeper().clear()
    yield make_edition(ordinal=8, capacity=5)
    keeper().clear()


@pytest.fixture
def office(client, edition):
    sign_in(client, make_user(role="organiser"))
    return client


def post(client, path="", **data):
    token = csrf_token(client.get(BASE).text)
    return client.post(f"{BASE}{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def rows(page):
    """The cells of each line of the sum, as text."""
    body = page.text[page.text.index("<tbody") : page.text.index("</tbody>")]
    found = []
    for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        found.append([" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells])
    return found


def test_every_quota_stands_there_as_a_sum(office, edition):
    kenya = make_delegation(edition, quota=1)
    make_quota(edition, "sector", "LE-POL", 4)
    for state in ("approved", "approved", "endorsed", "waitlisted", "submitted"):
        make_registration(edition, state=state, delegation_id=kenya.id)
    page = office.get(BASE)
    assert rows(page) == [
        ["The whole edition Change : The whole edition", "5", "2", "1", "2", "1", "0"],
        ["Sector: Police Change : Sector: Police", "4", "2", "1", "1", "1", "0"],
        ["One represented body with a quota Represented bodies", "1", "2", "1", "0 2 too many", "1", "0"],
        ["Kenya", "1", "2", "1", "0 2 too many", "1", "0"],
    ]
    assert page.text.count('class="over"') == 1 and 'class="below over"' in page.text


def test_a_quota_is_set_changed_and_removed(office, edition):
    line = [make_registration(edition, state="waitlisted") for _ in range(3)]
    page = post(office, which="sector:LE-POL", places="0")
    assert "The quota is set." in page.text and "moved up" not in page.text
    quota = db.session.scalars(select(Quota)).one()
    page = post(office, f"/{quota.id}", places="2", version="1")
    assert "The quota is saved." in page.text and "2 people moved up" in page.text
    page = post(office, f"/{quota.id}", places="1", version="2")
    assert "It holds one person more than there are places. Nobody was removed." in page.text
    page = post(office, f"/{quota.id}/remove", version="3")
    assert "The quota is removed." in page.text and "One person moved up" in page.text
    assert db.session.scalars(select(Quota)).all() == []
    assert {one.state for one in line} == {"approved"}


def test_the_page_that_removes_says_who_waits(office, edition):
    quota = make_quota(edition, "badge_category", "civil_society", 0)
    page = office.get(f"{BASE}/{quota.id}")
    assert "Nobody waits for it." in page.text
    make_registration(edition, state="waitlisted", **ngo(body_kind="ngo"))
    assert "One person waits for it." in office.get(f"{BASE}/{quota.id}").text


def test_what_was_typed_comes_back_with_the_reason(office, edition):
    page = post(office, which="", places="many")
    assert page.status_code == 422
    assert 'value="many"' in page.text and "whole number between" in page.text
    page = post(office, which="sector:NONE", places="3")
    assert page.status_code == 422 and "Choose a sector or a badge category from the list." in page.text
    make_quota(edition, "sector", "LE", 3)
    page = post(office, which="sector:LE", places="3")
    assert page.status_code == 422 and "There is a quota for this already." in page.text


def test_the_second_of_two_organisers_sees_what_the_first_one_saved(office, edition):
    quota = make_quota(edition, "sector", "LE", 3)
    post(office, f"/{quota.id}", places="4", version="1")
    for path in (f"/{quota.id}", f"/{quota.id}/remove"):
        page = post(office, path, places="9", version="1")
        assert page.status_code == 409
        assert "Somebody else saved this" in page.text and 'value="9"' in page.text
    version = edition.version
    post(office, "/outside", roles="press", version=str(version))
    page = post(office, "/outside", roles="speaker", version=str(version))
    assert page.status_code == 409 and "Media" in page.text or "Press" in page.text
    assert re.search(r'value="speaker"[^>]* checked', page.text)
    assert db.session.get(Edition, edition.id, populate_existing=True).roles_outside == ["press"]


def test_an_old_page_changes_nothing(office, edition):
    quota = make_quota(edition, "sector", "LE", 3)
    for path in ("", f"/{quota.id}", f"/{quota.id}/remove", "/outside"):
        data = {"csrf_token": "old", "which": "sector:NGO", "places": "7", "roles": "press", "version": "1"}
        page = office.post(f"{BASE}{path}", data=data)
        assert page.status_code == 422, path
    assert [one.places for one in db.session.scalars(select(Quota))] == [3]
    assert edition.roles_outside == []


def test_a_reader_sees_the_sums_and_no_forms(client, edition):
    sign_in(client, make_user(role="reader"))
    edition.roles_outside = ["press"]
    make_quota(edition, "sector", "LE", 3)
    page = client.get(BASE)
    assert "Sector: Law enforcement" in page.text and '<form method="post"' not in page.text.split("<main")[1]


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_the_page_in_other_languages(office, edition, language):
    make_quota(edition, "sector", "LE", 3)
    assert office.get(f"/{language}{BASE}").status_code == 200


def test_the_page_takes_a_constant_number_of_queries(office, edition):
    counts = []
    for codes in (["KE"], ["NO", "NA", "FR", "ES", "DE", "CH"]):
        for code in codes:
            body = make_delegation(edition, country_code=code, quota=0)
            make_registration(edition, state="approved", delegation_id=body.id)
        office.get(BASE)
        with counted_queries() as statements:
            office.get(BASE)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_list_says_what_each_person_waits_for(office, edition):
    make_quota(edition, "sector", "LE-POL", 0)
    kenya = make_delegation(edition, quota=0)
    first = make_registration(edition, state="waitlisted")
    second = make_registration(edition, state="waitlisted", delegation_id=kenya.id)
    page = office.get("/dashboard/editions/8/registrations").text
    for text in (
        "Number 1 in line for the places of the sector “Police”",
        "Number 2 in line for the places of the sector “Police”",
        "Number 1 in line for the places of the delegation “Kenya”",
    ):
        assert text in page
    shown = office.get(f"/dashboard/editions/8/registrations/{second.reference}").text
    assert "Number 2 in line for the places of the sector “Police”" in shown
    assert "delegation “Kenya”" in shown
    assert (
        "delegation “Kenya”" not in office.get(f"/dashboard/editions/8/registrations/{first.reference}").text
    )


def test_the_list_takes_a_constant_number_of_queries(office, edition):
    counts = []
    for number in range(2):
        for code in (["KE"], ["NO", "NA", "FR", "ES"])[number]:
            body = make_delegation(edition, country_code=code, quota=0)
            make_registration(edition, state="waitlisted", delegation_id=body.id)
        office.get("/dashboard/editions/8/registrations")
        with counted_queries() as statements:
            office.get("/dashboard/editions/8/registrations")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_preview_names_the_quota_that_is_full(office, edition):
    make_quota(edition, "sector", "LE-POL", 0)
    one = make_registration(edition)
    action = f"/dashboard/editions/8/registrations/preview?one={one.reference}"
    token = csrf_token(office.get(BASE).text)
    data = {"csrf_token": token, "decision": "approved", "pick": one.reference}
    page = office.post(action, data=data, follow_redirects=True)
    assert "All places of the sector “Police” are taken" in page.text
