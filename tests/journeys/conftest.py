"""A real browser in front of a real server; every page must load without an error in its console."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jinja2
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from eventapp import create_app
from eventapp.extensions import db, limiter
from eventapp.web.clock import CLOCK
from eventapp.web.transaction import writing
from tests.conftest import Clock
from tests.engines import Template, settings_for

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--in-process-gpu",  # nothing here is drawn by a graphics card: a process for it would only be told and asked
    # Every page is a new one here: code compiled for speed would be thrown away with it before it had paid.
    "--js-flags=--no-maglev --no-opt",
    # No new frame for each page of the same site. The switch replaces Playwright's own list, of which this is what a site of
    # this machine can meet.
    "--disable-features=RenderDocument,PaintHolding,DestroyProfileOnBrowserClose,HttpsUpgrades,MediaRouter,PreconnectToSearch",
]
# What is told names the element by its text; paths to thousands of sound ones would be worked out for nothing. The one rule
# left out is about sound that plays by itself, for which axe would load every style sheet again.
AXE = {"resultTypes": ["violations"], "selectors": False, "rules": {"no-autoplay-audio": {"enabled": False}}}
# Letters that join are taken for a font of icons, and its colours are not looked at: no Arabic text's were. No such font is
# used here.
AXE_LOOKS_AT, _found = re.subn(
    r"(function \w+\(e\)\{)(var t=1<arguments\.length&&void 0!==arguments\[1\]\?arguments\[1\]:\.15,)",
    r"\1return!1;\2",
    AXE_SCRIPT,
)
assert _found == 1, "this version of axe tells icons in another way"
# In one call, and only what it found: all that it saw and found sound is long.
RUN_AXE = """options => axe.run(options).then(found => ({
    violations: found.violations, films: document.querySelectorAll('audio, video').length}))"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A served application with a database of its own."""

    def __init__(self, app: Flask, url: str, clock: Clock) -> None:
        self.app, self.url, self.clock = app, url, clock

    @contextmanager
    def work(self) -> Iterator[None]:
        """An application context with a writing transaction, to prepare data."""
        with self.app.app_context(), writing():
            yield


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def site(template: Template, tmp_path: Path, clock: Clock, compiled: jinja2.BytecodeCache) -> Iterator[Site]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(settings_for(template.copy(tmp_path), tmp_path / "instance", base_url=url))
    app.jinja_env.bytecode_cache = compiled
    app.extensions[CLOCK] = clock
    limiter.reset()
    with served(app, port):
        yield Site(app, url, clock)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser. Errors in the console, and answers of 500, fail the test at the end."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def page(self, *, phone: bool = False, scripts: bool = True, dark: bool = False, **options) -> Page:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            base_url=self.site.url,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "response",
            lambda answer: (
                self.complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )
        return page

    def complain(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:  # a refusal is a page of its own, not an accident
            self.complaints.append(text)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = Visitor(browser, site)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert not visitor.complaints, "\n".join(visitor.complaints)


def bring_axe(page: Page) -> None:
    """Every address that the page opens from now on has axe in it; brought again and again it costs more than it does."""
    page.add_init_script(AXE_LOOKS_AT)


def check_accessible(page: Page, what: str) -> None:
    """Fail on anything that axe finds on the page as it is now."""
    page.wait_for_load_state()  # a click is done when the next page begins
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_LOOKS_AT)
    found = page.evaluate(RUN_AXE, AXE)
    assert not found["films"], f"{what}: sound or film; let axe look at them again"
    violations = [
        f"{what}: {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert not violations, "\n".join(violations[:20])


def check_no_sideways_scrolling(page: Page, what: str) -> None:
    """A page never scrolls sideways; wide tables scroll inside themselves."""
    page.wait_for_load_state()
    width, seen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= seen + 1, f"{what}: {width} px in {seen} px"
