"""The overview: what is produced now, and what nobody measures."""
import datetime
import json
import re
import time
import urllib.parse
import uuid
import zoneinfo

import orders
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


@pytest.fixture
def portfolio(api):
    """Two sites of a portfolio and one of none, each with an asset and with work that has begun."""
    admin = api("admin")
    word = uuid.uuid4().hex[:8]

    class Portfolio:
        name = f"Süd & Ost + {word}"
        sites, orders = [], []

    def site(number, name):
        return admin.post("/sites", {"code": f"P{word}{number}", "name": f"place {number} {word}", "timeZone": "Europe/Madrid", "portfolio": name})

    def order(place):
        asset = admin.post("/assets", {"siteId": place["id"], "code": "A", "name": f"inverter {word}", "type": "inverter"})
        body = {"assetId": asset["id"], "title": f"{place['name']} work", "type": "corrective", "priority": "medium", "assignedTo": orders.technician(admin)["id"]}
        made = orders.eventually_posted(admin, "/workorders", body)
        orders.move(admin, made, "submit")
        return orders.move(admin, made, "start")
    for number, name in enumerate((Portfolio.name, Portfolio.name, None)):
        Portfolio.sites.append(site(number, name))
        Portfolio.orders.append(order(Portfolio.sites[-1]))
    yield Portfolio
    for one in Portfolio.orders:
        orders.move(admin, one, "cancel", reason="The test is over")


def asked(page, path):
    """The sites that reads of a list are narrowed to, as they are sent."""
    found = []

    def note(request):
        address = urllib.parse.urlsplit(request.url)
        if address.path == f"/api/v1/{path}":
            found.append(frozenset(urllib.parse.parse_qs(address.query).get("siteId", [])))
    page.on("request", note)
    return found


def test_a_portfolio_is_what_the_whole_page_is_about(console, api, portfolio):
    page = console("supervisor", "/alerts")
    two = frozenset(one["id"] for one in portfolio.sites[:2])
    counts = [{"siteId": one["id"], "severity": "critical", "open": open, "acknowledged": 0, "bySeverity": [{"severity": "critical", "open": open, "acknowledged": 0}]} for one, open in zip(portfolio.sites, (2, 3, 7))]
    pretend(page, "alerts/summary", lambda _: {"bySeverity": [{"severity": "critical", "open": 12, "acknowledged": 0}], "bySite": counts})
    paths = ("alerts", "workorders", "workorders/summary", "telemetry/latest", "telemetry/sums")
    page.goto(f"{URL}/account")
    reads = {path: asked(page, path) for path in paths}
    page.goto(f"{URL}/?portfolio={urllib.parse.quote(portfolio.name)}")
    expect(figure(page, "Critical alerts").or_(page.get_by_role("link", name="Critical alerts"))).to_contain_text("5")
    expect(page.get_by_role("link", name="Work in progress")).to_contain_text("2")
    expect(page.get_by_role("link", name="Sites with problems")).to_contain_text("/ 2")
    lines = page.get_by_role("list", name="Sites").get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text=portfolio.sites[0]["name"])).to_have_count(1)
    newest = page.get_by_role("region", name="Newest work orders").get_by_role("listitem")
    expect(newest).to_have_count(2)
    expect(figure(page, "Power now")).to_contain_text("Nothing measures power here")
    expect(figure(page, "Energy today")).to_contain_text("Nothing measures power here")
    for path, sites in reads.items():
        assert sites and set(sites) == {two}, f"{path}: {sites}"

    # Each figure leads to what it counts.
    page.get_by_role("link", name="Work in progress").click()
    expect(page).to_have_url(re.compile("status=in_progress&portfolio="))
    rows = page.get_by_role("grid").get_by_role("row").filter(has_text="work")
    expect(rows.filter(has_text=portfolio.sites[0]["name"])).to_have_count(1)
    expect(rows.filter(has_text=portfolio.sites[1]["name"])).to_have_count(1)
    expect(rows.filter(has_text=portfolio.sites[2]["name"])).to_have_count(0)
    page.go_back()
    page.get_by_role("link", name="Critical alerts").click()
    expect(page).to_have_url(re.compile("severity=critical&portfolio="))
    expect(page.get_by_role("combobox", name="Site", exact=True).locator("option:checked")).to_have_text(portfolio.name)
    page.go_back()
    page.get_by_role("link", name="Sites with problems").click()
    expect(page.get_by_role("treegrid").get_by_role("row", name=re.compile(portfolio.sites[0]["name"]))).to_be_visible()
    expect(page.get_by_role("treegrid").get_by_role("row", name=re.compile(portfolio.sites[2]["name"]))).to_have_count(0)


def test_a_portfolio_is_chosen_beside_the_sites_and_stays_on_the_wall(console, portfolio):
    page = console("supervisor", "/")
    choice = page.get_by_role("combobox", name="Site", exact=True)
    lines = page.get_by_role("list", name="Sites").get_by_role("listitem")
    choice.select_option(label=portfolio.name)
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query) == {"portfolio": [portfolio.name]}
    expect(lines).to_have_count(2)
    page.get_by_role("button", name="Wall display").click()
    expect(page.get_by_role("heading", level=1, name=portfolio.name)).to_be_visible()
    expect(lines).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(choice.locator("option:checked")).to_have_text(portfolio.name)
    # One of the two is narrowed to, never both.
    choice.select_option(label=portfolio.sites[2]["name"])
    expect(lines).to_have_count(1)
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query) == {"site": [portfolio.sites[2]["id"]]}
    choice.select_option(label="All sites")
    expect(lines.nth(2)).to_be_visible()
    assert urllib.parse.urlsplit(page.url).query == ""


def test_work_orders_are_narrowed_to_a_portfolio(console, portfolio):
    page = console("supervisor", "/work-orders?status=in_progress")
    page.get_by_role("button", name="Site", exact=True).click()
    page.get_by_role("menuitemcheckbox", name=re.compile(re.escape(portfolio.name))).click()
    rows = page.get_by_role("grid").get_by_role("row").filter(has_text=re.compile("place . .* work"))
    expect(rows).to_have_count(2)
    expect(page.get_by_role("button", name=portfolio.name)).to_be_visible()
    page.get_by_role("radio", name="Board").or_(page.get_by_role("button", name="Board")).first.click()
    expect(page.get_by_text(f"{portfolio.sites[0]['name']} work")).to_be_visible()
    expect(page.get_by_text(f"{portfolio.sites[2]['name']} work")).to_have_count(0)


@pytest.mark.parametrize("count, words", [(101, "The sites of Large are too many to be shown together (limit: 100)"), (0, "None of the sites that you can see is in the portfolio Large")])
def test_what_cannot_be_shown_of_a_portfolio_is_said_and_nothing_else_is_shown(console, api, count, words):
    template = api("admin").get("/sites?limit=1")["items"][0]
    page = console("supervisor", "/account")
    pretend(page, "sites", lambda _: {"items": [{**template, "id": str(uuid.UUID(int=one)), "name": f"large {one}", "portfolio": "Large"} for one in range(count)] + [template]})
    reads = {path: asked(page, path) for path in ("alerts", "workorders", "workorders/summary", "telemetry/latest", "telemetry/sums")}
    for path in ("/", "/?wall=1", "/alerts", "/work-orders", "/work-orders?view=board"):
        page.goto(f"{URL}{path}{'&' if '?' in path else '?'}portfolio=Large")
        expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
        expect(page.get_by_role("group", name="Figures")).to_have_count(0)
        # The bell of the frame counts what is open everywhere.
        assert not [path for path, sites in reads.items() if path != "alerts" and sites], reads


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
