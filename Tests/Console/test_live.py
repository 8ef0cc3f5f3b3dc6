"""Pages that move by themselves: how somebody stops them, and what is read again without the gateway telling."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from people import fresh, person  # noqa: F401


def status(page, words):
    return page.get_by_role("banner").get_by_role("status").filter(has_text=re.compile(f"^{words}$"))


def order(api, title):
    asset = next(one for one in api.get("/assets?q=INV-2")["items"] if one["code"] == "INV-2")
    return api.post("/workorders", {"assetId": asset["id"], "title": title, "type": "corrective", "priority": "medium"})


# -- a pause


def row(page, words):
    return page.get_by_role("grid", name="Work orders").get_by_role("row").filter(has_text=words)


def test_a_paused_list_keeps_what_it_shows_until_it_is_resumed(console, api):
    sam = api("supervisor")
    word = uuid.uuid4().hex[:10]
    one = order(sam, f"live {word} before")
    page = console("supervisor", f"/work-orders?q={word}")
    expect(row(page, f"{word} before")).to_be_visible()
    expect(status(page, "Live")).to_be_visible()
    # With the keyboard alone.
    button = page.get_by_role("button", name="Pause updates")
    button.focus()
    page.keyboard.press("Enter")
    expect(status(page, "Paused")).to_be_visible()
    expect(page.get_by_role("button", name="Resume updates")).to_be_focused()
    sam.patch(f"/workorders/{one['id']}", {"title": f"live {word} after"}, one["version"])
    order(sam, f"live {word} new")
    expect(status(page, "Paused: there are changes")).to_be_visible()
    expect(row(page, f"{word} before")).to_be_visible()
    expect(row(page, f"{word} after")).to_have_count(0)
    expect(row(page, f"{word} new")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(row(page, f"{word} after")).to_be_visible()
    expect(row(page, f"{word} new")).to_be_visible()
    expect(row(page, f"{word} before")).to_have_count(0)
    expect(status(page, "Live")).to_be_visible()


def test_during_a_pause_one_sees_what_one_does_oneself(console, api):
    word = uuid.uuid4().hex[:10]
    one = order(api("supervisor"), f"live {word}")
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(status(page, "Live")).to_be_visible()
    page.get_by_role("button", name="Pause updates").click()
    # What has been read at the start may be read once more.
    page.wait_for_timeout(2_500)
    order(api("admin"), f"live {word} other")
    expect(status(page, "Paused: there are changes")).to_be_visible()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_role("button", name="Release for planning", exact=True).click()
    expect(page.get_by_role("main").get_by_text("Open", exact=True).first).to_be_visible()
    expect(page.get_by_role("list", name="Story")).to_contain_text("Sam Supervisor released it for planning")
    expect(page.get_by_role("banner").get_by_role("status")).to_contain_text("Paused")


def test_a_pause_is_of_the_tab_and_outlasts_a_reload(console):
    page = console("supervisor", "/alerts")
    page.get_by_role("button", name="Pause updates").click()
    expect(status(page, "Paused")).to_be_visible()
    page.reload()
    expect(status(page, "Paused")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{URL}/alerts")
    expect(status(other, "Live")).to_be_visible()
    # Nothing on a wall could resume it.
    page.goto(f"{URL}/?wall=1")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.goto(f"{URL}/alerts")
    expect(status(page, "Live")).to_be_visible()


# -- what is read again


def asked_for(page, path):
    """Addresses of the reads of this path, from now on."""
    urls = []
    page.on("request", lambda request: urls.append(request.url) if re.search(rf"/api/v1/{path}(\?|$)", request.url) and request.method == "GET" else None)
    return urls


def pass_time(page):
    """Until everything that is read again has been, also long lists."""
    page.mouse.move(300, 300)
    page.mouse.move(310, 310)
    page.clock.fast_forward("03:00")
    page.clock.run_for(2_000)


def test_somebody_whom_others_add_appears_in_an_open_list(console, person):
    page = console("admin", "/people?q=Live")
    page.clock.install()
    page.reload()
    search = page.get_by_role("searchbox", name="Name or e-mail address")
    expect(search).to_have_value("Live")
    search.focus()
    made = person(["viewer"], "Live")
    pass_time(page)
    expect(page.get_by_role("row").filter(has_text=made["displayName"])).to_be_visible()
    expect(search).to_be_focused()
    # Nor is anything lost that somebody types.
    page.get_by_role("button", name="Invite").click()
    address = page.get_by_role("dialog").get_by_label("E-mail address")
    address.fill("half@")
    other = person(["viewer"], "Live")
    pass_time(page)
    expect(page.get_by_text(other["displayName"], exact=True)).to_be_attached()
    expect(address).to_have_value("half@")
    expect(address).to_be_focused()


def test_newer_entries_do_not_move_what_somebody_reads(console, person):
    page = console("admin", "/audit")
    page.clock.install()
    page.reload()
    log = page.get_by_role("grid", name="Audit log")
    expect(log.get_by_role("row").nth(5)).to_be_visible()
    log.evaluate("grid => { grid.scrollTop = 1000; }")
    read = log.locator("[role=row][aria-rowindex='32']")
    expect(read).to_be_visible()
    number, place = read.get_by_role("gridcell").first.inner_text(), read.bounding_box()["y"]
    person(["viewer"])
    pass_time(page)
    read = log.get_by_role("row").filter(has=page.get_by_role("gridcell", name=number, exact=True))
    expect(read).not_to_have_attribute("aria-rowindex", "32")
    assert read.bounding_box()["y"] == place


def is_asked(page, urls):
    for _ in range(200):
        if urls:
            return True
        page.wait_for_timeout(50)
    return False


def test_a_page_that_nobody_uses_or_that_is_paused_asks_for_nothing(console):
    page = console("admin", "/people")
    page.clock.install()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Administrator").first).to_be_visible()
    asked = asked_for(page, "users")
    pass_time(page)
    assert is_asked(page, asked)
    # Its session ends when nobody uses it.
    page.clock.fast_forward("06:00")
    page.wait_for_timeout(500)
    del asked[:]
    for _ in range(3):
        page.clock.fast_forward(30_000)
        page.clock.run_for(2_000)
    page.wait_for_timeout(500)
    assert asked == []
    page.mouse.move(310, 310)
    page.clock.run_for(2_000)
    assert is_asked(page, asked)
    page.get_by_role("button", name="Pause updates").click()
    page.wait_for_timeout(500)
    del asked[:]
    pass_time(page)
    page.wait_for_timeout(500)
    assert asked == []


def test_an_answer_that_was_on_its_way_does_not_take_back_what_is_newer(console, api):
    """Whoever edited then would be told that somebody else had changed it: themselves."""
    sam = api("supervisor")
    one = order(sam, f"live {uuid.uuid4().hex[:10]}")
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(status(page, "Live")).to_be_visible()
    held = []
    page.route(re.compile(rf"/workorders/{one['id']}$"), lambda route: held.append((route, route.fetch())) if route.request.method == "GET" and not held else route.continue_())
    # A part that is planned may change the work order: it is read again.
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Part number").fill("FUSE-1")
    dialog.get_by_label("Name", exact=True).fill("Fuse")
    dialog.get_by_label("Pieces planned").fill("1")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)
    eventually(page, lambda: held)
    # The answer is slow, and the person is not.
    page.get_by_role("button", name="More actions", exact=True).focus()
    page.keyboard.press("e")
    form = page.get_by_role("form", name="Edit")
    form.get_by_label("Priority").select_option("Critical")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    route, answer = held[0]
    assert answer.json()["priority"] == "medium"
    route.fulfill(response=answer)
    page.wait_for_timeout(500)
    page.keyboard.press("e")
    expect(form.get_by_label("Priority")).to_have_value("critical")
    form.get_by_label("Title").fill("live once more")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("live once more")
