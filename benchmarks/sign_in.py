"""Pages while 8 clients hammer the sign-in with wrong passwords, beside the same pages in peace."""

import contextlib
import itertools
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks import prepared
from benchmarks.http import Client, hidden_fields
from benchmarks.load import generator, rate
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.server import EVENTAPP, Server, eventapp_environ, running

CLIENTS = 8
ROUNDS = 4
SECONDS = 3.0
PATH = "/editions"
_numbers = itertools.count(1)


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    answers: Counter[int] = Counter()
    hammered = 0.0
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        rate(server.port, PATH, seconds=1)

        def under_fire() -> float:
            nonlocal hammered
            with _hammering(server, answers):
                begun = time.perf_counter()
                found = rate(server.port, PATH, seconds=SECONDS)
                hammered += time.perf_counter() - begun
            return found

        fire, peace = alternate(ROUNDS, under_fire, lambda: rate(server.port, PATH, seconds=SECONDS))
    told = ", ".join(
        f"{count / hammered:.0f}/s answered {status}" for status, count in sorted(answers.items())
    )
    return [
        Row(
            name="pages under hammering",
            measured=f"{median(fire):,.0f}/s",
            yardstick=f"{median(peace):,.0f}/s in peace",
            value=median_ratio(fire, peace),
            at_least=True,
            note=f"{CLIENTS} clients at the sign-in: {told}; pages by {generator()}. A peer fell from 6,000/s to 126/s"
            " without a gate (0.02) and to 2,480/s with one (0.41)",
        )
    ]


@contextlib.contextmanager
def _hammering(server: Server, answers: Counter[int]):
    """Wrong passwords without a pause, each try from an address and for an account of its own, so that no limit helps."""
    ended = threading.Event()
    problems: list[BaseException] = []

    def hammer() -> None:
        try:
            client = Client(server.port, X_Forwarded_For=_address())
            token = dict(hidden_fields(client.get("/sign-in").body))["csrf_token"]
            while not ended.is_set():
                number = next(_numbers)
                fields = [
                    ("csrf_token", token),
                    ("email", f"a{number}@example.org"),
                    ("password", "wrong but long enough"),
                ]
                answers[client.post("/sign-in", fields, X_Forwarded_For=_address()).status] += 1
            client.close()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=hammer) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if problems:
        raise problems[0]


def _address() -> str:
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
