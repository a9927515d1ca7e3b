"""PDF pages, set by a process of their own from a fixed template and data; nothing of the data is ever read as program text."""

import json
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
