"""Somebody is told before their session ends, and can stay (WCAG 2.2.1). The browser's clock passes the minutes: nobody waits for them."""
import re

import pytest
from playwright.sync_api import expect

from conftest import URL
from orders import order
from people import SECRET, fresh, person  # noqa: F401

MINUTE = 60_000
ENDED = '{"type":"about:blank","title":"Ended","status":401,"detail":"x","code":"session_ended","error":"x"}'


@pytest.fixture
def limited(api, person):  # noqa: F811
    """Makes a supervisor whose session ends as a role of theirs says: `limited(sessionIdleMinutes=20)`."""
    made = []

    def make(**times):
        role = api("admin").post("/roles", {"name": fresh("limited"), "grants": [], **times})
        user = person(["supervisor", role["role"]])
        made.append((role, user))
        return user

    yield make
    admin = api("admin")
    for role, user in made:
        version = admin.get(f"/users/{user['id']}")["version"]
        admin.send("PUT", f"/users/{user['id']}/roles", {"roles": ["viewer"], "siteIds": [], "assetIds": []}, version)
        admin.send("DELETE", f"/roles/{role['id']}", version=role["version"])


def opened(console, user, path):
    """A page whose clock the test moves."""
    page = console(user["email"], path, secret=SECRET)
    page.clock.install()
    page.reload()
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    return page


def warning(page):
    return page.get_by_role("dialog", name="Your session ends soon")


def end(page):
    """As the gateway says it. The token is not due, so the question puts nothing off."""
    return page.evaluate("fetch('/auth/session').then((answer) => answer.json()).then(({ endsAt }) => endsAt)")


def leave_alone(page, minutes):
    """Until the page says that so long a session ends: with two minutes left, and not before."""
    page.clock.run_for((minutes - 4) * MINUTE)
    expect(warning(page)).to_have_count(0)
    for _ in range(40):
        page.clock.run_for(5_000)
        if warning(page).is_visible():
            return
    raise AssertionError("nobody is told")


def left(page):
    """How many seconds the dialog shows."""
    minutes, seconds = re.search(r"(\d):(\d\d)$", warning(page).get_by_role("timer").inner_text()).groups()
    return 60 * int(minutes) + int(seconds)


@pytest.mark.proof
def test_whoever_is_there_stays_with_all_that_they_have_typed(console, limited):
    page = opened(console, limited(sessionIdleMinutes=20), "/work-orders/new")
    title = page.get_by_role("textbox", name="Title")
    title.fill("half typed")
    first = end(page)
    leave_alone(page, 20)
    dialog = warning(page)
    assert 90 < left(page) <= 120
    # It is said at a few moments, not every second.
    said = dialog.get_by_role("status")
    expect(said).to_have_text("Time left: 2 minutes")
    page.clock.run_for((left(page) - 75) * 1_000)
    expect(said).to_have_text("Time left: 2 minutes")
    page.clock.run_for(25_000)
    expect(said).to_have_text("Time left: 1 minute")
    assert left(page) < 60
    stay = dialog.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert end(page) > first
    expect(title).to_have_value("half typed")
    expect(title).to_be_focused()
    # The same again: another twenty minutes, of which somebody who does nothing has the last two announced.
    leave_alone(page, 20)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_page_that_nobody_uses_keeps_no_session(console, limited, api):
    page = opened(console, limited(sessionIdleMinutes=20), "/")
    expect(page.get_by_role("group", name="Figures")).to_contain_text("MW")
    asked = []
    leave_alone(page, 20)
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    # Things happen of which the page shows something, and the mouse lies on a table that shakes.
    order(api("supervisor"))
    page.mouse.move(300, 300)
    page.clock.run_for(40_000)
    page.wait_for_timeout(3_000)
    assert not asked, asked
    with page.expect_request(re.compile("/api/v1/workorders/summary")):
        warning(page).get_by_role("button", name="Stay signed in").click()


def test_another_page_that_stays_is_enough(console, limited):
    page = opened(console, limited(sessionIdleMinutes=20), "/me")
    beside = page.context.new_page()
    beside.goto(f"{URL}/work-orders")
    expect(beside.get_by_role("heading", level=1, name="Work orders")).to_be_visible()
    leave_alone(page, 20)
    expect(warning(beside)).to_be_visible()
    warning(beside).get_by_role("button", name="Stay signed in").click()
    expect(warning(beside)).to_have_count(0)
    expect(warning(page)).to_have_count(0)


def test_whoever_is_away_signs_in_again(console, limited):
    page = opened(console, limited(sessionIdleMinutes=20), "/work-orders/new")
    page.get_by_role("textbox", name="Title").fill("half typed")
    leave_alone(page, 20)
    page.route("**/auth/session", lambda route: route.fulfill(status=401, content_type="application/problem+json", body=ENDED))
    page.clock.run_for(2.1 * MINUTE)
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    expect(warning(page)).to_have_count(0)
    expect(page.get_by_role("textbox", name="Title", include_hidden=True)).to_have_value("half typed")


def test_who_cannot_stay_is_told_and_signs_in_anew(console, limited):
    page = opened(console, limited(sessionHours=1), "/me")
    leave_alone(page, 60)
    dialog = warning(page)
    expect(dialog).to_contain_text("this one can't be extended")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_have_count(0)
    with page.expect_popup() as popup:
        dialog.get_by_role("button", name="Sign in again").click()
    expect(popup.value.locator("input[type=password]")).to_be_visible()
    popup.value.close()
    # It has been read.
    page.keyboard.press("Escape")
    page.clock.run_for(5_000)
    expect(dialog).to_have_count(0)


def test_signing_out_is_offered_too(console, limited):
    page = opened(console, limited(sessionIdleMinutes=20), "/me")
    leave_alone(page, 20)
    warning(page).get_by_role("button", name="Sign out").click()
    expect(page.locator("input[type=password]")).to_be_visible()
