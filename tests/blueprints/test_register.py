"""A delegate registers through the form: form, review, confirmation."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, PrivacyNotice, Registration
from eventapp.web.options import KEY
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

ANSWERS = {
    "represents": "country",
    "country": "NG",
    "organisation": "Example Police Force",
    "sector": "LE-POL",
    "honorific": "Superintendent",
    "given_name": "Joy",
    "family_name": "Adeyemi",
    "functional_title": "Head of unit",
    "email": "j.adeyemi@police.example",
    "phone": "+234 555 0100",
    "language": "en",
    "role": "delegate",
    "languages": ["en", "fr"],
    "privacy": "1",
}
COUNTED = (Registration, OutboxMessage, AuditEntry)


@pytest.fixture(autouse=True)
def edition(app):
    keeper = app.extensions.get(KEY)
    if keeper:
        keeper.clear()
    with app.app_context():
        edition = make_edition(approval="open")
        db.session.add(
            PrivacyNotice(
                number=1,
                text={"en": "Notice"},
                created_at=edition.created_at,
                published_at=edition.created_at,
            )
        )
        db.session.commit()


def hidden(html: str) -> dict[str, list[str]]:
    """The hidden fields of a page's main form."""
    found: dict[str, list[str]] = {}
    form = html[html.index("<main") : html.index("</main>")]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(
            value.replace("&#39;", "'")
            .replace("&#34;", '"')
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
        )
    return found


def token_of(client, path="/editions/8/register") -> str:
    return hidden(client.get(path).text)["csrf_token"][0]


def post(client, path="/editions/8/register", **answers):
    data = {**ANSWERS, "csrf_token": token_of(client, path), **answers}
    return client.post(path, data={name: value for name, value in data.items() if value is not None})


def confirm(client, review, path="/editions/8/register", **more):
    return client.post(path, data={**hidden(review.text), "step": "confirm", **more})


def counts(app):
    with app.app_context():
        wanted = AuditEntry.action == "registration.submit"
        return (
            db.session.scalar(select(func.count()).select_from(Registration)),
            db.session.scalar(select(func.count()).select_from(OutboxMessage)),
            db.session.scalar(select(func.count()).select_from(AuditEntry).where(wanted)),
        )


def test_form_review_confirmation(client, app):
    form = client.get("/editions/8/register")
    assert form.status_code == 200
    assert '<option value="NA">Namibia</option>' in form.text
    assert "needs attention" not in form.text
    review = post(client)
    assert review.status_code == 200
    assert "Superintendent Joy Adeyemi" in review.text
    assert "Nigeria" in review.text
    assert counts(app) == (0, 0, 0)
    done = confirm(client, review)
    assert done.status_code == 303
    page = client.get(done.location)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        assert registration.reference in page.text
        assert (registration.state, registration.counted_country_code) == ("approved", "NG")
        assert registration.languages == ["en", "fr"]
        assert registration.privacy_notice_id is not None
        letter = db.session.scalars(select(OutboxMessage)).one()
        assert (letter.kind, letter.link_id is not None) == ("registration_approved", True)
    assert counts(app) == (1, 1, 1)


def test_looking_at_the_headers_alone_sends_nothing_in(client, app):
    """HEAD is a way of reading, whatever stands in its body; no token guards it."""
    path = "/editions/8/register"
    assert client.head(path).status_code == 200
    data = {**hidden(post(client).text), "step": "confirm"}
    data.pop("csrf_token")
    assert client.head(path, data=data).status_code == 200
    assert counts(app) == (0, 0, 0)


def test_without_javascript_the_confirmation_needs_no_session(client, app):
    done = confirm(client, post(client))
    stranger = app.test_client()
    assert stranger.get(done.location).status_code == 200


def test_double_click_makes_one_registration(client, app):
    review = post(client)
    first, second = confirm(client, review), confirm(client, review)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert counts(app) == (1, 1, 1)


def test_two_people_by_the_back_button_are_two_registrations(client, app):
    confirm(client, post(client))
    confirm(client, post(client, given_name="Amina"))
    assert counts(app) == (2, 2, 2)


def test_edit_gives_the_form_back(client):
    review = post(client, given_name="Zoë <b>")
    back = client.post("/editions/8/register", data={**hidden(review.text), "step": ["confirm", "edit"]})
    assert back.status_code == 200
    assert 'value="Zoë &lt;b&gt;"' in back.text
    assert '<option value="NG" selected>' in back.text
    assert '<option value="LE-POL" selected>' in back.text


def test_an_empty_form_says_what_is_missing_and_greets_nobody_with_it(client):
    blank = client.get("/editions/8/register").text
    assert "errsum" not in blank
    page = client.post("/editions/8/register", data={"csrf_token": token_of(client)})
    assert page.status_code == 422
    for name in (
        "represents",
        "sector",
        "given_name",
        "family_name",
        "functional_title",
        "email",
        "role",
        "privacy",
    ):
        assert f'href="#{name}"' in page.text, name
        assert f'id="{name}-e"' in page.text, name


@pytest.mark.parametrize(
    ("answers", "field", "text"),
    [
        ({"given_name": "a" * 10_000}, "given_name", "too long"),
        ({"family_name": "Ade\x00yemi"}, "family_name", "characters that cannot be kept"),
        ({"family_name": "Ade\u202eyemi"}, "family_name", "direction of text"),
        ({"family_name": "\ufffd"}, "family_name", "cannot be kept"),
        ({"country": "ZZ"}, "country", "from the list"),
        ({"country": "SU"}, "country", "from the list"),
        ({"country": ["NG", "KE"]}, "country", "sent twice"),
        ({"sector": ["LE-POL", "LE-NCB"]}, "sector", "sent twice"),
        ({"sector": "LE"}, "sector", "within this sector"),
        ({"sector": "XX"}, "sector", "from the list"),
        ({"email": "j.adeyemi@police.example,ng"}, "email", "name@ministry.example"),
        ({"phone": "call me"}, "phone", "country code"),
        ({"role": "head"}, "role", "the role"),
        ({"languages": ["en", "xx"]}, "languages", "from the list"),
        ({"language": "de"}, "language", "language"),
        ({"represents": "planet"}, "represents", "represent"),
        ({"represents": "organisation", "organisation": ""}, "organisation", "Enter the organisation"),
        ({"represents": "organisation", "sector": "NGO"}, "seat_country", "its seat"),
        ({"dietary_needs": "x" * 2001}, "dietary_needs", "too long"),
        ({"privacy": None}, "privacy", "privacy notice"),
        ({"notice": "7"}, "privacy", "changed meanwhile"),
    ],
)
def test_bad_input_is_told_beside_its_field(client, app, answers, field, text):
    page = post(client, **answers)
    assert page.status_code == 422
    error = re.search(rf'<p class="errmsg" id="{field}-e">.*?</p>', page.text, re.DOTALL)
    assert error, page.text[:3000]
    assert text in error[0]
    assert "j.adeyemi@police.example" in page.text  # what was typed stays
    assert counts(app) == (0, 0, 0)


def test_a_lone_surrogate_in_the_form_encoding(client):
    token = token_of(client)
    body = f"csrf_token={token}&given_name=%ED%A0%80&family_name=Okafor"
    page = client.post("/editions/8/register", data=body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 422
    assert 'id="given_name-e"' in page.text
    assert 'value="Okafor"' in page.text


def test_invisible_marks_from_copied_text_are_dropped(client, app):
    confirm(client, post(client, family_name="\u200fالنعيمي\u200e", phone="\u202a+٢٣٤ ٥٥٥ ٠١٠٠\u202c"))
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        assert registration.family_name == "النعيمي"
        assert registration.phone == "+234 555 0100"


def test_bad_input_in_arabic(client):
    page = post(client, "/ar/editions/8/register", family_name="", language=None)
    assert page.status_code == 422
    assert 'dir="rtl"' in page.text
    assert 'id="family_name-e"' in page.text
    assert '<option value="NG" selected>نيجيريا</option>' in page.text
    assert '<option value="ar" selected>' in page.text


def test_a_stale_token_gives_the_form_back_filled_in(client, app):
    token_of(client)
    page = client.post("/editions/8/register", data={**ANSWERS, "csrf_token": "stale"})
    assert page.status_code == 400
    assert 'value="Adeyemi"' in page.text
    fresh = hidden(page.text)["csrf_token"][0]
    review = client.post("/editions/8/register", data={**ANSWERS, "csrf_token": fresh})
    assert confirm(client, review).status_code == 303
    assert client.post("/editions/8/register", data={**ANSWERS, "step": "confirm"}).status_code == 400
    assert counts(app) == (1, 1, 1)


def test_confirming_without_a_nonce_asks_once_more(client, app):
    page = post(client, step="confirm")
    assert page.status_code == 422
    assert confirm(client, page).status_code == 303
    assert counts(app) == (1, 1, 1)


def test_a_body_of_30_megabytes(client):
    page = client.post("/editions/8/register", data={"given_name": "x" * 30_000_000})
    assert page.status_code == 413


def test_international_organisations_have_no_country(client, app):
    review = post(client, represents="organisation", organisation="Europol", sector="IGO", seat_country="NL")
    assert confirm(client, review).status_code == 303
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        assert (registration.counted_country_code, registration.country_basis) == (None, "none")
        assert registration.country_code is None


def test_organisations_count_at_their_seat(client, app):
    answers = {
        "represents": "organisation",
        "organisation": "Some Foundation",
        "sector": "NGO",
        "seat_country": "NA",
    }
    assert confirm(client, post(client, **answers)).status_code == 303
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        assert (registration.counted_country_code, registration.country_basis) == ("NA", "seat")


@pytest.mark.parametrize(
    ("at", "status", "text"),
    [
        (datetime(2027, 3, 1, 8, 59, 59, tzinfo=UTC), 409, "not opened yet"),
        (datetime(2027, 3, 1, 9, 0, 0, tzinfo=UTC), 200, "Check your answers"),
        (datetime(2027, 4, 30, 20, 58, 59, tzinfo=UTC), 200, "Check your answers"),
        (datetime(2027, 4, 30, 20, 59, 0, tzinfo=UTC), 409, "has closed"),
    ],
)
def test_the_window_is_kept_to_the_second(client, clock, at, status, text):
    token = token_of(client)
    clock.moment = at
    with client.session_transaction():
        pass
    page = client.post("/editions/8/register", data={**ANSWERS, "csrf_token": token})
    assert page.status_code == status
    assert text in page.text


def test_closing_between_review_and_confirmation(client, app, clock):
    review = post(client)
    clock.moment = datetime(2027, 4, 30, 20, 59, tzinfo=UTC)
    assert confirm(client, review).status_code == 409
    assert counts(app) == (0, 0, 0)


def test_a_closed_form_is_explained_to_whoever_looks(client, clock):
    clock.moment = datetime(2027, 2, 1, tzinfo=UTC)
    assert client.head("/editions/8/register").status_code == 200
    page = client.get("/editions/8/register")
    assert page.status_code == 200
    assert "1 March 2027, 12:00 (UTC+3)" in page.text


def test_draft_and_unknown_editions_are_not_found(client, app):
    with app.app_context():
        make_edition(ordinal=9, state="draft")
        db.session.commit()
    for ordinal in ("9", "99", "99999999999999999999"):
        assert client.get(f"/editions/{ordinal}/register").status_code == 404
        assert client.post(f"/editions/{ordinal}/register", data=ANSWERS).status_code == 404


def test_late_registrations_are_taken_where_the_edition_allows(client, app, clock):
    with app.app_context():
        make_edition(ordinal=9, approval="open", accepts_late=True)
        db.session.commit()
    clock.moment = datetime(2027, 5, 2, tzinfo=UTC)
    path = "/editions/9/register"
    assert "Late registration" in client.get(path).text
    assert confirm(client, post(client, path), path).status_code == 303
    with app.app_context():
        registration = db.session.scalars(select(Registration)).one()
        assert (registration.state, registration.is_late) == ("submitted", True)


def test_the_last_place_and_the_waiting_list(client, app):
    with app.app_context():
        edition = make_edition(ordinal=9, approval="open", capacity=1)
        make_registration(edition, state="approved")
        db.session.commit()
    path = "/editions/9/register"
    done = confirm(client, post(client, path), path)
    assert "You are number 1 in line" in client.get(done.location).text


def test_a_delegation_gets_through_and_a_flood_does_not(client, app):
    review = post(client)
    for _ in range(60):
        assert confirm(client, review).status_code == 303
    page = confirm(client, review)
    assert page.status_code == 429
    assert 'value="Adeyemi"' in page.text
    other = client.post(
        "/editions/8/register",
        data={**hidden(review.text), "step": "confirm"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert other.status_code == 303


def test_the_form_asks_the_database_little(client, app):
    client.get("/editions/8/register")
    statements = []
    from sqlalchemy import event

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    client.get("/editions/8/register")
    assert len([one for one in statements if one.startswith("SELECT")]) <= 6, statements
