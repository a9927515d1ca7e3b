"""The client of the tests checks every HTML page that it ever fetches."""

import hashlib
import re

import html5lib
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventapp.extensions import db

_seen: set[bytes] = set()
_HTML = "{http://www.w3.org/1999/xhtml}"
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form", "headers")
_TOLERATED = {"unexpected-end-tag-treated-as"}


def csrf_token(html: str) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, "no form with a token on this page"
    return found.group(1)


class CheckedClient(FlaskClient):
    """Fetches like a browser and fails on a page that is not well made."""

    checks_pages = True

    def open(self, *args, **kwargs) -> TestResponse:
        response = self._open_apart(*args, **kwargs)
        if (
            self.checks_pages
            and response.request.method != "HEAD"  # an answer without a page
            and response.mimetype == "text/html"
            and response.status_code not in (301, 302, 303, 307, 308)
        ):
            check_page(response.get_data(as_text=True))
        return response

    def _open_apart(self, *args, **kwargs) -> TestResponse:
        """A request gets a context and a session of its own, as on a server, also inside a test's context.

        Flask would share the test's: who is signed in and the CSRF token would stay from request to request.
        """
        if not has_app_context():
            return super().open(*args, **kwargs)
        db.session.flush()
        try:
            with self.application.app_context():
                return super().open(*args, **kwargs)
        finally:
            db.session.expire_all()


def check_page(html: str) -> None:
    """Fail on parse errors, duplicate ids, dangling references, missing labels, inline code, a wrong heading."""
    key = hashlib.blake2b(re.sub(r'value="[^"]{60,}"', "", html).encode(), digest_size=16).digest()
    if key in _seen:
        return
    problems = list(_problems(html))
    assert not problems, "\n".join(problems) + "\n" + html[:3000]
    _seen.add(key)


def _problems(html: str):
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(html)
    for (line, column), code, values in parser.errors:
        if code not in _TOLERATED:
            yield f"parse error {code} {values} at line {line}: {html.splitlines()[line - 1][max(0, column - 80) : column + 20]!r}"
    elements = list(tree.iter())
    names = [str(element.tag).replace(_HTML, "") for element in elements]
    ids = [element.get("id") for element in elements if element.get("id")]
    yield from (f"duplicate id {one}" for one in {one for one in ids if ids.count(one) > 1})
    known = set(ids)
    for element, name in zip(elements, names):
        if element.get("style") is not None:
            yield f"inline style on <{name}>"
        yield from (
            f"inline handler {key} on <{name}>" for key in element.attrib if str(key).startswith("on")
        )
        if name == "script" and not element.get("src") and element.get("type") != "application/ld+json":
            yield "inline script"
        if name == "style":
            yield "style element"
        for attribute in _REFERENCES:
            for one in (element.get(attribute) or "").split():
                if one not in known:
                    yield f"{attribute} of <{name}> points to missing {one}"
        if (
            name == "a"
            and (element.get("href") or "").startswith("#")
            and element.get("href")[1:] not in known | {""}
        ):
            yield f"link to missing {element.get('href')}"
    yield from _headings(elements, names)
    yield from _forms(elements, names)


def _text(element) -> str:
    return " ".join("".join(element.itertext()).split())


def _headings(elements, names):
    titles = [_text(e) for e, n in zip(elements, names) if n == "title" and e.tag.startswith(_HTML)]
    heads = [_text(e) for e, n in zip(elements, names) if n == "h1"]
    if len(heads) != 1:
        yield f"{len(heads)} h1: {heads}"
    elif not titles or heads[0] not in titles[0]:
        yield f"the title {titles} does not hold the heading {heads}"


def _forms(elements, names):
    labelled = {e.get("for") for e, n in zip(elements, names) if n == "label"}
    inside = {id(child) for e, n in zip(elements, names) if n == "label" for child in e.iter()}
    for element, name in zip(elements, names):
        if name == "form" and (element.get("method") or "get").lower() == "post":
            fields = [e for e in element.iter() if e.get("name") == "csrf_token" and e.get("value")]
            if not fields:
                yield f"no CSRF token in the form to {element.get('action')}"
        if name in ("input", "select", "textarea") and element.get("type") not in (
            "hidden",
            "submit",
            "button",
        ):
            named = element.get("aria-label") or element.get("aria-labelledby")
            if not named and element.get("id") not in labelled and id(element) not in inside:
                yield f"no label for {name} {element.get('name')}"
