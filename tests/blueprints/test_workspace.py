"""A focal point's pages: what they show, what each button does, and what every refusal says."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, CredentialDocument, OutboxMessage, PrivateLink, Registration, User
from eventapp.services import endorsements, links, workspace_access
from eventapp.services.accounts import as_actor
from eventapp.web.sending import sending_places
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT
from tests.factories.registrations import make_registration
from tests.factories.workspaces import PERSON, make_workspace
from tests.pages import csrf_token
from tests.queries import counted_queries
from tests.services.test_credentials import pdf

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def made():
    found = make_workspace(quota=3)
    db.session.commit()
    return found


def fields(html):
    """The hidden fields of a page, those of several values as lists."""
    found = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(value)
    return found


def post(client, path, data=None, source=None):
    """Send a form of a page with its token and hidden fields."""
    html = client.get(source or path).text
    hidden = {name: values for name, values in fields(html).items() if name != "pick"}
    return client.post(path, data={**hidden, **(data or {})})


def decide(client, made, decision, *people, reason=""):
    token = csrf_token(client.get("/workspace/send-link").text)
    picked = {"csrf_token": token, "decision": decision, "pick": [one.reference for one in people]}
    page = client.post(f"{made.path}/preview", data=picked, follow_redirects=True)
    assert page.status_code == 200, page.text
    return client.post(f"{made.path}/decide", data={**fields(page.text), "reason": reason})


def letters(kind):
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)).all()


def test_the_page_shows_the_delegation_and_its_places(client, made):
    made.add("approved", family_name="Approved", role="head")
    made.add("endorsed", family_name="Promised")
    made.add("submitted", family_name="Waiting")
    made.add("withdrawn", family_name="Gone")
    page = client.get(made.path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    for word in ("APPROVED", "PROMISED", "WAITING", "GONE", "One person waits", "One of 3 places is free"):
        assert word in page.text


@pytest.mark.parametrize(
    ("state", "says"), [("missing", "are missing."), ("deficient", "are deficient."), ("copy", "")]
)
def test_credentials_that_are_owed_stand_at_the_top(client, made, state, says):
    made.delegation.credentials = state
    db.session.commit()
    head = client.get(made.path).text.partition("</section>")[0]
    assert f"The credentials of the delegation {says}" in head if says else "The credentials" not in head


def test_whoever_waits_for_others_places_than_the_delegations_is_told_so(client, made):
    made.edition.capacity = 1
    make_registration(made.edition, state="waitlisted")  # of nobody's
    one = made.add("waitlisted", waitlisted_at=CLOCK_STANDS_AT + timedelta(hours=1))
    made.add("approved")
    db.session.commit()
    for page in (made.path, f"{made.path}/members/{one.reference}"):
        assert "Place 2 on the waiting list" in client.get(page).text


def test_looking_uses_nothing_up(client, made):
    for _ in range(2):
        assert client.get(made.path).status_code == 200
    assert db.session.scalar(select(PrivateLink.used_at)) is None


def test_the_page_takes_the_same_queries_for_many(client, made):
    made.add()
    client.get(made.path)
    with counted_queries() as few:
        client.get(made.path)
    for _ in range(30):
        made.add("approved")
        made.add("submitted")
    with counted_queries() as many:
        client.get(made.path)
    assert len(many) == len(few)


def test_somebody_is_endorsed_and_told(client, made):
    person = made.add(language="fr")
    assert decide(client, made, "endorsed", person).status_code == 303
    db.session.refresh(person)
    assert (person.state, person.endorsed_at is None) == ("endorsed", False)
    (letter,) = letters("registration_endorsed")
    assert (letter.recipient, letter.language) == (person.email, "fr")
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "registration.endorse"))
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == (
        "focal_point",
        made.focal_point.id,
        "Amina Diop",
    )


def test_declining_wants_a_reason_and_can_be_undone(client, made):
    person = made.add()
    page = decide(client, made, "declined", person)
    assert page.status_code == 422
    assert "Please write the reason that the person is told." in page.text
    assert decide(client, made, "declined", person, reason="Not of this ministry.").status_code == 303
    db.session.refresh(person)
    assert (person.state, person.reason) == ("declined", "Not of this ministry.")
    assert letters("registration_declined")[0].values["reason"] == "Not of this ministry."
    assert "Endorse after all" in client.get(f"{made.path}/members/{person.reference}").text
    decide(client, made, "endorsed", person)
    db.session.refresh(person)
    assert (person.state, person.reason) == ("endorsed", "")


def test_several_at_once_stop_at_the_quota_and_say_so(client, made):
    people = [made.add(family_name=f"N{number}") for number in range(5)]
    page = decide(client, made, "endorsed", *people)
    assert page.status_code == 200
    assert page.text.count("No place of the delegation is free") == 2
    states = [db.session.get(Registration, one.id, populate_existing=True).state for one in people]
    assert states == ["endorsed"] * 3 + ["submitted"] * 2


def test_whoever_was_slower_is_told_what_the_other_did(client, made):
    person = made.add()
    token = csrf_token(client.get("/workspace/send-link").text)
    picked = {"csrf_token": token, "decision": "endorsed", "pick": person.reference}
    page = client.post(f"{made.path}/preview", data=picked, follow_redirects=True)
    decide(client, made, "declined", person, reason="No.")
    late = client.post(f"{made.path}/decide", data=fields(page.text))
    assert "Somebody else changed it meanwhile" in late.text
    assert "Not endorsed · Amina Diop" in late.text
    db.session.refresh(person)
    assert person.state == "declined"


def test_a_second_click_does_nothing(client, made):
    person = made.add()
    token = csrf_token(client.get("/workspace/send-link").text)
    picked = {"csrf_token": token, "decision": "endorsed", "pick": person.reference}
    form = fields(client.post(f"{made.path}/preview", data=picked, follow_redirects=True).text)
    for _ in range(2):
        assert client.post(f"{made.path}/decide", data=form).status_code == 303
    assert len(letters("registration_endorsed")) == 1


def test_a_preview_has_an_address_to_come_back_to(client, made):
    person = made.add()
    token = csrf_token(client.get("/workspace/send-link").text)
    picked = {"csrf_token": token, "decision": "declined", "pick": [person.reference, "2222-2222"]}
    led = client.post(f"{made.path}/preview", data=picked).location
    assert led == f"{made.path}/preview?decision=declined&pick={person.reference}"
    assert "Do not endorse one person" in client.get(led).text
    decide(client, made, "declined", person, reason="No.")
    assert "This decision reaches nobody" in client.get(led).text
    assert client.get(f"{made.path}/preview?decision=declined").location == made.path


def test_nobody_picked_is_said(client, made):
    made.add()
    token = csrf_token(client.get("/workspace/send-link").text)
    answer = client.post(f"{made.path}/preview", data={"csrf_token": token, "decision": "endorsed"})
    assert answer.status_code == 303
    assert "Nobody was picked" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("language", "says"), [("", "Selected: {count}"), ("/fr", "Sélection\N{NO-BREAK SPACE}: {count}")]
)
def test_one_who_is_ticked_is_not_counted_as_many(client, made, language, says):
    made.add("submitted")
    assert f'data-other="{says}" aria-live="polite"' in client.get(f"{language}{made.path}").text


def test_somebody_is_registered_and_endorsed_at_once(client, made):
    answer = post(client, f"{made.path}/register", {**PERSON, "role": "head", "country": "NG"})
    assert answer.status_code == 303, answer.text
    person = db.session.scalar(select(Registration).where(Registration.family_name == "Wanjiru"))
    assert (person.state, person.role, person.country_code) == ("endorsed", "head", "KE")
    assert (person.delegation_id, person.privacy_notice_id) == (made.delegation.id, None)
    assert letters("registration_by_delegation")[0].recipient == person.email


def test_a_full_quota_keeps_the_form(client, made):
    for _ in range(3):
        made.add("approved")
    page = post(client, f"{made.path}/register", PERSON)
    assert page.status_code == 422
    assert "All places of your delegation are taken" in page.text
    assert 'value="Wanjiru"' in page.text
    assert "Write to the secretariat" in page.text
    assert db.session.scalar(select(Registration).where(Registration.family_name == "Wanjiru")) is None


def test_the_form_sent_twice_is_one_person(client, made):
    path = f"{made.path}/register"
    data = {**fields(client.get(path).text), **PERSON}
    assert [client.post(path, data=data).status_code for _ in range(2)] == [303, 303]
    found = db.session.scalars(select(Registration).where(Registration.family_name == "Wanjiru")).all()
    assert len(found) == 1


def test_a_form_sent_anew_after_the_back_button_takes_no_second_place(client, made):
    """A page that is fetched again has another nonce, and browsers fill in what was typed."""
    path = f"{made.path}/register"
    assert post(client, path, PERSON).status_code == 303
    page = post(client, path, {**PERSON, "given_name": PERSON["given_name"].upper()})
    found = db.session.scalars(select(Registration).where(Registration.family_name == "Wanjiru")).one()
    assert page.status_code == 422
    told = f"{found.given_name} Wanjiru is in your delegation already, with the same e-mail address: {found.reference}."
    assert told in page.text
    found.state = "withdrawn"
    db.session.commit()
    assert post(client, path, PERSON).status_code == 303
    assert post(client, path, {**PERSON, "given_name": "Another"}).status_code == 303


def test_errors_of_the_form_stand_at_their_fields(client, made):
    page = post(client, f"{made.path}/register", {**PERSON, "family_name": "", "email": "x"})
    assert page.status_code == 422
    assert "Enter the family name." in page.text


def test_a_second_head_is_refused_by_name(client, made):
    made.add("approved", role="head", given_name="Grace", family_name="First")
    page = post(client, f"{made.path}/register", {**PERSON, "role": "head"})
    assert page.status_code == 422
    assert "Grace First is the head of this delegation." in page.text


def test_the_head_hands_over_only_with_a_confirmation(client, made):
    first = made.add("approved", role="head", family_name="First")
    second = made.add("approved", family_name="Second")
    path = f"{made.path}/members/{second.reference}/role"
    page = post(client, path, {"role": "head"})
    assert page.status_code == 409
    assert "First is the head of this delegation now" in page.text
    assert post(client, path, {"role": "head", "swap": "1"}).status_code == 303
    db.session.refresh(first)
    db.session.refresh(second)
    assert (first.role, second.role) == ("delegate", "head")


def test_details_are_changed_but_not_what_is_the_persons_own(client, made):
    person = made.add("approved", dietary_needs="no nuts", is_listed=True)
    path = f"{made.path}/members/{person.reference}"
    assert "no nuts" not in client.get(path).text
    form = client.get(f"{path}/change").text
    assert "no nuts" not in form
    sent = {**PERSON, "role": "head", "given_name": "New", "dietary_needs": "none"}
    assert post(client, f"{path}/change", sent).status_code == 303
    db.session.refresh(person)
    assert (person.given_name, person.role) == ("New", "delegate")
    assert (person.dietary_needs, person.is_listed) == ("no nuts", True)
    assert len(letters("registration_changed")) == 2  # the old address hears of it too


def test_a_change_over_somebody_elses_shows_it(client, made):
    person = made.add("approved")
    path = f"{made.path}/members/{person.reference}/change"
    old = fields(client.get(path).text)
    post(client, path, {**PERSON, "functional_title": "Judge"})
    page = client.post(path, data={**old, **PERSON, "functional_title": "Clerk"})
    assert page.status_code == 409
    assert "Somebody else saved this" in page.text
    assert "Judge" in page.text


def test_a_replacement_takes_the_place_in_one_go(client, made):
    for _ in range(2):
        made.add("approved")
    former = made.add("approved", delegation_order=2, reason="Welcome")
    path = f"{made.path}/members/{former.reference}/replace"
    assert post(client, path, PERSON).status_code == 303
    db.session.refresh(former)
    heir = db.session.get(Registration, former.replaced_by_id)
    assert (former.state, heir.state, heir.delegation_order) == ("replaced", "approved", 2)
    assert former.reason == ""
    assert letters("registration_replaced")[0].recipient == former.email
    assert letters("registration_by_delegation")[0].recipient == heir.email
    assert "WANJIRU" in client.get(f"{made.path}/members/{former.reference}").text


def test_only_who_is_approved_is_replaced(client, made):
    person = made.add("endorsed")
    page = client.get(f"{made.path}/members/{person.reference}/replace")
    assert page.status_code == 422
    assert "Only somebody who is approved can be replaced." in page.text


def test_a_replacement_sent_twice_is_one(client, made):
    former = made.add("approved")
    path = f"{made.path}/members/{former.reference}/replace"
    data = {**fields(client.get(path).text), **PERSON}
    assert [client.post(path, data=data).status_code for _ in range(2)] == [303, 303]
    assert len(letters("registration_replaced")) == 1


def test_after_the_freeze_date_details_stay(client, made, clock):
    person = made.add("approved")
    made.edition.changes_close_at = clock()
    db.session.commit()
    page = client.get(f"{made.path}/members/{person.reference}/change")
    assert page.status_code == 409
    assert "The time for changes has passed" in page.text
    assert "The time for changes has passed" in client.get(made.path).text


def test_withdrawing_frees_the_place_for_the_first_in_line(client, made):
    made.edition.capacity = 1
    person, next_one = made.add("approved"), made.add("waitlisted")
    path = f"{made.path}/members/{person.reference}/withdraw"
    assert post(client, path, {"reason": "Cannot come."}).status_code == 303
    db.session.refresh(person)
    db.session.refresh(next_one)
    assert (person.state, next_one.state) == ("withdrawn", "approved")
    assert letters("registration_withdrawn_for")[0].values["reason"] == "Cannot come."


def test_the_order_is_the_delegations_own(client, made):
    people = [made.add("approved", family_name=name) for name in ("Alpha", "Beta", "Gamma")]
    token = csrf_token(client.get("/workspace/send-link").text)
    path = f"{made.path}/members/{people[2].reference}/move"
    for _ in range(2):
        client.post(path, data={"csrf_token": token, "direction": "up"})
    html = client.get(made.path).text
    assert html.index("GAMMA") < html.index("ALPHA") < html.index("BETA")


def test_every_press_moves_somebody_past_the_next_one_shown(client, made):
    """Whoever waits for an endorsement stands in another list: a press that only passed them would seem to do nothing."""
    made.add("approved", family_name="Alpha", role="head")
    made.add("approved", family_name="Beta")
    made.add("submitted", family_name="Waiting", sort_name="gaaa")
    last = made.add("approved", family_name="Gamma")
    html = client.get(made.path).text
    assert (
        html.count('value="up" disabled') == 2
    )  # the head, and the first of the others: nobody passes the head
    assert html.count('value="down" disabled') == 2
    path = f"{made.path}/members/{last.reference}/move"
    post(client, path, {"direction": "up"}, source=made.path)
    order = client.get(made.path).text.partition('id="inside"')[2]
    assert order.index("ALPHA") < order.index("GAMMA") < order.index("BETA")
    post(client, path, {"direction": "up"}, source=made.path)
    again = client.get(made.path).text.partition('id="inside"')[2]
    assert again.index("ALPHA") < again.index("GAMMA") < again.index("BETA")


def test_a_link_that_is_over_says_so_and_offers_another(client, made, clock):
    clock.move(days=181)
    page = client.get(made.path)
    assert page.status_code == 409
    assert "This link is not valid any more" in page.text
    assert "/workspace/send-link" in page.text


def test_a_focal_point_who_was_removed_is_out(client, made, clock):
    made.focal_point.removed_at = clock()
    db.session.commit()
    assert "You do not speak for this delegation any more." in client.get(made.path).text


def test_an_unknown_address_gets_the_same_answer(client, made):
    answers = []
    for email in (made.focal_point.email, "nobody@ministry.example"):
        page = post(client, "/workspace/send-link", {"email": email})
        answers.append((page.status_code, page.text.replace(email, "")))
    assert answers[0] == answers[1]
    (letter,) = letters("focal_point_link")
    assert (letter.recipient, letter.language) == (made.focal_point.email, "fr")


def test_an_account_lists_its_delegations(client, made, app):
    sign_in(client, make_user())
    token = csrf_token(client.get("/dashboard/account").text)
    page = f"/dashboard/editions/{made.edition.ordinal}/delegations/{made.delegation.public_id}"
    assert "Let them sign in" in client.get(page).text
    path = f"{page}/focal-points/{made.focal_point.public_id}/account"
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    db.session.refresh(made.focal_point)
    assert letters("invitation")[0].recipient == made.focal_point.email
    account = db.session.get(User, made.focal_point.user_id)
    assert (account.role, account.all_editions) == ("focal_point", False)
    assert "signs in with an account" in client.get(page).text
    other = app.test_client()
    sign_in(other, account)
    assert "Kenya" in other.get("/workspace").text
    assert other.get(f"/workspace/{made.focal_point.public_id}").status_code == 200
    assert other.get("/dashboard/editions").status_code == 403
    assert other.get("/dashboard/account").status_code == 200


def test_an_account_that_is_there_is_connected(client, made, app):
    organiser = make_user()
    known = make_user("reader", email=made.focal_point.email)
    _, is_new = workspace_access.connect_account(
        as_actor(organiser),
        made.edition.ordinal,
        made.focal_point.public_id,
        now=made.delegation.created_at,
        secret="s",
    )
    assert (is_new, made.focal_point.user_id) == (False, known.id)
    assert not letters("invitation")


def test_signed_out_the_account_s_address_asks_to_sign_in(client, made):
    answer = client.get(f"/workspace/{made.focal_point.public_id}")
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def upload(client, made, content, name="note verbale.pdf"):
    path = f"{made.path}/credentials"
    token = csrf_token(client.get(path).text)
    return client.post(path, data={"csrf_token": token, "document": (io.BytesIO(content), name)})


def test_credentials_are_sent_in_fetched_and_removed(client, made):
    answer = upload(client, made, pdf())
    assert answer.status_code == 303, answer.text
    page = client.get(f"{made.path}/credentials").text
    assert "note verbale.pdf" in page
    assert "Copy received" in page
    paper = db.session.scalars(select(CredentialDocument)).one()
    assert paper.uploaded_by == "Amina Diop"
    data = {"csrf_token": csrf_token(page)}
    fetched = client.post(f"{made.path}/credentials/{paper.public_id}", data=data)
    assert fetched.data == pdf()
    assert client.post(f"{made.path}/credentials/{paper.public_id}/remove", data=data).status_code == 303
    assert "note verbale.pdf" not in client.get(f"{made.path}/credentials").text
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"credentials.add_document", "credentials.fetch", "credentials.remove_document"} <= set(actions)


def test_slow_readers_of_credentials_leave_threads_for_the_pages(app, client, made):
    """They share the places of all files; whoever finds none free is asked to come again."""
    upload(client, made, pdf(b"x" * 200_000))
    paper = db.session.scalars(select(CredentialDocument)).one()
    data = {"csrf_token": csrf_token(client.get(f"{made.path}/credentials").text)}
    address, half = f"{made.path}/credentials/{paper.public_id}", app.config["SETTINGS"].threads // 2
    slow = [client.post(address, data=data, buffered=False) for _ in range(half)]
    busy = client.post(address, data=data)
    assert busy.status_code == 503 and "try again in a minute" in busy.text
    fetched = select(AuditEntry).where(AuditEntry.action == "credentials.fetch")
    assert len(db.session.scalars(fetched).all()) == half, "who was sent away has taken nothing along"
    assert client.get(f"{made.path}/credentials").status_code == 200
    for one in slow:
        one.close()
    assert client.post(address, data=data).data == pdf(b"x" * 200_000)
    with app.app_context():
        assert sending_places()._value == half


def test_what_is_no_paper_is_refused_with_a_reason(client, made):
    page = upload(client, made, b"PK\x03\x04 an office file", "list.docx")
    assert page.status_code == 422
    assert "Please save it as a PDF" in page.text
    assert "Please choose a file." in upload(client, made, b"", "").text


def test_somebody_who_registers_for_a_body_in_two_steps_is_told_of(client, made):
    review = client.get(f"/editions/{made.edition.ordinal}/register").text
    sent = {**PERSON, "represents": "country", "country": "KE", "privacy": "1", **flat(review)}
    page = client.post(f"/editions/{made.edition.ordinal}/register", data=sent)
    confirmed = client.post(f"/editions/{made.edition.ordinal}/register", data=flat(page.text))
    assert confirmed.status_code == 303, confirmed.text
    (letter,) = letters("endorsement_wanted")
    assert (letter.recipient, letter.language) == (made.focal_point.email, "fr")


def flat(html):
    return {name: values[-1] for name, values in fields(html).items()}


def test_a_link_that_the_secretariat_has_ended_is_not_renewed_by_asking(client, made, clock, app):
    links.revoke_links(now=clock(), focal_point_id=made.focal_point.id)
    made.add()
    db.session.commit()
    assert client.get(made.path).status_code == 409
    assert post(client, "/workspace/send-link", {"email": made.focal_point.email}).status_code == 200
    secret = app.config["SETTINGS"].secret_key
    endorsements.tell_focal_points(made.delegation.id, now=clock(), secret=secret)
    assert not letters("focal_point_link")
    assert not letters("endorsement_wanted")


def test_an_account_of_a_focal_point_made_by_an_administrator_reaches_the_delegation(client, made):
    sign_in(client, make_user("administrator"))
    sent = {
        "csrf_token": csrf_token(client.get("/dashboard/users/new").text),
        "email": made.focal_point.email,
        "name": "Amina Diop",
        "language": "fr",
        "role": "focal_point",
        "reach": "all",
    }
    answer = client.post("/dashboard/users/new", data=sent)
    assert answer.status_code == 303, answer.text
    db.session.refresh(made.focal_point)
    account = db.session.get(User, made.focal_point.user_id)
    assert (account.role, account.all_editions, account.editions) == ("focal_point", False, [])


def test_the_secretariat_cannot_make_a_second_head_either(client, made):
    made.add("approved", role="head", given_name="Grace", family_name="First")
    second = made.add("approved")
    sign_in(client, make_user())
    path = f"/dashboard/editions/{made.edition.ordinal}/registrations/{second.reference}"
    sent = {"csrf_token": csrf_token(client.get(path).text), "role": "head", "version": second.version}
    page = client.post(f"{path}/role", data=sent)
    assert "Grace First is the head of this delegation." in page.text
    db.session.refresh(second)
    assert second.role == "delegate"
