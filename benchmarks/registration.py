"""A complete registration by 8 clients at once, beside the least a Flask program can do for the same requests."""

import itertools
import json
import threading
import time
from pathlib import Path

from benchmarks import prepared
from benchmarks.http import Answer, Client, hidden_fields
from benchmarks.measure import Row, alternate, median, median_ratio, percentile
from benchmarks.server import EVENTAPP, eventapp_environ, running

CLIENTS = 8
ROUNDS = 5
SECONDS = 4.0
PAGES_ONLY = (
    "eventapp:create_app"  # as with `eventapp worker` in a process of its own: mail is not sent by the pages
)
PATH = f"/editions/{prepared.ORDINAL}/register"
_numbers = itertools.count(1)


def answers(number: int) -> list[tuple[str, str]]:
    """What a delegate types."""
    return [
        ("represents", "country"),
        ("country", "KE"),
        ("organisation", "Ministry of the Interior"),
        ("seat_country", ""),
        ("sector", _sector),
        ("honorific", "Ms"),
        ("given_name", f"Amina {number}"),
        ("family_name", "Nduta Wanjirũ"),
        ("badge_name", ""),
        ("functional_title", "Head of the anti-trafficking unit"),
        ("email", f"delegate{number}@police.example.org"),
        ("phone", "+254 20 123 4567"),
        ("language", "en"),
        ("role", "delegate"),
        ("languages", "en"),
        ("languages", "fr"),
        ("dietary_needs", "No pork"),
        ("accessibility_needs", ""),
        ("privacy", "1"),
        ("listed", "1"),
    ]


_sector = ""


def learn_sector(instance: Path) -> None:
    """A sector of the deepest level."""
    global _sector
    app = prepared.application(instance)
    with app.test_request_context("/"):
        from eventapp.web.options import reference

        _sector = min(reference().choices.sectors)


class Delegate:
    """One client that registers people one after the other on one connection, each with an address of their own."""

    def __init__(self, port: int) -> None:
        self.client = Client(port)
        self.sizes: dict[str, int] = {}
        self.times: dict[str, list[float]] = {"form": [], "review": [], "confirm": [], "confirmed": []}

    def register(self) -> None:
        number = next(_numbers)
        client = self.client
        client.cookies.clear()
        client.headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        form = self._timed("form", "GET", PATH, [])
        typed = answers(number)
        names = {name for name, _ in typed}
        hidden = [pair for pair in hidden_fields(form.body) if pair[0] not in names]
        review = self._timed("review", "POST", PATH, hidden + typed)
        fields = [pair for pair in hidden_fields(review.body) if pair[0] != "step"]
        confirm = self._timed("confirm", "POST", PATH, [*fields, ("step", "confirm")], 303)
        self._timed("confirmed", "GET", confirm.header("location"), [])

    def _timed(
        self, step: str, method: str, path: str, fields: list[tuple[str, str]], status: int = 200
    ) -> Answer:
        begun = time.perf_counter()
        answer = self.client.get(path) if method == "GET" else self.client.post(path, fields)
        self.times[step].append(time.perf_counter() - begun)
        if answer.status != status:
            raise RuntimeError(f"{step}: {answer.status} instead of {status}: {answer.body[:3000]!r}")
        self.sizes[step] = len(answer.body)
        return answer


def register_for(port: int, seconds: float, times: dict[str, list[float]]) -> float:
    """Registrations per second by all clients; what each request took is added to `times`."""
    delegates = [Delegate(port) for _ in range(CLIENTS)]
    counts = [0] * CLIENTS
    problems: list[BaseException] = []
    begun = time.perf_counter()

    def run(place: int) -> None:
        try:
            while time.perf_counter() - begun < seconds:
                delegates[place].register()
                counts[place] += 1
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - begun
    if problems:
        raise problems[0]
    for delegate in delegates:
        delegate.client.close()
        for step, found in delegate.times.items():
            times.setdefault(step, []).extend(found)
    return sum(counts) / lasted


def minimal_settings(folder: Path, instance: Path, sizes: dict[str, int]) -> Path:
    """What the minimal program is to look like: same fields, countries and page sizes."""
    app = prepared.application(instance)
    with app.test_request_context("/"):
        from eventapp.web.options import reference

        countries = [(code, names["en"]) for code, names in reference().countries.items()]
    told = {
        "countries": countries,
        "names": sorted({name for name, _ in answers(0)} - {"country", "seat_country"}),
        "sizes": sizes,
        "database": str(folder / "minimal.sqlite3"),
    }
    path = folder / "minimal.json"
    path.write_text(json.dumps(told))
    return path


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder, capacity=2000)
    learn_sector(instance)
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    environ = eventapp_environ(instance)
    with (
        running(PAGES_ONLY, folder, **environ) as application,
        running(EVENTAPP, folder, **environ) as embedded,
    ):
        first = Delegate(application.port)
        first.register()
        told = minimal_settings(folder, instance, first.sizes)
        with running(
            "benchmarks.minimal_registration:application", folder, BENCH_MINIMAL=str(told)
        ) as minimal:
            second = Delegate(minimal.port)
            second.register()
            for step in ("form", "review", "confirmed"):
                if abs(second.sizes[step] - first.sizes[step]) > 200:
                    raise RuntimeError(f"{step}: {second.sizes[step]} bytes instead of {first.sizes[step]}")
            for server in (application, minimal):
                register_for(server.port, 1.0, {})
            here, there = alternate(
                ROUNDS,
                lambda: register_for(application.port, SECONDS, ours),
                lambda: register_for(minimal.port, SECONDS, theirs),
            )
            together, alone = alternate(
                ROUNDS - 2,
                lambda: register_for(embedded.port, SECONDS, {}),
                lambda: register_for(minimal.port, SECONDS, {}),
            )
    p50, p99 = percentile(ours["confirm"], 0.5), percentile(ours["confirm"], 0.99)
    small50, small99 = percentile(theirs["confirm"], 0.5), percentile(theirs["confirm"], 0.99)
    steps = ", ".join(
        f"{step} {percentile(ours[step], 0.5) * 1000:.1f} (minimal {percentile(theirs[step], 0.5) * 1000:.1f})"
        for step in ours
    )
    kilo = "/".join(f"{first.sizes[step] / 1000:.0f}" for step in ("form", "review", "confirmed"))
    return [
        Row(
            name="complete registration",
            measured=f"{median(here):.0f}/s",
            yardstick=f"{median(there):.0f}/s minimal Flask + sqlite3",
            value=median_ratio(here, there),
            bound=0.5,
            at_least=True,
            note=f"{CLIENTS} clients, pages of {kilo} kB in both; median ms: {steps}",
        ),
        Row(
            name="the same, writing the mail",
            measured=f"{median(together):.0f}/s",
            yardstick=f"{median(alone):.0f}/s minimal, which writes none",
            value=median_ratio(together, alone),
            note="the embedded default: a thread of the same process writes each letter and keeps it as a file meanwhile",
        ),
        Row(
            name="confirm: p99 to p50",
            measured=f"p99 {p99 * 1000:.0f} ms",
            yardstick=f"p50 {p50 * 1000:.0f} ms",
            value=p99 / p50,
            bound=15,
            note=f"minimal program: p50 {small50 * 1000:.0f} ms, p99 {small99 * 1000:.0f} ms",
        ),
    ]
