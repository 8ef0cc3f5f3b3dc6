"""The frame of the console: who is signed in, where one is, and whether it is live."""
import datetime
import re
import urllib.parse
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, go
from orders import is_live, order, sam  # noqa: F401


def test_the_page_is_live_and_says_who_is_signed_in(console):
    page = console("supervisor")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    expect(page.get_by_role("button", name="Supervisor")).to_be_visible()


def test_an_address_that_is_nothing_says_so(console):
    page = console("supervisor", "/no/such/page")
    expect(page.get_by_text("There is no such page")).to_be_visible()


def test_somebody_who_is_not_signed_in_comes_to_the_login_page(context):
    page = context().new_page()
    page.goto(f"{URL}/?x=1")
    expect(page.locator("input[type=password]")).to_be_visible()


@pytest.mark.parametrize("path", ["/work-orders", "/alerts", "/deliveries", "/rules", "/people", "/roles"])
def test_the_persons_menu_lies_over_the_heads_of_tables(console, path):
    page = console("admin", "/me", viewport={"width": 1280, "height": 800})
    go(page, path)
    expect(page.get_by_role("columnheader").first).to_be_visible()
    page.get_by_role("banner").get_by_role("button").last.click()
    entries = page.get_by_role("menu").locator("[role^=menuitem]")
    expect(entries.last).to_be_visible()
    hidden = entries.evaluate_all("""all => all.filter(one => {
        const { top, bottom, left, width } = one.getBoundingClientRect();
        return [top + 2, (top + bottom) / 2, bottom - 2].some(y => y < innerHeight && !one.contains(document.elementFromPoint(left + width / 2, y)));
    }).map(one => one.textContent)""")
    assert hidden == []


# -- Ctrl K


def search(page):
    # The keys are heard as soon as the rest is there.
    is_live(page).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search and commands")
    expect(field).to_be_focused()
    return field


def test_everything_is_found_by_its_name_and_opened_by_enter(console, sam):
    word = uuid.uuid4().hex[:10]
    one = order(sam, title=f"shell {word} grinding noise")
    asset = next(one for one in sam.get("/assets?q=INV-2")["items"] if one["code"] == "INV-2")
    site = sam.get("/sites")["items"][0]
    person = sam.get("/users?search=Tara")["items"][0]
    page = console("supervisor", "/me")
    for typed, found, path in (
        (f"noise {word}", f"{one['title']}, Work orders", f"/work-orders/{one['id']}"),
        (one["number"], f"{one['title']}, Work orders", f"/work-orders/{one['id']}"),
        (asset["name"], f"{asset['code']} – {asset['name']}, Assets", f"/assets/{asset['id']}"),
        (site["name"], f"{site['name']}, Sites", f"/sites/{site['id']}"),
        (person["displayName"], f"{person['displayName']}, People", f"/people/{person['id']}"),
        ("overview", "Overview, Pages", "/"),
        ("new work order", "New work order, Actions", "/work-orders/new"),
        ("hottest", "Compare, Pages", "/compare"),
        ("electrical technician", "Electrical technician, Roles", "/roles?role=field-technician-electrical"),
    ):
        search(page)
        page.keyboard.type(typed)
        option = page.get_by_role("option", name=found)
        expect(option).to_be_visible()
        while option.get_attribute("aria-selected") != "true":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{URL}{path}")


def test_colours_and_languages_are_found_by_their_names(console):
    page = console("supervisor", "/me")
    search(page)
    expect(page.get_by_role("option", name="Dark, Colours")).to_have_count(0)
    page.keyboard.type("dark")
    page.get_by_role("option", name="Dark, Colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    search(page)
    page.keyboard.type("language")
    expect(page.get_by_role("option", name="Deutsch, Language")).to_be_visible()


def test_a_technician_finds_only_what_a_technician_may_see(console, api):
    own = api("technician").get("/auth/me")
    assert "user:read" not in own["permissions"]
    asked = []
    page = console("technician", "/me")
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/users" in request.url else None)
    search(page)
    page.keyboard.type("Tara")
    expect(page.get_by_text("Nothing found for “Tara”")).to_be_visible()
    assert asked == []


def test_nobody_is_asked_for_each_key(console, sam):
    page = console("supervisor", "/me")
    field = search(page)
    # From now on no time passes but what the test says.
    page.clock.install()
    page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(hours=1))
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/workorders?" in request.url else None)
    for number in range(1, len("inverter two") + 1):
        field.press("inverter two"[number - 1])
        page.clock.run_for(50)
    assert asked == []
    page.clock.run_for(200)
    expect(page.get_by_role("status").filter(has_text=re.compile("result|Nothing found"))).to_be_visible()
    assert [urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["q"] for url in asked] == [["inverter two"]]


def test_an_old_answer_never_takes_the_place_of_a_new_one(console, sam):
    first, second = (order(sam, title=f"shell {uuid.uuid4().hex[:10]}") for _ in range(2))
    page = console("supervisor", "/me")
    held, over = {}, []

    def hold(route):
        held[next(one["title"] for one in (first, second) if one["title"].split()[1] in route.request.url)] = route

    def is_held(one):
        while one["title"] not in held:
            page.wait_for_timeout(50)

    page.route("**/api/v1/workorders?*", hold)
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: over.append(request.url))
    field = search(page)
    field.fill(first["title"])
    is_held(first)
    field.fill(second["title"])
    is_held(second)
    # Nobody wants the first answer any more: that it does not come is no failure.
    expect(page.get_by_role("dialog").get_by_text("The list could not be loaded")).to_have_count(0)
    held[second["title"]].continue_()
    expect(page.get_by_role("option", name=second["title"])).to_be_visible()
    late = held[first["title"]]
    late.fulfill(response=late.fetch())
    while late.request.url not in over:
        page.wait_for_timeout(50)
    # The page has it, or has given it up; what it does with it is drawn in the next frame.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.get_by_role("option", name=second["title"]).is_visible()
    assert page.get_by_role("option", name=first["title"]).count() == 0


def test_what_was_found_before_is_not_opened_by_an_enter_too_soon(console, sam):
    one = order(sam, title=f"shell {uuid.uuid4().hex[:10]}")
    page = console("supervisor", "/me")
    field = search(page)
    field.fill(one["title"])
    expect(page.get_by_role("option", name=one["title"])).to_be_visible()
    page.route("**/api/v1/**", lambda route: None)
    field.fill("something else that nobody has called so")
    expect(page.get_by_role("option", name=one["title"])).to_have_count(0)
    page.keyboard.press("Enter")
    expect(field).to_be_visible()


def test_the_palette_gives_the_focus_back(console):
    page = console("supervisor", "/me")
    button = page.get_by_role("button", name="Change the password")
    button.focus()
    search(page)
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_on_a_phone_every_button_of_the_bar_has_a_name(console):
    page = console("supervisor", "/work-orders", viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    bar = page.get_by_role("banner")
    expect(bar.get_by_role("button", name="Search")).to_be_visible()
    for button in bar.get_by_role("button").all():
        expect(button).to_have_accessible_name(re.compile(r"\S"))
