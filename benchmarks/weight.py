"""What the registration page loads, as bytes on the wire: everything it names, gzipped by the server; fonts apart."""

import re
from pathlib import Path
from urllib.parse import urljoin

from benchmarks import prepared
from benchmarks.http import Client
from benchmarks.measure import Row
from benchmarks.server import EVENTAPP, eventapp_environ, running

PAGES = {"English": "", "Arabic": "/ar"}
_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""")
_FACE = re.compile(r"@font-face\s*{([^}]*)}")
_RANGE = re.compile(r"unicode-range\s*:\s*([^;}]+)")


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    rows = []
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        for name, prefix in PAGES.items():
            rows += _rows(name, Page(server.port, f"{prefix}/editions/{prepared.ORDINAL}/register"))
    return rows


class Page:
    """A page and everything it loads; a font only if the page holds a letter of its range."""

    def __init__(self, port: int, path: str) -> None:
        self.client = Client(port, Accept_Encoding="gzip")
        self.plain = Client(port)
        self.sizes: dict[str, int] = {}
        self.fonts: dict[str, int] = {}
        self.letters: set[int] = set()
        text = self._take(path)
        self.letters = {ord(letter) for letter in text}
        for tag in re.findall(r"<(?:link|script|img|source|use)\b[^>]*>", text):
            for address in re.findall(r'\b(?:href|src)="([^"]+)"', tag):
                is_page = 'rel="alternate"' in tag or 'rel="canonical"' in tag or address.startswith("#")
                if not is_page:
                    self._load(urljoin(path, address))
        self.client.close()
        self.plain.close()

    def _take(self, path: str) -> str:
        answer = self.client.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        self.sizes[path] = len(answer.body)
        return self.plain.get(path).body.decode(errors="replace")

    def _load(self, path: str) -> None:
        path = path.partition("#")[0]
        if path in self.sizes or path.startswith(("data:", "http:", "https:")):
            return
        text = self._take(path)
        name = path.partition("?")[0]
        if name.endswith(".css"):
            for face in _FACE.findall(text):
                self._font(path, face)
            for address in _URL.findall(_FACE.sub("", text)):
                if not address.startswith(("data:", "#")):
                    self._load(urljoin(path, address))
        elif name.endswith((".js", ".mjs")):
            for address in _IMPORT.findall(text):
                self._load(urljoin(path, address))

    def _font(self, path: str, face: str) -> None:
        found = _RANGE.search(face)
        if found and not any(_holds(part.strip(), self.letters) for part in found.group(1).split(",")):
            return
        for address in _URL.findall(face)[:1]:
            target = urljoin(path, address)
            if target not in self.fonts:
                answer = self.client.get(target)
                if answer.status != 200:
                    raise RuntimeError(f"{target}: {answer.status}")
                self.fonts[target] = len(answer.body)


def _holds(part: str, letters: set[int]) -> bool:
    first, _, last = part.upper().removeprefix("U+").partition("-")
    low, high = int(first.replace("?", "0"), 16), int((last or first).replace("?", "F"), 16)
    return any(low <= letter <= high for letter in letters)


def _rows(name: str, page: Page) -> list[Row]:
    weight, fonts = sum(page.sizes.values()) / 1000, sum(page.fonts.values()) / 1000
    heaviest = sorted(page.sizes.items(), key=lambda item: -item[1])[:6]
    parts = ", ".join(f"{Path(path.partition('?')[0]).name} {size / 1000:.1f}" for path, size in heaviest)
    return [
        Row(
            name=f"registration page, {name}",
            measured=f"{len(page.sizes)} files",
            yardstick="gzipped, without fonts",
            value=weight,
            bound=100,
            unit="kB",
            note=parts,
        ),
        Row(
            name=f"its fonts, {name}",
            measured=f"{len(page.fonts)} files",
            yardstick="those that hold a letter of the page",
            value=fonts,
            bound=130,
            unit="kB",
            note=", ".join(
                f"{Path(path.partition('?')[0]).name} {size / 1000:.1f}" for path, size in page.fonts.items()
            ),
        ),
    ]
