"""People log in at their organization's own identity provider: it is entered, tested and used."""
import pathlib
import re
import socket
import subprocess
import sys
import urllib.request
import uuid

import provider
import pytest
from playwright.sync_api import expect

from conftest import LOGIN, URL

FIRM = "Demo Renewables"


@pytest.fixture
def canaille():
    """Starts the provider, once the address is known that it sends people back to: `canaille(callback)`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = []

    class Provider:
        issuer = f"http://localhost:{port}"

        def start(self, callback, wait):
            running.append(subprocess.Popen([sys.executable, pathlib.Path(provider.__file__), str(port), callback], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            for _ in range(300):
                try:
                    return urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=5).close()
                except OSError:
                    wait(200)
            raise AssertionError("the provider does not answer")

        def stop(self):
            while running:
                one = running.pop()
                one.terminate()
                one.wait(20)

    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def unset(api):
    """Whatever happens, the demo's people log in with their passwords afterwards."""
    yield
    admin = api("admin")
    answer = admin._request.fetch(f"{URL}/api/v1/tenant/identity-provider", method="DELETE", headers={**admin._headers, "Idempotency-Key": str(uuid.uuid4())})
    assert answer.status in (204, 404), answer.text()
    for user in admin.get(f"/users?search={provider.EMAIL}")["items"]:
        admin.post(f"/users/{user['id']}/erase")


@pytest.mark.proof
def test_a_provider_is_set_tested_and_used(console, context, canaille, unset):
    page = console("admin", "/identity-provider")
    page.get_by_label("Address of the issuer").fill(canaille.issuer)
    page.get_by_label("Client ID").fill(provider.CLIENT)
    page.get_by_label("Client secret").fill(provider.SECRET)
    scopes = page.get_by_role("textbox", name="Scopes")
    scopes.fill("groups")
    scopes.press("Enter")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_label("Group", exact=True).fill(provider.GROUP)
    roles = page.get_by_role("combobox", name="Add to: Roles")
    roles.fill("Technician")
    page.get_by_role("listbox").get_by_role("option", name=re.compile("^Technician")).click()
    page.get_by_label("E-mail addresses count as verified").check()
    page.get_by_role("button", name="Save").click()
    addresses = page.get_by_role("region", name="Addresses for the provider")
    callback = addresses.get_by_role("code").filter(has_text=re.compile("/callback$")).first.inner_text()

    page.get_by_role("button", name="Test now").click()
    expect(page.get_by_text("The provider can't be used.")).to_be_visible()
    canaille.start(callback, page.wait_for_timeout)
    page.get_by_role("button", name="Test now").click()
    test = page.get_by_role("region", name="Test", exact=True)
    expect(test).to_contain_text("The provider answers as it should")
    expect(test).to_contain_text(f"{canaille.issuer}/oauth/authorize")
    page.get_by_label("Sign in with this provider").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("In use", exact=True)).to_be_visible()

    theirs = context().new_page()
    theirs.goto(f"{LOGIN}/auth/login?return_to=/account")
    theirs.locator("input[name=tenant]").fill(FIRM)
    theirs.locator("input[name=tenant]").press("Enter")
    theirs.locator("input[name=login]").fill(provider.PERSON)
    theirs.keyboard.press("Enter")
    theirs.locator("input[name=password]").fill(provider.PASSWORD)
    theirs.keyboard.press("Enter")
    theirs.locator("button[name=answer][value=accept]").click()
    theirs.wait_for_url(re.compile("/account"))
    theirs.goto(f"{URL}/")
    expect(theirs.get_by_role("navigation", name="Menu").get_by_role("link", name="Work orders")).to_be_visible()
    expect(theirs.get_by_role("button", name=provider.NAME)).to_be_visible()
    # What a technician may do, and no more.
    expect(theirs.get_by_role("navigation", name="Menu").get_by_role("link", name="People")).to_have_count(0)

    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No identity provider is set")).to_be_visible()
