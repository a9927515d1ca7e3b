"""The queue of possible duplicates and the comparison of two, as organisers and readers use them."""

import re

import pytest
from sqlalchemy import select

from eventapp import worker
from eventapp.extensions import db
from eventapp.models import DuplicatePair, OutboxMessage, Registration
from eventapp.rules.registration_form import Details
from eventapp.services import duplicates_search, links, mail_delivery, registrations_own
from eventapp.services.registrations import values_of
from eventapp.web import duplicate_search, mail_render
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.duplicates import compared, make_pair, make_twice, search_all
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_body
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=3)


@pytest.fixture
def base(edition):
    return f"/dashboard/editions/{edition.ordinal}/duplicates"


@pytest.fixture
def twice(edition):
    return make_twice(edition)


@pytest.fixture
def pair(twice):
    return make_pair(*twice)


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser"))
    return client


def fields(html):
    """What the form for merging would send as it came."""
    form = re.search(r'<form id="merge".*?</form>', html, re.DOTALL).group(0)
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    for tag in re.findall(r'<input class="form-check-input" type="radio"[^>]*checked[^>]*>', form):
        found[re.search(r'name="([^"]+)"', tag)[1]] = re.search(r'value="([^"]+)"', tag)[1]
    return found


def now(registration):
    db.session.expire_all()
    return db.session.get(Registration, registration.id)


def test_an_empty_queue_says_what_it_is_for(desk, base):
    page = desk.get(base).text
    assert "Nobody seems to be here twice" in page
    assert "Nobody has been looked at yet" in page
    assert "No pair was told apart yet" in desk.get(base + "?state=different").text


def test_the_queue_says_why_two_are_alike(desk, base, pair):
    page = desk.get(base).text
    for words in ("AL-FARSI, Mohammed", "MUHAMMAD, Alfarsi", "Names in another order", "Same country"):
        assert words in page
    assert f"{base}/{pair.id}" in page


def test_progress_is_seen_without_scripts(desk, base, edition, twice, clock):
    page = desk.get(base).text
    assert desk.post(f"{base}/search", data={"csrf_token": csrf_token(page)}).status_code == 303
    assert "Being searched: 0 of 0 people" in desk.get(base).text
    task = duplicates_search.lease_next(now=clock())
    duplicates_search.note_progress(task, 1)
    db.session.commit()
    page = desk.get(base).text
    assert "Being searched: 1 of 2 people" in page
    assert "<progress" in page
    assert "Refresh" in page
    assert "Search everybody again" not in page
    duplicates_search.finish(task, compared(task), now=clock())
    db.session.commit()
    page = desk.get(base).text
    assert "Last searched on" in page
    assert "AL-FARSI, Mohammed" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("failed", "could not be finished"), ("too_large", "too many people")],
)
def test_a_search_that_did_not_end_is_told(desk, base, edition, clock, state, words):
    make_registration(edition)
    search_all(clock)
    duplicates_search.find_search(edition.id).state = state
    db.session.commit()
    page = desk.get(base).text
    assert words in page
    if state == "too_large":
        again = desk.post(f"{base}/search", data={"csrf_token": csrf_token(page)}, follow_redirects=True)
        assert again.text.count(words) == 2


def test_a_duplicate_is_merged(desk, base, twice, pair):
    first, second = twice
    page = desk.get(f"{base}/{pair.id}").text
    sent = fields(page)
    assert (sent["stays"], sent["given_name"], sent["email"]) == ("first", "first", "first")
    assert "phone" not in sent, "both say the same"
    answer = desk.post(f"{base}/{pair.id}/merge", data=sent | {"family_name": "second"})
    assert answer.status_code == 303
    shown = desk.get(answer.location).text
    assert "The two registrations are one now" in shown
    assert first.reference in answer.location
    assert "MUHAMMAD, Mohammed" in shown
    assert second.reference in shown, "the history of the other one is read here as well"
    assert now(second).state == "merged"
    other = desk.get(f"/dashboard/editions/8/registrations/{second.reference}").text
    assert "was merged into another one" in other
    assert "Send the private link again" not in other
    assert desk.get(f"{base}/{pair.id}").location.endswith(first.reference)
    again = desk.post(f"{base}/{pair.id}/merge", data=sent, follow_redirects=True)
    assert "merged already" in again.text


def test_places_that_come_free_are_told(desk, base, edition):
    pair = make_pair(*make_twice(edition, state="approved"))
    make_registration(edition, state="approved")
    make_registration(edition, state="waitlisted")
    db.session.commit()
    page = desk.get(f"{base}/{pair.id}").text
    assert "One of the two places comes free" in page
    answer = desk.post(f"{base}/{pair.id}/merge", data=fields(page), follow_redirects=True)
    assert "One person moved up from the waiting list." in answer.text


def test_a_full_quota_is_told_at_once(desk, base, edition):
    make_quota(edition, "sector", "NGO", 0)
    first, second = make_twice(edition, first={"state": "approved"}, second={"sector_code": "NGO"})
    pair = make_pair(first, second)
    db.session.commit()
    sent = fields(desk.get(f"{base}/{pair.id}").text) | {"sector_code": "second"}
    answer = desk.post(f"{base}/{pair.id}/merge", data=sent)
    assert answer.status_code == 422
    assert "a quota that is full" in answer.text
    assert fields(answer.text)["sector_code"] == "second"
    assert now(second).state == "submitted"


def test_what_the_delegate_changed_meanwhile_is_shown(desk, base, twice, pair):
    first, second = twice
    link = links.make_link("registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=second.id)
    token = links.token_of(link, SECRET)
    sent = fields(desk.get(f"{base}/{pair.id}").text) | {"stays": "second", "email": "second"}
    details = Details(**(values_of(second) | {"functional_title": "Colonel"}))
    registrations_own.change(token, details, version=1, now=CLOCK_STANDS_AT, secret=SECRET)
    db.session.commit()
    answer = desk.post(f"{base}/{pair.id}/merge", data=sent)
    assert answer.status_code == 409
    assert "Somebody else saved this while you had it open" in answer.text
    assert "Colonel" in answer.text
    kept = fields(answer.text)
    assert (kept["stays"], kept["email"], kept["version_second"]) == ("second", "second", "2")
    assert desk.post(f"{base}/{pair.id}/merge", data=kept).status_code == 303
    assert now(second).functional_title == "Colonel"
    assert now(first).state == "merged"


def test_an_outdated_token_and_a_form_made_by_hand_come_back(desk, base, twice, pair):
    sent = fields(desk.get(f"{base}/{pair.id}").text) | {"stays": "second"}
    stale = desk.post(f"{base}/{pair.id}/merge", data=sent | {"csrf_token": "x"})
    assert stale.status_code == 422
    assert fields(stale.text)["stays"] == "second"
    odd = desk.post(f"{base}/{pair.id}/merge", data=sent | {"email": "both"})
    assert odd.status_code == 422
    assert "Please choose which value is kept." in odd.text
    assert now(twice[0]).state == "submitted"


def test_two_people_are_told_apart(desk, base, twice, pair):
    page = desk.get(f"{base}/{pair.id}").text
    sent = {name: value for name, value in fields(page).items() if name in ("csrf_token", "version_first")}
    again = desk.post(f"{base}/{pair.id}/different", data=sent)
    assert again.status_code == 409, "the version of the other one is missing"
    sent = fields(again.text)
    answer = desk.post(f"{base}/{pair.id}/different", data=sent, follow_redirects=True)
    assert "these are two people" in answer.text
    assert "MUHAMMAD" not in desk.get(base).text
    assert "MUHAMMAD" in desk.get(base + "?state=different").text
    history = desk.get(f"/dashboard/editions/8/registrations/{twice[0].reference}").text
    assert "Told apart from another registration" in history


def test_readers_look_and_change_nothing(client, base, pair):
    sign_in(client, make_user(role="reader"))
    page = client.get(f"{base}/{pair.id}").text
    assert "Alfarsi" in page
    assert "Merge the two" not in page
    assert "Search everybody again" not in client.get(base).text
    assert client.post(f"{base}/{pair.id}/merge").status_code == 403


def test_other_places_lead_here(desk, base, edition, pair, twice):
    today = desk.get(f"/dashboard/editions/{edition.ordinal}").text
    assert "Possible duplicates" in today
    registrations = f"/dashboard/editions/{edition.ordinal}/registrations"
    make_registration(edition, family_name="Elsewhere")
    db.session.commit()
    listed = desk.get(registrations).text
    assert listed.count('<span class="flag flag--warn">Possible duplicate</span>') == 2
    filtered = desk.get(registrations + "?flag=duplicate").text
    assert "2 registrations found" in filtered
    shown = desk.get(f"{registrations}/{twice[0].reference}").text
    assert "This may be the same person as:" in shown
    assert f"{base}/{pair.id}" in shown


def test_known_bodies_that_a_typed_one_may_be_are_suggested(desk, edition):
    body = make_body(names={"en": "Blue Harbour Foundation"}, acronym="BHF", kind="ngo")
    make_body(names={"en": "Red Desert League"}, kind="ngo")
    typed = {
        "represents": "organisation",
        "organisation": "Foundation Blue Harbor",
        "seat_country_code": "NO",
    }
    registration = make_registration(edition, sector_code="NGO", **typed)
    db.session.commit()
    path = f"/dashboard/editions/{edition.ordinal}/registrations/{registration.reference}"
    page = desk.get(path).text
    assert "“Foundation Blue Harbor” may be:" in page
    assert "Link to Blue Harbour Foundation" in page
    assert "Link to Red Desert League" not in page
    sent = {"csrf_token": csrf_token(page), "version": registration.version, "body": body.id}
    assert desk.post(path + "/body", data=sent).status_code == 303
    assert now(registration).body_id == body.id
    assert "may be:" not in desk.get(path).text


def test_a_long_queue_takes_no_more_queries(desk, base, edition):
    make_pair(*make_twice(edition))
    db.session.commit()
    desk.get(base)
    with counted_queries() as few:
        desk.get(base)
    for _ in range(20):
        make_pair(*make_twice(edition))
    db.session.commit()
    with counted_queries() as many:
        desk.get(base)
    assert len(few) == len(many)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_letter(desk, base, app, edition, language):
    first, second = make_twice(edition, language=language)
    pair = make_pair(first, second)
    db.session.commit()
    desk.post(f"{base}/{pair.id}/merge", data=fields(desk.get(f"{base}/{pair.id}").text))
    messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    lease = mail_delivery.lease_due(now=CLOCK_STANDS_AT, limit=9)
    written = [mail_render.render(one, now=CLOCK_STANDS_AT) for one in mail_delivery.list_leased(lease)]
    assert len(messages) == len(written) == 2
    for letter in written:
        assert first.reference in letter.text
        assert second.reference in letter.text
    assert ["/my-registration/" in one.text or "/r/" in one.text for one in written].count(True) <= 1


def test_the_worker_searches_in_steps(fresh_app, clock):
    with fresh_app.app_context():
        with writing():
            make_twice(make_edition())
        db.session.remove()
    assert duplicate_search.search_next(fresh_app)
    assert not duplicate_search.search_next(fresh_app)
    with fresh_app.app_context():
        assert [one.state for one in db.session.scalars(select(DuplicatePair))] == ["open"]
    assert worker.search_next is duplicate_search.search_next


def test_a_search_that_breaks_is_told_and_begins_again(fresh_app, clock, monkeypatch):
    with fresh_app.app_context():
        with writing():
            edition = make_edition()
            make_twice(edition)
            number = edition.id
        db.session.remove()

    def broken(*_):
        raise ValueError("no")

    with monkeypatch.context() as patched:
        patched.setattr(duplicates_search, "look", broken)
        assert duplicate_search.search_next(fresh_app)
    with fresh_app.app_context():
        assert duplicates_search.find_search(number).state == "failed"
