"""The secretariat in an edition of two steps: it endorses where nobody speaks for a body, and copies its decisions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Invalid
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage
from eventapp.services import links
from eventapp.services.mail_delivery import gather
from eventapp.services.registrations_decide import preview
from eventapp.web.mail_render import render
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_decide import ORGANISER, SECRET, run
from tests.services.test_registrations import submit

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps", capacity=10)


def mails(kind):
    query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return db.session.scalars(query).all()


def test_it_endorses_for_a_body_that_nobody_speaks_for_and_the_reason_is_kept(edition, clock):
    silent = make_delegation(edition, country_code="NA")
    one = make_registration(edition, delegation_id=silent.id, country_code="NA")
    run(edition, "endorsed", [one], clock=clock, reason="Note verbale of 3 May")
    assert (one.state, one.endorsed_at, one.reason) == ("endorsed", clock(), "Note verbale of 3 May")
    (letter,) = mails("registration_endorsed")
    assert (letter.values["delegation"]["en"], letter.values["by"]) == ("Namibia", "secretariat")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.endorse")).one()
    assert (entry.actor_name, entry.reason) == ("A. Organiser", "Note verbale of 3 May")
    run(edition, "declined", [one], clock=clock, reason="Unknown to the ministry")
    assert (one.state, one.endorsed_at) == ("declined", None)


@pytest.mark.parametrize("decision", ["endorsed", "declined"])
def test_it_needs_a_reason_to_decide_for_a_body(edition, clock, decision):
    one = make_registration(edition, delegation_id=make_delegation(edition).id)
    with pytest.raises(Invalid) as refused:
        run(edition, decision, [one], clock=clock)
    assert set(refused.value.problems) == {"reason"}


def test_it_does_not_endorse_where_a_focal_point_does_or_no_body_is_known(edition, clock):
    spoken_for = make_delegation(edition)
    make_focal_point(spoken_for)
    asked = make_registration(edition, delegation_id=spoken_for.id)
    alone = make_registration(edition, country_code="FR")
    outcome = run(edition, "endorsed", [asked, alone], clock=clock, reason="Because")
    assert outcome.plan.left == {asked.id: "has_focal_point", alone.id: "no_body"}
    plain = make_edition(approval="one_step")
    simple = make_registration(plain, delegation_id=make_delegation(plain).id)
    outcome = run(plain, "endorsed", [simple], clock=clock, reason="Because")
    assert outcome.plan.left == {simple.id: "one_step"}


def test_it_endorses_no_more_people_than_the_body_has_places(edition, clock):
    silent = make_delegation(edition, quota=1)
    first = make_registration(edition, delegation_id=silent.id, submitted_at=clock())
    second = make_registration(edition, delegation_id=silent.id, submitted_at=clock.move(minutes=1))
    outcome = run(edition, "endorsed", [second, first], clock=clock, reason="Because")
    assert (outcome.plan.reached, outcome.plan.left) == ([first.id], {second.id: "full"})
    assert outcome.plan.full[second.id].code == str(silent.id)


def test_it_may_always_decide_past_a_body(edition, clock):
    spoken_for = make_delegation(edition)
    make_focal_point(spoken_for)
    one = make_registration(edition, delegation_id=spoken_for.id)
    planned, people, _ = preview(ORGANISER, edition.ordinal, "approved", [one.id])
    assert (planned.reached, people[0].state) == ([one.id], "submitted")
    run(edition, "approved", [one], clock=clock)
    assert one.state == "approved"


def test_each_focal_point_gets_one_copy_in_the_own_language_however_many_people_it_names(edition, clock):
    kenya, namibia = make_delegation(edition), make_delegation(edition, country_code="NA")
    points = [
        make_focal_point(kenya, language="fr"),
        make_focal_point(kenya, email="b@x.example", language="ar"),
    ]
    make_focal_point(namibia, email="c@x.example")
    make_focal_point(kenya, email="gone@x.example", removed_at=clock())
    link = links.make_link("focal_point", secret=SECRET, now=clock(), focal_point_id=points[0].id)
    people = [make_registration(edition, delegation_id=kenya.id, state="endorsed") for _ in range(3)]
    other = make_registration(edition, country_code="FR")
    run(edition, "rejected", [*people, other], clock=clock, reason="The hall is small")
    copies = mails("delegation_decided")
    assert [(one.recipient, one.language) for one in copies] == [
        (points[0].email, "fr"), ("b@x.example", "ar"),
    ]  # fmt: skip
    assert [one.link_id for one in copies] == [link.id, None]
    listed = [one["registration_id"] for one in copies[0].values["registrations"]]
    assert sorted(listed) == sorted(one.id for one in people)
    text = render(gather([copies[0]])[0], now=clock()).text
    assert all(one.reference in text for one in people)
    assert other.reference not in text
    assert "The hall is small" in text
    assert links.token_of(link, SECRET) not in str(copies[0].values)


def test_a_copy_names_nobody_who_was_erased_meanwhile(edition, clock):
    kenya = make_delegation(edition)
    make_focal_point(kenya)
    kept, erased = (make_registration(edition, delegation_id=kenya.id, state="endorsed") for _ in "ab")
    run(edition, "approved", [kept, erased], clock=clock)
    erased.erased_at = clock()
    db.session.flush()
    (copy,) = mails("delegation_decided")
    text = render(gather([copy])[0], now=clock()).text
    assert kept.reference in text
    assert erased.reference not in text


def test_who_moves_up_is_told_to_the_focal_points_too(edition, clock):
    kenya = make_delegation(edition, quota=1)
    make_focal_point(kenya)
    holds = make_registration(edition, delegation_id=kenya.id, state="approved")
    waits = make_registration(edition, delegation_id=kenya.id, state="waitlisted")
    run(edition, "cancelled", [holds], clock=clock, reason="On request")
    assert waits.state == "approved"
    (ended,), (moved,) = mails("delegation_left"), mails("delegation_decided")
    assert (ended.values["by"], moved.values["decision"]) == ("secretariat", "promoted")


def test_a_decision_takes_as_many_statements_for_many_as_for_few(edition, clock):
    def cost(count):
        delegation = make_delegation(edition, country_code={2: "KE", 9: "NA"}[count])
        make_focal_point(delegation)
        people = [
            make_registration(edition, delegation_id=delegation.id, state="endorsed") for _ in range(count)
        ]
        clock.move(minutes=1)
        with counted_queries() as statements:
            run(edition, "rejected", people, clock=clock, reason="No")
        return len(statements)

    assert cost(2) == cost(9)


def test_who_registers_is_told_to_the_focal_points_and_only_where_they_are_asked(edition, clock):
    namibia = make_delegation(edition, country_code="NA")
    point = make_focal_point(namibia)
    make_delegation(edition, country_code="NO")
    submit(edition, country_code="NA")
    submit(edition, country_code="NO")
    submit(edition, country_code="FR")
    assert [one.recipient for one in mails("endorsement_wanted")] == [point.email]
    plain = make_edition(approval="one_step")
    make_focal_point(make_delegation(plain, country_code="NA"), email="plain@x.example")
    submit(plain, country_code="NA")
    assert len(mails("endorsement_wanted")) == 1


def test_an_endorsed_person_waits_moves_up_and_is_told(edition, clock):
    """The whole way by the services: registers, is endorsed, waits, moves up."""
    edition.capacity = 1
    namibia = make_delegation(edition, country_code="NA")
    first = make_registration(edition, country_code="FR", state="approved")
    one = submit(edition, country_code="NA").registration
    assert (one.state, one.delegation_id) == ("submitted", namibia.id)
    run(edition, "endorsed", [one], clock=clock, reason="By note verbale")
    outcome = run(edition, "approved", [one], clock=clock)
    assert outcome.plan.left == {one.id: "full"}
    run(edition, "waitlisted", [one], clock=clock)
    clock.move(minutes=1)
    run(edition, "cancelled", [first], clock=clock, reason="On request")
    assert one.state == "approved"
    assert one.decided_at - one.endorsed_at >= timedelta(minutes=1)
