"""Webhooks: a system is told what happens, its secret is shown once, and what has failed is posted again."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def hook(admin):
    """A webhook whose receiver is not there. It is removed afterwards."""
    made = admin.post("/webhooks", {"name": f"Tickets {uuid.uuid4().hex[:8]}", "url": "http://127.0.0.1:9/hooks", "events": ["workorder.created"]})["webhook"]
    yield made
    if any(one["id"] == made["id"] for one in admin.get("/webhooks")["items"]):
        admin.send("DELETE", f"/webhooks/{made['id']}")


def test_a_webhook_is_created_and_its_secret_is_shown_once(console, admin):
    name = f"Tickets {uuid.uuid4().hex[:8]}"
    page = console("admin", "/webhooks")
    page.get_by_role("main").focus()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/hooks")
    for box in dialog.get_by_role("group", name="What is told").get_by_role("checkbox").all():
        box.uncheck()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_contain_text("Choose at least one.")
    dialog.get_by_role("checkbox", name="A work order was completed").check()
    dialog.get_by_role("button", name="Create").click()
    secret = page.get_by_role("dialog", name="The secret of the webhook")
    expect(secret).to_contain_text("nobody can read it later")
    secret.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    [made] = [one for one in admin.get("/webhooks")["items"] if one["name"] == name]
    assert made["events"] == ["workorder.completed"]
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1, name="Webhooks")).to_be_visible()
    assert all(one["id"] != made["id"] for one in admin.get("/webhooks")["items"])


def test_an_address_that_leads_nowhere_is_refused_at_its_field(console, admin):
    page = console("admin", "/webhooks")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_role("textbox", name="Name").fill("Inside")
    dialog.get_by_role("textbox", name="Address").fill("https://nowhere.invalid/hooks")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("textbox", name="Address")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("Inside")


def test_both_versions_are_shown_when_somebody_else_was_faster(console, admin, hook):
    page = console("admin", f"/webhooks/{hook['id']}")
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change")
    dialog.get_by_role("textbox", name="Name").fill(f"{hook['name']} a")
    admin.patch(f"/webhooks/{hook['id']}", {"name": f"{hook['name']} b"}, hook["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text(f"{hook['name']} b")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name=f"{hook['name']} a")).to_be_visible()


def test_a_test_is_posted_and_seen_in_the_log_and_posted_again(console, admin, hook):
    page = console("admin", f"/webhooks/{hook['id']}")
    expect(page.get_by_role("region", name="Delivery log")).to_contain_text("Nothing was posted")
    page.get_by_role("button", name="Post a test").click()
    log = page.get_by_role("grid", name="Delivery log")
    expect(log.get_by_role("row")).to_have_count(2)
    log.get_by_role("row").nth(1).click()
    drawer = page.get_by_role("dialog", name=re.compile("^Delivery of"))
    expect(drawer.get_by_role("region", name="What was posted")).to_contain_text("type")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Post what has failed again").click()
    page.get_by_role("dialog").get_by_role("button", name="Post again").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("posted again")


def test_a_new_secret_is_shown_once(console, admin, hook):
    page = console("admin", f"/webhooks/{hook['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="New secret").click()
    dialog = page.get_by_role("dialog", name=re.compile("^New secret"))
    expect(dialog.get_by_role("textbox")).to_have_value("24")
    dialog.get_by_role("button", name="New secret").click()
    expect(page.get_by_role("dialog", name="The secret of the webhook")).to_be_visible()


def test_who_may_not_is_not_offered_the_page(console, person):
    vic = person(["viewer"], "Vic Viewer")
    page = console(vic["email"], "/work-orders", SECRET)
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("link", name="Webhooks")).to_have_count(0)
