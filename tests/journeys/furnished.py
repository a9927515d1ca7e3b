"""An edition with one of everything, so that every page has something to show, and the values for its addresses."""

import uuid
from datetime import timedelta

from eventapp.adapters.tables import read_table
from eventapp.extensions import db
from eventapp.models import (
    BadgeCategory,
    Body,
    ColumnSet,
    CredentialDocument,
    Edition,
    ExportJob,
    FigureClaim,
    ImportJob,
    MailText,
    OutboxMessage,
    Partnership,
    PrivacyNotice,
    Registration,
    SessionInvitee,
    SessionSignUp,
    User,
)
from eventapp.rules.access import COMMAND
from eventapp.rules.publication import Plan
from eventapp.services import imports, links, publications
from eventapp.web.import_words import words
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.attendance import make_check_in
from tests.factories.delegations import make_delegation
from tests.factories.documents import make_document, make_file
from tests.factories.duplicates import make_pair
from tests.factories.editions import make_edition
from tests.factories.programme import (
    link_of,
    make_body,
    make_place,
    make_room,
    make_session,
    make_speaker,
    make_track,
    publish,
)
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_invitation, make_plan
from tests.factories.workspaces import make_workspace

ADMINISTRATOR = "admin@secretariat.example"
LIST = (
    "represents,country,organisation,sector,given_name,family_name,functional_title,email,role\n"
    "country,KE,,LE-POL,Joy,Adeyemi,Head of unit,joy@police.example,delegate\n"
    "country,Atlantis,,LE-POL,Ole,Hansen,Officer,nobody,delegate\n"
    "country,KE,,LE-POL,Joy,Adeyemy,Head of the unit,joy.a@police.example,delegate\n"
)


def furnish(site) -> dict:
    """Make it all; gives name of a blueprint or endpoint -> value by name, and values that hold for all of them.

    What an endpoint has for itself and takes in no other place stands in the query of its address.
    """
    with site.work():
        edition = make_edition(approval="two_steps", capacity=40)
        make_user(role="administrator", email=ADMINISTRATOR, password=PASSWORD)
        people = [make_registration(edition, country_code=code) for code in ("NA", "NO", "FR", "KE", "QA")]
        user = db.session.query(User).first()
        values = {
            "ordinal": edition.ordinal,
            "reference": people[0].reference,
            "body_id": db.session.query(Body.id).first()[0],
            "partnership_id": db.session.query(Partnership.id).first()[0],
            "pair_id": make_pair(people[1], people[2]).id,
            **_programme(edition, people[0], site),
            **_delegations(edition, people, site),
            **_mail(edition, people[0], site),
            **_exports(edition, user, site),
            **_lists(user),
            **_figures(edition, site),
            "attendance": {"check_in_id": make_check_in(make_registration(edition, state="approved")).id},
            "quotas": {"quota_id": make_quota(edition, "sector", "LE-POL", 1).id},
            "registrations_desk.show_preview": {"all": "1", "decision": "approved"},
        }
        whole = imports.Scope(actor=COMMAND, edition_id=edition.id, ordinal=edition.ordinal)
        values["imports"] = {"public_id": _bring(whole, site).public_id}
    return values


def _programme(edition: Edition, delegate: Registration, site) -> dict:
    hall, track = (
        make_room(edition, names={"en": "Hall A"}, capacity=100, booths=2, equipment={"en": "Two screens"}),
        make_track(edition),
    )
    speaker = make_speaker(
        name="Amina Diop", email="amina@court.example", biography={"fr": "Juge."}, agreed_at=site.clock()
    )
    opens = site.clock().replace(month=6, day=8)
    first = make_session(edition, kind="plenary", room_id=hall.id, track_id=track.id, starts_at=opens)
    second = make_session(edition, room_id=hall.id, starts_at=opens + timedelta(minutes=30))
    paper = make_document(edition, second)
    kept = make_file(paper, site.app.config["SETTINGS"].documents)
    few, named = _few(edition, opens + timedelta(hours=5), site)
    make_place(first, speaker, "accepted", function="chair")
    make_place(second, speaker, reason="On leave")
    publish(edition)
    noted = {"registration_id": delegate.id, "state": "noted", "since": site.clock()}
    db.session.add(SessionSignUp(programme_session_id=second.id, **noted))
    second.ends_at += timedelta(minutes=30)
    db.session.flush()
    publish(edition)
    first.ends_at += timedelta(minutes=15)
    db.session.add(SessionSignUp(programme_session_id=first.id, **noted))
    make_session(edition, room_id=hall.id, starts_at=opens + timedelta(hours=3))
    return {
        "sessions": {"session_id": few, "reference": named},
        "room_id": hall.id,
        "speaker_id": speaker.id,
        "session_id": first.id,
        "track_id": track.id,
        "programme": {"number": paper.id, "public_id": kept.public_id},
        "programme.publication": {"number": 2},
        "speakers": {"token": link_of(speaker), "public_id": first.public_id},
    }


def _few(edition: Edition, starts_at, site) -> tuple[int, str]:
    """A closed session with people in every state: named, with a seat, in line, and one who may not come any more."""
    few = make_session(edition, access="invited", asks_sign_up=True, capacity=1, starts_at=starts_at)
    people = [make_registration(edition, state="approved", sector_code="PRV-FIN") for _ in range(4)]
    people.append(make_registration(edition, sector_code="PRV-FIN"))
    for number, one in enumerate(people):
        if number != 3:
            db.session.add(
                SessionInvitee(programme_session_id=few.id, registration_id=one.id, invited_at=site.clock())
            )
        if number in (0, 1, 3):
            state = "waiting" if number == 1 else "seat"
            place = {"registration_id": one.id, "state": state, "since": site.clock()}
            db.session.add(SessionSignUp(programme_session_id=few.id, **place))
    db.session.flush()
    return few.id, people[0].reference


def _delegations(edition: Edition, people: list[Registration], site) -> dict:
    kenya = make_workspace(edition, quota=2, credentials="deficient", credentials_note="The seal is missing.")
    member = kenya.add("approved")
    for state in ("endorsed", "approved", "declined", "waitlisted", "submitted"):
        kenya.add(state)
    make_delegation(edition, country_code="NA", quota=5)
    make_delegation(edition, country_code=None, body_id=make_body().id, kind="international_organization")
    paper = CredentialDocument(
        delegation_id=kenya.delegation.id,
        stored_name="0.pdf",
        file_name="Credentials.pdf",
        media_type="application/pdf",
        size=48_213,
        sha256="0" * 64,
        uploaded_at=site.clock(),
        uploaded_by="A. Diop",
    )
    db.session.add(paper)
    secret = site.app.config["SECRET_KEY"]
    own = links.make_link("registration", secret=secret, now=site.clock(), registration_id=people[0].id)
    _, invited = make_invitation(kenya.delegation)
    db.session.flush()
    return {
        "link_id": own.id,
        "token": links.token_of(own, secret),
        "workspace": {
            "token": kenya.token,
            "reference": member.reference,
            "public_id": _bring(imports.scope_of_delegation(COMMAND, kenya.delegation), site).public_id,
        },
        "workspace.invited": {"token": links.token_of(invited, secret)},
        "workspace.show_preview": {"decision": "declined", "pick": member.reference},
        "delegations": {"public_id": kenya.delegation.public_id},
        "delegations.confirm_remove_document": {
            "public_id": kenya.delegation.public_id,
            "number": paper.public_id,
        },
        **{
            f"delegations.{name}": {
                "public_id": kenya.delegation.public_id,
                "number": kenya.focal_point.public_id,
            }
            for name in ("edit_focal_point", "confirm_remove_focal_point")
        },
    }


def _mail(edition: Edition, registration: Registration, site) -> dict:
    message = OutboxMessage(
        kind="registration_received",
        language="en",
        recipient="x@example.org",
        values={},
        registration_id=registration.id,
        edition_id=edition.id,
        created_at=site.clock(),
        next_attempt_at=site.clock(),
    )
    own = {"subject": "An own word: {edition}", "body": "Dear {name},\n\nthank you.\n\n{facts}\n\n{link}"}
    text = MailText(edition_id=edition.id, kind="registration_received", language="en", **own)
    db.session.add_all([message, text])
    make_plan(edition, endorsement=[14, 7])
    db.session.flush()
    return {
        "public_id": message.public_id,
        "message_id": message.id,
        "mail_kind": "registration_rejected",
        "language": "ar",
    }


def _exports(edition: Edition, user: User, site) -> dict:
    kept = ColumnSet(name="Badges", edition_id=edition.id, columns=["reference", "given_name"])
    waiting = ExportJob(
        public_id=uuid.uuid4(),
        edition_id=edition.id,
        asked_by_id=user.id,
        asked_at=site.clock(),
        format="xlsx",
        language="en",
        columns=["reference"],
        filter={},
        people=5,
        done=2,
    )
    db.session.add_all([kept, waiting])
    db.session.flush()
    return {"statistics": {"public_id": waiting.public_id, "number": kept.id}}


def _lists(user: User) -> dict:
    return {
        "regions": {"code": "m49", "region_id": 1},
        "countries": {"code": "NA"},
        "sectors": {"code": "LE-POL"},
        "badges": {"code": db.session.query(BadgeCategory.code).first()[0], "rule_id": 1},
        "users": {"public_id": user.public_id},
    }


def _figures(edition: Edition, site) -> dict:
    claim = FigureClaim(
        edition_id=edition.id,
        measure="participants",
        qualifier="more_than",
        value=300,
        source_url="https://press.example/a",
    )
    now = site.clock()
    notice = PrivacyNotice(number=1, text={"en": "What is kept."}, created_at=now, published_at=now)
    db.session.add_all([claim, notice])
    db.session.flush()
    seen = publications.preview(COMMAND, edition.ordinal, Plan(), now=now)
    publications.publish(COMMAND, edition.ordinal, seen, digest=seen.digest, nonce=uuid.uuid4(), now=now)
    return {
        "editions": {"claim_id": claim.id, "word": "cancelled"},
        "privacy": {"number": 1},
        "public": {"number": 1},
        "publications": {"number": 1},
    }


def _bring(scope: imports.Scope, site) -> ImportJob:
    """A list with one row that does, one that does not, and one that looks like somebody else's."""
    folder = site.app.config["SETTINGS"].imports
    _, table = read_table(LIST.encode(), folder=folder)
    brought = {"file_name": "delegates.csv", "language": "fr", "folder": folder, "now": site.clock()}
    return imports.bring(scope, table, words(), **brought)
