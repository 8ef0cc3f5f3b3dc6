"""The week of everybody: work goes to another day or person by mouse and by keyboard, conflicts are named, and what was done can be taken back."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import THURSDAY, WEDNESDAY, move, now, order, technician, wednesday


@pytest.fixture
def admin(api):
    return api("admin")


def planned(admin, **fields):
    """Work of the technician on Wednesday, from nine to eleven o'clock (UTC)."""
    one = order(admin, assignedTo=technician(admin)["id"], **fields)
    move(admin, one, "submit")
    wednesday(admin, one)
    return one


def week(console, admin):
    return console("supervisor", f"/schedule?day={WEDNESDAY}&zone=UTC&q={technician(admin)['displayName'].split()[0]}")


def bar(page, one):
    return page.locator(f".schedule-table [data-order='{one['id']}']")


def cell(page, person, day):
    return page.locator(f"[data-person='{person}'] [data-day='{day}']")


def plan(admin, one):
    found = now(admin, one)
    return found.get("scheduledStart", "")[:16], found.get("assignedTo")


def test_keys_lead_work_to_another_day_and_it_is_taken_back(console, admin):
    one = planned(admin)
    tara = technician(admin)["id"]
    page = week(console, admin)
    expect(cell(page, tara, WEDNESDAY).locator(f"[data-order='{one['id']}']")).to_be_visible()
    bar(page, one).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("status").filter(has_text="Enter saves it")).to_have_count(1)
    assert plan(admin, one) == (f"{WEDNESDAY}T09:00", tara)
    page.keyboard.press("Enter")
    expect(cell(page, tara, THURSDAY).locator(f"[data-order='{one['id']}']")).to_be_visible()
    eventually(page, lambda: plan(admin, one) == (f"{THURSDAY}T09:00", tara))
    assert now(admin, one)["scheduledEnd"].startswith(f"{THURSDAY}T11:00")
    page.get_by_role("button", name="Undo").click()
    eventually(page, lambda: plan(admin, one) == (f"{WEDNESDAY}T09:00", tara))
    expect(cell(page, tara, WEDNESDAY).locator(f"[data-order='{one['id']}']")).to_be_visible()


def test_escape_leaves_it_where_it_was(console, admin):
    one = planned(admin)
    page = week(console, admin)
    bar(page, one).focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".schedule-target")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".schedule-target")).to_have_count(0)
    assert plan(admin, one) == (f"{WEDNESDAY}T09:00", technician(admin)["id"])


def test_work_is_dragged_to_another_day_and_taken_from_somebody(console, admin):
    one = planned(admin)
    page = week(console, admin)
    bar(page, one).drag_to(cell(page, "", THURSDAY))
    expect(cell(page, "", THURSDAY).locator(f"[data-order='{one['id']}']")).to_be_visible()
    eventually(page, lambda: plan(admin, one) == (f"{THURSDAY}T09:00", None))


def test_work_without_a_time_is_planned_for_somebody_and_is_open_again_after_undo(console, admin):
    one = order(admin, priority="critical")
    move(admin, one, "submit")
    tara = technician(admin)["id"]
    page = week(console, admin)
    page.locator(f".orders-unplanned [data-order='{one['id']}']").drag_to(cell(page, tara, THURSDAY))
    # At eight o'clock by the clock of the site, in Denver.
    eventually(page, lambda: plan(admin, one) == (f"{THURSDAY}T15:00", tara))
    page.get_by_role("button", name="Undo").click()
    eventually(page, lambda: (now(admin, one)["status"], *plan(admin, one)) == ("open", "", None))


def test_work_at_the_same_time_is_named(console, admin):
    one, other = planned(admin), planned(admin)
    page = week(console, admin)
    expect(bar(page, one)).to_have_attribute("aria-label", re.compile(f"At the same time: .*{other['number']}"))
    expect(bar(page, other)).to_have_attribute("aria-label", re.compile(f"At the same time: .*{one['number']}"))
