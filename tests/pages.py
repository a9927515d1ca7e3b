"""The client of the tests checks every HTML page that it ever fetches."""

import hashlib
import html as entities
import re
from collections import Counter

import html5lib
import markupever
import turbohtml
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventapp.extensions import db

_seen: set[bytes] = set()
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form", "headers")
_TOLERATED = {"unexpected-end-tag-treated-as"}
_IN_SELECT = {"option", "optgroup", "hr"}  # parsers of today let more pass in a list to choose from


def csrf_token(html: str) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, "no form with a token on this page"
    return found.group(1)


def words(html: str) -> str:
    """What a page says, on one line, without its tags."""
    return entities.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def versioned(html: str, **typed: str) -> dict[str, str]:
    """What the browser would send from a form that was read at a version, with what somebody typed."""
    version = re.search(r'name="version" value="(\d*)"', html)
    assert version, "no form with a version on this page"
    return {"csrf_token": csrf_token(html), "version": version[1], **typed}


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
    yield from _parse_errors(html)
    elements = list(turbohtml.parse(html, positions=False).iter_elements())
    ids = Counter(element.attrs["id"] for element in elements if element.attrs.get("id"))
    yield from (f"duplicate id {one}" for one, times in ids.items() if times > 1)
    for element in elements:
        yield from _of_element(element, ids)
    yield from _headings(elements)
    yield from _forms(elements)


def _parse_errors(html: str):
    """A quick parser says whether anything is wrong; the slow one of html5lib then says what and where."""
    parser = markupever.Parser(options=markupever.HtmlOptions(exact_errors=True))
    parser.process(html)
    parser.finish()
    if not (found := parser.errors()):
        return
    slow = html5lib.HTMLParser(strict=False)
    slow.parse(html)
    named = [one for one in slow.errors if one[1] not in _TOLERATED]
    for (line, column), code, values in named:
        yield f"parse error {code} {values} at line {line}: {html.splitlines()[line - 1][max(0, column - 80) : column + 20]!r}"
    if not slow.errors:
        yield from (f"parse error {one}" for one in found)


def _of_element(element, known):
    attributes, name = element.attrs, element.tag
    if "style" in attributes:
        yield f"inline style on <{name}>"
    yield from (f"inline handler {key} on <{name}>" for key in attributes if key.startswith("on"))
    if name == "script" and not attributes.get("src") and attributes.get("type") != "application/ld+json":
        yield "inline script"
    if name == "style":
        yield "style element"
    for attribute in _REFERENCES:
        for one in (attributes.get(attribute) or "").split():
            if one not in known:
                yield f"{attribute} of <{name}> points to missing {one}"
    target = attributes.get("href") or ""
    if name == "a" and target.startswith("#") and target[1:] and target[1:] not in known:
        yield f"link to missing {target}"
    if name == "select":
        yield from (
            f"<{one.tag}> in a select" for one in element.iter_elements() if one.tag not in _IN_SELECT
        )


def _text(element) -> str:
    return " ".join(element.text.split())


def _headings(elements):
    titles = [
        _text(one) for one in elements if one.tag == "title" and one.namespace is turbohtml.Namespace.HTML
    ]
    heads = [_text(one) for one in elements if one.tag == "h1"]
    if len(heads) != 1:
        yield f"{len(heads)} h1: {heads}"
    elif not titles or heads[0] not in titles[0]:
        yield f"the title {titles} does not hold the heading {heads}"


def _forms(elements):
    labelled = {one.attrs.get("for") for one in elements if one.tag == "label"}
    for element in elements:
        attributes, name = element.attrs, element.tag
        if name == "form" and (attributes.get("method") or "get").lower() == "post":
            tokens = [
                one
                for one in element.iter_elements()
                if one.attrs.get("name") == "csrf_token" and one.attrs.get("value")
            ]
            if not tokens:
                yield f"no CSRF token in the form to {attributes.get('action')}"
        if name in ("input", "select", "textarea") and attributes.get("type") not in (
            "hidden",
            "submit",
            "button",
        ):
            named = attributes.get("aria-label") or attributes.get("aria-labelledby")
            if not named and attributes.get("id") not in labelled and element.closest("label") is None:
                yield f"no label for {name} {attributes.get('name')}"
