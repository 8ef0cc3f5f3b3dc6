"""What the tests of the console share: a browser, people who are signed in, and the API beside it.

They run against a fleet that has the demo's data:

    CONSOLE_URL     where the console is                                  http://localhost:8080
    CONSOLE_LOGIN   where people sign in, if that is another address      CONSOLE_URL
    CONSOLE_SITE    a cookie `site` that the browser sends                none
"""
import os
import re
import uuid

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

URL = os.environ.get("CONSOLE_URL", "http://localhost:8080")
LOGIN = os.environ.get("CONSOLE_LOGIN", URL)
SITE = os.environ.get("CONSOLE_SITE")
# Two slow cores that do other things as well.
expect.set_options(timeout=20_000)


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

    def patch(self, path, body, version=None):
        return self.send("PATCH", path, body, version)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
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
    page.wait_for_url(re.compile("/account"))


@pytest.fixture
def context(browser: Browser):
    """Makes browsers that know nothing of one another."""
    made: list[BrowserContext] = []

    def make(**options) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(20_000)
        if SITE:
            context.add_cookies([{"name": "site", "value": SITE, "url": URL}])
        made.append(context)
        return context

    yield make
    for one in made:
        one.close()


@pytest.fixture
def console(context):
    """Opens the console as somebody: `console("supervisor", "/work-orders")`. What goes wrong in the page fails the test."""
    faults: list[str] = []

    def open_as(person: str, path: str = "/", secret: str | None = None, **options) -> Page:
        page = context(**options).new_page()
        sign_in(page, person, secret)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{URL}{path}")
        expect(page.get_by_role("main")).to_be_visible()
        return page

    yield open_as
    assert not faults, faults


@pytest.fixture
def api(context):
    """The API as somebody: `api("supervisor").get("/workorders")`."""

    def log_in(person: str, secret: str | None = None) -> API:
        one = context()
        body = {"email": email(person), "password": secret or password(person)}
        answer = one.request.post(f"{URL}/api/v1/auth/login", data=body)
        assert answer.ok, answer.text()
        return API(one, answer.json()["accessToken"])

    return log_in
