"""Sites and assets: the tree, what is created, moved and refused; charts and the comparison."""
import csv
import datetime
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from conftest import URL
from plant import RULE, TURBINE
from test_alerts import raised  # noqa: F401

INVERTER = "INV-2"


@pytest.fixture
def word() -> str:
    return uuid.uuid4().hex[:8]


@pytest.fixture
def plant(api, word):
    """A site of its own with a chain of assets: `assets[0]` at the top, each other below the one before."""

    class Plant:
        def __init__(self):
            self.api = api("admin")
            self.site = self.api.post("/sites", {"code": f"T{word}", "name": f"plant test {word}", "timeZone": "Europe/Madrid"})
            self.assets = []

        def asset(self, name: str, parent=None, **values):
            body = {"siteId": self.site["id"], "code": f"A{uuid.uuid4().hex[:8]}", "name": f"{name} {word}", "type": "inverter"}
            asset = self.api.post("/assets", {**body, **({"parentId": parent["id"]} if parent else {}), **values})
            self.assets.append(asset)
            return asset

        def chain(self, length: int):
            parent = None
            for level in range(1, length + 1):
                parent = self.asset(f"level {level}", parent)
            return self.assets

    made = Plant()
    yield made
    # Below first: an asset with others below it is not deleted.
    items = made.api.get(f"/assets?siteId={made.site['id']}&limit=200")["items"]
    for asset in sorted(items, key=lambda one: -one["level"]):
        made.api.send("DELETE", f"/assets/{asset['id']}", version=asset["version"])


def tree_row(page: Page, name: str):
    return page.get_by_role("treegrid").get_by_role("row", name=re.compile(re.escape(name)))


def find(page: Page, words: str):
    page.get_by_role("searchbox", name="Search by name, code or keyword").fill(words)


def choose(page: Page, label: str, words: str):
    """Finds something in a field that searches, and takes it."""
    field = page.get_by_role("dialog").get_by_role("combobox", name=label)
    field.fill(words)
    page.get_by_role("listbox").get_by_role("option", name=words).first.click()


def inverter(api) -> dict:
    return next(asset for asset in api("admin").get("/assets?limit=200")["items"] if asset["code"] == INVERTER)


def test_a_site_an_asset_one_below_it_and_a_sensor(console, api, word):
    page = console("admin", "/assets")
    page.get_by_role("button", name="New site").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create").click()
    # What is missing is said at its field, and nothing is lost.
    expect(dialog.get_by_role("textbox", name="Name")).to_have_accessible_description(re.compile("needed"))
    dialog.get_by_role("textbox", name="Name").fill(f"plant site {word}")
    dialog.get_by_role("textbox", name="Code").fill(f"S{word}")
    choose(page, "Time zone", "Europe/Lisbon")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_be_hidden()
    # There may be more sites than fit.
    find(page, f"plant site {word}")
    expect(tree_row(page, f"plant site {word}")).to_be_visible()

    page.get_by_role("button", name="New asset").click()
    dialog.get_by_role("textbox", name="Name").fill(f"upper {word}")
    dialog.get_by_role("textbox", name="Code").fill(f"U{word}")
    choose(page, "Site", f"plant site {word}")
    dialog.get_by_role("textbox", name="Type").fill("inverter")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_be_hidden()
    find(page, f"upper {word}")
    tree_row(page, f"upper {word}").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=f"upper {word}")).to_be_visible()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Add an asset below").click()
    dialog.get_by_role("textbox", name="Name").fill(f"lower {word}")
    dialog.get_by_role("textbox", name="Code").fill(f"U {word}")
    dialog.get_by_role("textbox", name="Type").fill("string")
    dialog.get_by_role("button", name="Create").click()
    # The field says which rule is broken.
    expect(dialog.get_by_role("textbox", name="Code")).to_have_accessible_description(re.compile("Must have 1 to 64 letters"))
    dialog.get_by_role("textbox", name="Code").fill(f"U{word}")
    dialog.get_by_role("button", name="Create").click()
    # The code is taken: the field says so, what was typed stays.
    expect(dialog.get_by_role("textbox", name="Code")).to_have_accessible_description(re.compile("This code is in use already"))
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value(f"lower {word}")
    dialog.get_by_role("textbox", name="Code").fill(f"L{word}")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("region", name="Assets below").get_by_role("link", name=f"lower {word}")).to_be_visible()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Add a sensor").click()
    dialog.get_by_role("textbox", name="Tag").fill("oil_level")
    dialog.get_by_role("textbox", name="Unit").fill("%")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("tab", name="Sensors").click()
    expect(page).to_have_url(re.compile("tab=sensors"))
    expect(page.get_by_role("gridcell", name="oil_level", exact=True)).to_be_visible()

    one = api("admin")
    site = next(item for item in one.get("/sites?limit=200")["items"] if item["code"] == f"S{word}")
    assets = one.get(f"/assets?siteId={site['id']}")["items"]
    assert sorted((asset["name"], asset["level"]) for asset in assets) == [(f"lower {word}", 2), (f"upper {word}", 1)]
    for asset in sorted(assets, key=lambda item: -item["level"]):
        one.send("DELETE", f"/assets/{asset['id']}")


def test_a_site_gets_a_portfolio_and_the_tree_is_narrowed_to_it(console, api, word):
    one = api("admin")
    name = f"North {word}"
    first = one.post("/sites", {"code": f"N{word}", "name": f"first {word}", "timeZone": "Europe/Madrid", "portfolio": name})
    page = console("admin", "/assets")
    page.get_by_role("button", name="New site").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(f"second {word}")
    dialog.get_by_role("textbox", name="Code").fill(f"M{word}")
    choose(page, "Time zone", "Europe/Lisbon")
    field = dialog.get_by_role("combobox", name="Portfolio")
    # Those that there are, are suggested.
    assert name in page.evaluate("list => [...document.getElementById(list).options].map(one => one.value)", field.get_attribute("list"))
    field.fill(f" {name} ")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_be_hidden()
    sites = {site["name"]: site for site in one.get("/sites?limit=200")["items"]}
    assert sites[f"second {word}"]["portfolio"] == name

    page.get_by_role("combobox", name="Site").select_option(label=name)
    expect(page).to_have_url(re.compile("portfolio=North"))
    expect(tree_row(page, f"first {word}")).to_be_visible()
    expect(tree_row(page, f"second {word}")).to_be_visible()
    expect(tree_row(page, "La Haute Borne")).to_have_count(0)

    page.goto(f"{URL}/sites/{first['id']}")
    facts = page.get_by_role("region", name="Facts")
    expect(facts.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    expect(field).to_have_value(name)
    field.fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(facts.get_by_role("link", name=name)).to_have_count(0)
    assert one.get(f"/sites/{first['id']}").get("portfolio") is None


def test_an_asset_is_dragged_below_another(console, plant, word):
    plant.asset("goes")
    plant.asset("stays")
    page = console("admin", f"/assets?site={plant.site['id']}")
    tree_row(page, f"goes {word}").drag_to(tree_row(page, f"stays {word}"))
    expect(tree_row(page, f"goes {word}")).to_have_attribute("aria-level", "3")
    expect(page.get_by_text(f"goes {word} is now below stays {word}.")).to_be_visible()
    assert plant.api.get(f"/assets/{plant.assets[0]['id']}")["parentId"] == plant.assets[1]["id"]


def test_what_would_be_too_deep_is_refused_with_the_reason(console, plant, word):
    chain = plant.chain(5)
    single = plant.asset("single")
    page = console("admin", f"/assets?site={plant.site['id']}")
    tree_row(page, f"single {word}").drag_to(tree_row(page, f"level 5 {word}"))
    expect(page.get_by_text(re.compile("at most five levels of assets"))).to_be_visible()
    expect(tree_row(page, f"single {word}")).to_have_attribute("aria-level", "2")

    # The same by the keyboard, where the server refuses.
    page.goto(page.url.split("?")[0] + f"/{single['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Move").click()
    choose(page, "Parent asset", f"level 5 {word}")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_role("dialog").get_by_role("combobox", name="Parent asset")).to_have_accessible_description(re.compile("at most 5 levels"))
    choose(page, "Parent asset", f"level 1 {word}")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert plant.api.get(f"/assets/{single['id']}")["parentId"] == chain[0]["id"]


def test_the_tree_is_walked_by_the_keyboard_and_keeps_its_filter_in_the_address(console, plant, word):
    plant.asset("pump", status="down")
    plant.asset("fan")
    page = console("admin", "/assets")
    find(page, f"pump {word}")
    expect(page).to_have_url(re.compile(f"q=pump(\\+|%20){word}"))
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(tree_row(page, f"fan {word}")).to_be_hidden()
    page.reload()
    expect(tree_row(page, f"pump {word}")).to_be_visible()
    find(page, word)
    page.get_by_role("combobox", name="Status").select_option("down")
    expect(tree_row(page, f"fan {word}")).to_be_hidden()
    expect(tree_row(page, f"pump {word}")).to_be_visible()
    page.get_by_role("treegrid").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=f"pump {word}")).to_be_visible()


def test_what_somebody_else_changes_appears_in_the_open_tree(console, plant, word):
    asset = plant.asset("seen")
    page = console("admin", f"/assets?site={plant.site['id']}")
    expect(tree_row(page, f"seen {word}")).to_contain_text("Operational")
    plant.api.patch(f"/assets/{asset['id']}", {"status": "degraded"}, version=asset["version"])
    expect(tree_row(page, f"seen {word}")).to_contain_text("Degraded")


def test_two_who_edit_the_same_asset_see_both_versions(console, plant, word):
    asset = plant.asset("both")
    page = console("admin", f"/assets/{asset['id']}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(f"mine {word}")
    dialog.get_by_role("textbox", name="Type").fill("my_type")
    plant.api.patch(f"/assets/{asset['id']}", {"name": f"theirs {word}", "ratedPowerKW": 5}, version=asset["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Choose one for each field")).to_be_visible()
    # Only the name was changed by both; the type is ours alone, the power theirs alone.
    expect(dialog.get_by_role("group")).to_have_count(1)
    dialog.get_by_role("radio", name=re.compile(f"theirs {word}")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    now = plant.api.get(f"/assets/{asset['id']}")
    assert (now["name"], now["type"], now["ratedPowerKW"]) == (f"theirs {word}", "my_type", 5)


def test_an_asset_is_decommissioned_after_a_question(console, plant):
    asset = plant.asset("old")
    page = console("admin", f"/assets/{asset['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Decommission").click()
    page.get_by_role("dialog").get_by_role("button", name="Decommission").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert plant.api.get(f"/assets/{asset['id']}")["status"] == "decommissioned"


def test_a_technician_is_offered_no_change_of_the_plant(console, api):
    asset = inverter(api)
    page = console("technician", f"/assets/{asset['id']}")
    expect(page.get_by_role("heading", level=1, name=asset["name"])).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sites and assets").click()
    expect(tree_row(page, asset["name"])).to_be_visible()
    expect(page.get_by_role("button", name="New asset")).to_have_count(0)
    expect(page.get_by_role("button", name="New site")).to_have_count(0)


def test_last_values_stand_on_the_asset_and_lead_to_their_chart(console, api):
    page = console("admin", f"/assets/{inverter(api)['id']}")
    row = page.get_by_role("region", name="Last values").get_by_role("row", name=re.compile("inverter_temperature")).first
    expect(row).to_contain_text(re.compile(r"\d°C|\d\s°C"))
    expect(row).to_contain_text("Good")
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile("tab=charts.*lines=inverter_temperature"))


def chart(page: Page):
    return page.get_by_role("figure", name="Inverter 2")


def open_table(page: Page):
    chart(page).get_by_role("button", name="Chart options").click()
    page.get_by_role("menuitemcheckbox", name="Show as a table").click()
    table = chart(page).get_by_role("table")
    expect(table).to_be_visible()
    return table


def numbers(table) -> list[float]:
    cells = table.locator("tbody td").all_inner_texts()
    return [float(cell.replace(",", "").replace("−", "-")) for cell in cells if re.search(r"\d", cell)]


def test_a_chart_shows_the_measured_values_and_its_address_shows_them_elsewhere(console, api):
    asset = inverter(api)
    readings = api("admin").get(f"/assets/{asset['id']}/telemetry?tag=inverter_temperature&interval=1h&from=2020-01-01T00:00:00Z&limit=200")["items"]
    first, last = readings[0]["start"], readings[-1]["start"]
    path = f"/assets/{asset['id']}?tab=charts&lines=inverter_temperature&range={first}~{last}"
    page = console("admin", path)
    table = open_table(page)
    expect(table.get_by_role("columnheader", name="inverter_temperature (°C)")).to_be_visible()
    shown = numbers(table)
    within = [reading for reading in readings if reading["count"]]
    least, most = min(one["minimum"] for one in within), max(one["maximum"] for one in within)
    assert len(shown) > 20 and least - 0.01 <= min(shown) and max(shown) <= most + 0.01 and max(shown) > (least + most) / 2

    page.get_by_role("button", name="ac_power").click()
    expect(page).to_have_url(re.compile("lines=inverter_temperature(%2C|,)ac_power"))
    expect(table.get_by_role("columnheader", name="ac_power (kW)")).to_be_visible()
    elsewhere = console("supervisor", page.url[page.url.index("/assets/"):])
    other = chart(elsewhere).get_by_role("table")
    expect(other.get_by_role("columnheader", name="ac_power (kW)")).to_be_visible()
    expect(other.get_by_role("columnheader", name="inverter_temperature (°C)")).to_be_visible()
    expect(other.locator("tbody tr").first.get_by_role("rowheader")).to_have_text(table.locator("tbody tr").first.get_by_role("rowheader").inner_text())
    assert numbers(other) == numbers(table)


def test_zooming_changes_the_address_and_going_back_takes_it_back(console, api):
    page = console("admin", f"/assets/{inverter(api)['id']}?tab=charts&lines=ac_power&range=7d")
    slider = chart(page).get_by_role("slider")
    expect(slider).to_be_visible()
    slider.focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("range=.*(~|%7E)"))
    box = slider.bounding_box()
    before = page.url
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 110, steps=5)
    page.mouse.up()
    expect(page).not_to_have_url(before)
    page.go_back()
    expect(page).to_have_url(before)


def test_a_chart_is_moved_and_becomes_a_picture(console, api, tmp_path):
    page = console("admin", f"/assets/{inverter(api)['id']}?tab=charts&lines=ac_power&range=7d")
    slider = chart(page).get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuemax", re.compile(r"\d+"))
    end = int(slider.get_attribute("aria-valuemax"))
    box = slider.bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 100, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile("range=.*(~|%7E)"))
    moved = int(slider.get_attribute("aria-valuemax"))
    # To the right is back in time, by what it was dragged.
    assert 2.5 < (end - moved) / 86_400_000 < 4
    chart(page).get_by_role("button", name="Chart options").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as PNG").click()
    download.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_line_of_an_asset_at_another_site_is_added(console, api):
    page = console("admin", f"/assets/{inverter(api)['id']}?tab=charts&lines=ac_power&range=7d")
    page.get_by_role("button", name="Add another asset").click()
    choose(page, "Asset", "Senvion MM82 R80711")
    choose(page, "Tag", "active_power")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile("lines=ac_power(%2C|,)active_power(%40|@)"))
    table = open_table(page)
    expect(table.get_by_role("columnheader", name="Senvion MM82 R80711 · active_power (kW)")).to_be_visible()
    # Before the demo's readings there are none: a gap, not zero.
    expect(table.locator("tbody tr").first.locator("td").first).to_have_text(re.compile("^[–—]?$"))


def test_what_is_hidden_and_the_table_stand_in_the_address(console, api):
    turbine = next(asset for asset in api("admin").get("/assets?limit=200")["items"] if asset["code"] == TURBINE)
    page = console("admin", f"/assets/{inverter(api)['id']}?tab=charts&lines=inverter_temperature,ac_power,active_power@{turbine['id']}&range=7d")
    legend = chart(page).get_by_role("button", name=re.compile("^(Inverter 2 · ac|.* · active)_power"))
    for number in range(2):
        legend.nth(number).click()
        expect(legend.nth(number)).to_have_attribute("aria-pressed", "false")
    open_table(page)
    expect(page).to_have_url(re.compile("view=table"))

    elsewhere = console("supervisor", page.url[page.url.index("/assets/"):])
    table = chart(elsewhere).get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Time", "Inverter 2 · inverter_temperature (°C)"])
    for number in range(2):
        expect(chart(elsewhere).get_by_role("button", name=re.compile("_power")).nth(number)).to_have_attribute("aria-pressed", "false")
    # A line that is taken away and added again is drawn.
    for _ in range(2):
        elsewhere.get_by_role("button", name="ac_power", exact=True).click()
    expect(table.get_by_role("columnheader")).to_have_text(["Time", "Inverter 2 · inverter_temperature (°C)", "Inverter 2 · ac_power (kW)"])
    chart(elsewhere).get_by_role("button", name="Chart options").click()
    elsewhere.get_by_role("menuitemcheckbox", name="Show as a table").click()
    expect(table).to_have_count(0)
    assert "view=" not in elsewhere.url and "hide=active_power" in elsewhere.url


def test_alerts_of_an_added_asset_are_marks_that_say_whose_they_are(console, api, raised):  # noqa: F811
    alert = raised()
    at = datetime.datetime.fromisoformat(alert["firstAt"])
    begin, end = ((at + datetime.timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z") for minutes in (-5, 5))
    page = console("supervisor", f"/assets/{inverter(api)['id']}?tab=charts&lines=ac_power,outdoor_temperature@{alert['assetId']}&range={begin}~{end}")
    slider = chart(page).get_by_role("slider")
    # The cursor begins in the middle, where the alert is.
    slider.press("ArrowRight")
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"Senvion MM82 {TURBINE} · {RULE}"))
    # Nothing of the inverter was measured then.
    expect(slider).not_to_have_attribute("aria-valuetext", re.compile("NaN"))
    slider.press("Enter")
    expect(page).to_have_url(re.compile(f"/alerts/{alert['id']}"))


def test_the_csv_of_a_chart_has_its_points(console, api, tmp_path):
    asset = inverter(api)
    readings = api("admin").get(f"/assets/{asset['id']}/telemetry?tag=ac_power&interval=1h&from=2020-01-01T00:00:00Z&limit=200")["items"]
    page = console("admin", f"/assets/{asset['id']}?tab=charts&lines=ac_power&range={readings[0]['start']}~{readings[-1]['start']}")
    open_table(page)
    chart(page).get_by_role("button", name="Chart options").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as CSV").click()
    download.value.save_as(tmp_path / "chart.csv")
    rows = list(csv.reader((tmp_path / "chart.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["Time (UTC)", "Time (America/Denver)", "ac_power (kW)"]
    values = [float(row[2]) for row in rows[1:] if row[2]]
    assert len(values) > 100
    assert max(values) <= max(one["maximum"] for one in readings if one["count"]) + 0.01
    assert max(values) > 10


def test_a_comparison_begins_with_a_tag_that_the_chosen_assets_have(console, api):
    admin = api("admin")
    types = {one["id"]: one["type"] for one in admin.get("/assets?limit=200")["items"]}
    sensors = admin.get("/sensors?limit=200")["items"]
    tags = {one["tag"] for one in sensors if types.get(one["assetId"]) == "inverter"}
    assert tags < {one["tag"] for one in sensors}
    page = console("admin", "/compare?tag=ambient_temperature")
    page.get_by_role("combobox", name="Type").select_option("Inverter")
    box = page.get_by_role("combobox", name="Tag")
    expect(box).to_have_value(re.compile("temperature"))
    assert box.input_value() in tags
    box.click()
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(len(tags))


def test_the_hottest_inverter_is_found(console, api):
    page = console("admin", "/compare?tag=inverter_temperature&statistic=maximum&range=30d")
    row = page.get_by_role("row", name=re.compile("Inverter 2"))
    expect(row).to_contain_text(re.compile(r"[5-9]\d(\.\d+)?\s°C"))
    expect(row.get_by_role("img")).to_be_visible()
    # Thirty days are searched by the hour, by the clock of the site.
    expect(row).to_contain_text(re.compile(r"\d:00.*–.*\d:00.*America/Denver"))
    row.get_by_role("link", name="Inverter 2").click()
    expect(page).to_have_url(re.compile("tab=charts.*lines=inverter_temperature.*range=30d"))
    expect(chart(page)).to_be_visible()


def test_a_site_shows_its_place_its_assets_and_its_work(console, api):
    site = next(one for one in api("admin").get("/sites?limit=200")["items"] if one["code"] == "LHB")
    page = console("admin", f"/sites/{site['id']}")
    expect(page.get_by_role("group", name="Map of La Haute Borne")).to_be_visible()
    expect(page.get_by_role("region", name="Facts")).to_contain_text("Europe/Paris")
    page.get_by_role("region", name="Assets by status").get_by_role("link", name="Operational").click()
    expect(page).to_have_url(re.compile("status=operational"))
    expect(tree_row(page, "Senvion MM82 R80711")).to_be_visible()


def test_the_code_on_the_label_leads_to_the_asset(console, api):
    cv2 = pytest.importorskip("cv2")
    import numpy

    asset = inverter(api)
    page = console("technician", f"/assets/{asset['id']}", device_scale_factor=3)
    picture = page.get_by_role("img", name=f"QR code of {asset['name']}").screenshot()
    image = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    words, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    assert words == page.url
