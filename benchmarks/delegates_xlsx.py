"""The list of 100,000 delegates as a workbook over HTTP beside a bare XlsxWriter loop over the same cells."""

import contextlib
import csv
import io
import json
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import psutil

from benchmarks import prepared
from benchmarks.http import Answer, Client, hidden_fields
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.server import EVENTAPP, Server, eventapp_environ, running

PEOPLE = 100_000
FEWER = 25_000
ROUNDS = 2
LOOK_SECONDS = 0.5  # a browser does every two
SCRIPT = "workbook_writing.py"  # possible duplicates are searched by another process of the worker
# A process of its own, so that nothing else is in its way; what it reads is not in its time.
BARE = """
import json, sys, time, xlsxwriter
rows = json.load(open(sys.argv[1]))
begun = time.perf_counter()
book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True, "strings_to_urls": False})
sheet = book.add_worksheet()
for row, cells in enumerate(rows):
    for column, cell in enumerate(cells):
        if cell:
            sheet.write_string(row, column, cell)
book.close()
print(time.perf_counter() - begun)
"""


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    prepared.fill(instance, FEWER, ordinal=prepared.SMALL)
    prepared.fill(instance, PEOPLE)
    cookie = prepared.session_cookie(prepared.application(instance))
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        fewer = _most_memory(server, cookie, prepared.SMALL)
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        more = _most_memory(server, cookie, prepared.ORDINAL)
        workbook = Workbook(server, cookie)
        cells = folder / "cells.json"
        cells.write_text(json.dumps(workbook.cells()))
        ours, bare = alternate(ROUNDS, workbook.run, lambda: _bare(cells, folder / "bare.xlsx"))
    return [
        Row(
            name=f"XLSX of {PEOPLE:,} delegates",
            measured=f"{PEOPLE / median(ours):,.0f} rows/s",
            yardstick=f"{PEOPLE / median(bare):,.0f} rows/s bare XlsxWriter",
            value=1 / median_ratio(ours, bare),
            bound=0.7,
            at_least=True,
            note=f"{workbook.size / 1e6:.1f} MB over HTTP in {median(ours):.1f} s, database and process included",
        ),
        Row(
            name="memory of its process",
            measured=f"{more[1]:.1f} MB for {PEOPLE:,}",
            yardstick=f"{fewer[1]:.1f} MB for {FEWER:,}",
            value=more[1] - fewer[1],
            bound=5,
            unit="MB",
            note="the most that the process held, sampled every 20 ms; 5 MB are what the sampling misses",
        ),
        Row(
            name="memory of the worker beside it",
            measured=f"{more[0]:.1f} MB",
            yardstick=f"{fewer[0]:.1f} MB",
            value=more[0],
            bound=110,
            unit="MB",
        ),
    ]


class Workbook:
    """Asks for the file and looks whether it is whole."""

    def __init__(self, server: Server, cookie: str, ordinal: int = prepared.ORDINAL) -> None:
        self.path = f"/dashboard/editions/{ordinal}/delegates"
        self.client = Client(server.port)
        self.client.cookies["eventapp"] = cookie
        self.token = dict(hidden_fields(self.client.get(self.path).body))["csrf_token"]
        self.size = 0

    def post(self, ending: str) -> bytes:
        self.client.close()  # the server ends a connection that was idle for as long as the yardstick takes
        answer = self.client.post(self.path + ending, [("csrf_token", self.token)])
        if answer.status == 303:
            answer = self._made_meanwhile(answer.header("location"))
        if answer.status != 200:
            raise RuntimeError(f"the export: {answer.status}")
        return answer.body

    def _made_meanwhile(self, address: str) -> Answer:
        """The file from the page of its own, once it is ready; the browser looks more rarely."""
        while b"hx-trigger" in (page := self.client.get(address).body):
            time.sleep(LOOK_SECONDS)
        if f'action="{address}"'.encode() not in page:
            raise RuntimeError(f"the export: {page[:3000]!r}")
        return self.client.post(address, [("csrf_token", dict(hidden_fields(page))["csrf_token"])])

    def run(self) -> float:
        begun = time.perf_counter()
        body = self.post(".xlsx")
        lasted = time.perf_counter() - begun
        self.size = len(body)
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            rows = book.read("xl/worksheets/sheet1.xml").count(b"<row ")
        if rows != PEOPLE + 1:
            raise RuntimeError(f"{rows} rows")
        return lasted

    def cells(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.post(".csv").decode())))


def _bare(cells: Path, target: Path) -> float:
    made = subprocess.run(
        [sys.executable, "-c", BARE, str(cells), str(target)], capture_output=True, text=True, check=True
    )
    return float(made.stdout)


def _most_memory(server: Server, cookie: str, ordinal: int) -> tuple[float, float]:
    """The most memory of the worker and of the process beside it while one workbook is made, after one to warm up."""
    workbook = Workbook(server, cookie, ordinal)
    workbook.post(".xlsx")
    most = [server.rss(), 0.0]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.02):
            most[0] = max(most[0], server.rss())
            for pid in server.workers():
                for child in psutil.Process(pid).children():
                    with contextlib.suppress(psutil.Error):
                        if any(word.endswith(SCRIPT) for word in child.cmdline()):
                            most[1] = max(most[1], child.memory_info().rss / 1e6)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        workbook.post(".xlsx")
    finally:
        ended.set()
        watcher.join()
    return most[0], most[1]
