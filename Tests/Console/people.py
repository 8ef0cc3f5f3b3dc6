"""People whom a test makes for itself, and the codes of their authenticator apps."""
import base64
import hashlib
import hmac
import struct
import time
import uuid

import pytest
from playwright.sync_api import Page, expect

from conftest import LOGIN, URL, email, password

SECRET = "quiet-turbine-4711"


def fresh(name: str) -> str:
    return f"admin-{name}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def person(api):
    """Makes people with roles: `person(["viewer"])` gives their record. They are erased afterwards."""
    admin = api("admin")
    made = []

    def make(roles, name="Pia Person", **rest):
        word = fresh("person")
        user = admin.post("/users", {"email": f"{word}@console.example", "displayName": f"{name} {word[-8:]}", "roles": roles, "password": SECRET, **rest})
        made.append(user["id"])
        return user

    yield make
    for one in made:
        if not admin.get(f"/users/{one}")["isErased"]:
            admin.post(f"/users/{one}/erase")


def totp(secret: str, at: float | None = None) -> str:
    """The code that an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def end_session(page: Page) -> Page:
    """Ends the session of a page, which does not know it yet. Returns a page beside it."""
    beside = page.context.new_page()
    beside.goto(f"{URL}/icon.svg")
    ended = beside.evaluate(
        """async () => {
            const { csrfToken } = await (await fetch("/auth/session")).json();
            return (await fetch("/auth/logout", { method: "POST", headers: { "X-CSRF-Token": csrfToken } })).status;
        }"""
    )
    assert ended == 200
    return beside


def sign_in_again(page: Page, beside: Page, person: str):
    """Signs in at the window that the page offers."""
    dialog = page.get_by_role("dialog", name="Your session has ended")
    with page.expect_popup() as popup:
        dialog.get_by_role("button", name="Sign in again").click()
    window = popup.value
    window.goto(f"{LOGIN}/auth/login?return_to=/signed-in")
    window.locator("input[name=email]").fill(email(person))
    window.locator("input[type=password]").fill(password(person))
    with window.expect_event("close"):
        window.keyboard.press("Enter")
    if LOGIN != URL:
        # Of another origin than the page, the window cannot tell it.
        beside.goto(f"{URL}/signed-in")
    expect(dialog).to_have_count(0)
