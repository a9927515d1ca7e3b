"""The tables that ship with the product, as files of eventapp/data."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from eventapp.rules.vocabulary import LANGUAGES

DATA: Final = Path(__file__).resolve().parent.parent / "data"


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of a file under its head."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_names(row: dict[str, str], prefix: str = "name") -> dict[str, str]:
    """The texts of the columns name_en, name_fr, ...; a missing language is absent."""
    return {code: row[f"{prefix}_{code}"] for code in LANGUAGES if row.get(f"{prefix}_{code}")}
