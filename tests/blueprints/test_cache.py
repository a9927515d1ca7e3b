"""The cache in front of Flask: what it keeps, for whom, and when it lets go."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask, flash, render_template_string, session
from sqlalchemy import create_engine, update
from werkzeug.test import Client

from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.web import cache as cache_module
from eventapp.web import content
from eventapp.web.cache import NAME, PageCache, cached_page
from eventapp.web.guards import TABLE, Access
from eventapp.web.transaction import writing
from tests.factories.editions import make_edition


@pytest.fixture
def live(fresh_app):
    """A browser without cookies on an application with real commits."""
    return Client(fresh_app, use_cookies=False)


@pytest.fixture
def kept(fresh_app) -> PageCache:
    return fresh_app.extensions[NAME]


def change_summary(app: Flask, text: str) -> None:
    with app.app_context(), writing():
        db.session.scalar(db.select(Edition).where(Edition.ordinal == 7)).summary = {"en": text}


def coming(app: Flask, **overrides: object) -> None:
    with app.app_context(), writing():
        make_edition(**overrides)


def test_a_kept_page_is_the_fresh_page(live, kept):
    for path in ("/", "/editions", "/ar/editions/7", "/editions.json"):
        for encoding in ({}, {"Accept-Encoding": "gzip"}):
            kept.clear()
            first = live.get(path, headers=encoding)
            assert len(kept) == 1
            second = live.get(path, headers=encoding)
            assert first.data == second.data
            assert list(first.headers) == list(second.headers)
            assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert second.headers["Vary"] == "Accept-Encoding"
            assert "Content-Security-Policy" in second.headers
            assert not [name for name in second.headers.keys() if name.startswith("X-Eventapp")]


def test_a_hit_does_not_wake_the_application(live, kept):
    live.get("/editions")
    kept._inner = None
    assert live.get("/editions").status_code == 200
    assert live.get("/editions?utm_source=x&page=2").status_code == 200  # not what the page depends on
    head = live.head("/editions")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000


def test_languages_and_encodings_are_kept_apart(live, kept):
    plain = live.get("/editions")
    packed = live.get("/editions", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert 'lang="ar"' in live.get("/ar/editions").text
    assert 'lang="en"' in live.get("/editions").text
    assert len(kept) == 3


def test_a_session_cookie_passes_by(fresh_app, kept):
    client = fresh_app.test_client()
    with client.session_transaction() as stored:
        stored["anything"] = 1
    response = client.get("/editions")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert len(kept) == 0
    again = client.get("/editions", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_only_get_and_head_are_answered(live, kept):
    live.get("/")
    refused = live.post("/")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert live.get("/nothing").status_code == 404
    assert live.get("/healthz").status_code == 200
    assert len(kept) == 1


def test_conditional_answers(live, kept, clock):
    page = live.get("/editions")
    tag, modified = page.headers["ETag"], page.headers["Last-Modified"]
    for headers, status in (
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": tag.removeprefix("W/")}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": "Tue, 13 Apr 2027 12:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
    ):
        answer = live.get("/editions", headers=headers)
        assert answer.status_code == status, headers
        assert answer.headers["ETag"] == tag
        assert (answer.data == b"") is (status == 304)


def test_another_content_is_never_of_the_same_second(fresh_app, live):
    before = live.get("/editions/7").headers["Last-Modified"]
    change_summary(fresh_app, "Changed within the same second")
    answer = live.get("/editions/7", headers={"If-Modified-Since": before})
    assert answer.status_code == 200
    assert answer.headers["Last-Modified"] != before


def test_the_page_changes_at_the_opening_second_and_at_the_closing_second(fresh_app, live, clock):
    opens = datetime(2027, 4, 20, 7, 0, tzinfo=UTC)
    closes = datetime(2027, 4, 22, 7, 0, tzinfo=UTC)
    coming(fresh_app, registration_opens_at=opens, registration_closes_at=closes)
    for path in ("/", "/editions/8"):
        for moment, is_open in (
            (datetime(2027, 4, 20, 6, 59, 59, tzinfo=UTC), False),
            (opens, True),
            (datetime(2027, 4, 22, 6, 59, 59, tzinfo=UTC), True),
            (closes, False),
        ):
            clock.moment = moment
            assert ("/editions/8/register" in live.get(path).text) is is_open, (path, moment)


def test_the_days_that_are_left_are_counted_where_it_is_held(fresh_app, live, clock):
    coming(fresh_app)
    clock.moment = datetime(2027, 4, 14, 20, 59, 59, tzinfo=UTC)
    assert "Today, 14 April: 16 days left" in live.get("/").text
    clock.move(seconds=1)  # midnight in Nairobi
    assert "Today, 15 April: 15 days left" in live.get("/").text


def test_a_change_is_seen_at_once(fresh_app, live):
    assert "Told anew" not in live.get("/editions/7").text
    change_summary(fresh_app, "Told anew")
    assert "Told anew" in live.get("/editions/7").text


def test_a_change_that_shows_nothing_public_keeps_the_pages(fresh_app, live, kept):
    live.get("/editions/7")
    with fresh_app.app_context(), writing():
        db.session.scalar(db.select(Edition).where(Edition.ordinal == 7))
    kept._inner = None
    assert live.get("/editions/7").status_code == 200


def test_a_change_by_another_machine_is_seen_within_a_second(fresh_app, live, kept):
    """Another machine shares the database, not the folder: only the number in the row tells."""
    live.get("/editions/7")
    other = create_engine(fresh_app.config["SQLALCHEMY_DATABASE_URI"])
    with other.begin() as connection:
        connection.execute(update(Edition).where(Edition.ordinal == 7).values(summary={"en": "From afar"}))
        connection.exec_driver_sql("UPDATE content_version SET number = number + 1")
        if not connection.exec_driver_sql("SELECT count(*) FROM content_version").scalar():
            connection.exec_driver_sql("INSERT INTO content_version (id, number) VALUES (1, 1)")
    other.dispose()
    later(kept._watch, content._POLL_SECONDS + 0.1)  # the second is over
    assert "From afar" in live.get("/editions/7").text


def test_a_change_by_another_process_on_this_machine_is_seen_at_once(fresh_app, live):
    """A second application on the same database and folder stands for the command line or another worker."""
    from eventapp import create_app

    live.get("/editions/7")
    other = create_app(fresh_app.config["SETTINGS"])
    change_summary(other, "By a command")
    with other.app_context():
        db.engine.dispose()
    assert "By a command" in live.get("/editions/7").text


def later(watch: content.Watch, seconds: float) -> None:
    watch._read_at -= seconds


def test_a_version_that_has_not_moved_is_told_without_asking_the_system(tmp_path, monkeypatch):
    watch = content.Watch(tmp_path / "content-version", lambda: 1)
    known = watch.number()
    later(watch, -1000)  # the second is not over, however slow the machine
    with monkeypatch.context() as patched:
        patched.setattr(content, "os", None)
        patched.setattr(content, "_shared", None)
        assert watch.number() == known


@pytest.mark.parametrize("found", [None, b"", b"..", b"." * 5000])
def test_every_process_sees_the_stamp_of_another(tmp_path, found):
    """Whatever lies there: nothing yet, or what an older version has left."""
    file = tmp_path / "instance" / "content-version"
    if found is not None:
        file.parent.mkdir()
        file.write_bytes(found)
    one, two = content.Watch(file, lambda: 1), content.Watch(file, lambda: 1)
    seen = [one.number()]
    assert two.number() == seen[0]
    for _ in range(3):
        content._stamp_anew(file)
        later(one, -1000)
        later(two, -1000)
        seen.append(one.number())
        assert two.number() == seen[-1]
    assert len(set(seen)) == 4


def test_without_a_file_the_row_alone_tells(tmp_path):
    (tmp_path / "instance").write_bytes(b"a file where the folder should be")
    numbers = iter((1, 2))
    watch = content.Watch(tmp_path / "instance" / "content-version", lambda: next(numbers))
    known = watch.number()
    later(watch, content._POLL_SECONDS + 0.1)
    assert watch.number() != known


def test_another_file_in_its_place_is_seen_within_a_second(tmp_path):
    file = tmp_path / "content-version"
    watch = content.Watch(file, lambda: 1)
    known = watch.number()
    file.unlink()
    content._stamp_anew(file)
    later(watch, content._POLL_SECONDS + 0.1)
    assert watch.number() != known


def test_a_statement_that_changes_many_is_seen_as_well(fresh_app, live):
    live.get("/editions/7")
    with fresh_app.app_context(), writing():
        db.session.execute(update(Edition).where(Edition.ordinal == 7).values(summary={"en": "In bulk"}))
    assert "In bulk" in live.get("/editions/7").text


def test_a_change_while_the_page_is_made_ends_it(fresh_app, live, kept):
    inner = kept._inner

    def slow(environ, start_response):
        chunks = list(inner(environ, start_response))
        change_summary(fresh_app, "Meanwhile")
        return chunks

    kept._inner = slow
    assert "Meanwhile" not in live.get("/editions/7").text
    kept._inner = inner
    assert "Meanwhile" in live.get("/editions/7").text


def test_the_cache_is_bounded(live, kept, monkeypatch):
    monkeypatch.setattr(cache_module, "LARGEST_COUNT", 3)
    for ordinal in range(1, 8):
        live.get(f"/editions/{ordinal}")
    assert len(kept) == 3
    monkeypatch.setattr(cache_module, "LARGEST_BYTES", 1)
    live.get("/partners")
    assert (len(kept), kept.size) == (0, 0)
    assert live.get("/partners").status_code == 200


def test_a_page_that_sets_a_cookie_or_shows_a_message_is_refused(fresh_app, live, kept):
    @fresh_app.get("/cookie")
    @cached_page()
    def cookie():
        session["a"] = 1
        return "for one person"

    @fresh_app.get("/message")
    @cached_page()
    def message():
        flash("Done.")
        return "for one person"

    @fresh_app.get("/form")
    @cached_page()
    def form():
        return render_template_string("{{ csrf_token() }}")

    public = dict.fromkeys(("cookie", "message", "form"), Access.PUBLIC)
    fresh_app.extensions[TABLE] = {**fresh_app.extensions[TABLE], **public}
    for path in ("/cookie", "/message", "/form"):
        response = live.get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "Set-Cookie" in response.headers
        assert "ETag" not in response.headers
        assert "X-Eventapp-Until" not in response.headers
    assert len(kept) == 0


def test_many_at_once_ask_once(live, kept, fresh_app, clock):
    live.get("/editions")
    change_summary(fresh_app, "Anew")
    inner, calls, gate = kept._inner, [], threading.Event()

    def counting(environ, start_response):
        calls.append(1)
        gate.wait(5)
        return inner(environ, start_response)

    kept._inner = counting
    texts: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: texts.append(Client(fresh_app, use_cookies=False).get("/editions").text)
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    while not calls:
        threading.Event().wait(0.005)
    gate.set()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(set(texts)) == 1
