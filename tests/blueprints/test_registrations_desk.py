"""The list of registrations and the decisions of the desk, as organisers and readers use them."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from eventapp.blueprints.registrations_desk import decisions
from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=3)


@pytest.fixture
def base(edition):
    return f"/dashboard/editions/{edition.ordinal}/registrations"


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser"))
    return client


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def post(client, path, html, **data):
    return client.post(path, data={"csrf_token": csrf_token(html)} | data)


def look(client, path, html, **data):
    """The preview that a form of the list leads to."""
    return client.post(path, data={"csrf_token": csrf_token(html)} | data, follow_redirects=True)


def confirm(client, base, preview, **data):
    fields = {name: hidden(preview, name) for name in ("decision", "seen", "nonce")}
    return post(client, f"{base}/decide", preview, **fields, **data)


def state_of(registration):
    db.session.expire_all()
    return db.session.scalar(select(Registration.state).where(Registration.id == registration.id))


def count_mails():
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


def test_an_empty_list_says_what_it_is_for(desk, base):
    assert "No registrations yet" in desk.get(base).text
    assert "Nobody is found by these filters" in desk.get(base + "?q=nobody").text


def test_shows_people_with_all_that_is_known(desk, base, edition):
    make_registration(edition, family_name="Haimbodi", given_name="Selma", country_code="NA", is_late=True)
    make_registration(
        edition, family_name="Rossi", represents="organisation", organisation="Casa Aurora", seat_country_code="IT",
        sector_code="NGO", state="approved",
    )  # fmt: skip
    page = desk.get(base).text
    assert "HAIMBODI, Selma" in page
    assert "Namibia" in page
    assert "Casa Aurora (seat)" in page
    assert "2 registrations found" in page
    for path in ("/ar", "/fr", "/es"):
        assert desk.get(path + base).status_code == 200


def test_filters_stand_in_the_address_and_can_be_taken_away(desk, base, edition):
    make_registration(edition, family_name="Adeyemi", country_code="NG", role="expert")
    make_registration(edition, family_name="Other", country_code="NO")
    page = desk.get(
        base + "?q=adeyemi&country=NG&role=expert&state=submitted&sector=LE&sort=name&size=50"
    ).text
    assert "One registration found" in page
    assert "OTHER" not in page
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    assert len(chips) == 5
    assert all("sort=name" in one and "size=50" in one for one in chips)
    assert [one for one in chips if "country=" not in one]


def test_queries_do_not_grow_with_rows(desk, base, edition):
    def fill(number):
        for place in range(number):
            make_registration(
                edition, country_code=("KE", "NA", "NO")[place % 3], sector_code=("LE-POL", "NGO")[place % 2]
            )
        db.session.commit()

    fill(2)
    desk.get(base)
    with counted_queries() as few:
        desk.get(base)
    fill(60)
    with counted_queries() as many:
        assert desk.get(base + "?size=100").status_code == 200
    assert len(many) == len(few) <= 8, many


def test_pages_of_the_list(desk, base, edition):
    for number in range(60):
        make_registration(edition, family_name=f"Person {number:02}")
    page = desk.get(base + "?sort=name&page=2").text
    assert "26–50 of 60" in page
    assert "PERSON 25" in page
    assert "PERSON 24" not in page
    assert "51–60 of 60" in desk.get(base + "?sort=name&page=999999").text


def test_approving_shows_first_what_will_happen(desk, base, edition):
    made = [make_registration(edition, submitted_at=edition.created_at) for _ in range(4)]
    page = desk.get(base).text
    preview = look(
        desk, base + "/preview", page, decision="approved", pick=[one.reference for one in made]
    ).text
    assert "Approve 3 people" in preview
    assert "No place is left" in preview
    assert [state_of(one) for one in made] == ["submitted"] * 4
    assert count_mails() == 0
    result = confirm(desk, base, preview)
    assert result.status_code == 200
    assert "3 people were approved." in result.text
    assert [state_of(one) for one in made] == ["approved"] * 3 + ["submitted"]
    assert count_mails() == 3


def test_all_found_follows_the_filter(desk, base, edition):
    norway = make_registration(edition, country_code="NO")
    other = make_registration(edition, country_code="NA")
    page = desk.get(base + "?country=NO").text
    action = re.search(r'action="([^"]+/preview[^"]*)"', page).group(1)
    preview = look(desk, action, page, decision="waitlisted", all="1").text
    done = confirm(desk, base, preview)
    assert done.status_code == 303
    assert (state_of(norway), state_of(other)) == ("waitlisted", "submitted")


def test_a_double_click_does_nothing_twice(desk, base, edition):
    one = make_registration(edition)
    preview = look(desk, base + "/preview", desk.get(base).text, decision="approved", pick=one.reference).text
    assert confirm(desk, base, preview).status_code == 303
    again = confirm(desk, base, preview)
    assert again.status_code == 303
    told = "This decision was carried out before, for one person. Nothing was done a second time."
    assert told in desk.get(again.location).text
    assert count_mails() == 1


def test_the_second_click_on_a_refusal_is_told_how_many_the_first_one_reached(desk, base, edition):
    made = [make_registration(edition) for _ in range(3)]
    picks = [one.reference for one in made]
    preview = look(desk, base + "/preview", desk.get(base).text, decision="rejected", pick=picks).text
    assert confirm(desk, base, preview, reason="Not known").status_code == 303
    again = confirm(desk, base, preview, reason="Not known")
    assert "carried out before, for 3 people" in desk.get(again.location).text
    assert count_mails() == 3


def test_without_a_place_the_page_says_so_in_a_sentence(desk, base, edition):
    for _ in range(3):
        make_registration(edition, state="approved")
    one = make_registration(edition)
    picked = {"decision": "approved", "pick": one.reference}
    preview = look(desk, base + "/preview", desk.get(base).text, **picked).text
    assert "<h1>No place is left: nobody can be approved now</h1>" in preview
    assert "0 people" not in preview and "0 places" not in preview
    assert 'name="decision"' not in preview
    gone = look(desk, base + "/preview", preview, decision="rejected", pick=one.reference).text
    assert confirm(desk, base, gone, reason="Not known").status_code == 303
    again = look(desk, base + "/preview", preview, decision="rejected", pick=one.reference).text
    assert "<h1>This decision reaches nobody</h1>" in again


def test_a_preview_that_comes_back_does_not_forget_what_was_seen(desk, base, edition):
    """Else a forgotten reason would quietly take over what somebody else has decided meanwhile."""
    one, two = (make_registration(edition, state="waitlisted") for _ in range(2))
    picks = [one.reference, two.reference]
    mine = look(desk, base + "/preview", desk.get(base).text, decision="cancelled", pick=picks).text
    theirs = look(desk, base + "/preview", desk.get(base).text, decision="approved", pick=one.reference).text
    assert confirm(desk, base, theirs).status_code == 303
    back = confirm(desk, base, mine, reason="")
    assert back.status_code == 422
    assert "Cancel one registration" in back.text and "Somebody else changed it meanwhile" in back.text
    assert hidden(back.text, "nonce") == hidden(mine, "nonce")
    assert confirm(desk, base, back.text, reason="Not known").status_code == 200
    assert (state_of(one), state_of(two)) == ("approved", "cancelled")


def test_a_stale_list_keeps_who_was_picked(desk, base, edition):
    one = make_registration(edition)
    data = {"decision": "approved", "pick": one.reference, "csrf_token": "stale"}
    preview = look(desk, base + "/preview", desk.get(base).text, **data)
    assert preview.status_code == 200 and "open for too long" in preview.text
    assert "Approve one person" in preview.text and state_of(one) == "submitted"
    assert confirm(desk, base, preview.text).status_code == 303
    assert state_of(one) == "approved"


@pytest.mark.parametrize("token", ["", "stale"])
def test_a_stale_page_keeps_the_reason_and_decides_nothing(desk, base, edition, token):
    one = make_registration(edition)
    preview = look(desk, base + "/preview", desk.get(base).text, decision="rejected", pick=one.reference).text
    back = confirm(desk, base, preview, reason="Typed with care", csrf_token=token)
    assert back.status_code == 422 and "open for too long" in back.text
    assert "Typed with care</textarea>" in back.text and state_of(one) == "submitted"
    assert confirm(desk, base, back.text, reason="Typed with care").status_code == 303
    assert state_of(one) == "rejected"


def test_two_organisers_at_once_the_second_sees_what_changed(desk, base, edition, app):
    one, two = make_registration(edition), make_registration(edition)
    picks = [one.reference, two.reference]
    first = look(desk, base + "/preview", desk.get(base).text, decision="rejected", pick=one.reference).text
    second = look(desk, base + "/preview", desk.get(base).text, decision="approved", pick=picks).text
    assert confirm(desk, base, first, reason="Not from a member body").status_code == 303
    other = app.test_client()
    sign_in(other, make_user(role="administrator"))
    other.get(base)
    with other.session_transaction() as session, desk.session_transaction() as mine:
        session["csrf_token"] = mine["csrf_token"]
    result = confirm(other, base, second)
    assert "One person was approved." in result.text
    assert "Somebody else changed it meanwhile" in result.text
    assert re.search(r"Not accepted · Organiser \d+ · 14 Apr 2027", result.text)
    assert (state_of(one), state_of(two)) == ("rejected", "approved")


def test_a_refusal_needs_its_reason(desk, base, edition):
    one = make_registration(edition)
    preview = look(desk, base + "/preview", desk.get(base).text, decision="rejected", pick=one.reference).text
    again = confirm(desk, base, preview, reason="  ")
    assert again.status_code == 422
    assert "Please write the reason that the person is told." in again.text
    long = confirm(desk, base, again.text, reason="x" * 2001)
    assert long.status_code == 422
    assert "at most 2000 characters" in long.text
    assert confirm(desk, base, long.text, reason="The body is not known").status_code == 303
    assert state_of(one) == "rejected"


def test_a_preview_has_an_address_to_come_back_to(desk, base, edition):
    one, two = (make_registration(edition) for _ in range(2))
    data = {"decision": "rejected", "pick": [one.reference, two.reference]}
    led = post(desk, base + "/preview?sector=LE-POL&sort=name", desk.get(base).text, **data)
    assert led.status_code == 303
    first, again = desk.get(led.location).text, desk.get("/fr" + led.location).text
    assert "Do not accept 2 people" in first and "Nothing has been changed yet." in first
    assert one.reference in again and two.reference in again
    assert "csrf" not in led.location
    assert 'action="' + base + '/decide?sector=LE-POL&amp;sort=name"' in first
    assert confirm(desk, base, first, reason="Not known").status_code == 303
    assert "This decision reaches nobody" in desk.get(led.location).text, (
        "what was carried out is not offered again"
    )


@pytest.mark.parametrize("query", ["", "?decision=rejected", "?pick=2222-2222&decision=rejected"])
def test_a_preview_of_nobody_leads_to_the_list(desk, base, edition, query):
    answer = desk.get(f"{base}/preview{query}")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, base)


def test_more_than_an_address_can_hold_are_shown_at_once(desk, base, edition, monkeypatch):
    monkeypatch.setattr(decisions, "MOST_IN_ADDRESS", 1)
    picks = [make_registration(edition).reference for _ in range(2)]
    preview = post(desk, base + "/preview", desk.get(base).text, decision="rejected", pick=picks)
    assert preview.status_code == 200 and "Do not accept 2 people" in preview.text


def test_picking_nobody_is_said(desk, base, edition):
    make_registration(edition)
    answer = post(desk, base + "/preview", desk.get(base).text, decision="approved")
    assert answer.status_code == 303
    assert "Nobody was picked." in desk.get(answer.location).text


@pytest.mark.parametrize(
    "broken",
    [{"seen": "nonsense"}, {"nonce": "1"}, {"decision": "withdrawn"}, {"seen": "submitted:" + "9" * 40}],
)
def test_forms_put_together_by_hand_are_refused(desk, base, edition, broken):
    one = make_registration(edition)
    fields = {"decision": "approved", "seen": f"submitted:{one.id}", "nonce": str(uuid4()), **broken}
    assert post(desk, base + "/decide", desk.get(base).text, **fields).status_code == 422
    assert state_of(one) == "submitted"


def test_readers_see_and_change_nothing(client, base, edition):
    one = make_registration(edition)
    sign_in(client, make_user(role="reader"))
    page = client.get(base).text
    shown = client.get(f"{base}/{one.reference}").text
    for html in (page, shown):
        assert "/preview" not in html
        assert "/add" not in html
    token = csrf_token(page)
    for path in (
        "preview",
        "decide",
        "add",
        "message",
        "message/send",
        f"{one.reference}/role",
        f"{one.reference}/erase",
    ):
        assert client.post(f"{base}/{path}", data={"csrf_token": token}).status_code == 403
    for path in ("add", "message", f"{one.reference}/correct", f"{one.reference}/erase"):
        assert client.get(f"{base}/{path}").status_code == 403


def test_organisers_of_another_edition_find_nothing(client, base, edition):
    one = make_registration(edition)
    sign_in(client, make_user(role="organiser", editions=[make_edition()]))
    assert client.get(base).status_code == 404
    assert client.get(f"{base}/{one.reference}").status_code == 404
    token = csrf_token(client.get("/dashboard/choose").text)
    data = {"csrf_token": token, "decision": "approved", "seen": f"submitted:{one.id}", "nonce": str(uuid4())}
    assert client.post(base + "/decide", data=data).status_code == 404
    assert state_of(one) == "submitted"


def test_pages_are_kept_by_no_cache(desk, base):
    assert desk.get(base).headers["Cache-Control"] == "no-store"
