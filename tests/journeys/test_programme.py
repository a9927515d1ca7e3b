"""The programme from nothing to the agendas: built by keyboard alone, published, changed and told; chosen on a phone; closed."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
import vobject
from icalendar import Calendar
from playwright.sync_api import Page, expect

from eventapp import worker
from eventapp.extensions import db
from eventapp.models import Edition, ProgrammeSession, Registration, SessionSector
from eventapp.services import links
from eventapp.web.clock import CLOCK
from tests.engines import SECRET
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session, publish
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

DESK = "/dashboard/editions/8/programme"
ORGANISER = "o@secretariat.example"


def link_of(site, registration: Registration) -> str:
    """The address of somebody's agenda; inside `site.work()`."""
    link = links.make_link(
        "registration", secret=SECRET, now=site.app.extensions[CLOCK](), registration_id=registration.id
    )
    return f"/registrations/{links.token_of(link, SECRET)}/agenda"


def events(text: str) -> dict[str, tuple]:
    """What two readers make of a calendar, which must be the same: id -> title, begin, state, sequence."""
    first = {
        str(one["uid"]): (str(one["summary"]), one.decoded("dtstart"), str(one["status"]), one["sequence"])
        for one in Calendar.from_ical(text).walk("VEVENT")
    }
    second = {
        one.uid.value: (one.summary.value, one.dtstart.value, one.status.value, int(one.sequence.value))
        for one in vobject.readOne(text).vevent_list
    }
    assert first == second
    return first


class Keyboard:
    """Somebody at the keyboard, who reaches everything by Tab and never touches the mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.press, self.type = page, page.keyboard.press, page.keyboard.type

    def reach(self, selector: str) -> None:
        for _ in range(140):
            self.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector} on {self.page.url}")

    def follow(self, selector: str) -> None:
        """Open a link or press a button, and wait for the page behind it."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.press("Enter")

    def fill(self, **fields: str) -> None:
        """Fill in fields in their order; a choice is made by its first letters, a moment by its parts."""
        for name, value in fields.items():
            self.reach(f"[name={name}]")
            for part in value.split("|"):
                self.type(part)
                if "|" in value:
                    self.press("ArrowRight")

    def session(self, title: str, kind: str, room: str, day: str, starts: str, ends: str) -> None:
        self.follow(f"a[href$='{DESK}/sessions/new'], a[href*='{DESK}/sessions/new?']")
        self.fill(
            title_en=title,
            kind=kind,
            room_id=room,
            starts=f"{day}2027|{starts}AM",
            ends=f"{day}2027|{ends}AM",
        )
        self.follow("main form button[type=submit]")
        expect(self.page.locator(".flash--good")).to_be_visible()
        self.follow(f"main a[href*='{DESK}?at=']")  # back to where it stands


@pytest.mark.journey
def test_two_days_are_built_by_keyboard_published_changed_and_told(site, visitor):
    with site.work():
        edition = make_edition()
        delegate = make_registration(edition, state="approved", email="joy@police.example", language="fr")
        own = link_of(site, delegate)
        make_user(role="organiser", all_editions=True, email=ORGANISER, password=PASSWORD)
    page = visitor.page()
    keys = Keyboard(page)
    page.goto("/sign-in")
    keys.fill(email=ORGANISER, password=PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    page.goto(DESK)
    expect(page.locator("main")).to_contain_text("No sessions yet")
    keys.follow(f"a[href$='{DESK}/rooms']")
    for name, seats in (("Great hall", "400"), ("Annex", "60")):
        keys.follow(f"a[href$='{DESK}/rooms/new']")
        keys.fill(names_en=name, capacity=seats)
        keys.follow("main form button[type=submit]")
    keys.follow(f"main a[href$='{DESK}']")
    keys.session("Opening", "Plen", "Great", "0608", "0900", "1000")
    keys.session("Victims first", "Pan", "Annex", "0609", "0900", "1000")
    keys.session("Routes by sea", "Pan", "Annex", "0609", "0930", "1030")
    expect(page.locator("tr", has_text="Victims first").first).to_contain_text(
        "same room and time as: Routes by sea"
    )
    for day in ("Tuesday 8 June 2027", "Wednesday 9 June 2027"):
        expect(page.get_by_role("heading", name=day)).to_be_visible()
    check_accessible(page, "programme of two days")

    keys.follow(f"a[href$='{DESK}/publish']")
    expect(page.locator("main")).to_contain_text("3 sessions differ")
    keys.follow("main form button[type=submit]")
    reader = visitor.page(phone=True)
    reader.goto("/editions/8/programme")
    expect(reader.locator("main")).to_contain_text("Routes by sea")
    check_no_sideways_scrolling(reader, "public programme")

    reader.goto(own)
    reader.locator("li", has_text="Routes by sea").get_by_role("button", name="Put it on my agenda").click()
    page.goto(f"{DESK}/grid?day=2027-06-09")
    keys.reach("[data-block]:nth-of-type(2) [data-move-start]")
    for key in ("Enter", *["ArrowDown"] * 2):
        keys.press(key)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator("[data-block]", has_text="Routes by sea")).to_contain_text("10:00–11:00")
    page.goto(DESK)
    expect(page.locator("main")).not_to_contain_text("have conflicts")
    keys.follow(f"a[href$='{DESK}/publish']")
    expect(page.locator("main")).to_contain_text("Write to 1 person whom it concerns")
    check_accessible(page, "publish, with those to tell")
    keys.follow("main form button[type=submit]")
    while worker.deliver(site.app):
        pass
    kept = site.app.config["SETTINGS"].kept_mail.glob("*.eml")
    letters = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in kept]
    (letter,) = (one for one in letters if one["To"] == "joy@police.example")
    assert "Routes by sea" in letter.get_body(("plain",)).get_content()
    reader.goto("/editions/8/programme")
    expect(reader.locator("li", has_text="Routes by sea").first).to_contain_text("10:00")


@pytest.mark.journey
def test_an_agenda_in_arabic_on_a_phone_and_in_a_calendar(site, visitor):
    with site.work():
        edition = make_edition()
        hall = make_room(edition, names={"en": "Great hall", "ar": "القاعة الكبرى"}, capacity=40)
        make_session(
            edition,
            title={"en": "Workshop", "ar": "حلقة عمل"},
            room_id=hall.id,
            asks_sign_up=True,
            capacity=1,
        )
        moved = make_session(edition, title={"en": "Routes by sea", "ar": "طرق البحر"}, room_id=hall.id)
        publish(edition)
        own = link_of(site, make_registration(edition, state="approved", language="ar"))
        number = moved.id
    page = visitor.page(phone=True)
    page.goto(f"/ar{own}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    for title in ("حلقة عمل", "طرق البحر"):
        page.locator("li", has_text=title).locator("form button").first.click()
        expect(page.locator(".flash")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".flash")).to_be_hidden()  # what was just done is no part of the agenda on paper
    page.emulate_media(media="screen")
    expect(page.locator(".agenda__clash")).to_have_count(2)
    check_accessible(page, "agenda, Arabic, with a clash")
    check_no_sideways_scrolling(page, "agenda, Arabic")
    page.locator("section[aria-labelledby=calendar] form button").first.click()
    address = page.locator(".agenda__address").get_attribute("href")
    assert address.startswith(site.url) and address.endswith(".ics")

    before = events(page.request.get(address).text())
    assert {title for title, *_ in before.values()} == {"حلقة عمل", "طرق البحر"}
    with site.work():
        session = db.session.get(ProgrammeSession, number)
        session.starts_at, session.ends_at = (
            datetime(2027, 6, 9, 8, 0, tzinfo=UTC),
            datetime(2027, 6, 9, 9, 0, tzinfo=UTC),
        )
    assert events(page.request.get(address).text()) == before  # a draft reaches nobody
    with site.work():
        publish(db.session.get(Edition, db.session.get(ProgrammeSession, number).edition_id))
    after = events(page.request.get(address).text())
    (key,) = (one for one in after if after[one] != before[one])
    assert after[key] == (
        "طرق البحر",
        datetime(2027, 6, 9, 8, 0, tzinfo=UTC),
        "CONFIRMED",
        before[key][3] + 1,
    )
    page.goto(f"/ar{own}?mine=1")
    expect(page.locator(".agenda__clash")).to_have_count(0)


@pytest.mark.journey
def test_a_closed_session_and_four_visitors(site, visitor):
    """For law enforcement alone: an officer sees it, a banker, somebody not approved yet and a stranger learn nothing."""
    with site.work():
        edition = make_edition()
        make_session(edition, title={"en": "Opening"})
        closed = make_session(edition, title={"en": "Undercover methods"}, access="sectors")
        closed.sectors = [SessionSector(sector_code="LE")]
        publish(edition)
        officer, banker, waiting = (
            link_of(site, make_registration(edition, state=state, sector_code=sector))
            for state, sector in (("approved", "LE-POL"), ("approved", "PRV-FIN"), ("submitted", "LE-POL"))
        )
    page = visitor.page()
    for path in (banker, waiting, "/editions/8/programme"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text("Opening")
        expect(page.locator("body")).not_to_contain_text("Undercover")
    page.goto(officer)
    line = page.locator("li", has_text="Undercover methods")
    expect(line).to_contain_text("Chosen sectors only")
    line.get_by_role("button", name="Put it on my agenda").click()
    expect(page.locator(".flash--good")).to_be_visible()
