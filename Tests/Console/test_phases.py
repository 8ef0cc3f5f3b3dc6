"""A work order that somebody else approves before it begins, and verifies after it has ended."""
import re

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import move, now, order, policy, reviewed, sam, technician  # noqa: F401
from pages import currency


def press(page, move):
    page.get_by_role("main").get_by_role("button", name=move, exact=True).click()


def is_said(page, words):
    expect(page.get_by_role("main").get_by_text(words, exact=True).first).to_be_visible()


def test_a_policy_is_set_and_work_goes_through_every_phase(console, sam, policy):  # noqa: F811
    page = console("admin", "/tenant")
    page.get_by_label("Approval before work begins").select_option("For some types of work")
    page.get_by_label("Verification after work").select_option("Always")
    page.get_by_role("button", name="Save the rules").click()
    # Without a type there is nothing to approve.
    expect(page.get_by_role("group", name="Types of work to approve")).to_have_accessible_description(re.compile(r"\S"))
    find = page.get_by_role("combobox", name="Add to: Types of work to approve")
    find.fill("Inspection")
    page.get_by_role("option", name="Inspection").click()
    page.get_by_role("button", name="Save the rules").click()
    # The button is disabled while it saves, too.
    eventually(page, lambda: sam.get("/workorders/policy")["approval"] == {"when": "types", "types": ["inspection"]})

    one = order(sam, type="inspection", assignedTo=technician(sam)["id"])
    asks = console("supervisor", f"/work-orders/{one['id']}")
    press(asks, "Submit for approval")
    is_said(asks, "Waits for approval")
    # Who may not approve is not offered it.
    expect(asks.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    page.goto(f"{URL}/work-orders/{one['id']}")
    press(page, "Approve")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    # The page shows it before the server has said so.
    eventually(page, lambda: now(sam, one)["phase"] == "approved")

    move(sam, one, "start")
    press(asks, "Complete work")
    asks.get_by_role("dialog").get_by_role("button", name="Complete work").click()
    is_said(asks, "Waits for verification")
    press(page, "Verify work")
    is_said(page, "Verified")
    press(page, "Close work order")
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


def fact(page, label):
    """What stands beside a label of the details."""
    return expect(page.get_by_role("term").filter(has_text=re.compile(f"^{label}$")).locator("xpath=following-sibling::dd"))


def step(page, name):
    return page.get_by_role("list", name="Next steps").get_by_role("listitem").filter(has_text=re.compile(f"^{name}"))


def test_the_story_and_the_details_say_who_has_done_what(console, sam, api, reviewed):
    admin, tara = api("admin"), api("technician")
    one = order(sam, type="inspection", assignedTo=technician(sam)["id"])
    move(sam, one, "submit")
    move(admin, one, "reject", reason="The budget line is missing")
    page = console("supervisor", f"/work-orders/{one['id']}")
    story = page.get_by_role("list", name="Story").get_by_role("listitem")
    sent_back = story.filter(has_text="Administrator sent it back")
    expect(sent_back).to_contain_text("The budget line is missing")
    expect(sent_back).to_contain_text("Draft")
    expect(page.get_by_role("term").filter(has_text="Submitted by")).to_have_count(0)
    move(sam, one, "submit")
    expect(story.filter(has_text="Sam Supervisor submitted it for approval").last).to_contain_text("Waits for approval")
    fact(page, "Submitted by").to_have_text("Sam Supervisor")
    expect(page.get_by_role("term").filter(has_text="Approved by")).to_have_count(0)
    move(admin, one, "approve")
    fact(page, "Approved by").to_have_text("Administrator")
    expect(story.filter(has_text="Administrator approved it")).to_contain_text("Approved")
    for name in ("start", "complete"):
        move(tara, one, name)
    move(admin, one, "verify")
    fact(page, "Worked on by").to_have_text("Tara Technician")
    fact(page, "Verified by").to_have_text("Administrator")
    expect(story.filter(has_text="Tara Technician completed it")).to_contain_text("Waits for verification")
    move(admin, one, "close")
    expect(story.filter(has_text="Administrator closed it")).to_contain_text("Closed")
    expect(page.get_by_role("list", name="Next steps")).to_have_count(0)

    # Without a policy only the states are to be seen.
    plain = order(sam, assignedTo=technician(sam)["id"])
    for name in ("submit", "start", "complete"):
        move(sam, plain, name)
    page.goto(f"{URL}/work-orders/{plain['id']}")
    expect(story.filter(has_text="released it for planning")).to_contain_text("Open")
    expect(story.filter(has_text="completed it")).to_contain_text("Completed")
    fact(page, "Worked on by").to_have_text("Tara TechnicianSam Supervisor")


def test_the_next_steps_say_what_they_need_and_what_is_missing(console, sam, api, reviewed):
    admin, tara = api("admin"), api("technician")
    own = order(admin, type="inspection")
    move(admin, own, "submit")
    page = console("admin", f"/work-orders/{own['id']}")
    expect(step(page, "Approve")).to_contain_text("You asked for this work yourself. Somebody else has to approve it.")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_attribute("aria-disabled", "true")
    expect(step(page, "Send back")).to_contain_text("Asks for a reason")

    one = order(sam, type="inspection", tasks=[{"title": "Lock out"}, {"title": "Replace the fan"}])
    move(sam, one, "submit")
    page.goto(f"{URL}/work-orders/{one['id']}")
    expect(step(page, "Approve")).to_contain_text("Only by somebody who did not ask for the work")
    expect(page.get_by_role("button", name="Approve", exact=True)).not_to_have_attribute("aria-disabled", "true")
    asks = console("supervisor", f"/work-orders/{one['id']}")
    expect(step(asks, "Approve")).to_contain_text("You lack the permission for this: Approve work orders")
    press(page, "Approve")
    expect(step(page, "Start work")).to_contain_text("Assign somebody first.")
    sam.patch(f"/workorders/{one['id']}", {"assignedTo": technician(sam)["id"]})
    expect(step(page, "Start work")).to_contain_text("Somebody is assigned")
    move(tara, one, "start")
    # What is missing is named.
    expect(step(page, "Complete work")).to_contain_text("2 tasks are not done yet: Lock out, Replace the fan")
    for task in now(sam, one)["tasks"]:
        tara.patch(f"/workorders/{one['id']}/tasks/{task['id']}", {"status": "completed"})
    expect(step(page, "Complete work")).to_contain_text("No task is left to do")
    move(admin, one, "complete")
    # Who has recorded the end of the work has worked on it.
    expect(step(page, "Verify work")).to_contain_text("You did this work yourself. Somebody else has to verify it.")
    expect(page.get_by_role("button", name="Verify work")).to_have_attribute("aria-disabled", "true")


def working(sam, **fields):
    """The technician's work, which has begun."""
    one = order(sam, assignedTo=technician(sam)["id"], **fields)
    for name in ("submit", "start"):
        move(sam, one, name)
    return one


def completing(page):
    press(page, "Complete work")
    return page.get_by_role("dialog", name=re.compile("^Complete"))


def confirm(dialog):
    dialog.locator("button[type=submit]").click()


def region(page, name):
    return page.get_by_role("region", name=name, exact=True)


def test_what_was_done_is_asked_for_where_the_policy_says_so_and_stays_with_the_work(console, sam, policy):  # noqa: F811
    page = console("admin", "/tenant")
    page.get_by_label("Notes on what was done").select_option("For some types of work")
    page.get_by_role("button", name="Save the rules").click()
    # Without a type there is nothing to ask for.
    expect(page.get_by_role("group", name="Notes for these types")).to_have_accessible_description(re.compile(r"\S"))
    page.get_by_role("combobox", name="Add to: Notes for these types").fill("Inspection")
    page.get_by_role("option", name="Inspection").click()
    page.get_by_role("button", name="Save the rules").click()
    eventually(page, lambda: sam.get("/workorders/policy")["notes"] == {"when": "types", "types": ["inspection"]})

    one = working(sam, type="inspection", safetyNotes="The roof is slippery.\nNobody goes alone.")
    work = console("technician", f"/work-orders/{one['id']}")
    # Whoever does the work sees what to beware of, before anything else of it.
    beware = work.locator(".ui-banner").filter(has_text="Safety notes")
    expect(beware).to_contain_text("Nobody goes alone.")
    expect(step(work, "Complete work")).to_contain_text("Asks what was done")
    dialog = completing(work)
    done, cause, prevents = (dialog.get_by_role("textbox", name=name) for name in ("What was done", "Root cause", "What prevents it"))
    expect(done).to_be_focused()
    expect(done).to_have_attribute("aria-required", "true")
    expect(cause).not_to_have_attribute("aria-required", "true")
    cause.fill("The seal was old.")
    for words in ("", "  "):
        done.fill(words)
        confirm(dialog)
        expect(dialog).to_contain_text("Say what was done first.")
    assert now(sam, one)["status"] == "in_progress"
    expect(cause).to_have_value("The seal was old.")
    done.fill("New seal.\nTested with water.")
    prevents.fill("Look at all seals in spring.")
    confirm(dialog)
    expect(dialog).to_have_count(0)
    is_said(work, "Completed")
    written = {"What was done": "Tested with water.", "Root cause": "The seal was old.", "What prevents it": "Look at all seals in spring."}
    for name, words in written.items():
        expect(region(work, name)).to_contain_text(words)
    work.goto(f"{URL}/work-orders/{one['id']}/print")
    for name, words in {"Safety notes": "The roof is slippery.", **written}.items():
        expect(region(work, name)).to_contain_text(words)

    # Of other work it may be said.
    other = working(sam)
    work.goto(f"{URL}/work-orders/{other['id']}")
    dialog = completing(work)
    expect(done).not_to_have_attribute("aria-required", "true")
    confirm(dialog)
    is_said(work, "Completed")
    expect(region(work, "What was done")).to_have_count(0)


def test_who_sees_no_costs_is_told_by_the_server_what_they_ask_for(console, sam, api, policy):  # noqa: F811
    admin = api("admin")
    currency(admin)
    admin.put("/workorders/policy", {**policy, "approval": {"when": "never"}, "verification": {"when": "never"}, "notes": {"when": "above", "amount": "1000"}})
    one = order(sam, assignedTo=technician(sam)["id"])
    admin.put(f"/costs/workorders/{one['id']}/estimate", {"items": [{"category": "parts", "amount": "1000.01"}]})
    for name in ("submit", "start"):
        move(sam, one, name)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(step(page, "Complete work")).to_contain_text("Asks what was done")
    work = console("technician", f"/work-orders/{one['id']}")
    dialog = completing(work)
    done = dialog.get_by_role("textbox", name="What was done")
    expect(done).not_to_have_attribute("aria-required", "true")
    dialog.get_by_role("textbox", name="Root cause").fill("Wear")
    confirm(dialog)
    expect(dialog).to_contain_text("Say what was done first.")
    # Nothing typed is lost.
    expect(dialog.get_by_role("textbox", name="Root cause")).to_have_value("Wear")
    done.fill("New bearing")
    confirm(dialog)
    expect(dialog).to_have_count(0)
    expect(region(work, "What was done")).to_contain_text("New bearing")


def test_a_refused_change_names_what_it_was(console, sam):
    one = order(sam, assignedTo=technician(sam)["id"])
    page = console("supervisor", f"/work-orders/{one['id']}")
    page.get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Assigned to").fill("")
    # Work has begun meanwhile: the page of this person has not heard of it.
    page.route(re.compile(f"/api/v1/workorders/{one['id']}$"), lambda route: route.continue_(headers={name: value for name, value in route.request.headers.items() if name != "if-match"}))
    for name in ("submit", "start"):
        move(sam, one, name)
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog).to_contain_text("Cannot be changed any more: Assigned to.")
