"""The script behind typesetting.py: reads one line of JSON and sets a PDF; nothing of it runs in a server's process."""

import json
import os
import sys
from pathlib import Path

import typst


def main() -> None:
    """Set the template with its own fonts alone, so that every machine makes the same pages."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    order = json.loads(sys.stdin.buffer.readline())
    template = Path(order["template"])
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(order["fonts"])]
    )
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=fonts,
        sys_inputs={"data": order["data"]},
        timestamp=order["made_at"],
        pdf_standards=["ua-1"],
    )
    Path(sys.argv[1]).write_bytes(made)


if __name__ == "__main__":
    main()
