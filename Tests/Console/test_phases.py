"""A work order that somebody else approves before it begins, and verifies after it has ended."""
import re

import pytest
from playwright.sync_api import expect

from conftest import URL
from orders import move, now, order, sam, technician  # noqa: F401


@pytest.fixture
def policy(api):
    """The organization's policy, which is put back."""
    admin = api("admin")
    before = admin.get("/workorders/policy")
    yield
    admin.put("/workorders/policy", {name: before[name] for name in ("approval", "verification")})


def press(page, move):
    page.get_by_role("main").get_by_role("button", name=move, exact=True).click()


def is_said(page, words):
    expect(page.get_by_role("main").get_by_text(words, exact=True).first).to_be_visible()


def test_a_policy_is_set_and_work_goes_through_every_phase(console, sam, policy):
    page = console("admin", "/tenant")
    page.get_by_label("Approval before work begins").select_option("For some types of work")
    page.get_by_label("Verification after work").select_option("Always")
    page.get_by_role("button", name="Save approval and verification").click()
    # Without a type there is nothing to approve.
    expect(page.get_by_role("group", name="Types of work to approve")).to_have_accessible_description(re.compile(r"\S"))
    find = page.get_by_role("combobox", name="Add to: Types of work to approve")
    find.fill("Inspection")
    page.get_by_role("option", name="Inspection").click()
    page.get_by_role("button", name="Save approval and verification").click()
    expect(page.get_by_role("button", name="Save approval and verification")).to_be_disabled()

    one = order(sam, type="inspection", assignedTo=technician(sam)["id"])
    asks = console("supervisor", f"/work-orders/{one['id']}")
    press(asks, "Release")
    is_said(asks, "Waits for approval")
    # Who may not approve is not offered it.
    expect(asks.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    page.goto(f"{URL}/work-orders/{one['id']}")
    press(page, "Approve")
    expect(page.get_by_text("Waits for approval")).to_have_count(0)

    move(sam, one, "start")
    press(asks, "Complete")
    asks.get_by_role("dialog").get_by_role("button", name="Complete").click()
    is_said(asks, "Waits for verification")
    press(page, "Verify")
    is_said(page, "Verified")
    press(page, "Close")
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    assert now(sam, one)["phase"] == "closed"
    for words in ("approved it", "verified the work", "closed it"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()


def test_what_is_fixed_says_so_and_stays_as_it_is(console, sam):
    one = order(sam, assignedTo=technician(sam)["id"])
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    title = page.get_by_role("textbox", name="Title")
    expect(title).to_be_editable()
    for step in ("submit", "start"):
        move(sam, one, step)
    page.reload()
    expect(title).not_to_be_editable()
    expect(title).to_have_accessible_description(re.compile("Cannot be changed any more"))
    # How urgent it is, is never fixed while there is work.
    page.get_by_label("Priority").select_option("Critical")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Edit")).to_be_visible()
    assert now(sam, one)["priority"] == "critical"
