"""Logs in with a real Chromium at a real identity provider (Canaille), and out again.

    provider_login.py GATEWAY ORGANIZATION USER PASSWORD
    provider_login.py GATEWAY ORGANIZATION --away

Prints what /auth/session says of the person, as JSON. With --away, checks what a person is told while the provider can't be reached.
"""
import json
import sys

from playwright.sync_api import sync_playwright

gateway, organization, user = sys.argv[1:4]


def expect(holds, what):
    if not holds:
        sys.exit(f"provider_login: {what}")


def main(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context = browser.new_context()
    # A busy machine may take its time.
    context.set_default_timeout(120000)
    page = context.new_page()
    # The person does not know of providers: they type the name of their organization.
    page.goto(f"{gateway}/auth/login?return_to=/account")
    page.get_by_label("Does your organization have its own sign-in page?").fill(organization)
    page.get_by_role("button", name="Sign in there").click()
    if user == "--away":
        expect("Try again in a moment" in page.inner_text("main"), f"while the provider is away: {page.inner_text('main')}")
        return browser.close()
    page.wait_for_selector("input[name=login]")
    provider = page.url.split("/login")[0].split("/oauth")[0]
    expect(not provider.startswith(gateway), f"the browser is at {page.url}")
    page.fill("input[name=login]", user)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=password]", sys.argv[4])
    page.keyboard.press("Enter")
    # The provider asks the person once whether the client may know them.
    consent = page.locator("button[name=answer][value=accept]")
    for _ in range(100):
        if page.url.startswith(gateway):
            break
        if consent.count():
            consent.click()
        page.wait_for_timeout(100)
    else:
        sys.exit(f"provider_login: the browser is still at {page.url}: {page.inner_text('body')}")
    page.wait_for_load_state()
    text = page.inner_text("body")
    expect(page.url == f"{gateway}/account", f"the browser landed at {page.url[:100]}: {text}")
    session = page.evaluate("fetch('/auth/session').then((answer) => answer.json())")
    expect([cookie["name"] for cookie in context.cookies(gateway) if "dcmms" in cookie["name"]] == ["__Host-dcmms_session"],
           f"the cookies are {context.cookies(gateway)}")
    out = page.evaluate(
        "(token) => fetch('/auth/logout', { method: 'POST', headers: { 'X-CSRF-Token': token } }).then((answer) => answer.json())",
        session["csrfToken"],
    )
    expect(out["logoutUrl"].startswith(f"{provider}/oauth/end_session?"), f"the way out is {out}")
    page.goto(out["logoutUrl"])
    page.wait_for_url(f"{gateway}/")
    expect(context.request.get(f"{gateway}/auth/session").status == 401, "the session goes on")
    browser.close()
    print(json.dumps(session["user"]))


with sync_playwright() as playwright:
    main(playwright)
