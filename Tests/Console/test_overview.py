"""The overview: what is produced now, and what nobody measures."""
import datetime
import json
import re
import time
import urllib.parse
import uuid
import zoneinfo

import plant
import pytest
from conftest import URL
from playwright.sync_api import expect

SILENT = datetime.timedelta(minutes=30)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def figure(page, name):
    return page.get_by_role("group", name="Figures").get_by_role("group", name=name, exact=True)


def power_sensors(admin):
    """The asset, tag and site of everything that measures power."""
    sites = {asset["id"]: asset["siteId"] for asset in admin.get("/assets?limit=200")["items"] if asset["status"] != "decommissioned"}
    return [(one["assetId"], one["tag"], sites[one["assetId"]]) for one in admin.get("/sensors?limit=200")["items"] if one["tag"] in ("active_power", "ac_power")]


def last(admin, asset, tag):
    return next((one for one in admin.get(f"/assets/{asset}/telemetry/latest")["items"] if one["tag"] == tag), None)


@pytest.fixture
def sent(api):
    """A turbine that produces now."""
    plant.active_power(1400, 1500)
    admin = api("admin")
    turbine = next(one for one in admin.get("/assets?limit=200")["items"] if one["code"] == plant.TURBINE)
    for _ in range(100):
        value = last(admin, turbine["id"], "active_power")
        if value and value.get("value") == 1500:
            return turbine
        time.sleep(0.1)
    raise AssertionError("the reading has not come")


def test_the_power_now_is_the_sum_of_what_has_been_heard_lately(console, api, sent):
    admin = api("admin")
    page = console("supervisor", "/")
    shown = figure(page, "Power now")
    expect(shown).to_contain_text(re.compile(r"\d [kM]W"))
    sensors = power_sensors(admin)
    values = [(last(admin, asset, tag), site) for asset, tag, site in sensors]
    fresh = [(one["value"], site) for one, site in values if one and one.get("time") and now() - instant(one["time"]) < SILENT]
    power = sum(value for value, _ in fresh)
    assert power >= 1500
    expect(shown).to_contain_text(f"{power / 1000:,.2f}".rstrip("0").rstrip(".") + " MW")
    if len(fresh) < len(sensors):
        expect(shown).to_contain_text(f"From {len(fresh)} of {len(sensors)} assets")
    sites = {site for _, site in values}
    producing = {site for site in sites if sum(value for value, one in fresh if one == site) > 0}
    expect(figure(page, "Sites producing")).to_contain_text(f"{len(producing)} / {len(sites)}")
    silent = len(sites - {site for _, site in fresh})
    expect(figure(page, "Sites producing").get_by_text("Silent")).to_have_count(1 if silent else 0)


def energy_today(admin):
    """In kWh, of the quarters of an hour since midnight at each site."""
    zones = {site["id"]: zoneinfo.ZoneInfo(site["timeZone"]) for site in admin.get("/sites?limit=200")["items"]}
    end = now().replace(second=0, microsecond=0)
    end -= datetime.timedelta(minutes=end.minute % 15)
    energy = 0
    for asset, tag, site in power_sensors(admin):
        midnight = end.astimezone(zones[site]).replace(hour=0, minute=0).astimezone(datetime.timezone.utc)
        span = f"from={midnight:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
        windows = admin.get(f"/assets/{asset}/telemetry?tag={tag}&interval=15m&limit=200&{span}")["items"] if midnight < end else []
        energy += sum(one["average"] / 4 for one in windows if one["average"] is not None)
    return energy


def test_the_energy_is_counted_from_midnight_at_each_site(console, api):
    admin = api("admin")
    page = console("supervisor", "/")
    for _ in range(10):
        energy = energy_today(admin)
        words = f"{energy / 1000:,.2f}".rstrip("0").rstrip(".") + " MWh" if energy >= 1000 else f"{energy:,.1f}".removesuffix(".0") + " kWh"
        page.reload()
        expect(figure(page, "Energy today")).to_contain_text(re.compile(r"\d [kM]Wh"))
        shown = figure(page, "Energy today").inner_text()
        # A quarter of an hour may have ended between the two reads.
        if words in shown and energy == energy_today(admin):
            return
    raise AssertionError(f"{shown} is not {words}")


def test_what_nothing_measures_is_not_zero(console, api):
    site = api("admin").post("/sites", {"code": f"O{uuid.uuid4().hex[:8]}", "name": "overview test", "timeZone": "Europe/Madrid"})
    page = console("supervisor", f"/?site={site['id']}")
    for name in ("Power now", "Energy today"):
        expect(figure(page, name)).to_contain_text("Nothing measures power here")
        expect(figure(page, name)).to_contain_text("–")
    expect(page.get_by_role("region", name="Power of the sites")).to_have_count(0)


def test_a_site_that_sends_nothing_is_silent(console, api, sent):
    """As it is half an hour later, by the browser's clock."""
    page = console("supervisor", "/")
    expect(figure(page, "Power now")).to_contain_text("MW")
    page.clock.install()
    page.reload()
    page.clock.fast_forward("40:00")
    expect(figure(page, "Power now")).to_contain_text("No reading since")
    expect(figure(page, "Power now")).to_contain_text("–")
    expect(figure(page, "Sites producing")).to_contain_text("0 / 2")
    expect(figure(page, "Sites producing")).to_contain_text("Silent for more than 30 min: 2")
    expect(page.get_by_role("group", name="Figures").get_by_role("link", name="Sites with problems")).to_contain_text(re.compile(r"problems\s*2\s*/"))
    lines = page.get_by_role("list", name="Sites").get_by_role("listitem")
    expect(lines.filter(has_text="Silent for over 30 minutes")).to_have_count(2)


def tone(dot):
    """What its colour says."""
    return re.search(r"watch-dot-(\w+)", dot.get_attribute("class")).group(1)


def test_the_page_of_a_site_says_what_the_overview_says(console, api, sent):
    site = api("admin").get(f"/sites/{sent['siteId']}")
    page = console("supervisor", "/")
    line = page.get_by_role("list", name="Sites").get_by_role("listitem").filter(has_text=site["name"])
    beside = console("supervisor", f"/sites/{site['id']}")
    card = beside.get_by_role("region", name="Assets by status")
    place = beside.locator(".map-place")
    expect(card.get_by_role("link").first).to_be_visible()
    expect(card).not_to_contain_text("Silent")
    for one in (page, beside):
        one.clock.install()
        one.reload()
        one.clock.fast_forward("40:00")
    expect(line).to_contain_text("Silent for over 30 minutes")
    expect(card).to_contain_text("Silent for over 30 minutes")
    expect(card).to_contain_text("No reading since")
    expect(place).to_have_class(re.compile(rf"\bmap-{tone(line.locator('.watch-dot'))}\b"))
    place.hover()
    expect(beside.locator(".leaflet-tooltip").filter(has_text=site["name"])).to_have_text(re.compile(rf"^{re.escape(site['name'])} – (Silent for over 30 minutes|Critical)$"))


def test_the_wall_is_left_by_escape_and_by_a_button_that_comes_with_the_mouse(console):
    page = console("supervisor", "/")
    button = page.get_by_role("button", name="Leave the wall display")
    for leave in (lambda: page.keyboard.press("Escape"), lambda: button.click()):
        page.get_by_role("button", name="Wall display").click()
        expect(page.get_by_role("heading", level=1, name="All sites")).to_be_visible()
        page.mouse.move(300, 300)
        page.mouse.move(310, 310)
        expect(button).to_be_visible()
        leave()
        expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()


def pretend(page, path, answer):
    """Answers a list of the API by `answer(query)`; reads of single records and writes reach the server."""
    def handle(route):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(route.request.url).query)
        made = answer(query) if route.request.method == "GET" else None
        return route.fallback() if made is None else route.fulfill(content_type="application/json", body=json.dumps(made))
    page.route(re.compile(rf"/api/v1/{path}(\?|$)"), handle)


def large(page, template):
    """A plant whose first thousand assets are others than those of the demo."""
    def answer(query):
        if "q" in query:
            return None
        first = int(query.get("cursor", ["0"])[0])
        return {"items": [{**template, "id": str(uuid.UUID(int=first + one)), "code": f"L{first + one}"} for one in range(200)], "nextCursor": str(first + 200)}
    pretend(page, "assets", answer)


def test_the_power_of_thousands_of_sensors_is_added_up(console, api, sent):
    """Twelve hundred turbines of two sites, in kilowatts and in megawatts; one of them measures its power twice, and one has sent nothing yet."""
    sites = [site["id"] for site in api("admin").get("/sites?limit=200")["items"]][:2]
    time = f"{now():%Y-%m-%dT%H:%M:%S.000Z}"
    values = [
        {"assetId": str(uuid.UUID(int=one)), "siteId": sites[one % 2], "tag": "active_power", **({"unit": "MW", "value": 1.5} if one % 2 else {"unit": "kW", "value": 500}), "time": time, "quality": "good"}
        for one in range(1200)
    ]
    values.append({**values[0], "tag": "ac_power"})
    values[-2] = {**values[-2], "time": None, "value": None}
    starts = [int((now() - datetime.timedelta(minutes=15 * back)).timestamp() // 900 * 900_000) for back in (3, 2)]
    sums = [{"siteId": site, "unit": "kW", "assets": 600, "heard": 600, "times": starts, "sums": [400_000, 800_000], "counts": [600, 599]} for site in sites]
    # A percentage is no power.
    sums.append({**sums[0], "unit": "%"})
    page = console("supervisor", "/alerts")
    pages = {None: (values[:1000], "more"), "more": (values[1000:], None)}

    def latest(query):
        items, cursor = pages[query.get("cursor", [None])[0]]
        return {"items": items, "nextCursor": cursor}
    pretend(page, "telemetry/latest", latest)
    pretend(page, "telemetry/sums", lambda query: {"items": sums, "nextCursor": None})
    page.goto(f"{URL}/")
    expect(figure(page, "Power now")).to_contain_text("1,198.5 MW")
    expect(figure(page, "Power now")).to_contain_text("From 1,199 of 1,200 assets")
    expect(figure(page, "Sites producing")).to_contain_text("2 / 2")
    # Both sites, a quarter of an hour of 400 and of 800 MW, unless their day began less than an hour ago.
    expect(figure(page, "Energy today")).to_contain_text(re.compile(r"\d MWh"))
    chart = page.get_by_role("region", name="Power of the sites")
    expect(chart).to_be_visible()


def test_an_asset_beyond_the_list_has_its_name_and_is_found(console, api, sent):
    made, asset = plant.rule(api("admin"))
    page = console("admin", "/alerts")
    large(page, {**sent, "name": "another"})
    page.goto(f"{URL}/rules")
    line = page.get_by_role("row").filter(has_text=made["name"])
    expect(line.get_by_role("link", name=asset["code"])).to_be_visible()
    page.goto(f"{URL}/assets/{api('admin').get('/assets?limit=200&q=R80790')['items'][0]['id']}?tab=charts")
    page.get_by_role("button", name="Add another asset").click()
    box = page.get_by_role("dialog").get_by_role("combobox", name="Asset")
    box.fill(asset["code"])
    expect(page.get_by_role("option").filter(has_text=asset["code"])).to_have_count(1)
