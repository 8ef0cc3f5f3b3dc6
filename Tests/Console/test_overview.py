"""The overview: what is produced now, and what nobody measures."""
import datetime
import re
import time
import uuid
import zoneinfo

import plant
import pytest
from playwright.sync_api import expect

QUARTER = datetime.timedelta(minutes=15)
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
        if value and value["value"] == 1500:
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
    fresh = [(one["value"], site) for one, site in values if one and now() - instant(one["time"]) < SILENT]
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


def test_the_energy_is_counted_from_midnight_at_each_site(console, api):
    admin = api("admin")
    zones = {site["id"]: zoneinfo.ZoneInfo(site["timeZone"]) for site in admin.get("/sites?limit=200")["items"]}
    end = now().replace(second=0, microsecond=0)
    end -= datetime.timedelta(minutes=end.minute % 15)
    energy = 0
    for asset, tag, site in power_sensors(admin):
        midnight = end.astimezone(zones[site]).replace(hour=0, minute=0).astimezone(datetime.timezone.utc)
        span = f"from={midnight:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
        windows = admin.get(f"/assets/{asset}/telemetry?tag={tag}&interval=15m&limit=200&{span}")["items"] if midnight < end else []
        energy += sum(one["average"] / 4 for one in windows if one["average"] is not None)
    page = console("supervisor", "/")
    words = f"{energy / 1000:,.2f}".rstrip("0").rstrip(".") + " MWh" if energy >= 1000 else f"{energy:,.1f}".removesuffix(".0") + " kWh"
    expect(figure(page, "Energy today")).to_contain_text(words)


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
