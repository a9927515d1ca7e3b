"""The public page of speakers, and what is never learned of: closed sessions, and whoever speaks there alone."""

import uuid

import pytest
from flask import url_for

from eventapp.adapters.images import re_encode
from eventapp.blueprints import PERMISSIONS
from eventapp.extensions import db
from eventapp.services import speakers_own, uploads
from eventapp.web.transaction import writing
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_body, make_place, make_session, make_speaker, publish
from tests.services.test_uploads import picture

OPEN, CLOSED = "Opening for all", "A quiet matter of seizures"


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def scene(edition):
    """Somebody who speaks openly and behind a door, and somebody who speaks behind the door alone; both agreed."""
    both = make_speaker(
        name="Amina Diop", agreed_at=NOW, biography={"fr": "Juge."}, functional_title="Judge", honorific="Dr"
    )
    hidden = make_speaker(name="Hidden Person", agreed_at=NOW, biography={"en": "A hidden life."})
    session = make_session(edition, title={"en": OPEN})
    closed = make_session(edition, title={"en": CLOSED}, access="invited")
    make_place(session, both, "accepted", function="chair")
    for one in (both, hidden):
        make_place(closed, one, "accepted")
    publish(edition)
    db.session.commit()
    return both, hidden, session


def test_the_page(client, edition, scene):
    page = client.get(f"/editions/{edition.ordinal}/speakers").text
    assert "Dr Amina Diop" in page and OPEN in page and "Chair" in page
    assert '<p lang="fr" dir="ltr">Juge.</p>' in page, "another language shows as what it is"
    assert ">AD</span>" in page, "the initials, where there is no picture"
    assert f"/editions/{edition.ordinal}/programme#session-{scene[2].public_id}" in page
    assert "application/ld+json" in page


def test_it_is_linked_where_there_is_anybody(client, edition, scene):
    path = f"/editions/{edition.ordinal}/speakers"
    programme = client.get(f"/editions/{edition.ordinal}/programme").text
    assert f'href="{path}#speaker-{scene[0].public_id}">Amina Diop</a>' in programme
    assert f'href="{path}"' in client.get(f"/editions/{edition.ordinal}").text
    assert path in client.get("/sitemap.xml").text
    token = link_of(scene[0])
    db.session.commit()
    with writing():
        speakers_own.agree(token, agrees=False, now=NOW)
    for page in (f"/editions/{edition.ordinal}/programme", f"/editions/{edition.ordinal}", "/sitemap.xml"):
        assert path not in client.get(page).text
    assert "Nobody stands here yet" in client.get(path).text


def test_an_edition_that_is_not_public_has_no_page(client, edition, scene, portrait):
    edition.state = "draft"
    db.session.commit()
    assert client.get(f"/editions/{edition.ordinal}/speakers").status_code == 404
    assert client.get(portrait).status_code == 404


@pytest.fixture
def portrait(app, scene):
    """The public address of a picture that both of the scene have."""
    folder = app.config["SETTINGS"].uploads
    upload = uploads.keep(re_encode(picture("PNG"), longest=80), folder=folder, now=NOW)
    scene[0].picture = scene[1].picture = upload
    db.session.commit()
    return f"/uploads/{uploads.file_name(upload)}"


def agree(speaker, agrees):
    token = link_of(speaker)
    db.session.commit()
    with writing():
        speakers_own.agree(token, agrees=agrees, now=NOW)


def test_a_picture_is_public_as_long_as_the_profile_is(client, edition, scene, portrait):
    path = f"/editions/{edition.ordinal}/speakers"
    assert portrait in client.get(path).text
    shown = client.get(portrait)
    assert shown.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = {"If-None-Match": shown.headers["ETag"]}
    assert client.get(portrait, headers=again).status_code == 304
    agree(scene[0], agrees=False)
    assert portrait not in client.get(path).text, "the kept page goes at once"
    for headers in ({}, again):
        gone = client.get(portrait, headers=headers)
        assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "no-store")
    unknown = portrait.translate(str.maketrans("123456789", "000000000"))
    same = client.get(unknown).text.replace(unknown, portrait)
    assert gone.text == same, "nobody learns that there is one"
    agree(scene[0], agrees=True)
    assert client.get(portrait).status_code == 200 and portrait in client.get(path).text
    scene[0].picture = None
    db.session.commit()
    assert client.get(portrait).status_code == 404, "who speaks behind a door alone has no public profile"


def test_who_may_see_a_picture_that_is_not_public(app, edition, scene, portrait):
    agree(scene[0], agrees=False)
    editions = {"all": [], "own": [edition], "other": [make_edition(ordinal=9)]}
    seen = {}
    for role, reach in (
        ("reader", "own"),
        ("organiser", "all"),
        ("organiser", "other"),
        ("focal_point", "all"),
    ):
        client = app.test_client()
        sign_in(client, make_user(role=role, editions=editions[reach]))
        answer = client.get(portrait)
        seen[role, reach] = (answer.status_code, answer.headers["Cache-Control"])
        answer.close()
    kept = (200, "private, no-store")
    gone = (404, "no-store")
    assert list(seen.values()) == [kept, kept, gone, gone]
    own, other = link_of(scene[0]), link_of(make_speaker())
    db.session.commit()
    client = app.test_client()
    assert client.get(f"/speaker/{own}/picture").headers["Cache-Control"] == "no-store"
    assert client.get(f"/speaker/{own}/picture").status_code == 200
    assert client.get(f"/speaker/{other}/picture").status_code == 404


def test_a_file_that_nothing_shows_is_not_served(client, scene, portrait):
    host = make_body(logo_id=scene[0].picture_id)
    agree(scene[0], agrees=False)
    assert "immutable" in client.get(portrait).headers["Cache-Control"], "it is a logo as well"
    for one in scene[:2]:
        one.picture = None
    host.logo_id = None
    db.session.commit()
    assert client.get(portrait).status_code == 404, "also while the file still lies there"


def test_whoever_speaks_behind_a_door_alone_is_nowhere(app, client, edition, scene):
    """Every public address is walked: without a link, and with the link of somebody who speaks elsewhere."""
    client.checks_pages = False
    other = make_speaker(name="Other")
    make_place(scene[2], other)
    tokens = ("nobody", link_of(other))
    db.session.commit()
    walked, found = 0, []
    for path in {path for token in tokens for path in addresses(app, edition, scene[2].public_id, token)}:
        answer = client.get(path)
        told = f"{answer.headers} {answer.get_data().decode('utf-8', 'replace')}"
        walked += 1
        if any(word in told for word in ("Hidden Person", "A hidden life", CLOSED)):
            found.append(path)
    assert walked > 50 and not found


def addresses(app, edition, public_id, token):
    known = {"ordinal": edition.ordinal, "token": token, "public_id": public_id}
    dummies = {"IntegerConverter": 1, "UUIDConverter": uuid.UUID(int=7), "PathConverter": "css/base.css"}
    with app.test_request_context():
        return [
            url_for(
                rule.endpoint,
                **{
                    name: known.get(name, dummies.get(type(converter).__name__, "nobody"))
                    for name, converter in rule._converters.items()
                },
            )
            for rule in app.url_map.iter_rules()
            if "GET" in rule.methods and PERMISSIONS[rule.endpoint].value == "public"
        ]


def test_the_link_of_a_speaker_opens_nothing_but_its_own_page(app, client, edition, scene):
    """At every other address that takes a token it is answered as one that nobody has."""
    token = link_of(scene[1])
    db.session.commit()
    client.checks_pages = False
    opened = []
    with app.test_request_context():
        rules = [
            rule for rule in app.url_map.iter_rules() if "token" in rule.arguments and "GET" in rule.methods
        ]
    for rule in rules:
        ways = [
            next(
                path
                for path in addresses(app, edition, scene[2].public_id, one)
                if f"/{one}" in path and _is(app, path, rule)
            )
            for one in (token, "nobody")
        ]
        real, unknown = (client.get(path) for path in ways)
        if real.status_code != unknown.status_code:
            opened.append(rule.endpoint)
    assert set(opened) == {"speakers.show", "speakers.edit"}


def _is(app, path, rule):
    adapter = app.url_map.bind("")
    return adapter.match(path, method="GET")[0] == rule.endpoint
