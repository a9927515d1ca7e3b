"""A worker carries only what its pages need: each of these takes megabytes and a part of every start."""

import json
import subprocess
import sys

import pytest

from tests.house.test_sizes import ROOT

NOT_AT_START = {
    "PIL": "until somebody uploads an image",
    "alembic": "until the database is brought up to date",
    "anyascii": "until names are compared",
    "deprecated": "ever: it marks classes with the version they came with",
    "eventapp.services.backup": "until a command asks for it",
    "eventapp.services.demonstration": "until a command asks for it",
    "flask.testing": "until a test asks for a client",
    "flask_wtf.recaptcha": "ever: it asks a foreign service",
    "icalendar": "until somebody asks for a calendar",
    "limits.aio": "ever: no page is asynchronous",
    "python_calamine": "ever: workbooks are read by a process of their own",
    "rapidfuzz": "until names are compared",
    "rich": "ever: only the tests have it, and what prints with it shows local variables",
    "sqlalchemy.dialects.postgresql": "unless it is the database; a postgresql_ option of an index loads it",
    "typst": "ever: reports are made by a process of their own",
    "xlsxwriter": "ever: workbooks are made by a process of their own",
}


SCRIPT = """
import json, sys

def reads_it():
    "text"
    return "text"

def only_has_it():
    "text"
    return "other"

import eventapp.__main__, eventapp.cli.serve
told = {"at_start": list(sys.modules), "commands": sorted(eventapp.cli.commands.commands)}

from eventapp.web import docstrings
from sqlalchemy.orm import Session
told["docs"] = [str(one.__doc__) for one in (Session, Session.flush, Session.scalars, eventapp.create_app)]
told["doc_constants"] = [str(one.__code__.co_consts[0]) for one in (Session.flush, eventapp.create_app)]
told["reads"] = [docstrings._reads_first(one.__code__) for one in (reads_it, only_has_it)]
docstrings._drop_of_function(reads_it), docstrings._drop_of_function(only_has_it)
told["answers"] = [reads_it(), only_has_it(), reads_it.__doc__, only_has_it.__doc__]

from flask.testing import FlaskClient
from flask_login.test_client import FlaskLoginClient
from flask_wtf.recaptcha import RecaptchaField
from limits.aio.strategies import FixedWindowRateLimiter
from deprecated.sphinx import versionadded
from sqlalchemy.dialects.sqlite import aiosqlite
parts = [FlaskLoginClient, RecaptchaField, FixedWindowRateLimiter, versionadded, aiosqlite.dialect]
told["parts"] = [part.__module__ for part in parts]

import importlib, pathlib
from eventapp.cli import door
for path in pathlib.Path(door.__file__).parent.glob("*.py"):
    importlib.import_module(f"eventapp.cli.{path.stem}")
told["all_commands"], told["named"] = sorted(door.commands.commands), door.commands.list_commands(None)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What a fresh process says of itself."""
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    return json.loads(found.stdout)


def test_what_a_worker_does_not_need_is_not_imported(told):
    assert not NOT_AT_START.keys() & set(told["at_start"])


def test_what_is_left_out_at_the_start_is_there_for_whoever_asks(told):
    assert told["parts"] == [
        "flask_login.test_client",
        "flask_wtf.recaptcha.fields",
        "limits.aio.strategies",
        "deprecated.sphinx",
        "sqlalchemy.dialects.sqlite.aiosqlite",
    ]


def test_libraries_let_go_of_their_docstrings_and_the_product_keeps_its_own(told):
    built = "Build the application; without settings they are read from the environment."
    assert told["docs"] == ["None", "None", "None", built]
    assert told["doc_constants"] == ["None", built]


def test_a_function_that_reads_its_docstring_keeps_it(told):
    assert told["reads"] == [True, False]
    assert told["answers"] == ["text", "other", "text", None]


def test_every_command_is_named_though_its_room_is_not_imported_before(told):
    assert told["commands"] == ["first-link", "run", "worker"]
    assert told["all_commands"] == told["named"]
