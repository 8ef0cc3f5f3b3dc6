"""What the tests of the console share: a browser, people who are signed in, and the API beside it.

They run against a fleet that has the demo's data:

    CONSOLE_URL     where the console is                                  http://localhost:8080
    CONSOLE_LOGIN   where people sign in, if that is another address      CONSOLE_URL
    CONSOLE_SITE    a cookie `site` that the browser sends                none
    CONSOLE_PATIENCE  seconds that a test waits for something             20
"""
import os
import re
import time
import uuid

import pytest
from playwright.sync_api import Browser, BrowserContext, Error as PlaywrightError, Page, expect, sync_playwright

URL = os.environ.get("CONSOLE_URL", "http://localhost:8080")
LOGIN = os.environ.get("CONSOLE_LOGIN", URL)
SITE = os.environ.get("CONSOLE_SITE")
# Two slow cores that do other things as well.
PATIENCE = 1_000 * int(os.environ.get("CONSOLE_PATIENCE", "20"))
expect.set_options(timeout=PATIENCE)


def pytest_configure(config):
    config.addinivalue_line("markers", "proof: what `ConsoleTests` runs of all this")


class API:
    """The API, as one person."""

    def __init__(self, context, token):
        self._request = context.request
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, method, path, body=None, version=None):
        headers = dict(self._headers)
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        response = self._request.fetch(f"{URL}/api/v1{path}", method=method, headers=headers, data=body)
        assert response.ok, f"{method} {path}: {response.status} {response.text()}"
        return response.json() if response.status != 204 else None

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, body=None, version=None):
        return self.send("POST", path, body, version)

    def put(self, path, body, version=None):
        return self.send("PUT", path, body, version)

    def patch(self, path, body, version=None):
        return self.send("PATCH", path, body, version)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Without a graphics card, drawing by the processor itself is cheaper than imitating one.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def password(person: str) -> str:
    return f"local-demo-{person}"


def email(person: str) -> str:
    return person if "@" in person else f"{person}@demo.example"


def sign_in(page: Page, person: str, secret: str | None = None):
    """Signs somebody in at the login page."""
    page.goto(f"{LOGIN}/auth/login?return_to=/account")
    page.locator("input[name=email]").fill(email(person))
    page.locator("input[type=password]").fill(secret or password(person))
    page.keyboard.press("Enter")
    try:
        page.wait_for_url(re.compile("/account"))
    except PlaywrightError as error:
        raise AssertionError(f"{person} could not sign in: {page.url} says {page.inner_text('body')[:500]}") from error


def eventually(page: Page, read):
    """What the fleet does a moment later."""
    until = time.monotonic() + PATIENCE / 1_000
    while time.monotonic() < until:
        if found := read():
            return found
        page.wait_for_timeout(100)
    raise AssertionError("it has not happened")


def go(page: Page, address: str):
    """Goes to another address as a link of the console does: without loading it anew."""
    page.evaluate("to => { delete window.settledAt; history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }", address)


@pytest.fixture
def context(browser: Browser):
    """Makes browsers that know nothing of one another."""
    made: list[BrowserContext] = []

    def make(**options) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        if SITE:
            context.add_cookies([{"name": "site", "value": SITE, "url": URL}])
        made.append(context)
        return context

    yield make
    for one in made:
        one.close()


class Kept:
    """What people of the demo get by their password, so that not every test has to ask for it. Some changes want a proof of the last five minutes."""

    def __init__(self):
        self._made = {}

    def get(self, person: str):
        until, value = self._made.get(person, (0, None))
        return value if time.monotonic() < until else None

    def keep(self, person: str, value):
        self._made[person] = (time.monotonic() + 180, value)

    def drop(self, person: str):
        del self._made[person]


# What a browser has in which somebody is signed in.
states = Kept()
tokens = Kept()


@pytest.fixture
def console(context):
    """Opens the console as somebody: `console("supervisor", "/work-orders")`. What goes wrong in the page fails the test."""
    faults: list[str] = []

    def open_as(person: str, path: str = "/", secret: str | None = None, **options) -> Page:
        state = states.get(person)
        page = context(storage_state=state, **options).new_page()
        if state is None:
            sign_in(page, person, secret)
            if secret is None:
                states.keep(person, page.context.storage_state())
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{URL}{path}")
        # Another test may have ended this session.
        expect(page.locator("main#content").or_(page.locator("input[name=email]")).first).to_be_visible()
        if state is not None and "/auth/" in page.url:
            states.drop(person)
            return open_as(person, path, secret, **options)
        return page

    yield open_as
    assert not faults, faults


@pytest.fixture
def api(context):
    """The API as somebody: `api("supervisor").get("/workorders")`."""

    def log_in(person: str, secret: str | None = None) -> API:
        one = context()
        if secret is None and (token := tokens.get(person)):
            return API(one, token)
        body = {"email": email(person), "password": secret or password(person)}
        answer = one.request.post(f"{URL}/api/v1/auth/login", data=body)
        assert answer.ok, answer.text()
        token = answer.json()["accessToken"]
        if secret is None:
            tokens.keep(person, token)
        return API(one, token)

    return log_in
