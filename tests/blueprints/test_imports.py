"""The pages of an import: upload with its refusals, what would happen row by row, choices, confirmation, template."""

import io

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, ImportJob, OutboxMessage, Registration
from eventapp.rules.import_words import TAKEN, fold
from eventapp.web.import_jobs import work_next
from eventapp.web.import_words import title, words
from eventapp.web.typed import speaking
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries
from tests.services.test_imports import csv_of
from tests.services.test_tables import workbook
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/import"


@pytest.fixture
def organiser(app, client):
    for path in app.config["SETTINGS"].imports.glob("*.*"):
        path.unlink()
    make_edition()
    sign_in(client, user := make_user(role="organiser"))
    return user


def send(client, data: bytes, name="list.csv", page=PAGE, **more):
    form = {"csrf_token": csrf_token(client.get(page).text), "file": (io.BytesIO(data), name), **more}
    return client.post(page, data=form, content_type="multipart/form-data")


def bring(app, client, data: bytes, **more) -> str:
    answer = send(client, data, **more)
    assert answer.status_code == 303, answer.text
    assert work_next(app)
    return answer.headers["Location"]


def post(client, address, **data):
    return client.post(address, data={"csrf_token": csrf_token(client.get(PAGE).text), **data})


def people() -> list[Registration]:
    db.session.expire_all()
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_from_the_file_to_the_people(app, client, organiser):
    answer = send(
        client, csv_of({}, {"given_name": "Astrid", "country": "NO"}), name="délégués.csv", language="fr"
    )
    address = answer.headers["Location"]
    waiting = client.get(address).text
    assert 'hx-trigger="every 2s"' in waiting and "0 of 2 rows" in waiting and "délégués.csv" in waiting
    assert work_next(app)
    page = client.get(address).text
    assert "Astrid Berg" in page and "2 people are added" in page and "hx-trigger" not in page
    assert "Norway" in page and people() == []
    assert post(client, f"{address}/confirm").status_code == 303
    assert "waits to be written" in client.get(PAGE).text and work_next(app)
    assert (
        "2 people were added" in client.get(address).text
        and "Nobody was written to" in client.get(address).text
    )
    assert [one.country_code for one in people()] == ["KE", "NO"]
    assert not db.session.scalars(select(OutboxMessage)).all()
    assert post(client, f"{address}/confirm").status_code == 422 and len(people()) == 2
    assert "imported a list of people" in client.get("/dashboard/editions/8/audit").text


def test_each_is_written_to_when_that_is_wanted(app, client, organiser):
    address = bring(app, client, csv_of({}))
    post(client, f"{address}/confirm", tell="1")
    work_next(app)
    assert [one.kind for one in db.session.scalars(select(OutboxMessage))] == ["registration_received"]


def test_an_error_names_row_and_column_in_the_readers_language(app, client, organiser):
    address = bring(app, client, csv_of({}, {"given_name": "Bola", "email": "nobody"}))
    page = client.get(address).text
    assert "Row 3, column K (email): Enter an e-mail address" in page and "One row has an error" in page
    assert "/confirm" not in page and "Joy Adeyemi" not in page  # the page begins with what is wrong
    assert "Joy Adeyemi" in client.get(f"{address}?show=all").text
    assert "Ligne 3, colonne K (email)" in client.get(f"/fr{address}").text
    assert post(client, f"{address}/confirm").status_code == 422 and people() == []


@pytest.mark.parametrize(
    ("data", "english", "arabic"),
    [
        (b"", "This file is empty", "فارغ"),
        (b"x" * (6 * 1024 * 1024), "too large: at most 5 MB", "كبير جدًا"),
        (b"x" * (30 * 1024 * 1024), "too large: at most 5 MB", "كبير جدًا"),
        (b"a,b\n1,\0\n", "zero byte", "بايت صفري"),
        (b",".join([b"x"] * 300) + b"\n1\n", "more than 100 columns", "عدد الأعمدة"),
        (b"given_name,family_name\nA,B\n", "“Country or territory”", "أعمدة ناقصة"),
        (b"email,E-mail\nA,B\n", "Two columns hold the same: A “email” and B “E-mail”", "عمودان"),
    ],
)
def test_refusals_stand_at_the_field_in_the_readers_language(client, organiser, data, english, arabic):
    answer = send(client, data)
    assert answer.status_code == 422 and english in answer.text
    assert arabic in send(client, data, page=f"/ar{PAGE}").text
    assert not db.session.scalars(select(ImportJob)).all()


def test_a_formula_and_no_file_are_refused(client, organiser):
    data = workbook(["email"], ["x"], fill=lambda sheet: sheet.write_formula(2, 0, "=1+1"))
    assert "row 3, column A" in send(client, data).text
    assert "Choose a file" in send(client, b"x", name="").text


def test_an_edition_that_has_taken_place_takes_nobody(client, organiser):
    db.session.scalars(select(Edition).where(Edition.ordinal == 8)).one().state = "held"
    db.session.commit()
    answer = send(client, csv_of({}))
    assert answer.status_code == 422 and "has taken place" in answer.text


def test_readers_look_at_no_import(client):
    make_edition()
    sign_in(client, make_user(role="reader"))
    assert client.get(PAGE).status_code == 403 and client.get(f"{PAGE}/template.csv").status_code == 403


def test_possible_seconds_are_decided_one_by_one_or_all_at_once(app, client, organiser):
    address = bring(app, client, csv_of(*[{"given_name": "Bola"}] * 3, {"given_name": "Chidi"}))
    page = client.get(address).text
    assert (
        'name="row-3"' in page and "2 rows may be about people" in page and "One person is added" not in page
    )
    assert post(client, f"{address}/choose", **{"row-3": "add"}).status_code == 303
    assert '<option value="add" selected>' in client.get(f"{address}?show=duplicate").text
    assert "3 people are added" in client.get(address).text
    assert post(client, f"{address}/choose", all="skip").status_code == 303
    assert "2 people are added" in client.get(address).text
    assert post(client, f"{address}/choose", **{"row-3": "?"}).status_code == 422
    post(client, f"{address}/choose", all="add")
    post(client, f"{address}/confirm")
    work_next(app)
    assert len(people()) == 4


def test_changes_are_shown_old_and_new(app, client, organiser):
    known = make_registration(
        db.session.scalars(select(Edition).where(Edition.ordinal == 8)).one(), phone="0044"
    )
    db.session.commit()
    address = bring(app, client, f"reference,phone\n{known.reference},+44 20 7\n".encode())
    page = client.get(address).text
    assert (
        "Telephone: 0044 → +44 20 7" in page and known.reference in page and "One person is changed" in page
    )
    arabic = client.get(f"/ar{address}").text
    assert "\u2068+44 20 7\u2069" in arabic  # its groups would stand the other way round


def test_a_list_is_for_whoever_brought_it_and_for_administrators(app, client, organiser):
    address = bring(app, client, csv_of({}))
    sign_in(client, make_user(role="organiser"))
    assert client.get(address).status_code == 404 and post(client, f"{address}/confirm").status_code == 404
    assert "list.csv" not in client.get(PAGE).text
    sign_in(client, make_user(role="administrator"))
    assert client.get(address).status_code == 200


def test_giving_up_removes_the_rows(app, client, organiser):
    address = bring(app, client, csv_of({}))
    assert post(client, f"{address}/discard").status_code == 303
    assert not list(app.config["SETTINGS"].imports.glob("*.table"))
    assert "kept no longer" in client.get(address).text
    assert post(client, f"{address}/discard").status_code == 422


def test_what_people_need_is_taken_from_those_who_may_see_it(app, client, organiser):
    data = csv_of({"dietary_needs": "halal"}, head=[*TAKEN])
    address = bring(app, client, data)
    assert (
        "These columns are left out: Q “dietary_needs”, R “accessibility_needs”" in client.get(address).text
    )
    organiser.may_see_needs = True
    db.session.commit()
    address = bring(app, client, data)
    assert "left out: Q" not in client.get(address).text
    post(client, f"{address}/confirm")
    work_next(app)
    assert people()[0].dietary_needs == "halal"


def test_the_template_has_no_column_that_would_be_left_out(app, client, organiser):
    head = client.get(f"{PAGE}/template.csv").text
    assert "Name for the badge" in head
    assert "needs" not in head
    people_of = csv_of({}, head=TAKEN[:-2]).partition(b"\r\n")[2]
    page = client.get(bring(app, client, head.strip().encode() + b"\r\n" + people_of)).text
    assert "New (1)" in page
    assert "left out" not in page


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_template_is_understood_in_every_language(app, client, organiser, tmp_path, language):
    organiser.may_see_needs = True
    db.session.commit()
    page = PAGE if language == "en" else f"/{language}{PAGE}"
    text = client.get(f"{page}/template.csv").text
    head = text.lstrip("\ufeff").splitlines()[0].split(",")
    (tmp_path / "x.xlsx").write_bytes(client.get(f"{page}/template.xlsx").data)
    assert cells_of(tmp_path / "x.xlsx")[0] == head
    with app.test_request_context(), speaking(language):
        assert head == [title(name) for name in TAKEN]
    assert [words().headings[fold(one)] for one in head] == list(TAKEN)


def test_the_page_counts_its_queries(app, client, organiser):
    found = []
    for size in (5, 60):
        rows = ({"given_name": "Bola", "email": f"{number}@x.example"} for number in range(size))
        address = bring(app, client, csv_of(*rows))
        client.get(address)
        with counted_queries() as queries:
            client.get(address)
        found.append(len(queries))
    assert found[0] == found[1]
