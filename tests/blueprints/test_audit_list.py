"""The audit list: who may read which part of it, filters, words for everything that is written down."""

import ast
import re
from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.models import Body
from eventapp.rules.access import COMMAND
from eventapp.services import audit
from eventapp.services.accounts import as_actor
from eventapp.services.registrations_decide import VERBS
from eventapp.web.audit_actions import ACTIONS
from eventapp.web.audit_words import SUBJECTS
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.documents import make_document
from tests.factories.editions import make_edition
from tests.factories.programme import (
    make_body,
    make_place,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.factories.registrations import make_registration
from tests.house.test_sizes import PACKAGE
from tests.queries import counted_queries


def record(clock, actor=COMMAND, action="edition.edit", **more):
    values = {
        "subject_type": "edition",
        "subject_id": 1,
        "old": {"capacity": 5},
        "new": {"capacity": 10},
        **more,
    }
    audit.record(actor, action, now=clock(), **values)
    db.session.flush()


@pytest.fixture
def boss(ctx, client):
    user = make_user("administrator", name="The Boss")
    sign_in(client, user)
    return user


def rows(client, path):
    return len(re.findall(r'<tr>\s*<th scope="row">', client.get(path).text))


def test_old_and_new_are_readable(client, boss, clock):
    edition = make_edition()
    old = {"title": {"en": "Before"}, "accepts_late": False, "languages": ["en"], "unheard_of": None}
    new = {
        "title": {"en": "After", "ar": "بعد"},
        "accepts_late": True,
        "languages": ["en", "fr"],
        "unheard_of": "x" * 999,
    }
    record(
        clock,
        as_actor(boss),
        edition_id=edition.id,
        subject_id=edition.id,
        old=old,
        new=new,
        reason="It was wrong.",
    )
    page = client.get("/dashboard/audit").text
    for text in (
        "The Boss",
        "changed the edition",
        "Title (English)",
        "Before",
        "After",
        "بعد",
        "yes",
        "en, fr",
        "unheard of",
        "It was wrong.",
    ):
        assert text in page, text
    assert "x" * 301 not in page
    assert "&#39;en&#39;" not in page


def test_values_of_people_stand_in_words(client, boss, clock):
    edition = make_edition()
    of_person = {"subject_type": "registration", "action": "registration.correct", "edition_id": edition.id}
    body = Body(kind="ngo", names={"en": "Casa Aurora"}, sort_name="casa aurora")
    db.session.add(body)
    db.session.flush()
    old = {"state": "submitted", "country_code": "KE", "sector_code": "NGO", "body_kind": None, "body_id": 0}
    new = {
        "state": "endorsed",
        "country_code": "NO",
        "sector_code": "LE-POL",
        "body_kind": "ngo",
        "body_id": body.id,
    }
    record(clock, as_actor(boss), **of_person, old=old, new=new)
    record(
        clock,
        as_actor(boss),
        edition_id=edition.id,
        old={},
        new={"filter": {"queue": "decide"}, "state": "endorsed"},
    )
    page = client.get("/fr/dashboard/audit").text
    for text in (
        "En attente d’une décision",
        "Avalisée",
        "Norvège",
        "Police",
        "Organisation non gouvernementale",
        "Casa Aurora",
        "File",
    ):
        assert text in page, text
    for raw in ("submitted<", "body_kind", "LE-POL", "queue)"):
        assert raw not in page, raw


def test_filters(client, boss, clock):
    record(clock, as_actor(boss))
    record(clock, action="edition.publish")
    clock.move(days=1)
    record(clock, action="account.invite", subject_type="user")
    sign_in(client, boss)  # the day that has passed ended the session
    assert rows(client, "/dashboard/audit") == 4  # these three and the archive
    assert rows(client, "/dashboard/audit?who=BOSS") == 1
    assert rows(client, "/dashboard/audit?by=command") == 3
    assert rows(client, "/dashboard/audit?action=edition.publish") == 1
    assert rows(client, "/dashboard/audit?subject=user") == 1
    assert rows(client, "/dashboard/audit?day=2027-04-14") == 2
    assert rows(client, "/dashboard/audit?day=2027-04-16") == 0
    assert rows(client, "/dashboard/audit?who=%25") == 0
    assert rows(client, "/dashboard/audit?day=nonsense&by=x&action=%00&page=-5&who=%00") == 4


def test_organisers_read_the_list_of_their_editions(client, ctx, clock):
    edition, other = make_edition(), make_edition()
    record(clock, edition_id=edition.id)
    record(clock, edition_id=other.id)
    record(clock, action="account.invite", subject_type="user")
    sign_in(client, make_user("organiser", editions=[edition]))
    assert rows(client, f"/dashboard/editions/{edition.ordinal}/audit") == 1
    assert client.get(f"/dashboard/editions/{other.ordinal}/audit").status_code == 404
    assert client.get("/dashboard/audit").status_code == 403


def test_readers_do_not(client, ctx):
    edition = make_edition()
    sign_in(client, make_user("reader"))
    assert client.get(f"/dashboard/editions/{edition.ordinal}/audit").status_code == 403


def test_the_list_takes_the_same_queries_for_any_number(client, boss, clock):
    def measure(count):
        for _ in range(count):
            edition = make_edition()
            for kind, one in subjects_of(edition).items():
                new = {"session": one.id} if kind == "session" else {}
                record(clock, subject_type=kind, subject_id=one.id, edition_id=edition.id, new=new)
        db.session.commit()
        with counted_queries() as found:
            assert client.get("/dashboard/audit").status_code == 200
        return len(found)

    assert 0 < measure(1) == measure(4)


def subjects_of(edition) -> dict[str, object]:
    """One record of each kind that the list names."""
    session, speaker = make_session(edition, title={"en": "Opening"}), make_speaker(name="Amina Diop")
    make_place(session, speaker)
    delegation = make_delegation(edition, country_code="KE")
    return {
        "body": make_body(names={"en": "Casa Aurora"}),
        "delegation": delegation,
        "document": make_document(edition, title={"en": "Concept note"}),
        "focal_point": make_focal_point(delegation, name="Jo Focal"),
        "registration": make_registration(edition, given_name="Joy", family_name="Adeyemi"),
        "room": make_room(edition, names={"en": "Blue room"}),
        "session": session,
        "speaker": speaker,
        "track": make_track(edition, names={"en": "Victims"}),
        "user": make_user("reader", name="Rea Der"),
    }


def to_what(page: str) -> list[str]:
    """The cells that say to what something was done, without markup."""
    cells = re.findall(r"</td>\s*<td>(.*?)</td>\s*<td class=\"when", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in cells]


def test_records_are_named_and_led_to(client, boss, clock):
    edition = make_edition()
    made = subjects_of(edition)
    for kind, one in made.items():
        record(clock, subject_type=kind, subject_id=one.id, edition_id=edition.id)
    page = client.get(f"/dashboard/editions/{edition.ordinal}/audit").text
    reference = made["registration"].reference
    assert to_what(page)[::-1] == [
        "Body Casa Aurora",
        "Delegation Kenya",
        "Document Concept note",
        "Focal point Jo Focal",
        f"Registration {reference} ADEYEMI, Joy",
        "Room Blue room",
        "Session Opening",
        "Speaker Amina Diop",
        "Track Victims",
        "Account Rea Der",
    ]
    places = re.findall(r'<span class="sub"><a href="([^"]+)"', page)
    assert f"/dashboard/editions/{edition.ordinal}/registrations/{reference}" in places
    assert len(places) == len(made)
    for address in places:
        assert client.get(address).status_code == 200, address


def test_values_name_records_too(client, boss, clock):
    edition = make_edition()
    made = subjects_of(edition)
    new = {"session": made["session"].id, "sign_up": "seat"}
    record(
        clock, subject_type="registration", subject_id=made["registration"].id, edition_id=edition.id, new=new
    )
    new = {"speaker": made["speaker"].id, "room_id": made["room"].id}
    record(clock, subject_type="session", subject_id=999_999, edition_id=edition.id, old={}, new=new)
    page = client.get("/dashboard/audit").text
    values = re.findall(r"<bdi>([^<]*)</bdi></dd>", page)
    assert {"Opening", "Amina Diop", "Blue room"} <= set(values)
    assert to_what(page)[0].startswith("Session 999999"), "what is gone keeps its number"


def test_a_number_that_was_given_again_names_nothing_from_before(client, boss, clock):
    edition = make_edition()
    first = make_body(names={"en": "Of before"}).id
    record(clock, subject_type="body", subject_id=first, action="body.create")
    record(clock, edition_id=edition.id, subject_id=edition.id, old={}, new={"body": first})
    record(clock, subject_type="body", subject_id=first, action="body.delete")
    db.session.delete(db.session.get(Body, first))
    db.session.flush()
    make_body(id=first, names={"en": "Of now"})
    record(clock, subject_type="body", subject_id=first, action="body.create")
    point = make_focal_point(
        make_delegation(edition), name="Jo Focal", created_at=clock() + timedelta(days=1)
    )
    record(clock, subject_type="focal_point", subject_id=point.id, edition_id=edition.id)
    page = client.get("/dashboard/audit").text
    assert to_what(page)[0].startswith(f"Focal point {point.id}")
    assert [one for one in to_what(page) if one.startswith("Body")] == ["Body Of now", *[f"Body {first}"] * 2]
    assert "Of now" not in re.findall(r"<bdi>([^<]*)</bdi></dd>", page)


def test_whoever_was_erased_is_not_named_again(client, boss, clock):
    edition = make_edition()
    person = make_registration(edition, given_name="Joy", family_name="Adeyemi")
    point = make_focal_point(make_delegation(edition), name="Jo Focal", email="jo@focal.example")
    for kind, one in (("registration", person), ("focal_point", point)):
        record(clock, subject_type=kind, subject_id=one.id, edition_id=edition.id)
    person.erased_at, point.name, point.email, point.removed_at = clock(), "", "", clock()
    db.session.flush()
    page = client.get("/dashboard/audit").text
    focal_point, registration = to_what(page)[:2]
    assert focal_point.startswith("Focal point Erased person")
    assert registration.startswith(f"Registration {person.reference} Erased person")
    assert "Adeyemi" not in page and "ADEYEMI" not in page


def test_a_speaker_of_other_editions_alone_is_no_more_than_a_number(client, ctx, clock):
    edition, other = make_edition(), make_edition()
    speaker = make_speaker(name="Amina Diop")
    make_place(make_session(other), speaker)
    user = make_user("organiser", name="Omar", editions=[edition])
    for kind, number in (("user", user.id), ("speaker", speaker.id)):
        record(clock, subject_type=kind, subject_id=number, edition_id=edition.id)
    sign_in(client, user)
    page = client.get(f"/dashboard/editions/{edition.ordinal}/audit").text
    assert to_what(page) == [f"Speaker {speaker.id}", "Account Omar"]
    assert "/dashboard/users" not in page, "where the reader may not go no address leads"


def written_down() -> set[str]:
    """Every string in the services that has the form of an action, and those that are put together."""
    found = {f"registration.{verb}" for verb in VERBS.values()}
    known = {action.partition(".")[0] for action in ACTIONS}
    for path in (PACKAGE / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"([a-z]+)\.[a-z_]+", node.value)
                if match and match[1] in known and not node.value.endswith((".json", ".code", ".id")):
                    found.add(node.value)
    return found


def test_every_action_has_words():
    assert len(written_down()) > 40
    assert not written_down() - set(ACTIONS)


def test_every_subject_has_words():
    found = set()
    for path in (PACKAGE / "services").glob("*.py"):
        found |= set(re.findall(r'subject_type="([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert not found - set(SUBJECTS)
