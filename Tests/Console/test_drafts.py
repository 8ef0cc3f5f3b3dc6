"""Drafts are deleted: what was told to others is cancelled instead."""
from playwright.sync_api import expect

import pytest

from orders import asset, found, move, order, sam  # noqa: F401
from people import SECRET, person  # noqa: F401


@pytest.fixture
def admin(api):
    return api("admin")


def more(page):
    page.get_by_role("button", name="More actions", exact=True).click()


def asked(page, one):
    more(page)
    page.get_by_role("menuitem", name="Delete the draft").click()
    return page.get_by_role("dialog", name=f"Delete the draft {one['number']}")


def test_a_draft_is_deleted_and_the_list_says_so(console, admin):
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    dialog = asked(page, one)
    expect(dialog).to_contain_text(one["title"])
    # It can't be brought back: the way out has the focus.
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Delete the draft").click()
    expect(page.get_by_role("heading", level=1, name="Work orders")).to_be_visible()
    expect(page.get_by_role("region", name="Messages")).to_contain_text(f"{one['number']} is deleted.")
    assert found(admin, one["title"]) == []


def test_what_somebody_else_has_changed_is_shown_first(console, admin):
    one = order(admin)
    page = console("admin", f"/work-orders/{one['id']}")
    dialog = asked(page, one)
    admin.patch(f"/workorders/{one['id']}", {"priority": "critical"})
    dialog.get_by_role("button", name="Delete the draft").click()
    expect(dialog).to_contain_text("Somebody else has changed this in the meantime.")
    expect(dialog).to_contain_text("Critical")
    assert len(found(admin, one["title"])) == 1
    dialog.get_by_role("button", name="Delete the draft").click()
    expect(page.get_by_role("heading", level=1, name="Work orders")).to_be_visible()


def test_more_than_a_draft_is_not_deleted_nor_by_everybody(console, admin, person):
    one = order(admin)
    page = console("technician", f"/work-orders/{one['id']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if page.get_by_role("button", name="More actions", exact=True).count():
        more(page)
    expect(page.get_by_role("menuitem", name="Delete the draft")).to_have_count(0)
    move(admin, one, "submit")
    page = console("admin", f"/work-orders/{one['id']}")
    more(page)
    expect(page.get_by_role("menuitem", name="Cancel work order")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Delete the draft")).to_have_count(0)
