"""Work orders without a mouse: every flow, the keys that a page tells, and where the focus is afterwards."""
import datetime
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import FRIDAY, THURSDAY, WEDNESDAY, asset, column, move, now, order, sam, technician, title, wednesday  # noqa: F401
from test_work_orders import status


def names(page):
    """The keys that the page tells."""
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    told = dialog.get_by_role("definition").all_inner_texts()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    return ["".join(one.split()) for one in told]


def test_each_view_tells_its_keys(console, sam):
    one = order(sam, tasks=[{"title": "Lock out"}])
    page = console("admin", "/work-orders")
    grid = page.get_by_role("grid", name="Work orders")
    grid.focus()
    assert {"C", "E", "M", "A", "/", "?", "J", "K", "X", "Enter"} <= set(names(page))
    expect(grid).to_be_focused()
    page.goto(page.url.split("?")[0] + "?view=calendar")
    expect(page.get_by_role("group", name="Week")).to_be_visible()
    assert {"S", "Shift←→", "Shift↑↓"} <= set(names(page))
    page.goto(page.url.split("?")[0] + f"/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    assert {"C", "E", "M", "A", "T", "I", "H", "B", "JK", "D", "S", "U", "N"} <= set(names(page))


def test_dialogs_of_a_work_order_give_the_focus_back(console, sam):
    one = order(sam)
    move(sam, one, "submit")
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    dialog = page.get_by_role("dialog")
    # By their buttons.
    for name in ("Assign", "Schedule"):
        button = page.get_by_role("main").get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        if dialog.count() > 0:
            # The first Escape was for the list of the field.
            page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(button).to_be_focused()
    # By a menu.
    more = page.get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    # By keys, from one dialog into the next.
    assign = page.get_by_role("button", name="Assign", exact=True)
    assign.focus()
    page.keyboard.press("m")
    expect(dialog.get_by_role("button", name="Cancel work order")).to_be_visible()
    dialog.get_by_role("button", name="Cancel work order").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(assign).to_be_focused()
    # What is done and saved leaves the focus where it began.
    page.keyboard.press("e")
    expect(page.get_by_role("form", name="Edit").get_by_role("textbox", name="Title")).to_be_focused()
    page.keyboard.type(" edited")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("edited"))).to_be_visible()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()


def test_a_button_that_is_gone_leaves_the_focus_in_the_page(console, sam):
    one = order(sam, assignedTo=technician(sam)["id"])
    for step in ("submit", "start"):
        move(sam, one, step)
    page = console("supervisor", f"/work-orders/{one['id']}")
    pause = page.get_by_role("main").get_by_role("button", name="Put on hold", exact=True)
    pause.focus()
    page.keyboard.press("Enter")
    # What it waits for, and why: by keyboard alone.
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Lightning")
    page.keyboard.press("Control+Enter")
    status(page, "On hold").to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(pause).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()
    assert sam.get(f"/workorders/{one['id']}/history")["items"][-1]["holdReason"] == "weather"


def test_the_focus_goes_with_a_card_of_the_board(console, sam):
    one = order(sam)
    words = one["title"].replace(" ", "+")
    page = console("supervisor", f"/work-orders?view=board&q={words}")
    card = page.get_by_role("link", name=re.compile(one["title"]))
    card.focus()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog").get_by_role("button", name="Release for planning", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=re.compile("^Open"))).to_contain_text(one["title"])
    expect(card).to_be_focused()
    eventually(page, lambda: now(sam, one)["status"] == "open")
    # With a reason it goes when the server has it.
    page.keyboard.press("m")
    cancel = page.get_by_role("dialog").get_by_role("button", name="Cancel work order")
    expect(cancel).to_be_visible()
    cancel.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.type("Planned twice")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name=re.compile("^Cancelled"))).to_contain_text(one["title"])
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()


def test_the_focus_goes_with_a_bar_of_the_calendar(console, sam):
    one = order(sam)
    move(sam, one, "submit")
    wednesday(sam, one)
    page = console("supervisor", f"/work-orders?view=calendar&q={one['title'].replace(' ', '+')}&day={WEDNESDAY}&zone=UTC")
    bar = page.get_by_role("link", name=re.compile(one["number"]))
    bar.focus()
    for day in (THURSDAY, FRIDAY):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
        expect(column(page, day).get_by_role("link")).to_be_visible()
        expect(bar).to_be_focused()
        eventually(page, lambda: now(sam, one)["scheduledStart"].startswith(f"{day}T09:00"))


def test_keys_act_on_the_row_that_was_chosen_wherever_it_goes(console, sam):
    name = title()
    first, second = order(sam, title=f"{name} b"), order(sam, title=f"{name} c")
    page = console("supervisor", f"/work-orders?sort=title&q={name.replace(' ', '+')}")
    rows = page.get_by_role("row")
    expect(rows.nth(2)).to_contain_text(second["number"])
    page.get_by_role("grid", name="Work orders").focus()
    expect(rows.nth(1)).to_contain_text(first["number"])
    # Somebody makes another one, which comes above.
    third = order(sam, title=f"{name} a")
    expect(rows.nth(1)).to_contain_text(third["number"])
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name=re.compile(first["number"]))).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=second["title"])).to_be_visible()


def test_tasks_are_reached_by_a_key_and_keep_the_focus(console, sam):
    one = order(sam, tasks=[{"title": "Lock out"}, {"title": "Replace the fan"}])
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_text("0 of 2 done")).to_be_visible()
    page.keyboard.press("j")
    task = page.get_by_role("listitem").filter(has_text="Lock out").first
    expect(task).to_be_focused()
    page.keyboard.press("n")
    expect(task.get_by_role("textbox", name="Notes")).to_be_focused()
    page.keyboard.type("Key 4")
    page.keyboard.press("Control+Enter")
    expect(task).to_contain_text("Key 4")
    expect(task).to_be_focused()
    page.keyboard.press("d")
    expect(page.get_by_text("1 of 2 done")).to_be_visible()
    expect(task).to_be_focused()


def test_several_are_assigned_and_scheduled_without_a_mouse(console, sam):
    name = title()
    made = [order(sam, title=f"{name} {letter}") for letter in "ab"]
    for one in made:
        move(sam, one, "submit")
    page = console("admin", f"/work-orders?q={name.replace(' ', '+')}")
    grid = page.get_by_role("grid", name="Work orders")
    expect(page.get_by_role("row")).to_have_count(3)
    page.keyboard.press("j")
    expect(grid).to_be_focused()
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    button = page.get_by_role("button", name="Assign", exact=True)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    who = page.get_by_role("dialog", name="Assign 2 work orders").get_by_role("combobox", name="Assigned to")
    expect(who).to_be_focused()
    page.keyboard.type("Tara")
    expect(page.get_by_role("option", name=re.compile("Tara"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(who).to_have_value("Tara Technician")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    assignee = technician(sam)["id"]
    assert [now(sam, one)["assignedTo"] for one in made] == [assignee] * 2


def test_what_is_due_within_a_week_is_what_ends_within_it(console, sam):
    name = title()
    today = datetime.datetime.now(datetime.timezone.utc)

    def planned(days, word):
        at = today + datetime.timedelta(days=days)
        one = order(sam, title=f"{name} {word}", scheduledStart=f"{at - datetime.timedelta(hours=2):%Y-%m-%dT%H:%M:00Z}", scheduledEnd=f"{at:%Y-%m-%dT%H:%M:00Z}")
        return one["number"]

    soon, long_since, later = planned(3, "soon"), planned(-1, "overdue"), planned(9, "later")
    # It has begun, and ends only after these days.
    order(sam, title=f"{name} long", scheduledStart=f"{today:%Y-%m-%dT%H:%M:00Z}", scheduledEnd=f"{today + datetime.timedelta(days=20):%Y-%m-%dT%H:%M:00Z}")
    page = console("supervisor", "/")
    page.get_by_role("main").get_by_role("link", name=re.compile("Due within 7 days")).click()
    toggle = page.get_by_role("group", name="Filters").get_by_role("button", name="Due within 7 days")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    page.get_by_role("searchbox", name="Number, title or description").fill(name)
    rows = page.get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(soon)
    toggle.click()
    for number in (soon, long_since, later):
        expect(rows.filter(has_text=number)).to_be_visible()
    expect(page).not_to_have_url(re.compile("due="))
