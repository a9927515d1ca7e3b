"""Installations to measure: migrated, with the archive, one open edition, an administrator, and delegates in bulk."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from eventapp import create_app
from eventapp.adapters.migrations import upgrade
from eventapp.config import load_settings
from eventapp.extensions import db
from eventapp.models import Edition, PrivacyNotice, User
from eventapp.services import archive
from eventapp.web.transaction import writing

ORDINAL = 8
SMALL = 9
FORMULA = "=HYPERLINK(1)"


def installation(folder: Path, *, capacity: int | None = None) -> Path:
    """A ready installation in the folder; gives the folder of its instance."""
    instance = folder / "instance"
    app = application(instance)
    with app.app_context():
        upgrade(app)
        now = datetime.now(UTC)
        with writing():
            archive.load(now=now)
        with writing():
            db.session.add(_edition(ORDINAL, now, capacity))
            db.session.add(_edition(SMALL, now, None))
            db.session.add(
                User(
                    email="bench@secretariat.example",
                    name="Bench",
                    role="administrator",
                    all_editions=True,
                    created_at=now,
                )
            )
            if (
                db.session.scalar(select(PrivacyNotice).where(PrivacyNotice.published_at.is_not(None)))
                is None
            ):
                text = {"en": "What we keep of you, why, and for how long."}
                db.session.add(PrivacyNotice(number=1, text=text, created_at=now, published_at=now))
        db.session.remove()
        db.engine.dispose()
    return instance


def application(instance: Path, **more: str) -> Flask:
    """The application of an installation, in this process."""
    return create_app(load_settings({"EVENTAPP_INSTANCE": str(instance), **more}))


def _edition(ordinal: int, now: datetime, capacity: int | None) -> Edition:
    first = date(now.year + 1, 6, 8)
    return Edition(
        ordinal=ordinal,
        title={"en": f"Conference {ordinal}", "fr": f"Conférence {ordinal}"},
        theme={"en": "A theme"},
        summary={"en": "What it is about."},
        starts_on=first,
        ends_on=first + timedelta(days=2),
        date_precision="day",
        city={"en": "Nairobi", "ar": "نيروبي"},
        country_code="KE",
        latitude=-1.29,
        longitude=36.82,
        time_zone="Africa/Nairobi",
        capacity=capacity,
        registration_opens_at=now - timedelta(days=10),
        registration_closes_at=now + timedelta(days=100),
        changes_close_at=now + timedelta(days=100),
        approval="open",
        state="published",
        created_at=now,
        updated_at=now,
    )


_COLUMNS = {
    "public_id": "printf('%08x%024x', :ordinal, n)",
    "reference": "printf('%s-%08X', :ordinal, n)",
    "state": "CASE WHEN n % 10 < 8 THEN 'approved' WHEN n % 10 = 8 THEN 'submitted' ELSE 'withdrawn' END",
    "honorific": "'Ms'",
    "given_name": f"CASE WHEN n % 50 = 0 THEN '{FORMULA}' ELSE 'Amina' || n END",
    "family_name": "CASE WHEN n % 3 = 0 THEN 'Nduta, Wanjirũ' ELSE 'Österberg' || (n % 977) END",
    "badge_name": "''",
    "sort_name": "printf('wanjiru %08d', (n * 7919) % 1000003)",
    "email": "'delegate' || n || '@police.example'",
    "phone": "'+254 20 ' || n",
    "functional_title": "'Head of unit ' || (n % 90)",
    "represents": "CASE WHEN n % 4 THEN 'country' ELSE 'organisation' END",
    "country_code": "CASE WHEN n % 4 THEN place.code END",
    "organisation": "CASE WHEN n % 4 THEN '' ELSE 'Organisation ' || (n % 300) END",
    "seat_country_code": "CASE WHEN n % 4 THEN NULL ELSE place.code END",
    "counted_country_code": "place.code",
    "country_basis": "CASE WHEN n % 4 THEN 'state' ELSE 'seat' END",
    "sector_code": "field.code",
    "role": "CASE n % 7 WHEN 0 THEN 'head' WHEN 1 THEN 'adviser' WHEN 2 THEN 'observer' WHEN 3 THEN 'expert' ELSE 'delegate' END",
    "language": "CASE n % 5 WHEN 0 THEN 'fr' WHEN 1 THEN 'es' WHEN 2 THEN 'ar' ELSE 'en' END",
    "body_kind": "CASE WHEN n % 4 THEN NULL WHEN n % 3 THEN 'ngo' ELSE 'company' END",
    "body_id": "CASE WHEN n % 4 THEN NULL ELSE n % 15 + 1 END",
    "languages": """'["en", "fr"]'""",
    "dietary_needs": "''",
    "accessibility_needs": "''",
    "is_listed": "n % 2",
    "is_late": "0",
    "reason": "''",
    "submitted_at": "strftime('%Y-%m-%d %H:%M:%S', :now, '-' || (n % 864000) || ' seconds') || '.000000'",
    "is_checked_in": "n % 3 = 0",
    "received_on": "strftime('%Y-%m-%d', :now, '-' || (n % 864000) || ' seconds')",
    "version": "1",
}


def fill(instance: Path, count: int, *, ordinal: int = ORDINAL, start: int = 0) -> None:
    """Write delegates in one statement; indexes are built afterwards, which is what makes a million quick."""
    connection = sqlite3.connect(instance / "eventapp.sqlite3", isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    is_empty = connection.execute("SELECT count(*) FROM registration").fetchone()[0] == 0
    indexes = (
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'registration' AND sql IS NOT NULL"
        ).fetchall()
        if is_empty
        else []
    )
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute(
        f"""
        WITH RECURSIVE numbers(n) AS (SELECT :start + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :start + :count),
        place AS MATERIALIZED (SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM country),
        field AS MATERIALIZED (
            SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM sector
            WHERE code NOT IN (SELECT parent_code FROM sector WHERE parent_code IS NOT NULL)
        )
        INSERT INTO registration (edition_id, {", ".join(_COLUMNS)})
        SELECT (SELECT id FROM edition WHERE ordinal = :ordinal), {", ".join(_COLUMNS.values())}
        FROM numbers
        JOIN place ON place.at = (n * 31) % (SELECT count(*) FROM country)
        JOIN field ON field.at = (n * 17 / 5) % (SELECT count(*) FROM field)
        """,
        {
            "start": start,
            "count": count,
            "ordinal": ordinal,
            "now": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        },
    )
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    found = connection.execute(
        "SELECT count(*) FROM registration JOIN edition ON edition.id = edition_id WHERE ordinal = ?",
        (ordinal,),
    ).fetchone()[0]
    if found != count:
        raise RuntimeError(f"{found} delegates instead of {count}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def session_cookie(app: Flask) -> str:
    """The cookie of the signed-in administrator, as the sign-in page would have given it."""
    with app.app_context():
        user = db.session.scalar(select(User).where(User.email == "bench@secretariat.example"))
        assert user is not None
        key = f"{user.id}.{user.session_epoch}"
        db.session.remove()
    moment = datetime.now(UTC).timestamp()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    session = {"began": moment, "seen": moment, "_user_id": key, "_fresh": True, "csrf_token": "b" * 40}
    return str(serializer.dumps(session))
