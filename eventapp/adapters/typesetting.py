"""PDF pages, set by a process of their own from a fixed template and data; nothing of the data is ever read as program text."""

import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from eventapp.adapters.own_process import make_file

DATA: Final = Path(__file__).resolve().parent.parent / "data"
LONGEST_SECONDS: Final = 60.0


def write_report(target: Path, data: Mapping[str, Any], *, made_at: datetime) -> None:
    """Set `data/report.typ` with the data; the same data and moment give the same bytes. Whole or not at all."""
    order = {
        "template": str(DATA / "report.typ"),
        "fonts": str(DATA / "fonts"),
        "made_at": int(made_at.timestamp()),
        "data": json.dumps(data, ensure_ascii=False),
    }
    lines = [json.dumps(order, ensure_ascii=False).encode() + b"\n"]
    make_file(target, "report_setting.py", lines, seconds=LONGEST_SECONDS)


def write_papers(
    target: Path, papers: Mapping[str, tuple[str, Mapping[str, Any]]], *, made_at: datetime
) -> Mapping[str, bytes]:
    """Set several files at once, by the name of each: its template in `data/` and what stands in it. Gives them by name.

    PDFs, and images where a name ends in .png. `target` is put aside meanwhile and is gone afterwards.
    """
    lines = (
        json.dumps(
            {
                "name": name,
                "template": str(DATA / template),
                "fonts": str(DATA / "fonts"),
                "made_at": int(made_at.timestamp()),
                "data": json.dumps(data, ensure_ascii=False),
            },
            ensure_ascii=False,
        ).encode()
        + b"\n"
        for name, (template, data) in papers.items()
    )
    try:
        make_file(target, "paper_setting.py", lines, seconds=LONGEST_SECONDS)
        with zipfile.ZipFile(target) as archive:
            return {name: archive.read(name) for name in papers}
    finally:
        target.unlink(missing_ok=True)
