"""Whether an alert was right: asked when its work is completed, shown with the work order, and of nobody else's work."""
import re

from playwright.sync_api import expect

from conftest import eventually
from orders import move, now, order, sam, technician  # noqa: F401
from test_alerts import raised  # noqa: F401


def of_alert(sam, raised):
    """Work that an alert has asked for, in progress."""
    one = now(sam, {"id": raised()["workOrderId"]})
    if one["status"] == "in_progress":
        return one
    sam.patch(f"/workorders/{one['id']}", {"assignedTo": technician(sam)["id"]})
    if "submit" in now(sam, one)["allowedTransitions"]:
        move(sam, one, "submit")
    move(sam, one, "start")
    return now(sam, one)


def completed(page):
    page.get_by_role("main").get_by_role("button", name="Complete work", exact=True).click()
    return page.get_by_role("dialog", name=re.compile("^Complete"))


def test_the_verdict_is_asked_when_the_work_of_an_alert_is_completed(console, api, sam, raised):
    one = of_alert(sam, raised)
    for task in one["tasks"]:
        sam.patch(f"/workorders/{one['id']}/tasks/{task['id']}", {"status": "completed"})
    page = console("technician", f"/work-orders/{one['id']}")
    # What it was found by is there to be judged.
    evidence = page.get_by_role("region", name="Why it was asked for")
    expect(evidence).to_contain_text("outdoor_temperature")
    expect(evidence.get_by_role("list", name="Readings").get_by_role("listitem").first).to_contain_text(re.compile(r"\d"))
    dialog = completed(page)
    dialog.get_by_role("radio", name="No, a false alarm").check()
    dialog.get_by_role("textbox", name="Cause code").fill("sensor-drift")
    dialog.get_by_role("button", name="Complete work").click()
    expect(dialog).to_have_count(0)
    found = eventually(page, lambda: now(sam, one).get("verdict") and now(sam, one))
    assert (found["verdict"], found["cause"]) == ("false_alarm", "sensor-drift")
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("No, a false alarm")
    expect(details).to_contain_text("sensor-drift")


def test_work_that_a_person_has_asked_for_needs_no_verdict(console, sam):
    one = order(sam, assignedTo=technician(sam)["id"])
    for step in ("submit", "start"):
        move(sam, one, step)
    page = console("technician", f"/work-orders/{one['id']}")
    dialog = completed(page)
    expect(dialog.get_by_role("textbox", name="What was done")).to_be_visible()
    expect(dialog.get_by_role("radio")).to_have_count(0)


def test_a_verdict_is_said_while_the_work_goes_on(console, sam, raised):
    one = of_alert(sam, raised)
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    form = page.get_by_role("form", name="Edit")
    form.get_by_role("combobox", name="Was it so?").select_option(label="Yes, confirmed")
    form.get_by_role("textbox", name="Cause code").fill("bearing-wear")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Details")).to_contain_text("Yes, confirmed")
    found = eventually(page, lambda: now(sam, one).get("cause") and now(sam, one))
    assert (found["verdict"], found["cause"]) == ("confirmed", "bearing-wear")
