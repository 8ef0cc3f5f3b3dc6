"""Logs in with a real Chromium, as a person does, and attacks the session from another site.

    browser_login.py GATEWAY EMAIL PASSWORD [SCREENSHOT]

GATEWAY is an origin of this machine (http://localhost:8080), which Chromium takes for a secure connection.
"""
import http.server
import json
import sys
import threading

from playwright.sync_api import sync_playwright

gateway, email, password = sys.argv[1:4]
screenshot = sys.argv[4] if len(sys.argv) > 4 else None


def expect(holds, what):
    if not holds:
        sys.exit(f"browser_login: {what}")


FETCH = """async ([method, path, headers, body]) => {
    const answer = await fetch(path, { method, headers, body });
    const text = await answer.text();
    let json = null;
    try { json = JSON.parse(text); } catch {}
    return { status: answer.status, json };
}"""


def attacker():
    """The port of another site, whose page sends a form to ours."""
    page = f'<!doctype html><form method="post" action="{gateway}/auth/logout"></form>'.encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context = browser.new_context(viewport={"width": 900, "height": 760})
    # A busy machine may take its time.
    context.set_default_timeout(120000)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def fetch(method, path, headers=None, body=None):
        return page.evaluate(FETCH, [method, path, headers or {}, body])

    def log_in(secret):
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(secret)
        page.get_by_role("button", name="Sign in", exact=True).click()

    # A page that needs no script: this one runs none.
    page.goto(f"{gateway}/auth/login?return_to=/account")
    expect(page.title() == "Sign in – dCMMS", f"the page is {page.title()}")
    expect(page.locator("script").count() == 0, "the login page has a script")
    expect(page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius") == "8px", "the style is refused")
    if screenshot:
        page.screenshot(path=screenshot)
    complaints.clear()
    log_in("a wrong password")
    expect("The e-mail address or the password is wrong." in page.inner_text("main"), "a wrong password is not explained")
    expect(page.get_by_label("E-mail address").input_value() == email, "the address has to be typed again")
    expect(page.get_by_label("Password").input_value() == "", "the password is shown again")
    if screenshot:
        page.screenshot(path=screenshot.replace(".png", "-wrong.png"))
    # Chromium reports the status 401 of the page itself.
    expect(all("401" in text for text in complaints), f"the page complains: {complaints}")
    log_in(password)
    page.wait_for_url(f"{gateway}/account")

    # The browser has a name for its session, and no token.
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    expect(list(cookies) == ["__Host-dcmms_session"], f"the cookies are {list(cookies)}")
    cookie = cookies["__Host-dcmms_session"]
    expect(cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/", f"{cookie}")
    expect("dcmms" not in page.evaluate("document.cookie"), "a script can read the cookie")
    expect(page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]", "something is stored in the browser")

    session = fetch("GET", "/auth/session")
    expect(session["status"] == 200 and session["json"]["user"]["email"] == email.lower(), f"{session}")
    token = session["json"]["csrfToken"]
    change = json.dumps({"timeZone": "Europe/Paris"})
    refused = fetch("PATCH", "/api/v1/tenant", {"Content-Type": "application/json"}, change)
    expect(refused["status"] == 403 and refused["json"]["code"] == "csrf", f"a change without the token: {refused}")
    changed = fetch("PATCH", "/api/v1/tenant", {"Content-Type": "application/json", "X-CSRF-Token": token}, change)
    expect(changed["status"] == 200 and changed["json"]["timeZone"] == "Europe/Paris", f"{changed}")

    # Another port is another origin, but the same site: the browser sends the cookie, so only we can refuse it.
    evil = context.new_page()
    evil.goto(f"http://localhost:{attacker()}/")
    answers = []
    evil.on("response", lambda answer: answers.append(answer.status))
    evil.evaluate(
        """async (gateway) => {
            // It learns nothing of the answers, not even that there are any.
            const send = (path, options) =>
                fetch(gateway + path, { credentials: "include", mode: "no-cors", ...options }).catch(() => {});
            await send("/auth/logout", { method: "POST" });
            await send("/api/v1/auth/logout", { method: "POST", body: "{}" });
            await send("/auth/session", { mode: "cors" });
        }""",
        gateway,
    )
    with evil.expect_navigation():
        evil.evaluate("document.querySelector('form').submit()")
    expect(answers and answers[-1] == 403, f"the attacks got {answers}")
    expect("csrf" in evil.inner_text("body"), f"the form got {evil.inner_text('body')}")
    evil.close()
    expect(fetch("GET", "/auth/session")["status"] == 200, "another site has ended the session")

    out = fetch("POST", "/auth/logout", {"X-CSRF-Token": token})
    expect(out["status"] == 200 and out["json"] == {"logoutUrl": None}, f"{out}")
    expect(context.cookies() == [], "the browser keeps a cookie")
    expect(fetch("GET", "/auth/session")["status"] == 401, "the session goes on after the logout")

    # A language is chosen without a script, and the pages that follow have it as well.
    reader = browser.new_context(java_script_enabled=False, locale="fr")
    page_of_reader = reader.new_page()
    page_of_reader.goto(f"{gateway}/auth/login?tenant=Sunfield")
    expect(page_of_reader.title() == "Se connecter – dCMMS", f"a French browser sees {page_of_reader.title()}")
    page_of_reader.locator("summary").click()
    page_of_reader.get_by_role("button", name="العربية").click()
    expect(page_of_reader.locator("html").get_attribute("dir") == "rtl", "Arabic does not run from right to left")
    expect("Sunfield" in page_of_reader.inner_text("main"), "the choice of a language forgets the organization")
    for path in ("/auth/login", "/auth/callback?code=x&state=y", "/account"):
        page_of_reader.goto(f"{gateway}{path}")
        expect(page_of_reader.locator("html").get_attribute("lang") == "ar", f"{path} is in another language")
    reader.close()

    # On the page that links of mails lead to, the link is still there afterwards, and in no history.
    reader = browser.new_context()
    page_of_reader = reader.new_page()
    page_of_reader.goto(f"{gateway}/account#unlock=abc")
    page_of_reader.locator("summary").click()
    page_of_reader.get_by_role("button", name="Deutsch").click()
    page_of_reader.wait_for_selector("html[lang=de] #unlock:not([hidden])")
    expect(page_of_reader.url == f"{gateway}/account", f"the address is {page_of_reader.url}")
    page_of_reader.get_by_role("button", name="Anmeldung wieder zulassen").click()
    page_of_reader.wait_for_selector("#message.error")
    expect("nicht mehr gültig" in page_of_reader.inner_text("#message"), f"{page_of_reader.inner_text('#message')}")
    reader.close()

    # The address of the way back is of no use a second time, nor without the cookie of its login.
    page.goto(f"{gateway}/auth/callback?code=x&state=y")
    expect("This sign-in can't go on" in page.inner_text("main"), "a wrong way back is not explained")
    if screenshot:
        page.screenshot(path=screenshot.replace(".png", "-problem.png"))
    page.get_by_role("link", name="Sign in").click()
    expect(page.title() == "Sign in – dCMMS", "there is no way out of a wrong login")
    browser.close()


with sync_playwright() as playwright:
    main(playwright)
print("browser_login: ok")
