"""Focal points: named, written to, renewed, revoked, removed, and the letter in four languages."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from eventapp.errors import Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, FocalPoint, OutboxMessage
from eventapp.rules.access import Actor
from eventapp.services import delegations, focal_points, links, mail_delivery
from eventapp.web.mail_render import MASK, render
from tests.engines import SECRET
from tests.factories.accounts import make_user
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", name="Rita", role="reader", all_editions=True)
VALUES = {"name": "Amina Diop", "email": "amina@ministry.example", "language": "fr"}


@pytest.fixture
def edition():
    return make_edition()


@pytest.fixture
def delegation(edition):
    return make_delegation(edition)


def add(edition, delegation, clock, *, sends=True, who=ORGANISER, **values):
    return focal_points.add(
        who,
        edition.ordinal,
        delegation.public_id,
        VALUES | values,
        sends=sends,
        now=clock(),
        secret=SECRET,
    )


def mails(state=None):
    query = select(OutboxMessage).where(OutboxMessage.kind == "focal_point_link").order_by(OutboxMessage.id)
    return [one for one in db.session.scalars(query) if state in (None, one.state)]


def leads_in(token, clock):
    return links.find_link(token, "focal_point", now=clock()) is not None


def token_of(delegation):
    (row,) = focal_points.list_of(delegation)
    return links.token_of(row.link, SECRET)


def test_whoever_is_named_gets_the_link(edition, delegation, clock):
    add(edition, delegation, clock)
    (row,) = focal_points.list_of(delegation)
    assert row.is_open(clock()) and row.message.recipient == "amina@ministry.example"
    assert leads_in(token_of(delegation), clock)
    assert (row.link.expires_at - clock()).days == 180
    assert [entry.action for entry in delegations.list_history(delegation)] == [
        "focal_point.send_link",
        "focal_point.add",
    ]


def test_nothing_is_written_unless_asked_for(edition, delegation, clock):
    add(edition, delegation, clock, sends=False)
    (row,) = focal_points.list_of(delegation)
    assert not mails() and row.link is None and not row.is_open(clock())


def test_one_address_once_but_in_each_delegation(edition, delegation, clock):
    first = add(edition, delegation, clock)
    with pytest.raises(Invalid) as refused:
        add(edition, delegation, clock)
    assert set(refused.value.problems) == {"email"}
    add(edition, make_delegation(edition, country_code="NA"), clock)
    focal_points.remove(ORGANISER, edition.ordinal, delegation.public_id, first.public_id, now=clock())
    add(edition, delegation, clock)


def test_a_renewed_link_ends_the_one_before(edition, delegation, clock):
    number = add(edition, delegation, clock).public_id
    before = token_of(delegation)
    focal_points.send_link(
        ORGANISER, edition.ordinal, delegation.public_id, number, now=clock(), secret=SECRET
    )
    db.session.expire_all()
    after = token_of(delegation)
    assert before != after and leads_in(after, clock) and not leads_in(before, clock)
    assert [one.state for one in mails()] == ["cancelled", "waiting"]


def test_a_revoked_link_leads_nowhere_and_is_not_sent(edition, delegation, clock):
    number = add(edition, delegation, clock).public_id
    token = token_of(delegation)
    focal_points.revoke(ORGANISER, edition.ordinal, delegation.public_id, number, now=clock())
    db.session.expire_all()
    assert not leads_in(token, clock)
    assert not mails("waiting")
    assert not mail_delivery.lease_due(now=clock(), limit=10).numbers


def test_an_expired_link_is_closed(edition, delegation, clock):
    add(edition, delegation, clock)
    token = token_of(delegation)
    clock.move(days=181)
    (row,) = focal_points.list_of(delegation)
    assert not row.is_open(clock()) and not leads_in(token, clock)


def test_another_address_ends_the_link(edition, delegation, clock):
    one = add(edition, delegation, clock)
    token, read = token_of(delegation), one.version

    def save(version, **values):
        return focal_points.edit(
            ORGANISER,
            edition.ordinal,
            delegation.public_id,
            one.public_id,
            VALUES | values,
            version=version,
            now=clock(),
        )

    assert not save(one.version, name="Amina Ndiaye") and leads_in(token, clock)
    with pytest.raises(Stale):
        save(read, name="Somebody")
    assert save(one.version, email="office@ministry.example")
    assert not leads_in(token, clock)
    add(edition, delegation, clock, email="third@ministry.example")
    with pytest.raises(Invalid):
        save(one.version, email="third@ministry.example")
    assert one.email == "office@ministry.example"


def test_whoever_is_removed_is_erased(edition, delegation, clock):
    one = add(edition, delegation, clock)
    token = token_of(delegation)
    focal_points.remove(ORGANISER, edition.ordinal, delegation.public_id, one.public_id, now=clock())
    db.session.expire_all()
    assert not leads_in(token, clock) and not focal_points.list_of(delegation)
    row = db.session.scalars(select(FocalPoint)).one()
    assert (row.name, row.email) == ("", "") and row.removed_at == clock()
    assert {(message.recipient, str(message.values)) for message in mails()} == {("erased", "{}")}
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "focal_point")).all()
    assert [entry.action for entry in kept] == [
        "focal_point.add",
        "focal_point.send_link",
        "focal_point.remove",
    ]
    assert not any(entry.old or entry.new for entry in kept)


def test_only_those_who_may(edition, delegation, clock):
    with pytest.raises(Refused):
        add(edition, delegation, clock, who=READER)
    other = make_delegation(edition, country_code="NA")
    number = make_focal_point(other).public_id
    with pytest.raises(NotFound):
        focal_points.revoke(ORGANISER, edition.ordinal, delegation.public_id, number, now=clock())
    with pytest.raises(NotFound):
        focal_points.revoke(ORGANISER, edition.ordinal, delegation.public_id, uuid4(), now=clock())


def test_an_account_of_the_same_address_is_connected(edition, delegation, clock):
    user = make_user(role="reader", email="amina@ministry.example")
    assert add(edition, delegation, clock).user_id == user.id


def test_all_who_have_no_link_are_written_to(edition, delegation, clock):
    add(edition, delegation, clock)
    for code in ("NA", "NO"):
        make_focal_point(make_delegation(edition, country_code=code))
    make_focal_point(make_delegation(make_edition(ordinal=12)))
    make_focal_point(delegation, email="gone@ministry.example", removed_at=clock())
    assert focal_points.send_many(ORGANISER, edition.ordinal, now=clock(), secret=SECRET) == 2
    assert focal_points.send_many(ORGANISER, edition.ordinal, now=clock(), secret=SECRET) == 0
    assert len(mails("waiting")) == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Kenya"), ("fr", "votre délégation"), ("es", "su delegación"), ("ar", "كينيا")],
)
def test_the_letter(edition, delegation, clock, language, words):
    add(edition, delegation, clock, language=language)
    (outgoing,) = mail_delivery.gather(mails())
    letter = render(outgoing, now=clock())
    assert words in letter.text and "Amina Diop" in letter.text
    assert token_of(delegation) in letter.text or "/workspace/" not in letter.text
    assert MASK not in letter.text and token_of(delegation) not in letter.subject
    assert token_of(delegation) not in render(outgoing, now=clock(), masked=True).html
