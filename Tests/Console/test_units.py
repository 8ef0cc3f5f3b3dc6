"""The units that a person reads measured values in: those of the sensors, or those of the United States."""
import csv
import json
import math
import pathlib
import re
import subprocess

import plant
import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from people import SECRET, person  # noqa: F401
from test_alerts import raised, rows  # noqa: F401

WEB = pathlib.Path(__file__).resolve().parents[2] / "Services/Gateway/Web"


def shown(*values):
    """What `valueFor` makes of values and units, outside of any page."""
    module = subprocess.run(
        ["esbuild", "--bundle", "--format=iife", "--global-name=units", WEB / "shared/localization/units.ts"], check=True, capture_output=True, text=True
    ).stdout
    asked = json.dumps(values)
    script = f"{module}; console.log(JSON.stringify({asked}.map(([value, unit, system, most]) => units.valueFor(value, unit === 'difference' ? units.differenceOf('Cel') : unit, system, most))))"
    return json.loads(subprocess.run(["node", "-e", script], check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize(("value", "unit", "there", "as_there"), [
    (31.1, "Cel", 87.98, "°F"), (-40, "Cel", -40, "°F"), (0, "Cel", 32, "°F"), (100, "°C", 212, "°F"),
    # A difference is no temperature: nothing is added.
    (10, "difference", 18, "°F"), (0.5, "°C/d", 0.9, "°F/d"),
    (10, "m/s", 22.3694, "mph"), (100, "km/h", 62.1371, "mph"),
    (25.4, "mm", 1, "in"), (0.3048, "m", 1, "ft"), (42.195, "km", 26.2188, "mi"),
    (1013.25, "hPa", 29.9213, "inHg"), (1013.25, "mbar", 29.9213, "inHg"),
    # The same everywhere, or the reader's already.
    (184.2, "kW", 184.2, "kW"), (12, "MW.h", 12, "MWh"), (900, "W/m2", 900, "W/m²"), (12, "deg", 12, "°"), (95, "%", 95, "%"),
    (70, "[degF]", 70, "°F"), (5, "1", 5, ""), (3, "min", 3, "min"), (3, "constructor", 3, "constructor"),
])
def test_each_unit_becomes_what_it_is_in_the_united_states(value, unit, there, as_there):
    us, metric = shown([value, unit, "us"], [value, unit, "metric"])
    assert us["text"] == as_there and math.isclose(us["value"], there, rel_tol=1e-5, abs_tol=1e-9)
    assert metric["value"] == value and metric["digits"] == 2
    assert metric["text"] == {"Cel": "°C", "difference": "°C", "MW.h": "MWh", "W/m2": "W/m²", "deg": "°", "[degF]": "°F", "1": ""}.get(unit, unit)


def test_a_value_says_no_more_than_the_sensor_did():
    """31.1 °C are 88.0 °F, not 87.98; a whole number of degrees is seldom one elsewhere; a millimetre of rain is not nothing."""
    asked = [[31.1, "Cel", "us"], [31.12, "Cel", "us"], [31, "Cel", "us"], [31.123456, "Cel", "us"], [1, "mm", "us"], [1013, "hPa", "us"], [31.12, "Cel", "us", 0]]
    assert [one["digits"] for one in shown(*asked)] == [1, 2, 1, 2, 3, 2, 0]


def painted(page):
    """What charts write on their canvas."""
    page.add_init_script(
        """
        const write = CanvasRenderingContext2D.prototype.fillText;
        window.painted = [];
        CanvasRenderingContext2D.prototype.fillText = function (words, ...rest) { window.painted.push(words); return write.call(this, words, ...rest); };
        """
    )


def choose(page, api, user, units):
    """On one's own page."""
    admin = api("admin")
    page.get_by_role("combobox", name="Units").select_option(units)
    eventually(page, lambda: admin.get(f"/users/{user['id']}").get("units") == units)


@pytest.fixture
def readers(console, api, person):  # noqa: F811
    """A page of somebody who reads °F, in a browser that has not chosen it, and a page of somebody who reads what the sensor says."""
    reader, other = person(["supervisor"]), person(["supervisor"])
    first = console(reader["email"], "/me", secret=SECRET)
    expect(first.get_by_role("combobox", name="Units")).to_have_value("metric")
    choose(first, api, reader, "us")
    elsewhere = console(reader["email"], "/me", secret=SECRET)
    expect(elsewhere.get_by_role("combobox", name="Units")).to_have_value("us")
    theirs = console(other["email"], "/me", secret=SECRET)
    expect(theirs.get_by_role("combobox", name="Units")).to_have_value("metric")
    for page in (elsewhere, theirs):
        painted(page)
    return first, elsewhere, theirs


def test_a_last_value_is_in_the_persons_units_in_every_browser(readers, api):
    supervisor = api("supervisor")
    _, asset = plant.rule(supervisor)
    plant.outdoor_temperature(31.1)
    eventually(readers[0], lambda: any(
        one["tag"] == "outdoor_temperature" and one.get("value") == 31.1 for one in supervisor.get(f"/assets/{asset['id']}/telemetry/latest")["items"]
    ))
    for page, value in zip(readers, ("88 °F", "88 °F", "31.1 °C")):
        page.goto(f"{URL}/assets/{asset['id']}")
        row = page.get_by_role("region", name="Last values").get_by_role("row", name=re.compile("outdoor_temperature")).first
        expect(row.get_by_role("cell").first).to_have_text(re.compile(f"^{value}".replace(" ", r"\s")))


def test_an_alert_and_its_chart_are_in_the_persons_units(readers, raised):  # noqa: F811
    alert = raised()
    _, american, metric = readers
    for page, value, limit, unit, other in ((american, "132.8", "122", "°F", "°C"), (metric, "56", "50", "°C", "°F")):
        page.goto(f"{URL}/alerts")
        mine = rows(page, "Alerts").filter(has_text=plant.RULE)
        expect(mine).to_contain_text(f"{value} / {limit} {unit}")
        page.goto(f"{URL}/alerts/{alert['id']}")
        main = page.get_by_role("main")
        expect(main).to_contain_text(f"{value} {unit}")
        expect(main).to_contain_text(f"{limit} {unit}")
        figure = page.get_by_role("figure", name=re.compile("outdoor_temperature"))
        expect(figure.get_by_role("button", name=re.compile("outdoor_temperature"))).to_contain_text(unit)
        # The axis, its numbers and the limit in words.
        words = eventually(page, lambda: (found := page.evaluate("painted")) and unit in found and found)
        assert other not in words and any(f"{limit}\u00a0{unit}" in one for one in words), words
        numbers = [float(one.replace(",", "")) for one in words if re.fullmatch(r"-?[\d,.]+", one)]
        assert max(numbers) >= float(value) and max(numbers) < 2 * float(value), numbers
        # The work order's text is the words of whoever wrote it: there the unit of the sensor stays.
        for region in ("Details", "History"):
            expect(page.get_by_role("region", name=region)).to_contain_text(f"{limit} {unit}")
            expect(page.get_by_role("region", name=region)).not_to_contain_text(other)


def test_a_chart_its_table_and_its_figures_are_in_the_persons_units_but_the_file_is_the_sensors(readers, raised, tmp_path):  # noqa: F811
    alert = raised()
    _, american, metric = readers
    address = f"{URL}/assets/{alert['assetId']}?tab=charts&lines=outdoor_temperature&range=1h&view=table"
    greatest = {}
    for page, unit, least in ((american, "°F", 132), (metric, "°C", 55)):
        page.goto(address)
        chart = page.get_by_role("figure").first
        table = chart.get_by_role("table")
        expect(table.get_by_role("columnheader", name=f"outdoor_temperature ({unit})")).to_be_visible()
        cell = page.get_by_role("group", name="Values in this time").locator("tbody td.number").last
        expect(cell).to_contain_text(unit)
        assert float(re.match(r"[\d.]+", cell.inner_text()).group()) >= least
        slider = chart.get_by_role("slider")
        slider.press("End")
        expect(slider).to_have_attribute("aria-valuetext", re.compile(f"{unit}|no value"))
        chart.get_by_role("button", name="Chart options").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="Save as CSV").click()
        download.value.save_as(tmp_path / f"{unit}.csv")
        lines = list(csv.reader((tmp_path / f"{unit}.csv").read_text(encoding="utf-8-sig").splitlines()))
        assert lines[0][2:] == ["outdoor_temperature (°C)"]
        greatest[unit] = max(float(line[2]) for line in lines[1:] if line[2])
    assert 50 < greatest["°F"] <= 60 and 50 < greatest["°C"] <= 60


def test_the_comparison_and_the_rules_are_in_the_persons_units_but_forms_are_the_sensors(readers, api):
    plant.rule(api("supervisor"))
    _, american, metric = readers
    for page, limit, unit, most in ((american, "122", "°F", 250), (metric, "50", "°C", 120)):
        page.goto(f"{URL}/rules")
        row = rows(page, "Alert rules").filter(has_text=plant.RULE)
        expect(row).to_contain_text(f"{limit} {unit}")
        row.get_by_text(plant.RULE).click()
        form = page.get_by_role("dialog")
        expect(form.get_by_role("textbox", name="Limit")).to_have_value("50")
        expect(form.locator(".ui-input-unit", has_text="°C")).to_be_visible()
        page.goto(f"{URL}/compare?tag=inverter_temperature&statistic=maximum&range=30d")
        cell = page.get_by_role("row", name=re.compile("Inverter 2")).get_by_role("cell").filter(has_text=unit)
        expect(cell).to_have_count(1)
        assert most / 2.5 < float(re.match(r"[\d.]+", cell.inner_text()).group()) < most
