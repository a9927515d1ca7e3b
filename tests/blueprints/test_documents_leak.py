"""A closed document is learned of by nobody else: every address is walked as each kind of visitor, looking for its words."""

import uuid

import pytest
from flask import url_for

from eventapp.blueprints import PERMISSIONS
from eventapp.extensions import db
from eventapp.models import PublishedSession, SessionInvitee, SessionSector
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document, make_file
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.factories.registrations import make_registration

TITLE, NAME, SYMBOL = "A quiet matter of seizures", "quiet-matter-file.pdf", "QUIET/2027/7"
# Who they are: their state and sector, or no registration at all.
PEOPLE = {
    "stranger": None,
    "officer": ("approved", "LE-POL"),
    "officer in line": ("submitted", "LE-POL"),
    "other sector": ("approved", "ACA"),
    "invited": ("approved", "NGO"),
}
READS = {  # access of the session, own access of the document -> who reads it
    ("all", "session"): set(PEOPLE),
    ("delegates", "session"): {"officer", "other sector", "invited"},
    ("sectors", "session"): {"officer"},
    ("invited", "session"): {"invited"},
    ("sectors", "all"): set(PEOPLE),
    ("sectors", "delegates"): {"officer", "other sector", "invited"},
    ("all", "delegates"): {"officer", "other sector", "invited"},
    ("all", "invited"): {"invited"},
    ("draft", "session"): set(),
    ("cancelled", "session"): set(),
}


class Scene:
    """An edition with one document of one session, and everybody who may or may not read it."""

    def __init__(self, app, clock, access: str, own: str) -> None:
        self.app = app
        self.edition = make_edition()
        self.session = make_session(
            self.edition,
            title={"en": "Behind a door"},
            access={"draft": "all", "cancelled": "all"}.get(access, access),
            sectors=[SessionSector(sector_code="LE")] if access == "sectors" else [],
        )
        self.tokens = {who: self._token(clock, *told) for who, told in PEOPLE.items() if told}
        if access != "draft":
            publish(self.edition)
        if access == "cancelled":
            row = db.session.query(PublishedSession).filter_by(session_id=self.session.id).one()
            row.cancelled_at = clock()
        document = make_document(
            self.edition, self.session, title={"en": TITLE, "fr": TITLE}, symbol=SYMBOL, access=own
        )
        self.document = document
        self.file = make_file(document, app.config["SETTINGS"].documents, file_name=NAME).public_id
        db.session.commit()

    def _token(self, clock, state: str, sector: str) -> str:
        made = make_registration(self.edition, state=state, sector_code=sector)
        if sector == "NGO":
            db.session.add(SessionInvitee(programme_session_id=self.session.id, registration_id=made.id))
        link = links.make_link("registration", secret=SECRET, now=clock(), registration_id=made.id)
        return links.token_of(link, SECRET)

    def addresses(self, token: str | None, *, is_inside: bool) -> list[str]:
        """Every address that is read, with the numbers of this scene in the place of each part."""
        found = []
        numbers = (self.file, self.document.public_id, self.session.public_id)
        with self.app.test_request_context():
            for rule in self.app.url_map.iter_rules():
                is_public = PERMISSIONS[rule.endpoint].value == "public"
                if "GET" not in rule.methods or not (is_public or is_inside):
                    continue
                ways = numbers if "public_id" in rule.arguments else (None,)
                found += [url_for(rule.endpoint, **self._parts(rule, token, way)) for way in ways]
        return found

    def _parts(self, rule, token: str | None, number: uuid.UUID | None) -> dict[str, object]:
        known = {
            "ordinal": self.edition.ordinal,
            "token": token or "nobody",
            "public_id": number,
            "session_id": self.session.id,
            "number": self.document.id,
        }
        dummies = {"IntegerConverter": 1, "UUIDConverter": self.file, "PathConverter": "css/base.css"}
        return {
            name: known.get(name, dummies.get(type(converter).__name__, "nobody"))
            for name, converter in rule._converters.items()
        }

    def where(self, client, token: str | None, *, is_inside: bool = False) -> list[str]:
        """The addresses at which somebody learns of the document, by a word of it or by its file."""
        client.checks_pages = False
        found = []
        for address in self.addresses(token, is_inside=is_inside):
            answer = client.get(address)
            told = f"{answer.headers} {answer.get_data().decode('utf-8', 'replace')}"
            if any(word in told for word in (TITLE, NAME, SYMBOL)):
                found.append(address)
        return found


@pytest.mark.parametrize(("access", "own"), READS)
def test_who_reads_it(app, ctx, clock, access, own):
    """What the pages list and what the address answers agree, for each kind of visitor."""
    scene = Scene(app, clock, access, own)
    for who in PEOPLE:
        client, token = app.test_client(), scene.tokens.get(who)
        page = f"/registrations/{token}/agenda" if token else f"/editions/{scene.edition.ordinal}/programme"
        fetch = f"/registrations/{token}" if token else ""
        is_listed = TITLE in client.get(page).text
        answer = client.get(f"{fetch}/documents/{scene.file}")
        assert (who, is_listed, answer.status_code) == (
            who,
            who in READS[access, own],
            200 if who in READS[access, own] else 404,
        )


def test_a_session_that_is_closed_is_not_named_by_its_open_document(app, ctx, clock):
    scene = Scene(app, clock, "sectors", "all")
    page = app.test_client().get(f"/editions/{scene.edition.ordinal}/programme").text
    assert TITLE in page and "Behind a door" not in page


@pytest.mark.parametrize("who", ["stranger", "other sector", "officer in line", "invited"])
def test_nobody_else_learns_of_it_anywhere(app, ctx, clock, who):
    scene = Scene(app, clock, "sectors", "session")
    client = app.test_client()
    assert len(scene.addresses(None, is_inside=False)) > 40
    assert scene.where(client, scene.tokens.get(who)) == []


def test_who_may_finds_it_by_the_same_walk(app, ctx, clock):
    scene = Scene(app, clock, "sectors", "session")
    token = scene.tokens["officer"]
    found = scene.where(app.test_client(), token)
    assert set(found) == {f"/registrations/{token}/documents/{scene.file}", f"/registrations/{token}/agenda"}


def test_an_account_that_is_not_of_the_secretariat(app, ctx, clock):
    scene = Scene(app, clock, "sectors", "session")
    client = app.test_client()
    sign_in(client, make_user(role="focal_point"))
    assert scene.where(client, None, is_inside=True) == []
    other = app.test_client()
    sign_in(other, make_user(editions=[make_edition()]))
    assert scene.where(other, None, is_inside=True) == []


def test_an_organiser_finds_it_in_the_dashboard_alone(app, ctx, clock):
    scene = Scene(app, clock, "sectors", "session")
    client = app.test_client()
    sign_in(client, make_user())
    found = scene.where(client, None, is_inside=True)
    assert found and all(one.startswith("/dashboard/") for one in found)
    assert f"/dashboard/editions/{scene.edition.ordinal}/programme/documents/files/{scene.file}" in found


def test_the_same_answer_as_where_nothing_is(app, ctx, clock):
    scene = Scene(app, clock, "sectors", "session")
    client, there = app.test_client(), scene.tokens["other sector"]
    for prefix in ("", f"/registrations/{there}"):
        closed = client.get(f"{prefix}/documents/{scene.file}")
        nothing = client.get(f"{prefix}/documents/{uuid.UUID(int=9)}")
        assert closed.status_code == nothing.status_code == 404
        assert closed.text.replace(str(scene.file), "") == nothing.text.replace(str(uuid.UUID(int=9)), "")
