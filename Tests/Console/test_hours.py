"""Hours of those who do the work: the clock, what is written down afterwards, and what was wrong."""
import datetime
import random
import re
import time
import zoneinfo

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import asset, move, now, order, policy, sam, technician  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    """Who may record hours: the roles of the demo do not let all of those who should."""
    return api("admin")


def working(api, by=None):
    """A work order in progress. Nobody's clock runs: whoever makes the moves does not do the work."""
    one = order(api, assignedTo=technician(api)["id"] if by is None else by)
    for step in ("submit", "start"):
        move(api, one, step)
    return one


def card(page):
    return page.get_by_role("region", name="Hours", exact=True)


def entries(page):
    return card(page).get_by_role("list", name="Hours").locator("> li")


def hours(api, one):
    return api.get(f"/workorders/{one['id']}/labor")["items"]


# By the clock of the demo's site.
ZONE = zoneinfo.ZoneInfo("America/Denver")


def weekday(hour):
    """A moment of some working day that is over. Each test has a day of its own: a person's entries do not overlap."""
    day = datetime.datetime.now(ZONE) - datetime.timedelta(days=random.randint(5, 700))
    while day.weekday() > 4:
        day -= datetime.timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def iso(moment):
    return moment.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def typed(moment):
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_the_clock_is_started_runs_and_is_stopped_by_keys(console, admin):
    one = working(admin)
    # A clock that another test has left would be in the way.
    for left in (entry for other in admin.get("/workorders?status=in_progress&limit=200")["items"] for entry in hours(admin, other)):
        if "endedAt" not in left or left["endedAt"] is None:
            if left["userId"] == admin.get("/auth/me")["id"]:
                admin.post(f"/workorders/{left['workOrderId']}/labor/{left['id']}/stop", {})
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has recorded hours yet.")
    expect(card(page).get_by_role("button", name="Start my clock", exact=True)).to_be_visible()
    page.get_by_role("main").focus()
    page.keyboard.press("i")
    expect(entries(page)).to_contain_text("Clock runs")
    expect(card(page).get_by_role("button", name="Start my clock", exact=True)).to_have_count(0)
    entry = hours(admin, one)[0]
    assert entry["kind"] == "work" and entry.get("endedAt") is None
    # It goes on in every tab, also when it was begun elsewhere.
    page.get_by_role("main").focus()
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Stop clock")
    dialog.get_by_role("textbox", name="What was done").fill("Fan replaced")
    # A break that is longer than the time is refused, and what was typed stays.
    dialog.get_by_role("textbox", name="Breaks").fill("90")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("textbox", name="Breaks")).to_have_accessible_description(re.compile("Must not be longer than the time itself"))
    expect(dialog.get_by_role("textbox", name="What was done")).to_have_value("Fan replaced")
    dialog.get_by_role("textbox", name="Breaks").fill("")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("The clock is stopped.")).to_be_visible()
    expect(entries(page)).to_contain_text("Fan replaced")
    expect(entries(page)).not_to_contain_text("Clock runs")
    assert hours(admin, one)[0]["endedAt"]


def test_a_clock_of_travel_and_one_that_runs_elsewhere(console, admin):
    one, other = working(admin), working(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    card(page).get_by_role("button", name="Start my clock for…").click()
    page.get_by_role("menuitem", name="Start for travel").click()
    expect(entries(page)).to_contain_text("Travel")
    page.goto(f"{URL}/work-orders/{other['id']}")
    card(page).get_by_role("button", name="Start my clock", exact=True).click()
    expect(page.get_by_text(re.compile(f"The clock was not started: The clock of this person runs already, on {one['number']}"))).to_be_visible()
    # Whoever moves the work stops all its clocks: the page hears of it by itself.
    page.goto(f"{URL}/work-orders/{one['id']}")
    expect(entries(page)).to_contain_text("Clock runs")
    move(admin, one, "pause", reason="waiting for a part")
    expect(entries(page)).not_to_contain_text("Clock runs")
    expect(card(page).get_by_role("button", name="Start my clock", exact=True)).to_have_count(0)


def test_hours_of_others_are_added_corrected_and_removed(console, admin):
    one = working(admin)
    tara = technician(admin)["id"]
    start = weekday(7)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_be_visible()
    page.get_by_role("main").focus()
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog", name=f"Hours on {one['number']}")
    dialog.get_by_role("combobox", name="Who worked").fill("Tara")
    page.get_by_role("option", name=re.compile("Tara Technician")).click()
    # Times are those of the site, wherever whoever writes them down is.
    dialog.get_by_label("From").fill(typed(start))
    # The end comes before the beginning: that is told where it is wrong.
    dialog.get_by_label("To").fill(typed(start - datetime.timedelta(hours=1)))
    dialog.get_by_role("button", name="Add hours").click()
    expect(dialog.get_by_label("To")).to_have_accessible_description(re.compile("The end must be after the beginning"))
    # Ten hours with half an hour of breaks: an hour and a half of it is overtime.
    dialog.get_by_label("To").fill(typed(start + datetime.timedelta(hours=10)))
    dialog.get_by_role("textbox", name="Breaks").fill("30")
    dialog.get_by_role("textbox", name="What was done").fill("Fan replaced")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    row = entries(page)
    expect(row).to_contain_text("Tara Technician")
    expect(row).to_contain_text("9 hr 30 min")
    made = hours(admin, one)[0]
    assert (made["userId"], made["breakMinutes"], made["note"]) == (tara, 30, "Fan replaced")
    assert made["regularSeconds"] + made["overtimeSeconds"] == 34_200 and made["overtimeSeconds"] >= 5_400
    expect(row).to_contain_text("Overtime: ")
    expect(card(page).get_by_role("term").filter(has_text="Overtime")).to_be_visible()

    row.get_by_role("button", name="Correct hours of Tara Technician").click()
    dialog = page.get_by_role("dialog", name="Correct hours of Tara Technician")
    dialog.get_by_role("button", name="Correct", exact=True).click()
    expect(dialog).to_contain_text("Say why.")
    dialog.get_by_label("To").fill(typed(start + datetime.timedelta(hours=4)))
    dialog.get_by_role("textbox", name="Why it is corrected").fill("She left at noon")
    # Somebody else corrects it meanwhile: both versions are shown.
    admin.patch(f"/workorders/{one['id']}/labor/{made['id']}", {"note": "Fan and filter replaced", "reason": "forgotten"}, made["version"])
    dialog.get_by_role("button", name="Correct", exact=True).click()
    both = page.get_by_role("dialog").filter(has_text="Fan and filter replaced")
    expect(both).to_contain_text("Fan and filter replaced")
    both.locator(".ui-button-primary").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    corrected = hours(admin, one)[0]
    assert (corrected["note"], corrected["correctionReason"]) == ("Fan and filter replaced", "She left at noon")
    assert corrected["regularSeconds"] == 3.5 * 3600
    expect(row).to_contain_text("She left at noon")

    row.get_by_role("button", name="Remove hours of Tara Technician").click()
    dialog = page.get_by_role("dialog", name="Remove hours of Tara Technician")
    dialog.get_by_role("button", name="Remove hours", exact=True).click()
    expect(dialog).to_contain_text("Say why.")
    dialog.get_by_role("textbox", name="Reason").fill("It was another work order")
    dialog.get_by_role("button", name="Remove hours", exact=True).click()
    expect(entries(page)).to_have_count(0)
    assert hours(admin, one) == []


def test_what_is_recorded_elsewhere_comes_by_itself_and_overlaps_are_refused(console, admin):
    one = working(admin)
    tara = technician(admin)["id"]
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has recorded hours yet.")
    start = weekday(19)
    admin.post(f"/workorders/{one['id']}/labor", {"userId": tara, "startedAt": iso(start), "endedAt": iso(start + datetime.timedelta(minutes=20))})
    # The gateway does not tell of hours: they are read again from time to time.
    expect(entries(page)).to_contain_text("Tara Technician", timeout=90_000)
    card(page).get_by_role("button", name="Add hours").click()
    dialog = page.get_by_role("dialog", name=f"Hours on {one['number']}")
    dialog.get_by_role("combobox", name="Who worked").fill("Tara")
    page.get_by_role("option", name=re.compile("Tara Technician")).click()
    dialog.get_by_label("From").fill(typed(start))
    dialog.get_by_label("To").fill(typed(start + datetime.timedelta(minutes=10)))
    dialog.get_by_role("button", name="Add hours").click()
    expect(dialog).to_contain_text(f"This person has recorded time then already, on {one['number']}.")
    expect(dialog.get_by_label("From")).to_have_value(typed(start))


def test_hours_are_fixed_when_the_work_is_over_and_not_offered_to_who_may_not(console, admin):
    one = working(admin)
    move(admin, one, "complete")
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has recorded hours.")
    expect(card(page).get_by_role("button")).to_have_count(0)


def test_a_technician_records_their_own_hours_on_their_work(console, api, admin, person):
    site = asset(admin)["siteId"]
    eli = person(["field-technician-electrical"], "Eli Electrician", siteIds=[site])
    eventually_known(admin, eli)
    one = working(admin, by=eli["id"])
    page = console(eli["email"], f"/work-orders/{one['id']}", SECRET)
    card(page).get_by_role("button", name="Start my clock", exact=True).click()
    expect(entries(page)).to_contain_text("Clock runs")
    card(page).get_by_role("button", name="Stop my clock").click()
    page.get_by_role("dialog", name="Stop clock").get_by_role("button", name="Stop clock").click()
    expect(entries(page)).not_to_contain_text("Clock runs")
    # Whose hours these are is not asked: they are their own.
    card(page).get_by_role("button", name="Add hours").click()
    dialog = page.get_by_role("dialog", name=f"Hours on {one['number']}")
    expect(dialog.get_by_role("combobox", name="Who worked")).to_have_count(0)
    start = weekday(9)
    dialog.get_by_label("From").fill(typed(start))
    dialog.get_by_label("To").fill(typed(start + datetime.timedelta(hours=1)))
    dialog.get_by_role("button", name="Add hours").click()
    expect(entries(page)).to_have_count(2)
    assert {entry["userId"] for entry in hours(admin, one)} == {eli["id"]}
    # Those of others are there to be read.
    start = weekday(13)
    admin.post(f"/workorders/{one['id']}/labor", {"userId": technician(admin)["id"], "startedAt": iso(start), "endedAt": iso(start + datetime.timedelta(hours=1))})
    page.reload()
    expect(entries(page)).to_have_count(3)
    expect(card(page).get_by_role("button", name=re.compile("^Remove hours"))).to_have_count(2)
    # What it costs is not for everybody.
    expect(page.get_by_role("region", name="Costs", exact=True)).to_have_count(0)


def eventually_known(api, user):
    """Who was created a moment ago is not known to work orders at once."""
    for _ in range(100):
        try:
            one = order(api)
            return api.patch(f"/workorders/{one['id']}", {"assignedTo": user["id"]})
        except AssertionError as error:
            assert "unknown" in str(error), error
            time.sleep(0.1)
    raise AssertionError("nobody knows them")


def test_an_organization_asks_for_hours_before_work_is_completed(console, admin, policy):  # noqa: F811
    page = console("admin", "/tenant")
    page.get_by_label("Hours before work is completed").select_option("For some types of work")
    page.get_by_role("button", name="Save the rules").click()
    find = page.get_by_role("combobox", name="Add to: Types of work that ask for hours")
    find.fill("Corrective")
    page.get_by_role("option", name="Corrective").click()
    page.get_by_role("button", name="Save the rules").click()
    eventually(page, lambda: admin.get("/workorders/policy")["labor"] == {"when": "types", "types": ["corrective"]})

    one = working(admin)
    page.goto(f"{URL}/work-orders/{one['id']}")
    steps = page.get_by_role("list", name="Next steps").get_by_role("listitem").filter(has_text="Complete work")
    expect(steps).to_contain_text("Somebody records hours first.")
    page.get_by_role("main").get_by_role("button", name="Complete work").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Complete work").click()
    expect(dialog).to_contain_text("Somebody must record time on the work order first.")
    page.keyboard.press("Escape")
    start = weekday(9)
    admin.post(f"/workorders/{one['id']}/labor", {"userId": technician(admin)["id"], "startedAt": iso(start), "endedAt": iso(start + datetime.timedelta(hours=1))})
    page.reload()
    expect(steps).to_contain_text("Hours are recorded")
    page.get_by_role("main").get_by_role("button", name="Complete work").click()
    dialog.get_by_role("button", name="Complete work").click()
    expect(dialog).to_have_count(0)
    # What is over is fixed: hours as well.
    expect(card(page).get_by_role("button")).to_have_count(0)
