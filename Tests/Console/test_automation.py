"""Automation: a rule is put together, tried on what has happened without changing anything, switched off and on, and removed."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from orders import order
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def rule(admin):
    """A rule for a skill that no work asks for: also while it is on, it touches nobody's work. It is removed afterwards."""
    made = admin.post("/automation-rules", {
        "name": f"Emergencies {uuid.uuid4().hex[:8]}", "when": "created", "isActive": False, "position": 900,
        "condition": {"match": "all", "tests": [{"field": "priority", "values": ["critical", "high"]}, {"field": "skill", "values": ["nobody has it"]}], "groups": [{"match": "any", "tests": [{"field": "type", "values": ["emergency"]}, {"field": "origin", "isNot": True, "values": ["person"]}]}]},
        "actions": [{"kind": "set_priority", "priority": "critical"}, {"kind": "comment", "text": "Look at it now."}],
    })
    yield made
    for one in admin.get("/automation-rules")["items"]:
        if one["id"] == made["id"]:
            admin.send("DELETE", f"/automation-rules/{made['id']}")


def test_a_rule_is_put_together_tried_and_removed(console, admin):
    one = order(admin)
    name = f"Night {uuid.uuid4().hex[:8]}"
    page = console("admin", "/automation")
    page.get_by_role("main").focus()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New rule")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("button", name="Add a condition").click()
    expect(dialog.get_by_role("button", name="Try it")).to_be_disabled()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_contain_text("Choose at least one value for each condition.")
    dialog.get_by_role("checkbox", name=re.compile(one["priority"], re.I)).check()
    dialog.get_by_role("combobox", name="Action 1", exact=True).select_option("comment")
    dialog.get_by_role("textbox", name="Action 1: value").fill("Who is on call?")
    expect(dialog.get_by_role("note")).to_have_text(re.compile("^When a work order is created, if priority is .*, then comment “Who is on call\\?”\\.$"))
    dialog.get_by_role("checkbox", name="The rule is on").uncheck()
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_role("status")).to_contain_text("Nothing was changed.")
    expect(dialog.get_by_role("region", name="Work orders it would have touched")).to_contain_text(one["number"])
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    [made] = [each for each in admin.get("/automation-rules")["items"] if each["name"] == name]
    assert made["actions"] == [{"kind": "comment", "text": "Who is on call?"}] and not made["isActive"]
    assert made["condition"]["tests"] == [{"field": "priority", "isNot": False, "values": [one["priority"]]}]
    # Trying it has changed nothing.
    assert admin.get(f"/workorders/{one['id']}")["version"] == one["version"]
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1, name="Automation")).to_be_visible()
    assert all(each["id"] != made["id"] for each in admin.get("/automation-rules")["items"])


def test_a_rule_is_said_in_words_and_switched(console, admin, rule):
    page = console("admin", f"/automation/{rule['id']}")
    expect(page.get_by_role("region", name="What it does")).to_contain_text(
        "When a work order is created, if priority is Critical or High, required skill is nobody has it, and (type is Emergency or origin is not A person), then set the priority to Critical and comment “Look at it now.”."
    )
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    assert admin.get(f"/automation-rules/{rule['id']}")["isActive"]
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    now = admin.get(f"/automation-rules/{rule['id']}")
    assert not now["isActive"] and now["condition"] == rule["condition"] and now["actions"] == rule["actions"]
    expect(page.get_by_role("region", name="Runs")).to_contain_text("It has not run")


def test_both_versions_are_shown_when_somebody_else_was_faster(console, admin, rule):
    page = console("admin", f"/automation/{rule['id']}")
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change")
    dialog.get_by_role("textbox", name="Name").fill(f"{rule['name']} a")
    body = {name: rule[name] for name in ("when", "condition", "actions", "stops", "isActive")}
    admin.put(f"/automation-rules/{rule['id']}", {**body, "name": f"{rule['name']} b", "position": 901}, rule["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text(f"{rule['name']} b")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name=f"{rule['name']} a")).to_be_visible()
    # What only somebody else has changed is kept.
    assert admin.get(f"/automation-rules/{rule['id']}")["position"] == 901


def test_a_name_that_is_taken_keeps_what_was_typed(console, rule):
    page = console("admin", "/automation")
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog", name="New rule")
    dialog.get_by_role("textbox", name="Name").fill(rule["name"])
    dialog.get_by_role("checkbox", name="The rule is on").uncheck()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_contain_text("There is an automation rule of this name already.")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value(rule["name"])


def test_who_may_not_is_not_offered_the_page(console, person):
    vic = person(["viewer"], "Vic Viewer")
    page = console(vic["email"], "/work-orders", SECRET)
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("link", name="Automation")).to_have_count(0)
