"""Lists that are made later: by the worker, for whoever asked, kept for a day."""

import csv
import re
from html import unescape

import pytest
from sqlalchemy import select

from eventapp.blueprints.statistics import delegates
from eventapp.extensions import db
from eventapp.models import AuditEntry, ExportJob
from eventapp.rules.delegate_list import COLUMNS
from eventapp.services import exports_delegates, exports_jobs
from eventapp.web import export_jobs
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/delegates"


@pytest.fixture
def organiser(app, client):
    for path in files(app):
        path.unlink()
    edition = make_edition()
    for country in ("NA", "NO", "NO"):
        make_registration(edition, country_code=country, dietary_needs="halal")
    sign_in(client, user := make_user(role="organiser"))
    return user


def ask(client, query: str = "", columns=("country", "reference")) -> str:
    data = {"csrf_token": csrf_token(client.get(PAGE).text), "chosen": "1", "columns": list(columns)}
    answer = client.post(f"{PAGE}/later{query}", data=data)
    assert answer.status_code == 303
    return answer.headers["Location"]


def fetch(client, address: str):
    data = {"csrf_token": csrf_token(client.get(PAGE).text)}
    return client.post(address, data=data)


def job() -> ExportJob:
    db.session.expire_all()
    return db.session.scalars(select(ExportJob)).one()


def files(app) -> list:
    folder = app.config["SETTINGS"].exports
    return sorted(folder.iterdir()) if folder.exists() else []


def actions() -> list[str]:
    return [
        one.action
        for one in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if one.action.startswith("delegates.")
    ]


def test_a_list_is_asked_for_made_and_fetched(app, client, organiser, tmp_path):
    address = ask(client, "?country=NO")
    waiting = client.get(address).text
    assert 'hx-trigger="every 2s"' in waiting and "0 of 2 people" in waiting
    assert actions() == ["delegates.export"]
    assert "waits its turn" in client.get(PAGE).text
    assert fetch(client, address).status_code == 422
    assert export_jobs.make_next(app) and not export_jobs.make_next(app)
    assert [one.stat().st_mode & 0o777 for one in files(app)] == [0o600, 0o600]  # it, and who stands in it
    assert "hx-trigger" not in client.get(address).text
    answer = fetch(client, address)
    (tmp_path / "x.xlsx").write_bytes(answer.data)
    assert [row[1] for row in cells_of(tmp_path / "x.xlsx")] == ["country", "NO", "NO"]
    assert ["People", 2] in cells_of(tmp_path / "x.xlsx", sheet=2)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="delegates-8.xlsx"'
    assert actions() == ["delegates.export", "delegates.fetch"]


def test_csv_is_the_one_that_is_made_at_once(app, client, organiser):
    address = ask(client, "?format=csv")
    export_jobs.make_next(app)
    rows = list(csv.reader(fetch(client, address).text.lstrip("\ufeff").splitlines()))
    assert [row[1] for row in rows] == ["country", "NA", "NO", "NO"]


def test_after_a_day_it_is_gone(app, client, clock, organiser):
    address = ask(client)
    export_jobs.make_next(app)
    clock.move(hours=24)
    sign_in(client, organiser)
    assert fetch(client, address).status_code == 422  # before the worker has looked, too
    assert not export_jobs.make_next(app)
    assert files(app) == [] and job().state == "removed"
    assert "was removed after a day" in client.get(address).text
    assert "/jobs/" not in client.get(PAGE).text


def test_it_is_for_its_owner_and_administrators(app, client, organiser):
    address = ask(client)
    export_jobs.make_next(app)
    sign_in(client, make_user(role="organiser"))
    assert client.get(address).status_code == 404 and fetch(client, address).status_code == 404
    assert "/jobs/" not in client.get(PAGE).text
    sign_in(client, make_user(role="administrator"))
    assert fetch(client, address).status_code == 200


def test_a_right_that_was_lost_meanwhile_counts(app, client, organiser):
    organiser.may_see_needs = True
    db.session.commit()
    address = ask(client, columns=("reference", "dietary_needs"))
    export_jobs.make_next(app)
    organiser.may_see_needs = False
    db.session.commit()
    assert fetch(client, address).status_code == 403
    assert actions() == ["delegates.export"]


def test_one_that_cannot_be_made_says_so_and_the_next_one_is_made(app, client, organiser, monkeypatch):
    address = ask(client)

    def broken(*_, **__):
        raise RuntimeError("no room on the disk")

    with monkeypatch.context() as patch:
        patch.setattr(exports_delegates, "write_sheet", broken)
        assert export_jobs.make_next(app)
    assert job().state == "failed" and files(app) == []
    assert "could not be made" in client.get(address).text
    again = ask(client)
    assert export_jobs.make_next(app)
    assert fetch(client, again).status_code == 200


def test_a_maker_that_was_lost_is_followed_by_another(app, client, clock, organiser):
    ask(client)
    assert exports_jobs.lease_next(now=clock())
    db.session.commit()
    assert not export_jobs.make_next(app)
    clock.move(minutes=15)
    assert export_jobs.make_next(app) and job().state == "ready"


def test_progress_is_told(app, client, organiser, monkeypatch):
    address = ask(client)
    monkeypatch.setattr(export_jobs, "TOLD_EVERY", 0)
    monkeypatch.setattr(exports_delegates, "BATCH", 1)
    told = []
    note = exports_jobs.note_progress
    monkeypatch.setattr(
        exports_jobs,
        "note_progress",
        lambda number, done, **at: told.append(done) or note(number, done, **at),
    )
    export_jobs.make_next(app)
    assert told == [1, 2, 3] and job().done == 3
    assert "ready" in client.get(address).text


def test_wrong_columns_come_back(client, organiser):
    answer = client.post(
        f"{PAGE}/later", data={"csrf_token": csrf_token(client.get(PAGE).text), "chosen": "1"}
    )
    assert answer.status_code == 422 and not actions()


def test_a_long_workbook_is_made_later_by_itself(app, client, organiser, monkeypatch):
    monkeypatch.setattr(delegates, "MOST_AT_ONCE", 2)
    page = client.get(PAGE).text
    assert "An XLSX of more than 2 people is always made like that" in page
    data = {"csrf_token": csrf_token(page), "chosen": "1", "columns": ["reference", "country"]}
    answer = client.post(f"{PAGE}.xlsx", data=data)
    assert answer.status_code == 303
    waiting = client.get(answer.headers["Location"]).text
    assert "0 of 3 people" in waiting and "You can leave this page" in waiting
    assert job().columns == ["reference", "country"] and actions() == ["delegates.export"]
    assert export_jobs.make_next(app)
    assert fetch(client, answer.headers["Location"]).status_code == 200


def test_a_short_one_and_what_streams_come_at_once(client, organiser, monkeypatch):
    monkeypatch.setattr(delegates, "MOST_AT_ONCE", 2)
    data = {"csrf_token": csrf_token(client.get(PAGE).text)}
    assert "always made like that" not in client.get(f"{PAGE}?country=NO").text
    assert client.post(f"{PAGE}.xlsx?country=NO", data=data).status_code == 200
    assert client.post(f"{PAGE}.csv", data=data).status_code == 200
    assert not db.session.scalars(select(ExportJob)).all()


def test_a_long_one_is_for_organisers_with_a_token_and_columns(client, organiser, monkeypatch):
    monkeypatch.setattr(delegates, "MOST_AT_ONCE", 2)
    assert client.post(f"{PAGE}.xlsx").status_code == 400
    data = {"csrf_token": csrf_token(client.get(PAGE).text), "chosen": "1"}
    assert client.post(f"{PAGE}.xlsx", data=data).status_code == 422
    sign_in(client, make_user(role="reader"))
    assert client.post(f"{PAGE}.xlsx", data=data).status_code in (403, 404)
    assert not db.session.scalars(select(ExportJob)).all() and not actions()


def test_the_page_says_that_a_maker_was_lost(app, client, clock, organiser):
    address = ask(client)
    exports_jobs.lease_next(now=clock())
    db.session.commit()
    assert "interrupted" not in client.get(address).text
    clock.move(minutes=5)
    page = client.get(address).text
    assert "interrupted" in page and 'hx-trigger="every 2s"' in page
    assert export_jobs.make_next(app)
    assert "interrupted" not in client.get(address).text


def test_what_could_not_be_made_is_asked_for_again_with_a_button(app, client, organiser, monkeypatch):
    address = ask(client, "?country=NO&format=csv")
    with monkeypatch.context() as patch:
        patch.setattr(exports_delegates, "stream_csv", lambda *_, **__: 1 / 0)
        assert export_jobs.make_next(app)
    page = client.get(address).text
    first = job()
    button = page.index("Ask again")
    form = page[page.rindex("<form", 0, button) : button]
    data = {"csrf_token": csrf_token(form), "chosen": "1", "columns": ["country", "reference"]}
    assert re.findall(r'name="columns" value="(\w+)"', form) == sorted(
        data["columns"], key=list(COLUMNS).index
    )
    answer = client.post(unescape(re.search('action="([^"]+)"', form)[1]), data=data)
    assert answer.status_code == 303
    again = db.session.scalars(select(ExportJob).where(ExportJob.id != first.id)).one()
    assert (again.format, again.columns, again.filter) == (first.format, first.columns, first.filter)
    assert again.filter == {"country": "NO"} and again.people == 2
