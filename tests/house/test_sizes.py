"""No room grows past its size; what may, stands in a named list with its reason."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "eventapp"
LIMITS = {"module": 300, "function": 40, "handler": 25, "template": 150, "test": 600}

ALLOWED: dict[str, str] = {}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def too_long(found: dict[str, int], limit: int) -> list[str]:
    return [
        f"{name}: {size} lines, at most {limit}"
        for name, size in found.items()
        if size > limit and name not in ALLOWED
    ]


def test_modules():
    assert not too_long({named(path): lines(path) for path in sources()}, LIMITS["module"])


def test_templates():
    found = {named(path): lines(path) for path in (PACKAGE / "templates").rglob("*.*")}
    assert not too_long(found, LIMITS["template"])


def test_test_modules():
    assert not too_long({named(path): lines(path) for path in (ROOT / "tests").rglob("*.py")}, LIMITS["test"])


def functions(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{named(path)}:{node.name}", node


def is_handler(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in {"get", "post", "route"}
        for one in node.decorator_list
    )


@pytest.mark.parametrize("kind", ["function", "handler"])
def test_functions(kind: str):
    found = {
        name: node.end_lineno - node.lineno + 1
        for path in sources()
        for name, node in functions(path)
        if kind == "function" or is_handler(node)
    }
    assert not too_long(found, LIMITS[kind])


def test_the_list_of_exceptions_is_in_use():
    assert all((ROOT / name.partition(":")[0]).exists() for name in ALLOWED)
