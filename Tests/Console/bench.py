"""Measures the console in Chromium, against a stack with the demo's data: `make bench ONLY=console`.

The browser is what is measured: the long list and the chart get made-up records in place of the API's answers, and the flood of live events
comes from the page itself, so that no other program takes part in the figures.
"""
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import uuid
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
URL = os.environ.get("CONSOLE_URL", "http://localhost:8080")
ROUNDS = 5
ORDERS = 10_000

LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver(list => { for (const one of list.getEntries()) longTasks.push(one.duration); }).observe({ type: "longtask" });
"""
# Playwright's wait_for_function would need eval, which the policy of the page forbids.
SEEN = """() => new Promise(done => {
  const look = () => window.ready && performance.getEntriesByName("first-contentful-paint").length ? done() : setTimeout(look, 100);
  look();
})"""
SCROLL = """async () => {
  const grid = document.querySelector("[role=grid]");
  const frames = [];
  let last = performance.now();
  let top = 0;
  const end = last + 6_000;
  await new Promise(done => {
    const frame = () => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      grid.scrollTo(0, top += 130);
      now < end ? requestAnimationFrame(frame) : done();
    };
    requestAnimationFrame(frame);
  });
  return frames.slice(1);
}"""
FILTER = """async () => {
  const input = document.querySelector(".orders-search input");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const taken = [];
  for (const words of ["f", "fa", "fan", "fan 1", "fan 12", "fan 12 i", "fan 12 inverter 3", ""]) {
    await new Promise(done => setTimeout(done, 500));
    const began = performance.now();
    set.call(input, words);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(done => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }));
    taken.push(performance.now() - began);
  }
  return taken;
}"""
CHART = """async () => {
  const slider = document.activeElement;
  const press = (key, options = {}) => slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  const shown = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const drawn = [];
  for (let round = 0; round < 6; round += 1) {
    press("+");
    await shown();
    const began = performance.now();
    press("-");
    await shown();
    drawn.push(performance.now() - began);
  }
  const frames = [];
  let last = performance.now();
  for (let step = 0; step < 120; step += 1) {
    press(step % 2 ? "ArrowLeft" : "ArrowRight", { shiftKey: true });
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return { drawn, frames: frames.slice(1) };
}"""
# The page's own WebSocket, which says what it is told to.
FLOOD = """
window.orders = ORDERS;
window.WebSocket = class extends EventTarget {
  constructor() { super(); this.readyState = 1; window.live = this; setTimeout(() => this.onmessage?.({ data: JSON.stringify({ type: "subscribed", kinds: [], cursor: "c" }) }), 50); }
  send() {}
  close() {}
};
window.flood = (rate, seconds) => new Promise(done => {
  const began = performance.now();
  let sent = 0, version = 1_000;
  const timer = setInterval(() => {
    const passed = (performance.now() - began) / 1_000;
    for (; sent < passed * rate; sent += 1) {
      version += 1;
      const data = { ...orders[sent % orders.length], version, status: ["open", "in_progress", "on_hold"][sent % 3] };
      live.onmessage({ data: JSON.stringify({ type: "event", kind: "workorders", id: data.id, version, data, cursor: `c${version}` }) });
    }
    if (passed > seconds) { clearInterval(timer); done(sent); }
  }, 4);
});
"""


def say(figure, goal, reached):
    print(f"| {figure} | {goal} | {reached} |", flush=True)


def milliseconds(values, share=0.5):
    values = sorted(values)
    return f"{values[min(len(values) - 1, int(len(values) * share))]:.0f} ms"


def sign_in(context):
    page = context.new_page()
    page.goto(f"{URL}/auth/login?return_to=/docs")
    page.locator("input[name=email]").fill("supervisor@demo.example")
    page.locator("input[type=password]").fill("local-demo-supervisor")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs*")
    return page


def first_page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = sign_in(context)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    # Interactive: the page's own heading stands there, and can be pressed.
    page.add_init_script("new MutationObserver(() => { if (!window.ready && document.querySelector('h1')) window.ready = performance.now(); }).observe(document, { childList: true, subtree: true });")
    painted, ready = [], []
    for _ in range(ROUNDS):
        devtools.send("Network.clearBrowserCache")
        page.goto(f"{URL}/")
        page.evaluate(SEEN)
        painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        ready.append(page.evaluate("window.ready"))
    scripts = page.evaluate("performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js')).map(one => new URL(one.name).pathname)")
    preloaded = page.evaluate("[...document.querySelectorAll('script[src], link[rel=modulepreload]')].map(one => new URL(one.src || one.href).pathname)")
    size = sum(len(gzip.compress(context.request.get(f"{URL}{path}").body(), 9)) for path in preloaded)
    say("script for the first page, gzip", "< 120 KB", f"{size / 1024:.0f} KB ({len(scripts)} files with those of the overview)")
    say("first contentful paint, CPU four times slower", "< 600 ms", milliseconds(painted))
    say("interactive, CPU four times slower", "< 1,000 ms", milliseconds(ready))
    context.close()


def work_orders(page):
    """10,000 that look like those that are there."""
    token = page.request.post(f"{URL}/api/v1/auth/login", data={"email": "supervisor@demo.example", "password": "local-demo-supervisor"}).json()["accessToken"]
    some = page.request.get(f"{URL}/api/v1/workorders?limit=50", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    made = []
    for number in range(ORDERS):
        made.append({
            **some[number % len(some)],
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))),
            "number": f"WO-2026-{ORDERS - number:06}",
            "title": f"Replace fan {number % 97} of inverter {number % 13}",
        })
    return made


def long_list(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = sign_in(context)
    orders = work_orders(page)

    def answer(route):
        query = parse_qs(urlparse(route.request.url).query)
        words = query.get("q", [""])[0].lower().split()
        found = [one for one in orders if all(word in f"{one['number']} {one['title']}".lower() for word in words)]
        start = int(query.get("cursor", ["0"])[0])
        end = start + int(query.get("limit", ["50"])[0])
        route.fulfill(json={"items": found[start:end], "nextCursor": str(end) if end < len(found) else None})

    page.route("**/api/v1/workorders?*", answer)
    page.goto(f"{URL}/work-orders?status=all")
    page.get_by_text("10,000 rows").wait_for(timeout=120_000)
    page.wait_for_timeout(1_000)
    frames = page.evaluate(SCROLL)
    late = sum(frame > 32 for frame in frames)
    say("scrolling 10,000 work orders: frames over 32 ms", "none", f"{late} of {len(frames)} (median {milliseconds(frames)}, p99 {milliseconds(frames, 0.99)})")
    say("filtering them", "< 100 ms", f"{max(page.evaluate(FILTER)):.0f} ms at most")
    context.close()
    return orders


def chart(browser):
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder) / "site"
        subprocess.run([sys.executable, ROOT / "deploy/web/build.py", "--development", "--output", site], check=True, capture_output=True)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = sign_in(context)

        def serve(route):
            path = urlparse(route.request.url).path
            if path.startswith(("/api", "/auth", "/ws")):
                return route.continue_()
            file = site / path.lstrip("/")
            return route.fulfill(path=file if file.is_file() else site / "index.html")

        page.route("**/*", serve)
        page.goto(f"{URL}/design")
        slider = page.get_by_role("figure", name="Eight inverters").get_by_role("slider")
        slider.scroll_into_view_if_needed()
        slider.focus()
        page.wait_for_timeout(1_000)
        result = page.evaluate(CHART)
        say("chart with 8 x 100,000 points: drawn", "< 200 ms", f"{milliseconds(result['drawn'])} (at most {max(result['drawn']):.0f} ms)")
        rate = 1_000 / statistics.mean(result["frames"])
        say("panning it", "30 frames/s", f"{rate:.0f} frames/s (p95 {milliseconds(result['frames'], 0.95)})")
        context.close()


def live(browser, orders):
    for path, name in (("/work-orders?status=all", "the list of work orders"), ("/", "the overview")):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = sign_in(context)
        page.add_init_script(LONG_TASKS)
        page.add_init_script(FLOOD.replace("ORDERS", json.dumps(orders[:200])))
        page.route("**/api/v1/workorders?*", lambda route: route.fulfill(json={"items": orders[:200], "nextCursor": None}))
        page.goto(f"{URL}{path}")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(3_000)
        page.evaluate("longTasks.length = 0")
        sent = page.evaluate("flood(500, 10)")
        found = page.evaluate("longTasks")
        say(f"{sent / 10:.0f} live updates/s at {name}: tasks over 50 ms", "none", f"{len(found)}" + (f" (at most {max(found):.0f} ms)" if found else ""))
        context.close()


def main():
    print("## The console\n\n| figure | goal | reached |\n|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        first_page(browser)
        orders = long_list(browser)
        chart(browser)
        live(browser, orders)
        browser.close()


if __name__ == "__main__":
    main()
