"""The parts of a work order: what is planned, what becomes of the pieces, and what was used without a plan."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from orders import asset, move, now, order
from people import SECRET, person  # noqa: F401
from test_costs import costs, rates  # noqa: F401
from test_hours import working


@pytest.fixture
def admin(api):
    return api("admin")


def number():
    return f"FAN-{uuid.uuid4().hex[:6]}".upper()


def planned(api, one, pieces="4", **rest):
    return api.post(f"/workorders/{one['id']}/parts", {"number": number(), "name": "Fan, 120 mm", "planned": pieces, **rest})


def part(api, one, which):
    return next(found for found in api.get(f"/workorders/{one['id']}/parts")["items"] if found["number"] == which["number"])


def record(api, one, which, kind, quantity):
    return api.post(f"/workorders/{one['id']}/parts/{which['id']}/movements", {"kind": kind, "quantity": quantity})


def card(page):
    return page.get_by_role("region", name="Parts", exact=True)


def row(page, which):
    return card(page).get_by_role("row").filter(has_text=which["number"])


def shows(page, which, *expected):
    """Planned, reserved, issued, used and in hand."""
    for place, value in enumerate(expected, 1):
        expect(row(page, which).get_by_role("gridcell").nth(place)).to_have_text(re.compile(rf"^{re.escape(value)}(\spcs)?$"))


def act(page, which, name):
    button = row(page, which).get_by_role("button", name=re.compile(f"^{name}: "))
    if button.count() == 0:
        row(page, which).get_by_role("button", name=re.compile("^More for")).click()
        button = page.get_by_role("menuitem", name=name, exact=True)
    button.click()
    return page.get_by_role("dialog")


def test_what_was_used_without_a_plan_is_one_entry(console, admin, rates):
    one = working(admin)
    new = {"number": number()}
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("No parts.")
    page.get_by_role("main").focus()
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name=f"Part for {one['number']}")
    dialog.get_by_role("button", name="Add a part").click()
    expect(dialog.get_by_role("textbox", name="Part number")).to_have_accessible_description(re.compile("Must be filled in"))
    dialog.get_by_role("textbox", name="Part number").fill(new["number"])
    dialog.get_by_role("textbox", name="Name").fill("Fuse, 32 A")
    dialog.get_by_role("textbox", name="Pieces used").fill("2.5")
    dialog.get_by_role("textbox", name="Serial number").fill("S-4711")
    dialog.get_by_role("textbox", name="Price of one").fill("8.1234")
    dialog.get_by_role("button", name="Add a part").click()
    expect(dialog).to_have_count(0)
    shows(page, new, "0", "0", "2.5", "2.5", "0")
    made = part(admin, one, new)
    assert (made["used"].rstrip("0"), made["unitCost"]["amount"]) == ("2.5", "8.1234")
    # Its cost is in the ledger, where nobody takes it back.
    ledger = page.get_by_role("region", name="Costs", exact=True).get_by_role("list", name="Booked costs").locator("> li")
    expect(ledger).to_contain_text("Fuse, 32 A")
    expect(ledger.get_by_role("button")).to_have_count(0)


def test_pieces_are_reserved_issued_used_and_returned(console, admin):
    one = order(admin)
    fan = planned(admin, one)
    page = console("admin", f"/work-orders/{one['id']}")
    shows(page, fan, "4", "0", "0", "0", "0")
    # A draft has a plan alone.
    expect(row(page, fan).get_by_role("button", name=re.compile("^Reserve"))).to_have_count(0)
    move(admin, one, "submit")
    expect(row(page, fan).get_by_role("button", name=re.compile("^Reserve"))).to_be_visible()
    dialog = act(page, fan, "Reserve")
    # What is suggested is what is missing.
    expect(dialog.get_by_role("textbox", name="Quantity")).to_have_value("4")
    dialog.get_by_role("textbox", name="Quantity").fill("9")
    dialog.get_by_role("button", name="Reserve", exact=True).click()
    expect(dialog.get_by_role("textbox", name="Quantity")).to_have_accessible_description(re.compile("Only 4 more can be reserved"))
    dialog.get_by_role("textbox", name="Quantity").fill("4")
    dialog.get_by_role("button", name="Reserve", exact=True).click()
    shows(page, fan, "4", "4", "0", "0", "0")
    dialog = act(page, fan, "Release")
    dialog.get_by_role("textbox", name="Quantity").fill("1")
    dialog.get_by_role("button", name="Release", exact=True).click()
    shows(page, fan, "4", "3", "0", "0", "0")
    dialog = act(page, fan, "Issue")
    expect(dialog.get_by_role("textbox", name="Quantity")).to_have_value("3")
    dialog.get_by_role("textbox", name="Lot").fill("L-7")
    dialog.get_by_role("button", name="Issue", exact=True).click()
    shows(page, fan, "4", "0", "3", "0", "3")
    dialog = act(page, fan, "Return")
    dialog.get_by_role("textbox", name="Quantity").fill("0.5")
    dialog.get_by_role("button", name="Return", exact=True).click()
    shows(page, fan, "4", "0", "3", "0", "2.5")
    dialog = act(page, fan, "Movements")
    expect(dialog.get_by_role("list", name="Movements").locator("> li")).to_have_count(4)
    expect(dialog.get_by_role("listitem").filter(has_text="Issued: 3")).to_contain_text("L-7")


def test_a_use_is_taken_back_with_a_reason(console, admin, rates):
    one = working(admin)
    fan = admin.post(f"/workorders/{one['id']}/parts", {"number": number(), "name": "Fan, 120 mm", "used": "3", "unitCost": "10"})
    page = console("admin", f"/work-orders/{one['id']}")
    shows(page, fan, "0", "0", "3", "3", "0")
    dialog = act(page, fan, "Movements")
    dialog.get_by_role("button", name=re.compile("^Take back: Used: 3")).click()
    why = page.get_by_role("dialog", name=re.compile("^Take back"))
    why.get_by_role("button", name="Take back", exact=True).click()
    expect(why.get_by_role("textbox")).to_have_accessible_description(re.compile(".+"))
    why.get_by_role("textbox").fill("Another turbine")
    why.get_by_role("button", name="Take back", exact=True).click()
    expect(why).to_have_count(0)
    expect(dialog.get_by_role("list", name="Movements")).to_contain_text("Another turbine")
    expect(dialog.get_by_role("button", name=re.compile("^Take back: Used"))).to_have_count(0)
    page.keyboard.press("Escape")
    shows(page, fan, "0", "0", "3", "0", "3")
    assert costs(admin, one)["total"]["amount"] in ("0", "0.00")
    # Nothing can be completed as long as nobody says what became of them.
    steps = page.get_by_role("region", name=re.compile("next", re.I))
    expect(steps).to_contain_text(f"Use, release or return first: {fan['number']}")
    record(admin, one, fan, "returned", "3")
    page.reload()
    expect(steps).to_contain_text("Every part is used, released or returned")


def test_a_plan_is_changed_and_a_part_removed(console, admin):
    one = order(admin)
    fan = planned(admin, one)
    page = console("admin", f"/work-orders/{one['id']}")
    dialog = act(page, fan, "Change the plan")
    dialog.get_by_role("textbox", name="Pieces planned").fill("6.25")
    # Somebody else names it anew meanwhile.
    admin.send("PATCH", f"/workorders/{one['id']}/parts/{fan['id']}", {"name": "Fan, 24 V"}, fan["version"])
    dialog.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("dialog").last
    expect(conflict).to_contain_text("Fan, 24 V")
    conflict.get_by_role("button").last.click()
    shows(page, fan, "6.25")
    assert part(admin, one, fan)["name"] == "Fan, 24 V"
    dialog = act(page, fan, "Remove")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(card(page)).to_contain_text("No parts are planned yet.")
    assert admin.get(f"/workorders/{one['id']}/parts")["items"] == []


def test_what_somebody_may_not_do_is_not_offered(console, admin, person):
    site = asset(admin)["siteId"]
    one = working(admin)
    fan = admin.post(f"/workorders/{one['id']}/parts", {"number": number(), "name": "Fan, 120 mm", "used": "1"})
    record(admin, one, fan, "issued", "2")
    looks = person(["viewer"], "Vic Viewer", siteIds=[site])
    page = console(looks["email"], f"/work-orders/{one['id']}", SECRET)
    shows(page, fan, "0", "0", "3", "1", "2")
    expect(card(page).get_by_role("button", name=re.compile("^(Use|Issue|Return|Reserve|Add)"))).to_have_count(0)
    dialog = act(page, fan, "Movements")
    expect(dialog.get_by_role("list", name="Movements")).to_contain_text("Used: 1")
    expect(dialog.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)


def test_on_a_phone_parts_are_cards_with_large_buttons(console, admin):
    one = working(admin)
    fan = admin.post(f"/workorders/{one['id']}/parts", {"number": number(), "name": "Fan, 120 mm", "used": "1"})
    page = console("admin", f"/work-orders/{one['id']}", viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    use = row(page, fan).get_by_role("button", name=re.compile("^Use: "))
    use.scroll_into_view_if_needed()
    assert use.bounding_box()["height"] >= 44
    use.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Quantity")).to_have_value("1")
    dialog.get_by_role("button", name="Use", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(row(page, fan)).to_contain_text(re.compile(r"Used\s*2"))
    assert now(admin, one)["status"] == "in_progress"
