"""The administrator's table of badges: tried, changed, put in order, and back as it shipped."""

import re

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, BadgeCategory, BadgeRule
from eventapp.rules.badge import Rule
from eventapp.services import badges
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

BASE = "/dashboard/badges"


@pytest.fixture
def office(client, ctx):
    sign_in(client, make_user(role="administrator"))
    return client


def post(client, path, **data):
    token = csrf_token(client.get(f"{BASE}/lines/new").text)
    return client.post(f"{BASE}{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def answer(client, **args):
    page = client.get(BASE, query_string=args).text
    part = page[page.index('<div id="answer"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part[: part.index("</div>")]))


def actions():
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("badge%"))))


def line_of(**wanted):
    return db.session.scalars(select(BadgeRule).filter_by(**wanted)).one()


def test_the_table_is_tried_with_somebody(office):
    assert "Delegation by line 10" in answer(office)
    assert "Head of delegation by line 8" in answer(office, kind="state", sector="LE-POL", role="head")
    assert "International organization" in answer(office, kind="-", sector="IGO", role="head")
    assert "Private sector" in answer(office, kind="-", sector="PRV-FIN", role="delegate")
    assert "Press" in answer(office, kind="nonsense", sector="nonsense", role="press")
    for line in badges.list_lines():
        db.session.delete(line)
    db.session.commit()
    assert "No line fits" in answer(office)
    assert "No lines yet" in office.get(BASE).text


def test_a_new_line_takes_effect(office):
    page = post(office, "/lines/new", body_kind="", sector_code="PRV-FIN", role="", category_code="observer")
    assert "stands where it takes effect" in page.text and "never reached" not in page.text
    assert "Observer" in answer(office, kind="-", sector="PRV-FIN", role="delegate")
    assert "Private sector" in answer(office, kind="-", sector="PRV-TRN", role="delegate")
    assert actions() == ["badge_rule.add"]


def test_the_same_line_twice_and_one_without_a_category_come_back(office):
    page = post(office, "/lines/new", body_kind="state", sector_code="", role="head", category_code="press")
    assert page.status_code == 422 and "exactly these people already" in page.text
    page = post(office, "/lines/new", body_kind="", sector_code="nonsense", role="expert", category_code="")
    assert page.status_code == 422 and "Please choose one of the list." in page.text
    assert '<option value="expert" selected>' in page.text  # nothing typed is lost
    page = office.post(
        f"{BASE}/lines/new", data={"csrf_token": "stale", "category_code": "press", "role": "expert"}
    )
    assert page.status_code == 422 and '<option value="expert" selected>' in page.text
    assert not actions()


def test_a_line_is_changed_moved_and_removed(office):
    line = line_of(body_kind="state", role="head")
    assert 'value="head" selected' in office.get(f"{BASE}/lines/{line.id}").text
    post(
        office,
        f"/lines/{line.id}",
        body_kind="state",
        sector_code="",
        role="deputy_head",
        category_code="speaker",
    )
    assert "Speaker" in answer(office, kind="state", sector="LE-POL", role="deputy_head")
    assert "Delegation" in answer(office, kind="state", sector="LE-POL", role="head")
    for _ in range(2):
        page = post(office, f"/lines/{line.id}/move", direction="down")
    assert "never reached" in page.text  # below the line for all of a state
    assert "Delegation" in answer(office, kind="state", sector="LE-POL", role="deputy_head")
    post(office, f"/lines/{line.id}/move", direction="up")
    assert "Speaker" in answer(office, kind="state", sector="LE-POL", role="deputy_head")
    post(office, f"/lines/{line.id}/remove")
    assert "Delegation" in answer(office, kind="state", sector="LE-POL", role="deputy_head")
    assert actions() == ["badge_rule.edit", *["badge_rule.move"] * 3, "badge_rule.remove"]


def test_categories_are_added_renamed_and_put_in_order(office):
    page = post(office, "/categories/new", names_en="Guest of honour", names_fr="Invité d’honneur")
    assert "Guest of honour" in page.text
    made = badges.list_categories()[-1]
    assert made.code == "guest_of_honour"
    post(office, "/categories/new", names_en="Guest of honour!")
    post(office, "/categories/new", names_ar="ضيف")
    assert [one.code for one in badges.list_categories()[-2:]] == ["guest_of_honour_2", "category"]
    page = post(office, "/categories/new", names_en=" ")
    assert page.status_code == 422 and "Please answer this." in page.text
    assert "Invité d’honneur" in office.get(f"{BASE}/categories/{made.code}").text
    post(office, f"/categories/{made.code}", names_en="Guest")
    post(office, f"/categories/{made.code}/move", direction="up")
    found = {one.code: (one.position, one.names) for one in badges.list_categories()}
    assert found[made.code] == (11, {"en": "Guest"})
    assert found["participant"][0] == 12
    page = post(office, f"/categories/{made.code}", names_en="x" * 101)
    assert page.status_code == 422 and "too long" in page.text
    assert office.get(f"{BASE}/categories/nothing").status_code == 404


def test_a_category_in_use_stays(office):
    assert (
        "One line of the table leads to this category" in office.get(f"{BASE}/categories/speaker/remove").text
    )
    page = post(office, "/categories/speaker/remove")
    assert page.status_code == 422 and "Lines of the table lead to this category" in page.text
    line = line_of(category_code="speaker")
    post(office, f"/lines/{line.id}/remove")
    assert "No line leads to it" in office.get(f"{BASE}/categories/speaker/remove").text
    page = post(office, "/categories/speaker/remove")
    assert "The category is removed." in page.text
    assert db.session.get(BadgeCategory, "speaker") is None


def test_the_way_back_to_what_shipped(office):
    before = badges.list_rules(), [one.code for one in badges.list_categories()]
    post(office, "/categories/new", names_en="Guest")
    post(office, "/lines/new", body_kind="", sector_code="", role="expert", category_code="guest")
    post(office, f"/lines/{line_of(role='head').id}/remove")
    assert Rule(None, None, "expert", "guest") in badges.list_rules()
    assert "All 13 categories" in office.get(f"{BASE}/reset").text
    assert "as it shipped" in post(office, "/reset").text
    assert (badges.list_rules(), [one.code for one in badges.list_categories()]) == before
    assert actions()[-1] == "badges.reset"


def test_the_page_of_a_registration_follows_the_table(office):
    made = make_registration(make_edition(), role="observer", state="approved")
    db.session.commit()
    path = f"/dashboard/editions/8/registrations/{made.reference}"
    shown = r"Badge category</dt><dd>{}</dd>"
    assert re.search(shown.format("Observer"), office.get(path).text)
    post(office, "/categories/observer", names_en="Watcher")
    assert re.search(shown.format("Watcher"), office.get(path).text)
    for line in badges.list_lines():
        post(office, f"/lines/{line.id}/remove")
    assert re.search(shown.format("none"), office.get(path).text)


def test_the_audit_list_says_it_in_words(office):
    post(office, "/lines/new", body_kind="", sector_code="", role="expert", category_code="observer")
    page = office.get("/dashboard/audit").text
    assert "added a line to the table of badges" in page and "Table of badges" in page


@pytest.mark.parametrize("role", ["organiser", "reader"])
def test_only_administrators(client, ctx, role):
    sign_in(client, make_user(role=role))
    assert client.get(BASE).status_code == 403
