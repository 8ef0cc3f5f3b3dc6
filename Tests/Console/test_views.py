"""Lists of work orders: views that are kept and shared, the table for spreadsheets, and searching in full text."""
import csv
import io
import json
import re

import pytest
from playwright.sync_api import expect

from conftest import URL, eventually
from orders import move, order, sam, technician, title  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.fixture
def views(api):
    """The views that tests make are removed afterwards."""
    yield
    admin = api("admin")
    for who in ("admin", "supervisor"):
        one = api(who)
        for view in one.get("/workorders/views")["items"]:
            if view["name"].startswith("orders ") and (view["ownerId"] == one.get("/auth/me")["id"] or who == "admin"):
                (admin if view["isShared"] else one).send("DELETE", f"/workorders/views/{view['id']}")


def save(page, name, shared=False, opened="Saved views"):
    page.get_by_role("button", name=opened).click()
    page.get_by_role("menuitem", name="Save this view").click()
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_role("textbox", name="Name").fill(name)
    if shared:
        dialog.get_by_role("checkbox", name="Everybody in the organization sees it").check()
    dialog.get_by_role("button", name="Save").click()
    return dialog


def own(api, name):
    return [one for one in api.get("/workorders/views")["items"] if one["name"] == name]


def manage(page, opened="Saved views"):
    page.get_by_role("button", name=opened).click()
    page.get_by_role("menuitem", name="Manage views").click()
    return page.get_by_role("dialog", name="Manage views")


def test_a_view_is_saved_shared_renamed_changed_and_removed(console, api, admin, views):
    name = title()
    page = console("admin", "/work-orders?status=unfinished&priority=high&view=board")
    expect(save(page, name, shared=True)).to_have_count(0)
    # What is shown has a name now, and the URL is as it was.
    expect(page.get_by_role("button", name=name)).to_be_visible()
    assert "priority=high" in page.url
    saved = own(admin, name)[0]
    assert saved["isShared"] and "priority=high" in saved["query"] and "view=board" in saved["query"]

    theirs = console("supervisor", "/work-orders")
    theirs.get_by_role("button", name="Saved views").click()
    entry = theirs.get_by_role("menuitemcheckbox", name=re.compile(name))
    expect(entry).to_contain_text("Administrator")
    entry.click()
    theirs.wait_for_url(re.compile("priority=high"))
    expect(theirs.get_by_role("radio", name="Board")).to_be_checked()
    # Somebody else's is neither changed nor removed.
    dialog = manage(theirs, name)
    line = dialog.get_by_role("listitem").filter(has_text=name)
    expect(line.get_by_role("button")).to_have_count(1)
    theirs.keyboard.press("Escape")

    # The order of the parts of a URL says nothing.
    page.goto(f"{URL}/work-orders?view=board&priority=high&status=unfinished")
    expect(page.get_by_role("button", name=name)).to_be_visible()
    page.goto(f"{URL}/work-orders?status=all&priority=low")
    dialog = manage(page)
    dialog.get_by_role("button", name=f"Rename or share “{name}”").click()
    change = page.get_by_role("dialog", name="Change the view")
    change.get_by_role("textbox", name="Name").fill(f"{name} low")
    change.get_by_role("checkbox", name="Take what the list shows now").check()
    # Somebody else changes it meanwhile, in another tab.
    admin.put(f"/workorders/views/{saved['id']}", {"name": f"{name} other", "query": saved["query"], "isShared": False}, saved["version"])
    change.get_by_role("button", name="Save").click()
    expect(change).to_contain_text(f"{name} other")
    expect(change).to_contain_text("Only you")
    expect(change.get_by_role("textbox", name="Name")).to_have_value(f"{name} low")
    change.get_by_role("button", name="Save").click()
    expect(change).to_have_count(0)
    dialog = page.get_by_role("dialog", name="Manage views")
    expect(dialog.get_by_role("listitem").filter(has_text=f"{name} low")).to_contain_text("Shown now")
    assert own(admin, f"{name} low")[0]["query"] == "status=all&priority=low"

    dialog.get_by_role("button", name=f"Remove “{name} low”").click()
    page.get_by_role("dialog", name=re.compile("^Remove the view")).get_by_role("button", name="Remove view").click()
    expect(page.get_by_role("dialog", name="Manage views")).not_to_contain_text(f"{name} low")
    assert own(admin, f"{name} low") == []


def test_a_name_that_is_taken_is_refused_and_stays_typed(console, admin, views):
    name = title()
    page = console("admin", "/work-orders?status=all")
    expect(save(page, name)).to_have_count(0)
    dialog = save(page, name, opened=name)
    expect(dialog.get_by_role("textbox", name="Name")).to_have_accessible_description(re.compile("You have a view of that name already"))
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value(name)
    dialog.get_by_role("textbox", name="Name").fill("  ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("textbox", name="Name")).to_have_accessible_description(re.compile("Must be filled in"))


def test_a_view_of_ones_own_is_nobody_elses_and_a_technician_shares_none(console, api, admin, views):
    name = title()
    page = console("admin", "/work-orders?status=all")
    save(page, name)
    expect(page.get_by_role("button", name=name)).to_be_visible()
    page = console("technician", "/work-orders")
    page.get_by_role("button", name="Saved views").click()
    expect(page.get_by_role("menuitem", name="Save this view")).to_be_visible()
    expect(page.get_by_role("menuitemcheckbox", name=name)).to_have_count(0)
    page.get_by_role("menuitem", name="Save this view").click()
    expect(page.get_by_role("dialog").get_by_role("checkbox")).to_have_count(0)


def test_filters_that_a_browser_kept_become_views(console, admin, views):
    name = title()
    page = console("admin", "/account")
    me = admin.get("/auth/me")["id"]
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"dcmms.orders.filters.{me}", json.dumps([{"name": name, "search": "status=all&priority=low"}])])
    page.goto(f"{URL}/work-orders?status=unfinished")
    eventually(page, lambda: own(admin, name))
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitemcheckbox", name=name).click()
    page.wait_for_url(re.compile("priority=low"))
    assert page.evaluate("key => localStorage.getItem(key)", f"dcmms.orders.filters.{me}") is None


def test_the_list_is_saved_as_a_table_with_its_filters(console, admin):
    name = title()
    made = [order(admin, title=f"{name} {word}", priority=priority) for word, priority in (("ä", "low"), ("b", "high"))]
    out = order(admin, title=f"{name} out", type="inspection")
    page = console("admin", f"/work-orders?status=all&type=corrective&sort=-priority&q={name.replace(' ', '+')}")
    expect(page.get_by_role("row").filter(has_text=made[0]["number"])).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the list as CSV").click()
    content = open(download.value.path(), "rb").read()
    # Spreadsheets take it for UTF-8 by this mark.
    assert content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [made[1]["number"], made[0]["number"]]
    assert rows[1]["title"] == f"{name} ä"
    assert out["number"] not in content.decode()
    # When work is due only the page can tell: it says so instead of giving another table.
    page.get_by_role("button", name="Due within 7 days").click()
    expect(page.get_by_role("button", name="Save the list as CSV")).to_have_attribute("aria-disabled", "true")


def test_searching_finds_words_of_descriptions_and_words_without_accents(console, admin):
    name = title().split()[1]
    one = order(admin, title=f"orders {name} Lüfter", description=f"Das Lager rüttelt, Meßwert {name}x beachten")
    page = console("admin", "/work-orders?status=all")
    box = page.get_by_role("searchbox", name="Number, title or description")
    for words in (f"{name}x", f"{name} lufter", f"LUFT {name}", f"ruttelt {name}", one["number"]):
        box.fill(words)
        expect(page.get_by_role("row").filter(has_text=one["number"])).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(2)
    box.fill(f"{name} nothing")
    expect(page.get_by_text("No work order fits these filters")).to_be_visible()
    # The link says the same, also on the board.
    page.goto(f"{URL}/work-orders?view=board&q={name}x")
    expect(page.get_by_role("main").get_by_text(one["number"])).to_be_visible()
