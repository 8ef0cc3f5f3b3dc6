"""The gateway is killed while people work, and comes back. What is between browser and gateway is the real thing here, not what the browser was told to answer."""
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request
import uuid

import pytest
from playwright.sync_api import Error as PlaywrightError, expect

from conftest import URL
from plant import STACK
from orders import choose_asset, found, is_live, order, sam, title  # noqa: F401

RUN = STACK / ".local/run/gateway.run"


class Gateway:
    """The gateway's process, which can be killed and started again as it was."""

    def __init__(self):
        pid = int(RUN.read_text(encoding="utf-8").split()[0])
        process = pathlib.Path(f"/proc/{pid}")
        self.environment = dict(line.split("=", 1) for line in (process / "environ").read_text(encoding="utf-8").split("\0") if line)
        self._command = (process / "cmdline").read_text(encoding="utf-8").strip("\0").split("\0")
        self._folder = os.readlink(process / "cwd")
        self._pid = pid

    def kill(self):
        os.kill(self._pid, signal.SIGKILL)

    def start(self):
        """Starts it, and tells the fleet's own file which process it is: its id, and when it began."""
        with open(RUN.with_suffix(".log"), "ab") as log:
            process = subprocess.Popen(self._command, env=self.environment, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        began = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
        RUN.write_text(f"{process.pid} {began}\n", encoding="utf-8")


@pytest.fixture
def gateway(context):
    if not RUN.exists():
        pytest.skip("the fleet was not started by dcmms-local")
    gateway = Gateway()
    is_away = False

    class Hands:
        environment = gateway.environment

        def kill(self):
            nonlocal is_away
            is_away = True
            gateway.kill()

        def start(self):
            nonlocal is_away
            gateway.start()
            is_away = False

    yield Hands()
    # The fleet is others' as well.
    if is_away:
        gateway.start()
    asking = context().request
    for _ in range(120):
        try:
            if asking.get(f"{URL}/auth/session").status < 500:
                break
        except PlaywrightError:
            pass
        time.sleep(0.5)


def submit_beside(gateway, api, one):
    """Submits a work order at the daemon that has it, so that the gateway does not see it."""
    address = f"{gateway.environment['GATEWAY_WORK_ORDERS_URL']}/api/v1/workorders/{one['id']}/transitions/submit"
    headers = {**api._headers, "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    with urllib.request.urlopen(urllib.request.Request(address, b"{}", headers, method="POST"), timeout=20) as answer:
        assert answer.status == 200


@pytest.mark.proof
def test_the_gateway_is_killed_and_comes_back(console, sam, gateway):  # noqa: F811
    word = title()
    known = order(sam, title=f"{word} known")
    name = f"{word} typed"
    page = console("supervisor", "/work-orders/new")
    choose_asset(page, "INV-2")
    page.get_by_role("textbox", name="Title").fill(name)
    page.get_by_role("textbox", name="Tasks").fill("Lock out\nReplace the fan")
    # Changes only: the page is not to be loaded anew.
    listed = page.context.new_page()
    listed.goto(f"{URL}/work-orders?q={word.replace(' ', '+')}")
    row = lambda one: listed.get_by_role("row").filter(has_text=one)  # noqa: E731
    expect(row(known["number"])).to_contain_text("Draft")
    for one in (page, listed):
        is_live(one).to_be_visible()
        one.evaluate("window.isTheSamePage = true")
    keys = []
    page.on("request", lambda request: keys.append(request.headers["idempotency-key"]) if request.method == "POST" and "/api/v1/workorders" in request.url else None)

    gateway.kill()
    page.get_by_role("button", name="Create").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"No answer yet\. Trying again in \d"))
    submit_beside(gateway, sam, known)
    expect(listed.get_by_text(re.compile("^Not connected since .*: what you see may be old"))).to_be_visible()
    expect(listed.get_by_role("status").filter(has_text="Not live")).to_be_visible()
    # What was there stays in sight.
    expect(row(known["number"])).to_contain_text("Draft")
    expect(main.get_by_role("alert")).to_contain_text(re.compile("can't answer at the moment|no connection", re.I))
    expect(page.get_by_role("textbox", name="Title")).to_have_value(name)
    expect(page.get_by_role("textbox", name="Tasks")).to_have_value("Lock out\nReplace the fan")
    assert len(keys) == 4 and len(set(keys)) == 1, keys

    gateway.start()
    for one in (page, listed):
        is_live(one).to_be_visible()
        expect(one.get_by_text(re.compile("^Not connected since"))).to_have_count(0)
    # What happened meanwhile is shown.
    expect(row(known["number"])).to_contain_text("Open")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert [[task["title"] for task in one["tasks"]] for one in found(sam, name)] == [["Lock out", "Replace the fan"]]
    expect(row(name)).to_be_visible()
    for one in (page, listed):
        assert one.evaluate("window.isTheSamePage"), "the page was loaded anew"
