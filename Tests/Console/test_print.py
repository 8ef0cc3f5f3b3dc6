"""Work orders on paper: what stands there, for whom, and when the browser is asked to print."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import attach, move, now, order, png, technician
from pages import TASKS, currency

# What the browser would open, counted instead.
COUNTED = "window.printed = 0; window.print = () => { window.printed += 1; }; undefined"


@pytest.fixture
def admin(api):
    return api("admin")


def printed(page):
    return page.evaluate("window.printed")


def paper(console, person, one, **options):
    """The sheet of a work order, as somebody opens it."""
    page = console(person, "/me", **options)
    page.add_init_script(COUNTED)
    page.goto(re.sub("/me$", f"/work-orders/{one['id']}/print", page.url))
    return page


def section(page, name):
    return page.get_by_role("region", name=name, exact=True)


def long_order(admin):
    """More than fits on a sheet: tasks that are done and tasks that are not, photos, a part, a cost, and comments."""
    tasks = [*TASKS, *({"title": f"Tighten the bolts of row {row}", "description": "Torque as written on the bolt. " * 6} for row in range(1, 16))]
    one = order(admin, assignedTo=technician(admin)["id"], description="The fan is loud.", tasks=tasks)
    for step in ("submit", "start"):
        move(admin, one, step)
    lock_out, look, measure = now(admin, one)["tasks"][:3]
    path = f"/workorders/{one['id']}"
    admin.patch(f"{path}/tasks/{lock_out['id']}", {"status": "completed", "answer": {"yes": True}, "notes": "Key 4 is with me"})
    admin.patch(f"{path}/tasks/{look['id']}", {"status": "completed", "answer": {"choice": "Worn"}})
    admin.patch(f"{path}/tasks/{measure['id']}", {"status": "completed", "answer": {"number": "12.5"}})
    for number in range(1, 4):
        attach(admin, one, f"Fan {number}.png", png(800, 600))
    attach(admin, one, "Notes.txt", b"The fan is loud.\n", "document")
    admin.post(f"{path}/parts", {"number": "FAN-120-24V", "name": "Fan", "used": "1"})
    currency(admin)
    admin.post(f"/costs/workorders/{one['id']}/entries", {"category": "services", "description": "Crane", "quantity": "2", "unit": "day", "unitRate": "850"})
    admin.post(f"{path}/comments", {"text": "With the small crane"})
    gone = admin.post(f"{path}/comments", {"text": "Never mind"})
    admin.send("DELETE", f"{path}/comments/{gone['id']}", None, gone["version"])
    return one


def test_a_long_work_order_fills_several_sheets_and_is_printed_when_its_photos_are_there(console, admin):
    one = long_order(admin)
    page = paper(console, "admin", one)
    eventually(page, lambda: printed(page) == 1)
    expect(page.get_by_role("heading", level=1)).to_contain_text(one["number"])
    tasks = section(page, "Tasks").get_by_role("listitem")
    expect(tasks).to_have_count(21)
    expect(tasks.nth(0)).to_contain_text(re.compile("Lock out.*Mandatory.*Answer: Yes.*Passed.*Key 4 is with me", re.S))
    expect(tasks.nth(2)).to_contain_text(re.compile("Passes from 20.* to 1,000.5.*Answer: 12.5.*Failed", re.S))
    # What is open is answered by hand.
    expect(tasks.nth(4)).to_contain_text(re.compile("Operating hours:.*h", re.S))
    expect(tasks.nth(4).locator(".print-line")).to_have_count(1)
    expect(section(page, "Photos").get_by_role("img")).to_have_count(3)
    assert page.evaluate("[...document.querySelectorAll('.print-photo img')].every(one => one.naturalWidth === 800)")
    expect(section(page, "Other files")).to_contain_text("Notes.txt")
    expect(section(page, "Parts")).to_contain_text("FAN-120-24V")
    expect(section(page, "Costs")).to_contain_text(re.compile("Crane.*1,700", re.S))
    expect(section(page, "Comments")).to_contain_text("With the small crane")
    expect(section(page, "Comments").get_by_role("listitem")).to_have_count(1)
    document = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", document)) > 1
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="Letter"))) > 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(tasks.nth(20)).to_contain_text("Tighten the bolts of row 15")
    assert printed(page) == 1


def test_the_key_and_the_menu_lead_to_it_and_a_link_leads_back(console, admin):
    one = order(admin)
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(one["title"])
    page.evaluate(COUNTED)
    page.keyboard.press("r")
    eventually(page, lambda: printed(page) == 1)
    page.get_by_role("link", name="Back to the work order").click()
    page.get_by_role("button", name="More actions", exact=True).click()
    page.get_by_role("menuitem", name="Print or save as PDF").click()
    eventually(page, lambda: printed(page) >= 2)
    assert printed(page) == 2
    page.get_by_role("button", name="Print", exact=True).click()
    assert printed(page) == 3


def test_who_may_not_see_costs_has_none_on_paper(console, admin):
    one = long_order(admin)
    page = paper(console, "technician", one)
    eventually(page, lambda: printed(page) == 1)
    expect(section(page, "Parts")).to_contain_text("FAN-120-24V")
    expect(section(page, "Costs")).to_have_count(0)


def test_it_is_dark_on_light_in_the_dark_and_from_right_to_left_in_arabic(console, admin):
    one = order(admin, tasks=TASKS[:2])
    page = paper(console, "admin", one, locale="ar-EG", color_scheme="dark")
    eventually(page, lambda: printed(page) == 1)
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.print-sheet h1')).color") == "rgb(0, 0, 0)"


def test_half_of_a_work_order_is_not_printed(console, admin):
    one = long_order(admin)
    page = console("admin", "/me")
    page.add_init_script(COUNTED)
    # Once refused, then as always.
    page.route("**/parts", lambda route: route.fulfill(status=403, content_type="application/problem+json", body='{"type":"about:blank","title":"x","status":403,"code":"outside_reach","detail":"x"}'), times=1)
    page.goto(re.sub("/me$", f"/work-orders/{one['id']}/print", page.url))
    expect(page.get_by_text("Not everything could be read, so nothing is printed")).to_be_visible()
    assert printed(page) == 0
    page.get_by_role("button", name="Try again").click()
    eventually(page, lambda: printed(page) == 1)
