"""Budgets: what may be spent in a year, and what has become of it; and what a work order is expected to cost."""
import datetime
import re

import pytest
from playwright.sync_api import expect

from conftest import URL
from orders import asset, move, order, policy_of
from people import SECRET, person  # noqa: F401
from test_costs import money, rates  # noqa: F401

YEAR = datetime.date.today().year


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def budgets(admin, rates):
    """No budget is there at first; those of the test go afterwards."""
    def clear():
        for one in admin.get("/costs/budgets?limit=200")["items"]:
            admin.send("DELETE", f"/costs/budgets/{one['id']}", None, one["version"])

    clear()
    yield lambda **body: admin.post("/costs/budgets", {"year": YEAR, **body})
    clear()


def grid(page):
    return page.get_by_role("grid", name="Budgets")


def value(page, name):
    return page.get_by_role("region", name="Figures").get_by_role("term").filter(has_text=re.compile(f"^{name}$")).locator("xpath=following-sibling::dd")


def booked(admin, amount, category="services"):
    one = order(admin)
    move(admin, one, "submit")
    admin.post(f"/costs/workorders/{one['id']}/entries", {"category": category, "description": "Crane", "unitRate": amount})
    return one


def test_a_budget_is_set_changed_and_removed(console, admin, budgets, rates):
    page = console("admin", "/budgets")
    expect(page.get_by_text("There is no budget here")).to_be_visible()
    page.get_by_role("main").focus()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New budget")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("textbox", name="Budget")).to_have_accessible_description(re.compile(".+"))
    dialog.get_by_role("textbox", name="Budget").fill("120000.5")
    dialog.get_by_role("combobox", name="What for").select_option("Overhead")
    dialog.get_by_role("textbox", name="Note").fill("As agreed in autumn")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"All sites together, Overhead {YEAR}")
    expect(page.get_by_text("As agreed in autumn")).to_be_visible()
    expect(value(page, "Budget")).to_have_text(money("120,000.50", rates["currency"]))
    made = admin.get("/costs/budgets")["items"][0]

    # Somebody else has changed it: both amounts are shown, and one is chosen.
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("^Change: "))
    dialog.get_by_role("textbox", name="Budget").fill("90000")
    admin.send("PATCH", f"/costs/budgets/{made['id']}", {"amount": "110000"}, made["version"])
    dialog.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("dialog").last
    expect(conflict).to_contain_text(money("110,000.00", rates["currency"]))
    conflict.get_by_role("button").last.click()
    expect(value(page, "Budget")).to_have_text(money("90,000.00", rates["currency"]))

    page.get_by_role("navigation").get_by_role("link", name="Budgets").first.click()
    page.get_by_role("button", name="New budget").click()
    dialog = page.get_by_role("dialog", name="New budget")
    dialog.get_by_role("textbox", name="Budget").fill("1")
    dialog.get_by_role("combobox", name="What for").select_option("Overhead")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_contain_text("There is a budget for this site, year and category already.")
    page.keyboard.press("Escape")
    grid(page).get_by_role("link", name="All sites together, Overhead").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("There is no budget here")).to_be_visible()
    assert admin.get("/costs/budgets")["items"] == []


def test_what_is_booked_and_expected_counts(console, admin, budgets, rates):
    currency = rates["currency"]
    site = asset(admin)["siteId"]
    before = budgets(siteId=site, category="services", amount="99999999")
    admin.send("DELETE", f"/costs/budgets/{before['id']}", None, before["version"])
    booked(admin, "950.25")
    # At risk: more than nine tenths are booked.
    spent = float(before["actual"]["amount"]) + 950.25
    budgets(siteId=site, category="services", amount=f"{spent / 0.95:.2f}")
    budgets(category="services", amount=f"{spent / 2:.2f}")
    page = console("admin", "/budgets")
    row = grid(page).get_by_role("row").filter(has_text="At risk")
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile("^9[45]"))
    expect(grid(page).get_by_role("row").filter(has_text="All sites together")).to_contain_text("Over budget")
    # The list is that of a year and a site, which the address says.
    page.get_by_role("combobox", name="Site").select_option(value=site)
    expect(page).to_have_url(re.compile(f"site={site}"))
    expect(grid(page).get_by_role("row").filter(has_text="All sites together")).to_have_count(0)
    page.get_by_role("combobox", name="Year").select_option(str(YEAR + 1))
    expect(page.get_by_text("There is no budget here")).to_be_visible()
    page.get_by_role("combobox", name="Year").select_option(str(YEAR))
    row.get_by_role("link").click()
    expect(value(page, "Booked")).to_have_text(money(f"{spent:,.2f}", currency))
    months = page.get_by_role("grid", name="Month by month")
    now = f"{datetime.date.today():%B}"
    expect(months.get_by_role("row").filter(has_text=now)).to_contain_text(re.compile(r"[\d,]+\.\d\d"))
    expect(months.get_by_role("row")).to_have_count(13)
    expect(page.get_by_role("img", name=re.compile("^Planned and booked by month"))).to_be_visible()


def test_budgets_are_for_those_who_may_see_and_change_them(console, admin, budgets, person):
    site = asset(admin)["siteId"]
    made = budgets(siteId=site, amount="5000")
    reads = person(["maintenance-supervisor"], "Mia Maintenance", siteIds=[site])
    page = console(reads["email"], "/budgets", SECRET)
    expect(grid(page).get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("button", name="New budget")).to_have_count(0)
    page.goto(f"{URL}/budgets/{made['id']}")
    expect(page.get_by_role("region", name="Figures")).to_be_visible()
    expect(page.get_by_role("button", name="Change", exact=True)).to_have_count(0)
    sees_nothing = person(["field-technician-electrical"], "Eli Electrician", siteIds=[site])
    page = console(sees_nothing["email"], "/work-orders", SECRET)
    expect(page.get_by_role("navigation").get_by_role("link", name="Budgets")).to_have_count(0)


def test_what_work_is_expected_to_cost_and_what_that_asks_for(console, admin, rates):
    currency = rates["currency"]
    before = policy_of(admin)
    admin.put("/workorders/policy", {**before, "approval": {"when": "above", "amount": "1000"}})
    try:
        one = order(admin)
        page = console("admin", f"/work-orders/{one['id']}")
        steps = page.get_by_role("region", name="Next steps")
        expect(steps).to_contain_text(f"more than {money('1,000.00', currency)} is approved by somebody else")
        # What nobody has estimated is not above any amount.
        submit = lambda words: page.get_by_role("main").get_by_role("button", name=words, exact=True)
        expect(submit("Release for planning")).to_be_visible()
        costs = page.get_by_role("region", name="Costs", exact=True)
        costs.get_by_role("button", name="Estimate the cost").click()
        dialog = page.get_by_role("dialog", name=f"Expected cost of {one['number']}")
        dialog.get_by_role("textbox", name="Parts").fill("1000.0001")
        dialog.get_by_role("textbox", name="Hours").fill("0")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        table = costs.get_by_role("table", name="Expected and booked costs")
        expect(table.get_by_role("row", name=re.compile("^Parts"))).to_contain_text(money("1,000.0001", currency))
        expect(steps).to_contain_text(f"Expected to cost {money('1,000.0001', currency)}, more than")
        expect(submit("Submit for approval")).to_be_visible()
        costs.get_by_role("button", name="Change the estimate").click()
        dialog.get_by_role("textbox", name="Parts").fill("1000")
        dialog.get_by_role("button", name="Save").click()
        expect(steps).to_contain_text("nobody is asked")
        expect(submit("Release for planning")).to_be_visible()
        # What was approved keeps its estimate.
        move(admin, one, "submit")
        expect(costs.get_by_role("button", name="Book a cost")).to_be_visible()
        expect(costs.get_by_role("button", name="Change the estimate")).to_have_count(0)
        admin.post(f"/costs/workorders/{one['id']}/entries", {"category": "parts", "description": "Fan", "unitRate": "10"})
        page.reload()
        expect(table.get_by_role("row", name=re.compile("^Parts"))).to_contain_text(money("10.00", currency))
    finally:
        admin.put("/workorders/policy", before)
