"""Pages made once and filled in for each visitor: nothing of one visitor reaches another."""

import gzip
import re
import zlib

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.web import ready
from eventapp.web.transaction import writing
from tests.factories.editions import make_edition
from tests.pages import check_page
from tests.services.racing import PATH, Visitor


@pytest.fixture
def live(fresh_app):
    """The application as it runs outside tests, where pages are kept."""
    fresh_app.testing = False
    fresh_app.test_client_class = FlaskClient
    with fresh_app.app_context(), writing():
        make_edition(approval="open")
    return fresh_app


def token_in(html: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', html)[1]


def test_each_visitor_gets_a_token_of_their_own(live):
    first, second = Visitor(live, "10.0.0.1"), Visitor(live, "10.0.0.2")
    one, two = first.get(PATH), second.get(PATH)
    assert len(live.extensions[ready.KEY]) == 1
    assert token_in(one) != token_in(two)
    assert one.replace(token_in(one), "") == two.replace(token_in(two), "")
    check_page(one)
    assert "slot-" not in one


def test_two_people_see_their_own_answers_and_their_own_link(live):
    pages = {}
    for name in ("Adeyemi <i>", "Okafor & Sons"):
        visitor = Visitor(live, "10.0.0.1")
        fields = visitor.review(name)
        pages[name] = visitor.get(visitor.confirm(fields))
        check_page(pages[name])
        assert fields["family_name"] == name
    tokens = [
        re.search(r'value="http://localhost(/registrations/[^"]+)"', page)[1] for page in pages.values()
    ]
    codes = [re.search(r'class="ref" dir="ltr">([^<]+)', page)[1] for page in pages.values()]
    assert len(set(tokens)) == len(set(codes)) == 2
    kept = str(live.extensions[ready.KEY])
    for secret in (*tokens, *codes, "joy@police.example", "Adeyemi"):
        assert secret not in kept
    for place, page in enumerate(pages.values()):
        assert page.count(tokens[place]) > 4  # the link, and the page in the other languages
        assert tokens[1 - place] not in page
        assert f"/fr{tokens[place]}/confirmed" in page


def test_the_gzipped_page_is_the_same_page(live):
    visitor = Visitor(live, "10.0.0.1")
    plain = visitor.get(PATH)
    for _ in range(2):
        packed = visitor.client.get(PATH, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"]
        html = gzip.decompress(packed.data).decode()
        assert html.replace(token_in(html), "") == plain.replace(token_in(plain), "")
    assert len(packed.data) < 12_000


def test_a_change_of_the_edition_shows_at_once(live):
    visitor = Visitor(live, "10.0.0.1")
    assert "Nairobi" in visitor.get(PATH)
    with live.app_context(), writing():
        db.session.scalars(select(Edition).where(Edition.ordinal == 8)).one().city = {"en": "Accra"}
    assert "Accra" in visitor.get(PATH)
    with live.app_context(), writing():
        db.session.scalars(select(Edition).where(Edition.ordinal == 8)).one().state = "cancelled"
    assert "has been cancelled" in visitor.get(PATH)


def test_closing_is_kept_to_the_second(live, clock):
    visitor = Visitor(live, "10.0.0.1")
    visitor.get(PATH)
    clock.moment = clock.moment.replace(month=4, day=30, hour=20, minute=58, second=59)
    assert "<form" in visitor.get(PATH)
    clock.move(seconds=1)
    assert "Registration has closed" in visitor.get(PATH)


def test_each_language_has_its_own_page(live):
    visitor = Visitor(live, "10.0.0.1")
    assert 'dir="ltr"' in visitor.get(PATH)
    assert '<html lang="ar" dir="rtl">' in visitor.get("/ar" + PATH)
    assert '<html lang="en" dir="ltr">' in visitor.get(PATH)


def test_a_query_is_not_kept_for_others(live):
    visitor = Visitor(live, "10.0.0.1")
    assert "utm=1" in visitor.get(PATH + "?utm=1")
    assert "utm=1" not in visitor.get(PATH)


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 200_000])
def test_what_fills_a_slot_can_be_of_any_length(length):
    value = b"\xc3\xa9 <" * (length // 4) + b"x" * (length % 4)
    stream = ready._deflate(b"before") + ready._stored(value) + ready._deflate(b"after") + b"\x03\x00"
    assert zlib.decompress(stream, -15) == b"before" + value + b"after"
