"""Work orders that tests make for themselves, by the API."""
import datetime
import hashlib
import re
import struct
import time
import uuid
import zlib

import pytest
from playwright.sync_api import expect


@pytest.fixture
def sam(api):
    """The API as the supervisor."""
    return api("supervisor")


# A week with nothing else in it, whenever this is run: Monday to Sunday, in more than a year.
_day = datetime.date.today() + datetime.timedelta(weeks=60)
WEEK = [_day + datetime.timedelta(days=day - _day.weekday()) for day in range(7)]
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, *_ = WEEK


def title():
    return f"orders {uuid.uuid4().hex[:10]}"


def asset(api, code="INV-2"):
    return next(one for one in api.get(f"/assets?q={code}")["items"] if one["code"] == code)


def technician(api):
    return api.get("/users?search=technician")["items"][0]


def policy_of(admin):
    """The organization's policy for work, as it can be set again: what is left out of a request is not asked for any more."""
    return {name: value for name, value in admin.get("/workorders/policy").items() if name != "version"}


@pytest.fixture
def policy(api):
    """The organization's policy, which is put back."""
    admin = api("admin")
    before = policy_of(admin)
    yield before
    admin.put("/workorders/policy", before)


@pytest.fixture
def reviewed(api):
    """Inspections are approved and verified by somebody else. The organization's policy is put back."""
    admin = api("admin")
    before = policy_of(admin)
    asked = {"when": "types", "types": ["inspection"]}
    admin.put("/workorders/policy", {"approval": asked, "verification": asked})
    yield
    admin.put("/workorders/policy", before)
    # What tests have made waits for nobody afterwards.
    for phase, steps in (("submitted", ["cancel"]), ("completed", ["reopen", "cancel"])):
        for one in admin.get(f"/workorders?phase={phase}&q=orders&limit=200")["items"]:
            for step in steps if one["title"].startswith("orders ") else ():
                move(admin, one, step, reason="for the test")


def order(api, **fields):
    """A new work order, as a draft."""
    return api.post("/workorders", {"assetId": asset(api)["id"], "title": title(), "type": "corrective", "priority": "medium", **fields})


def eventually_posted(api, path, body):
    """Posts something at what is new: the service that is asked may not know it yet."""
    for _ in range(100):
        try:
            return api.post(path, body)
        except AssertionError as error:
            if "unknown_asset" not in str(error):
                raise
            time.sleep(0.1)
    raise AssertionError("the asset has not come")


def png(width=64, height=48, colour=(30, 120, 60), kind=2):
    """A picture of one colour; of a kind that PNG does not have, a file in good order that shows nothing."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def attach(api, one, name, content, kind="photo"):
    """A file of one part."""
    made = api.post(f"/workorders/{one['id']}/attachments", {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "kind": kind, "category": "before"})
    path = f"/workorders/{one['id']}/attachments/{made['id']}"
    api.put(f"{path}/parts/1", content)
    return api.post(f"{path}/complete")


def move(api, one, transition, **body):
    return api.post(f"/workorders/{one['id']}/transitions/{transition}", body)


def wednesday(api, one):
    """Plans it from nine to eleven o'clock (UTC)."""
    return move(api, one, "schedule", scheduledStart=f"{WEDNESDAY}T09:00:00Z", scheduledEnd=f"{WEDNESDAY}T11:00:00Z")


def column(page, day):
    """A day of the calendar's week."""
    return page.get_by_role("region", name=re.compile(rf"{day:%b} {day.day}\b"))


def now(api, one):
    return api.get(f"/workorders/{one['id']}")


def found(api, words):
    return api.get(f"/workorders?q={words.replace(' ', '%20')}")["items"]


def is_live(page):
    return expect(page.get_by_role("status").filter(has_text=re.compile("^Live$")))


def choose_asset(page, code):
    box = page.get_by_role("combobox", name="Asset")
    box.click()
    box.fill(code)
    page.get_by_role("option", name=re.compile(code)).first.click()
    expect(box).to_have_value(re.compile(code))
