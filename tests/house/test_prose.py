"""Modules say why they exist, services and rules what they do, and imports stand at the top."""

import ast
from pathlib import Path

from tests.house.test_sizes import PACKAGE, ROOT, functions, named, sources

DRAWERS = {"utils", "helpers", "common", "manager", "misc"}
IMPORTS_INSIDE: dict[str, str] = {
    "eventapp/adapters/migrations.py:upgrade": "Alembic is large and a worker never needs it",
    "eventapp/adapters/migrations.py:downgrade": "the same",
    "eventapp/adapters/calendar.py:write_calendar": "3 MB and 80 modules that most workers never need",
    "eventapp/adapters/calendar.py:_event": "the same",
    "eventapp/adapters/calendar.py:_timezone": "the same",
    "eventapp/adapters/images.py:re_encode": "Pillow: 3 MB that only a worker to whom somebody uploads needs",
    "eventapp/adapters/likeness.py:to_latin": "tables of every script that only the search for duplicates needs",
    "eventapp/adapters/likeness.py:similarity": "compiled comparisons that only the search for duplicates needs",
}


def test_every_module_opens_with_its_reason():
    silent = [
        named(path)
        for path in sources()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_rules_and_services_say_what_they_do():
    silent = [
        name
        for floor in ("rules", "services", "adapters")
        for path in (PACKAGE / floor).rglob("*.py")
        for name, node in functions(path)
        if not node.name.startswith("_") and not ast.get_docstring(node) and is_top_level(path, node)
    ]
    assert not silent


def is_top_level(path: Path, node: ast.FunctionDef) -> bool:
    return any(one.lineno == node.lineno for one in ast.parse(path.read_text(encoding="utf-8")).body)


def test_no_drawers():
    assert not [named(path) for path in sources() if DRAWERS & set(path.stem.split("_"))]


def test_imports_stand_at_the_top():
    inside = [
        name
        for path in sources()
        for name, node in functions(path)
        if any(isinstance(one, ast.Import | ast.ImportFrom) for one in ast.walk(node))
    ]
    assert not [name for name in inside if name not in IMPORTS_INSIDE]


def test_only_the_edge_commits():
    commits = [
        named(path)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert set(commits) == {"eventapp/web/transaction.py"}


def test_services_read_no_clock():
    readers = [
        f"{named(path)}:{node.lineno}"
        for floor in ("rules", "services", "models")
        for path in (PACKAGE / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert not readers


def test_no_test_is_skipped_or_left_open():
    words = (
        "pytest.mark." + "skip",
        "pytest.mark." + "xfail",
        "TO" + "DO",
        "FIX" + "ME",
        "NotImplemented" + "Error",
    )
    found = [
        f"{named(path)}: {word}"
        for folder in ("eventapp", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found
