"""Through TLS and a proxy, as it is set up for real: secure cookies, addresses from the setting, the visitor's own address."""

import http.client
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from playwright.sync_api import expect

from eventapp import create_app
from eventapp.extensions import db, limiter
from eventapp.models import Registration
from eventapp.web.clock import CLOCK
from tests.engines import settings_for
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.journeys.conftest import Site, free_port, served

HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


def proxy_to(port: int) -> type[BaseHTTPRequestHandler]:
    class Proxy(BaseHTTPRequestHandler):
        """What nginx does in docs/how-to/set-up-for-real.md, in a few lines."""

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("connection", "host")
            }
            headers |= {
                "Host": "inside.invalid",
                "X-Forwarded-For": "203.0.113.7",
                "X-Forwarded-Proto": "https",
            }
            backend = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            backend.request(self.command, self.path, body or None, headers)
            answer = backend.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            backend.close()

        do_GET = do_POST = forward

        def log_message(self, *_: object) -> None:
            pass

    return Proxy


@pytest.fixture
def site(template, tmp_path, clock) -> Iterator[Site]:
    """Overrides the plain site of the other journeys."""
    inner, outer = free_port(), free_port()
    url = f"https://localhost:{outer}"
    app = create_app(
        settings_for(template.copy(tmp_path), tmp_path / "instance", base_url=url, trusted_proxies=1)
    )
    app.extensions[CLOCK] = clock
    limiter.reset()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    proxy = ThreadingHTTPServer(("127.0.0.1", outer), proxy_to(inner))
    proxy.daemon_threads = True
    proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    with served(app, inner):
        thread.start()
        yield Site(app, url, clock)
        proxy.shutdown()
        thread.join(timeout=10)
        proxy.server_close()


@pytest.mark.journey
def test_register_and_sign_in_behind_tls(site, visitor):
    with site.work():
        make_edition(approval="open")
        make_user(role="administrator", email="admin@secretariat.example", password=PASSWORD)
    page = visitor.page(ignore_https_errors=True)
    answer = page.goto("/editions/8/register")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    page.locator("input[name=represents][value=country]").check()
    page.locator("select[name=country]").select_option("NO", force=True)
    page.locator("select[name=sector]").select_option("LE-POL")
    for name, text in (
        ("given_name", "Ingrid"),
        ("family_name", "Grønvold"),
        ("functional_title", "Adviser"),
        ("email", "ingrid@police.example"),
    ):
        page.locator(f"[name={name}]").fill(text)
    page.locator("input[name=privacy]").check()
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Confirm registration").click()
    expect(page.locator(".ref")).to_be_visible()
    links = re.findall(r"https?://[^\s\"'<]+/registrations/[\w-]{43}", page.content())
    assert links and all(link.startswith(site.url) for link in links)  # never from the Host header
    cookies = page.context.cookies()
    assert cookies and all(one["secure"] and one["httpOnly"] and one["sameSite"] == "Lax" for one in cookies)
    page.goto("/sign-in")
    page.locator("[name=email]").fill("admin@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto("/dashboard/editions/8/registrations")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    assert page.url.startswith(site.url)
    with site.app.app_context():
        assert db.session.query(Registration).one().counted_country_code == "NO"
