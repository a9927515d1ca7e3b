"""A programme of which each visitor may know another part, in words that stand nowhere else, and every address there is."""

import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from eventapp.blueprints import PERMISSIONS
from eventapp.extensions import db
from eventapp.models import ProgrammeSpeaker, SessionInvitee, SessionSector, SessionSignUp
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.documents import make_document, make_file
from tests.factories.editions import CLOCK_STANDS_AT
from tests.factories.programme import make_room, make_session, make_speaker, make_track, publish
from tests.factories.registrations import make_registration
from tests.journeys.furnished import furnish

# What is not told to everybody: access of the session as published. "draft" was never told, "gone" was taken out again,
# "shut" was open to all once, "later" is opened to all in a draft that nobody has published yet.
CLOSED = {
    "delegates": "delegates",
    "sectors": "sectors",
    "invited": "invited",
    "draft": "all",
    "gone": "sectors",
    "shut": "invited",
    "later": "invited",
}
# Who they are: state, sector, whether they are invited to what invited people may come to, and what they may know.
VISITORS = {
    "wrong sector": ("approved", "ACA", False, {"delegates"}),
    "right sector": ("approved", "LE-POL", False, {"delegates", "sectors"}),
    "invited": ("approved", "NGO", True, {"delegates", "invited"}),
    "not yet approved": ("submitted", "LE-POL", True, set()),
    "withdrawn": ("withdrawn", "LE-POL", True, set()),
}
WORD = re.compile(f"zyx(all|{'|'.join(CLOSED)})", re.IGNORECASE)
START = datetime(2027, 6, 8, 9, 0, tzinfo=UTC)
# Parts of addresses that furnish() gives no value for, since each is good for one endpoint alone.
PARTS = {
    "feeds.package_csv": {"name": "editions"},
    "assets.static_file": {"name": "css/base.css"},
    "uploads.show": {"name": "0" * 64 + ".png"},
    "accounts.set_password": {"token": "nobody"},
    "accounts.welcome": {"token": "nobody"},
}


class Programme:
    """One of everything, and beside it sessions that not everybody may know of."""

    def __init__(self, app, clock) -> None:
        self.app = app
        site = SimpleNamespace(app=app, clock=clock, work=nullcontext)
        self.values = furnish(site)
        from eventapp.services.editions import get_public_edition

        self.edition = get_public_edition(self.values["ordinal"])
        self.sessions = {"all": self._session("all", "all", 0)}
        for number, (key, access) in enumerate(CLOSED.items(), 1):
            if key != "draft":
                self.sessions[key] = self._session(key, "all" if key == "shut" else access, number)
        self._publish()
        self.sessions["shut"].access = "invited"
        db.session.delete(self.sessions.pop("gone"))
        self._publish()
        self.sessions["later"].access = "all"
        self.sessions["draft"] = self._session("draft", "all", 9)
        self.documents, self.files = {}, {}
        for key, session in self.sessions.items():
            self._document(key, session)
        self.people = {who: self._person(*told[:3]) for who, told in VISITORS.items()}
        self.tokens = {who: link_of("registration", one) for who, one in self.people.items()}
        self.calendars = {who: link_of("calendar", one) for who, one in self.people.items()}
        db.session.commit()

    def _publish(self) -> None:
        db.session.flush()
        db.session.expire_all()
        publish(self.edition)

    def _session(self, key: str, access: str, number: int):
        def words(what: str) -> dict[str, str]:
            return {code: f"Zyx{key} {what} {code}" for code in ("en", "fr", "es", "ar")}

        made = make_session(
            self.edition,
            title=words("title"),
            description=words("description"),
            kind="side_event" if key != "all" else "panel",
            starts_at=START + timedelta(days=2 if key != "all" else 0, minutes=10 * number),
            room_id=make_room(self.edition, names=words("room"), equipment=words("equipment"), capacity=9).id,
            track_id=make_track(self.edition, names=words("track")).id,
            access=access,
            sectors=[SessionSector(sector_code="LE")] if access == "sectors" else [],
            asks_sign_up=True,
        )
        speaker = make_speaker(
            name=f"Zyx{key} Speaker",
            functional_title=f"Zyx{key} title",
            organisation=f"Zyx{key} office",
            biography=words("life"),
            agreed_at=CLOCK_STANDS_AT,
            email=f"zyx{key}@speakers.example",
        )
        made.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0))
        return made

    def _document(self, key: str, session) -> None:
        title = {code: f"Zyx{key} paper {code}" for code in ("en", "fr", "es", "ar")}
        self.documents[key] = make_document(self.edition, session, title=title, symbol=f"ZYX{key.upper()}/1")
        folder = self.app.config["SETTINGS"].documents
        self.files[key] = make_file(self.documents[key], folder, file_name=f"zyx{key}.pdf")

    def _person(self, state: str, sector: str, is_invited: bool):
        person = make_registration(self.edition, state=state, sector_code=sector)
        for key, session in self.sessions.items():
            # Whoever may not come any more may still have signed up while it was open.
            sign_up = SessionSignUp(programme_session_id=session.id, registration_id=person.id)
            sign_up.state, sign_up.since = "seat" if key == "shut" else "noted", CLOCK_STANDS_AT
            db.session.add(sign_up)
            if is_invited and key in ("invited", "later"):
                db.session.add(SessionInvitee(programme_session_id=session.id, registration_id=person.id))
        return person

    def known_to(self, who: str) -> set[str]:
        """What a visitor may know of; whoever is invited reads what was published, not what is opened in a draft."""
        allowed = {"all"} | VISITORS[who][3]
        return allowed | {"later"} if "invited" in allowed else allowed

    def gets(self):
        """Every rule that is read, with its access."""
        for rule in self.app.url_map.iter_rules():
            if "GET" in rule.methods:
                yield rule, PERMISSIONS[rule.endpoint].value

    def addresses(self, rule, language: str = "", **own: object) -> list[str]:
        """The addresses of a rule: with the values of furnish(), and with those of each session where it names one."""
        endpoint, blueprint = rule.endpoint, rule.endpoint.partition(".")[0]
        values = self.values
        known = {**values, **values.get(blueprint, {}), **PARTS.get(endpoint, {}), **values.get(endpoint, {})}
        ways = [known, *({**known, **one} for one in self._ways(rule))]
        missing = rule.arguments - set(known) - set(own)
        if missing:
            raise LookupError(f"nobody says what {sorted(missing)} of {endpoint} may be: see furnish()")
        adapter = self.app.url_map.bind("localhost", script_name=language or None)
        names = rule.arguments | set(
            values.get(endpoint, {})
        )  # what is no part of the path is asked after it
        return [adapter.build(endpoint, {name: {**one, **own}[name] for name in names}) for one in ways]

    def _ways(self, rule):
        """The values of each session for the rules that name a session or what belongs to one."""
        for key, session in self.sessions.items():
            if rule.endpoint == "feeds.session_ics":
                yield {"public_id": session.public_id}
            elif rule.endpoint in ("documents.show", "documents.show_own", "programme.fetch_document_file"):
                yield {"public_id": self.files[key].public_id}
            elif rule.endpoint.startswith("programme."):
                if "session_id" in rule.arguments:
                    yield {"session_id": session.id}
                elif "number" in rule.arguments:
                    yield {"number": self.documents[key].id}
                elif "room_id" in rule.arguments:
                    yield {"room_id": session.room_id}
                elif "track_id" in rule.arguments:
                    yield {"track_id": session.track_id}
                elif "speaker_id" in rule.arguments:
                    yield {"speaker_id": session.speakers[0].speaker_id}


def link_of(purpose: str, person) -> str:
    """The token of a link that works, to a registration or its calendar."""
    made = links.make_link(purpose, secret=SECRET, now=CLOCK_STANDS_AT, registration_id=person.id)
    return links.token_of(made, SECRET)


def learned(answer) -> set[str]:
    """Of which sessions an answer tells, in its body or its headers."""
    told = f"{answer.headers}\n{answer.get_data().decode('utf-8', 'replace')}"
    return {key.lower() for key in WORD.findall(told)}
