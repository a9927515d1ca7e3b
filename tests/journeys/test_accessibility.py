"""axe finds nothing on any page, in English and Arabic, in the light and the dark scheme."""

import uuid

import pytest

from eventapp.blueprints import PERMISSIONS
from eventapp.extensions import db
from eventapp.models import Body, ColumnSet, ExportJob, OutboxMessage, ProgrammeSession, Room, Speaker, User
from eventapp.rules.access import COMMAND
from eventapp.rules.publication import Plan
from eventapp.services import links, publications
from eventapp.web.guards import Access
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.duplicates import make_pair
from tests.factories.editions import make_edition
from tests.factories.programme import publish
from tests.factories.registrations import make_registration
from tests.factories.workspaces import make_workspace
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

# Answers for machines, files, and pages that need a link of their own (walked in the other journeys).
NOT_PAGES = (
    ".json",
    ".csv",
    ".xlsx",
    ".pdf",
    ".ics",
    ".atom",
    ".xml",
    ".txt",
    "/static/",
    "/uploads/",
    "/healthz",
    "/readyz",
    "/welcome/",
    "/set-password/",
    "/reset",
    "/totals",
)

# Of the lists that the administrator keeps: each has codes of its own in its addresses.
LISTS = (
    "/dashboard/regions/m49",
    "/dashboard/regions/m49/edit",
    "/dashboard/regions/un_regional_groups/remove",
    "/dashboard/regions/m49/regions/new",
    "/dashboard/regions/m49/regions/1",
    "/dashboard/regions/m49/regions/1/countries",
    "/dashboard/regions/m49/regions/2/remove",
    "/dashboard/countries/NA",
    "/dashboard/countries/NA/delete",
    "/dashboard/sectors/LE-POL",
    "/dashboard/sectors/LE-POL/delete",
)


@pytest.fixture
def furnished(site):
    """One of everything, so that every page has something to show; gives the values for addresses."""
    with site.work():
        edition = make_edition(approval="one_step", capacity=40)
        people = [make_registration(edition, country_code=code) for code in ("NA", "NO", "FR", "KE", "QA")]
        link = links.make_link(
            "registration",
            secret=site.app.config["SECRET_KEY"],
            now=site.clock(),
            registration_id=people[0].id,
        )
        delegation = make_workspace(edition, quota=5)
        member = delegation.add("approved")
        delegation.add("submitted")
        make_user(role="administrator", email="admin@secretariat.example", password=PASSWORD)
        room = Room(edition_id=edition.id, names={"en": "Hall A"}, capacity=100)
        speaker = Speaker(name="A. Speaker")
        db.session.add_all([room, speaker])
        db.session.flush()
        session = ProgrammeSession(
            edition_id=edition.id,
            title={"en": "Opening"},
            kind="plenary",
            description={},
            starts_at=site.clock().replace(month=6, day=8),
            ends_at=site.clock().replace(month=6, day=8, hour=13),
            room_id=room.id,
        )
        message = OutboxMessage(
            kind="registration_received",
            language="en",
            recipient="x@example.org",
            values={},
            registration_id=people[0].id,
            edition_id=edition.id,
            created_at=site.clock(),
            next_attempt_at=site.clock(),
            link_id=link.id,
        )
        kept = ColumnSet(name="Badges", edition_id=edition.id, columns=["reference", "given_name"])
        db.session.add_all([session, message, kept])
        publish(edition)
        waiting = ExportJob(
            public_id=message.public_id,  # one value for every address that names it so
            edition_id=edition.id,
            asked_by_id=db.session.query(User.id).first()[0],
            asked_at=site.clock(),
            format="xlsx",
            language="en",
            columns=["reference"],
            filter={},
            people=5,
            done=2,
        )
        db.session.add(waiting)
        db.session.flush()
        seen = publications.preview(COMMAND, edition.ordinal, Plan(), now=site.clock())
        publications.publish(
            COMMAND, edition.ordinal, seen, digest=seen.digest, nonce=uuid.uuid4(), now=site.clock()
        )
        return {
            "ordinal": edition.ordinal,
            "token": links.token_of(link, site.app.config["SECRET_KEY"]),
            "reference": people[0].reference,
            "workspace": {"token": delegation.token, "reference": member.reference},
            "public_id": message.public_id,
            "message_id": message.id,
            "room_id": room.id,
            "speaker_id": speaker.id,
            "session_id": session.id,
            "body_id": db.session.query(Body.id).first()[0],
            "number": kept.id,
            "pair_id": make_pair(people[1], people[2]).id,
            "mail_kind": "registration_rejected",
            "language": "ar",
            "user_id": db.session.query(User.id).first()[0],
        }


def addresses(site, values: dict, *, signed_in: bool) -> list[str]:
    found = []
    with site.app.test_request_context():
        from flask import url_for

        for rule in site.app.url_map.iter_rules():
            is_public = PERMISSIONS[rule.endpoint] is Access.PUBLIC
            if (
                "GET" not in rule.methods
                or is_public == signed_in
                or any(part in rule.rule for part in NOT_PAGES)
            ):
                continue
            known = {}
            for name, converter in rule._converters.items():
                default = {"IntegerConverter": 1, "UUIDConverter": uuid.UUID(int=1)}.get(
                    type(converter).__name__, "x"
                )
                own = values.get(rule.endpoint.partition(".")[0], {})
                known[name] = own.get(name, values.get(name, default))
            found.append(url_for(rule.endpoint, **known))
    return sorted({*found, *(LISTS if signed_in else ())})


def walk(page, site, paths: list[str]) -> None:
    seen, problems = 0, []
    for path in paths:
        answer = page.goto(path)
        if answer.status == 200 and "text/html" in answer.headers["content-type"]:
            for check in (check_accessible, check_no_sideways_scrolling):
                try:
                    check(page, path)
                except AssertionError as problem:
                    problems.append(str(problem))
            seen += 1
    assert not problems, "\n".join(problems)
    assert seen > len(paths) / 2, "most addresses must have shown a page"


@pytest.mark.journey
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "dark"), [("", False), ("/ar", True)])
def test_public_pages(site, visitor, furnished, language, dark):
    page = visitor.page(dark=dark, phone=dark)
    walk(page, site, [language + path for path in addresses(site, furnished, signed_in=False)])


@pytest.mark.journey
@pytest.mark.timeout(300)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(("language", "dark"), [("", False), ("/ar", True)])
def test_pages_of_the_secretariat(site, visitor, furnished, language, dark, half):
    page = visitor.page(dark=dark, phone=dark)
    page.goto("/sign-in")
    page.locator("[name=email]").fill("admin@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    walk(page, site, [language + path for path in addresses(site, furnished, signed_in=True)[half::2]])
