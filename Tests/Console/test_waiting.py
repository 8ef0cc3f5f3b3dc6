"""Where work stands within its states: in lists, on the board and in the calendar, and what waits for whom."""
import json
import re

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import THURSDAY, WEDNESDAY, asset, column, is_live, move, now, order, reviewed, sam, technician, title, wednesday  # noqa: F401
from pages import asked, permit, permit_steps, texts

LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "pt", "zh"]


def filters(page):
    return page.get_by_role("group", name="Filters")


def row(page, one):
    return page.get_by_role("row").filter(has_text=one["number"])


def submitted(api, **fields):
    one = order(api, type="inspection", **fields)
    move(api, one, "submit")
    return one


def completed(sam, admin, by=None, **fields):
    """Done, and not looked at yet."""
    one = submitted(sam, assignedTo=technician(sam)["id"], **fields)
    move(admin, one, "approve")
    for step in ("start", "complete"):
        move(by or admin, one, step)
    return one


@pytest.mark.parametrize("language", LANGUAGES)
def test_moves_are_not_called_like_other_buttons(language):
    words = texts(language)
    moves = {key: text for key, text in words.items() if re.fullmatch(r"orders\.move\.[a-z_]+", key) and f"orders.move.title.{key.split('.')[-1]}" in words}
    assert len(moves) == 13
    # What dialogs, messages and tasks have beside them.
    others = {words[key] for key in ("ui.cancel", "ui.close", "ui.back", "ui.retry", "orders.save", "orders.edit", "orders.run.one_done", "orders.tasks.reopen", "orders.tasks.complete", "app.live.pause", "app.live.resume") if key in words}
    assert len({*moves.values()}) == len(moves)
    assert not others & {*moves.values()}


def test_what_waits_is_one_click_away_for_those_who_may_look_at_it(console, api, sam, reviewed):
    admin = api("admin")
    name = title()
    asked, done = submitted(sam, title=f"{name} asked", priority="low"), completed(sam, admin, title=f"{name} done")
    urgent, other = submitted(sam, title=f"{name} urgent", priority="critical"), order(sam, title=f"{name} other")
    page = console("admin", "/work-orders")
    page.get_by_role("searchbox", name="Number, title or description").fill(name)
    expect(row(page, asked)).to_contain_text("Waits for approval")
    expect(row(page, other)).to_contain_text("Draft")
    # What is completed is over, whoever still looks at it.
    expect(row(page, done)).to_have_count(0)
    waits = filters(page).get_by_role("button", name="Waits for approval")
    count = int(re.search(r"\d+", waits.inner_text()).group())
    assert count == len(admin.get("/workorders?phase=submitted&limit=200")["items"])
    waits.click()
    page.wait_for_url(re.compile("phase=submitted"))
    expect(page.get_by_role("row")).to_have_count(3)
    # The most urgent first.
    expect(page.get_by_role("row").nth(1)).to_contain_text(urgent["number"])
    expect(page.get_by_role("radiogroup", name="Shown work orders").get_by_role("radio", checked=True)).to_have_count(0)
    # It is counted as it happens.
    is_live(page).to_be_visible()
    move(admin, asked, "reject", reason="for the test")
    expect(row(page, asked)).to_have_count(0)
    expect(waits).to_contain_text(str(count - 1))
    filters(page).get_by_role("button", name="Waits for verification").click()
    expect(row(page, done)).to_contain_text("Waits for verification")
    expect(page.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)
    filters(page).get_by_role("button", name="Waits for verification").click()
    expect(page.get_by_role("radiogroup", name="Shown work orders").get_by_role("radio", name="Open")).to_be_checked()

    # Who may not decide is not asked to; where it stands they see all the same.
    page = console("supervisor", f"/work-orders?phase=submitted&q={name.replace(' ', '+')}")
    expect(row(page, urgent)).to_contain_text("Waits for approval")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(filters(page).get_by_role("button", name=re.compile("^Waits for"))).to_have_count(0)


def test_phases_are_filters_like_others(console, sam, api, reviewed):
    admin = api("admin")
    name = title()
    done, verified = completed(sam, admin, title=f"{name} a"), completed(sam, admin, by=api("technician"), title=f"{name} b")
    move(admin, verified, "verify")
    page = console("supervisor", f"/work-orders?q={name.replace(' ', '+')}")
    filters(page).get_by_role("button", name="Phase").click()
    # Of thousands, the server gives only these.
    with page.expect_request(re.compile(r"/workorders\?.*phase=verified")):
        page.get_by_role("menuitemcheckbox", name="Verified").click()
    page.wait_for_url(re.compile("phase=verified"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(row(page, verified)).to_contain_text("Verified")
    page.get_by_role("menuitemcheckbox", name="Waits for verification").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.keyboard.press("Escape")
    # A state is chosen instead.
    page.get_by_role("radiogroup", name="Shown work orders").get_by_role("radio", name="Open").click()
    page.wait_for_url(lambda address: "phase" not in address)
    expect(page.get_by_text("No work order fits these filters")).to_be_visible()


def test_the_board_and_the_calendar_show_what_waits(console, sam, api, reviewed):
    admin = api("admin")
    name = title()
    done, asked = completed(sam, admin, title=f"{name} done"), submitted(sam, title=f"{name} asked")
    plain = order(sam, title=f"{name} plain")
    move(sam, plain, "submit")
    words = name.replace(" ", "+")
    page = console("admin", f"/work-orders?view=board&q={words}")
    opened = page.get_by_role("region", name=re.compile("^Open"))
    expect(opened.get_by_role("link", name=re.compile(asked["number"]))).to_contain_text("Waits for approval")
    expect(opened.get_by_role("link", name=re.compile(plain["number"]))).not_to_contain_text("Waits for")
    expect(page.get_by_role("region", name=re.compile("^Completed")).get_by_role("link", name=re.compile(done["number"]))).to_contain_text("Waits for verification")
    filters(page).get_by_role("button", name="Waits for approval").click()
    expect(page.locator("[data-order]")).to_have_count(1)

    # What waits for approval is planned, and goes on waiting.
    page.goto(f"{URL}/work-orders?view=calendar&q={words}&day={WEDNESDAY}&zone=UTC")
    card = page.get_by_role("link", name=re.compile(asked["number"]))
    card.drag_to(column(page, THURSDAY), target_position={"x": 20, "y": 9 * 40 + 8})
    expect(column(page, THURSDAY).get_by_role("link", name=re.compile(f"{asked['number']}.*Waits for approval"))).to_be_visible()
    eventually(page, lambda: (now(sam, asked).get("scheduledStart") or "").startswith(f"{THURSDAY}T09:00"))
    assert now(sam, asked)["phase"] == "submitted"


def test_what_waits_for_verification_stays_on_the_board_for_longer_than_a_week(console, sam, api, reviewed):
    one = completed(sam, api("admin"))
    old = {**now(sam, one), "updatedAt": "2026-01-01T00:00:00Z"}
    page = console("admin", "/account")
    page.route(re.compile(r"/api/v1/workorders\?"), lambda route: route.fulfill(content_type="application/json", body=json.dumps({"items": [old, {**old, "id": one["id"][:-4] + "0000", "number": "WO-OLD", "phase": "closed"}]})))
    page.goto(f"{URL}/work-orders?view=board")
    expect(page.get_by_role("link", name=re.compile(one["number"]))).to_be_visible()
    expect(page.get_by_text("WO-OLD")).to_have_count(0)


def test_the_overview_tells_what_waits_for_whom(console, sam, api, reviewed):
    admin = api("admin")
    theirs, own = submitted(sam, priority="critical"), submitted(admin, priority="critical")
    done, own_work = completed(sam, admin, by=api("technician"), priority="critical"), completed(sam, admin, priority="critical")
    page = console("admin", "/")
    card = page.get_by_role("region", name="Waits for you")
    asked = card.get_by_role("region", name="Waits for approval")
    waiting = [one for one in admin.get("/workorders?phase=submitted&limit=200")["items"] if one["createdBy"] != own_id(admin)]
    expect(asked.get_by_role("heading")).to_contain_text(str(len(waiting)))
    expect(asked.get_by_role("link", name=theirs["title"])).to_be_visible()
    # Nobody approves what they have asked for.
    expect(asked.get_by_role("link", name=own["title"])).to_have_count(0)
    verified = card.get_by_role("region", name="Waits for verification")
    expect(verified.get_by_role("link", name=done["title"])).to_be_visible()
    expect(verified.get_by_role("link", name=own_work["title"])).to_have_count(0)
    asked.get_by_role("heading").get_by_role("link").click()
    page.wait_for_url(re.compile("/work-orders.*phase=submitted"))
    expect(row(page, theirs)).to_be_visible()
    # Who may not decide about them is not told of them.
    page = console("supervisor", "/")
    expect(page.get_by_role("heading", name="Critical alerts")).to_be_visible()
    expect(page.get_by_role("region", name="Waits for approval")).to_have_count(0)
    # Nobody is told of nothing.
    page = console("technician", "/")
    expect(page.get_by_role("heading", name="Critical alerts")).to_be_visible()
    expect(page.get_by_role("region", name="Waits for you")).to_have_count(0)


def test_the_overview_tells_of_permits_and_of_requests_of_strangers(console, sam, api):
    admin = api("admin")
    locks, other = permit(admin), permit(admin, kind="general_work", isolations=[])
    for one in (locks, other):
        permit_steps(admin, one, "submit")
    report = admin.get(f"/requests/{asked(admin)}")
    page = console("supervisor", "/")
    card = page.get_by_role("region", name="Waits for you")
    permits = card.get_by_role("region", name="Permits to work")
    expect(permits.get_by_role("link", name=locks["title"])).to_be_visible()
    # A supervisor decides about isolation from energy, and about no other danger.
    expect(permits.get_by_role("link", name=other["title"])).to_have_count(0)
    # Whoever has asked for a permit waits for others.
    page = console("admin", "/")
    line = page.get_by_role("region", name="Waits for you").get_by_role("region", name="Requests").get_by_role("listitem").filter(has_text=report["label"])
    expect(line).to_be_visible()
    expect(page.get_by_role("link", name=locks["title"])).to_have_count(0)
    line.get_by_role("link").click()
    page.wait_for_url(re.compile(f"/requests/{report['id']}"))
    sam.post(f"/permits/{locks['id']}/transitions/approve", {})
    for one in (locks, other):
        admin.post(f"/permits/{one['id']}/transitions/cancel", {"reason": "for the test"})


def own_id(api):
    return api.get("/auth/me")["id"]
