"""What programs write in English only is marked as English on a page of another language, so that it is read aloud and ordered as such."""
import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import move, order, sam  # noqa: F401
from pages import settle, texts

# The language and the direction of everything that has these words, also on hover.
MARKED = """words => [...document.querySelectorAll("body *")]
  .filter(one => (one.getAttribute("title") ?? "").includes(words) || [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.includes(words)))
  .map(one => `${one.closest("[lang]").lang} ${getComputedStyle(one).direction}`)"""
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 375, "height": 740}


def fresh():
    return f"Nobody understands {uuid.uuid4().hex[:8]} today"


def is_marked(page, words):
    expect(page.get_by_text(words).first).to_be_visible()
    assert set(page.evaluate(MARKED, words)) == {"en ltr"}


def answer(page, path, make):
    """Changes an answer of the API: `make` gets it as the server has given it."""
    def handle(route):
        route.fulfill(content_type="application/json", body=json.dumps(make(route.fetch().json())))
    page.route(re.compile(rf"/api/v1/{path}(\?|$)"), handle)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_services_say_of_themselves(console, size):
    silent, refused, large = fresh(), fresh(), fresh()
    at = "2026-01-01T00:00:00Z"
    letter = {
        "id": str(uuid.uuid4()), "topic": "assets.events", "partition": 0, "offset": 1, "eventId": str(uuid.uuid4()), "eventType": "asset.changed.v1",
        "reason": refused, "refusedAt": at, "status": "open", "attempts": 0, "hasContents": True,
    }
    event = {"id": "1", "topic": "assets.events", "eventType": "asset.changed.v1", "reason": large, "createdAt": at, "size": 2048, "status": "open", "isSuperseded": False}
    page = console("admin", "/me", locale="ar-EG", viewport=size)
    answer(page, "operations/fleet", lambda fleet: {**fleet, "instances": [{**fleet["instances"][0], "state": "not_ready", "reason": silent}, *fleet["instances"][1:]]})
    answer(page, "operations/assets/dead-letters", lambda list: {"items": [letter]})
    answer(page, "operations/assets/refused-events", lambda list: {"items": [event]})
    page.goto(f"{URL}/fleet")
    is_marked(page, silent)
    page.goto(f"{URL}/fleet?tab=events&daemon=assets")
    is_marked(page, large)
    page.goto(f"{URL}/fleet?tab=letters&daemon=assets")
    is_marked(page, refused)
    page.goto(f"{URL}/fleet?tab=letters&daemon=assets&letter={letter['id']}")
    expect(page.get_by_role("dialog").get_by_text(refused)).to_be_visible()
    is_marked(page, refused)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_why_a_change_of_a_device_was_refused(console, api, size):
    device = str(uuid.uuid4())
    change = {
        "id": str(uuid.uuid4()), "entity": "work_order", "entityId": str(uuid.uuid4()), "operation": "update", "version": 1,
        "changedAt": "2026-01-01T00:00:00Z", "data": {"title": "What nobody has"},
    }
    technician = api("technician")
    technician.post("/sync/push", {"deviceId": device, "changes": [change]})
    page = console("admin", f"/sync?device={device}&person={technician.get('/auth/me')['id']}", locale="ar-EG", viewport=size)
    # The owner of work orders says so with a code.
    expect(page.get_by_role("dialog")).to_contain_text(texts("ar")["problems.not_found"])
    expect(page.get_by_role("dialog")).not_to_contain_text("work order")
    # Of what was decided before there were codes, its English words are known.
    old = fresh()
    answer(page, f"sync/devices/{device}/changes", lambda list: {"items": [{**one, "problem": None, "reason": old} for one in list["items"]]})
    page.reload()
    expect(page.get_by_role("dialog").get_by_text(old).first).to_be_visible()
    is_marked(page, old)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_a_message_is_about(console, size):
    subject, fault = fresh(), fresh()
    page = console("admin", "/me", locale="ar-EG", viewport=size)
    sent = {"id": str(uuid.uuid4()), "userId": str(uuid.uuid4()), "channel": "email", "recipient": "a@demo.example", "subject": subject, "status": "sent", "attempts": 1, "createdAt": "2026-01-01T00:00:00Z"}
    failed = {**sent, "id": str(uuid.uuid4()), "subject": fresh(), "status": "failed", "error": fault}
    answer(page, "notifications", lambda list: {"items": [sent, failed]})
    page.goto(f"{URL}/deliveries")
    is_marked(page, subject)
    if size is WIDE:
        page.get_by_role("button", name=texts("ar")["watch.facts"]).click()
        expect(page.get_by_role("dialog")).to_contain_text(fault)
        is_marked(page, fault)


def test_why_a_work_order_was_cancelled_by_itself(console, sam):
    one = order(sam)
    move(sam, one, "cancel", reason="the asset was deleted")
    page = console("supervisor", f"/work-orders/{one['id']}", locale="ar-EG")
    expect(page.get_by_role("main").get_by_text(texts("ar")["watch.resolution.asset_deleted"])).to_be_visible()
    settle(page)
    assert page.get_by_text("the asset was deleted").count() == 0


def test_values_in_the_audit_log_have_their_names(console, api, sam):
    one = order(sam, priority="high")
    move(sam, one, "submit")
    admin = api("admin")
    page = console("admin", "/me", locale="de-DE")
    found = eventually(page, lambda: [entry for entry in admin.get(f"/audit?resourceType=workorder&resourceId={one['id']}")["items"] if entry["action"] == "WORKORDER_STATE_CHANGED"])
    page.goto(f"{URL}/audit?resourceType=workorder&resourceId={one['id']}&entry={found[0]['id']}")
    changes = page.get_by_role("dialog").get_by_role("region", name=texts("de")["admin.audit.changes"])
    for key in ("draft", "open"):
        expect(changes).to_contain_text(texts("de")[f"ui.state.workOrder.{key}"])
    expect(changes).not_to_contain_text("draft")
