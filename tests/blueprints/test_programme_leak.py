"""A closed session is learned of by nobody else: every address is walked as each kind of visitor, looking for its words."""

import re
import uuid
from datetime import timedelta

import pytest
from werkzeug.test import Client

from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, PublishedSession, SessionSector, SessionSignUp
from eventapp.rules.access import COMMAND, SYSTEM
from eventapp.services import agenda_sign_up, links, mail_delivery, programme_publishing, programme_telling
from eventapp.web import mail_render
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document, make_file
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_room, make_session, make_track, publish
from tests.factories.programme_walk import START, WORD, Programme, learned, link_of
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

LANGUAGES = ("", "/fr", "/es", "/ar")
# Where everybody is told of what is open to all, and of nothing else.
TELLS = {
    "public.home",
    "public.edition",
    "public.programme",
    "public.speakers",
    "feeds.edition_json",
    "feeds.edition_ics",
    "feeds.session_ics",
    "feeds.schedule_xml",
    "feeds.schedule_json",
    "documents.show",
}

# What gives nobody a page by an address alone, each with its reason.
UNREACHED = {
    "accounts.set_password": "by a link from a letter to an account",
    "accounts.welcome": "the same",
    "agenda.calendar": "by a link of its own, which the delegates have below",
    "map_layer.show": "the shipped layer stands under an address of its own",
    "registrations.my_registration": "leads on to the page that sends links",
    "speakers.picture": "the speaker has none",
    "uploads.show": "no picture is called so",
}
OWN = ("agenda.show", "agenda.calendar", "documents.show_own")


@pytest.fixture
def programme(app, ctx, clock):
    return Programme(app, clock)


def visitor(app):
    client = app.test_client()
    client.checks_pages = False  # each page is checked where its own tests fetch it
    client.reached = set()  # the endpoints that gave a page
    return client


def walk(client, found: dict, known: set[str], addresses) -> list[tuple[str, set[str]]]:
    """Fetch each (endpoint, address); gives those that tell more than is known, and notes what each endpoint told."""
    wrong = []
    for endpoint, address in addresses:
        answer = client.get(address)
        told = learned(answer)
        if answer.status_code == 200:
            client.reached.add(endpoint)
        if told:
            found.setdefault(endpoint, set()).update(told)
        if told - known:
            wrong.append((address, told - known))
    return wrong


def test_everybody_learns_of_what_is_open_to_all_and_of_nothing_else(app, programme):
    """Nor does a focal point by link, nor whoever would have to sign in first."""
    client, found, wrong = visitor(app), {}, []
    for rule, access in programme.gets():
        if access != "public":
            answers = [client.get(one) for one in programme.addresses(rule)[:1]]
            wrong += [rule.rule for one in answers if one.status_code != 303 or learned(one)]
            continue
        known = set() if rule.endpoint.startswith("workspace.") else {"all"}
        in_all = rule.endpoint in TELLS and "public_id" not in rule.arguments
        for language in LANGUAGES if in_all else LANGUAGES[:1]:
            pairs = [(rule.endpoint, one) for one in programme.addresses(rule, language)]
            wrong += walk(client, found, known, pairs)
    assert wrong == []
    assert set(found) - {"agenda.show", "documents.show_own"} == TELLS
    every = {rule.endpoint for rule, access in programme.gets() if access == "public"}
    assert every - client.reached == set(UNREACHED)


def test_a_delegate_learns_of_what_is_open_to_them(app, programme):
    rules = [rule for rule, access in programme.gets() if access == "public" and "token" in rule.arguments]
    for who, token in programme.tokens.items():
        client, found, known = visitor(app), {}, programme.known_to(who)
        pairs = []
        for rule in rules:
            own = programme.calendars[who] if rule.endpoint == "agenda.calendar" else token
            pairs += [(rule.endpoint, one) for one in programme.addresses(rule, token=own)]
        assert (who, walk(client, found, known, pairs)) == (who, [])
        # With the registration ends what was chosen.
        chosen = set() if who == "withdrawn" else known
        expected = dict.fromkeys(OWN, known) | {"agenda.calendar": chosen}
        expected = {endpoint: keys for endpoint, keys in expected.items() if keys}
        assert (who, found) == (who, expected)
        # All data held about the person are handed out to whoever has the link.
        page = client.get(f"/registrations/{token}").text
        taken = client.post(f"/registrations/{token}/data.json", data={"csrf_token": csrf_token(page)})
        assert (who, taken.status_code, learned(taken)) == (who, 200, chosen)


def test_accounts_of_another_edition_learn_of_nothing(app, programme):
    own = make_edition()
    make_session(own, title={"en": "Elsewhere"})
    for user in (make_user(editions=[own]), make_user(role="focal_point")):
        client, found, pairs = visitor(app), {}, []
        sign_in(client, user)
        for rule, access in programme.gets():
            if access in ("public", "administrator") or (user.role == "focal_point" and access != user.role):
                continue  # refused to the role before anything is read, as the table's own test holds
            pairs += [(rule.endpoint, one) for one in programme.addresses(rule)[:1]]
            if user.role == "organiser" and rule.endpoint.startswith(("programme.", "sessions.")):
                elsewhere = programme.addresses(rule, ordinal=own.ordinal)
                pairs += [(rule.endpoint, one) for one in elsewhere[3:5] or elsewhere]
        assert (user.role, walk(client, found, set(), pairs)) == (user.role, [])
        assert client.get("/dashboard/account").status_code == 200


def test_a_speaker_s_link_leads_to_the_own_sessions_alone(app, programme):
    rules = [rule for rule, _ in programme.gets() if rule.endpoint.startswith("speakers.")]
    for key, session in programme.sessions.items():
        client, found, pairs = visitor(app), {}, []
        speaker = session.speakers[0].speaker
        link = links.make_link("speaker", secret=SECRET, now=CLOCK_STANDS_AT, speaker_id=speaker.id)
        db.session.commit()
        for rule in rules:
            ways = [one.public_id for one in programme.sessions.values()]
            ways = ways if "public_id" in rule.arguments else [None]
            for number in ways:
                values = {"token": links.token_of(link, SECRET), "public_id": number}
                pairs += [(rule.endpoint, one) for one in programme.addresses(rule, **values)[:1]]
        assert (key, walk(client, found, {key}, pairs)) == (key, [])
        assert found["speakers.show"] == found["speakers.decline"] == {key}


def test_an_organiser_finds_everything_by_the_same_walk(app, programme):
    client, found, pairs = visitor(app), {}, []
    sign_in(client, make_user())
    for rule, access in programme.gets():
        if access != "public" and rule.endpoint.startswith(("programme.", "sessions.")):
            pairs += [(rule.endpoint, one) for one in programme.addresses(rule)[:2]]
    everything = set(programme.sessions)
    assert walk(client, found, {*everything, "gone"}, pairs) == []
    # Without a choice of many there is nothing to look at.
    assert {endpoint for endpoint, _ in pairs} - client.reached == {"sessions.preview_many"}
    for endpoint in ("index", "rooms", "tracks", "speakers", "documents", "preview_programme"):
        known = everything if endpoint != "preview_programme" else {"draft", "later"}
        assert found[f"programme.{endpoint}"] >= known, endpoint


# What nobody may know changes nothing: the answers with closed sessions and without them are the same to the byte.


def compare(answer) -> tuple[object, ...]:
    """All that an answer tells, but the tokens of its forms and the moment."""
    body = re.sub(rb'name="csrf_token" value="[^"]+"', b"", answer.get_data())
    headers = [
        (name, value)
        for name, value in answer.headers
        if name not in ("Set-Cookie", "Date", "Content-Length")
    ]
    return answer.status_code, headers, body


class World:
    """An edition with what everybody may know; more is added to it. With commits and a cache as on a server."""

    def __init__(self, app, clock, opens: int = 3) -> None:
        self.app, self.clock = app, clock
        with app.app_context(), writing():
            edition = make_edition()
            self.edition_id, self.path = edition.id, f"/editions/{edition.ordinal}"
            hall = make_room(edition, names={"en": "Hall"}, capacity=20)
            self.open = uuid.UUID(int=5)
            for number in range(opens):
                last = make_session(edition, room_id=hall.id, starts_at=START + timedelta(hours=number))
                self.open = last.public_id
            if opens:
                make_file(make_document(edition, last), app.config["SETTINGS"].documents)
                publish(edition)
            person = make_registration(edition, state="approved", sector_code="ACA")
            self.person_id = person.id
            if opens:
                self._sign_up(last.id, "noted")
            self.token = link_of("registration", person)
            self.calendar = link_of("calendar", person)
        self.own = f"/registrations/{self.token}"

    def _sign_up(self, number: int, state: str) -> None:
        who = {"registration_id": self.person_id, "state": state, "since": self.clock()}
        db.session.add(SessionSignUp(programme_session_id=number, **who))

    def close_doors(self) -> uuid.UUID:
        """Sessions that run now, in rooms, tracks and languages of their own, of a kind and on a day that no other has."""
        with self.app.app_context(), writing():
            edition, made = db.session.get(Edition, self.edition_id), []
            for number, access in enumerate(("sectors", "invited", "sectors")):
                one = make_session(
                    edition,
                    access=access,
                    kind="workshop",
                    starts_at=START + timedelta(minutes=5, days=number // 2),
                    room_id=make_room(edition, names={"en": f"Cellar {number}"}).id,
                    track_id=make_track(edition, names={"en": f"Secret {number}"}).id,
                    sectors=[SessionSector(sector_code="LE")] if access == "sectors" else [],
                    floor_language="ru",
                    asks_sign_up=True,
                )
                make_file(make_document(edition, one), self.app.config["SETTINGS"].documents)
                self._sign_up(one.id, "seat")
                made.append(one)
            programme_publishing.publish_first(edition, now=self.clock())
            db.session.delete(made[1])
            db.session.flush()
            programme_publishing.publish_first(edition, now=self.clock())
            return made[0].public_id

    def look(self) -> dict[str, tuple[object, ...]]:
        """What everybody is answered, without cookies as the cache wants it, and what the person is."""
        public = [
            *("/", "/editions", "/editions.json", "/editions.atom", "/editions.csv", "/sitemap.xml"),
            *(self.path + more for more in ("", ".json", ".ics", "/programme", "/schedule.xml")),
            *(self.path + more for more in ("/schedule.json", "/programme?kind=workshop")),
            *(self.path + more for more in ("/programme?room=Cellar+0", "/programme?day=2027-06-09")),
            *(f"/ar{self.path}/programme", f"/fr{self.path}.ics", f"{self.path}/sessions/{self.open}.ics"),
        ]
        own = [self.own, f"{self.own}/agenda", f"{self.own}/agenda?mine=1", f"/calendar/{self.calendar}.ics"]
        anybody, person = Client(self.app, use_cookies=False), visitor(self.app)
        return {
            **{path: compare(anybody.get(path)) for path in public},
            **{path: compare(person.get(path)) for path in own},
            "HEAD": compare(anybody.head(f"{self.path}/programme")),
        }


@pytest.fixture
def world(fresh_app, clock):
    return World(fresh_app, clock)


def test_an_edition_with_closed_sessions_alone_is_as_one_without_a_programme(fresh_app, clock):
    world = World(fresh_app, clock, opens=0)
    before = world.look()
    world.close_doors()
    after = world.look()
    assert [path for path in before if before[path] != after[path]] == []
    assert b"/programme" not in after["/sitemap.xml"][2] + after["/"][2]


def test_what_is_closed_changes_no_answer(world, clock):
    clock.moment = START + timedelta(minutes=10)  # the closed ones will run now
    before = world.look()
    assert b"Session" in before[f"{world.path}/programme"][2] and before["HEAD"][0] == 200
    clock.move(seconds=1)
    world.close_doors()
    after = world.look()
    assert [path for path in before if before[path] != after[path]] == []
    # And the comparison sees a difference where there is one.
    with world.app.app_context(), writing():
        edition = db.session.get(Edition, world.edition_id)
        make_session(edition, starts_at=START, title={"en": "Everybody"})
        programme_publishing.publish_first(edition, now=clock())
    seen = world.look()
    changed = {path for path in seen if seen[path] != after[path]}
    assert changed >= {f"{world.path}/programme", f"{world.path}.json", f"{world.own}/agenda", "/sitemap.xml"}


def test_a_closed_session_answers_as_one_that_never_was(world):
    closed, nothing = world.close_doors(), uuid.UUID(int=99)
    client = visitor(world.app)

    def told(number):
        sent = {"csrf_token": csrf_token(client.get(world.own).text)}
        answers = [client.get(f"{world.path}/sessions/{number}.ics")]
        for act in ("sign-up", "leave"):
            answers.append(client.post(f"{world.own}/agenda/{number}/{act}", data=sent))
            answers.append(client.get(f"{world.own}/agenda"))
        return [
            (
                one.status_code,
                one.headers.get("Location", "").replace(str(number), "N"),
                compare(one)[2].replace(str(number).encode(), b"N"),
            )
            for one in answers
        ]

    of_closed = told(closed)
    assert of_closed == told(nothing)
    assert of_closed[0][0] == 404 and b"There is no such session" in of_closed[2][2]
    assert told(world.open)[0][0] == 200


def test_numbers_of_the_schedule_tell_nothing_of_those_between(world):
    """They are made from the sessions' ids alone: nobody finds a gap where a closed session is."""
    days = visitor(world.app).get(f"{world.path}/schedule.json").json["schedule"]["conference"]["days"]
    told = {one["guid"]: one["id"] for day in days for room in day["rooms"].values() for one in room}
    assert len(told) == 3
    assert told == {guid: uuid.UUID(guid).int % (2**31 - 1) + 1 for guid in told}


# What is written to people.


def seats(edition, **values):
    """A session with one seat that is free, and who waits for it."""
    hall = make_room(edition, capacity=1)
    session = make_session(edition, room_id=hall.id, asks_sign_up=True, title={"en": "Zyxwaited"}, **values)
    publish(edition)
    return session


def wait(session, person, clock) -> SessionSignUp:
    sign_up = SessionSignUp(
        programme_session_id=session.id, registration_id=person.id, state="waiting", since=clock()
    )
    db.session.add(sign_up)
    db.session.flush()
    return sign_up


def letters() -> list[str]:
    written = mail_delivery.gather(db.session.query(OutboxMessage).all())
    now = written[0].message.created_at if written else None
    return [str(mail_render.render(one, now=now)) for one in written]


def test_letters_about_a_publication_tell_each_what_they_may_know(programme, clock):
    """Every session is moved, everybody has each on the agenda, and one is opened to all."""
    for session in programme.sessions.values():
        session.starts_at, session.ends_at = (
            moment + timedelta(hours=1) for moment in (session.starts_at, session.ends_at)
        )
    db.session.flush()
    programme_publishing.publish_first(programme.edition, now=clock())
    ordinal, edition_id = programme.edition.ordinal, programme.edition.id
    (last,) = programme_telling.list_publications(edition_id, offset=0, limit=1)
    programme_telling.tell(COMMAND, ordinal, last.number, now=clock(), secret=SECRET)
    known = {programme.people[who].email: programme.known_to(who) | {"later"} for who in programme.people}
    of_speakers = {f"zyx{key}@speakers.example": {key} for key in (*programme.sessions, "gone")}
    told = words_of_letters(clock())
    wrong = {to: found for to, found in told.items() if found - (known | of_speakers).get(to, set())}
    assert wrong == {}
    for who in ("right sector", "wrong sector", "invited"):
        assert told[programme.people[who].email] == known[programme.people[who].email], who
    assert told["zyxinvited@speakers.example"] == {"invited"}
    # A letter that waits tells what may be known when it goes out.
    officer = programme.people["right sector"]
    officer.state = "withdrawn"
    db.session.flush()
    assert words_of_letters(clock())[officer.email] == {"all", "later"}


def words_of_letters(now) -> dict[str, set[str]]:
    """Recipient of each letter about a publication -> the sessions of which it tells, if it were sent now."""
    mine = db.session.query(OutboxMessage).filter_by(kind=programme_telling.KIND)
    return {
        one.message.recipient: set(WORD.findall(str(mail_render.render(one, now=now)).lower()))
        for one in mail_delivery.gather(mine.all())
    }


def test_a_seat_goes_past_whoever_the_session_was_closed_to(ctx, clock):
    """Nor is anybody written to about a session that is closed to them, or by a title that was never told."""
    edition = make_edition()
    session = seats(edition)
    banker = make_registration(edition, state="approved", sector_code="PRV-FIN")
    officer = make_registration(edition, state="approved", sector_code="LE-POL")
    first, second = wait(session, banker, clock), wait(session, officer, clock)
    session.access, session.sectors = "sectors", [SessionSector(sector_code="LE")]
    db.session.flush()
    programme_publishing.publish_first(edition, now=clock())
    session.title = {"en": "Zyxdraft"}
    db.session.flush()
    assert agenda_sign_up.list_unsettled(clock()) == [session.id]
    assert agenda_sign_up.settle_one(session.id, actor=SYSTEM, now=clock()) == 1
    assert (first.state, second.state) == ("waiting", "seat"), (
        "the secretariat takes the place back and says so"
    )
    (letter,) = letters()
    assert officer.family_name in letter and "Zyxwaited" in letter and "Zyxdraft" not in letter
    assert agenda_sign_up.list_unsettled(clock()) == []


def test_nobody_moves_up_in_what_was_taken_out(ctx, clock):
    edition = make_edition()
    session = seats(edition)
    one = wait(session, make_registration(edition, state="approved"), clock)
    db.session.query(PublishedSession).one().cancelled_at = clock()
    db.session.flush()
    assert agenda_sign_up.list_unsettled(clock()) == []
    assert agenda_sign_up.settle_one(session.id, actor=SYSTEM, now=clock()) == 0
    assert one.state == "waiting" and letters() == []
