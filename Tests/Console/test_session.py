"""Signing in and out, and what becomes of a page that is open while its session, its permissions or its connection go away."""
import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from conftest import LOGIN, URL, API, email, password, sign_in
from orders import choose_asset, found, is_live, move, order, sam, title  # noqa: F401
from people import SECRET, end_session, person, sign_in_again, totp  # noqa: F401

API_PATH = re.compile("/api/v1/")
UNAVAILABLE = '{"type":"about:blank","title":"Unavailable","status":503,"detail":"x","code":"unavailable","error":"x"}'

pytestmark = pytest.mark.proof


def test_a_link_that_somebody_got_is_shown_after_the_login(context):
    page = context().new_page()
    page.goto(f"{URL}/work-orders?view=board&priority=high")
    page.locator("input[name=email]").fill(email("supervisor"))
    page.locator("input[type=password]").fill(password("supervisor"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/work-orders\?view=board&priority=high$"))


def test_password_and_code_sign_in_and_signing_out_ends_it_everywhere_in_the_browser(context, person):
    user = person(["technician"])
    mine = context()
    answer = mine.request.post(f"{LOGIN}/api/v1/auth/login", data={"email": user["email"], "password": SECRET})
    own = API(mine, answer.json()["accessToken"])
    secret = own.post("/auth/mfa/totp")["secret"]
    own.post("/auth/mfa/totp/confirmation", {"code": totp(secret)})

    page = mine.new_page()
    page.goto(f"{LOGIN}/auth/login?return_to=/account")
    page.locator("input[name=email]").fill(user["email"])
    page.locator("input[type=password]").fill(SECRET)
    page.keyboard.press("Enter")
    code = page.locator("input[name=code]")
    code.fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    # A code is taken once: the one of the enrolment is used up, the next one is not.
    code.fill(totp(secret, time.time() + 30))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/account"))
    page.goto(URL)
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    other = mine.new_page()
    other.goto(f"{URL}/me")
    expect(other.get_by_role("heading", level=1, name="Your account")).to_be_visible()

    page.get_by_role("button", name=user["displayName"]).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.locator("input[type=password]")).to_be_visible()
    # The page beside it is told.
    expect(other.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    other.goto(f"{URL}/work-orders")
    expect(other.locator("input[type=password]")).to_be_visible()


def test_the_session_ends_on_the_page_of_a_new_work_order(console, sam):
    name = title()
    page = console("supervisor", "/work-orders/new")
    choose_asset(page, "INV-2")
    page.get_by_role("textbox", name="Title").fill(name)
    page.get_by_role("textbox", name="Tasks").fill("Lock out\nReplace the fan")
    beside = end_session(page)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 401):
        page.locator("main form").evaluate("form => form.requestSubmit()")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    # Whoever does not want to now keeps the form, and is asked again.
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("textbox", name="Title")).to_have_value(name)
    # Not by the mouse: what the page reads beside it may have asked again already.
    page.locator("main form").evaluate("form => form.requestSubmit()")
    sign_in_again(page, beside, "supervisor")
    # It goes on by itself, where it was: one work order, with all that was typed.
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    made = found(sam, name)
    assert [[task["title"] for task in one["tasks"]] for one in made] == [["Lock out", "Replace the fan"]]


def test_a_permission_is_taken_away_while_the_page_is_open(console, api, person):
    user = person(["supervisor"])
    page = console(user["email"], "/work-orders", secret=SECRET)
    create = page.get_by_role("button", name="New work order")
    expect(create).to_be_visible()
    admin = api("admin")
    one = admin.get(f"/users/{user['id']}")
    admin.send("PUT", f"/users/{user['id']}/roles", {"roles": ["viewer"], "siteIds": [], "assetIds": []}, one["version"])
    page.get_by_role("main").hover()
    expect(create).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # What the page does not offer, the server refuses as well.
    status = page.evaluate(
        """async () => {
            const { csrfToken } = await (await fetch("/auth/session")).json();
            const { items } = await (await fetch("/api/v1/assets?limit=1")).json();
            const body = JSON.stringify({ assetId: items[0].id, title: "not permitted", type: "corrective", priority: "low" });
            const headers = { "X-CSRF-Token": csrfToken, "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
            const answer = await fetch("/api/v1/workorders", { method: "POST", headers, body });
            return [answer.status, (await answer.json()).code];
        }"""
    )
    assert status == [403, "permission_missing"]


def test_the_system_is_away_and_comes_back(console, sam):
    name = title()
    page = console("supervisor", "/work-orders/new")
    choose_asset(page, "INV-2")
    page.get_by_role("textbox", name="Title").fill(name)
    keys = []

    def refuse(route):
        if route.request.method == "POST":
            keys.append(route.request.headers["idempotency-key"])
        route.fulfill(status=503, content_type="application/problem+json", body=UNAVAILABLE)

    page.route(API_PATH, refuse)
    page.get_by_role("button", name="Create").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"No answer yet\. Trying again in \d"))
    expect(main).to_contain_text("The system can't answer at the moment. Try again.")
    # Three more tries, all of them the same work order.
    assert len(keys) == 4 and len(set(keys)) == 1, keys
    expect(page.get_by_role("textbox", name="Title")).to_have_value(name)
    page.unroute(API_PATH)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert len(found(sam, name)) == 1


def test_every_form_says_that_it_tries_again(console):
    page = console("admin", "/tenant")
    form = page.get_by_role("main").get_by_role("form").first
    name = form.get_by_role("textbox").first
    name.fill(f"{name.input_value()} typed")
    page.route(API_PATH, lambda route: route.fulfill(status=503, content_type="application/problem+json", body=UNAVAILABLE))
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text(re.compile(r"No answer yet\. Trying again in \d"))
    expect(form).to_contain_text("The system can't answer at the moment. Try again.")
    expect(form).not_to_contain_text("Trying again in")
    expect(name).to_have_value(re.compile("typed$"))


def test_a_list_that_cannot_be_read_has_a_button(console, sam):
    one = order(sam)
    page = console("supervisor", "/me")
    page.route(API_PATH, lambda route: route.fulfill(status=503, content_type="application/problem+json", body=UNAVAILABLE))
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Work orders").click()
    again = page.get_by_role("main").get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("The system can't answer at the moment.")
    page.unroute(API_PATH)
    again.click()
    # Among all that is open it may not be in sight.
    page.get_by_role("searchbox", name="Number, title or description").fill(one["title"])
    expect(page.get_by_role("row").filter(has_text=one["number"])).to_be_visible()


class Line:
    """The connection of a browser, which can be cut: what is open ends, and nothing new comes through."""

    def __init__(self, context):
        self._context = context
        self._is_cut = False
        self._open = []
        self.addresses = []
        context.route_web_socket(re.compile("/ws"), self._connect)

    def _connect(self, socket):
        self.addresses.append(socket.url)
        if self._is_cut:
            return socket.close()
        socket.connect_to_server()
        self._open.append(socket)

    def cut(self):
        self._is_cut = True
        self._context.set_offline(True)
        for socket in self._open:
            socket.close()
        self._open = []

    def mend(self):
        self._is_cut = False
        self._context.set_offline(False)


def test_a_page_that_was_asleep_says_so_and_misses_nothing(context, sam, api):
    word = title()
    first, second = order(sam, title=f"{word} a"), order(sam, title=f"{word} b")
    mine = context()
    line = Line(mine)
    page = mine.new_page()
    sign_in(page, "supervisor")
    page.goto(f"{URL}/work-orders?q={word.replace(' ', '+')}")
    row = lambda one: page.get_by_role("row").filter(has_text=one["number"])  # noqa: E731
    expect(row(first)).to_contain_text("Draft")
    is_live(page).to_be_visible()
    reads = []
    page.on("request", lambda request: reads.append(request.url) if "/api/v1/workorders?" in request.url else None)

    begun = time.monotonic()
    line.cut()
    expect(page.get_by_role("status").filter(has_text="Not live")).to_be_visible()
    expect(page.get_by_text(re.compile("^Not connected since .*: what you see may be old"))).to_be_visible()
    # What was there stays in sight.
    expect(row(first)).to_contain_text("Draft")
    admin = api("admin")
    admin.post(f"/workorders/{first['id']}/transitions/submit", {})
    latest = admin.get(f"/workorders/{second['id']}")
    for number in range(20):
        latest = admin.patch(f"/workorders/{second['id']}", {"title": f"{word} b{number}"}, latest["version"])
    third = order(admin, title=f"{word} c")
    page.wait_for_timeout(max(0, 18 - (time.monotonic() - begun)) * 1_000)
    expect(page.get_by_text(re.compile("^Not connected since"))).to_be_visible()
    reads.clear()
    line.mend()
    is_live(page).to_be_visible()
    expect(page.get_by_text(re.compile("^Not connected since"))).to_have_count(0)
    expect(row(first)).to_contain_text("Open")
    expect(row(second)).to_contain_text(f"{word} b19")
    expect(row(third)).to_be_visible()
    # It went on where it was, and the log told what was missed: the list is not read anew for each change.
    assert "cursor=" in line.addresses[-1]
    assert len(reads) <= 2, reads
