"""The PDF report of an edition with 5,000 delegates over HTTP: within two seconds, and the worker stays small."""

import time
from pathlib import Path

from benchmarks import prepared
from benchmarks.http import Client
from benchmarks.measure import Row, median
from benchmarks.server import EVENTAPP, eventapp_environ, running

PEOPLE = 5_000
ROUNDS = 5
LANGUAGES = ("", "/fr", "/es", "/ar")
PATH = f"/dashboard/editions/{prepared.ORDINAL}/report.pdf"


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    prepared.fill(instance, PEOPLE)
    cookie = prepared.session_cookie(prepared.application(instance))
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        client = Client(server.port)
        client.cookies["eventapp"] = cookie
        times, sizes = [], []
        for _ in range(ROUNDS):
            for language in LANGUAGES:
                begun = time.perf_counter()
                answer = client.get(language + PATH)
                times.append(time.perf_counter() - begun)
                if answer.status != 200 or not answer.body.startswith(b"%PDF-"):
                    raise RuntimeError(f"the report: {answer.status}")
                sizes.append(len(answer.body))
        client.close()
        memory = server.rss()
    return [
        Row(
            name="PDF report",
            measured=f"{median(times):.2f} s, {max(times):.2f} s at most",
            value=median(times),
            bound=2,
            unit="s",
            note=f"{PEOPLE:,} delegates, four languages, {max(sizes) / 1e3:.0f} kB",
        ),
        Row(
            name="memory of a worker after it",
            measured=f"{memory:.1f} MB",
            value=memory,
            bound=110,
            unit="MB",
            note=f"after {len(times)} reports, which processes of their own have set",
        ),
    ]
