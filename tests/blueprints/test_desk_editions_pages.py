"""Every page of the editions desk opens, for whom it should, in two languages and with a constant number of queries."""

import pytest

from eventapp.extensions import db
from eventapp.models import FigureClaim, Partnership
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_session, make_speaker
from tests.queries import counted_queries

EDITION_PAGES = (
    "/overview", "/edit", "/copy", "/bodies", "/figures", "/figures/new", "/state/held", "/state/postponed", "/state/cancelled",
    "/programme", "/programme/sessions/new", "/programme/rooms", "/programme/rooms/new", "/programme/speakers",
    "/programme/speakers/new",
)  # fmt: skip
PAGES = ("/dashboard/editions", "/dashboard/editions/new", "/dashboard/bodies", "/dashboard/bodies/new",
         "/dashboard/partners", "/dashboard/partners/new")  # fmt: skip


@pytest.fixture
def desk(client, ctx):
    sign_in(client, make_user(role="administrator"))
    return client


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_pages_open(desk, page, prefix):
    assert desk.get(prefix + page).status_code == 200


@pytest.mark.parametrize("page", EDITION_PAGES)
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_pages_of_an_edition_open(desk, page, prefix):
    make_edition(ordinal=8)
    db.session.commit()
    assert desk.get(f"{prefix}/dashboard/editions/8{page}").status_code == 200


@pytest.mark.parametrize("page", ["figures/{claim}", "figures/{claim}/delete", "programme/sessions/{session}",
    "programme/sessions/{session}/delete", "programme/rooms/{room}", "programme/rooms/{room}/delete",
    "programme/speakers/{speaker}", "programme/speakers/{speaker}/delete"])  # fmt: skip
def test_pages_of_records_open(desk, page):
    edition = make_edition(ordinal=8)
    claim = FigureClaim(edition_id=edition.id, measure="participants", qualifier="about", value=3)
    db.session.add(claim)
    records = {
        "claim": claim,
        "session": make_session(edition),
        "room": make_room(edition),
        "speaker": make_speaker(),
    }
    db.session.commit()
    address = page.format(**{name: record.id for name, record in records.items()})
    assert desk.get(f"/dashboard/editions/8/{address}").status_code == 200


def test_pages_of_a_body_open(desk):
    body = make_body()
    partner = Partnership(body_id=make_body().id, kind="key_partner", position=99)
    db.session.add(partner)
    db.session.commit()
    for page in (f"bodies/{body.id}", f"bodies/{body.id}/edit", f"bodies/{body.id}/delete"):
        assert desk.get(f"/dashboard/{page}").status_code == 200
    for page in (f"partners/{partner.id}", f"partners/{partner.id}/remove"):
        assert desk.get(f"/dashboard/{page}").status_code == 200


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648"])
def test_numbers_beyond_the_database_do_not_exist(desk, number):
    for page in (f"bodies/{number}", f"editions/{number}/overview", f"partners/{number}"):
        assert desk.get(f"/dashboard/{page}").status_code == 404


def test_pictures_of_empty_places(desk):
    make_edition(
        ordinal=8, city={}, country_code=None, starts_on=None, ends_on=None, date_precision="unknown"
    )
    db.session.commit()
    for page in (
        "/overview",
        "/bodies",
        "/figures",
        "/programme",
        "/programme/rooms",
        "/programme/speakers",
        "/copy",
    ):
        assert desk.get(f"/dashboard/editions/8{page}").status_code == 200
    assert "No body fits" in desk.get("/dashboard/bodies?q=nothing+like+this").text


def test_search_of_bodies(desk):
    make_body(names={"en": "Zürich Cantonal Police", "fr": "Police cantonale"}, acronym="KAPO")
    for number in range(60):
        make_body(names={"en": f"Agency {number:03}"}, kind="academia")
    db.session.commit()
    assert "Zürich" in desk.get("/dashboard/bodies?q=zurich").text
    assert "Zürich" in desk.get("/dashboard/bodies?q=kapo").text
    assert "Zürich" not in desk.get("/dashboard/bodies?q=%25").text  # a wildcard is a letter here
    page = desk.get("/dashboard/bodies?kind=academia&page=2").text
    assert "Agency 050" in page and "Agency 049" not in page and "51–60 of 60" in page
    assert "Agency 059" in desk.get("/dashboard/bodies?kind=academia&page=9999999").text
    assert desk.get("/dashboard/bodies?q=%00%ed%a0%80&kind=nonsense&page=x").status_code == 200


def test_readers_look_and_do_not_touch(client, ctx):
    edition = make_edition(ordinal=8)
    make_session(edition)
    sign_in(client, make_user(role="reader"))
    page = client.get("/dashboard/editions/8/programme").text
    assert "New session" not in page and "Delete" not in page
    assert client.get("/dashboard/editions/8/edit").status_code == 403
    assert client.get("/dashboard/bodies").status_code == 200
    assert client.get("/dashboard/bodies/new").status_code == 403


def test_organisers_of_named_editions_reach_only_those(client, ctx):
    mine, other = make_edition(ordinal=8), make_edition(ordinal=9)
    sign_in(client, make_user(role="organiser", editions=[mine]))
    assert client.get("/dashboard/editions/8/edit").status_code == 200
    for page in EDITION_PAGES:
        assert client.get(f"/dashboard/editions/{other.ordinal}{page}").status_code in (403, 404)
    for page in ("/dashboard/editions/new", "/dashboard/bodies/new", "/dashboard/partners/new"):
        assert client.get(page).status_code == 403
    assert client.get("/dashboard/editions/8/copy").status_code == 403
    assert "9th edition" not in client.get("/dashboard/editions").text


def count_queries(client, address: str) -> int:
    with counted_queries() as statements:
        assert client.get(address).status_code == 200
    return len(statements)


@pytest.mark.parametrize("page", ["/dashboard/editions", "/dashboard/bodies", "/dashboard/partners",
    "/dashboard/editions/8/bodies", "/dashboard/editions/8/programme", "/dashboard/editions/8/programme/speakers"])  # fmt: skip
def test_queries_do_not_grow_with_rows(desk, page):
    edition = make_edition(ordinal=8)
    grow(edition, 2)
    assert desk.get(page).status_code == 200  # what a process reads once and keeps is no part of the count
    few = count_queries(desk, page)
    grow(edition, 12)
    assert count_queries(desk, page) == few


def grow(edition, rows: int) -> None:
    from eventapp.models import EditionBody, ProgrammeSpeaker

    countries = ["KE", "NA", "NO", "FR", "CH", "AR", "QA", "EG", "SY", "IN", "BR", "JP"]
    for number in range(rows):
        body = make_body(country_code=countries[number % 12])
        db.session.add(Partnership(body_id=body.id, kind="expert_group", position=number))
        db.session.add(EditionBody(edition_id=edition.id, body_id=body.id, role="host", position=number))
        make_edition(country_code=countries[number % 12])
        session = make_session(edition, room_id=make_room(edition).id)
        for position in range(2):
            speaker = make_speaker(body_id=body.id)
            session.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=position))
    db.session.commit()
    db.session.expire_all()
