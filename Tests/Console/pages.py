"""What can be said of any page: who can read it, in which language, whether it fits, and what it looks like."""
import datetime
import json
import os
import pathlib
import random
import re
import uuid

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from conftest import email
from orders import asset, attach, move, order, png, title

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREENS = os.environ.get("CONSOLE_SCREENS")
# What WCAG 2.1 AA asks for, and what axe recommends beyond it.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


def routes():
    """Every page, as `routes.ts` has it: its path, the key of its title, the permissions of which it needs one, and whether the menu has it."""
    lines = (ROOT / "Services/Gateway/Web/console/routes.ts").read_text(encoding="utf-8")
    for path, title, rest in re.findall(r'^  route\("([^"]+)", "([\w.]+)"(.*)', lines, re.M):
        needs = re.search(r"needs: \[([^\]]*)\]", rest)
        yield path, title, re.findall(r'"([^"]+)"', needs.group(1)) if needs else [], "menu:" in rest


def texts(language: str) -> dict[str, str | dict]:
    return {
        f"{file.stem}.{key}": text
        for file in (ROOT / "Shared/Localization" / language).glob("*.json")
        for key, text in json.loads(file.read_text(encoding="utf-8")).items()
    }


# What stands on the page or is read out.
VISIBLE = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (data.trim() && parent.closest("script, style, noscript, [data-untranslated]") === null) found.add(data.trim());
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) if (one.getAttribute(name)) found.add(one.getAttribute(name).trim());
  found.add(document.title.replace(/ · dCMMS$/, ""));
  return [...found];
}"""
# The same without hints on hover: some name the code of what they are about.
WORDS = VISIBLE.replace("[title], ", "").replace('"title", ', "")
# What only programs say: a value that was not filled in, a value of the API, a permission.
RAW = re.compile(r"\{\w+\}|(?<![\w/.@-])[a-z]+(?:_[a-z0-9]+)+(?![\w/@-])|(?<![\w/.-])[a-z]+(?:-[a-z]+)*:[a-z]+(?![\w/-])|(?<![\w/.-])[A-Z]+(?:_[A-Z0-9]+)+(?![\w/-])")
# Colours alone differ between light and dark.
COLOURS = {"runOnly": ["color-contrast"]}
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  }).slice(0, 5).map(one => one.outerHTML.slice(0, 160));
}"""


# Where records for pages are found. A work order is made: one that is open can be changed in every way.
RECORDS = {
    "/alerts/:id": "/alerts?limit=1",
    "/assets/:id": "/assets?type=inverter&limit=1",
    "/sites/:id": "/sites?limit=1",
    "/people/:id": f"/users?search={email('technician')}",
}
# Tasks that ask for nothing, and for an answer of each kind.
TASKS = [
    {"title": "Lock out", "isMandatory": True, "description": "Key 4", "check": {"kind": "yes_no", "passes": True}},
    {"title": "Look at the fan", "after": [1], "check": {"kind": "choice", "options": ["Like new", "Worn", "Broken"], "failing": ["Broken"]}},
    {"title": "Measure the insulation", "check": {"kind": "number", "unit": "MΩ", "minimum": "20", "maximum": "1000.5"}},
    {"title": "Say what was found", "check": {"kind": "text"}},
    {"title": "Read the meter", "check": {"kind": "meter", "meter": "Operating hours", "unit": "h"}},
    {"title": "Replace the fan"},
]
chosen: dict[str, str] = {}


def currency(admin):
    """Costs are counted in one."""
    if admin.get("/costs/rates").get("currency") is None:
        since = "2020-01-01T00:00:00Z"
        admin.put("/costs/rates", {"currency": "EUR", "cards": [{"effectiveFrom": since, "hourlyRate": "45"}], "exchangeRates": [{"currency": "USD", "effectiveFrom": since, "rate": "0.92"}]})


def costs(admin, one):
    """Costs of a work order, one of them taken back."""
    currency(admin)
    path = f"/costs/workorders/{one['id']}/entries"
    admin.post(path, {"category": "services", "description": "Crane", "quantity": "2", "unit": "day", "unitRate": "850"})
    fan = admin.post(path, {"category": "parts", "description": "Fan", "unitRate": "112.40"})
    admin.post(f"{path}/{fan['id']}/reversal", {"reason": "Another site pays"})


def working(admin):
    """A work order in progress, with hours that were corrected, and a way to it."""
    tara = admin.get(f"/users?search={email('technician')}")["items"][0]["id"]
    one = order(admin, assignedTo=tara, priority="high", tasks=[{"title": "Photograph the rating plate", "check": {"kind": "photo"}}, {"title": "The customer signs", "check": {"kind": "signature"}}])
    for step in ("submit", "start"):
        move(admin, one, step)
    talk(admin, one, tara)
    # Some day of the last years, on which nothing else was recorded.
    start = datetime.datetime.now(datetime.timezone.utc).replace(hour=14, minute=0, second=0, microsecond=0) - datetime.timedelta(days=random.randint(800, 3000))
    moment = lambda hours: (start + datetime.timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    path = f"/workorders/{one['id']}/labor"
    made = admin.post(path, {"userId": tara, "startedAt": moment(0), "endedAt": moment(9), "note": "Fan replaced"})
    admin.patch(f"{path}/{made['id']}", {"breakMinutes": 30, "reason": "Lunch"}, made["version"])
    admin.post(path, {"userId": tara, "kind": "travel", "startedAt": moment(-1), "endedAt": moment(0)})
    currency(admin)
    fan = admin.post(f"/workorders/{one['id']}/parts", {"number": "FAN-120-24V", "name": "Fan", "used": "1", "serialNumber": "S-4711", "unitCost": "38.5"})
    admin.post(f"/workorders/{one['id']}/parts/{fan['id']}/movements", {"kind": "issued", "quantity": "2", "note": "For the next stop"})
    return one


def talk(admin, one, somebody):
    """Comments: one that mentions somebody, one that was changed, and one that was deleted."""
    path = f"/workorders/{one['id']}/comments"
    name = admin.get(f"/users/{somebody}")["displayName"]
    admin.post(path, {"text": f"@{name}, the fan comes at nine.", "mentions": [somebody]})
    made = admin.post(path, {"text": "With the crane"})
    admin.patch(f"{path}/{made['id']}", {"text": "With the small crane"}, made["version"])
    gone = admin.post(path, {"text": "Never mind"})
    admin.send("DELETE", f"{path}/{gone['id']}", None, gone["version"])


# What to beware of, in two lines.
BEWARE = "The roof is slippery.\nNobody goes alone."


def ready(admin):
    """A work order that can be completed."""
    one = order(admin, assignedTo=admin.get(f"/users?search={email('technician')}")["items"][0]["id"], safetyNotes=BEWARE)
    for step in ("submit", "start"):
        move(admin, one, step)
    return one


def signed(admin):
    """A work order that is completed, and signed."""
    tara = admin.get(f"/users?search={email('technician')}")["items"][0]["id"]
    one = order(admin, assignedTo=tara, description="The fan is loud.", safetyNotes=BEWARE)
    for step in ("submit", "start"):
        move(admin, one, step)
    move(admin, one, "complete", completionNotes="The fan is new.", rootCause="The bearing ran dry.", preventiveActions="Grease in spring.")
    admin.post(f"/workorders/{one['id']}/signatures", {"meaning": "performed", "version": admin.get(f"/workorders/{one['id']}")["version"]})
    return one


def incident(admin):
    """An incident under investigation, with an action that is overdue."""
    me = admin.get(f"/users?search={email('admin')}")["items"][0]["id"]
    one = admin.post("/incidents", {
        "siteId": admin.get("/sites?limit=1")["items"][0]["id"], "kind": "near_miss", "severity": "moderate", "occurredAt": "2026-01-01T08:00:00Z", "title": title(), "description": "A spanner fell.",
        "people": [{"userId": me, "role": "witness"}],
    })
    one = admin.post(f"/incidents/{one['id']}/transitions/investigate", {})
    one = admin.patch(f"/incidents/{one['id']}", {"findings": "The lanyard was worn."}, one["version"])
    return admin.post(f"/incidents/{one['id']}/actions", {"text": "New lanyards", "ownerId": me, "dueOn": "2026-02-01"})


def permit(admin, **fields):
    """A permit that somebody could approve, as a draft of now, with two points of isolation."""
    me = admin.get(f"/users?search={email('admin')}")["items"][0]["id"]
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    moment = lambda hours: (now + datetime.timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    one = order(admin)
    move(admin, one, "submit")
    return admin.post(f"/workorders/{one['id']}/permits", {
        "kind": "electrical_loto", "title": title(), "validFrom": moment(-1), "validUntil": moment(3), "location": "Inverter 7", "workers": [me], "checklist": ["Earthing is in place"], "ppe": ["Gloves"],
        "hazards": [{"kind": "electrical", "severity": "critical", "mitigation": "Arc-rated suit"}],
        "isolations": [{"energy": "electrical", "place": "Breaker Q1"}, {"energy": "mechanical", "place": "Pin 2"}],
        **fields,
    })


def permit_steps(api, one, *steps):
    for step in steps:
        api.post(f"/permits/{one['id']}/transitions/{step}", {})


def webhook(admin):
    """A webhook with a delivery. There is one already, if this has run before."""
    found = [one for one in admin.get("/webhooks")["items"] if one["name"] == "Ticket system"]
    made = found[0] if found else admin.post("/webhooks", {"name": "Ticket system", "url": "http://127.0.0.1:9/hooks", "events": ["workorder.created"]})["webhook"]
    admin.post(f"/webhooks/{made['id']}/test")
    return made


def automation(admin):
    """A rule that is off. There is one already, if this has run before."""
    found = [one for one in admin.get("/automation-rules")["items"] if one["name"] == "Emergencies first"]
    return found[0] if found else admin.post("/automation-rules", {
        "name": "Emergencies first", "when": "created", "isActive": False,
        "condition": {"tests": [{"field": "type", "values": ["emergency"]}], "groups": [{"match": "any", "tests": [{"field": "priority", "values": ["high", "critical"]}, {"field": "origin", "isNot": True, "values": ["person"]}]}]},
        "actions": [{"kind": "set_priority", "priority": "critical"}, {"kind": "comment", "text": "24/7"}],
    })


@pytest.fixture
def promised(api):
    """Service levels, which are put back."""
    admin = api("admin")
    before = admin.get("/workorders/service-levels")
    hours = {"days": ["monday", "tuesday"], "from": "08:00", "until": "17:00"}
    admin.put("/workorders/service-levels", {
        "levels": [{"priority": "high", "respondMinutes": 45, "restoreMinutes": 240, "isAroundTheClock": True}, {"priority": "medium", "restoreMinutes": 2880}],
        "hours": hours, "sites": [{"siteId": admin.get("/sites?limit=1")["items"][0]["id"], "hours": {**hours, "from": "22:00", "until": "06:00"}}], "pausedBy": ["weather"],
    })
    yield
    admin.put("/workorders/service-levels", {name: before[name] for name in ("levels", "hours", "sites", "pausedBy") if before.get(name) is not None})


def draft(admin):
    """A work order of which somebody has said what it is expected to cost."""
    currency(admin)
    one = order(admin)
    admin.put(f"/costs/workorders/{one['id']}/estimate", {"items": [{"category": "parts", "amount": "250"}, {"category": "labor", "amount": "1200.5"}]})
    return one


def budget(admin):
    """A budget of which some is booked."""
    currency(admin)
    year = datetime.date.today().year
    there = admin.get(f"/costs/budgets?year={year}")["items"]
    return there[0] if there else admin.post("/costs/budgets", {"year": year, "amount": "4800", "category": "services", "note": "As agreed in autumn"})


def asked(admin):
    """What a stranger has asked for at a sign."""
    made = admin.post("/request-links", {"assetId": asset(admin)["id"], "label": title()})
    admin.post(f"/public/requests/{made['token']}", {"clientKey": str(uuid.uuid4()), "kind": "safety", "description": "The fan is loud.", "name": "Maria", "contact": "maria@example.org"})
    return next(one["id"] for one in admin.get("/requests?limit=50")["items"] if one["linkId"] == made["link"]["id"])


def view(admin):
    """There is a view to be shown."""
    if not admin.get("/workorders/views")["items"]:
        admin.post("/workorders/views", {"name": "Urgent", "query": "status=unfinished&priority=critical", "isShared": True})


@pytest.fixture
def address(api):
    """Puts a record of the demo where an address has `:id`."""
    admin = api("admin")

    def record(kind: str) -> str:
        if kind == "/work-orders/:id":
            one = order(admin, tasks=TASKS)
            for name in ("Cable", "Filter mat, 400 mm by 600 mm, for the cabinet of the inverter"):
                admin.post(f"/workorders/{one['id']}/parts", {"number": f"{name[:5].upper()}-1", "name": name, "planned": "2.5", "unit": "m"})
            move(admin, one, "submit")
            costs(admin, one)
            attach(admin, one, "Fan.png", png())
            attach(admin, one, "Notes.txt", b"The fan is loud.\n", "document")
            return one["id"]
        if kind == "/work-orders/:draft":
            return draft(admin)["id"]
        if kind == "/budgets/:id":
            return budget(admin)["id"]
        if kind == "/incidents/:id":
            return incident(admin)["id"]
        if kind == "/permits/:id":
            return permit(admin)["id"]
        if kind == "/permits/:approved":
            one = permit(admin)
            permit_steps(admin, one, "submit")
            permit_steps(api("supervisor"), one, "approve")
            admin.post(f"/permits/{one['id']}/isolations/{one['isolations'][0]['id']}/lock", {"lockNumber": title()})
            return one["id"]
        if kind == "/webhooks/:id":
            return webhook(admin)["id"]
        if kind == "/automation/:id":
            return automation(admin)["id"]
        if kind == "/work-orders/:signed":
            return signed(admin)["id"]
        if kind == "/work-orders/:ready":
            return ready(admin)["id"]
        if kind == "/work-orders/:working":
            view(admin)
            return working(admin)["id"]
        if kind == "/requests/:id":
            return asked(admin)
        if kind == "/templates/:id":
            content = {"name": title(), "type": "preventive", "priority": "high", "estimatedMinutes": 90, "requiredSkills": ["rope rescue"], "description": "Before summer"}
            made = admin.post("/workorders/templates", {**content, "tasks": TASKS[:2]})
            # Of two versions, the first can be looked at too.
            return admin.put(f"/workorders/templates/{made['id']}", {**content, "tasks": TASKS})["id"]
        return admin.get(RECORDS[kind])["items"][0]["id"]

    def fill(address: str) -> str:
        # What stands behind the record is another page of it.
        named = re.match(r"([^?]*/:(id|working|ready|draft|signed|approved))(?![\w])", address)
        if named is None:
            return address
        kind = named[1]
        if kind not in chosen:
            chosen[kind] = record(kind)
        return address.replace(f":{named[2]}", chosen[kind])

    return fill


@pytest.fixture
def plain(api):
    """Takes names out of a text that are shown as people have given them: tags are such names."""
    supervisor = api("supervisor")
    names = {sensor["tag"] for sensor in supervisor.get("/sensors?limit=200")["items"]}
    names |= {rule["tag"] for rule in supervisor.get("/alert-rules?limit=200")["items"]}
    tags = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "$.")
    return lambda text: tags.sub("", text)


# Nothing is loading, and was not a moment ago: what a page has read may lead it to read more.
SETTLED = """() => {
  const loads = document.querySelector("main") === null || document.querySelector(".ui-skeleton, [aria-busy=true]") !== null;
  if (loads) window.settledAt = undefined;
  else window.settledAt ??= performance.now();
  return !loads && performance.now() - window.settledAt > 250;
}"""


# Colours do not change by degrees while they are looked at.
STILL = """() => {
  if (window.isStill) return;
  window.isStill = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def settle(page: Page):
    page.wait_for_function(SETTLED)


def shoot(page: Page, mode: str, path: str):
    if SCREENS:
        name = path.strip("/").replace("/:", "-").replace("/", "-") or "overview"
        page.screenshot(path=f"{SCREENS}/{mode}/{name}.png", full_page=True)


def in_colours(page: Page, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.evaluate(STILL)
    # The theme follows in the next frame.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def unreadable(page: Page, rules=RULES) -> list[str]:
    """What axe finds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {**rules, "resultTypes": ["violations"], "preload": False}
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {[check['message'] for check in node['any']][:1]}"
        for rule in page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
        for node in rule["nodes"]
    ]


def english_words(api):
    """Finds texts that are in English although there is another language for them."""
    english, arabic = texts("en"), texts("ar")
    words = {}
    for key, text in english.items():
        forms = [text] if isinstance(text, str) else text.values()
        there = json.dumps(arabic[key], ensure_ascii=False)
        for form in forms:
            if re.search(r"[A-Za-z]{3}", form) and form not in there:
                words[form] = key
    patterns = [(re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))), key) for text, key in words.items() if "{" in text and re.search(r"[A-Za-z]{3}.*[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text))]
    # People may be called like a role.
    names = {user["displayName"] for user in api("admin").get("/users?limit=200")["items"]}

    def find(shown: list[str]) -> list[str]:
        found = []
        for text in shown:
            if text in names:
                continue
            key = words.get(text) or next((key for pattern, key in patterns if pattern.fullmatch(text)), None)
            if key:
                found.append(f"{text!r} is the English of {key}")
        return found

    return find


# Keeps what the API has answered: words in it are data, and not the page's own.
HEAR = """{
  window.heard = "";
  const read = Response.prototype.text;
  for (const name of ["json", "text"]) {
    const own = Response.prototype[name];
    Response.prototype[name] = function () {
      read.call(this.clone()).then(words => { window.heard += words; }, () => {});
      return own.call(this);
    };
  }
}"""
LATIN = re.compile(r"[A-Za-z]{2,}(?:,? +[A-Za-z]{2,}){2,}")


class Listener:
    """Finds English sentences that are in no catalogue: three words and more that did not come from the API."""

    def __init__(self, page: Page):
        self._page, self._live = page, []
        page.add_init_script(HEAR)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self._live.append(str(frame))))

    def unheard(self) -> list[str]:
        heard = self._page.evaluate("window.heard") + "".join(self._live)
        return [f"{text!r} is English" for text in self._page.evaluate(VISIBLE) if any(words not in heard for words in LATIN.findall(text))]


def report(faults: dict[str, list[str]]):
    found = [f"{path}: {fault}" for path, faults_of_it in faults.items() for fault in faults_of_it]
    assert not found, "\n".join(found)
