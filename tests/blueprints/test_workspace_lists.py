"""A focal point brings a list: template, rows as they would be taken, choices, confirmation, and every way it is refused."""

import io

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, ImportJob, OutboxMessage, PrivateLink, Registration, User
from eventapp.rules.import_words import TAKEN, fold
from eventapp.web import limits
from eventapp.web.import_jobs import work_next
from eventapp.web.import_words import words
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.workspaces import make_workspace
from tests.pages import csrf_token
from tests.queries import counted_queries
from tests.services.test_imports import csv_of
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
HEAD = ["given_name", "family_name", "functional_title", "email", "sector", "role"]


@pytest.fixture
def made(app):
    for path in app.config["SETTINGS"].imports.glob("*.*"):
        path.unlink()
    found = make_workspace(quota=3)
    db.session.commit()
    return found


def own(*rows, head=HEAD) -> bytes:
    return csv_of(*rows, head=head)


def send(client, made, data: bytes, *, language="", path=""):
    page = f"{language}{path or made.path}/import"
    form = {"csrf_token": csrf_token(client.get(page).text), "file": (io.BytesIO(data), "délégués.csv")}
    return client.post(page, data=form, content_type="multipart/form-data")


def bring(app, client, made, data: bytes) -> str:
    answer = send(client, made, data)
    assert answer.status_code == 303, answer.text
    assert work_next(app)
    return answer.headers["Location"]


def post(client, address, **data):
    token = csrf_token(client.get("/workspace/send-link").text)
    return client.post(address, data={"csrf_token": token, **data})


def people() -> list[Registration]:
    db.session.expire_all()
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_from_the_file_to_the_people(app, client, made):
    assert f"{made.path}/import" in client.get(made.path).text
    answer = send(client, made, own({"role": "head"}, {"given_name": "Bola"}))
    address = answer.headers["Location"]
    waiting = client.get(address)
    assert "0 of 2 rows" in waiting.text and "délégués.csv" in waiting.text and address in waiting.text
    assert waiting.headers["Cache-Control"] == "no-store" and "noindex" in waiting.headers["X-Robots-Tag"]
    assert work_next(app)
    page = client.get(address).text
    assert "2 people are added" in page and "3 places are free" in page and "Kenya" in page
    assert people() == []
    assert post(client, f"{address}/confirm").status_code == 303
    assert work_next(app)
    done = client.get(address).text
    assert "2 people were added" in done and "Nobody was written to" not in done
    assert [(one.state, one.delegation_id, one.country_code, one.role) for one in people()] == [
        ("endorsed", made.delegation.id, "KE", "head"),
        ("endorsed", made.delegation.id, "KE", "delegate"),
    ]
    letters = db.session.scalars(select(OutboxMessage.kind)).all()
    assert letters == ["registration_by_delegation"] * 2
    assert not list(app.config["SETTINGS"].imports.glob("*.*"))
    assert post(client, f"{address}/confirm").status_code == 422 and len(people()) == 2


def test_each_step_stands_in_the_history_under_the_focal_point(app, client, made):
    address = bring(app, client, made, own({}))
    post(client, f"{address}/confirm")
    work_next(app)
    rows = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_type.in_(("import", "registration")))
    )
    found = {one.action: (one.actor_kind, one.actor_id) for one in rows}
    mine = ("focal_point", made.focal_point.id)
    assert found == {"import.bring": mine, "import.write": mine, "registration.submit": mine}


def test_the_same_file_twice_changes_nothing(app, client, made):
    data = own({}, {"given_name": "Bola"})
    post(client, f"{bring(app, client, made, data)}/confirm")
    work_next(app)
    page = client.get(bring(app, client, made, data)).text
    assert "Unchanged (2)" in page and "/confirm" not in page


def test_people_of_another_body_are_errors_at_their_cell(app, client, made):
    data = own({"country": "KE"}, {"country": "NO", "given_name": "Astrid"}, head=["country", *HEAD])
    address = bring(app, client, made, data)
    page = client.get(address).text
    assert "Row 3, column A (country): This person does not represent your delegation." in page
    assert "/confirm" not in page and post(client, f"{address}/confirm").status_code == 422
    french = client.get(f"/fr{address}").text
    assert "Ligne 3, colonne A (country)" in french and "This person" not in french


def test_more_people_than_places_are_refused_and_nothing_is_written(app, client, made):
    made.add("endorsed")
    made.add("approved")
    db.session.commit()
    address = bring(app, client, made, own({"given_name": "Chidi"}, {"given_name": "Bola"}))
    assert "One place is free" in client.get(address).text
    post(client, f"{address}/confirm")
    work_next(app)  # refused under the lock
    work_next(app)  # and looked at again
    assert (
        "Places left in your delegation: 1. New people on this list who need one: 2."
        in client.get(address).text
    )
    assert len(people()) == 2


def test_look_alikes_are_decided_one_by_one_or_all_at_once(app, client, made):
    address = bring(app, client, made, own({"given_name": "Bola"}, {"given_name": "Bola"}))
    page = client.get(address).text
    assert 'name="row-3"' in page and "One person is added" in page
    assert post(client, f"{address}/choose", **{"row-3": "add"}).status_code == 303
    assert '<option value="add" selected>' in client.get(f"{address}?show=duplicate").text
    assert "2 people are added" in client.get(address).text
    assert post(client, f"{address}/choose", **{"row-3": "?"}).status_code == 422
    assert client.post(f"{address}/choose", data={"all": "skip"}).status_code == 422  # without a token
    post(client, f"{address}/choose", all="skip")
    post(client, f"{address}/confirm")
    work_next(app)
    assert len(people()) == 1


def test_somebody_of_another_delegation_is_never_named(app, client, made):
    norway = make_workspace(made.edition, country="NO")
    person = norway.add("approved", given_name="Astrid", family_name="Berg", email="berg@x.example")
    db.session.commit()
    address = bring(app, client, made, own({"given_name": "Astrid"}))
    assert person.reference not in client.get(address).text
    data = own({"given_name": "Astrid", "reference": person.reference}, head=[*HEAD, "reference"])
    page = client.get(bring(app, client, made, data)).text
    assert "There is no such registration here" in page


@pytest.mark.parametrize(
    ("data", "english", "arabic"),
    [
        (b"", "This file is empty", "فارغ"),
        (b"x" * (6 * 1024 * 1024), "too large: at most 5 MB", "كبير جدًا"),
        (b"x" * (30 * 1024 * 1024), "too large: at most 5 MB", "كبير جدًا"),
        (b"a,b\n1,\0\n", "zero byte", "بايت صفري"),
        (b"given_name,family_name\nA,B\n", "“Sector”", "أعمدة ناقصة"),
    ],
)
def test_refusals_stand_at_the_field_in_the_readers_language(client, made, data, english, arabic):
    answer = send(client, made, data)
    assert answer.status_code == 422 and english in answer.text
    assert arabic in send(client, made, data, language="/ar").text
    assert not db.session.scalars(select(ImportJob)).all()


def test_a_stale_page_and_too_many_lists_are_refused(client, made, monkeypatch):
    answer = client.post(f"{made.path}/import", data={"csrf_token": "old"})
    assert answer.status_code == 422 and "open for too long" in answer.text
    monkeypatch.setattr(limits, "may", lambda what, *_: what != "upload")
    answer = send(client, made, own({}))
    assert answer.status_code == 422 and "Too many tries" in answer.text
    assert not db.session.scalars(select(ImportJob)).all()


def test_a_link_that_expires_in_the_middle_ends_it(app, client, made, clock):
    address = bring(app, client, made, own({}))
    db.session.scalars(select(PrivateLink)).one().revoked_at = clock()
    db.session.commit()
    token = csrf_token(client.get("/workspace/send-link").text)
    answers = [client.get(address), client.get(f"{made.path}/import/template.csv")]
    answers += [
        client.post(f"{address}/{step}", data={"csrf_token": token, "all": "add"})
        for step in ("choose", "confirm", "discard")
    ]
    assert {one.status_code for one in answers} == {409}
    assert all("not valid any more" in one.text and "délégués" not in one.text for one in answers)
    assert db.session.scalars(select(ImportJob.state)).one() == "ready"


def test_an_edition_that_closes_in_the_middle_takes_nobody(app, client, made, clock):
    address = bring(app, client, made, own({}))
    made.edition.registration_closes_at = clock()
    made.edition.takes_late = False
    db.session.commit()
    answer = post(client, f"{address}/confirm")
    assert answer.status_code == 422 and "closed" in answer.text and people() == []
    assert client.get(f"{made.path}/import").status_code != 200
    assert f"{made.path}/import" not in client.get(made.path).text
    made.edition.state = "held"
    db.session.commit()
    assert post(client, f"{address}/confirm").status_code == 422
    assert post(client, f"{address}/discard").status_code == 303  # what was brought can always be taken back
    assert not list(app.config["SETTINGS"].imports.glob("*.*"))
    assert "kept no longer" in client.get(address).text


def test_everybody_who_speaks_for_the_delegation_sees_the_list_and_nobody_else(app, client, made):
    address = bring(app, client, made, own({}))
    number = address.rpartition("/")[2]
    colleague = make_focal_point(made.delegation, email="colleague@interior.example")
    colleague.user_id = make_user("focal_point", all_editions=False).id
    other = make_focal_point(make_delegation(made.edition, country_code="NO"))
    user = make_user("focal_point", all_editions=False)
    other.user_id = user.id
    db.session.commit()
    stranger = app.test_client()
    sign_in(stranger, user)
    mate = app.test_client()
    sign_in(mate, db.session.get_one(User, colleague.user_id))
    assert "délégués.csv" in mate.get(f"/workspace/{colleague.public_id}/import/{number}").text
    assert stranger.get(f"/workspace/{other.public_id}/import/{number}").status_code == 404
    assert "délégués" not in stranger.get(f"/workspace/{other.public_id}/import").text
    organiser = app.test_client()
    sign_in(organiser, make_user("administrator"))
    assert organiser.get(f"/dashboard/editions/8/import/{number}").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_template_leaves_the_body_out_and_is_understood(client, made, tmp_path, language):
    page = made.path if language == "en" else f"/{language}{made.path}"
    head = client.get(f"{page}/import/template.csv").text.lstrip("\ufeff").splitlines()[0].split(",")
    answer = client.get(f"{page}/import/template.xlsx")
    assert answer.headers["Cache-Control"] == "no-store"
    (tmp_path / "x.xlsx").write_bytes(answer.data)
    assert cells_of(tmp_path / "x.xlsx")[0] == head
    names = [name for name in TAKEN if name not in ("represents", "country", "seat_country")]
    assert [words().headings[fold(one)] for one in head] == names


def test_the_page_counts_its_queries(app, client, made):
    found = []
    for size in (5, 60):
        rows = ({"given_name": "Bola", "email": f"{number}@x.example"} for number in range(size))
        address = bring(app, client, made, own(*rows))
        client.get(address)
        with counted_queries() as queries:
            client.get(address)
        found.append(len(queries))
    assert found[0] == found[1]
