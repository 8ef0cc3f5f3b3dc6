"""A day of one work order, from the sign on the cabinet to its closing, by the people who do each part of it, in browsers of their own.

Each role is one of the matrix: a coordinator plans and closes, a technician works on a phone, a safety officer issues the permit and verifies the locks, and a supervisor verifies the work.
"""
import datetime
import decimal
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import eventually_posted, now, png, policy  # noqa: F401
from pages import shoot
from people import SECRET, person  # noqa: F401
from test_costs import rates  # noqa: F401
from test_hours import ZONE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def verified(admin, policy):  # noqa: F811
    """Work is always verified, and hours and a word on what was done are asked for."""
    always = {"when": "always"}
    admin.put("/workorders/policy", {**policy, "approval": {"when": "never"}, "verification": always, "labor": always, "notes": always})


@pytest.fixture
def place(admin):
    """A cabinet on which nobody works, a sign there, and a skill that needs a certificate."""
    word = uuid.uuid4().hex[:6]
    site = next(one for one in admin.get("/sites")["items"] if one["name"].startswith("NREL"))
    made = admin.post("/assets", {"siteId": site["id"], "code": f"CAB-{word}", "name": "Combiner cabinet 4", "type": "combiner-box"})
    sign = eventually_posted(admin, "/request-links", {"assetId": made["id"], "label": f"Cabinet {word}, row 4"})
    there = admin.get("/skills")
    skill = f"high voltage {word}"
    admin.put("/skills", {"skills": [*there["skills"], {"name": skill, "needsCertificate": True}]}, there["version"])
    yield {"asset": made, "site": site, "sign": sign, "skill": skill, "word": word}
    there = admin.get("/skills")
    admin.put("/skills", {"skills": [one for one in there["skills"] if one["name"] != skill]}, there["version"])


class Day:
    """Who takes part, and a picture of each step."""

    def __init__(self):
        self._step = 0

    def shot(self, page, name):
        self._step += 1
        shoot(page, "day", f"{self._step:02}-{name}")


def main(page):
    return page.get_by_role("main")


def card(page, name):
    return page.get_by_role("region", name=name, exact=True)


def press(page, name):
    main(page).get_by_role("button", name=name, exact=True).click()


def confirm(dialog):
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def read(admin, one):
    return admin.get(f"/permits/{one['id']}")


def test_from_a_strangers_photo_to_the_last_signature(console, context, admin, person, place, verified, rates):  # noqa: F811
    day = Day()
    site, word = place["site"]["id"], place["word"]

    def somebody(role, name):
        made = person([role], f"{name} {word}", siteIds=[site])
        return made, lambda path, **options: console(made["email"], path, secret=SECRET, **options)

    paula, as_paula = somebody("om-coordinator", "Paula Planner")
    theo, as_theo = somebody("field-technician-electrical", "Theo Technician")
    ines, as_ines = somebody("ehs-officer", "Ines Issuer")
    vera, as_vera = somebody("maintenance-supervisor", "Vera Verifier")
    admin.post("/certificates", {"userId": theo["id"], "skill": place["skill"], "number": f"C-{word}", "validUntil": str(datetime.date.today() + datetime.timedelta(days=300))})

    # Request: somebody without an account, with a phone, at the sign.
    stranger = context(**PHONE).new_page()
    stranger.goto(f"{URL}/r/#{place['sign']['token']}")
    stranger.get_by_role("radio", name="Something does not work").check()
    stranger.get_by_role("textbox", name="What have you seen?").fill("The cabinet hums and smells burnt.\nSince this morning.")
    stranger.locator("input[type=file]").set_input_files({"name": "cabinet.png", "mimeType": "image/png", "buffer": png(800, 600, (150, 60, 30))})
    day.shot(stranger, "ask")
    stranger.get_by_role("button", name="Send").click()
    expect(stranger.get_by_text("All photos have arrived.")).to_be_visible()
    day.shot(stranger, "ask-received")

    # Triage: the inbox, and a work order with type and priority.
    plan = as_paula("/requests")
    asked = plan.get_by_role("row").filter(has_text=word).get_by_role("link", name="The cabinet hums and smells burnt.")
    expect(asked).to_be_visible()
    day.shot(plan, "inbox")
    asked.click()
    expect(plan.get_by_role("img")).to_be_visible()
    day.shot(plan, "request")
    press(plan, "Make a work order")
    dialog = plan.get_by_role("dialog")
    dialog.get_by_label("Type").select_option("emergency")
    dialog.get_by_label("Priority").select_option("critical")
    day.shot(plan, "convert")
    confirm(dialog)
    plan.wait_for_url(re.compile("/work-orders/[0-9a-f-]+$"))
    one = {"id": plan.url.rsplit("/", 1)[1]}
    expect(card(plan, "Files")).to_contain_text("photo-1")
    # Where it comes from is one press away, and the photo is nobody's of the organization.
    expect(card(plan, "Files")).to_contain_text("Came with the request")
    expect(card(plan, "Details").get_by_role("link", name=re.compile("Reported at the sign"))).to_have_attribute("href", f"/requests/{one['id']}")
    day.shot(plan, "draft")
    made = now(admin, one)
    assert (made["type"], made["priority"], made["status"]) == ("emergency", "critical", "draft")

    # Plan: what is measured, what is needed, what is safe, who and when.
    press(plan, "With a check…")
    dialog = plan.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Measure the insulation")
    dialog.get_by_label("Asks for").select_option("number")
    dialog.get_by_label("Unit").fill("MΩ")
    dialog.get_by_label("Lowest value that passes").fill("20")
    day.shot(plan, "task")
    confirm(dialog)
    plan.get_by_role("main").focus()
    plan.keyboard.press("p")
    dialog = plan.get_by_role("dialog")
    dialog.get_by_label("Part number").fill(f"FUSE-{word}")
    dialog.get_by_label("Name", exact=True).fill("Fuse, 32 A")
    dialog.get_by_label("Pieces planned").fill("2")
    dialog.get_by_label("Price of one").fill("8.50")
    day.shot(plan, "part")
    confirm(dialog)
    card(plan, "Safety").get_by_role("button", name="What is required").click()
    dialog = plan.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("Electrical")
    plan.get_by_role("option", name="Electrical lockout").click()
    confirm(dialog)
    plan.get_by_role("main").focus()
    plan.keyboard.press("e")
    plan.get_by_role("combobox", name=re.compile("kills")).fill(place["skill"])
    plan.keyboard.press("Enter")
    press(plan, "Save")
    press(plan, "Release for planning")
    day.shot(plan, "released")
    press(plan, "More actions")
    plan.get_by_role("menuitem", name="Show in the schedule").click()
    plan.get_by_role("searchbox").fill("Theo")
    row = plan.locator(f"[data-person='{theo['id']}']")
    expect(row).to_be_visible()
    day.shot(plan, "schedule")
    today = row.locator(f"[data-day='{datetime.datetime.now(ZONE):%Y-%m-%d}']")
    plan.locator(f".orders-unplanned [data-order='{one['id']}']").drag_to(today)
    expect(row.locator(f"[data-order='{one['id']}']")).to_be_visible()
    day.shot(plan, "planned")
    assert eventually(plan, lambda: now(admin, one).get("assignedTo") == theo["id"] and now(admin, one)["status"] == "scheduled")

    # Permit: the start is refused, and leads to it.
    work = as_theo(f"/work-orders/{one['id']}", **PHONE)
    expect(work.get_by_role("heading", level=1)).to_be_visible()
    expect(work.get_by_role("list", name="Next steps")).to_contain_text("Electrical lockout: none is in force")
    day.shot(work, "phone")
    press(work, "Start work")
    refusal = work.get_by_role("dialog", name="The permits hold this back")
    expect(refusal).to_contain_text("electrical lockout")
    day.shot(work, "refused")
    refusal.get_by_role("link", name="Prepare the permit: Electrical lockout").click()
    dialog = work.get_by_role("dialog", name="New permit")
    expect(dialog.get_by_label("Kind of permit")).to_have_value("electrical_loto")
    dialog.get_by_role("button", name="Add a hazard").click()
    dialog.get_by_label("What is done against it").fill("Arc-rated suit, gloves")
    dialog.get_by_label("Checked before work").fill("Earthing is in place")
    for at, point in enumerate(("Breaker Q4", "Fuse holder F4")):
        dialog.get_by_role("button", name="Add a point").click()
        dialog.get_by_label("Breaker, valve or pin").nth(at).fill(point)
    day.shot(work, "permit-new")
    dialog.get_by_role("button", name="Prepare").click()
    work.wait_for_url(re.compile("/permits/"))
    permit = {"id": work.url.rsplit("/", 1)[1]}
    expect(main(work).get_by_role("button", name="Ask for approval")).to_be_visible()
    day.shot(work, "permit-draft")
    press(work, "Ask for approval")
    confirm(work.get_by_role("dialog"))
    expect(main(work).get_by_text("Waits for approval").first).to_be_visible()

    # Somebody else issues it, from the board.
    issue = as_ines("/permits")
    waiting = issue.locator(f"[data-permit='{permit['id']}']")
    expect(waiting).to_be_visible()
    day.shot(issue, "board")
    waiting.click()
    expect(main(issue).get_by_role("button", name="Approve", exact=True)).to_be_visible()
    day.shot(issue, "permit-to-approve")
    press(issue, "Approve")
    confirm(issue.get_by_role("dialog"))
    expect(main(work).get_by_text("Approved", exact=True).first).to_be_visible()
    day.shot(work, "permit-approved")
    work.get_by_role("checkbox", name="Earthing is in place").click()
    expect(work.get_by_role("checkbox", name="Earthing is in place")).to_be_checked()
    for at, point in enumerate(("Breaker Q4", "Fuse holder F4")):
        press(work, f"Lock: {point}")
        dialog = work.get_by_role("dialog")
        dialog.get_by_label("Number of the lock").fill(f"L-{word}-{at}")
        if at == 0:
            day.shot(work, "lock")
        confirm(dialog)
    issue.reload()
    for point in ("Breaker Q4", "Fuse holder F4"):
        press(issue, f"Verify: {point}")
        dialog = issue.get_by_role("dialog")
        dialog.get_by_label("What was measured").fill("0 V between all poles")
        confirm(dialog)
    day.shot(issue, "locks")
    expect(work.get_by_role("button", name="Activate")).to_be_visible()
    eventually(work, lambda: all(point["state"] == "verified" for point in read(admin, permit)["isolations"]))
    work.reload()
    press(work, "Activate")
    confirm(work.get_by_role("dialog"))
    expect(main(work).get_by_text("Active", exact=True).first).to_be_visible()
    day.shot(work, "permit-active")

    # Execute: on the phone, at the cabinet. The message leads back to the work.
    work.get_by_role("button", name=f"Open {made['number']}").click()
    press(work, "Start work")
    expect(main(work).get_by_role("button", name="Complete work", exact=True)).to_be_visible()
    day.shot(work, "started")
    task = work.get_by_role("listitem").filter(has=work.get_by_text("Measure the insulation", exact=True)).first
    task.get_by_role("textbox").fill("550")
    day.shot(work, "answer")
    task.get_by_role("button", name="Done").click()
    expect(work.get_by_text("1 of 1 done")).to_be_visible()
    card(work, "Files").locator("select").select_option("after")
    with work.expect_file_chooser() as chooser:
        card(work, "Files").get_by_role("button", name="Add files").click()
    chooser.value.set_files({"name": "fuse.png", "mimeType": "image/png", "buffer": png(640, 480, (40, 120, 60))})
    expect(work.get_by_role("button", name="Show fuse.png")).to_be_visible()
    day.shot(work, "photo")
    card(work, "Parts").get_by_role("button", name=re.compile("^Use: ")).click()
    dialog = work.get_by_role("dialog")
    expect(dialog.get_by_label("Quantity")).to_have_value("2")
    day.shot(work, "use")
    confirm(dialog)
    comment = card(work, "Comments").get_by_role("textbox", name="Write a comment")
    comment.fill("Both fuses were burnt; the terminals are tightened.")
    card(work, "Comments").get_by_role("button", name="Send").click()
    expect(card(work, "Comments").get_by_role("listitem")).to_contain_text("Both fuses were burnt")
    card(work, "Hours").get_by_role("button", name="Stop my clock").click()
    dialog = work.get_by_role("dialog")
    dialog.get_by_label("What was done").fill("Fuses replaced")
    day.shot(work, "stop")
    confirm(dialog)

    # The permit is closed when the locks are off.
    card(work, "Safety").get_by_role("link").first.click()
    for point in ("Fuse holder F4", "Breaker Q4"):
        press(work, f"Take the lock off: {point}")
        confirm(work.get_by_role("dialog"))
    press(work, "Close")
    dialog = work.get_by_role("dialog")
    dialog.get_by_role("checkbox", name=re.compile("The place is as it was")).check()
    day.shot(work, "permit-close")
    confirm(dialog)
    day.shot(work, "permit-closed")
    work.get_by_role("button", name=f"Open {made['number']}").click()
    press(work, "Complete work")
    dialog = work.get_by_role("dialog")
    dialog.get_by_label("What was done").fill("Fuses replaced, terminals tightened")
    day.shot(work, "complete")
    confirm(dialog)
    expect(main(work).get_by_text("Waits for verification").first).to_be_visible()
    day.shot(work, "completed")
    # Who did the work does not verify it.
    expect(main(work).get_by_role("button", name="Verify work")).to_have_count(0)

    # Verify, and close.
    check = as_vera("/work-orders")
    check.get_by_role("group", name="Filters").get_by_role("button", name="Waits for verification").click()
    row = check.get_by_role("row").filter(has_text=made["number"])
    expect(row).to_be_visible()
    day.shot(check, "orders")
    row.get_by_text(f"Cabinet {word}").click()
    press(check, "Verify work")
    expect(main(check).get_by_text("Verified", exact=True).first).to_be_visible()
    day.shot(check, "verified")
    plan.goto(f"{URL}/work-orders/{one['id']}")
    press(plan, "Close work order")

    # What is left of the day: its story, what it has cost, and all of it on paper.
    told = ["created the work order", "released it for planning", "scheduled it", "started the work", "did the task", "completed it", "verified the work", "closed it"]
    story = plan.get_by_role("list", name="Story")
    expect(story).to_contain_text(re.compile(".*".join(told), re.S))
    for who in (paula, theo, vera):
        expect(story).to_contain_text(who["displayName"])
    done = now(admin, one)
    assert (done["status"], done["phase"]) == ("completed", "closed")
    ledger = admin.get(f"/costs/workorders/{one['id']}?limit=200")
    parts, labor = ([decimal.Decimal(entry["total"]["amount"]) for entry in ledger["items"] if entry["category"] == kind] for kind in ("parts", "labor"))
    assert sum(parts) == 17 and len(labor) == 1 and decimal.Decimal(ledger["total"]["amount"]) == 17 + labor[0]
    expect(plan.get_by_role("region", name="Costs", exact=True)).to_contain_text("17.00")
    day.shot(plan, "closed")
    plan.goto(f"{URL}/work-orders/{one['id']}/print")
    for section, words in {
        "Tasks": "550", "Safety": f"{made['number']}/P1", "Parts": f"FUSE-{word}", "Costs": "17.00", "Hours": theo["displayName"], "Comments": "Both fuses were burnt", "Photos": "Came with the request",
    }.items():
        expect(plan.get_by_role("region", name=section, exact=True)).to_contain_text(words)
    day.shot(plan, "paper")
    # The request still shows what came with it, and no photo of the work.
    plan.goto(f"{URL}/requests/{one['id']}")
    expect(card(plan, "Photos").get_by_role("img")).to_have_count(1)
    # Whoever has asked sees that something was done, and nothing else.
    stranger.reload()
    expect(stranger.get_by_text("Your report has been taken up")).to_be_visible()
    work.emulate_media(color_scheme="dark")
    day.shot(work, "dark")
    arabic = as_paula(f"/work-orders/{one['id']}", locale="ar-EG")
    expect(arabic.get_by_text("Both fuses were burnt")).to_be_visible()
    day.shot(arabic, "arabic")
