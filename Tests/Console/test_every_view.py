"""What pages show beside their first view: other views, tabs, dialogs, the wall, and what stands there before anybody is signed in.

Each is looked at like every page: read by all, in Arabic, and on a phone, a tablet and a wall.
"""
import pathlib
import subprocess
import sys
import tempfile
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Error as PlaywrightError, Page, expect

from conftest import LOGIN, URL, email
from test_every_page import Listener, RAW, ROOT, RULES, TOO_WIDE, VISIBLE, WORDS, addresses, english_words, plain, report, settle, shoot, texts, unreadable

COLOURS = {"runOnly": ["color-contrast"]}
# The name of a view, its address, and what is pressed there: keys, or a button or an entry of a menu by the key of its text.
VIEWS = {
    "board": ("/work-orders?view=board",),
    "calendar": ("/work-orders?view=calendar",),
    "order-edit": ("/work-orders/:open?edit=1",),
    "order-new": ("/work-orders", "c"),
    "order-assign": ("/work-orders/:open", "a"),
    "order-schedule": ("/work-orders/:open", "orders.move.schedule"),
    "order-cancel": ("/work-orders/:open", "orders.more", "orders.move.cancel"),
    "order-keys": ("/work-orders", "?"),
    "palette": ("/work-orders", "Control+k"),
    "asset-charts": ("/assets/:asset?tab=charts&lines=ac_power,inverter_temperature&range=7d",),
    "asset-orders": ("/assets/:asset?tab=orders",),
    "asset-alerts": ("/assets/:asset?tab=alerts",),
    "asset-sensors": ("/assets/:asset?tab=sensors",),
    "asset-history": ("/assets/:asset?tab=history",),
    "asset-edit": ("/assets/:asset", "plant.edit"),
    "asset-move": ("/assets/:asset", "plant.more", "plant.move"),
    "asset-delete": ("/assets/:asset", "plant.more", "plant.delete"),
    "sensor-new": ("/assets/:asset?tab=sensors", "plant.add_sensor"),
    "asset-new": ("/assets", "plant.new_asset"),
    "site-new": ("/assets", "plant.new_site"),
    "site-edit": ("/sites/:site", "plant.edit"),
    "rule-new": ("/rules", "watch.rule.new"),
    "person-access": ("/people/:person?tab=access",),
    "person-why": ("/people/:person?tab=why",),
    "person-activity": ("/people/:person?tab=activity",),
    "person-erase": ("/people/:person", "admin.act.all", "admin.act.erase"),
    "people-invite": ("/people", "admin.invite.open"),
    "people-import": ("/people", "admin.import.open"),
    "role-new": ("/roles", "admin.roles.create"),
    "key-new": ("/keys", "admin.keys.create"),
    "tenant-new": ("/tenants", "admin.tenants.create"),
    "proofs": ("/audit?tab=proofs",),
    "holds": ("/audit?tab=holds",),
    "hold-new": ("/audit?tab=holds", "admin.hold.place"),
    "letters": ("/fleet?tab=letters&daemon=work-orders",),
    "events": ("/fleet?tab=events&daemon=work-orders",),
    "wall": ("/?wall=1",),
}
# A dialog is inside the window, and so is what it holds; the open tab is inside its row; what was just opened is not wrong yet.
CUT_OFF = """() => [...document.querySelectorAll("[aria-selected=true][role=tab]")].filter(tab => {
  const [box, row] = [tab.getBoundingClientRect(), tab.parentElement.getBoundingClientRect()];
  return box.left < row.left - 1 || box.right > row.right + 1;
}).concat([...document.querySelectorAll("[aria-invalid=true]")]).concat([...document.querySelectorAll("dialog[open]")].flatMap(dialog => [dialog, ...dialog.querySelectorAll("*")]).filter(one => {
  const box = one.getBoundingClientRect();
  const scrolls = one.closest(".ui-table-scroll, [role=grid], pre") !== null;
  return box.width > 0 && !scrolls && getComputedStyle(one).position !== "absolute" && (box.right > innerWidth + 1 || box.left < -1);
})).slice(0, 5).map(one => one.outerHTML.slice(0, 160))"""
# Codes that people type.
SAID = {texts("ar")["plant.type.hint"]}
SIZES = {"phone": (375, 740), "tablet": (820, 1180), "screen-wide": (2560, 1440)}


@pytest.fixture(scope="module")
def records():
    made = {}

    def find(api) -> dict[str, str]:
        if not made:
            admin = api("admin")
            first = {
                ":open": "/workorders?status=open&limit=1",
                ":asset": "/assets?type=inverter&limit=1",
                ":site": "/sites?limit=1",
            }
            made.update({name: admin.get(path)["items"][0]["id"] for name, path in first.items()})
            made[":person"] = next(user["id"] for user in admin.get("/users?limit=200")["items"] if user["email"] == email("technician"))
        return made

    return find


def press(page: Page, step: str, language: str):
    if "." not in step:
        page.keyboard.press(step)
        return
    label = texts(language)[step]
    page.get_by_role("button", name=label, exact=True).or_(page.get_by_role("menuitem", name=label, exact=True)).first.click()


def visit(page: Page, view: str, records: dict[str, str], language: str = "en"):
    address, *steps = VIEWS[view]
    for name, record in records.items():
        address = address.replace(name, record)
    page.goto(f"{URL}{address}")
    settle(page)
    for step in steps:
        press(page, step, language)
    if steps:
        expect(page.locator("dialog[open]").first).to_be_visible()
        settle(page)


def too_wide(page: Page) -> list[str]:
    return page.evaluate(TOO_WIDE) + page.evaluate(CUT_OFF)


def looked_at(page: Page, view: str) -> dict[str, list[str]]:
    """What axe finds in light and dark, and what does not fit."""
    faults = {}
    for mode, rules in (("light", RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme=mode)
        page.wait_for_timeout(50)
        shoot(page, mode, view)
        faults[f"{view} ({mode})"] = unreadable(page, rules)
    page.emulate_media(color_scheme="light")
    before = page.viewport_size
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        shoot(page, size, view)
        faults[f"{view} ({size})"] = too_wide(page)
    page.set_viewport_size(before)
    return {name: found for name, found in faults.items() if found}


def attempted(faults: dict[str, list[str]], view: str, look):
    """One view that does not open hides none of the others."""
    try:
        faults.update(look())
    except (PlaywrightError, AssertionError) as error:
        faults[view] = [str(error)[:400]]


def test_everybody_can_read_every_view_and_it_fits(console, api, records):
    page = console("admin", "/", reduced_motion="reduce")
    made = records(api)
    faults = {}
    for view in VIEWS:
        def look():
            visit(page, view, made)
            return looked_at(page, view)
        attempted(faults, view, look)
    report(faults)


def test_no_view_has_english_words_or_codes_in_arabic(console, api, records, plain):
    page = console("admin", "/", locale="ar-EG", reduced_motion="reduce")
    made = records(api)
    english, listener = english_words(api), Listener(page)
    faults = {}
    for view in VIEWS:
        def look():
            visit(page, view, made, "ar")
            shoot(page, "arabic", view)
            found = english(page.evaluate(VISIBLE)) + listener.unheard() + [f"{text!r} has a code in it" for text in page.evaluate(WORDS) if text not in SAID and RAW.search(plain(text))]
            found += too_wide(page)
            return {view: found} if found else {}
        attempted(faults, view, look)
    report(faults)


@pytest.mark.parametrize("view, address", [("login", f"{LOGIN}/auth/login?return_to=/account"), ("account", f"{LOGIN}/account")])
def test_nobody_is_signed_in(context, api, view, address):
    page = context(reduced_motion="reduce").new_page()
    page.goto(address)
    report(looked_at(page, view))
    page = context(locale="ar-EG").new_page()
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    shoot(page, "arabic", view)
    found = english_words(api)(page.evaluate(VISIBLE)) + page.evaluate(TOO_WIDE)
    report({view: found} if found else {})


def test_every_component_can_be_read_in_light_and_dark(console):
    """`/design` is there in a build for development only."""
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder) / "site"
        subprocess.run([sys.executable, ROOT / "deploy/web/build.py", "--development", "--output", site], check=True, capture_output=True)

        def serve(route):
            path = urlparse(route.request.url).path
            if path.startswith(("/api", "/auth", "/ws")):
                return route.continue_()
            file = site / path.lstrip("/")
            return route.fulfill(path=file if file.is_file() else site / "index.html")

        page = console("supervisor", "/", reduced_motion="reduce")
        page.route("**/*", serve)
        page.goto(f"{URL}/design")
        expect(page.get_by_role("heading", level=1, name="Design system")).to_be_visible()
        expect(page.get_by_label("A map of sites")).to_be_visible()
        page.wait_for_timeout(1_500)
        faults = {}
        for mode, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=mode)
            page.wait_for_timeout(100)
            shoot(page, mode, "design")
            faults[f"/design ({mode})"] = unreadable(page, rules)
        report(faults)
