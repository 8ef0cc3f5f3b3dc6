"""Logs in with a real Chromium at a SAML provider on another site, which sends the browser back with a form.

    saml_login.py GATEWAY ORGANIZATION EMAIL

Checks that the browser comes back logged in as EMAIL.
"""
import sys

from playwright.sync_api import sync_playwright

gateway, organization, email = sys.argv[1:4]


def expect(holds, what):
    if not holds:
        sys.exit(f"saml_login: {what}")


def main(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context = browser.new_context()
    # A busy machine may take its time.
    context.set_default_timeout(120000)
    page = context.new_page()
    page.goto(f"{gateway}/auth/login?return_to=/account")
    page.get_by_label("Does your organization have its own sign-in page?").fill(organization)
    page.get_by_role("button", name="Sign in there").click()
    try:
        page.wait_for_url(f"{gateway}/account", timeout=120000)
    except Exception:
        sys.exit(f"saml_login: the browser is at {page.url}: {page.inner_text('body')}")
    session = page.evaluate("fetch('/auth/session').then((answer) => answer.json())")
    expect(session["user"]["email"] == email, f"the session is {session}")
    names = [cookie["name"] for cookie in context.cookies(gateway) if "dcmms" in cookie["name"]]
    expect(names == ["__Host-dcmms_session"], f"the cookies are {names}")
    browser.close()


with sync_playwright() as playwright:
    main(playwright)
