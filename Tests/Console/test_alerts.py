"""Alerts: one is raised while the page is open, is acknowledged, and leads to its work order; the overview counts what the lists show."""
import re
import time
import uuid

import plant
import pytest
from playwright.sync_api import Page, expect

from conftest import PATIENCE, URL, eventually, go


@pytest.fixture
def raised(api):
    """Raises an alert, and waits until the API has it: `raised()`. An earlier one has ended by then."""
    supervisor = api("supervisor")
    rule, asset = plant.rule(supervisor)

    def alerts(status):
        found = supervisor.get(f"/alerts?status={status}&limit=200")["items"]
        return [one for one in found if one["ruleId"] == rule["id"] and one["assetId"] == asset["id"]]

    def end():
        for alert in alerts("open") + alerts("acknowledged"):
            supervisor.post(f"/alerts/{alert['id']}/resolve")

    def eventually(read):
        until = time.monotonic() + PATIENCE / 1_000
        while time.monotonic() < until:
            found = read()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError("the alert has not been raised")

    def make():
        plant.outdoor_temperature(10, 10, 55, 56)
        return eventually(lambda: next((one for one in alerts("open") if one.get("workOrderId")), None))

    end()
    yield make
    end()


def rows(page: Page, label: str):
    return page.get_by_role("grid", name=label).get_by_role("row")


@pytest.mark.proof
def test_an_alert_arrives_by_itself_is_acknowledged_and_leads_to_its_work_order(console, raised):
    page = console("supervisor", "/alerts")
    mine = rows(page, "Alerts").filter(has_text=plant.RULE)
    expect(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    expect(mine).to_have_count(0)

    alert = raised()
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("56 / 50 °C")

    mine.get_by_text(plant.RULE).click()
    expect(page.get_by_role("heading", level=1, name=plant.RULE)).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("outdoor_temperature"))).to_be_visible()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("main")).to_contain_text("Acknowledged")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)

    page.get_by_role("link", name=alert["workOrderNumber"]).click()
    expect(page).to_have_url(re.compile(f"/work-orders/{alert['workOrderId']}"))


def test_an_alert_that_somebody_else_resolves_leaves_the_list(console, raised, api):
    alert = raised()
    page = console("technician", "/alerts")
    mine = rows(page, "Alerts").filter(has_text=plant.TURBINE)
    expect(mine).to_have_count(1)
    api("supervisor").post(f"/alerts/{alert['id']}/resolve")
    expect(mine).to_have_count(0)


def test_keys_select_and_acknowledge(console, raised):
    raised()
    page = console("supervisor", "/alerts")
    mine = rows(page, "Alerts").filter(has_text=plant.RULE)
    expect(mine).to_have_count(1)
    mine.get_by_role("checkbox").check()
    expect(page.get_by_role("group", name="1 selected")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("1 alert acknowledged")).to_be_visible()
    expect(mine).to_have_count(0)
    page.get_by_role("radio", name="Acknowledged").click()
    expect(page).to_have_url(re.compile("status=acknowledged"))
    expect(mine).to_have_count(1)


def test_a_refused_step_is_taken_back_and_says_why(console, raised):
    raised()
    page = console("supervisor", "/alerts")
    mine = rows(page, "Alerts").filter(has_text=plant.RULE)
    expect(mine).to_have_count(1)
    problem = {"type": "about:blank", "title": "", "status": 403, "detail": "", "code": "permission_too_narrow", "error": "", "permission": "alert:acknowledge"}
    page.route("**/acknowledge", lambda route: route.fulfill(status=403, json=problem, content_type="application/problem+json"))
    mine.get_by_role("checkbox").check()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("1 alert was not changed")
    expect(mine).to_contain_text("Open")


def test_the_counts_of_the_overview_are_those_of_the_lists(console, raised):
    raised()
    page = console("supervisor", "/")
    figure = page.get_by_role("group", name="Figures").get_by_role("link", name=re.compile("Critical alerts"))
    expect(figure).to_contain_text(re.compile(r"[1-9]\d*$"))
    count = int(re.search(r"(\d+)$", figure.inner_text()).group(1))
    figure.click()
    expect(page).to_have_url(re.compile("/alerts.*severity=critical"))
    # A grid has its head as a row too.
    expect(rows(page, "Alerts")).to_have_count(count + 1)


def test_the_figures_of_a_site_are_by_severity_too(console, api, raised):
    raised()
    admin = api("admin")
    summary = admin.get("/alerts/summary")
    site = next(one for one in summary["bySite"] if any(of["severity"] == "critical" and of["open"] for of in one["bySeverity"]))
    assert admin.get(f"/alerts/summary?siteId={site['siteId']}")["bySite"] == [site]
    page = console("supervisor", f"/?site={site['siteId']}")
    figures = page.get_by_role("group", name="Figures")
    for severity, name in (("critical", "Critical alerts"), ("warning", "Warnings"), ("info", "Information")):
        count = next(of["open"] for of in site["bySeverity"] if of["severity"] == severity)
        expect(figures.get_by_role("link", name=re.compile(name))).to_contain_text(re.compile(rf"(^|\D){count}$"))
    figures.get_by_role("link", name=re.compile("Critical alerts")).click()
    expect(page).to_have_url(re.compile(f"/alerts.*severity=critical.*site={site['siteId']}"))


def test_the_overview_moves_by_itself(console, raised):
    page = console("supervisor", "/")
    expect(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    list_of = page.get_by_role("region", name="Critical alerts")
    expect(list_of.get_by_text(plant.RULE)).to_have_count(0)
    raised()
    expect(list_of.get_by_text(plant.RULE)).to_have_count(1)


def test_a_wall_has_nothing_to_press(console):
    page = console("supervisor", "/?wall=1")
    expect(page.get_by_text("Critical alerts").first).to_be_visible()
    expect(page.locator(".map")).to_be_visible()
    for role in ("button", "link", "textbox", "combobox", "checkbox", "switch", "radio", "slider", "navigation"):
        expect(page.get_by_role(role)).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_rule_shows_what_it_would_have_done(console, api):
    page = console("supervisor", "/rules?new=1")
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("watch: preview")
    form.get_by_role("combobox", name="Tag").fill("inverter_temperature")
    page.get_by_role("option", name=re.compile("inverter_temperature")).click()
    form.get_by_label("Limit", exact=True).fill("1000")
    expect(form.get_by_role("status").filter(has_text="It would have raised 0 alerts")).to_be_visible()
    form.get_by_label("Limit", exact=True).fill("-100")
    # All readings are one long streak.
    expect(form.get_by_role("status").filter(has_text="It would have raised 1 alert")).to_be_visible()


def test_a_rule_is_created_switched_off_and_deleted(console, api):
    name = f"watch: rule {time.time_ns()}"
    page = console("supervisor", "/rules?new=1")
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    form.get_by_role("combobox", name="Tag").fill("wind_speed")
    page.get_by_role("option", name=re.compile("wind_speed")).click()
    form.get_by_label("Limit", exact=True).fill("900")
    form.get_by_role("button", name="Create").click()
    row = rows(page, "Alert rules").filter(has_text=name)
    expect(row).to_contain_text("wind_speed above 900 m/s")

    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).not_to_be_checked()
    supervisor = api("supervisor")
    # The page shows it before the server has it.
    eventually(page, lambda: any(one["name"] == name and not one["isEnabled"] for one in supervisor.get("/alert-rules?limit=200")["items"]))

    row.get_by_text(name).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name=re.compile("Delete the rule")).get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_somebody_else_has_changed_the_rule(console, api):
    supervisor = api("supervisor")
    name = f"watch: conflict {time.time_ns()}"
    rule = supervisor.post("/alert-rules", {"name": name, "type": "WATCH_TEST", "tag": "wind_speed", "comparison": "above", "threshold": 900, "consecutive": 3, "severity": "info", "createsWorkOrder": False})
    page = console("supervisor", f"/rules?rule={rule['id']}")
    form = page.get_by_role("dialog")
    form.get_by_label("Limit", exact=True).fill("910")
    supervisor.patch(f"/alert-rules/{rule['id']}", {"threshold": 950, "consecutive": 5}, version=rule["version"])
    form.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("dialog", name="The rule has changed")
    expect(conflict).to_contain_text("950")
    conflict.get_by_role("button", name="Take these values").click()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule is saved")).to_be_visible()
    saved = supervisor.get(f"/alert-rules/{rule['id']}")
    assert (saved["threshold"], saved["consecutive"]) == (910, 5)
    supervisor.send("DELETE", f"/alert-rules/{rule['id']}")


def test_deliveries_say_who_was_told(console, raised):
    raised()
    page = console("supervisor", "/deliveries")
    row = rows(page, "Notifications").filter(has_text=plant.TURBINE).first
    expect(row).to_contain_text("Sam Supervisor")
    expect(row).to_contain_text("E-mail")


def test_a_failed_message_says_why_in_the_words_of_the_person(console):
    words = "Failed sending data to the peer, the server's answer was 550"

    def fail(route):
        answer = route.fetch()
        body = answer.json()
        for one, error, status in zip(body["items"], (words, "Could not connect to server", "Timeout was reached"), ("failed", "failed", "pending")):
            one.update(status=status, error=error, channel="email")
        route.fulfill(response=answer, json=body)

    page = console("supervisor", "/me")
    page.route(re.compile(r"/api/v1/notifications\?"), fail)
    page.goto(f"{URL}/deliveries")
    table = page.get_by_role("main")
    for reason in ("The mail server refused it", "It could not be sent", "Not sent yet; it is tried again"):
        expect(table.get_by_text(reason)).to_be_visible()
    expect(page.get_by_text(words)).to_have_count(0)
    table.get_by_role("button", name="Details").first.click()
    dialog = page.get_by_role("dialog", name="The mail server refused it")
    expect(dialog.get_by_text(words)).to_have_attribute("lang", "en")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/deliveries$"))


def test_a_work_order_leads_to_the_alert_that_it_was_created_from_and_lists_those_that_joined_it(console, api, raised):
    """The server lists the newest first; two alerts came before the one that was just raised."""
    alert = raised()
    page = console("supervisor", "/me")
    earlier = [{**alert, "id": str(uuid.UUID(int=minute)), "status": "resolved", "firstAt": f"2026-01-01T00:0{minute}:00.000Z"} for minute in (2, 1)]
    page.route(re.compile(r"/api/v1/alerts\?.*assetId="), lambda route: route.fulfill(json={"items": [alert, *earlier], "nextCursor": None}))
    go(page, f"/work-orders/{alert['workOrderId']}")
    lines = page.get_by_role("list", name="Alerts").get_by_role("listitem")
    expect(lines).to_have_count(3)
    first = page.get_by_role("link", name="An alert")
    expect(first).to_have_attribute("href", f"/alerts/{earlier[1]['id']}")
    expect(lines.filter(has_text="Created from this alert").get_by_role("link", name=plant.RULE)).to_have_attribute("href", f"/alerts/{earlier[1]['id']}")
