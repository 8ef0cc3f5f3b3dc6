"""Comments on a work order: people are mentioned by keyboard, one's own are changed and deleted, and what others write is there without a reload."""
import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, order, sam  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


def written(api, one, text, mentions=()):
    return api.post(f"/workorders/{one['id']}/comments", {"text": text, "mentions": list(mentions)})


def comments(api, one):
    return api.get(f"/workorders/{one['id']}/comments?limit=200")["items"]


def card(page):
    return page.get_by_role("region", name="Comments", exact=True)


def lines(page):
    return card(page).get_by_role("list", name="Comments").get_by_role("listitem")


def box(page):
    return card(page).get_by_role("textbox", name="Write a comment")


def people(page):
    return page.get_by_role("listbox", name="People to mention")


def test_a_comment_mentions_somebody_by_keyboard_alone(console, admin, person):
    mia = person(["viewer"], "Mia Mention", siteIds=[asset(admin)["siteId"]])
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has written anything yet.")
    page.get_by_role("main").focus()
    page.keyboard.press("w")
    expect(box(page)).to_be_focused()
    page.keyboard.type("Hello @Mia Men")
    option = people(page).get_by_role("option", name=mia["displayName"])
    expect(option).to_be_visible()
    expect(box(page)).to_have_attribute("aria-activedescendant", re.compile(".+-0$"))
    # Who does not see the list is told of it.
    expect(card(page).get_by_role("status").filter(has_text="Arrows move, Enter chooses.")).to_have_count(1)
    while option.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(people(page)).to_have_count(0)
    expect(box(page)).to_have_value(f"Hello @{mia['displayName']} ")
    page.keyboard.type("the fan has come")
    page.keyboard.press("Control+Enter")
    expect(lines(page)).to_have_count(1)
    expect(lines(page).first).to_contain_text(f"Hello @{mia['displayName']} the fan has come")
    # One goes on writing.
    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()
    [found] = comments(admin, one)
    assert found["mentions"] == [mia["id"]]


def test_escape_leaves_the_text_as_it_is_and_whoever_is_taken_out_is_not_mentioned(console, admin, person):
    mia = person(["viewer"], "Mia Mention")
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    box(page).fill("Write to anna@example.com or @Mia Men")
    expect(people(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(people(page)).to_have_count(0)
    page.keyboard.type("t")
    expect(people(page)).to_have_count(0)
    box(page).fill("")
    page.keyboard.type("@Mia Men")
    people(page).get_by_role("option", name=mia["displayName"]).click()
    expect(box(page)).to_have_value(f"@{mia['displayName']} ")
    box(page).fill("Nobody in particular")
    card(page).get_by_role("button", name="Send").click()
    expect(lines(page)).to_have_count(1)
    assert comments(admin, one)[0]["mentions"] == []


def test_ones_own_comment_is_changed_and_deleted_and_keeps_its_place(console, admin, sam):
    one = order(admin)
    written(admin, one, "First")
    written(sam, one, "Second")
    page = console("admin", f"/work-orders/{one['id']}")
    expect(lines(page)).to_have_count(2)
    # What others have written is theirs.
    expect(lines(page).nth(1).get_by_role("button")).to_have_count(0)
    lines(page).first.get_by_role("button", name=re.compile("^Change the comment")).click()
    dialog = page.get_by_role("dialog", name="Change the comment")
    dialog.get_by_role("textbox", name="Comment").fill("First, and more")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(lines(page).first).to_contain_text("First, and more")
    expect(lines(page).first).to_contain_text("changed")
    lines(page).first.get_by_role("button", name=re.compile("^Delete the comment")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(lines(page).first).to_contain_text("This comment was deleted.")
    expect(lines(page)).to_have_count(2)
    expect(lines(page).first.get_by_role("button")).to_have_count(0)


def test_both_versions_are_shown_when_a_comment_was_changed_elsewhere(console, admin):
    one = order(admin)
    mine = written(admin, one, "First")
    page = console("admin", f"/work-orders/{one['id']}")
    lines(page).first.get_by_role("button", name=re.compile("^Change the comment")).click()
    dialog = page.get_by_role("dialog", name="Change the comment")
    dialog.get_by_role("textbox", name="Comment").fill("From here")
    admin.patch(f"/workorders/{one['id']}/comments/{mine['id']}", {"text": "From the phone"}, mine["version"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("From the phone")
    expect(dialog).to_contain_text("From here")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert comments(admin, one)[0]["text"] == "From here"


def test_what_others_write_comes_by_itself(console, admin, sam):
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    expect(card(page)).to_contain_text("Nobody has written anything yet.")
    box(page).fill("Half a sentence")
    written(sam, one, "The crane comes at nine")
    expect(lines(page)).to_have_count(1)
    expect(lines(page).first).to_contain_text("The crane comes at nine")
    expect(card(page).get_by_role("status").filter(has_text="has written a comment.")).to_have_count(1)
    expect(box(page)).to_have_value("Half a sentence")


def test_the_latest_are_shown_and_the_earlier_ones_when_somebody_wants_them(console, admin):
    one = order(admin)
    for number in range(1, 13):
        written(admin, one, f"Comment {number}")
    page = console("admin", f"/work-orders/{one['id']}")
    expect(lines(page)).to_have_count(10)
    expect(lines(page).first).to_contain_text("Comment 3")
    card(page).get_by_role("button", name="Show 2 earlier comments").click()
    expect(lines(page)).to_have_count(12)
    expect(lines(page).first).to_contain_text("Comment 1")


def test_nothing_typed_is_lost_when_it_is_refused(console, admin):
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    body = {"type": "about:blank", "title": "x", "status": 409, "detail": "x", "code": "too_many_comments", "error": "x", "parameters": {"maximum": "1000"}}
    page.route(re.compile(r"/comments$"), lambda route: route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(body)) if route.request.method == "POST" else route.continue_())
    word = uuid.uuid4().hex
    box(page).fill(word)
    card(page).get_by_role("button", name="Send").click()
    expect(card(page)).to_contain_text("A work order has at most 1,000 comments.")
    expect(box(page)).to_have_value(word)
    page.unroute_all()
    card(page).get_by_role("button", name="Send").click()
    eventually(page, lambda: [one["text"] for one in comments(admin, one)] == [word])
    expect(box(page)).to_have_value("")


def test_who_may_not_write_only_reads(console, admin, person):
    one = order(admin)
    written(admin, one, "For everybody")
    vic = person(["viewer"], "Vic Viewer", siteIds=[asset(admin)["siteId"]])
    page = console(vic["email"], f"/work-orders/{one['id']}", SECRET)
    expect(lines(page)).to_have_count(1)
    expect(card(page).get_by_role("textbox")).to_have_count(0)
