"""Every page of the console, also one that is added later: for everybody who looks at it, in light and dark, in Arabic, on a phone.

Screenshots of all of them are written to CONSOLE_SCREENS, if it is set (`make screens`).
"""
import json
import os
import pathlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import URL

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREENS = os.environ.get("CONSOLE_SCREENS")
# What WCAG 2.1 AA asks for, and what axe recommends beyond it.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
# Who sees a page that administrators do not see.
OTHERS = {"/devices": "technician"}


def paths() -> list[str]:
    routes = (ROOT / "Services/Gateway/Web/console/routes.ts").read_text(encoding="utf-8")
    return [path for path in re.findall(r'^  route\("([^"]+)"', routes, re.M)]


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
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  }).slice(0, 5).map(one => one.outerHTML.slice(0, 160));
}"""


@pytest.fixture(scope="module")
def addresses(request):
    """The address of each path: one with `:id` shows a record that the demo has made."""
    made = {}

    def fill(api) -> dict[str, str]:
        if not made:
            admin = api("admin")
            first = {
                "/work-orders/:id": "/workorders?limit=1",
                "/alerts/:id": "/alerts?limit=1",
                "/assets/:id": "/assets?limit=1",
                "/sites/:id": "/sites?limit=1",
                "/people/:id": "/users?limit=1",
            }
            for path in paths():
                made[path] = path.replace(":id", admin.get(first[path])["items"][0]["id"]) if ":id" in path else path
        return made

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
  return !loads && performance.now() - window.settledAt > 400;
}"""


def settle(page: Page):
    page.wait_for_function(SETTLED)


def shoot(page: Page, mode: str, path: str):
    if SCREENS:
        name = path.strip("/").replace("/:", "-").replace("/", "-") or "overview"
        page.screenshot(path=f"{SCREENS}/{mode}/{name}.png", full_page=True)


def unreadable(page: Page, rules=RULES) -> list[str]:
    """What axe finds."""
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {[check['message'] for check in node['any']][:1]}"
        for rule in Axe().run(page, options=rules).response["violations"]
        for node in rule["nodes"]
    ]


class Visitor:
    """Walks through all pages, as whoever may see them."""

    def __init__(self, console, addresses: dict[str, str], **options):
        self._console, self._addresses, self._options = console, addresses, options
        self._pages: dict[str, Page] = {}

    def __iter__(self):
        for path, address in self._addresses.items():
            person = OTHERS.get(path, "admin")
            if person not in self._pages:
                self._pages[person] = self._console(person, address, reduced_motion="reduce", **self._options)
            page = self._pages[person]
            page.goto(f"{URL}{address}")
            settle(page)
            yield path, page


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


def test_everybody_can_read_every_page_in_light_and_dark(console, api, addresses):
    faults = {}
    for path, page in Visitor(console, addresses(api)):
        # Colours alone differ.
        for mode, rules in (("light", RULES), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=mode)
            page.wait_for_timeout(50)
            shoot(page, mode, path)
            if found := unreadable(page, rules):
                faults[f"{path} ({mode})"] = found
    report(faults)


def test_no_page_has_english_words_or_codes_in_arabic(console, api, addresses, plain):
    english = english_words(api)
    faults = {}
    for path, page in Visitor(console, addresses(api), locale="ar-EG"):
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        shoot(page, "arabic", path)
        found = english(page.evaluate(VISIBLE))
        found += [f"{text!r} has a code in it" for text in page.evaluate(WORDS) if RAW.search(plain(text))]
        found += page.evaluate(TOO_WIDE)
        if found:
            faults[path] = found
    report(faults)


@pytest.mark.parametrize("person, address", [
    # What it needs is named, with the words for permissions.
    ("technician", "/people"),
    ("admin", "/assets/:id?tab=history"),
])
def test_there_are_no_codes_where_one_seldom_looks(console, api, addresses, plain, person, address):
    path, _, query = address.partition("?")
    page = console(person, f"{addresses(api)[path]}?{query}", locale="ar-EG")
    settle(page)
    found = [text for text in page.evaluate(WORDS) if RAW.search(plain(text))]
    assert not found


def test_types_of_assets_have_words(console):
    page = console("supervisor", "/assets?q=inverter", locale="ar-EG")
    expect(page.get_by_role("treegrid")).to_contain_text(texts("ar")["plant.kind.inverter"])


@pytest.mark.parametrize("mode, options", [
    ("phone", {"viewport": {"width": 375, "height": 740}, "has_touch": True}),
    # 1,280 pixels at 200 %.
    ("zoomed", {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}),
])
def test_every_page_fits(console, api, addresses, mode, options):
    faults = {}
    for path, page in Visitor(console, addresses(api), **options):
        shoot(page, mode, path)
        if found := page.evaluate(TOO_WIDE):
            faults[path] = found
    report(faults)
