"""The yardstick of registration: the least a Flask program can do that answers the same four requests.

No validation, no CSRF, no languages, no limits, no accounts: form, review, confirm, confirmation, with Jinja pages of
the size it is told, and registration, outbox and audit row in one transaction of raw sqlite3 with synchronous=FULL.
"""

import json
import os
import secrets
import sqlite3
import threading
from pathlib import Path

from flask import Flask, redirect, render_template_string, request

SCHEMA = """
CREATE TABLE IF NOT EXISTS registration (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE, nonce TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, given_name TEXT NOT NULL, family_name TEXT NOT NULL, email TEXT NOT NULL, answers TEXT NOT NULL,
    country TEXT NOT NULL, sector TEXT NOT NULL, submitted_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS registration_email ON registration (email);
CREATE INDEX IF NOT EXISTS registration_count ON registration (sector, country, state);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, recipient TEXT NOT NULL, registration_id INTEGER NOT NULL,
    state TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, subject_id INTEGER NOT NULL, new TEXT NOT NULL);
"""
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>"""
FORM = (
    HEAD
    + """<form method="post">
{% for name in names %}<p><label for="{{ name }}">{{ name }}</label><input id="{{ name }}" name="{{ name }}"></p>
{% endfor %}
{% for field in ('country', 'seat_country') %}<select name="{{ field }}"><option value=""></option>
{% for code, name in countries %}<option value="{{ code }}">{{ name }}</option>
{% endfor %}</select>{% endfor %}
<button>Continue</button></form><!--{{ filling }}--></body></html>"""
)
REVIEW = (
    HEAD
    + """<form method="post"><input type="hidden" name="nonce" value="{{ nonce }}">
<input type="hidden" name="step" value="confirm">
{% for name, value in answers %}<input type="hidden" name="{{ name }}" value="{{ value }}"><p>{{ name }}: {{ value }}</p>
{% endfor %}<button>Confirm</button></form><!--{{ filling }}--></body></html>"""
)
CONFIRMED = (
    HEAD
    + """<p>{{ row.reference }}</p><p>{{ row.given_name }} {{ row.family_name }}, {{ row.email }}</p>
<!--{{ filling }}--></body></html>"""
)


def application() -> Flask:
    """Build it; what it should look like stands in a file named in the environment."""
    told = json.loads(Path(os.environ["BENCH_MINIMAL"]).read_text())
    countries, names, sizes = told["countries"], told["names"], told["sizes"]
    app = Flask(__name__)
    kept = threading.local()
    gate = threading.Lock()
    fillings: dict[str, str] = {}

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            made = sqlite3.connect(told["database"], isolation_level=None, timeout=15)
            made.row_factory = sqlite3.Row
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=FULL")
            made.executescript(SCHEMA)
            kept.connection = made
        return kept.connection

    def page(kind: str, template: str, **values: object) -> str:
        if kind not in fillings:
            bare = len(render_template_string(template, filling="", **values).encode())
            fillings[kind] = "x" * max(0, sizes[kind] - bare)
        return render_template_string(template, filling=fillings[kind], **values)

    @app.route("/editions/<int:ordinal>/register", methods=["GET", "POST"])
    def register(ordinal: int):
        if request.method == "GET":
            return page("form", FORM, title=f"Register for {ordinal}", names=names, countries=countries)
        answers = list(request.form.items(multi=True))
        if request.form.get("step") != "confirm":
            return page("review", REVIEW, title="Check", answers=answers, nonce=secrets.token_hex(16))
        token = secrets.token_urlsafe(32)
        with gate:
            store(connection(), token, dict(answers))
        return redirect(f"/registrations/{token}/confirmed", code=303)

    @app.get("/registrations/<token>/confirmed")
    def confirmed(token: str):
        row = connection().execute("SELECT * FROM registration WHERE token = ?", (token,)).fetchone()
        return page("confirmed", CONFIRMED, title="Received", row=row)

    @app.get("/")
    def home() -> str:
        connection()
        return "ready"

    return app


def store(connection: sqlite3.Connection, token: str, answers: dict[str, str]) -> None:
    """Registration, outbox row and audit row, all or nothing."""
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    connection.execute("BEGIN IMMEDIATE")
    try:
        number = connection.execute(
            "INSERT INTO registration (reference, token, nonce, state, given_name, family_name, email, answers, country,"
            f" sector, submitted_at) VALUES (?, ?, ?, 'approved', ?, ?, ?, ?, ?, ?, {now})",
            (
                secrets.token_hex(6),
                token,
                answers["nonce"],
                answers["given_name"],
                answers["family_name"],
                answers["email"],
                json.dumps(answers),
                answers["country"],
                answers["sector"],
            ),
        ).lastrowid
        connection.execute(
            "INSERT INTO outbox (kind, recipient, registration_id, state, created_at)"
            f" VALUES ('received', ?, ?, 'waiting', {now})",
            (answers["email"], number),
        )
        connection.execute(
            f"INSERT INTO audit (at, action, subject_id, new) VALUES ({now}, 'registration.submit', ?, ?)",
            (number, '{"state": "approved"}'),
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
