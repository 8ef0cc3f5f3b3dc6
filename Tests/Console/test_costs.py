"""What work costs: the ledger of a work order, and the rates that it is counted at. As the administrator: not every role of the demo that should see costs does."""
import datetime
import re

import pytest
from playwright.sync_api import expect

from conftest import URL
from orders import asset, move, order, sam, technician  # noqa: F401
from people import SECRET, person  # noqa: F401
from test_hours import iso, weekday, working


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def rates(admin):
    """Rates in euros, or in the currency in which something is booked already. They are put back."""
    before = admin.get("/costs/rates")
    currency = before.get("currency") or "EUR"
    cards = [{"effectiveFrom": "2020-01-01T00:00:00Z", "hourlyRate": "45.00", "overtime": "1.5", "weekend": "2", "travel": "1"}]
    other = "USD" if currency != "USD" else "EUR"
    exchanges = [{"currency": other, "effectiveFrom": "2020-01-01T00:00:00Z", "rate": "0.92155"}]
    made = admin.put("/costs/rates", {"currency": currency, "cards": cards, "exchangeRates": exchanges})
    yield made
    body = {
        "currency": currency,
        "cards": [{**card, "hourlyRate": card["hourlyRate"]["amount"]} for card in before["cards"]] or cards,
        "exchangeRates": before["exchangeRates"],
    }
    admin.put("/costs/rates", body)


def card(page):
    return page.get_by_role("region", name="Costs", exact=True)


def ledger(page):
    return card(page).get_by_role("list", name="Booked costs").locator("> li")


def costs(api, one):
    return api.get(f"/costs/workorders/{one['id']}?limit=200")


def money(amount, currency):
    sign = {"EUR": "€", "USD": "$"}[currency]
    return f"{sign}{amount}"


def test_a_cost_is_booked_to_the_last_digit_and_taken_back(console, admin, rates):
    base = rates["currency"]
    one = order(admin)
    move(admin, one, "submit")
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nothing is booked yet.")
    page.get_by_role("main").focus()
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name=f"Cost of {one['number']}")
    dialog.get_by_label("What for").select_option("Services")
    dialog.get_by_role("textbox", name="Price of one").fill("twelve")
    dialog.get_by_role("button", name="Book a cost").click()
    expect(dialog.get_by_role("textbox", name="Price of one")).to_have_accessible_description(re.compile("This is not a number"))
    expect(dialog.get_by_role("textbox", name="Description")).to_have_accessible_description(re.compile("Must be filled in"))
    # Binary fractions can't say this sum: they have 53 bits, and it has 17 digits.
    dialog.get_by_role("textbox", name="Description").fill("Crane")
    dialog.get_by_role("textbox", name="Quantity").fill("1,000,003")
    dialog.get_by_role("combobox", name="Unit").or_(dialog.get_by_role("textbox", name="Unit")).first.fill("days")
    dialog.get_by_role("textbox", name="Price of one").fill("123456789.1234")
    dialog.get_by_role("button", name="Book a cost").click()
    expect(dialog).to_have_count(0)
    row = ledger(page)
    expect(row).to_contain_text(money("123,457,159,493,767.37", base))
    expect(row).to_contain_text(f"1,000,003 days × {money('123,456,789.1234', base)}")
    entry = costs(admin, one)["items"][0]
    assert (entry["quantity"], entry["unit"], entry["unitRate"]["amount"], entry["category"]) == ("1000003", "day", "123456789.1234", "services")
    assert entry["total"]["amount"] == "123457159493767.37"

    row.get_by_role("button", name="Take back: Crane").click()
    dialog = page.get_by_role("dialog", name="Take back: Crane")
    dialog.get_by_role("button", name="Take back", exact=True).click()
    expect(dialog).to_contain_text("Say why.")
    dialog.get_by_role("textbox", name="Reason").fill("Another site pays")
    dialog.get_by_role("button", name="Take back", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(ledger(page)).to_have_count(2)
    expect(ledger(page).first).to_contain_text(f"-{money('123,457,159,493,767.37', base)}")
    expect(ledger(page).first).to_contain_text("Another site pays")
    expect(ledger(page).last).to_contain_text("Taken back")
    card(page).get_by_role("switch", name="Show what was taken back (2 entries)").click()
    expect(ledger(page)).to_have_count(0)
    # It stands in the URL, for whom one shows it to.
    page.wait_for_url(re.compile("ledger=short"))
    card(page).get_by_role("switch").click()
    expect(ledger(page)).to_have_count(2)
    # Neither of them can be taken back once more.
    expect(card(page).get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)
    expect(card(page).get_by_role("term").filter(has_text="Total").locator("xpath=following-sibling::dd")).to_have_text(money("0.00", base))


def test_another_currency_and_a_comma_where_people_write_one(console, admin, rates):
    base, other = rates["currency"], rates["exchangeRates"][0]["currency"]
    one = order(admin)
    move(admin, one, "submit")
    page = console("admin", f"/work-orders/{one['id']}", locale="de-DE")
    page.get_by_role("button", name="Kosten buchen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Beschreibung").fill("Filter")
    dialog.get_by_role("textbox", name="Menge").fill("2,5")
    dialog.get_by_role("textbox", name="Preis je Einheit").fill("1.234,50")
    dialog.get_by_label("Währung").select_option(other)
    dialog.get_by_role("button", name="Kosten buchen").click()
    expect(dialog).to_have_count(0)
    entry = costs(admin, one)["items"][0]
    assert (entry["quantity"], entry["unitRate"]["amount"], entry["amount"]["amount"], entry["total"]["amount"]) == ("2.5", "1234.50", "3086.25", "2844.13")
    row = page.get_by_role("list", name="Gebuchte Kosten").locator("> li")
    expect(row).to_contain_text("2.844,13")
    expect(row).to_contain_text("3.086,25")
    expect(row).to_contain_text("0,92155")
    assert base != other


def test_what_is_refused_keeps_what_was_typed(console, admin, rates):
    one = order(admin)
    move(admin, one, "submit")
    page = console("admin", f"/work-orders/{one['id']}")
    card(page).get_by_role("button", name="Book a cost").click()
    dialog = page.get_by_role("dialog", name=f"Cost of {one['number']}")
    dialog.get_by_role("textbox", name="Description").fill("Filter")
    dialog.get_by_role("textbox", name="Quantity").fill("0")
    dialog.get_by_role("textbox", name="Price of one").fill("1.23456")
    dialog.get_by_role("button", name="Book a cost").click()
    for field in ("Quantity", "Price of one"):
        expect(dialog.get_by_role("textbox", name=field)).to_have_accessible_description(re.compile("at most 4 decimals"))
    expect(dialog.get_by_role("textbox", name="Price of one")).to_have_value("1.23456")
    expect(dialog.get_by_role("textbox", name="Description")).to_have_value("Filter")


def test_hours_cost_what_the_card_says_and_follow_the_time(console, admin, rates):
    one = working(admin)
    start = weekday(8)
    made = admin.post(f"/workorders/{one['id']}/labor", {"userId": technician(admin)["id"], "startedAt": iso(start), "endedAt": iso(start + datetime.timedelta(hours=2))})
    page = console("admin", f"/work-orders/{one['id']}")
    row = ledger(page)
    expect(row).to_contain_text("Hours: Regular")
    expect(row).to_contain_text("Tara Technician")
    expect(row).to_contain_text(money("90.00", rates["currency"]))
    expect(row.get_by_role("button")).to_have_count(0)
    # Who corrects the time corrects its cost.
    admin.send("PATCH", f"/workorders/{one['id']}/labor/{made['id']}", {"endedAt": iso(start + datetime.timedelta(hours=1)), "reason": "noon"}, made["version"])
    page.reload()
    expect(ledger(page)).to_have_count(3)
    expect(card(page).get_by_role("term").filter(has_text="Total").locator("xpath=following-sibling::dd")).to_have_text(money("45.00", rates["currency"]))
    admin.send("POST", f"/workorders/{one['id']}/labor/{made['id']}/removal", {"reason": "for the test"})


def test_a_draft_has_no_costs(console, admin, rates):
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("A draft has no costs.")
    # What it is expected to cost can be said.
    expect(card(page).get_by_role("button")).to_have_text(["Estimate the cost"])


def test_rates_are_added_changed_and_removed(console, admin, rates):
    page = console("admin", "/costs/rates")
    cards = page.get_by_role("grid", name="What an hour costs")
    expect(cards.get_by_role("row").filter(has_text="45.00")).to_contain_text("Counts now")
    page.get_by_role("button", name="New rate", exact=True).click()
    dialog = page.get_by_role("dialog", name="New rate")
    dialog.get_by_role("textbox", name="Rate of an hour").fill("61.2345")
    dialog.get_by_label("Counts from").fill("2099-01-01T00:00")
    dialog.get_by_role("textbox", name="Overtime: times").fill("1.75")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    new = cards.get_by_role("row").filter(has_text="61.2345")
    expect(new).to_contain_text("Counts later")
    expect(new).to_contain_text("× 1.75")
    # What counts then is there already.
    page.get_by_role("button", name="New rate", exact=True).click()
    dialog.get_by_role("textbox", name="Rate of an hour").fill("70")
    dialog.get_by_label("Counts from").fill("2099-01-01T00:00")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Counts from")).to_have_accessible_description(re.compile("The same is there twice"))
    page.keyboard.press("Escape")
    new.get_by_role("button", name=re.compile("^Change the rate")).click()
    dialog = page.get_by_role("dialog", name="Change the rate")
    dialog.get_by_role("textbox", name="Rate of an hour").fill("62")
    dialog.get_by_role("button", name="Save").click()
    expect(cards.get_by_role("row").filter(has_text="62.00")).to_be_visible()
    assert [one["hourlyRate"]["amount"] for one in admin.get("/costs/rates")["cards"]] == ["45.00", "62.00"]
    cards.get_by_role("row").filter(has_text="62.00").get_by_role("button", name=re.compile("^Remove the rate")).click()
    page.get_by_role("dialog", name="Remove this rate?").get_by_role("button", name="Remove", exact=True).click()
    expect(cards.get_by_role("row").filter(has_text="62.00")).to_have_count(0)
    assert len(admin.get("/costs/rates")["cards"]) == 1


def test_exchange_rates_and_what_somebody_else_saves_meanwhile(console, admin, rates):
    base = rates["currency"]
    page = console("admin", "/costs/rates")
    page.get_by_role("button", name="New exchange rate").click()
    dialog = page.get_by_role("dialog", name="New exchange rate")
    dialog.get_by_role("combobox", name="Currency").fill("Swiss")
    page.get_by_role("option", name=re.compile("CHF")).click()
    dialog.get_by_role("textbox", name="What 1 CHF is worth").fill("1.0312345678")
    dialog.get_by_label("Counts from").fill("2021-01-01T00:00")
    # Somebody else makes hours dearer.
    body = {"currency": base, "cards": [{"effectiveFrom": "2020-01-01T00:00:00Z", "hourlyRate": "48.50"}], "exchangeRates": rates["exchangeRates"]}
    admin.put("/costs/rates", body, rates["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Somebody else has saved this meanwhile.")
    expect(dialog).to_contain_text(money("48.50", base))
    expect(dialog.get_by_role("textbox", name="What 1 CHF is worth")).to_have_value("1.0312345678")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    now = admin.get("/costs/rates")
    assert now["cards"][0]["hourlyRate"]["amount"] == "48.50"
    assert {"CHF": "1.0312345678"}.items() <= {one["currency"]: one["rate"] for one in now["exchangeRates"]}.items()
    row = page.get_by_role("grid", name="Exchange rates").get_by_role("row").filter(has_text="CHF")
    expect(row).to_contain_text(re.compile(rf"1\sCHF = 1.0312345678\s{base}"))
    row.get_by_role("button", name=re.compile("^Remove: CHF")).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(row).to_have_count(0)


def test_the_currency_stays_once_something_is_booked(console, admin, rates):
    base, other = rates["currency"], "Japanese"
    one = order(admin)
    move(admin, one, "submit")
    admin.post(f"/costs/workorders/{one['id']}/entries", {"category": "parts", "description": "Filter", "unitRate": "10"})
    page = console("admin", "/costs/rates")
    page.get_by_role("button", name="Choose the currency").click()
    dialog = page.get_by_role("dialog", name="Choose the currency")
    dialog.get_by_role("combobox", name="Currency").fill(other)
    page.get_by_role("option", name=re.compile("JPY")).click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("combobox", name="Currency")).to_have_accessible_description(re.compile(base))
    assert admin.get("/costs/rates")["currency"] == base


def test_hours_without_a_rate_wait_until_there_is_one(console, admin, rates):
    one = working(admin)
    start = weekday(8).replace(year=2019, month=6, day=4)
    for minutes in range(0, 1440, 20):
        begun = start + datetime.timedelta(minutes=minutes)
        body = {"userId": technician(admin)["id"], "startedAt": iso(begun), "endedAt": iso(begun + datetime.timedelta(minutes=15))}
        try:
            made = admin.post(f"/workorders/{one['id']}/labor", body)
            break
        except AssertionError as error:
            assert "labor_overlaps" in str(error)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("1 entry of hours is not in the sum")
    card(page).get_by_role("link", name="Cost rates").click()
    expect(page.get_by_text(re.compile("recorded hours (is|are) not booked"))).to_be_visible()
    cards = [{"effectiveFrom": "2019-01-01T00:00:00Z", "hourlyRate": "40"}, {"effectiveFrom": "2020-01-01T00:00:00Z", "hourlyRate": "45"}]
    admin.put("/costs/rates", {"currency": rates["currency"], "cards": cards, "exchangeRates": rates["exchangeRates"]})
    page.reload()
    page.get_by_role("button", name="Book them now").click()
    expect(page.get_by_text(re.compile("entr(y|ies) of hours (is|are) booked"))).to_be_visible()
    assert costs(admin, one)["total"]["amount"] == "10.00"
    admin.send("POST", f"/workorders/{one['id']}/labor/{made['id']}/removal", {"reason": "for the test"})


def test_costs_are_for_those_who_may_see_them_and_change_them(console, admin, rates, person):
    site = asset(admin)["siteId"]
    one = order(admin)
    move(admin, one, "submit")
    admin.post(f"/costs/workorders/{one['id']}/entries", {"category": "parts", "description": "Filter", "unitRate": "10"})
    reads = person(["maintenance-supervisor"], "Mia Maintenance", siteIds=[site])
    page = console(reads["email"], f"/work-orders/{one['id']}", SECRET)
    expect(ledger(page)).to_contain_text(money("10.00", rates["currency"]))
    expect(card(page).get_by_role("button")).to_have_count(0)
    page.get_by_role("main").focus()
    page.keyboard.press("b")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.goto(f"{URL}/costs/rates")
    expect(page.get_by_role("grid", name="What an hour costs")).to_contain_text("45.00")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)

    sees_nothing = person(["field-technician-electrical"], "Eli Electrician", siteIds=[site])
    page = console(sees_nothing["email"], "/work-orders", SECRET)
    expect(page.get_by_role("navigation").get_by_role("link", name="Cost rates")).to_have_count(0)
