"""Incidents: reported by whoever saw it, investigated, and closed when everything that was agreed is done."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, sam  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


def incident(api, **fields):
    body = {"siteId": asset(api)["siteId"], "kind": "near_miss", "severity": "minor", "occurredAt": "2026-01-01T08:00:00Z", "title": f"incident {uuid.uuid4().hex[:8]}", "description": "A spanner fell."}
    return api.post("/incidents", {**body, **fields})


def now(api, one):
    return api.get(f"/incidents/{one['id']}")


def test_what_happened_is_reported_by_keyboard(console, admin):
    words = f"incident {uuid.uuid4().hex[:8]}"
    page = console("admin", "/incidents")
    expect(page.get_by_role("button", name="Report an incident")).to_be_visible()
    page.get_by_role("main").focus()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Report an incident")
    dialog.get_by_role("textbox", name="What happened").fill(words)
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(dialog.get_by_role("textbox", name="What has happened")).to_have_accessible_description(re.compile("Must be filled in"))
    dialog.get_by_role("textbox", name="What has happened").fill("Nobody was below.")
    site = dialog.get_by_role("combobox", name="Site")
    if not site.input_value():
        site.click()
        page.get_by_role("listbox", name="Site").get_by_role("option").first.click()
    dialog.get_by_role("textbox", name="What has happened").press("Control+Enter")
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()
    assert any(one["title"] == words for one in admin.get("/incidents?limit=50")["items"])


def test_an_incident_is_investigated_and_closed_when_all_is_done(console, admin):
    one = incident(admin)
    page = console("admin", f"/incidents/{one['id']}")
    page.get_by_role("button", name="Investigate").click()
    page.get_by_role("dialog").get_by_role("button", name="Investigate").click()
    page.get_by_role("button", name="Write down findings").click()
    dialog = page.get_by_role("dialog", name="Write down findings")
    dialog.get_by_role("textbox", name="Findings").fill("The lanyard was worn.")
    dialog.get_by_role("textbox", name="Root cause").fill("Nobody looks at lanyards.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Root cause")).to_contain_text("Nobody looks at lanyards.")
    page.get_by_role("button", name="Add an action").click()
    dialog = page.get_by_role("dialog", name="Add an action")
    dialog.get_by_role("textbox", name="What is done").fill("New lanyards")
    dialog.get_by_role("combobox", name="Who sees to it").click()
    page.get_by_role("listbox", name="Who sees to it").get_by_role("option").first.click()
    dialog.get_by_label("Until").fill("2027-06-30")
    dialog.get_by_role("button", name="Add an action").click()
    expect(dialog).to_have_count(0)
    if page.get_by_role("button", name="Require action").count():
        page.get_by_role("button", name="Require action").click()
        page.get_by_role("dialog").get_by_role("button", name="Require action").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("button", name="Close", exact=True)).to_have_attribute("aria-disabled", "true")
    page.get_by_role("checkbox", name="New lanyards").click()
    expect(page.get_by_role("checkbox", name="New lanyards")).to_be_checked()
    expect(page.get_by_role("main").get_by_role("button", name="Close", exact=True)).not_to_have_attribute("aria-disabled", "true")
    page.get_by_role("main").get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    assert eventually(page, lambda: now(admin, one)["status"] == "closed")
    expect(page.get_by_role("button", name="Write down findings")).to_have_count(0)


def test_both_versions_are_shown_when_two_write_findings(console, admin):
    one = incident(admin)
    page = console("admin", f"/incidents/{one['id']}")
    page.get_by_role("button", name="Write down findings").click()
    dialog = page.get_by_role("dialog", name="Write down findings")
    dialog.get_by_role("textbox", name="Findings").fill("From here")
    admin.patch(f"/incidents/{one['id']}", {"findings": "From there"}, one["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("From there")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Findings")).to_contain_text("From here")


def test_who_only_reports_is_not_offered_the_investigation(console, admin, person):
    site = asset(admin)["siteId"]
    tom = person(["field-technician-electrical"], "Tom Technician", siteIds=[site])
    page = console(tom["email"], "/incidents", SECRET)
    expect(page.get_by_role("button", name="Report an incident")).to_be_visible()
    one = incident(admin)
    page = console("admin", f"/incidents/{one['id']}")
    expect(page.get_by_role("button", name="Investigate")).to_be_visible()
