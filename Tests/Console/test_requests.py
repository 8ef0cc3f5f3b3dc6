"""People without an account report what they see; others decide; and signs with a code are made, printed and switched off."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import asset, now, png, title


@pytest.fixture
def admin(api):
    return api("admin")


def link(admin, **fields):
    """A sign at the asset."""
    return admin.post("/request-links", {"assetId": asset(admin)["id"], "label": title(), **fields})


def requested(admin, made, **fields):
    """A request at a sign, as a browser would send it."""
    return admin.post(f"/public/requests/{made['token']}", {"clientKey": str(uuid.uuid4()), "kind": "fault", "description": "The fan is loud.", **fields})


def asked(admin, made):
    return [one for one in admin.get("/requests?limit=50")["items"] if one["linkId"] == made["link"]["id"]]


@pytest.fixture
def stranger(context):
    """A browser in which nobody is signed in."""
    def open_at(made, **options):
        page = context(**options).new_page()
        page.goto(f"{URL}/r/#{made['token']}")
        return page
    return open_at


def test_a_stranger_reports_with_a_photo_and_reads_that_it_has_come(stranger, admin):
    made = link(admin)
    page = stranger(made, viewport={"width": 360, "height": 640})
    expect(page.get_by_text(made["link"]["label"])).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Choose what it is about.")).to_be_visible()
    page.get_by_role("radio", name="Something is dangerous").check()
    page.get_by_role("textbox", name="What have you seen?").fill("A cover is open")
    page.locator("input[type=file]").set_input_files({"name": "cover.png", "mimeType": "image/png", "buffer": png(800, 600)})
    expect(page.get_by_role("img", name="Photo 1")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_text("All photos have arrived.")).to_be_visible()
    [one] = asked(admin, made)
    assert (one["kind"], one["description"], one["state"]) == ("safety", "A cover is open", "new")
    # The address is the receipt: with it, anybody sees what has become of it.
    page.reload()
    expect(page.get_by_text("Your report has arrived.")).to_be_visible()
    admin.post(f"/requests/{one['id']}/decline", {"reason": "Known already"})
    page.reload()
    expect(page.get_by_text("No work follows from it.")).to_be_visible()
    expect(page.get_by_text("Known already")).to_have_count(0)


def test_what_was_typed_stays_when_the_network_fails_and_is_one_request(stranger, admin):
    made = link(admin)
    page = stranger(made)
    page.get_by_role("radio", name="Something does not work").check()
    page.get_by_role("textbox", name="What have you seen?").fill("The fan is loud")
    page.route("**/api/v1/public/requests/*", lambda route: route.fulfill(status=429, content_type="application/problem+json", body='{"type":"about:blank","title":"x","status":429,"code":"too_many_requests_here","detail":"x"}') if route.request.method == "POST" else route.continue_(), times=1)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Many requests wait at this place already.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="What have you seen?")).to_have_value("The fan is loud")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert len(asked(admin, made)) == 1


def test_it_speaks_the_browsers_language_and_any_other(stranger, admin):
    page = stranger(link(admin), locale="ar-EG")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Etwas melden")).to_be_visible()


def test_a_sign_that_is_switched_off_tells_nothing(stranger, admin):
    made = link(admin)
    admin.patch(f"/request-links/{made['link']['id']}", {"isActive": False}, made["link"]["version"])
    page = stranger(made)
    expect(page.get_by_text("This code is not valid any more.")).to_be_visible()
    expect(page.get_by_text(made["link"]["label"])).to_have_count(0)


def test_a_work_order_is_made_of_a_request_once(console, admin):
    made = link(admin)
    requested(admin, made, description="The fan is loud.\nSince Monday.")
    [one] = asked(admin, made)
    page = console("admin", f"/requests/{one['id']}")
    page.get_by_role("button", name="Make a work order").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Title")).to_have_value(f"{made['link']['label']}: The fan is loud.")
    dialog.get_by_role("button", name="Make a work order").click()
    page.wait_for_url(re.compile(f"/work-orders/{one['id']}"))
    assert now(admin, one)["status"] == "draft"
    page.goto(f"{URL}/requests/{one['id']}")
    expect(page.get_by_role("button", name="Make a work order")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile(now(admin, one)["number"]))).to_be_visible()


def test_a_request_is_declined_with_a_reason(console, admin):
    made = link(admin)
    requested(admin, made)
    [one] = asked(admin, made)
    page = console("admin", f"/requests/{one['id']}")
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(page.get_by_role("dialog")).to_contain_text("reason")
    page.get_by_role("dialog").get_by_role("textbox").fill("Known already")
    page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    eventually(page, lambda: asked(admin, made)[0]["state"] == "declined")
    expect(page.get_by_text("Known already")).to_be_visible()


def test_a_sign_is_made_and_its_code_is_shown_once(console, admin):
    page = console("admin", "/requests/links")
    expect(page.get_by_role("button", name="New sign").first).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New sign")
    dialog.get_by_role("combobox", name="Site").select_option(asset(admin)["siteId"])
    place = title()
    dialog.get_by_role("textbox", name="Words on the sign").fill(place)
    dialog.get_by_role("checkbox", name="Something has to be cleaned").uncheck()
    dialog.get_by_role("button", name="Make the sign").click()
    sign = page.get_by_role("dialog", name="The sign")
    expect(sign.get_by_role("img", name=f"Code for {place}")).to_be_visible()
    page.emulate_media(media="print")
    expect(sign.get_by_role("button")).to_have_count(0)
    page.emulate_media(media="screen")
    sign.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("row").filter(has_text=place)).to_be_visible()
    made = next(one for one in admin.get("/request-links?limit=100")["items"] if one["label"] == place)
    assert "cleaning" not in made["kinds"]


def test_who_does_not_decide_is_not_offered_them(console):
    page = console("technician", "/requests")
    expect(page.get_by_role("heading", name="Requests")).to_have_count(0)
    expect(page.get_by_role("navigation").get_by_role("link", name="Requests")).to_have_count(0)
