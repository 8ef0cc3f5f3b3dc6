"""Adds a security key with a real Chromium at the login page, logs in with it, and then without a script.

    key_login.py GATEWAY EMAIL PASSWORD [SCREENSHOT]

GATEWAY is an origin of this machine (http://localhost:8080). The person has a role that requires a second factor, and none yet. The key is the virtual
one that Chromium has for tests (WebAuthn.addVirtualAuthenticator). SCREENSHOT is a path
such as login.png, whose name gets the step and the colours: login-enrolment-dark.png.
"""
import sys

from playwright.sync_api import sync_playwright

gateway, email, password = sys.argv[1:4]
screenshot = sys.argv[4] if len(sys.argv) > 4 else None


def expect(holds, what):
    if not holds:
        sys.exit(f"key_login: {what}")


def picture(page, name):
    if not screenshot:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=screenshot.replace(".png", f"-{name}-{scheme}.png"), full_page=True)
    page.emulate_media(color_scheme="light")


def log_in(page):
    page.goto(f"{gateway}/auth/login?return_to=/account")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def virtual_key(context, page, **options):
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    settings = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False,
                "isUserVerified": False, "automaticPresenceSimulation": True, **options}
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": settings})["authenticatorId"]
    return tools, key


def watched(context):
    page = context.new_page()
    complaints = []

    def complain(message):
        # Chromium asks every site for this one, and the gateway has none without a web app.
        if message.type == "error" and not message.location.get("url", "").endswith("/favicon.ico"):
            complaints.append(f"{message.text} {message.location}")

    page.on("console", complain)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints



def main(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context = browser.new_context(viewport={"width": 900, "height": 900})
    page, complaints = watched(context)
    tools, key = virtual_key(context, page)

    # The first login: a role requires a second factor, and the person takes a key for it.
    log_in(page)
    expect("Add a second factor" in page.inner_text("main"), f"the page says {page.inner_text('main')}")
    page.wait_for_selector("#key:visible")
    picture(page, "enrolment")
    page.get_by_label("Name of the key").fill("Blue key")
    page.get_by_role("button", name="Add a security key").click()
    page.wait_for_selector("text=Keep these codes")
    picture(page, "codes")
    codes = page.locator("li code").all_inner_texts()
    expect(len(codes) == 10, f"the recovery codes are {codes}")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(f"{gateway}/account")
    known = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    expect([each["rpId"] for each in known if "rpId" in each] in ([], ["localhost"]) and len(known) == 1, f"the key has {known}")
    state = page.evaluate("fetch('/api/v1/auth/mfa').then((answer) => answer.json())")
    expect([each["name"] for each in state["securityKeys"]] == ["Blue key"], f"{state}")
    expect(state["isRequired"] and state["recoveryCodesLeft"] == 10 and state.get("addedAt") is None, f"{state}")
    expect(complaints == [], f"the page complains: {complaints}")

    # From now on the key is asked for.
    for round in range(2):
        context.clear_cookies()
        log_in(page)
        page.wait_for_selector("#key:visible")
        if round == 0:
            picture(page, "second-step")
        expect(page.evaluate("document.activeElement.textContent") == "Use your security key", "the button has no focus")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{gateway}/account")
        session = page.evaluate("fetch('/auth/session').then((answer) => answer.json())")
        expect(session["user"]["email"] == email.lower(), f"{session}")
    expect(complaints == [], f"the page complains: {complaints}")
    counted = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]["signCount"]
    expect(counted >= 2, f"the key has signed {counted} times")

    # Without the key: the browser says so on the page, and the person types a recovery code.
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    _, other = virtual_key(context, page)
    context.clear_cookies()
    log_in(page)
    page.wait_for_selector("#key:visible")
    page.get_by_role("button", name="Use your security key").click()
    page.wait_for_selector("#key [role=alert]:visible", timeout=20_000)
    expect("did not answer" in page.inner_text("#key"), f"without the key: {page.inner_text('#key')}")
    picture(page, "no-key")
    page.get_by_label("Recovery code").fill("wrong")
    page.get_by_role("button", name="Continue").click()
    expect("The code is wrong" in page.inner_text("main"), f"after a wrong code: {page.inner_text('main')}")
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{gateway}/account")

    # The policy lets the page run its own script, and nothing else.
    context.clear_cookies()
    log_in(page)
    page.wait_for_selector("#key:visible")
    ran = page.evaluate(
        """() => new Promise((done) => {
            const script = document.createElement("script");
            script.textContent = "window.foreign = true";
            document.addEventListener("securitypolicyviolation", () => done(Boolean(window.foreign)), { once: true });
            document.body.append(script);
            setTimeout(() => done(Boolean(window.foreign)), 5000);
        })"""
    )
    expect(ran is False, "the page runs a foreign script")
    context.close()

    # Without a script the page is as if there were no keys.
    plain = browser.new_context(viewport={"width": 900, "height": 900}, java_script_enabled=False)
    page, _ = watched(plain)
    log_in(page)
    expect(not page.locator("#key").is_visible(), "the key's form is shown without its script")
    picture(page, "without-script")
    page.get_by_label("Recovery code").fill(codes[1])
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{gateway}/account")
    plain.close()

    # On a phone.
    if screenshot:
        phone = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
        page, _ = watched(phone)
        log_in(page)
        page.wait_for_selector("#key:visible")
        picture(page, "phone")
    browser.close()


with sync_playwright() as playwright:
    main(playwright)
print("key_login: ok")
