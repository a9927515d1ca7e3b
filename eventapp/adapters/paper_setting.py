"""The script behind typesetting.py where several files are wanted: a line of JSON for each, all of them into one archive."""

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import typst


def main() -> None:
    """Set each template with its own fonts alone; one process, since its start takes longer than a page."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    with zipfile.ZipFile(sys.argv[1], "w") as archive:
        for line in sys.stdin.buffer:
            order = json.loads(line)
            archive.writestr(order["name"], _set(order))


def _set(order: dict[str, Any]) -> bytes:
    template = Path(order["template"])
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(order["fonts"])]
    )
    told = {"data": order["data"]}
    if order["name"].endswith(".png"):
        return typst.compile(
            template, root=template.parent, font_paths=fonts, sys_inputs=told, format="png", ppi=72.0
        )
    return typst.compile(
        template,
        root=template.parent,
        font_paths=fonts,
        sys_inputs=told,
        timestamp=order["made_at"],
        pdf_standards=["ua-1"],
    )


if __name__ == "__main__":
    main()
