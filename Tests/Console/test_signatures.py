"""Signatures under a work order: what is signed is named, who may say what, and whether it is still what was signed."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, move, now, order, sam, technician  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def checked(admin):
    """Somebody else verifies inspections, so that they are not closed at once. The organization's policy is put back."""
    before = admin.get("/workorders/policy")
    rest = {name: before[name] for name in ("approval", "labor", "approvalLimit")}
    admin.put("/workorders/policy", {**rest, "verification": {"when": "types", "types": ["inspection"]}})
    yield
    admin.put("/workorders/policy", {**rest, "verification": before["verification"]})


def begun(admin, api, **fields):
    """Work of the technician."""
    one = order(admin, assignedTo=technician(admin)["id"], **fields)
    move(admin, one, "submit")
    move(api("technician"), one, "start")
    return one


def completed(admin, api, **fields):
    one = begun(admin, api, **fields)
    for task in now(admin, one)["tasks"]:
        admin.patch(f"/workorders/{one['id']}/tasks/{task['id']}", {"status": "completed", "answer": {"yes": True}})
    move(api("technician"), one, "complete")
    return one


def card(page):
    return page.get_by_role("region", name="Signatures", exact=True)


def lines(page):
    return card(page).get_by_role("list", name="Signatures").get_by_role("listitem")


def signatures(api, one):
    return api.get(f"/workorders/{one['id']}/signatures")["items"]


def test_who_has_done_the_work_signs_what_is_named(console, admin, api):
    one = completed(admin, api, tasks=[{"title": "Lock out", "check": {"kind": "yes_no", "passes": True}}])
    page = console("technician", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has signed it yet.")
    card(page).get_by_role("button", name="Sign as done").click()
    dialog = page.get_by_role("dialog", name=f"Sign {one['number']} as done")
    expect(dialog).to_contain_text("I have done this work as it is written here.")
    expect(dialog).to_contain_text(one["title"])
    expect(dialog.get_by_role("listitem")).to_contain_text(re.compile("Lock out.*Yes"))
    # Nobody signs by an Enter too many.
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(lines(page)).to_have_count(1)
    expect(lines(page).first).to_contain_text("has done the work")
    expect(lines(page).first).to_contain_text("Unchanged since")
    # Once is enough, and others check it.
    expect(card(page).get_by_role("button", name=re.compile("^Sign"))).to_have_count(0)
    [found] = signatures(admin, one)
    assert (found["meaning"], found["intact"]) == ("performed", True)


def test_a_change_after_it_breaks_a_signature_and_says_so(console, admin, api, checked):
    one = completed(admin, api, type="inspection")
    page = console("admin", f"/work-orders/{one['id']}")
    card(page).get_by_role("button", name="Sign as accepted").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign", exact=True).click()
    expect(lines(page).first).to_contain_text("Unchanged since")
    admin.patch(f"/workorders/{one['id']}", {"priority": "low"})
    expect(lines(page).first).to_contain_text("Changed since")
    expect(lines(page).first).to_contain_text("The work order is no longer what was signed.")


def test_who_was_shown_an_older_version_reads_what_has_changed(console, admin, api, checked):
    one = completed(admin, api, type="inspection")
    page = console("admin", f"/work-orders/{one['id']}")
    card(page).get_by_role("button", name="Sign as checked").click()
    dialog = page.get_by_role("dialog", name=f"Sign {one['number']} as checked")
    admin.patch(f"/workorders/{one['id']}", {"priority": "low"})
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog).to_contain_text("Somebody else has changed this in the meantime.")
    expect(dialog).to_contain_text("Low")
    assert signatures(admin, one) == []
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog).to_have_count(0)
    eventually(page, lambda: [found["meaning"] for found in signatures(admin, one)] == ["verified"])


def test_what_is_in_progress_is_not_signed_and_a_viewer_only_reads(console, admin, api, person):
    one = begun(admin, api)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(page.get_by_role("region", name="Next steps")).to_be_visible()
    expect(card(page)).to_have_count(0)
    move(api("technician"), one, "complete")
    expect(card(page)).to_be_visible()
    vic = person(["viewer"], "Vic Viewer", siteIds=[asset(admin)["siteId"]])
    page = console(vic["email"], f"/work-orders/{one['id']}", SECRET)
    expect(card(page)).to_contain_text("Nobody has signed it yet.")
    expect(card(page).get_by_role("button")).to_have_count(0)
