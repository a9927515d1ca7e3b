"""Vendored files are what their list says; nothing of this or any machine stands in the tree; one way to write CSS."""

import hashlib
import re
import subprocess
from pathlib import Path

from tests.house.test_sizes import PACKAGE, ROOT

VENDOR = PACKAGE / "static" / "vendor"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_vendored_files_are_what_their_list_says():
    listing = (VENDOR / "VERSIONS.md").read_text(encoding="utf-8")
    known = set(re.findall(r"\b[0-9a-f]{64}\b", listing))
    unlisted = [
        path.name
        for path in VENDOR.rglob("*")
        if path.is_file()
        and path.suffix in {".css", ".js", ".woff2"}
        and hashlib.sha256(path.read_bytes()).hexdigest() not in known
    ]
    assert not unlisted


def test_no_machine_stands_in_the_tree():
    words = [
        "/wo" + "rk/",
        "/tmp/bash" + "_jobs",
        "pypi" + "-more",
        "regis" + "try.npmjs",
        "files.python" + "hosted",
    ]
    found = [
        f"{path.name}: {word}"
        for path in tracked()
        if path.suffix not in {".png", ".woff2", ".jpg"}
        for word in words
        if re.search(r"(?<![a-z])" + re.escape(word), path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found


def test_css_is_logical():
    physical = re.compile(
        r"(?<![-\w])(margin|padding|border)-(left|right)\b|(?<![-\w])(left|right)\s*:|text-align\s*:\s*(left|right)"
    )
    found = [
        f"{path.name}: {match.group(0)}"
        for path in (PACKAGE / "static" / "css").glob("*.css")
        for match in physical.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_templates_hold_no_inline_code():
    inline = re.compile(r"\sstyle=|\son[a-z]+=[\"']|<style|javascript:", re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {match.group(0)}"
        for path in (PACKAGE / "templates").rglob("*.html")
        if "mail" not in path.parts
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found
