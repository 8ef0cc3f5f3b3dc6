"""Service levels: what is promised is set once for the organization, and each work order says by when, and how it stands."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, is_live, move, now, order, sam, title  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def levels(admin):
    """Sets the organization's service levels, which are put back."""
    before = admin.get("/workorders/service-levels")

    def put(body):
        return admin.put("/workorders/service-levels", body)

    yield put
    admin.put("/workorders/service-levels", {name: before[name] for name in ("levels", "hours", "sites", "pausedBy") if before.get(name) is not None})


PROMISED = {"levels": [{"priority": "high", "respondMinutes": 60, "restoreMinutes": 240, "isAroundTheClock": True}], "pausedBy": ["weather"]}


def submitted(api, **fields):
    one = order(api, priority="high", **fields)
    move(api, one, "submit")
    return one


def card(page):
    return page.get_by_role("region", name="Service level", exact=True)


def clock(page, name):
    return card(page).get_by_role("list", name="Service level").get_by_role("listitem").filter(has_text=name)


def technician(api):
    return api.get("/users?search=technician")["items"][0]


def test_a_work_order_says_by_when_and_follows_its_moves(console, admin, levels):
    levels(PROMISED)
    one = submitted(admin, assignedTo=technician(admin)["id"])
    page = console("admin", f"/work-orders/{one['id']}")
    is_live(page).to_be_visible()
    expect(clock(page, "Begin work")).to_contain_text("On time")
    expect(clock(page, "Begin work")).to_contain_text(re.compile(r"59 min|1 hr"))
    expect(clock(page, "Complete work")).to_contain_text("Within 4 hr")
    # The gateway tells the move, and not the clocks: they come by themselves.
    move(admin, one, "start")
    expect(clock(page, "Begin work")).to_contain_text("Done")
    move(admin, one, "pause", reason="Storm", holdReason="weather")
    expect(clock(page, "Complete work")).to_contain_text("The clock stands still: Weather")
    move(admin, one, "resume")
    expect(clock(page, "Complete work")).to_contain_text("left")
    expect(card(page)).to_contain_text("These stop the clock while the work is on hold: Weather")


def test_a_pause_asks_what_the_work_waits_for_and_says_what_stops_the_clock(console, admin, levels):
    levels(PROMISED)
    one = submitted(admin, assignedTo=technician(admin)["id"])
    move(admin, one, "start")
    page = console("admin", f"/work-orders/{one['id']}")
    page.get_by_role("button", name="Put on hold").click()
    dialog = page.get_by_role("dialog", name=f"Put {one['number']} on hold")
    dialog.get_by_role("textbox", name="Reason").fill("Lightning")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(dialog).to_contain_text("Choose what the work waits for.")
    weather = dialog.get_by_role("radio", name=re.compile("^Weather"))
    expect(weather).to_have_accessible_name(re.compile("The clock of the service level stops"))
    expect(dialog.get_by_role("radio", name=re.compile("^No access"))).to_have_accessible_name(re.compile("goes on"))
    weather.check()
    dialog.get_by_role("button", name="Put on hold").click()
    expect(dialog).to_have_count(0)
    assert eventually(page, lambda: now(admin, one)["status"] == "on_hold")
    assert admin.get(f"/workorders/{one['id']}/history")["items"][-1]["holdReason"] == "weather"
    expect(page.get_by_role("list", name="Story")).to_contain_text("Weather")


def test_the_list_has_a_column_and_a_filter_that_count_down(console, admin, levels):
    levels(PROMISED)
    one = submitted(admin)
    page = console("admin", f"/work-orders?status=unfinished&q={one['title'].replace(' ', '%20')}")
    row = page.get_by_role("row").filter(has_text=one["number"])
    expect(row).to_contain_text(re.compile(r"59 min|1 hr"))
    expect(page.get_by_role("columnheader", name=re.compile("Service level"))).to_be_visible()
    page.get_by_role("group", name="Filters").get_by_role("button", name="Service level").click()
    page.get_by_role("menuitemcheckbox", name="Breached").click()
    expect(row).to_have_count(0)
    page.get_by_role("menuitemcheckbox", name="On time").click()
    expect(row).to_have_count(1)
    expect(page).to_have_url(re.compile("level=breached%2Con_time"))


def test_time_goes_by_without_anything_that_happens(console, admin, levels):
    levels(PROMISED)
    one = submitted(admin)
    page = console("admin", "/")
    page.clock.install()
    page.goto(page.url.rstrip("/") + f"/work-orders/{one['id']}")
    expect(clock(page, "Begin work")).to_contain_text("On time")
    page.clock.fast_forward("50:00")
    expect(clock(page, "Begin work")).to_contain_text("At risk")
    page.clock.fast_forward("20:00")
    expect(clock(page, "Begin work")).to_contain_text("Breached")
    expect(clock(page, "Begin work")).to_contain_text("late")


def test_service_levels_are_set_and_two_people_see_both_versions(console, admin, levels):
    levels(PROMISED)
    page = console("admin", "/service-levels")
    row = page.get_by_role("group", name="Critical")
    row.get_by_role("textbox", name="Begin work").fill("0.5")
    row.get_by_role("textbox", name="Complete work").fill("8")
    page.get_by_role("combobox", name="What counts").select_option(label="Working hours")
    page.get_by_role("checkbox", name="Saturday").check()
    page.get_by_role("textbox", name="From").fill("7")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("textbox", name="From")).to_have_accessible_description(re.compile("Write a time such as 08:00"))
    page.get_by_role("textbox", name="From").fill("07:00")
    page.get_by_role("checkbox", name="Waiting for parts").check()
    page.get_by_role("button", name="Add a site").click()
    dialog = page.get_by_role("dialog", name="Add a site")
    dialog.get_by_role("combobox", name="Site").click()
    page.get_by_role("listbox", name="Site").get_by_role("option").first.click()
    dialog.get_by_role("combobox", name="What counts").select_option(label="Every hour of every day")
    dialog.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("list", name="Sites with hours of their own").get_by_role("listitem")).to_have_count(1)
    # Somebody else is faster.
    admin.put("/workorders/service-levels", {**PROMISED, "pausedBy": ["safety"]})
    page.get_by_role("button", name="Save", exact=True).click()
    conflict = page.get_by_role("dialog").last
    expect(conflict).to_contain_text("Safety")
    conflict.get_by_role("button").last.click()
    expect(conflict).to_have_count(0)
    found = admin.get("/workorders/service-levels")
    critical = next(one for one in found["levels"] if one["priority"] == "critical")
    assert (critical["respondMinutes"], critical["restoreMinutes"]) == (30, 480)
    assert (found["hours"]["from"], len(found["hours"]["days"]), len(found["sites"])) == ("07:00", 6, 1)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()


def test_a_level_that_is_longer_than_a_year_is_refused_at_its_field(console, admin, levels):
    levels({"levels": []})
    page = console("admin", "/service-levels")
    page.get_by_role("combobox", name="What counts").select_option(label="Working hours")
    low = page.get_by_role("group", name="Low")
    low.get_by_role("textbox", name="Complete work").fill("8000")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(low.get_by_role("textbox", name="Complete work")).to_have_accessible_description(re.compile("a year of the hours that count"))
    expect(low.get_by_role("textbox", name="Complete work")).to_have_value("8000")


def test_where_nothing_is_promised_nothing_is_shown(console, admin, levels):
    levels({"levels": []})
    one = submitted(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(page.get_by_role("region", name="Next steps")).to_be_visible()
    expect(card(page)).to_have_count(0)
    page = console("admin", "/work-orders")
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("columnheader", name=re.compile("Service level"))).to_have_count(0)


def test_the_page_is_for_those_who_set_levels(console, person):
    vic = person(["viewer"], "Vic Viewer")
    page = console(vic["email"], "/work-orders", SECRET)
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("link", name="Service levels")).to_have_count(0)
