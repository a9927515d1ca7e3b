"""A session is moved in the day grid: with the mouse, with the keyboard alone, and in Arabic from right to left."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

GRID = "/dashboard/editions/8/programme/grid"


@pytest.fixture
def programme(site):
    with site.work():
        edition = make_edition()
        rooms = [
            make_room(edition, names={"en": name}, position=place)
            for place, name in enumerate(("Hall", "Annex"))
        ]
        make_session(
            edition,
            title={"en": "Talk"},
            room_id=rooms[0].id,
            starts_at=datetime(2027, 6, 8, 7, 0, tzinfo=UTC),
        )
        make_user(role="organiser", all_editions=True, email="o@secretariat.example", password=PASSWORD)


def signed_in(page):
    page.goto("/sign-in")
    page.locator("[name=email]").fill("o@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    return page


@pytest.mark.journey
def test_with_the_mouse(visitor, programme):
    page = signed_in(visitor.page())
    page.goto(GRID)
    check_accessible(page, "day grid")
    page.emulate_media(media="print")
    expect(page.locator(".daygrid-how")).to_be_hidden()  # nobody drags anything on paper
    page.emulate_media(media="screen")
    block = page.locator("[data-block]", has_text="Talk")
    box, annex = block.bounding_box(), page.locator("[data-room]", has_text="Annex").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
    page.mouse.down()
    page.mouse.move(annex["x"] + 30, box["y"] + 8)
    expect(page.locator(".daygrid__ghost")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".daygrid__ghost")).to_have_count(0)
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
    page.mouse.down()
    page.mouse.move(annex["x"] + 30, box["y"] + box["height"] - 8 + box["height"] / 2, steps=6)
    page.mouse.up()
    expect(page.get_by_text("The session is moved.")).to_be_visible()
    expect(page.locator("[data-block]", has_text="Talk")).to_contain_text("10:30–11:30, Annex")


@pytest.mark.journey
@pytest.mark.parametrize(("prefix", "towards"), [("", "ArrowRight"), ("/ar", "ArrowLeft")])
def test_with_the_keyboard_alone(visitor, programme, prefix, towards):
    page = signed_in(visitor.page())
    page.goto(prefix + GRID)
    link = page.locator("[data-move-start]")
    link.focus()
    for key in ("Enter", "ArrowUp", "Escape"):
        page.keyboard.press(key)
    expect(link).to_be_focused()
    expect(page.locator(".daygrid__ghost")).to_have_count(0)
    for key in ("Enter", "ArrowDown", "ArrowDown", towards):
        page.keyboard.press(key)
    expect(page.locator("[data-grid-said]")).to_have_text("10:30، Annex" if prefix else "10:30, Annex")
    page.keyboard.press("Enter")
    expect(page.locator(".flash--good")).to_be_visible()
    moved = page.locator("[data-block]", has_text="Talk").locator("time").first
    expect(moved).to_have_attribute("datetime", "2027-06-08T07:30:00+00:00")


@pytest.mark.journey
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_and_without_javascript(visitor, programme, scripts):
    page = signed_in(visitor.page(phone=True, scripts=scripts))
    page.goto(GRID)
    if scripts:
        check_no_sideways_scrolling(page, "day grid")
    page.get_by_role("link", name="Move").click()
    page.get_by_label("Room").select_option(label="Annex")
    page.get_by_role("button", name="Move the session").click()
    expect(page.locator("[data-block]", has_text="Talk")).to_contain_text("Annex")


@pytest.mark.journey
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_hours_stay_in_sight_when_many_rooms_roll_by(site, visitor, prefix):
    with site.work():
        edition = make_edition()
        for place in range(12):
            room = make_room(edition, names={"en": f"Room {place}"}, position=place)
            make_session(edition, room_id=room.id, starts_at=datetime(2027, 6, 8, 7, 0, tzinfo=UTC))
        make_user(role="organiser", all_editions=True, email="o@secretariat.example", password=PASSWORD)
    page = signed_in(visitor.page())
    page.goto(f"{prefix}{GRID}?day=2027-06-08")
    for share in (0.2, 1):
        covered = page.evaluate(ON_TOP_OF_THE_HOURS, share)
        assert covered == {"rolled": True, "session": False, "room": False}


# What lies on the first strip of the day after it was rolled sideways and down: at a session's height, and in the head.
ON_TOP_OF_THE_HOURS = """(share) => {
  const area = document.querySelector(".daygrid-scroll");
  const back = getComputedStyle(area).direction === "rtl" ? -1 : 1;
  area.style.scrollBehavior = "auto";
  area.scrollTo(back * Math.floor((area.scrollWidth - area.clientWidth) * share), 40);
  area.scrollIntoView({ block: "start", behavior: "instant" });
  const box = area.getBoundingClientRect();
  const x = back > 0 ? box.left + 20 : box.right - 20;
  const session = area.querySelector("[data-block]").getBoundingClientRect();
  const room = area.querySelector("[data-room]").getBoundingClientRect();
  const on = (y, wanted) => Boolean(document.elementFromPoint(x, y).closest(wanted));
  return {
    rolled: Math.abs(area.scrollLeft) > 100,
    session: on(session.top + session.height / 2, "[data-block]"),
    room: on(room.top + room.height / 2, "[data-room]"),
  };
}"""
