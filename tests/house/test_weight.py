"""A worker carries only what its pages need: each of these takes megabytes and a part of every start."""

import json
import subprocess
import sys

from tests.house.test_sizes import ROOT

NOT_AT_START = {
    "PIL": "until somebody uploads an image",
    "alembic": "until the database is brought up to date",
    "anyascii": "until names are compared",
    "icalendar": "until somebody asks for a calendar",
    "python_calamine": "ever: workbooks are read by a process of their own",
    "rapidfuzz": "until names are compared",
    "rich": "ever: only the tests have it, and what prints with it shows local variables",
    "sqlalchemy.dialects.postgresql": "unless it is the database; a postgresql_ option of an index loads it",
    "typst": "ever: reports are made by a process of their own",
    "xlsxwriter": "ever: workbooks are made by a process of their own",
}


def test_what_a_worker_does_not_need_is_not_imported():
    script = "import json, sys, eventapp.__main__; print(json.dumps(list(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    assert not NOT_AT_START.keys() & set(json.loads(found.stdout))
