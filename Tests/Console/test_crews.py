"""Crews, what people have proven, and when they are off."""
import datetime
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, now, order, technician


@pytest.fixture
def admin(api):
    return api("admin")


def code():
    return f"T-{uuid.uuid4().hex[:8].upper()}"


def crew(admin, **fields):
    """A crew of the technician."""
    name = code()
    return admin.post("/crews", {"siteId": asset(admin)["siteId"], "code": name, "name": f"Crew {name}", "members": [{"userId": technician(admin)["id"], "role": "lead"}], **fields})


def skill(admin, **fields):
    """A skill of the organization, beside those that there are."""
    there = admin.get("/skills")
    name = f"skill {uuid.uuid4().hex[:8]}"
    admin.put("/skills", {"skills": [*there["skills"], {"name": name, **fields}]}, there["version"])
    return name


def day(after):
    return (datetime.date.today() + datetime.timedelta(days=after)).isoformat()


def test_a_crew_is_made_and_needs_somebody_who_answers_for_it(console, admin):
    page = console("admin", "/crews")
    expect(page.get_by_role("button", name="New crew").first).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New crew")
    name = code()
    dialog.get_by_role("combobox", name="Site").select_option(asset(admin)["siteId"])
    dialog.get_by_role("textbox", name="Code").fill(name)
    dialog.get_by_role("textbox", name="Name").fill(f"Crew {name}")
    dialog.get_by_role("combobox", name="Add somebody").fill("Tara")
    page.get_by_role("option", name=re.compile("Tara")).click()
    role = dialog.get_by_role("combobox", name=re.compile("Role of Tara"))
    role.select_option("technician")
    dialog.get_by_role("button", name="Create crew").click()
    expect(dialog.get_by_text("The crew needs a lead, or a supervisor.")).to_be_visible()
    role.select_option("lead")
    dialog.get_by_role("button", name="Create crew").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text(re.compile(r"Tara.*\(lead\)"))


def test_a_crew_is_archived_and_comes_back(console, admin):
    made = crew(admin)
    page = console("admin", f"/crews?site={made['siteId']}")
    page.get_by_role("button", name=f"More for {made['name']}").click()
    page.get_by_role("menuitem", name="Archive").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    eventually(page, lambda: admin.get(f"/crews/{made['id']}")["isArchived"])
    page.get_by_role("switch", name="Archived ones").click()
    page.get_by_role("button", name=f"More for {made['name']}").click()
    page.get_by_role("menuitem", name="Bring back").click()
    eventually(page, lambda: not admin.get(f"/crews/{made['id']}")["isArchived"])


def test_work_is_given_to_a_crew(console, admin):
    made, one = crew(admin), order(admin)
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(one["title"])
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Crew").select_option(made["id"])
    dialog.get_by_role("button", name="Assign").click()
    eventually(page, lambda: now(admin, one).get("crewId") == made["id"])


def test_who_has_no_certificate_is_named_before_work_is_given_to_them(console, admin):
    needed = skill(admin, needsCertificate=True)
    one = order(admin, requiredSkills=[needed])
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(one["title"])
    page.keyboard.press("a")
    tara = page.get_by_role("dialog").get_by_role("list", name="Who could do it").get_by_role("button", name=re.compile("^Tara"))
    expect(tara).to_contain_text(needed)


def test_certificates_that_end_soon_stand_first_and_are_revoked_with_a_reason(console, admin):
    name = skill(admin, needsCertificate=True)
    tara = technician(admin)["id"]
    later = admin.post("/certificates", {"userId": tara, "skill": name, "number": "LATER", "validUntil": day(400)})
    admin.post("/certificates", {"userId": tara, "skill": name, "number": "SOON", "validUntil": day(10)})
    page = console("admin", f"/certificates?skill={name.replace(' ', '%20')}")
    rows = page.get_by_role("row").filter(has_text=name)
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(re.compile("SOON"))
    expect(rows.first).to_contain_text("Ends soon")
    rows.last.get_by_role("button", name=re.compile("^More for")).click()
    page.get_by_role("menuitem", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Withdrawn by the issuer")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    eventually(page, lambda: admin.get(f"/certificates/{later['id']}")["status"] == "revoked")
    expect(rows).to_have_count(1)


def test_time_off_is_asked_for_and_somebody_else_decides(console, admin, api):
    tara = api("technician")
    start = 1_000 + uuid.uuid4().int % 9_000
    page = console("technician", "/time-off")
    expect(page.get_by_role("button", name="Ask for time off").first).to_be_visible()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Ask for time off")
    dialog.get_by_label("First day").fill(day(start))
    dialog.get_by_label("Last day").fill(day(start + 2))
    dialog.get_by_role("button", name="Ask for time off").click()
    expect(dialog).to_have_count(0)
    one = next(found for found in tara.get("/time-off?limit=100&status=requested")["items"] if found["first"] == day(start))
    # Nobody decides about their own.
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    other = console("admin", "/time-off?status=requested")
    row = other.get_by_role("row").filter(has_text=re.compile(str(datetime.date.fromisoformat(day(start)).year)))
    row.get_by_role("button", name=re.compile("^Approve time off of Tara")).first.click()
    eventually(other, lambda: next(found for found in tara.get("/time-off?limit=100")["items"] if found["id"] == one["id"])["status"] == "approved")
