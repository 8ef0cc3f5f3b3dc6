"""What pages show beside their first view: other views, tabs, dialogs, the wall, and what stands there before anybody is signed in.

Each is looked at like every page: read by all, in Arabic, and on a phone, a tablet and a wall.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Error as PlaywrightError, Page, expect

from conftest import LOGIN, URL, go
from pages import COLOURS, RAW, ROOT, RULES, TOO_WIDE, VISIBLE, WORDS, Listener, address, english_words, in_colours, plain, promised, report, settle, shoot, texts, unreadable  # noqa: F401

# The name of a view, its address, and what is pressed there: keys, or a button or an entry of a menu by the key of its text, with the value in it.
VIEWS = {
    "board": ("/work-orders?view=board",),
    "calendar": ("/work-orders?view=calendar",),
    "order-edit": ("/work-orders/:id?edit=1",),
    "order-new": ("/work-orders", "c"),
    "order-assign": ("/work-orders/:id", "a"),
    "order-schedule": ("/work-orders/:id", "orders.move.schedule"),
    "order-cancel": ("/work-orders/:id", "orders.more", "orders.move.cancel"),
    "order-bulk": ("/work-orders?status=all&sort=-number", "j", "x", "j", "x", "orders.move.cancel"),
    "order-keys": ("/work-orders", "?"),
    "order-working": ("/work-orders/:working",),
    "permit-list": ("/permits?view=list",),
    "permit-edit": ("/permits/:id", "orders.permit.edit"),
    "permit-approved": ("/permits/:approved",),
    "permit-print": ("/permits/:approved/print",),
    "permit-cancel": ("/permits/:approved", "orders.permitMove.cancel"),
    "permit-extend": ("/permits/:approved", "orders.permit.extend"),
    "permit-new": ("/work-orders/:id", "orders.permit.new"),
    "permit-require": ("/work-orders/:id", "orders.permit.require"),
    "incident-report": ("/incidents", "orders.incident.report"),
    "incident-write": ("/incidents/:id", "orders.incident.write"),
    "incident-action": ("/incidents/:id", "orders.incident.action_add"),
    "automation-new": ("/automation", "orders.rule.new"),
    "automation-change": ("/automation/:id", "orders.rule.change"),
    "automation-remove": ("/automation/:id", "orders.more", "orders.rule.remove"),
    "webhook-new": ("/webhooks", "orders.hook.new"),
    "webhook-change": ("/webhooks/:id", "orders.hook.change"),
    "webhook-secret": ("/webhooks/:id", "orders.more", "orders.hook.rotate"),
    "webhook-again": ("/webhooks/:id", "orders.hook.redeliver_failed"),
    "order-complete": ("/work-orders/:ready", "orders.move.complete"),
    "order-hold": ("/work-orders/:working", "orders.move.pause"),
    "order-comment-edit": ("/work-orders/:working", "orders.comment.edit_of"),
    "order-comment-delete": ("/work-orders/:working", "orders.comment.delete_of"),
    "order-signed": ("/work-orders/:signed",),
    "order-print-working": ("/work-orders/:working/print",),
    "order-print-signed": ("/work-orders/:signed/print",),
    "request-convert": ("/requests/:id", "orders.request.convert"),
    "request-decline": ("/requests/:id", "orders.request.decline"),
    "request-link-new": ("/requests/links", "orders.request.link_new"),
    "crew-new": ("/crews", "admin.crew.new"),
    "certificate-add": ("/certificates", "admin.certificate.add"),
    "skills": ("/certificates", "admin.skill.set"),
    "certificates-all": ("/certificates?show=all",),
    "shifts-people": ("/shifts?by=people",),
    "shifts-archived": ("/shifts?archived=1",),
    "shift-new": ("/shifts", "admin.shift.new"),
    "time-off-ask": ("/time-off", "admin.timeoff.ask"),
    "schedule-found": ("/schedule?q=Tara",),
    "order-sign": ("/work-orders/:signed", "orders.signature.sign.accepted"),
    "order-delete": ("/work-orders/:draft", "orders.more", "orders.delete"),
    "orders-level": ("/work-orders?level=on_time,at_risk,breached",),
    "levels-site": ("/service-levels", "orders.level.site_add"),
    "order-hours": ("/work-orders/:working", "h"),
    "order-cost": ("/work-orders/:id", "b"),
    "order-part": ("/work-orders/:working", "p"),
    "order-part-move": ("/work-orders/:working", "orders.part.more Fan", "orders.part.move.issued"),
    "order-part-movements": ("/work-orders/:working", "orders.part.more Fan", "orders.part.movements"),
    "order-part-plan": ("/work-orders/:draft", "p"),
    "order-draft": ("/work-orders/:draft",),
    "order-estimate": ("/work-orders/:draft", "orders.estimate.change"),
    "budget-new": ("/budgets", "orders.budget.new"),
    "budget-change": ("/budgets/:id", "orders.budget.change"),
    "budget-remove": ("/budgets/:id", "orders.budget.remove"),
    "rate-currency": ("/costs/rates", "orders.cost.rates.currency"),
    "rate-new": ("/costs/rates", "orders.cost.rates.card_new"),
    "exchange-new": ("/costs/rates", "orders.cost.rates.exchange_new"),
    "view-save": ("/work-orders?status=all&q=views", "orders.view.saved", "orders.view.save"),
    "views": ("/work-orders?status=all&q=views", "orders.view.saved", "orders.view.manage"),
    "order-template": ("/work-orders/:id", "orders.more", "orders.template.from_order"),
    "task-new": ("/work-orders/:id", "orders.check.add"),
    "task-change": ("/work-orders/:id", "orders.check.more Look at the fan", "orders.check.change"),
    "file-preview": ("/work-orders/:id", "orders.file.open_one Fan.png"),
    "file-delete": ("/work-orders/:id", "orders.file.delete_one Notes.txt"),
    "templates-archived": ("/templates?archived=1",),
    "template-edit": ("/templates/:id?edit=1",),
    "template-old": ("/templates/:id?version=1",),
    "template-task": ("/templates/new", "orders.check.add"),
    "template-archive": ("/templates/:id", "orders.template.archive"),
    "palette": ("/work-orders", "Control+k"),
    "asset-charts": ("/assets/:id?tab=charts&lines=ac_power,inverter_temperature&range=7d",),
    "asset-orders": ("/assets/:id?tab=orders",),
    "asset-alerts": ("/assets/:id?tab=alerts",),
    "asset-sensors": ("/assets/:id?tab=sensors",),
    "asset-history": ("/assets/:id?tab=history",),
    "asset-edit": ("/assets/:id", "plant.edit"),
    "asset-move": ("/assets/:id", "plant.more", "plant.move"),
    "asset-delete": ("/assets/:id", "plant.more", "plant.delete"),
    "sensor-new": ("/assets/:id?tab=sensors", "plant.add_sensor"),
    "asset-new": ("/assets", "plant.new_asset"),
    "site-new": ("/assets", "plant.new_site"),
    "site-edit": ("/sites/:id", "plant.edit"),
    "rule-new": ("/rules", "watch.rule.new"),
    "person-access": ("/people/:id?tab=access",),
    "person-why": ("/people/:id?tab=why",),
    "person-activity": ("/people/:id?tab=activity",),
    "person-erase": ("/people/:id", "admin.act.all", "admin.act.erase"),
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


def press(page: Page, step: str, language: str):
    if "." not in step:
        page.keyboard.press(step)
        return
    key, _, value = step.partition(" ")
    # A value that is not said can be anything, such as a time.
    words = texts(language)[key]
    label = re.sub(r"\{\w+\}", f"\u2068{value}\u2069" if language == "ar" else value, words) if value or "{" not in words else re.compile("^" + re.sub(r"\\\{\w+\\\}", ".+", re.escape(words)) + "$")
    page.get_by_role("button", name=label, exact=True).or_(page.get_by_role("menuitem", name=label, exact=True)).first.click()


def visit(page: Page, view: str, address, language: str = "en"):
    path, *steps = VIEWS[view]
    # What the view before has opened is closed by this key: people without a mouse have no other.
    opened = page.locator("dialog[open]")
    while opened.count() > 0:
        before = opened.count()
        page.keyboard.press("Escape")
        expect(opened).to_have_count(before - 1)
    go(page, address(path))
    settle(page)
    for step in steps:
        press(page, step, language)
    if steps:
        expect(opened.first).to_be_visible()
        settle(page)


def too_wide(page: Page) -> list[str]:
    return page.evaluate(TOO_WIDE) + page.evaluate(CUT_OFF)


def looked_at(page: Page, view: str) -> dict[str, list[str]]:
    """What axe finds in light and dark, and what does not fit."""
    faults = {}
    for mode, rules in (("light", RULES), ("dark", COLOURS)):
        in_colours(page, mode)
        shoot(page, mode, view)
        faults[f"{view} ({mode})"] = unreadable(page, rules)
    in_colours(page, "light")
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


def test_everybody_can_read_every_view_and_it_fits(console, address, promised):
    page = console("admin", "/", reduced_motion="reduce")
    faults = {}
    for view in VIEWS:
        def look():
            visit(page, view, address)
            return looked_at(page, view)
        attempted(faults, view, look)
    report(faults)


def test_no_view_has_english_words_or_codes_in_arabic(console, api, address, plain, promised):
    page = console("admin", "/", locale="ar-EG", reduced_motion="reduce")
    english, listener = english_words(api), Listener(page)
    page.reload()
    faults = {}
    for view in VIEWS:
        def look():
            visit(page, view, address, "ar")
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
            in_colours(page, mode)
            shoot(page, mode, "design")
            faults[f"/design ({mode})"] = unreadable(page, rules)
        report(faults)
