"""One's own account: security keys, language and time zone."""
import datetime
import re
import uuid
import zoneinfo
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from conftest import LOGIN, URL, email, eventually, sign_in
from people import SECRET, person  # noqa: F401

# What the gateway answers itself; everything else is the console.
OF_GATEWAY = re.compile(r"^/(api|auth|ws|account|docs|openapi|\.well-known)\b")


def at_home(page):
    """Shows the console of `URL` at the address of the installation, which keys are bound to."""

    def answer(route):
        parts = urlsplit(route.request.url)
        if OF_GATEWAY.match(parts.path):
            return route.fallback()
        route.fulfill(response=route.fetch(url=f"{URL}{parts.path}"))

    if URL != LOGIN:
        page.context.route(f"{LOGIN}/**", answer)


@pytest.fixture
def key(context):
    """A browser with a security key that is touched whenever it asks."""
    page = context().new_page()
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False, "automaticPresenceSimulation": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_security_key_is_added_used_renamed_and_removed(key, person):
    user = person(["viewer"])
    at_home(key)
    sign_in(key, user["email"], SECRET)
    key.goto(f"{LOGIN}/me")
    key.get_by_role("button", name="Add a security key").click()
    dialog = key.get_by_role("dialog", name="Add a security key")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Name").fill("On my key ring")
    key.keyboard.press("Enter")
    codes = key.get_by_role("dialog", name="Your recovery codes")
    expect(codes.get_by_role("listitem")).to_have_count(10)
    codes.get_by_label("I keep them in a safe place").check()
    codes.get_by_role("button", name="Done").click()
    keys = key.get_by_role("list", name="Security keys")
    expect(keys.get_by_role("listitem")).to_have_count(1)
    expect(keys).to_contain_text("On my key ring")
    expect(keys).to_contain_text("not used yet")

    # The same key once more: the browser refuses it, and the name that was typed stays.
    key.get_by_role("button", name="Add a security key").click()
    dialog.get_by_label("Name").fill("The same once more")
    key.keyboard.press("Enter")
    expect(dialog).to_contain_text("This key is registered already.")
    expect(dialog.get_by_label("Name")).to_have_value("The same once more")
    key.on("dialog", lambda question: question.accept())
    key.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(key.get_by_role("button", name="Add a security key")).to_be_focused()

    # The next login asks for it.
    key.get_by_role("button", name=user["displayName"]).click()
    key.get_by_role("menuitem", name="Sign out").click()
    key.locator("input[name=email]").fill(email(user["email"]))
    key.locator("input[type=password]").fill(SECRET)
    key.keyboard.press("Enter")
    key.locator("form#key button").click()
    key.wait_for_url(lambda url: urlsplit(url).path == "/")
    key.goto(f"{LOGIN}/me")
    expect(keys).to_contain_text("Last used")

    key.get_by_role("button", name="Rename On my key ring").click()
    renamed = key.get_by_role("dialog", name="Rename On my key ring")
    renamed.get_by_role("textbox", name="Name").fill("In the safe")
    key.keyboard.press("Enter")
    expect(renamed).to_have_count(0)
    expect(keys).to_contain_text("In the safe")
    key.get_by_role("button", name="Remove In the safe").click()
    key.get_by_role("dialog", name="Remove the security key In the safe?").get_by_role("button", name="Remove").click()
    expect(keys).to_have_count(0)
    expect(key.get_by_text("Off", exact=True)).to_be_visible()


def test_a_key_that_does_not_answer_leaves_everything_as_it_was(console, person):
    """Whoever takes too long is told so, and tries again."""
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    page.evaluate("() => { navigator.credentials.create = async () => { throw new DOMException('', 'NotAllowedError'); }; }")
    page.get_by_role("button", name="Add a security key").click()
    dialog = page.get_by_role("dialog", name="Add a security key")
    dialog.get_by_label("Name").fill("Never touched")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("The key did not answer, or you stopped. Try again.")
    expect(dialog.get_by_label("Name")).to_have_value("Never touched")
    assert page.evaluate("fetch('/api/v1/auth/mfa').then((answer) => answer.json())")["securityKeys"] == []


def test_the_code_of_the_enrolment_says_what_the_text_says(console, person):
    """Whoever cannot scan types the key: both are the same."""
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    with page.expect_response(re.compile("/auth/mfa/totp$")) as answer:
        page.get_by_role("button", name="Add an authenticator app").click()
    enrolment = answer.value.json()
    dialog = page.get_by_role("dialog", name="Add an authenticator app")
    expect(dialog.get_by_role("img", name="The key as a QR code")).to_be_visible()
    expect(dialog.get_by_role("code")).to_have_text(re.sub("(.{4})", r"\1 ", enrolment["secret"]).strip())
    expect(dialog.get_by_role("link", name="Open in an app on this device")).to_have_attribute("href", enrolment["uri"])
    assert f"secret={enrolment['secret']}" in enrolment["uri"]


# -- language and time zone


def speak(page, user, language):
    """Chooses a language in the menu of the person, whose words are in another one already."""
    page.get_by_role("button", name=user["displayName"]).click()
    page.get_by_role("menuitemcheckbox", name=language).click()


def test_a_language_is_the_persons_in_every_browser(console, api, person):
    user, other = person(["supervisor"]), person(["supervisor"])
    admin = api("admin")
    page = console(user["email"], "/", secret=SECRET, locale="fr-FR")
    html = page.locator("html")
    # Nobody has chosen yet: the browser's.
    expect(html).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Overview")
    speak(page, user, "العربية")
    expect(html).to_have_attribute("lang", "ar")
    expect(html).to_have_attribute("dir", "rtl")
    eventually(page, lambda: admin.get(f"/users/{user['id']}").get("language") == "ar")

    elsewhere = console(user["email"], "/", secret=SECRET, locale="fr-FR")
    expect(elsewhere.locator("html")).to_have_attribute("dir", "rtl")
    speak(elsewhere, user, "Deutsch")
    expect(elsewhere.locator("html")).to_have_attribute("lang", "de")
    eventually(page, lambda: admin.get(f"/users/{user['id']}").get("language") == "de")
    # The first browser is told when it asks the next time.
    page.reload()
    expect(html).to_have_attribute("lang", "de")
    theirs = console(other["email"], "/", secret=SECRET, locale="fr-FR")
    expect(theirs.locator("html")).to_have_attribute("lang", "fr")


def test_a_choice_is_kept_although_somebody_else_has_changed_the_profile(console, api, person):
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    admin = api("admin")
    admin.patch(f"/users/{user['id']}", {"phone": "+4930123456"}, user["version"])
    speak(page, user, "Español")
    eventually(page, lambda: admin.get(f"/users/{user['id']}").get("language") == "es")
    saved = admin.get(f"/users/{user['id']}")
    assert (saved["phone"], saved["version"]) == ("+4930123456", user["version"] + 2)


def test_a_choice_that_cannot_be_kept_says_so(console, person):
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    page.route(re.compile("/auth/me$"), lambda route: route.fulfill(status=403, content_type="application/problem+json", body='{"type":"about:blank","title":"x","status":403,"detail":"x","code":"permission_missing","permission":"x","error":"x"}'))
    speak(page, user, "English")
    expect(page.get_by_text("This could not be saved in your profile")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def clock(instant: str, zone: str) -> str:
    """As the console writes a moment in American English."""
    at = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(zoneinfo.ZoneInfo(zone))
    return f"{at:%b} {at.day}, {at.year}, {at.hour % 12 or 12}:{at:%M %p}"


def spaced(words: str) -> re.Pattern:
    """With any kind of blank: Intl puts a narrow one before AM and PM."""
    return re.compile(re.escape(words).replace(r"\ ", r"\s"))


def test_times_are_the_persons_but_those_of_a_site_are_the_sites(console, api, person):
    user = person(["supervisor"])
    sam = api("supervisor")
    asset = next(one for one in sam.get("/assets?q=INV-2")["items"] if one["code"] == "INV-2")
    site = sam.get(f"/sites/{asset['siteId']}")
    start = f"{datetime.date.today() + datetime.timedelta(days=30)}T09:00:00Z"
    one = sam.post("/workorders", {"assetId": asset["id"], "title": f"account {uuid.uuid4().hex[:10]}", "type": "corrective", "priority": "low", "scheduledStart": start})
    page = console(user["email"], "/me", secret=SECRET, timezone_id="America/New_York")
    zone = page.get_by_role("combobox", name="Time zone")
    expect(zone).to_have_attribute("placeholder", "As this browser: America/New York")
    zone.fill("Tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    admin = api("admin")
    eventually(page, lambda: admin.get(f"/users/{user['id']}").get("timeZone") == "Asia/Tokyo")

    elsewhere = console(user["email"], "/me", secret=SECRET, timezone_id="America/New_York")
    expect(elsewhere.get_by_role("combobox", name="Time zone")).to_have_value("Asia/Tokyo")
    session = min(elsewhere.evaluate("fetch('/api/v1/auth/sessions').then((answer) => answer.json())")["items"], key=lambda one: one["createdAt"])
    expect(elsewhere.get_by_text(spaced(f"begun {clock(session['createdAt'], 'Asia/Tokyo')}")).first).to_be_visible()
    elsewhere.goto(f"{URL}/work-orders/{one['id']}")
    expect(elsewhere.get_by_role("main").get_by_text(spaced(clock(start, site["timeZone"]))).first).to_be_visible()


def test_keys_of_one_letter_are_switched_off(console):
    page = console("supervisor", "/me")
    letters = page.get_by_role("switch", name="Single-key shortcuts")
    expect(letters).to_be_checked()
    letters.click()
    expect(letters).not_to_be_checked()
    page.goto(f"{URL}/work-orders")
    expect(page.get_by_role("button", name="New work order")).to_be_visible()
    for key in ("c", "?", "/"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    hints = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(hints).to_contain_text("Single-key shortcuts are off")
    hints.get_by_role("link", name="Your account").click()
    letters.click()
    page.goto(f"{URL}/work-orders")
    expect(page.get_by_role("button", name="New work order")).to_be_visible()
    page.keyboard.press("?")
    expect(hints).to_be_visible()
    expect(hints).not_to_contain_text("are off")


def test_whoever_works_offline_finds_the_devices(console):
    page = console("technician", "/me")
    page.get_by_role("main").get_by_role("link", name="How far a device has sent what was done offline.").click()
    expect(page.get_by_role("heading", level=1, name="Devices")).to_be_visible()
