"""The check-in desk through the client: organisers check in, readers see numbers, the second desk is told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, CheckIn, Registration
from tests.factories.accounts import make_user, sign_in
from tests.factories.attendance import FIRST_MORNING, make_check_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries

BASE = "/dashboard/editions/8/check-in"


@pytest.fixture
def edition(ctx, clock):
    clock.moment = FIRST_MORNING
    return make_edition()


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser", name="B. Guard"))
    return client


def post(client, path, **data):
    token = csrf_token(client.get(BASE).text)
    return client.post(path, data={"csrf_token": token, **data}, follow_redirects=True)


def press(client, person, **data):
    return post(client, f"{BASE}/people/{person.reference}", **data)


def valid():
    return db.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.undone_at.is_(None)))


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_finding_and_checking_in_without_javascript(desk, edition):
    made = make_registration(
        edition, family_name="Adeyemi", given_name="Joy", state="approved", role="head", country_code="NG"
    )
    page = desk.get(f"{BASE}?q=adey")
    for shown in ("ADEYEMI, Joy", "Nigeria", "Approved", "Head of delegation", made.reference, "Check in"):
        assert shown in page.text
    page = press(desk, made)
    assert page.status_code == 200
    assert "Checked in" in page.text and "at 09:12, by <bdi>B. Guard</bdi>" in page.text
    assert 'id="q" name="q" type="search" value=""' in page.text
    assert valid() == 1
    page = desk.get(f"{BASE}?q=adey")
    assert "Is in" in page.text and f"{BASE}/people/" not in page.text


def test_the_country_finds_its_delegation(desk, edition):
    make_registration(edition, family_name="Ola", country_code="NG", state="approved")
    make_registration(edition, family_name="Uri", country_code="KE", state="approved")
    page = desk.get(f"{BASE}?q=nigéria")
    assert "OLA" in page.text and "URI" not in page.text


def test_the_second_desk_is_told_when_and_where(desk, edition, client):
    made = make_registration(edition, state="approved")
    post(desk, f"{BASE}/desk", name="  Main   entrance ")
    press(desk, made)
    other = desk.application.test_client()
    sign_in(other, make_user(role="organiser", name="C. Other"))
    page = press(other, made)
    assert "Was in already" in page.text
    assert "at 09:12, <bdi>Main entrance</bdi>, by <bdi>B. Guard</bdi>" in page.text
    assert valid() == 1


@pytest.mark.parametrize("state", ["waitlisted", "submitted", "withdrawn"])
def test_who_is_not_approved_is_let_in_on_purpose(desk, edition, state):
    made = make_registration(edition, family_name="Uri", state=state)
    page = desk.get(f"{BASE}?q=uri")
    assert "Check in all the same" in page.text
    assert "Not checked in" in press(desk, made).text  # a form put together by hand
    assert valid() == 0
    page = press(desk, made, despite=state)
    assert "Checked in" in page.text and valid() == 1


@pytest.mark.parametrize("state", ["rejected", "cancelled"])
def test_who_was_turned_away_is_sent_to_the_secretariat(desk, edition, state):
    made = make_registration(edition, family_name="Uri", state=state)
    assert "Please send this person to the secretariat." in desk.get(f"{BASE}?q=uri").text
    page = press(desk, made, despite=state)
    assert "Not checked in" in page.text and valid() == 0


def test_an_old_page_does_not_check_anybody_in_and_says_so(desk, edition):
    made = make_registration(edition, family_name="Uri", state="approved")
    page = desk.post(f"{BASE}/people/{made.reference}", data={"csrf_token": "stale"}, follow_redirects=True)
    assert "Please press once more" in page.text and "URI" in page.text
    assert valid() == 0


def test_a_stale_page_keeps_the_reason_and_undoes_nothing(desk, edition):
    made = make_registration(edition, state="approved")
    first = make_check_in(made)
    answer = desk.post(f"{BASE}/{first.id}/undo", data={"reason": "Typed with care", "csrf_token": "stale"})
    assert answer.status_code == 422 and "open for too long" in answer.text
    assert 'value="Typed with care"' in answer.text and valid() == 1


def test_undo_wants_a_reason_and_says_what_it_did(desk, edition):
    made = make_registration(edition, family_name="Uri", state="approved")
    first = make_check_in(made)
    path = f"{BASE}/{first.id}/undo"
    assert "It was another person" in desk.get(path).text
    page = post(desk, path, reason=" ")
    assert page.status_code == 422 and "Please say why" in page.text
    page = post(desk, path, reason="It was another person")
    assert "not checked in any more" in page.text and "It was another person" in page.text
    assert valid() == 0
    assert "has been undone already" in desk.get(path).text
    assert "not checked in any more" in post(desk, path, reason="again").text


def test_a_desk_names_itself(desk, edition):
    assert "Main entrance" in post(desk, f"{BASE}/desk", name="Main entrance").text
    page = post(desk, f"{BASE}/desk", name="x" * 61)
    assert "too long" in page.text and "Main entrance" in page.text


def test_a_list_on_paper_is_entered_for_its_day(desk, edition, clock):
    made = make_registration(edition, state="approved")
    clock.moment += timedelta(days=1)
    sign_in(desk, make_user(role="organiser"))
    page = desk.get(f"{BASE}?day=2027-06-08")
    assert "Tuesday 8 June" in page.text and "Back to today" in page.text
    page = press(desk, made, day="2027-06-08")
    assert "Checked in" in page.text and "Back to today" in page.text  # the next one is for the same day
    assert db.session.scalars(select(CheckIn.on)).one().day == 8
    assert "Back to today" not in desk.get(f"{BASE}?day=2027-07-01").text
    assert "Nobody can be checked in for this day." in press(desk, made, day="2027-06-11").text


def test_the_list_on_paper(desk, edition):
    one = make_registration(edition, family_name="Alpha", state="approved")
    make_registration(edition, family_name="Beta", state="waitlisted")
    make_registration(edition, family_name="Gamma", state="cancelled")
    make_check_in(one)
    page = post(desk, f"{BASE}/paper")
    assert page.text.index("ALPHA") < page.text.index("BETA")
    assert "GAMMA" not in page.text and "On the waiting list" in page.text
    assert page.text.count("☒") == 1 and page.text.count("☐") == 5
    assert db.session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "attendance.paper")
    )


@pytest.mark.parametrize(
    ("values", "days", "expected"),
    [
        ({}, -20, "The desk works from Monday 7 June 2027 on"),
        ({}, 20, "Check-in is over"),
        ({"state": "draft"}, 0, "This edition is a draft"),
        ({"state": "cancelled"}, 0, "cancelled"),
        ({"state": "postponed"}, 0, "postponed"),
        ({"state": "archived"}, 0, "archived"),
    ],
)
def test_where_no_desk_works_the_page_says_why(client, ctx, clock, values, days, expected):
    clock.moment = FIRST_MORNING + timedelta(days=days)
    made = make_registration(make_edition(**values), state="approved")
    sign_in(client, make_user(role="organiser"))
    page = client.get(f"{BASE}?q=Adeyemi")
    assert expected in page.text and 'id="q"' not in page.text and "ADEYEMI" not in page.text
    token = csrf_token(client.get("/dashboard/editions").text)
    page = client.post(f"{BASE}/people/{made.reference}", data={"csrf_token": token}, follow_redirects=True)
    assert "Not checked in" in page.text and valid() == 0


def test_readers_see_the_numbers_alone(client, edition):
    made = make_registration(edition, family_name="Uri", state="approved")
    first = make_check_in(made)
    sign_in(client, make_user(role="reader"))
    page = client.get(f"{BASE}?q=uri&told=in&n={first.id}")
    assert "URI" not in page.text and 'id="q"' not in page.text
    assert "All days" in page.text


def test_the_totals_alone_and_the_found_alone(desk, edition):
    make_check_in(make_registration(edition, family_name="Uri", state="approved"))
    make_registration(edition, state="approved")
    desk.checks_pages = False  # parts of a page
    assert re.findall(r'class="v">(\d+)<', desk.get(f"{BASE}/totals").text) == ["1", "1", "1"]
    part = desk.get(f"{BASE}?q=uri", headers={"HX-Request": "true", "HX-Target": "found"}).text
    assert "URI" in part and "<h1" not in part


def test_a_page_that_asks_by_itself_does_not_keep_somebody_signed_in(desk, edition, clock):
    for _ in range(20):
        clock.move(minutes=10)
        desk.checks_pages = False
        last = desk.get(f"{BASE}/totals")
    assert last.status_code == 303 and "/sign-in" in last.location


def test_the_address_shows_only_people_of_this_edition(desk, edition):
    other = make_registration(make_edition(), family_name="Elsewhere", state="approved")
    there = make_check_in(other)
    for address in (
        f"told=in&n={there.id}",
        "told=in&n=x",
        f"told=never&who={other.reference}",
        "told=what&n=1",
    ):
        assert "ELSEWHERE" not in desk.get(f"{BASE}?{address}").text


def test_the_queries_do_not_grow_with_who_is_found(desk, edition):
    make_registration(edition, family_name="Same", state="approved")
    desk.get(BASE)
    with counted_queries() as few:
        desk.get(f"{BASE}?q=same")
    for _ in range(12):
        make_check_in(make_registration(edition, family_name="Same", state="approved"))
    db.session.commit()
    with counted_queries() as many:
        desk.get(f"{BASE}?q=same")
    assert len(many) <= len(few)


def test_no_check_in_of_an_edition_that_is_not_theirs(client, edition):
    made = make_registration(edition, state="approved")
    sign_in(client, make_user(role="organiser", editions=[make_edition()]))
    token = csrf_token(client.get("/dashboard/editions").text)
    assert client.get(BASE).status_code == 404
    answer = client.post(f"{BASE}/people/{made.reference}", data={"csrf_token": token})
    assert answer.status_code == 404
    assert not db.session.get(Registration, made.id).is_checked_in


# what the list and the page of a registration say ----------------------------------------------------


LIST = "/dashboard/editions/8/registrations"


def test_the_list_is_filtered_by_who_came(desk, edition):
    make_check_in(make_registration(edition, family_name="Came", state="approved"))
    make_registration(edition, family_name="Absent", state="approved")
    page = desk.get(f"{LIST}?came=yes").text
    assert "CAME" in page and "ABSENT" not in page
    assert page.count("state-checked-in") == 1
    page = desk.get(f"{LIST}?came=no").text
    assert "ABSENT" in page and "CAME" not in page
    assert "Remove this filter: </span>Not checked in" in page
    assert "ABSENT" in desk.get(f"{LIST}?came=nonsense").text


def test_the_page_of_a_registration_shows_its_check_ins_and_history(desk, edition):
    made = make_registration(edition, state="waitlisted")
    first = make_check_in(made)
    path = f"{LIST}/{made.reference}"
    page = text_of(desk.get(path))
    for shown in ("Tuesday 8 June 2027", "Main entrance", "B. Guard", "Undo…", "Badge category Delegation"):
        assert shown in page
    assert "State at the door: On the waiting list" in page
    page = post(desk, f"{BASE}/{first.id}/undo?one={made.reference}", reason="It was another person")
    assert page.request.path == path
    page = text_of(page)
    assert "Undone on" in page and "B. Guard: It was another person" in page
    assert "Check-in undone" in page and "Undo…" not in page


def test_the_audit_list_says_it_in_words(client, edition):
    made = make_registration(edition, state="approved")
    make_check_in(made)
    sign_in(client, make_user(role="administrator"))
    post(client, f"{BASE}/paper")
    page = client.get("/dashboard/audit").text
    assert "checked the person in" in page and "took the list for the door along on paper" in page
