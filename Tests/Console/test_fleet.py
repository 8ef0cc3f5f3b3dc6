"""The health of the fleet: what a daemon could not handle is seen, is put right, and is handled or given up."""
import re
import uuid

import fleet
import pytest
from playwright.sync_api import expect

from conftest import eventually

DAEMONS = ["assets", "auth", "gateway", "ml-scoring", "mobile-sync", "notification", "stream-processor", "telemetry-ingest", "work-orders"]
LETTERS = "/fleet?tab=letters&daemon=work-orders"
EVENTS = "/fleet?tab=events&daemon=work-orders"


@pytest.fixture
def request_of_work(api):
    """A request for a work order that nobody has sent yet. What becomes of it is closed afterwards."""
    admin = api("admin")
    asset = admin.get("/assets?limit=1&status=operational")["items"][0]
    tenant = admin.get("/tenant")["id"]
    made = []

    def make():
        made.append(fleet.WorkRequest(tenant, asset, f"fleet {uuid.uuid4().hex[:8]}"))
        return made[-1]

    yield make
    for one in made:
        fleet.give_place_back(one)
        for letter in letters(api, one):
            admin.post(f"/operations/work-orders/dead-letters/{letter['id']}/discard", {"reason": "The test is over"})
        for order in orders(api, one):
            admin.post(f"/workorders/{order['id']}/transitions/cancel", {"reason": "The test is over"}, order["version"])


def letters(api, request, status="open"):
    found = api("admin").get(f"/operations/work-orders/dead-letters?status={status}&limit=200")["items"]
    return [one for one in found if one["eventId"] == request.headers["ce_id"]]


def orders(api, request):
    return [one for one in api("admin").get("/workorders?limit=200&status=open")["items"] if one["id"] == request.order]


def row_of(page, reason):
    return page.get_by_role("grid").get_by_role("row").filter(has_text=reason)


def test_every_daemon_says_how_it_does(console):
    page = console("admin", "/fleet")
    table = page.get_by_role("grid", name="Services")
    for daemon in DAEMONS:
        row = table.get_by_role("row").filter(has=page.get_by_role("gridcell", name=daemon, exact=True))
        # One that another test has killed is silent for a while.
        row = row.filter(has_text="Ready")
        expect(row).to_have_count(1)
        # The records that it is behind.
        expect(row.get_by_role("gridcell").nth(4)).to_have_text(re.compile(r"^[\d,]+$"))


@pytest.mark.proof
def test_a_dead_letter_is_refused_again_until_its_cause_is_mended(console, api, request_of_work):
    request = request_of_work()
    fleet.take_place(request)
    request.send()
    page = console("admin", "/fleet")
    letter = eventually(page, lambda: letters(api, request))[0]
    # The figures lead to it, a few seconds after the daemon has counted it.
    figure = page.get_by_role("grid", name="Services").get_by_role("row").filter(has_text="work-orders").get_by_role("gridcell").nth(6).get_by_role("link")
    figure.click()
    expect(page).to_have_url(re.compile("tab=letters.*daemon=work-orders"))
    page.goto(f"{page.url}&letter={letter['id']}")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("unique constraint")
    expect(drawer).to_contain_text(fleet.TOPIC)
    expect(drawer).to_contain_text(request.headers["ce_id"])

    drawer.get_by_role("button", name="Handle again").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("refused again")
    expect(drawer.get_by_text("Tries").locator("xpath=following::*[1]")).to_have_text("1")
    assert orders(api, request) == []

    fleet.give_place_back(request)
    drawer.get_by_role("button", name="Handle again").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("It was handled.")
    expect(drawer).to_be_hidden()
    assert [one["id"] for one in orders(api, request)] == [request.order]

    page.get_by_role("combobox", name="Status").select_option("Handled")
    done = letters(api, request, "handled")[0]
    assert (done["id"], done["attempts"]) == (letter["id"], 1)
    page.goto(f"{page.url.split('?')[0]}?tab=letters&daemon=work-orders&status=handled&letter={letter['id']}")
    expect(page.get_by_role("dialog")).to_contain_text("Administrator")
    expect(page.get_by_role("dialog").get_by_role("button", name="Handle again")).to_have_count(0)


def test_what_can_never_be_read_is_discarded_with_a_reason(console, api, request_of_work):
    request = request_of_work()
    request.send(b"\0\0\0\0\x16")
    page = console("admin", LETTERS)
    letter = eventually(page, lambda: letters(api, request))[0]
    page.goto(f"{page.url}&letter={letter['id']}")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Handle again").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("refused again")
    drawer.get_by_role("button", name="Discard").click()
    question = page.get_by_role("dialog", name="Discard it for good?")
    question.get_by_role("button", name="Discard").click()
    expect(question.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    question.get_by_label("Reason").fill("A record of a test")
    question.get_by_role("button", name="Discard").click()
    expect(question).to_be_hidden()
    expect(drawer).to_be_hidden()
    assert letters(api, request) == []
    assert letters(api, request, "discarded")[0]["note"] == "A record of a test"
    page.get_by_role("combobox", name="Status").select_option("Discarded")
    page.goto(f"{page.url}&letter={letter['id']}")
    expect(page.get_by_role("dialog")).to_contain_text("A record of a test")


def test_a_refused_event_is_published_again(console, api, request_of_work):
    request, reason = request_of_work(), f"too large {uuid.uuid4().hex[:8]}"
    fleet.refuse(request, reason)
    page = console("admin", EVENTS)
    row = row_of(page, reason)
    expect(row).to_contain_text(fleet.TYPE)
    assert orders(api, request) == []
    row.get_by_role("button", name="Publish again").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("It is being published.")
    expect(row).to_have_count(0)
    # The work orders read their own topic: what was asked for is there.
    eventually(page, lambda: orders(api, request))


def test_a_refused_event_is_discarded_with_a_reason(console, api, request_of_work):
    request, reason = request_of_work(), f"too large {uuid.uuid4().hex[:8]}"
    fleet.refuse(request, reason)
    page = console("admin", EVENTS)
    row_of(page, reason).get_by_role("button", name="Discard").click()
    question = page.get_by_role("dialog", name="Discard it for good?")
    question.get_by_label("Reason").fill("A record of a test")
    question.get_by_role("button", name="Discard").click()
    expect(question).to_be_hidden()
    expect(row_of(page, reason)).to_have_count(0)
    assert all(one["reason"] != reason for one in api("admin").get("/operations/work-orders/refused-events?limit=200")["items"])


def test_who_does_not_run_the_installation_is_not_shown_its_health(console):
    page = console("supervisor", "/fleet")
    expect(page.get_by_text("You may not see this page")).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Service health")).to_have_count(0)
