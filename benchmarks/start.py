"""From the start of the process to the first page on a ready installation, and what a worker holds after some load."""

from pathlib import Path

from benchmarks import prepared
from benchmarks.http import Client
from benchmarks.load import rate
from benchmarks.measure import Row, median
from benchmarks.registration import learn_sector, register_for
from benchmarks.server import EVENTAPP, Server, eventapp_environ, next_port

STARTS = 5
PAGES = (
    "/",
    "/editions",
    "/partners",
    "/privacy",
    "/contact",
    "/editions/7",
    "/editions.json",
    "/editions.atom",
)


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    learn_sector(instance)
    times = []
    for place in range(STARTS):
        server = Server(EVENTAPP, next_port(), eventapp_environ(instance), folder / "server.log")
        try:
            times.append(server.wait("/"))
            if place == STARTS - 1:
                first = server.rss()
                _load(server)
                rss, peak = server.rss(), server.peak()
        finally:
            server.stop()
    return [
        Row(
            name="first page after the start",
            measured=f"{median(times):.2f} s",
            yardstick=f"median of {STARTS} starts",
            value=median(times),
            bound=2,
            unit="s",
            note=f"slowest {max(times):.2f} s, from the start of the process to the first 200",
        ),
        Row(
            name="memory of a worker",
            measured=f"{rss:.0f} MB",
            yardstick="after pages in four languages and registrations",
            value=rss,
            bound=110,
            unit="MB",
            note=f"{first:.0f} MB after the first page, {peak:.0f} MB at most; MB of 10^6 bytes",
        ),
    ]


def _load(server: Server) -> None:
    client = Client(server.port, Accept_Encoding="gzip")
    for language in ("", "/fr", "/es", "/ar"):
        for path in PAGES:
            client.get(language + path)
        client.get(f"{language}/editions/{prepared.ORDINAL}/register")
    client.close()
    rate(server.port, "/editions", seconds=3, Accept_Encoding="gzip")
    register_for(server.port, 6.0, {})
