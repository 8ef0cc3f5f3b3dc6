"""Permits to work with their locks: asked for, approved by another, locked and verified by two, and taken back in the reverse order."""
import datetime
import re

import pytest
from playwright.sync_api import expect

from conftest import LOGIN, URL, email, eventually, password
from orders import move, now, order, sam, technician, title  # noqa: F401
from pages import permit, permit_steps


@pytest.fixture
def admin(api):
    return api("admin")


def read(api, one):
    return api.get(f"/permits/{one['id']}")


def press(page, name, **fields):
    """A button of the page, and the button of its dialog, with what is typed there before."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        dialog.get_by_label(label.replace("_", " ")).fill(value)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def test_from_draft_to_close_with_locks_of_two_people(console, admin):
    work = order(admin, assignedTo=technician(admin)["id"])
    move(admin, work, "submit")
    page = console("admin", f"/work-orders/{work['id']}")
    safety = page.get_by_role("region", name="Safety")

    # What the work requires, and that it is not there.
    safety.get_by_role("button", name="What is required").click()
    dialog = page.get_by_role("dialog", name="What is required")
    dialog.get_by_role("combobox").click()
    dialog.get_by_role("combobox").fill("Electrical")
    page.get_by_role("option", name="Electrical lockout").click()
    dialog.get_by_role("button", name="Save").click()
    expect(safety).to_contain_text("Electrical lockout: none is in force")
    page.get_by_role("main").get_by_role("button", name="Start work", exact=True).click()
    refusal = page.get_by_role("dialog", name="The permits hold this back")
    expect(refusal).to_contain_text("The work needs a permit: electrical lockout")
    refusal.get_by_role("link", name="Prepare the permit: Electrical lockout").click()

    # A draft that says too little is not sent, and says what is missing.
    dialog = page.get_by_role("dialog", name="New permit")
    expect(dialog.get_by_label("Kind of permit")).to_have_value("electrical_loto")
    dialog.get_by_label("Work", exact=True).fill("Replace the breaker")
    dialog.get_by_role("button", name="Add a hazard").click()
    dialog.get_by_label("What is done against it").fill("Arc-rated suit")
    dialog.get_by_role("button", name="Prepare").click()
    expect(page.get_by_role("heading", level=1, name="Replace the breaker")).to_be_visible()
    one = admin.get(f"/workorders/{work['id']}/permits")["items"][0]
    page.get_by_role("button", name="Ask for approval").click()
    page.get_by_role("dialog").get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("dialog").locator(".ui-form-problem")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("main").focus()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Change the permit")
    dialog.get_by_label("Checked before work").fill("Earthing is in place")
    for at, place in enumerate(("Breaker Q1", "Breaker Q2")):
        dialog.get_by_role("button", name="Add a point").click()
        dialog.get_by_label("Breaker, valve or pin").nth(at).fill(place)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    press(page, "Ask for approval")
    # Who has asked is not offered the approval, and is told why.
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_attribute("aria-disabled", "true")

    other = console("supervisor", f"/permits/{one['id']}")
    press(other, "Approve", Comment="Mind the wind")
    page.reload()
    expect(page.get_by_role("region", name="Story")).to_contain_text("Mind the wind")
    page.get_by_role("checkbox", name="Earthing is in place").click()
    expect(page.get_by_role("checkbox", name="Earthing is in place")).to_be_checked()

    # The second one waits for the first one.
    expect(page.get_by_role("button", name="Lock: Breaker Q2")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("listitem", name="Breaker Q2")).to_contain_text("First: Breaker Q1")
    for place in ("Breaker Q1", "Breaker Q2"):
        press(page, f"Lock: {place}", Number_of_the_lock=f"L {title()[-8:]}")
    # Who has locked does not verify.
    expect(page.get_by_role("button", name="Verify: Breaker Q1")).to_have_attribute("aria-disabled", "true")
    other.reload()
    for place in ("Breaker Q1", "Breaker Q2"):
        press(other, f"Verify: {place}", What_was_measured="0 V between all phases")
    assert eventually(page, lambda: all(point["state"] == "verified" for point in read(admin, one)["isolations"]))

    # Other work may be permitted on the same equipment: whoever begins says that its people know.
    page.reload()
    page.get_by_role("button", name="Activate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Activate").click()
    known = dialog.get_by_role("checkbox", name=re.compile("know of this work"))
    expect(known.first.or_(page.get_by_text("Active", exact=True))).to_be_visible()
    if known.count():
        for box in known.all():
            box.check()
        dialog.get_by_role("button", name="Activate").click()
    expect(dialog).to_have_count(0)

    move(admin, work, "start")
    press(page, "Suspend", Reason="Thunder")
    assert eventually(page, lambda: now(admin, work)["status"] == "on_hold")
    page.goto(page.url.split("/permits")[0] + f"/work-orders/{work['id']}")
    page.get_by_role("main").get_by_role("button", name="Resume work", exact=True).click()
    refusal = page.get_by_role("dialog", name="The permits hold this back")
    refusal.get_by_role("link", name=f"Open {one['number']}").click()
    expect(page.get_by_role("heading", level=1, name="Replace the breaker")).to_be_visible()

    # The locks come off in the reverse order.
    expect(page.get_by_role("button", name="Take the lock off: Breaker Q1")).to_have_attribute("aria-disabled", "true")
    for place in ("Breaker Q2", "Breaker Q1"):
        press(page, f"Take the lock off: {place}")
    page.get_by_role("main").get_by_role("button", name="Close", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("button[type=submit]").click()
    box = dialog.get_by_role("checkbox", name=re.compile("The place is as it was"))
    expect(box).to_have_accessible_description(re.compile("."))
    box.check()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)
    assert read(admin, one)["status"] == "closed"


def test_the_board_goes_by_keyboard_and_narrows(console, admin):
    one, other = permit(admin), permit(admin)
    permit_steps(admin, other, "submit")
    page = console("admin", "/permits?mine=1")
    board = page.get_by_role("group", name="Permits to work")
    card = board.locator(f"[data-permit='{one['id']}']")
    expect(card).to_be_visible()
    card.focus()
    page.keyboard.press("ArrowRight")
    expect(board.get_by_role("region", name=re.compile("Waits for approval")).locator(":focus")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(board.get_by_role("region", name=re.compile("Draft")).locator(":focus")).to_have_count(1)
    card.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    page.go_back()
    page.get_by_label("Kind of permit").select_option("hot_work")
    expect(board.locator(f"[data-permit='{one['id']}']")).to_have_count(0)
    page.get_by_label("Kind of permit").select_option("electrical_loto")
    page.get_by_role("radio", name="List").click()
    page.get_by_label("Status").select_option("pending_approval")
    expect(page.get_by_role("link", name=other["title"])).to_be_visible()
    expect(page.get_by_role("link", name=one["title"])).to_have_count(0)


def test_columns_are_sections_on_a_phone(console, admin):
    one = permit(admin)
    page = console("admin", "/permits", viewport={"width": 375, "height": 740})
    expect(page.locator(f"[data-permit='{one['id']}']")).to_be_visible()
    sections = [box.bounding_box() for box in page.locator("[data-column]").all()]
    assert len({round(box["x"]) for box in sections}) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_more_time_is_asked_for_and_decided_by_another(console, admin):
    one = permit(admin)
    permit_steps(admin, one, "submit")
    until = datetime.datetime.fromisoformat(one["validUntil"].replace("Z", "+00:00")) + datetime.timedelta(hours=2)
    page = console("supervisor", f"/permits/{one['id']}")
    press(page, "Approve")
    admin.post(f"/permits/{one['id']}/extensions", {"until": until.isoformat().replace("+00:00", "Z"), "reason": "The crane is late"})
    expect(page.get_by_role("main")).to_contain_text("The crane is late")
    page.get_by_role("button", name="Decide about more time").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Grant it").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert read(admin, one)["extensions"][0]["decision"]["decision"] == "approved"


def test_locks_that_are_on_are_on_the_board_of_isolations(console, admin, sam):
    one = permit(admin)
    permit_steps(admin, one, "submit")
    permit_steps(sam, one, "approve")
    number = f"L {title()[-8:]}"
    admin.post(f"/permits/{one['id']}/isolations/{one['isolations'][0]['id']}/lock", {"lockNumber": number})
    page = console("admin", "/isolations")
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("Breaker Q1")
    row.get_by_role("link", name=one["number"]).click()
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    admin.post(f"/permits/{one['id']}/isolations/{one['isolations'][0]['id']}/release", {})


def test_both_versions_are_shown_when_two_change_a_draft(console, admin):
    one = permit(admin)
    page = console("admin", f"/permits/{one['id']}")
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change the permit")
    dialog.get_by_label("Where on the site").fill("From here")
    admin.patch(f"/permits/{one['id']}", {"location": "From there"}, one["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("From there")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert read(admin, one)["location"] == "From here"


def plain_permit(admin, sam, kind="general_work"):  # noqa: F811
    """Approved, with everything that its kind asks for: without locks, it could be active at once."""
    one = permit(sam, kind=kind, isolations=[])
    permit_steps(sam, one, "submit")
    permit_steps(admin, one, "approve")
    admin.put(f"/permits/{one['id']}/checklist/1", {"isChecked": True})
    return read(admin, one)


def test_a_permit_on_equipment_that_is_under_another_names_it_and_asks_whether_its_people_know(console, admin, sam):  # noqa: F811
    first, other = plain_permit(admin, sam), plain_permit(admin, sam)
    # Other tests leave permits with locks on the same inverter.
    others = [one for status in ("active", "approved", "suspended", "expired") for one in admin.get(f"/permits?status={status}&limit=200")["items"] if one["assetId"] == first["assetId"]]
    there = [one["id"] for one in others if one["status"] == "active" or any(point["state"] in ("locked", "verified") for point in one["isolations"])]
    admin.post(f"/permits/{first['id']}/transitions/activate", {"coordinatedWith": there})
    page = console("admin", f"/permits/{other['id']}")
    page.get_by_role("button", name="Activate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Activate").click()
    expect(dialog.locator(".ui-form-problem")).to_contain_text(first["number"])
    known = dialog.get_by_role("checkbox", name=f"The people of {first['number']} know of this work")
    expect(dialog.get_by_role("link", name=f"Open {first['number']}")).to_have_attribute("href", f"/permits/{first['id']}")
    # Whoever does not say so gets no further.
    dialog.get_by_role("button", name="Activate").click()
    expect(known).to_be_visible()
    assert read(admin, other)["status"] == "approved"
    for box in dialog.get_by_role("checkbox").all():
        box.check()
    dialog.get_by_role("button", name="Activate").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("region", name="Details")).to_contain_text(re.compile(rf"Other permits on the equipment.*{first['number']}", re.S))
    assert read(admin, other)["status"] == "active" and first["id"] in read(admin, other)["coordinatedWith"]
    for one in (first, other):
        admin.post(f"/permits/{one['id']}/transitions/close", {"areaRestored": True})


def test_who_takes_a_lock_off_proves_who_they_are_and_keeps_what_was_typed(console, admin, sam):  # noqa: F811
    one = permit(admin)
    permit_steps(admin, one, "submit")
    permit_steps(sam, one, "approve")
    admin.post(f"/permits/{one['id']}/isolations/{one['isolations'][0]['id']}/lock", {"lockNumber": f"L {title()[-8:]}"})
    # The lock is somebody else's: the reason is asked for.
    page = console("supervisor", f"/permits/{one['id']}")
    page.route(re.compile("/release$"), lambda route: route.fulfill(
        status=401, content_type="application/problem+json", body='{"type":"about:blank","title":"x","status":401,"detail":"x","code":"step_up_required","error":"step_up_required"}'), times=1)
    page.get_by_role("button", name="Take the lock off: Breaker Q1").click()
    dialog = page.get_by_role("dialog", name="Take the lock off: Breaker Q1")
    dialog.get_by_label("Reason").fill("Its owner is on the way home")
    dialog.get_by_role("button", name="Take the lock off").click()
    proof = page.get_by_role("dialog", name="Confirm that it is you")
    with page.expect_popup() as popup:
        proof.get_by_role("button", name="Sign in again").click()
    window = popup.value
    window.locator("input[name=email]").fill(email("supervisor"))
    window.locator("input[type=password]").fill(password("supervisor"))
    with window.expect_event("close"):
        window.keyboard.press("Enter")
    if LOGIN != URL:
        # The login has ended at the other address, whose pages can't speak to this one.
        page.context.new_page().goto(f"{URL}/signed-in")
    # It goes on by itself.
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("listitem", name="Breaker Q1")).to_contain_text("Its owner is on the way home")
    point = read(admin, one)["isolations"][0]
    assert (point["state"], point["releaseReason"]) == ("released", "Its owner is on the way home")


def test_two_who_require_permits_at_once_do_not_take_away_what_the_other_requires(console, admin):
    work = order(admin)
    page = console("admin", f"/work-orders/{work['id']}")
    safety = page.get_by_role("region", name="Safety")
    safety.get_by_role("button", name="What is required").click()
    dialog = page.get_by_role("dialog", name="What is required")
    dialog.get_by_role("combobox").fill("Hot")
    page.get_by_role("option", name="Hot work").click()
    # Meanwhile, and the page hears of it.
    admin.patch(f"/workorders/{work['id']}", {"requiredPermits": ["electrical_loto"]}, now(admin, work)["version"])
    expect(safety).to_contain_text("Electrical lockout: none is in force")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Electrical lockout")
    assert now(admin, work)["requiredPermits"] == ["electrical_loto"]
    dialog.get_by_role("radio", name=re.compile("Electrical lockout")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert now(admin, work)["requiredPermits"] == ["electrical_loto"]


def test_a_role_is_offered_what_it_decides_about_and_everybody_sees_who_decided(console, admin, sam):  # noqa: F811
    locks, other = permit(admin), permit(admin, kind="general_work", isolations=[])
    for one in (locks, other):
        permit_steps(admin, one, "submit")
    # The built-in supervisor decides about isolation from energy, and about no other danger.
    page = console("supervisor", f"/permits/{locks['id']}")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    page.goto(f"{URL}/permits/{other['id']}")
    expect(page.get_by_role("heading", level=1, name=other["title"])).to_be_visible()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    permit_steps(sam, locks, "approve")

    # Who may not read people still sees whose permit it is, and who has decided.
    page = console("technician", f"/permits/{locks['id']}")
    story = page.get_by_role("region", name="Story")
    names = [api.get("/auth/me")["displayName"] for api in (admin, sam)]
    for words, name in (("Prepared", names[0]), ("Approval asked for", names[0]), ("Approved", names[1])):
        expect(story.get_by_role("listitem").filter(has_text=words)).to_contain_text(name)
    expect(page.get_by_role("main")).not_to_contain_text("Somebody")
    # Who may only ask doesn't cancel what others have asked for.
    expect(page.get_by_role("button", name="Ask for more time")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
