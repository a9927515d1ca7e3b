"""Publishing counts in the dashboard: the preview with its marks, one click, withdrawal, who may."""

import re

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Publication
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/publications"
CHOICES = "measures=registered&measures=approved&sectors=both&places=country&threshold=3"


@pytest.fixture
def edition(client):
    edition = make_edition(country_code="KE")
    for country, people in {"KE": 9, "NG": 5, "ET": 2, "FR": 6, "NO": 4, "NA": 7}.items():
        for _ in range(people):
            make_registration(edition, country_code=country, state="approved")
    for _ in range(4):
        make_registration(edition, represents="organisation", sector_code="IGO", state="approved")
    sign_in(client, make_user(role="organiser"))
    return edition


def hidden(page: str) -> dict[str, list[str]]:
    form = page.partition(f'action="{PAGE}"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def publish(client, choices=CHOICES):
    return client.post(PAGE, data=hidden(client.get(f"{PAGE}/preview?{choices}").text))


def test_the_empty_list_says_what_it_is_for(client, edition):
    page = client.get(PAGE).text
    assert "Nothing is published yet" in page
    assert "Look at the preview" in page


def test_the_preview_marks_what_is_withheld_and_why(client, edition):
    page = client.get(f"{PAGE}/preview?{CHOICES}&is_crossed=1&without_host=1").text
    assert "<b>2</b> small" in page
    assert "<b>5</b> protects another" in page
    assert "without Kenya: 28" in page
    assert "Sectors by regions" in page
    assert "numbers are shown" in page


def test_a_preview_changes_nothing(client, edition):
    client.get(f"{PAGE}/preview?{CHOICES}")
    assert not db.session.scalars(select(Publication)).all()


def test_publishing_shows_it_to_everybody(client, app, edition):
    answer = publish(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/1")
    page = client.get(f"{PAGE}/1").text
    assert "This is what the public page shows" in page
    assert "<b>2</b> small" in page
    public = app.test_client().get("/editions/8/figures").text
    assert "fewer than 3 or withheld" in public
    assert "small</span>" not in public and "protects another" not in public
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.action == "figures.publish"


def test_a_second_click_publishes_once(client, edition):
    data = hidden(client.get(f"{PAGE}/preview?{CHOICES}").text)
    first, second = client.post(PAGE, data=data), client.post(PAGE, data=data)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(db.session.scalars(select(Publication)).all()) == 1


def test_what_moved_comes_back_as_a_new_preview(client, edition):
    data = hidden(client.get(f"{PAGE}/preview?{CHOICES}").text)
    make_registration(edition, country_code="KE", state="approved")
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 422
    assert "The counts have changed since the preview" in answer.text
    assert client.post(PAGE, data=hidden(answer.text)).status_code == 303


def test_a_stale_token_keeps_the_choices(client, edition):
    data = hidden(client.get(f"{PAGE}/preview?{CHOICES}&is_crossed=1").text) | {"csrf_token": "old"}
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 422
    assert "open for too long" in answer.text
    assert hidden(answer.text)["is_crossed"] == ["1"]


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        ("sectors=main", "at least one of the measures"),
        ("measures=registered&threshold=2", "from 3 to 50"),
        ("measures=registered&threshold=many", "from 3 to 50"),
        ("measures=registered&sectors=none&is_crossed=1", "need both sectors and regions"),
        ("measures=registered&places=x", "choose one of the options"),
    ],
)
def test_what_cannot_be_published_says_so_at_its_field(client, edition, choices, text):
    answer = client.get(f"{PAGE}/preview?{choices}")
    assert answer.status_code == 422
    assert text in answer.text
    assert f'action="{PAGE}"' not in answer.text


def test_a_later_preview_tells_of_small_differences(client, edition):
    publish(client)
    make_registration(edition, country_code="NO", state="approved")
    page = client.get(f"{PAGE}/preview?{CHOICES}").text
    assert "moved by fewer than 3 people" in page
    assert "Norway, People registered: 4 in publication 1, 5 now" in page


def test_a_higher_threshold_says_what_is_known_already(client, edition):
    publish(client)
    page = client.get(f"{PAGE}/preview?measures=registered&threshold=6").text
    assert "though an earlier publication showed the same number: " in page
    assert "Norway, People registered (Publication 1)" in page


def test_withdrawing(client, app, edition):
    publish(client)
    page = client.get(f"{PAGE}/1/withdraw").text
    assert "no counts of this edition" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.partition("<main")[2]).group(1)
    assert client.post(f"{PAGE}/1/withdraw", data={"csrf_token": token}).status_code == 303
    assert "withdrawn on 14 April 2027" in client.get(PAGE).text
    assert "Withdrawn on 14 April 2027" in client.get(f"{PAGE}/1").text
    assert client.get(f"{PAGE}/1/withdraw").status_code == 404
    assert "Counted by the secretariat" not in app.test_client().get("/editions/8/figures").text


def test_a_reader_sees_what_the_public_sees(client, app, edition):
    publish(client)
    reader = app.test_client()
    sign_in(reader, make_user(role="reader", all_editions=True))
    assert "Look at the preview" not in reader.get(PAGE).text
    page = reader.get(f"{PAGE}/1").text
    assert "fewer than 3 or withheld" in page and "small</span>" not in page
    assert reader.get(f"{PAGE}/preview?{CHOICES}").status_code == 403


def test_pages_in_every_language(client, edition):
    publish(client)
    for prefix in ("", "/fr", "/es", "/ar"):
        for path in (PAGE, f"{PAGE}/preview?{CHOICES}", f"{PAGE}/1", f"{PAGE}/1/withdraw"):
            assert client.get(prefix + path).status_code == 200
