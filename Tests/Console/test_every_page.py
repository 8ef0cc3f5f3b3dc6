"""Every page of the console, also one that is added later: for everybody who looks at it, in light and dark, in Arabic, on a phone.

Screenshots of all of them are written to CONSOLE_SCREENS, if it is set (`make screens`).
"""
import re

import pytest
from playwright.sync_api import Page, expect

from conftest import go
from pages import COLOURS, RAW, ROOT, RULES, TOO_WIDE, VISIBLE, WORDS, address, english_words, in_colours, plain, promised, report, routes, settle, shoot, texts, unreadable  # noqa: F401

# Who sees a page that administrators do not see.
OTHERS = {"/devices": "technician"}

pytestmark = pytest.mark.proof


class Visitor:
    """Walks through all pages, as whoever may see them."""

    def __init__(self, console, address, **options):
        self._console, self._address, self._options = console, address, options
        self._pages: dict[str, Page] = {}

    def __iter__(self):
        for path, *_ in routes():
            person = OTHERS.get(path, "admin")
            if page := self._pages.get(person):
                go(page, self._address(path))
            else:
                page = self._pages[person] = self._console(person, self._address(path), reduced_motion="reduce", **self._options)
            settle(page)
            yield path, page


def test_every_route_of_the_router_is_looked_at():
    """The list is read out of `routes.ts`: a route that is written in another way would be missed in silence."""
    lines = (ROOT / "Services/Gateway/Web/console/routes.ts").read_text(encoding="utf-8")
    written = re.findall(r'\broute\(\s*["\'`]([^"\'`]+)', lines)
    # Only builds for development have it; `test_every_view.py` makes one.
    assert sorted(written) == sorted([*(path for path, *_ in routes()), "/design"])


def test_everybody_can_read_every_page_and_it_fits_at_200_percent(console, address, promised):
    faults = {}
    for path, page in Visitor(console, address):
        for mode, rules in (("light", RULES), ("dark", COLOURS)):
            in_colours(page, mode)
            shoot(page, mode, path)
            faults[f"{path} ({mode})"] = unreadable(page, rules)
        in_colours(page, "light")
        before = page.viewport_size
        page.set_viewport_size({"width": before["width"] // 2, "height": before["height"] // 2})
        page.wait_for_timeout(150)
        shoot(page, "zoomed", path)
        faults[f"{path} (200 %)"] = page.evaluate(TOO_WIDE)
        page.set_viewport_size(before)
    report(faults)


def test_no_page_has_english_words_or_codes_in_arabic(console, api, address, plain, promised):
    english = english_words(api)
    faults = {}
    for path, page in Visitor(console, address, locale="ar-EG"):
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        shoot(page, "arabic", path)
        found = english(page.evaluate(VISIBLE))
        found += [f"{text!r} has a code in it" for text in page.evaluate(WORDS) if RAW.search(plain(text))]
        faults[path] = found + page.evaluate(TOO_WIDE)
    report(faults)


@pytest.mark.parametrize("person, path", [
    # What it needs is named, with the words for permissions.
    ("technician", "/people"),
    ("admin", "/assets/:id?tab=history"),
])
def test_there_are_no_codes_where_one_seldom_looks(console, address, plain, person, path):
    page = console(person, address(path), locale="ar-EG")
    settle(page)
    found = [text for text in page.evaluate(WORDS) if RAW.search(plain(text))]
    assert not found


def test_types_of_assets_have_words(console):
    page = console("supervisor", "/assets?q=inverter", locale="ar-EG")
    expect(page.get_by_role("treegrid")).to_contain_text(texts("ar")["plant.kind.inverter"])


def test_every_page_fits_on_a_phone(console, address):
    faults = {}
    for path, page in Visitor(console, address, viewport={"width": 375, "height": 740}, has_touch=True):
        shoot(page, "phone", path)
        faults[path] = page.evaluate(TOO_WIDE)
    report(faults)
