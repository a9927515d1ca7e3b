"""The registration form with its countries beside the same page without them, in CPU a request, no network."""

import dataclasses
import types
from pathlib import Path

from flask import Flask
from markupsafe import Markup

from benchmarks import prepared, wsgi
from benchmarks.measure import Row, alternate, median, median_ratio
from eventapp.web import options

PATH = f"/editions/{prepared.ORDINAL}/register"
ROUNDS = 25
TIMES = 20


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    whole, bare = prepared.application(instance), prepared.application(instance)
    countries = _without_countries(bare)
    rows = []
    for name, more in (("gzipped", {"HTTP_ACCEPT_ENCODING": "gzip"}), ("not gzipped", {})):
        sizes = [len(wsgi.ask(app, PATH, **more)[1]) for app in (whole, bare)]
        if sizes[0] <= sizes[1]:
            raise RuntimeError("the yardstick still holds the countries")
        for app in (whole, bare):
            wsgi.cpu(app, PATH, TIMES, **more)
        with_them, without = alternate(
            ROUNDS,
            lambda more=more: wsgi.cpu(whole, PATH, TIMES, **more),
            lambda more=more: wsgi.cpu(bare, PATH, TIMES, **more),
        )
        rows.append(
            Row(
                name=f"form page, {name}",
                measured=f"{median(with_them) * 1000:.2f} ms CPU",
                yardstick=f"{median(without) * 1000:.2f} ms without its {countries} countries",
                value=median_ratio(with_them, without),
                bound=1.3,
                note=f"{sizes[0]:,} bytes, {sizes[1]:,} without",
            )
        )
    return rows


def _without_countries(app: Flask) -> int:
    """Let this application offer no country in its lists; gives how many there were."""
    with app.test_request_context("/"):
        keeper = options.keeper()
        made = keeper.lists()
        count = made.options["en"].countries.count("<option")
    first = type(keeper).lists
    memory: dict[int, options.Lists] = {}

    def lists(self: options.Keeper) -> options.Lists:
        found = first(self)
        if id(found) not in memory:
            memory.clear()
            empty = {
                code: dataclasses.replace(one, countries=Markup("")) for code, one in found.options.items()
            }
            memory[id(found)] = dataclasses.replace(found, options=empty)
        return memory[id(found)]

    keeper.lists = types.MethodType(lists, keeper)  # type: ignore[method-assign]
    return count
