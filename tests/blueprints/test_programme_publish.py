"""The pages that publish the programme and take a pattern: looked at first, done once, refused in place."""

from eventapp.extensions import db
from eventapp.services import programme, programme_public
from tests.blueprints.test_desk_editions import DESK, desk, edition, opened  # noqa: F401 - fixtures
from tests.factories.editions import make_edition
from tests.factories.programme import make_session


def test_a_programme_is_looked_at_and_published(desk, edition):  # noqa: F811
    page = f"{DESK}/programme/publish"
    assert "Nothing to publish" in desk.get(page).text
    session = make_session(edition, title={"en": "Opening"})
    db.session.commit()
    assert "1 session differs from the published programme" in desk.get(f"{DESK}/programme").text
    data = opened(desk, page)
    session.title = {"en": "Opening ceremony"}
    db.session.commit()
    changed = desk.post(page, data=data)
    assert changed.status_code == 422 and "has been changed since you looked" in changed.text
    assert programme_public.list_sessions(edition.id) == []
    stale = desk.post(page, data=opened(desk, page) | {"csrf_token": "old"})
    assert stale.status_code == 422 and "open for too long" in stale.text
    data = opened(desk, page)
    assert desk.post(page, data=data).status_code == 303
    assert [one.title["en"] for one in programme_public.list_sessions(edition.id)] == ["Opening ceremony"]
    again = desk.post(page, data=data)
    assert again.status_code == 422 and "Nothing has changed" in again.text
    assert "differs from" not in desk.get(f"{DESK}/programme").text


def test_the_pattern_of_an_earlier_edition(desk, edition):  # noqa: F811
    page = f"{DESK}/programme/pattern"
    assert "No other edition has a programme" in desk.get(page).text
    earlier = make_edition(ordinal=12)
    make_session(earlier, title={"en": "Opening"})
    db.session.commit()
    assert "12th edition" in desk.get(page).text
    data = opened(desk, f"{page}?from=12")
    assert desk.post(page, data=data | {"csrf_token": "old"}).status_code == 422
    assert desk.post(page, data=data).status_code == 303
    assert len(programme.list_sessions(edition.id)) == 1
    again = desk.post(page, data=data)
    assert again.status_code == 422 and "has sessions already" in again.text
