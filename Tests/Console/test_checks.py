"""Tasks that ask for answers: each kind is answered in its place, what fails opens one work order, and planners say what is asked for."""
import json
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, move, now, order, sam, technician, title  # noqa: F401

LOCK = {"title": "Lock out", "check": {"kind": "yes_no", "passes": True}}
FAN = {"title": "Look at the fan", "check": {"kind": "choice", "options": ["Good", "Worn", "Broken"], "failing": ["Broken"]}}
OHMS = {"title": "Measure the insulation", "check": {"kind": "number", "unit": "MΩ", "minimum": "20", "maximum": "1000.5"}}
FOUND = {"title": "Say what was found", "check": {"kind": "text"}}


def task(page, words):
    return page.get_by_role("listitem").filter(has=page.get_by_text(words, exact=True)).first


def tasks(api, one):
    return {found["title"]: found for found in now(api, one)["tasks"]}


def answered(api, one, words):
    found = tasks(api, one)[words]
    return found["status"] == "completed" and found


def opened(console, person, one, **options):
    page = console(person, f"/work-orders/{one['id']}", **options)
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    return page


def begun(sam, **fields):
    """Work in progress, given to the technician."""
    one = order(sam, assignedTo=technician(sam)["id"], **fields)
    move(sam, one, "submit")
    move(sam, one, "start")
    return one


def refused(code, **more):
    body = {"type": "about:blank", "title": "x", "status": 422, "detail": "x", "code": code, "error": code, **more}
    return lambda route: route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(body))


@pytest.mark.proof
def test_each_kind_is_answered_in_its_place(console, sam):
    meter = title()
    one = begun(sam, tasks=[LOCK, FAN, OHMS, FOUND, {"title": "Read the meter", "check": {"kind": "meter", "meter": meter, "unit": "h"}}])
    page = opened(console, "technician", one)
    expect(task(page, "Measure the insulation")).to_contain_text("Passes from 20\u00a0MΩ to 1,000.5\u00a0MΩ")
    task(page, "Lock out").get_by_role("button", name="Yes", exact=True).click()
    expect(task(page, "Lock out")).to_contain_text("Passed")
    task(page, "Look at the fan").get_by_role("button", name="Worn").click()
    ohms = task(page, "Measure the insulation").get_by_role("textbox")
    # All digits are kept: a number of JavaScript has fewer.
    ohms.fill("999.123456")
    ohms.press("Enter")
    text = task(page, "Say what was found").get_by_role("textbox")
    text.fill("Dust in the filter")
    text.press("Control+Enter")
    task(page, "Read the meter").get_by_role("textbox").fill("123456789012.5")
    task(page, "Read the meter").get_by_role("button", name="Done").click()
    expect(page.get_by_text("5 of 5 done")).to_be_visible()
    expect(task(page, "Read the meter")).to_contain_text("123,456,789,012.5\u00a0h")
    found = eventually(page, lambda: all(answered(sam, one, name) for name in ("Lock out", "Read the meter")) and tasks(sam, one))
    assert [(found[name]["answer"], found[name].get("outcome")) for name in found] == [
        ({"yes": True}, "passed"), ({"choice": "Worn"}, "passed"), ({"number": "999.123456"}, "passed"), ({"text": "Dust in the filter"}, None), ({"number": "123456789012.5"}, None),
    ]
    expect(page.get_by_role("list", name="Story")).to_contain_text("Dust in the filter")


@pytest.mark.proof
def test_an_answer_that_fails_asks_first_and_opens_one_work_order(console, sam):
    one = begun(sam, tasks=[FAN, OHMS])
    page = opened(console, "technician", one)
    fan = task(page, "Look at the fan")
    fan.get_by_role("button", name="Broken").click()
    expect(fan).to_contain_text("A work order to put it right is opened.")
    assert tasks(sam, one)["Look at the fan"]["status"] == "pending"
    # A slip of the finger has done nothing.
    fan.get_by_role("button", name="Good").click()
    expect(fan).to_contain_text("Passed")
    expect(fan.get_by_role("link")).to_have_count(0)
    ohms = task(page, "Measure the insulation")
    ohms.get_by_role("textbox").fill("19.9")
    ohms.get_by_role("textbox").press("Enter")
    expect(ohms.get_by_role("button", name="Record it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ohms).to_contain_text("Failed")
    follow = eventually(page, lambda: tasks(sam, one)["Measure the insulation"].get("followUp"))
    expect(ohms.get_by_role("link", name=re.compile("Follow-up"))).to_have_attribute("href", f"/work-orders/{follow}")
    # It leads back to where it comes from.
    after = opened(console, "supervisor", now(sam, {"id": follow}))
    after.get_by_role("link", name="A failed check").click()
    expect(after.get_by_role("heading", level=1, name=one["title"])).to_be_visible()


def test_what_waits_for_others_says_so(console, sam):
    one = begun(sam, tasks=[LOCK, {**FAN, "after": [1]}, {"title": "Tidy up", "after": [1]}])
    page = opened(console, "technician", one)
    fan = task(page, "Look at the fan")
    expect(fan).to_contain_text("After: Lock out")
    expect(fan.get_by_role("button", name="Good")).to_have_attribute("aria-disabled", "true")
    expect(fan.get_by_role("button", name="Skip")).to_have_attribute("aria-disabled", "true")
    task(page, "Tidy up").focus()
    page.keyboard.press("d")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("These tasks must be finished first: Lock out.")
    task(page, "Lock out").get_by_role("button", name="Yes", exact=True).click()
    expect(fan.get_by_role("button", name="Good")).not_to_have_attribute("aria-disabled", "true")
    task(page, "Tidy up").focus()
    page.keyboard.press("d")
    expect(page.get_by_text("2 of 3 done")).to_be_visible()


def test_what_is_mandatory_is_skipped_by_those_who_verify_and_with_a_reason(console, sam):
    one = begun(sam, tasks=[{**LOCK, "isMandatory": True}])
    page = opened(console, "technician", one)
    expect(task(page, "Lock out")).to_contain_text("Mandatory")
    expect(task(page, "Lock out").get_by_role("button", name="Skip")).to_have_attribute("aria-disabled", "true")
    page = opened(console, "admin", one)
    lock = task(page, "Lock out")
    lock.get_by_role("button", name="Skip").click()
    lock.get_by_role("button", name="Skip").last.click()
    expect(lock).to_contain_text("Say in the notes why the task is skipped.")
    lock.get_by_role("textbox", name="Why is it skipped?").fill("The inverter is not there any more")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    expect(lock).to_contain_text("The inverter is not there any more")


def test_readings_of_a_meter_do_not_fall_unless_it_is_another_one(console, sam):
    check = {"kind": "meter", "meter": title(), "unit": "h"}
    first, second = (begun(sam, tasks=[{"title": "Read the meter", "check": check}]) for _ in range(2))
    sam.patch(f"/workorders/{first['id']}/tasks/{now(sam, first)['tasks'][0]['id']}", {"status": "completed", "answer": {"number": "500"}})
    page = opened(console, "technician", second)
    meter = task(page, "Read the meter")
    meter.get_by_role("textbox").fill("3")
    meter.get_by_role("textbox").press("Enter")
    expect(meter).to_contain_text("Must not be below the last reading, 500.")
    expect(meter.get_by_role("textbox")).to_have_value("3")
    meter.get_by_role("checkbox", name="The meter was exchanged or set back").check()
    meter.get_by_role("button", name="Done").click()
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    assert eventually(page, lambda: answered(sam, second, "Read the meter"))["answer"] == {"number": "3", "isReset": True}


def test_two_people_answer_the_same_task_and_see_both_answers(console, sam):
    one = begun(sam, tasks=[OHMS, FOUND])
    page = opened(console, "technician", one)
    ohms = task(page, "Measure the insulation")
    ohms.get_by_role("textbox").fill("50")
    # What changes beside it is in nobody's way.
    sam.patch(f"/workorders/{one['id']}", {"priority": "low"})
    here = page.url
    page.route(re.compile("/tasks/"), lambda route: (sam.patch(f"/workorders/{one['id']}/tasks/{one['tasks'][0]['id']}", {"status": "completed", "answer": {"number": "60"}}), route.continue_()), times=1)
    ohms.get_by_role("textbox").press("Enter")
    expect(ohms).to_contain_text("60\u00a0MΩ. Yours is not recorded: 50\u00a0MΩ.")
    assert tasks(sam, one)["Measure the insulation"]["answer"] == {"number": "60"}
    ohms.get_by_role("button", name="Record mine").click()
    eventually(page, lambda: tasks(sam, one)["Measure the insulation"]["answer"] == {"number": "50"})
    expect(ohms).not_to_contain_text("Yours is not recorded")
    assert page.url == here


def test_nothing_typed_is_lost_when_an_answer_is_refused(console, sam):
    one = begun(sam, tasks=[FOUND, LOCK])
    page = opened(console, "technician", one)
    page.route(re.compile("/tasks/"), refused("tasks_too_large", parameters={"maximum": "880000"}), times=2)
    found = task(page, "Say what was found")
    found.get_by_role("textbox").fill("Half a novel")
    found.get_by_role("button", name="Done").click()
    expect(found).to_contain_text("All tasks together have too much text.")
    expect(found.get_by_role("textbox")).to_have_value("Half a novel")
    task(page, "Lock out").get_by_role("button", name="Yes", exact=True).click()
    expect(task(page, "Lock out").get_by_role("alert")).to_be_visible()
    found.get_by_role("button", name="Done").click()
    expect(page.get_by_text("1 of 2 done")).to_be_visible()


@pytest.mark.proof
def test_a_checklist_is_done_by_keyboard_alone(console, sam):
    one = begun(sam, tasks=[LOCK, OHMS, {"title": "Tidy up"}])
    page = opened(console, "technician", one)
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    keys = page.keyboard
    keys.press("j")
    expect(task(page, "Lock out")).to_be_focused()
    keys.press("d")
    expect(task(page, "Lock out").get_by_role("button", name="Yes", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(task(page, "Lock out")).to_contain_text("Passed")
    expect(task(page, "Lock out")).to_be_focused()
    keys.press("j")
    keys.press("d")
    expect(task(page, "Measure the insulation").get_by_role("textbox")).to_be_focused()
    keys.type("30")
    keys.press("Enter")
    expect(task(page, "Measure the insulation")).to_be_focused()
    keys.press("j")
    keys.press("d")
    expect(page.get_by_text("3 of 3 done")).to_be_visible()


def test_numbers_are_written_as_the_language_writes_them(console, sam):
    one = begun(sam, tasks=[OHMS])
    page = opened(console, "admin", one, locale="de-DE")
    ohms = task(page, "Measure the insulation")
    expect(ohms).to_contain_text("Bestanden von 20\u00a0MΩ bis 1.000,5\u00a0MΩ")
    ohms.get_by_role("textbox").fill("1.000,25")
    ohms.get_by_role("textbox").press("Enter")
    expect(ohms).to_contain_text("Bestanden")
    assert eventually(page, lambda: answered(sam, one, "Measure the insulation"))["answer"] == {"number": "1000.25"}


@pytest.mark.proof
def test_planners_say_what_is_asked_for_and_others_are_not_offered_that(console, sam):
    one = order(sam, tasks=[{"title": "Lock out"}], assignedTo=technician(sam)["id"])
    page = opened(console, "supervisor", one)
    page.get_by_role("textbox", name="New task").fill("Measure the insulation")
    page.get_by_role("button", name="With a check…").click()
    dialog = page.get_by_role("dialog", name="New task")
    expect(dialog.get_by_role("textbox", name="Title")).to_have_value("Measure the insulation")
    dialog.get_by_role("combobox", name="Asks for").select_option("number")
    dialog.get_by_role("textbox", name=re.compile("^Unit")).fill("MΩ")
    dialog.get_by_role("textbox", name=re.compile("^Lowest")).fill("30")
    dialog.get_by_role("textbox", name=re.compile("^Highest")).fill("20")
    dialog.get_by_role("button", name="Add task").click()
    expect(dialog).to_contain_text("Must not be below the lowest value.")
    dialog.get_by_role("textbox", name=re.compile("^Highest")).fill("40.5")
    dialog.get_by_role("checkbox", name="Mandatory").check()
    dialog.get_by_role("combobox", name=re.compile("Only after")).click()
    dialog.get_by_role("option", name="Lock out").click()
    dialog.get_by_role("button", name="Add task").click()
    expect(dialog).to_have_count(0)
    ohms = task(page, "Measure the insulation")
    expect(ohms).to_contain_text("Passes from 30\u00a0MΩ to 40.5\u00a0MΩ")
    made = tasks(sam, one)["Measure the insulation"]
    assert (made["check"]["minimum"], made["check"]["maximum"], made["isMandatory"], made["opensFollowUp"]) == ("30", "40.5", True, True)
    assert made["dependsOn"] == [tasks(sam, one)["Lock out"]["id"]]

    # Another kind, and what belonged to the first one is gone.
    ohms.get_by_role("button", name=re.compile("^More for the task")).click()
    page.get_by_role("menuitem", name="Change task").click()
    dialog = page.get_by_role("dialog", name="Change task")
    dialog.get_by_role("combobox", name="Asks for").select_option("choice")
    options = dialog.get_by_role("textbox", name=re.compile("^Options"))
    for word in ("Good", "Broken"):
        options.fill(word)
        options.press("Enter")
    dialog.get_by_role("checkbox", name="Broken").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(ohms.get_by_role("button", name="Good")).to_be_visible()
    check = tasks(sam, one)["Measure the insulation"]["check"]
    assert (check["kind"], check["options"], check["failing"], check.get("unit")) == ("choice", ["Good", "Broken"], ["Broken"], None)

    # It stays behind what it waits for; what others wait for is not removed.
    ohms.get_by_role("button", name=re.compile("^More for the task")).click()
    expect(page.get_by_role("menuitem", name=re.compile("^Move up"))).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    lock = task(page, "Lock out")
    lock.get_by_role("button", name=re.compile("^More for the task")).click()
    expect(page.get_by_role("menuitem", name=re.compile("^Remove task"))).to_contain_text("Other tasks depend on it: Measure the insulation.")
    page.keyboard.press("Escape")
    ohms.get_by_role("button", name=re.compile("^More for the task")).click()
    page.get_by_role("menuitem", name="Remove task").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove task").click()
    expect(ohms).to_have_count(0)
    assert list(tasks(sam, one)) == ["Lock out"]

    page = opened(console, "technician", one)
    expect(task(page, "Lock out").get_by_role("button", name="Done")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^More for the task"))).to_have_count(0)


def test_two_planners_change_the_same_task(console, sam):
    one = order(sam, tasks=[OHMS])
    page = opened(console, "supervisor", one)
    page.get_by_role("button", name=re.compile("^More for the task")).click()
    page.get_by_role("menuitem", name="Change task").click()
    dialog = page.get_by_role("dialog", name="Change task")
    dialog.get_by_role("textbox", name="Title").fill("Mine")
    theirs = {"title": "Theirs", "description": "With the new meter"}
    sam.patch(f"/workorders/{one['id']}/tasks/{one['tasks'][0]['id']}", theirs)
    dialog.get_by_role("button", name="Save").click()
    of_title = dialog.get_by_role("group", name=re.compile("^Title"))
    expect(of_title).to_contain_text("Theirs")
    expect(of_title).to_contain_text("Mine")
    of_title.get_by_role("radio").last.check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    saved = now(sam, one)["tasks"][0]
    assert (saved["title"], saved["description"]) == ("Mine", "With the new meter")
