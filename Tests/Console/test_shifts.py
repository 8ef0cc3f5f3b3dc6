"""Shifts of a site: they are made and changed, people and crews are put on them, and where nobody is can be seen."""
import datetime
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import MONDAY, TUESDAY, WEDNESDAY, asset, technician
from test_crews import crew


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def site(admin):
    return asset(admin)["siteId"]


@pytest.fixture
def shift(admin, site):
    """Makes shifts; they are archived afterwards."""
    made = []

    def make(**fields):
        one = admin.post("/shifts", {"siteId": site, "name": f"Early {uuid.uuid4().hex[:6]}", "hours": {"days": ["monday", "tuesday"], "from": "06:00", "until": "14:00"}, **fields})
        made.append(one["id"])
        return one

    yield make
    for one in admin.get(f"/shifts?siteId={site}&limit=200")["items"]:
        if one["id"] in made or one["name"].startswith("Night "):
            admin.patch(f"/shifts/{one['id']}", {"isArchived": True}, one["version"])


def turns(admin, one):
    return admin.get(f"/shifts/{one['id']}/turns")["items"]


def put_on(admin, one, **fields):
    return admin.post(f"/shifts/{one['id']}/turns", {"first": str(MONDAY), **fields})


def row(page, one):
    return page.locator(f"[data-shift='{one['id']}']")


def cell(where, day):
    return where.locator(f"[data-day='{day}']")


def opened(console, site, person="admin", more="", **options):
    return console(person, f"/shifts?site={site}&day={MONDAY}{more}", **options)


def test_a_shift_is_made_by_keyboard_and_changed(console, admin, site, shift):
    page = opened(console, site)
    expect(page.get_by_role("button", name="New shift").first).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New shift")
    dialog.get_by_role("button", name="Create shift").click()
    expect(dialog.get_by_label("Name")).to_have_accessible_description(re.compile("needed"))
    name = f"Night {uuid.uuid4().hex[:6]}"
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("From").fill("22:00")
    dialog.get_by_label("Until").fill("22:00")
    dialog.get_by_role("button", name="Create shift").click()
    expect(dialog.get_by_label("Until")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Until").fill("06:00")
    dialog.get_by_role("checkbox", name="Friday").uncheck()
    dialog.get_by_role("button", name="Create shift").click()
    expect(dialog).to_have_count(0)
    made = next(one for one in admin.get(f"/shifts?siteId={site}&limit=200")["items"] if one["name"] == name)
    assert made["hours"] == {"days": ["monday", "tuesday", "wednesday", "thursday"], "from": "22:00", "until": "06:00"}
    expect(row(page, made)).to_contain_text("22:00–06:00")
    page.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name=f"Change {name}")
    # Somebody else is faster: their days are taken over, and what both have changed is chosen.
    admin.patch(f"/shifts/{made['id']}", {"name": f"{name} A"}, made["version"])
    dialog.get_by_label("Name").fill(f"{name} B")
    dialog.get_by_role("checkbox", name=re.compile("On call")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text(f"{name} A")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(row(page, made)).to_contain_text("On call")


def test_who_is_on_a_shift_and_where_nobody_is(console, admin, site, shift):
    one, tara = shift(), technician(admin)
    page = opened(console, site)
    expect(cell(row(page, one), MONDAY)).to_contain_text("Nobody")
    expect(cell(row(page, one), WEDNESDAY)).to_be_empty()
    day = f"{MONDAY:%b} {MONDAY.day}, {MONDAY.year}"
    page.get_by_role("button", name=f"Put somebody on {one['name']}, {day}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("First day")).to_have_value(str(MONDAY))
    dialog.get_by_role("combobox", name="Who").fill("Tara")
    page.get_by_role("option", name=re.compile("Tara")).first.click()
    dialog.get_by_label("Last day").fill(str(MONDAY - datetime.timedelta(days=1)))
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Last day").fill("")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)
    expect(cell(row(page, one), MONDAY)).to_contain_text(tara["displayName"])
    expect(cell(row(page, one), TUESDAY)).not_to_contain_text("Nobody")

    # From some day on, somebody else has to be found.
    cell(row(page, one), MONDAY).get_by_role("button", name=f"{tara['displayName']}: {one['name']}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Last day").fill(str(MONDAY))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(cell(row(page, one), TUESDAY)).to_contain_text("Nobody")
    assert turns(admin, one)[0]["last"] == str(MONDAY)

    page.get_by_role("radio", name="By person").click()
    person = page.locator(f"[data-person='{tara['id']}']")
    expect(cell(person, MONDAY)).to_contain_text(one["name"])
    expect(cell(person, TUESDAY)).not_to_contain_text(one["name"])
    cell(person, MONDAY).get_by_role("button", name=f"{tara['displayName']}: {one['name']}").click()
    page.get_by_role("dialog").get_by_role("button", name="Take off the shift").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Take"))
    expect(dialog).to_contain_text("as if it had never been")
    dialog.get_by_role("button", name="Take off the shift").click()
    expect(dialog).to_have_count(0)
    eventually(page, lambda: turns(admin, one) == [])


def test_a_crew_is_on_a_shift_and_its_members_with_it(console, admin, site, shift):
    one, made = shift(), crew(admin)
    put_on(admin, one, crewId=made["id"])
    page = opened(console, site, more="&by=people")
    expect(cell(page.locator(f"[data-person='{made['id']}']"), MONDAY)).to_contain_text(one["name"])
    expect(cell(page.locator(f"[data-person='{technician(admin)['id']}']"), TUESDAY)).to_contain_text(one["name"])


def test_a_shift_is_archived_and_comes_back(console, admin, site, shift):
    one = shift()
    page = opened(console, site)
    page.get_by_role("button", name=f"More for {one['name']}").click()
    page.get_by_role("menuitem", name="Archive").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(row(page, one)).to_have_count(0)
    page.get_by_role("switch", name="Archived ones").click()
    page.get_by_role("button", name=f"Bring back {one['name']}").click()
    eventually(page, lambda: one["id"] in [found["id"] for found in admin.get(f"/shifts?siteId={site}&limit=200")["items"]])


def test_who_only_reads_is_offered_no_change_and_it_fits_on_a_phone(console, admin, site, shift):
    one = shift()
    put_on(admin, one, userId=technician(admin)["id"])
    page = opened(console, site, "technician", viewport={"width": 375, "height": 740})
    expect(cell(row(page, one), MONDAY)).to_contain_text("Tara")
    expect(row(page, one).get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="New shift")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
