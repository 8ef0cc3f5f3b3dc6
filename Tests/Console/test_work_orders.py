"""Work orders: made, given to somebody, done, by keyboard; what is not allowed is impossible; and nothing typed is lost."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import FRIDAY, THURSDAY, TUESDAY, WEDNESDAY, asset, choose_asset, column, is_live, move, now, order, sam, technician, title, wednesday  # noqa: F401
from people import end_session, sign_in_again


def status(page, words):
    return expect(page.get_by_role("main").get_by_text(words, exact=True).first)


@pytest.mark.proof
def test_created_assigned_started_and_completed_by_keyboard_alone(console, sam):
    name = title()
    page = console("supervisor", "/work-orders")
    expect(page.get_by_role("grid", name="Work orders")).to_be_visible()
    is_live(page).to_be_visible()
    keys = page.keyboard
    keys.press("c")
    dialog = page.get_by_role("dialog", name="New work order")
    expect(dialog.get_by_role("combobox", name="Asset")).to_be_focused()
    keys.type("INV-2")
    expect(dialog.get_by_role("option", name=re.compile("INV-2"))).to_be_visible()
    keys.press("Enter")
    expect(dialog.get_by_role("combobox", name="Asset")).to_have_value(re.compile("INV-2"))
    while not dialog.get_by_role("textbox", name="Title").evaluate("field => field === document.activeElement"):
        keys.press("Tab")
    keys.type(name)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    status(page, "Draft").to_be_visible()

    keys.press("a")
    who = page.get_by_role("dialog").get_by_role("combobox", name="Assigned to")
    expect(who).to_be_focused()
    keys.type("Tara")
    expect(page.get_by_role("option", name=re.compile("Tara"))).to_be_visible()
    keys.press("Enter")
    expect(who).to_have_value("Tara Technician")
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("definition").filter(has_text="Tara Technician")).to_be_visible()

    def go(to, shown):
        keys.press("m")
        choice = page.get_by_role("dialog").get_by_role("button", name=to, exact=True)
        expect(choice).to_be_visible()
        for _ in range(6):
            if choice.evaluate("button => button === document.activeElement"):
                break
            keys.press("ArrowDown")
        keys.press("Enter")
        if shown:
            status(page, shown).to_be_visible()

    go("Release for planning", "Open")
    go("Start work", "In progress")
    go("Complete work", None)
    note = page.get_by_role("dialog").get_by_role("textbox", name="What was done")
    expect(note).to_be_focused()
    keys.type("The fan turns again.")
    keys.press("Control+Enter")
    status(page, "Completed").to_be_visible()
    story = page.get_by_role("list", name="Story")
    expect(story).to_contain_text("Sam Supervisor completed it")
    expect(page.get_by_role("region", name="What was done")).to_contain_text("The fan turns again.")
    found = sam.get(f"/workorders/{page.url.split('/')[-1]}")
    assert (found["status"], found["title"]) == ("completed", name)


@pytest.mark.proof
def test_a_move_that_is_not_allowed_is_impossible(console, sam):
    one = order(sam)
    page = console("supervisor", f"/work-orders?view=board&q={one['title'].replace(' ', '+')}")
    card = page.get_by_role("link", name=re.compile(one["title"]))
    expect(card).to_be_visible()
    working = page.get_by_role("region", name=re.compile("^In progress"))
    page.mouse.move(*middle(card))
    page.mouse.down()
    page.mouse.move(*middle(working), steps=8)
    expect(working).to_contain_text("Can't be moved here")
    expect(page.get_by_role("region", name=re.compile("^Open"))).not_to_contain_text("Can't be moved here")
    page.mouse.up()
    expect(page.get_by_role("region", name=re.compile("^Draft"))).to_contain_text(one["title"])
    assert now(sam, one)["status"] == "draft"

    card.focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Release for planning", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Start")).to_have_count(0)
    page.keyboard.press("Escape")

    opened = page.get_by_role("region", name=re.compile("^Open"))
    card.drag_to(opened)
    expect(opened).to_contain_text(one["title"])
    eventually(page, lambda: now(sam, one)["status"] == "open")
    # Nobody is assigned: the state permits the start, and the page says why it can't be.
    card.focus()
    page.keyboard.press("m")
    start = page.get_by_role("dialog").get_by_role("button", name="Start")
    expect(start).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("dialog")).to_contain_text("Assign somebody first.")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 60)


def test_what_is_refused_is_taken_back_with_its_reason(console, sam):
    one = order(sam)
    move(sam, one, "submit")
    page = console("supervisor", f"/work-orders/{one['id']}")
    cancel = re.compile("/transitions/")
    page.route(cancel, lambda route: route.fulfill(status=409, content_type="application/problem+json", body='{"type":"about:blank","title":"Conflict","status":409,"detail":"x","code":"closed","error":"x"}'))
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Cancel work order").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Reason").fill("Not needed any more")
    dialog.get_by_role("button", name="Cancel work order").click()
    expect(dialog).to_contain_text("The work order is closed and can't be changed.")
    status(page, "Open").to_be_visible()
    expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("Not needed any more")
    page.unroute(cancel)
    dialog.get_by_role("button", name="Try again").click()
    status(page, "Cancelled").to_be_visible()


@pytest.mark.proof
def test_two_browsers_change_the_same_and_nothing_typed_is_lost(console, sam):
    one = order(sam, description="As it was")
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    form = page.get_by_role("form", name="Edit")
    other = console("admin", f"/work-orders/{one['id']}?edit=1")
    theirs = other.get_by_role("form", name="Edit")
    theirs.get_by_role("textbox", name="Title").fill("Theirs")
    theirs.get_by_role("combobox", name="Priority").select_option("critical")
    form.get_by_role("textbox", name="Title").fill("Mine")
    form.get_by_role("textbox", name="Description").fill("As I want it")
    theirs.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", level=1, name="Theirs")).to_be_visible()

    expect(form).to_contain_text("Somebody has changed this work order while you edit it.")
    form.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Somebody else has saved this work order")
    of_title = dialog.get_by_role("group", name=re.compile("^Title"))
    expect(of_title).to_contain_text("Theirs")
    expect(of_title).to_contain_text("Mine")
    expect(dialog.get_by_role("group", name=re.compile("^Priority"))).to_contain_text("Critical")
    # What only they have changed is theirs, without a choice.
    expect(dialog.get_by_role("group", name=re.compile("^Priority")).get_by_role("radio").first).to_be_checked()
    of_title.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Use these values").click()
    expect(form.get_by_role("textbox", name="Description")).to_have_value("As I want it")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    saved = now(sam, one)
    assert (saved["title"], saved["description"], saved["priority"]) == ("Theirs", "As I want it", "critical")


def test_who_tries_again_sees_first_what_somebody_else_has_saved(console, sam):
    one = order(sam)
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    page.get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("technician")
    dialog.get_by_role("option").first.click()
    for count, theirs in enumerate(("Theirs", "Theirs again")):
        sam.patch(f"/workorders/{one['id']}", {"title": theirs, "priority": "low"}, now(sam, one)["version"])
        dialog.get_by_role("button", name="Try again" if count else "Assign", exact=True).click()
        expect(dialog).to_contain_text("Somebody else has changed this in the meantime.")
        expect(dialog.get_by_role("deletion").filter(has_text=one["title"])).to_be_visible()
        expect(dialog.get_by_role("insertion").get_by_text(theirs, exact=True)).to_be_visible()
        expect(dialog.get_by_role("insertion").get_by_text("Low")).to_be_visible()
    assert now(sam, one).get("assignedTo") is None
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_be_hidden()
    saved = now(sam, one)
    assert (saved["title"], saved["assignedTo"]) == ("Theirs again", technician(sam)["id"])


def test_somebody_closes_it_while_it_is_edited(console, sam):
    one = order(sam)
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    form = page.get_by_role("form", name="Edit")
    form.get_by_role("textbox", name="Description").fill("A page of thoughts")
    move(sam, one, "cancel", reason="for the test")
    status(page, "Cancelled").to_be_visible()
    expect(form.get_by_role("textbox", name="Description")).to_have_value("A page of thoughts")
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("Somebody else has changed this in the meantime.")
    expect(form.get_by_role("textbox", name="Description")).to_have_value("A page of thoughts")


def test_what_somebody_else_does_appears_without_a_reload(console, sam, api):
    one = order(sam)
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    admin = api("admin")
    move(admin, one, "submit")
    status(page, "Open").to_be_visible()
    expect(page.get_by_role("list", name="Story")).to_contain_text("Administrator released it for planning")

    words = one["title"].replace(" ", "+")
    everything = console("technician", f"/work-orders?q={words}")
    expect(everything.get_by_role("row").filter(has_text=one["number"])).to_contain_text("Open")
    admin.patch(f"/workorders/{one['id']}", {"assignedTo": technician(admin)["id"]})
    move(admin, one, "start")
    expect(everything.get_by_role("row").filter(has_text=one["number"])).to_contain_text("In progress")
    new = order(admin, title=f"{one['title']} once more")
    expect(everything.get_by_role("row").filter(has_text=new["number"])).to_be_visible()


def test_the_session_ends_while_somebody_types(console, sam):
    one = order(sam)
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    form = page.get_by_role("form", name="Edit")
    form.get_by_role("textbox", name="Description").fill("Half of a long description")
    beside = end_session(page)
    # Whether the page has noticed already or not: what is sent now waits for the new session.
    page.locator("main form[aria-label=Edit]").evaluate("form => form.requestSubmit()")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    sign_in_again(page, beside, "supervisor")
    expect(page.get_by_role("main").get_by_text("Half of a long description")).to_be_visible()
    eventually(page, lambda: now(sam, one).get("description") == "Half of a long description")


def test_the_gateway_is_away_and_what_was_typed_stays(console, sam):
    one = order(sam)
    page = console("supervisor", f"/work-orders/{one['id']}?edit=1")
    form = page.get_by_role("form", name="Edit")
    expect(form).to_be_visible()
    api = re.compile("/api/v1/workorders/[^/]+$")
    tries = []
    page.route(api, lambda route: (tries.append(route.request.headers.get("idempotency-key")), route.abort())[1] if route.request.method == "PATCH" else route.continue_())
    form.get_by_role("textbox", name="Title").fill("Typed while nobody listened")
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text(re.compile(r"No answer yet\. Trying again in \d"))
    expect(form).to_contain_text("There is no connection to the system.")
    assert len(tries) == 4 and len(set(tries)) == 1, tries
    expect(form.get_by_role("textbox", name="Title")).to_have_value("Typed while nobody listened")
    page.unroute(api)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="Typed while nobody listened")).to_be_visible()


def test_several_at_once_have_a_result_each(console, sam):
    name = title()
    open_one, done = order(sam, title=f"{name} a"), order(sam, title=f"{name} b")
    move(sam, done, "cancel", reason="for the test")
    page = console("admin", f"/work-orders?q={name.replace(' ', '+')}")
    grid = page.get_by_role("grid", name="Work orders")
    expect(grid.get_by_role("row")).to_have_count(3)
    grid.focus()
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Cancel work order").click()
    dialog = page.get_by_role("dialog", name="Cancel 2 work orders")
    dialog.get_by_role("textbox", name="Reason").fill("Twice planned")
    dialog.get_by_role("button", name="Cancel 2 work orders").or_(dialog.get_by_role("button", name="Cancel work order")).click()
    results = dialog.get_by_role("region", name="Results")
    expect(results).to_contain_text("1 of 2")
    expect(results.get_by_role("listitem").filter(has_text=done["number"])).to_contain_text("is not possible now")
    expect(dialog.get_by_role("button", name="Try 1 again")).to_be_visible()
    assert now(sam, open_one)["status"] == "cancelled"


def test_filters_stand_in_the_url_and_get_a_name(console, sam):
    one = order(sam, priority="critical")
    page = console("supervisor", "/work-orders")
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Number, title or description")).to_be_focused()
    page.keyboard.type(one["title"])
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").filter(has_text=one["number"])).to_be_visible()
    page.get_by_role("group", name="Filters").get_by_role("button", name="Priority").click()
    page.get_by_role("menuitemcheckbox", name="Low").click()
    expect(page.get_by_text("No work order fits these filters")).to_be_visible()
    page.get_by_role("menuitemcheckbox", name="Medium").click()
    page.wait_for_url(re.compile("priority=medium%2Clow"))
    expect(page.get_by_text("No work order fits these filters")).to_be_visible()
    page.get_by_role("menuitemcheckbox", name="Critical").click()
    expect(page.get_by_role("row").filter(has_text=one["number"])).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("priority=critical%2Cmedium%2Clow.*q=|q=.*priority=critical%2Cmedium%2Clow"))
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    # The server keeps it, so that another run of this test has one of another name.
    page.keyboard.type(one["title"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitemcheckbox", name=one["title"]).click()
    expect(page.get_by_role("searchbox", name="Number, title or description")).to_have_value(one["title"])
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)
    for view in sam.get("/workorders/views")["items"]:
        if view["name"] == one["title"]:
            sam.send("DELETE", f"/workorders/views/{view['id']}")


def done(api, one):
    """Somebody has done it."""
    move(api, one, "submit")
    api.patch(f"/workorders/{one['id']}", {"assignedTo": technician(api)["id"]})
    for step in ("start", "complete"):
        move(api, one, step)


def test_the_list_opens_with_what_is_not_finished_and_the_most_urgent_first(console, sam):
    name = title()
    made = {
        word: order(sam, title=f"{name} {word}", priority=priority, **({"scheduledStart": f"{day}T09:00:00Z", "scheduledEnd": f"{day}T11:00:00Z"} if day else {}))
        for word, priority, day in (
            ("undated", "critical", None), ("later", "critical", THURSDAY), ("minor", "low", TUESDAY), ("sooner", "critical", WEDNESDAY), ("finished", "critical", None), ("given up", "low", None),
        )
    }
    done(sam, made["finished"])
    move(sam, made["given up"], "cancel", reason="for the test")
    page = console("supervisor", "/work-orders")
    page.wait_for_url(re.compile(r"\?status=unfinished$"))
    choice = page.get_by_role("radiogroup", name="Shown work orders")
    expect(choice.get_by_role("radio", name="Open")).to_be_checked()
    expect(page.get_by_role("button", name="Clear filters")).to_have_count(0)
    page.get_by_role("searchbox", name="Number, title or description").fill(name)
    shows(page, made, "sooner", "later", "undated", "minor")
    completed = page.get_by_role("columnheader", name="Completed")
    expect(completed).to_have_count(0)

    # What is done is told when.
    choice.get_by_role("radio", name="Done").click()
    shows(page, made, "given up", "finished")
    expect(completed).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=made["finished"]["number"]).locator("time[datetime]")).to_have_attribute("datetime", now(sam, made["finished"])["actualEnd"])

    choice.get_by_role("radio", name="All").click()
    shows(page, made, "given up", "finished", "sooner", "minor", "later", "undated")
    page.reload()
    expect(choice.get_by_role("radio", name="All")).to_be_checked()
    page.get_by_role("button", name="Clear filters").click()
    expect(choice.get_by_role("radio", name="All")).to_be_checked()

    # Other choices of states have no name.
    choice.get_by_role("radio", name="Open").click()
    page.get_by_role("group", name="Filters").get_by_role("button", name="Status").click()
    page.get_by_role("menuitemcheckbox", name="Draft").click()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"status=open%2Cscheduled%2Cin_progress%2Con_hold"))
    expect(choice.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("button", name="Clear filters").click()
    expect(choice.get_by_role("radio", name="Open")).to_be_checked()


def shows(page, made, *words):
    """The rows below the head, in this order."""
    rows = page.get_by_role("grid", name="Work orders").get_by_role("row")
    expect(rows).to_have_count(len(words) + 1)
    for place, word in enumerate(words, 1):
        expect(rows.nth(place)).to_contain_text(made[word]["number"])


def test_a_link_of_before_shows_what_it_always_did(console, sam):
    name = title()
    made = {word: order(sam, title=f"{name} {word}", priority=priority) for word, priority in (("finished", "low"), ("urgent", "critical"), ("minor", "low"))}
    done(sam, made["finished"])
    page = console("supervisor", f"/work-orders?q={name.replace(' ', '+')}")
    shows(page, made, "minor", "urgent", "finished")
    expect(page.get_by_role("radiogroup", name="Shown work orders").get_by_role("radio", name="All")).to_be_checked()
    page.goto(f"{URL}/work-orders?status=completed&q={name.replace(' ', '+')}")
    shows(page, made, "finished")
    page.goto(f"{URL}/work-orders?sort=-title&q={name.replace(' ', '+')}")
    shows(page, made, "urgent", "minor", "finished")


def test_what_is_completed_leaves_the_open_ones_and_what_is_new_joins_them(console, sam):
    name = title()
    made = {"old": order(sam, title=f"{name} old", priority="high")}
    page = console("supervisor", f"/work-orders?status=unfinished&q={name.replace(' ', '+')}")
    shows(page, made, "old")
    is_live(page).to_be_visible()
    made["new"] = order(sam, title=f"{name} new", priority="critical")
    shows(page, made, "new", "old")
    done(sam, made["new"])
    shows(page, made, "old")


def test_a_bar_of_the_calendar_moves_by_keyboard_and_by_mouse(console, sam):
    one = order(sam)
    move(sam, one, "submit")
    wednesday(sam, one)
    words = one["title"].replace(" ", "+")
    page = console("supervisor", f"/work-orders?view=calendar&q={words}&day={WEDNESDAY}&zone=UTC")
    bar = page.get_by_role("link", name=re.compile(one["number"]))
    bar.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    eventually(page, lambda: now(sam, one)["scheduledStart"].startswith(f"{THURSDAY}T09:30"))
    assert now(sam, one)["scheduledEnd"].startswith(f"{THURSDAY}T11:30")

    friday = column(page, FRIDAY)
    expect(column(page, THURSDAY).get_by_role("link")).to_be_visible()
    bar.drag_to(friday, source_position={"x": 20, "y": 8}, target_position={"x": 20, "y": 10 * 40 + 8})
    eventually(page, lambda: now(sam, one)["scheduledStart"].startswith(f"{FRIDAY}T10:00"))

    unplanned = order(sam, title=f"{one['title']} too")
    card = page.get_by_role("link", name=re.compile(unplanned["number"]))
    expect(card).to_be_visible()
    card.drag_to(column(page, TUESDAY), target_position={"x": 20, "y": 9 * 40 + 8})
    eventually(page, lambda: (now(sam, unplanned).get("scheduledStart") or "").startswith(f"{TUESDAY}T09:00"))


# The lines of a bar that are partly to be seen: their top is inside it, and their bottom is not.
CUT = """bar => {
  const inside = bar.getBoundingClientRect();
  const range = document.createRange();
  range.selectNodeContents(bar);
  return [...range.getClientRects()].filter(({ left, right, top, bottom }) => left < inside.right && right > inside.left && top < inside.bottom - 2 && bottom > inside.bottom + 1).length;
}"""


@pytest.mark.parametrize("width", [1280, 1024, 375])
def test_a_bar_of_the_calendar_shows_whole_lines(console, sam, width):
    one = order(sam, title=f"{title()} has more words than there is room for in a bar of two hours, whatever the width of the window may be")
    move(sam, one, "submit")
    wednesday(sam, one)
    page = console("supervisor", f"/work-orders?view=calendar&q={one['number']}&day={WEDNESDAY}&zone=UTC", viewport={"width": width, "height": 800})
    bar = page.get_by_role("link", name=re.compile(one["number"]))
    expect(bar).to_be_visible()
    assert bar.evaluate(CUT) == 0


def test_the_draft_of_a_new_one_survives_a_reload(console):
    page = console("supervisor", "/work-orders/new")
    page.get_by_role("textbox", name="Title").fill("Half a title")
    page.get_by_role("textbox", name="Tasks").fill("- Lock out\n2. Replace the fan\n")
    expect(page.get_by_text("2 tasks")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Half a title")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Choose the asset to work on.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Asset")).to_be_focused()


def test_tasks_are_added_done_and_skipped_by_keyboard(console, sam):
    one = order(sam, tasks=[{"title": "Lock out"}, {"title": "Replace the fan"}])
    page = console("supervisor", f"/work-orders/{one['id']}")
    expect(page.get_by_text("0 of 2 done")).to_be_visible()
    page.keyboard.press("t")
    page.keyboard.type("Take photos")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    first = page.get_by_role("listitem").filter(has_text="Lock out").first
    first.focus()
    page.keyboard.press("d")
    expect(page.get_by_text("1 of 3 done")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_role("textbox", name="Why is it skipped?")).to_be_focused()
    page.keyboard.type("It was new already.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 3 done")).to_be_visible()
    expect(page.get_by_role("list", name="Story")).to_contain_text("It was new already.")
    found = now(sam, one)["tasks"]
    assert [task["status"] for task in found] == ["completed", "skipped", "pending"]


def test_who_may_not_is_not_offered_it(console, sam):
    one = order(sam)
    page = console("technician", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    expect(page.get_by_role("button", name="Assign", exact=True)).to_have_count(0)
    page.goto(f"{URL}/work-orders")
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("button", name="New work order")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)
