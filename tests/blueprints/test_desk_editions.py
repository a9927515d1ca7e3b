"""The editions desk through its forms: two organisers at once, hostile input, uploads, states, copies."""

import io
import re
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    Body,
    Edition,
    FigureClaim,
    OutboxMessage,
    ProgrammeSession,
    Speaker,
    Track,
    Upload,
)
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.services.test_uploads import SVG, bomb, picture

DESK = "/dashboard/editions/8"


@pytest.fixture
def edition(ctx):
    return make_edition(ordinal=8, time_zone="Europe/Zurich", capacity=10)


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="administrator", name="Ada"))
    return client


def fields(html: str) -> dict[str, str]:
    """What a browser would send with the first form of the page."""
    form = html[html.index('<form method="post"', html.index("<h1")) :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name and not (
            kind and (kind[1] == "file" or (kind[1] in ("checkbox", "radio") and " checked" not in tag))
        ):
            found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = body
    return found


def opened(client, page: str = f"{DESK}/edit") -> dict[str, str]:
    response = client.get(page)
    assert response.status_code == 200
    return fields(response.text)


def reload(record):
    db.session.expire_all()
    return db.session.get(type(record), record.id)


def test_a_form_sent_as_it_came_changes_nothing(desk, edition):
    edition.registration_opens_at = datetime(
        2027, 10, 31, 1, 30, 15, tzinfo=UTC
    )  # the second 02:30, and 15 seconds
    edition.registration_closes_at = datetime(2027, 11, 30, 22, 59, tzinfo=UTC)
    db.session.commit()
    version = edition.version
    response = desk.post(f"{DESK}/edit", data=opened(desk))
    assert response.status_code == 303
    assert reload(edition).version == version


def test_times_are_typed_and_shown_in_the_zone(desk, edition):
    data = opened(desk) | {
        "registration_opens_at": "2027-03-01T09:00",
        "registration_closes_at": "2027-10-31T23:59",
    }
    assert desk.post(f"{DESK}/edit", data=data).status_code == 303
    saved = reload(edition)
    assert saved.registration_opens_at == datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    assert saved.registration_closes_at == datetime(2027, 10, 31, 22, 59, tzinfo=UTC)
    page = desk.get(f"{DESK}/overview").text
    assert "1 March 2027, 09:00" in page and "UTC+1" in page and "31 October 2027, 23:59" in page
    gap = desk.post(
        f"{DESK}/edit",
        data=data | {"version": str(saved.version), "registration_opens_at": "2027-03-28T02:30"},
    )
    assert gap.status_code == 422 and "does not exist in Europe/Zurich" in gap.text
    assert 'value="2027-03-28T02:30"' in gap.text


def test_the_second_organiser_gets_his_form_back_and_is_told(desk, edition, app):
    theirs = opened(desk)
    sign_in(desk, make_user(role="administrator", name="Omar"))
    assert (
        desk.post(
            f"{DESK}/edit", data=opened(desk) | {"theme_en": "Omar's theme", "capacity": "12"}
        ).status_code
        == 303
    )
    sign_in(desk, make_user(role="administrator", name="Ada"))
    token = opened(desk)["csrf_token"]
    mine = theirs | {"theme_en": "Ada's theme", "venue_fr": "Palais", "csrf_token": token}
    answer = desk.post(f"{DESK}/edit", data=mine)
    assert answer.status_code == 409
    for text in ("Omar", "Theme (English)", "A theme", "Omar&#39;s theme", "Places", "10", "12"):
        assert text in answer.text
    again = fields(answer.text)
    assert again["theme_en"] == "Ada&#39;s theme" and again["venue_fr"] == "Palais"
    assert reload(edition).theme == {"en": "Omar's theme"}
    assert desk.post(f"{DESK}/edit", data=mine | {"version": again["version"]}).status_code == 303
    assert reload(edition).theme == {"en": "Ada's theme"} and edition.venue == {"fr": "Palais"}


HOSTILE = {
    "long": ("x" * 10_000, "too long"),
    "nul": ("A\x00B", "cannot be kept"),
    "override": ("A\u202eB", "change the direction"),
    "control": ("A\x9fB", "cannot be kept"),
}


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        (f"{DESK}/edit", "title_ar"),
        (f"{DESK}/programme/sessions/new", "title_fr"),
        (f"{DESK}/programme/rooms/new", "names_en"),
        (f"{DESK}/programme/speakers/new", "name"),
        (f"{DESK}/figures/new", "source_note"),
        ("/dashboard/bodies/new", "names_es"),
        ("/dashboard/editions/new", "theme_en"),
    ],
)
def test_hostile_input_is_refused_at_its_field_and_kept(desk, page, field, word):
    text, refusal = HOSTILE[word]
    rows = count_rows()
    answer = desk.post(page, data=opened(desk, page) | {field: text})
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-e">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert error and refusal in error[1]
    kept = re.search(rf'id="{field}"[^>]*value="([^"]*)"', answer.text)[1]
    assert kept == text.replace("\x00", "\ufffd").replace("\x9f", "\ufffd")
    assert count_rows() == rows


def count_rows() -> list[int]:
    tables = (Edition, Body, ProgrammeSession, Speaker, FigureClaim, AuditEntry)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("capacity", "-1"),
        ("capacity", "9" * 40),
        ("capacity", "many"),
        ("country_code", "XX"),
        ("country_code", "' OR 1=1"),
        ("time_zone", "Europe/Lugano"),
        ("time_zone", "../../etc/passwd"),
        ("latitude", "91"),
        ("latitude", "nan"),
        ("longitude", "1e400"),
        ("starts_on", "8 June"),
        ("starts_on", "0000-00-00"),
        ("date_precision", "century"),
        ("approval", "two_step"),
        ("contact_email", "nobody"),
        ("registration_opens_at", "soon"),
    ],
)
def test_wrong_values_are_refused_at_their_field(desk, field, text):
    answer = desk.post(f"{DESK}/edit", data=opened(desk) | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text and f'href="#{field}"' in answer.text


def test_an_edition_is_made_published_and_held(desk):
    data = opened(desk, "/dashboard/editions/new")
    assert data["ordinal"] == "9"
    data |= {"title_en": "Ninth", "time_zone": "America/Argentina/Buenos_Aires", "country_code": "NA"}
    assert desk.post("/dashboard/editions/new", data=data).status_code == 303
    assert desk.post("/dashboard/editions/new", data=data | {"ordinal": "8"}).status_code == 422
    edition = db.session.scalar(select(Edition).where(Edition.ordinal == 9))
    assert (edition.state, edition.country_code) == ("draft", "NA")
    for word in ("published", "held"):
        page = f"/dashboard/editions/9/state/{word}"
        assert ("No privacy notice is published" in desk.get(page).text) == (word == "published")
        assert desk.post(page, data=opened(desk, page)).status_code == 303
        assert reload(edition).state == word
    assert desk.get("/dashboard/editions/9/state/published").status_code == 422
    assert desk.get("/dashboard/editions/9/state/nonsense").status_code == 404


def test_postponing_asks_for_a_notice_and_says_how_many_are_told(desk, edition):
    for number in range(3):
        make_registration(edition, state="approved", email=f"p{number}@police.example")
    db.session.commit()
    page = f"{DESK}/state/postponed"
    assert "3 messages go out" in desk.get(page).text
    data = opened(desk, page)
    answer = desk.post(page, data=data)
    assert answer.status_code == 422 and "Please write a notice" in answer.text
    answer = desk.post(
        page, data=data | {"notice_en": "Later this year.", "notice_ar": "لاحقا"}, follow_redirects=True
    )
    assert "3 messages are waiting" in answer.text and "Later this year." in answer.text
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 3
    assert desk.post(page, data=data | {"notice_en": "Again"}).status_code in (409, 422)
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 3


def test_more_places_let_people_in_and_fewer_remove_nobody(desk, edition):
    for number in range(4):
        make_registration(edition, state="approved" if number < 2 else "waitlisted")
    edition.capacity = 2
    db.session.commit()
    page = desk.post(f"{DESK}/edit", data=opened(desk) | {"capacity": "3"}, follow_redirects=True).text
    assert "1 person moved up" in page
    page = desk.post(f"{DESK}/edit", data=opened(desk) | {"capacity": "1"}, follow_redirects=True).text
    assert "2 more people are approved than there are places" in page


def test_a_copy_shows_what_it_copies_and_makes_a_draft(desk, edition):
    make_room(edition, names={"en": "Copied hall"})
    db.session.commit()
    page = desk.get(f"{DESK}/copy")
    for text in ("Copied hall", "Eighth Global Conference", "Huitième", "never", "What is not copied"):
        assert text in page.text or text == "never"
    assert fields(page.text)["ordinal"] == "9"
    taken = desk.post(f"{DESK}/copy", data=fields(page.text) | {"ordinal": "1"})
    assert taken.status_code == 422 and "already" in taken.text
    answer = desk.post(f"{DESK}/copy", data=fields(page.text))
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/dashboard/editions/9/edit")


def with_file(data: dict, field: str, content: bytes, name: str = "logo.png") -> dict:
    return {**data, field: (io.BytesIO(content), name)}


def test_a_logo_is_uploaded_served_and_taken_away(desk, app):
    body = make_body()
    db.session.commit()
    page = f"/dashboard/bodies/{body.id}/edit"
    answer = desk.post(page, data=with_file(opened(desk, page), "logo", picture("GIF", mode="P"), "logo.gif"))
    assert answer.status_code == 303
    shown = desk.get(f"/fr/dashboard/bodies/{body.id}").text
    address = re.search(r'src="(/uploads/[0-9a-f]{64}\.webp)"', shown)[1]
    image = app.test_client().get(address)
    assert Image.open(io.BytesIO(image.data)).size == (60, 40)
    assert (
        image.headers["Content-Type"] == "image/webp" and image.headers["X-Content-Type-Options"] == "nosniff"
    )
    assert "immutable" in image.headers["Cache-Control"] and image.headers["Content-Disposition"].startswith(
        "inline"
    )
    image.close()
    data = opened(desk, page)
    assert desk.post(page, data=data).status_code == 303 and reload(body).logo_id
    assert desk.post(page, data=data | {"logo_remove": "1"}).status_code == 303
    assert reload(body).logo_id is None


def files(app) -> set[str]:
    return {path.name for path in app.config["SETTINGS"].uploads.glob("[0-9a-f]*")}


def test_what_nothing_shows_any_more_is_taken_from_the_folder(desk, edition, app):
    """Replaced or deleted: the file goes, but not while another record shows the same image."""
    bodies = [make_body(), make_body()]
    db.session.commit()
    pages = [f"/dashboard/bodies/{body.id}" for body in bodies]
    before = files(app)
    for page in pages:
        form = with_file(opened(desk, f"{page}/edit"), "logo", picture("PNG", size=(61, 40)))
        assert desk.post(f"{page}/edit", data=form).status_code == 303
    (shared,) = files(app) - before
    form = with_file(opened(desk, f"{pages[0]}/edit"), "logo", picture("PNG", size=(62, 40)))
    assert desk.post(f"{pages[0]}/edit", data=form).status_code == 303
    assert len(files(app) - before) == 2 and shared in files(app)
    form = with_file(opened(desk), "picture", picture("PNG", size=(63, 40)))
    assert desk.post(f"{DESK}/edit", data=form).status_code == 303
    with_picture = files(app)
    for page in pages:
        assert desk.post(f"{page}/delete", data={"csrf_token": opened(desk)["csrf_token"]}).status_code == 303
    assert shared in with_picture - files(app) and len(files(app) - before) == 1
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 1
    form = with_file(opened(desk), "picture", picture("PNG", size=(64, 40)))
    assert desk.post(f"{DESK}/edit", data=form).status_code == 303
    assert len(files(app) - before) == 1 and not (files(app) & with_picture) - before


@pytest.mark.parametrize(
    "content", [SVG, b"text", picture("PNG")[:-30], bomb(20_000)], ids=["svg", "text", "cut", "bomb"]
)
def test_what_is_no_image_gets_an_error_at_its_field(desk, edition, content):
    answer = desk.post(
        f"{DESK}/edit", data=with_file(opened(desk) | {"theme_en": "Kept"}, "picture", content)
    )
    assert answer.status_code == 422 and 'id="picture-e"' in answer.text and 'value="Kept"' in answer.text
    assert reload(edition).picture_id is None


def test_only_uploads_are_served(client):
    for name in ("nobody.webp", "..%2fsecret_key", "f" * 64 + ".webp", "f" * 64 + ".svg"):
        assert client.get(f"/uploads/{name}").status_code == 404


def test_a_body_is_named_moved_and_removed(desk, edition):
    first, second = make_body(names={"en": "First"}), make_body(names={"en": "Second"})
    db.session.commit()
    page = f"{DESK}/bodies"
    token = {"csrf_token": csrf_token(desk.get(page).text)}
    for body in (first, second):
        data = token | {"body_id": str(body.id), "role": "host", "source_url": "https://example.org"}
        assert desk.post(page, data=data).status_code == 303
    assert desk.post(page, data=data).status_code == 422
    assert desk.post(page, data=data | {"source_url": "javascript:alert(1)"}).status_code == 422
    assert desk.post(page, data=data | {"body_id": "999999"}).status_code == 404
    part = re.findall(r'id="part-(\d+)"', desk.get(page).text)[1]
    assert desk.post(f"{page}/{part}/move", data=token | {"direction": "up"}).status_code == 303
    assert re.findall(r'id="part-(\d+)"', desk.get(page).text)[0] == part
    assert desk.post(f"{page}/{part}/remove", data=token).status_code == 303
    assert "Second" not in re.search(r"<tbody.*</tbody>", desk.get(page).text, re.DOTALL)[0]


def test_a_session_with_a_new_speaker(desk, edition):
    room, known = make_room(edition), make_speaker(name="Known Speaker")
    db.session.commit()
    page = f"{DESK}/programme/sessions/new"
    data = opened(desk, page) | {"title_en": "Opening", "kind": "plenary", "room_id": str(room.id)}
    assert (data["starts"], data["ends"]) == ("2027-06-08T09:00", "2027-06-08T10:00")
    refused = desk.post(page, data=data | {"ends": "2027-06-08T09:00"})
    assert refused.status_code == 422 and 'id="ends-e"' in refused.text
    address = desk.post(page, data=data).headers["Location"]
    session = db.session.scalar(select(ProgrammeSession))
    assert session.starts_at == datetime(2027, 6, 8, 7, 0, tzinfo=UTC)
    token = {"csrf_token": data["csrf_token"]}
    assert desk.post(f"{address}/speakers", data=token | {"speaker_id": str(known.id)}).status_code == 303
    assert desk.post(f"{address}/speakers", data=token).status_code == 422
    new = token | {"name": "New Speaker", "session": str(session.id)}
    assert desk.post(f"{DESK}/programme/speakers/new", data=new).status_code == 303
    move = token | {"direction": "up"}
    number = db.session.scalar(select(Speaker.id).where(Speaker.name == "New Speaker"))
    assert desk.post(f"{address}/speakers/{number}/move", data=move).status_code == 303
    listed = desk.get(f"{DESK}/programme").text
    assert listed.index("New Speaker") < listed.index("Known Speaker") and "09:00" in listed
    place = token | {"function": "chair", "state": "accepted"}
    assert desk.post(f"{address}/speakers/{number}", data=place).status_code == 303
    assert {(one.function, one.state) for one in session.speakers} == {
        ("chair", "accepted"),
        ("speaker", "invited"),
    }
    stale = desk.post(f"{address}/speakers/{number}", data=place | {"csrf_token": "old"})
    assert stale.status_code == 422 and "open for too long" in stale.text
    make_session(edition, room_id=room.id, starts_at=session.starts_at, title={"en": "Clash"})
    db.session.commit()
    assert "same room and time as: Clash" in desk.get(f"{DESK}/programme").text


def test_a_closed_session_in_a_track_and_a_room_with_hours(desk, edition):
    new = f"{DESK}/programme/tracks/new"
    data = opened(desk, new)
    assert desk.post(new, data=data | {"names_en": ""}).status_code == 422
    assert desk.post(new, data=data | {"names_en": "Victims"}).status_code == 303
    track = db.session.scalar(select(Track))
    token = {"csrf_token": data["csrf_token"]}
    room = f"{DESK}/programme/rooms/new"
    hall = opened(desk, room) | {
        "names_en": "Hall",
        "booths": "3",
        "opens_at": "08:30",
        "equipment_en": "Screen",
    }
    refused = desk.post(room, data=hall)
    assert (
        refused.status_code == 422 and 'value="08:30"' in refused.text and 'id="closes_at-e"' in refused.text
    )
    assert desk.post(room, data=hall | {"closes_at": "18:00"}).status_code == 303
    assert "08:30–18:00" in desk.get(f"{DESK}/programme/rooms").text
    page = f"{DESK}/programme/sessions/new"
    session = opened(desk, page) | {
        "title_en": "Closed door",
        "kind": "panel",
        "track_id": str(track.id),
        "floor_language": "fr",
        "interpretation": ["en", "ar"],
        "access": "sectors",
        "asks_sign_up": "1",
        "capacity": "30",
    }
    refused = desk.post(page, data=session)
    assert refused.status_code == 422 and 'id="sectors-e"' in refused.text
    assert len(re.findall(r'name="interpretation"[^>]*checked', refused.text)) == 2, "nothing ticked is lost"
    address = desk.post(page, data=session | {"sectors": ["LE"]}).headers["Location"]
    kept = db.session.scalar(select(ProgrammeSession))
    assert (kept.floor_language, kept.interpretation, kept.capacity) == ("fr", ["ar", "en"], 30)
    assert re.search(r'value="LE"[^>]*checked', desk.get(address).text)
    listed = desk.get(f"{DESK}/programme").text
    assert "Victims" in listed and "Chosen sectors only" in listed
    gone = desk.get(f"{DESK}/programme/tracks/{track.id}/delete").text
    assert "1 session is on this track" in gone
    assert desk.post(f"{DESK}/programme/tracks/{track.id}/delete", data=token).status_code == 303
    edit = f"{DESK}/programme/sessions/{kept.id}"
    late = desk.post(edit, data=session | {"version": "1", "sectors": ["LE"], "track_id": ""})
    assert late.status_code == 409 and "Victims" not in re.search(r"<form.*</form>", late.text, re.DOTALL)[0]


def test_figures_through_the_pages(desk):
    page = f"{DESK}/figures/new"
    data = opened(desk, page) | {
        "measure": "participants",
        "value": "300",
        "source_url": "https://example.org",
    }
    assert desk.post(page, data=data | {"source_url": ""}).status_code == 422
    for value in ("300", "400"):
        assert desk.post(page, data=data | {"value": value, "qualifier": "more_than"}).status_code == 303
    second = db.session.scalar(select(FigureClaim).order_by(FigureClaim.id.desc()))
    token = {"csrf_token": data["csrf_token"]}
    assert desk.post(f"{DESK}/figures/{second.id}/show", data=token).status_code == 303
    assert reload(second).is_shown
    edited = opened(desk, f"{DESK}/figures/{second.id}") | {
        "value": "401"
    }  # shown since, and not outdated by it
    assert edited["version"] == "1"
    assert desk.post(f"{DESK}/figures/{second.id}", data=edited).status_code == 303
    assert desk.post(f"{DESK}/figures/{second.id}/delete", data=token).status_code == 303
    assert "401" not in desk.get(f"{DESK}/figures").text
