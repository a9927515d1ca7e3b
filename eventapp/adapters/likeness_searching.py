"""The script behind likeness.search_apart: reads a person a line and writes the pairs; nothing of it runs in a server's process.

It is started by its path, and takes of the application only what compares names, so that it begins within a tenth of a second.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Compare everybody who is wanted with everybody before them."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    package = ModuleType(
        "eventapp"
    )  # in place of the whole application, which its own first module would load
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["eventapp"] = package
    likeness = importlib.import_module("eventapp.adapters.likeness")
    known = likeness.Known()
    with Path(sys.argv[1]).open("w", encoding="ascii") as found:
        for line in sys.stdin.buffer:
            is_wanted, key, given_name, family_name, email, phone, body = json.loads(line)
            person = likeness.describe(
                key, given_name=given_name, family_name=family_name, email=email, phone=phone, body=body
            )
            for pair in known.alike(person) if is_wanted else ():
                told = [pair.first, pair.second, pair.likeness.score, pair.likeness.reasons]
                found.write(json.dumps(told) + "\n")
            known.add(person)


if __name__ == "__main__":
    main()
