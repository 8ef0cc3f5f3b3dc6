"""Several work orders at once: what is offered, and what becomes of each one."""
import re

from playwright.sync_api import expect

from conftest import URL, eventually
from orders import asset, move, now, order, reviewed, sam, technician, title  # noqa: F401
from people import SECRET, person  # noqa: F401
from test_waiting import completed, row, submitted

ALL = re.compile("selected$")


def select(page, name, *orders):
    """Shows those of a name, and selects some of them."""
    page.goto(f"{URL}/work-orders?status=all&q={name.replace(' ', '+')}")
    for one in orders:
        row(page, one).get_by_role("checkbox").check()
    return page.get_by_role("group", name=f"{len(orders)} selected")


def offered(bar):
    return [words.strip() for words in bar.get_by_role("button").all_inner_texts()][:-1]


def verdict(dialog, one):
    return expect(dialog.get_by_role("region", name="Results").get_by_role("listitem").filter(has_text=one["number"]))


def test_only_what_one_of_them_admits_and_the_person_may_do(console, sam, api, reviewed, person):
    admin = api("admin")
    name = title()
    asked, draft, done = submitted(sam, title=f"{name} asked"), order(sam, title=f"{name} draft", type="inspection"), completed(sam, admin, title=f"{name} done")
    over = order(sam, title=f"{name} over")
    move(sam, over, "cancel", reason="for the test")
    page = console("admin", "/account")
    assert offered(select(page, name, asked)) == ["Approve", "Send back", "Assign", "Schedule", "Set priority", "Cancel work order"]
    assert offered(select(page, name, draft)) == ["Submit for approval", "Assign", "Schedule", "Set priority", "Cancel work order"]
    assert offered(select(page, name, done)) == ["Verify work", "Set priority"]
    assert offered(select(page, name, over)) == []
    assert offered(select(page, name, over, done, asked)) == ["Approve", "Send back", "Assign", "Schedule", "Verify work", "Set priority", "Cancel work order"]
    # A coordinator approves nothing.
    one = person(["om-coordinator"], siteIds=[asset(admin)["siteId"]])
    page = console(one["email"], "/account", SECRET)
    assert offered(select(page, name, asked)) == ["Assign", "Schedule", "Set priority", "Cancel work order"]
    # Who may change one at a time selects none.
    page = console("technician", f"/work-orders?status=all&q={name.replace(' ', '+')}")
    expect(row(page, asked)).to_be_visible()
    expect(row(page, asked).get_by_role("checkbox")).to_have_count(0)


def test_each_has_a_verdict_of_its_own_and_says_why(console, sam, api, reviewed):
    admin = api("admin")
    name = title()
    theirs = submitted(sam, title=f"{name} theirs")
    owns = [submitted(admin, title=f"{name} own {word}") for word in "abcd"]
    own, done, approved = owns[0], completed(sam, admin, title=f"{name} done"), submitted(sam, title=f"{name} approved")
    move(admin, approved, "approve")
    page = console("admin", "/account")
    select(page, name, theirs, *owns, done, approved).get_by_role("button", name="Approve", exact=True).click()
    dialog = page.get_by_role("dialog", name="Approve 7 work orders")
    # What the page can tell is told before.
    verdict(dialog, own).to_contain_text("You asked for this work yourself")
    verdict(dialog, done).to_contain_text("Not possible in this status: Waits for verification")
    verdict(dialog, approved).to_contain_text("Not possible in this status: Open")
    verdict(dialog, theirs).not_to_contain_text(re.compile("possible|yourself"))
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" and "/workorders/" in request.url else None)
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("1 of 7 is done. 6 were refused.")
    # One request for all of them.
    assert [request.url.partition("/api/v1")[2] for request in sent] == ["/workorders/bulk/transitions/approve"]
    assert len(sent[0].post_data_json["items"]) == 7
    verdict(dialog, theirs).to_contain_text("Done")
    verdict(dialog, own).to_contain_text("Nobody approves what they have asked for themselves.")
    verdict(dialog, done).to_contain_text("“Approve” is not possible now. Status: Waits for verification.")
    # Where no phase says more, people see the state.
    verdict(dialog, approved).to_contain_text("“Approve” is not possible now. Status: Open.")
    assert [now(sam, one)["phase"] for one in (theirs, own, done)] == ["approved", "submitted", "completed"]
    # Those that are done are not done again.
    dialog.get_by_role("button", name="Try 6 again").click()
    eventually(page, lambda: len(sent) == 2)
    expect(dialog.get_by_role("status")).to_contain_text("1 of 7 is done. 6 were refused.")
    assert len(sent[1].post_data_json["items"]) == 6
    assert theirs["id"] not in sent[1].post_data


def test_several_are_sent_back_with_one_reason(console, sam, api, reviewed):
    admin = api("admin")
    name = title()
    made = [submitted(sam, title=f"{name} {word}") for word in "ab"]
    page = console("admin", "/account")
    select(page, name, *made).get_by_role("button", name="Send back").click()
    dialog = page.get_by_role("dialog", name="Send 2 work orders back")
    dialog.get_by_role("button", name="Send back").click()
    expect(dialog).to_contain_text("Say why.")
    assert {now(sam, one)["phase"] for one in made} == {"submitted"}
    dialog.get_by_role("textbox", name="Reason").fill("No budget this year")
    dialog.get_by_role("button", name="Send back").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("2 work orders are drafts again.")).to_be_visible()
    for one in made:
        assert admin.get(f"/workorders/{one['id']}/history")["items"][-1]["reason"] == "No budget this year"


def test_several_are_scheduled_taken_out_again_and_verified(console, sam, api, reviewed):
    admin = api("admin")
    name = title()
    made = [order(sam, title=f"{name} {word}") for word in "ab"]
    for one in made:
        move(sam, one, "submit")
    asked = submitted(sam, title=f"{name} asked")
    page = console("admin", "/account")
    select(page, name, *made, asked).get_by_role("button", name="Schedule", exact=True).click()
    dialog = page.get_by_role("dialog", name="Schedule 3 work orders")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(dialog).to_have_count(0)
    # What waits for approval has a time, and goes on waiting.
    assert [now(sam, one)["phase"] for one in (*made, asked)] == ["scheduled", "scheduled", "submitted"]
    assert all(now(sam, one)["scheduledStart"] for one in (*made, asked))
    select(page, name, *made).get_by_role("button", name="Take out of the schedule").click()
    page.get_by_role("dialog").get_by_role("button", name="Take out of the schedule").click()
    expect(page.get_by_text("2 work orders are out of the schedule.")).to_be_visible()
    assert {now(sam, one)["phase"] for one in made} == {"approved"}

    done = [completed(sam, admin, by=api("technician"), title=f"{name} done {word}") for word in "ab"]
    for button, said, phase in (("Verify work", "2 work orders are verified.", "verified"), ("Close work order", "2 work orders are closed.", "closed")):
        select(page, name, *done).get_by_role("button", name=button).click()
        page.get_by_role("dialog").get_by_role("button", name=button).click()
        expect(page.get_by_text(said)).to_be_visible()
        assert {now(sam, one)["phase"] for one in done} == {phase}


def test_several_get_somebody_who_does_them(console, sam):
    name = title()
    made, working = [order(sam, title=f"{name} {word}") for word in "ab"], order(sam, title=f"{name} working", assignedTo=technician(sam)["id"])
    for step in ("submit", "start"):
        move(sam, working, step)
    page = console("admin", "/account")
    select(page, name, *made, working).get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog", name="Assign 3 work orders")
    verdict(dialog, working).to_contain_text("Not possible in this status: In progress")
    dialog.get_by_role("combobox", name="Assigned to").fill("Sam")
    page.get_by_role("option", name=re.compile("Sam Supervisor")).click()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("2 of 3 are done. 1 was refused.")
    verdict(dialog, working).to_contain_text("Cannot be changed any more: Assigned to.")
    assert [now(sam, one).get("assignedTo") == technician(sam)["id"] for one in (*made, working)] == [False, False, True]
    assert all(now(sam, one)["assignedTo"] for one in made)


def test_what_somebody_else_has_changed_is_shown_before_it_is_done_again(console, sam, api):
    admin = api("admin")
    name = title()
    made = [order(sam, title=f"{name} {word}") for word in "ab"]
    page = console("admin", "/account")
    select(page, name, *made).get_by_role("button", name="Set priority").click()
    dialog = page.get_by_role("dialog", name="Priority of 2 work orders")
    dialog.get_by_role("radio", name="Critical").check()
    # The list goes on by itself, and the dialog keeps what it was opened for.
    admin.patch(f"/workorders/{made[0]['id']}", {"title": f"{name} renamed"})
    dialog.get_by_role("button", name="Set priority").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 of 2 is done. 1 was refused.")
    verdict(dialog, made[0]).to_contain_text(f"{name} renamed")
    assert [now(sam, one)["priority"] for one in made] == ["medium", "critical"]
    dialog.get_by_role("button", name="Try 1 again").click()
    expect(dialog).to_have_count(0)
    assert {now(sam, one)["priority"] for one in made} == {"critical"}


def test_a_request_that_gets_no_answer_is_sent_again_and_done_once(console, sam, api):
    name = title()
    made = [order(sam, title=f"{name} {word}") for word in "abc"]
    page = console("admin", "/account")
    keys = []

    def lose(route):
        keys.append(route.request.headers["idempotency-key"])
        # It is done, and the answer gets lost.
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(re.compile("/workorders/bulk/"), lose)
    select(page, name, *made).get_by_role("button", name="Release for planning").click()
    page.get_by_role("dialog").get_by_role("button", name="Release for planning").click()
    expect(page.get_by_text("3 work orders are open.")).to_be_visible()
    assert len(keys) == 2 and len(set(keys)) == 1
    assert {now(sam, one)["version"] for one in made} == {2}


def test_more_than_the_server_takes_at_once(console, sam, api):
    name = title()
    # The server takes a hundred.
    made = [order(sam, title=f"{name} {number}") for number in range(101)]
    page = console("admin", f"/work-orders?status=all&q={name.replace(' ', '+')}")
    expect(page.get_by_text("101 rows")).to_be_visible()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_json) if "/workorders/bulk/" in request.url else None)
    page.get_by_role("checkbox", name="Select all rows").check()
    page.get_by_role("group", name="101 selected").get_by_role("button", name="Set priority").click()
    dialog = page.get_by_role("dialog", name="Priority of 101 work orders")
    dialog.get_by_role("radio", name="Low").check()
    dialog.get_by_role("button", name="Set priority").click()
    expect(dialog).to_have_count(0)
    assert [len(one["items"]) for one in sent] == [100, 1]
    assert all(one["change"] == {"priority": "low"} for one in sent)
    left = {one["id"] for one in made} - {one["id"] for body in sent for one in body["items"]}
    assert not left
    # The list follows by itself.
    expect(page.get_by_role("grid").get_by_text("Medium")).to_have_count(0)
