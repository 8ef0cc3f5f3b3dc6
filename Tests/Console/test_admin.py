"""Administration and the own account, as people do it."""
import datetime
import json
import pathlib
import re
import subprocess
import uuid

import pytest
from playwright.sync_api import expect

from conftest import LOGIN, URL, email, eventually, go, password
from people import SECRET, fresh, person, totp  # noqa: F401
from plant import tool
from pages import address, routes, texts  # noqa: F401


@pytest.fixture
def erased(api):
    """E-mail addresses of people whom a test invites."""
    addresses = []
    yield addresses.append
    admin = api("admin")
    for address in addresses:
        for user in admin.get(f"/users?search={address}")["items"]:
            admin.post(f"/users/{user['id']}/erase")


@pytest.fixture
def tidy(api):
    """What is still there after a test that made a role or a key with this name."""
    names = []
    yield names.append
    admin = api("admin")
    for kind, field in (("roles", "role"), ("api-keys", "name")):
        for one in admin.get(f"/{kind}")["items"]:
            if one[field] in names:
                admin.send("DELETE", f"/{kind}/{one['id']}")


def choose(page, field, option):
    """Finds an option in a field that is searched by typing."""
    box = page.get_by_role("combobox", name=field)
    box.click()
    box.fill(option)
    page.get_by_role("listbox").get_by_role("option", name=option).first.click()


# -- people


def test_somebody_who_is_invited_appears_in_the_list(console, erased):
    page = console("admin", "/people")
    address = f"{fresh('invited')}@console.example"
    erased(address)
    page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog", name="Invite somebody")
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(dialog.get_by_text("Choose at least one role.")).to_be_visible()
    dialog.get_by_label("E-mail address").fill(address)
    dialog.get_by_label("First name").fill("Ines")
    dialog.get_by_label("Last name").fill("Invited")
    choose(page, "Add to: Roles", "Viewer")
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("searchbox", name="Name or e-mail address").fill(address)
    row = page.get_by_role("row").filter(has_text=address)
    expect(row).to_contain_text("Ines Invited")
    expect(row).to_contain_text("Invited")
    expect(row).to_contain_text("Viewer")
    expect(page).to_have_url(re.compile("q=admin-invited"))


def test_a_table_is_checked_line_by_line_before_anybody_is_imported(console, api, erased):
    page = console("admin", "/people")
    good, bad = f"{fresh('import')}@console.example", fresh("nobody")
    erased(good)
    page.get_by_role("button", name="Import", exact=True).click()
    table = page.get_by_label("Table (CSV)")
    table.fill(f"email,firstName,lastName,roles\n{good},Ida,Import,viewer\n{bad},No,Address,viewer\n")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("1 thing is wrong. Nobody is imported.")).to_be_visible()
    expect(page.get_by_text("Line 3")).to_be_visible()
    assert api("admin").get(f"/users?search={good}")["items"] == []
    table.fill(f"email,firstName,lastName,roles\n{good},Ida,Import,viewer\n")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("1 line is right. Nobody is imported yet.")).to_be_visible()
    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_text("1 person is imported.")).to_be_visible()
    assert api("admin").get(f"/users?search={good}")["items"][0]["displayName"] == "Ida Import"


def test_a_conflict_shows_both_versions_and_keeps_what_was_typed(console, api, person):
    user = person(["viewer"], phone="+4930111111")
    page = console("admin", f"/people/{user['id']}")
    page.get_by_label("Phone").fill("+4930222222")
    page.get_by_label("First name").fill("Typed")
    api("admin").patch(f"/users/{user['id']}", {"phone": "+4930333333", "code": user["id"][-8:]}, user["version"])
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Somebody else has saved this meanwhile")
    phone = dialog.get_by_role("group", name=re.compile("Phone"))
    expect(phone).to_contain_text("+4930333333")
    expect(phone).to_contain_text("+4930222222")
    phone.get_by_role("radio", name=re.compile("Saved meanwhile")).check()
    dialog.get_by_role("button", name="Save the choice").click()
    expect(dialog).to_be_hidden()
    saved = api("admin").get(f"/users/{user['id']}")
    assert (saved["phone"], saved["firstName"], saved["code"]) == ("+4930333333", "Typed", user["id"][-8:])


def test_the_sessions_of_somebody_are_seen_and_ended(console, person):
    user = person(["technician"])
    theirs = console(user["email"], "/", secret=SECRET)
    expect(theirs.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    page = console("admin", f"/people/{user['id']}")
    card = page.get_by_role("region", name=f"Where {user['displayName']} is signed in")
    expect(card.get_by_text(re.compile("Chrome"))).to_be_visible()
    card.get_by_role("button", name=re.compile("^Sign out (Chrome|Unknown)")).click()
    page.get_by_role("dialog", name="Sign out this session?").get_by_role("button", name="Sign out", exact=True).click()
    expect(card.get_by_text("Not signed in anywhere.")).to_be_visible()
    expect(theirs.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=30_000)
    others = [console(user["email"], "/", secret=SECRET) for _ in range(2)]
    for one in others:
        expect(one.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    page.reload()
    expect(card.get_by_role("button", name=re.compile("^Sign out (Chrome|Unknown)"))).to_have_count(2)
    card.get_by_role("button", name="End all sessions").click()
    page.get_by_role("dialog", name=f"End all sessions of {user['displayName']}?").get_by_role("button", name="End all sessions").click()
    expect(card.get_by_text("Not signed in anywhere.")).to_be_visible()
    for one in others:
        expect(one.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=30_000)


def test_whoever_may_not_end_sessions_does_not_see_them(console, api):
    admin = api("admin").get("/users?search=admin@demo.example")["items"][0]
    page = console("supervisor", f"/people/{admin['id']}")
    expect(page.get_by_role("heading", name=admin["displayName"], level=1)).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("is signed in$"))).to_have_count(0)


def test_erasing_needs_the_name_to_be_typed(console, api, person):
    user = person(["viewer"])
    page = console("admin", f"/people/{user['id']}")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Erase").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Erase")).to_be_disabled()
    assert not api("admin").get(f"/users/{user['id']}")["isErased"]
    dialog.get_by_role("textbox").fill(user["displayName"])
    dialog.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("The data of this person were erased.")).to_be_visible()
    assert api("admin").get(f"/users/{user['id']}")["isErased"]


def test_somebody_who_is_deactivated_is_out_at_once(console, api, person):
    user = person(["technician"])
    theirs = console(user["email"], "/", secret=SECRET)
    expect(theirs.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    page = console("admin", f"/people/{user['id']}")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Inactive", exact=True)).to_be_visible()
    expect(theirs.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Activate").click()
    page.get_by_role("dialog").get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    assert api("admin").get(f"/users/{user['id']}")["isActive"]


def test_a_role_for_a_time_and_the_end_of_a_delegation(console, api, person):
    user = person(["viewer"])
    page = console("admin", f"/people/{user['id']}?tab=access")
    times = page.get_by_role("group", name="Roles for a time")
    times.get_by_label("Role", exact=True).select_option("technician")
    times.get_by_label("Until").fill(f"{datetime.date.today() + datetime.timedelta(days=180)}T08:00")
    times.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    held = api("admin").get(f"/users/{user['id']}")["temporaryRoles"]
    assert [one["role"] for one in held] == ["technician"]
    page = console("supervisor", f"/people/{user['id']}?tab=access")
    # A supervisor may give nobody a role, but delegate their own.
    expect(page.get_by_text("You may not give roles.").first).to_be_visible()
    card = page.get_by_role("region", name="Delegate your roles")
    card.get_by_role("button", name="Delegate").click()
    expect(card.get_by_text("Choose at least one role.")).to_be_visible()
    choose(page, "Add to: Your roles", "Supervisor")
    card.get_by_label("Until").fill(f"{datetime.date.today() + datetime.timedelta(days=20)}T08:00")
    card.get_by_role("button", name="Delegate").click()
    expect(card.get_by_role("button", name="End it now")).to_be_visible()
    held = api("admin").get(f"/users/{user['id']}")["temporaryRoles"]
    assert sorted(one["role"] for one in held) == ["supervisor", "technician"]
    card.get_by_role("button", name="End it now").click()
    page.get_by_role("dialog").get_by_role("button", name="End it now").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(card.get_by_role("button", name="End it now")).to_be_hidden()
    held = api("admin").get(f"/users/{user['id']}")["temporaryRoles"]
    assert [one["role"] for one in held] == ["technician"]


# -- what one may do


def test_a_role_that_is_given_and_taken_changes_the_page_that_is_open(console, person):
    user = person(["technician"])
    theirs = console(user["email"], "/", secret=SECRET)
    menu = theirs.get_by_role("navigation", name="Menu")
    expect(menu.get_by_role("link", name="Overview")).to_be_visible()
    expect(menu.get_by_role("link", name="People")).to_be_hidden()
    page = console("admin", f"/people/{user['id']}?tab=access")
    choose(page, "Add to: Roles", "Supervisor")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    theirs.get_by_role("main").hover()
    expect(menu.get_by_role("link", name="People")).to_be_visible(timeout=30_000)
    menu.get_by_role("link", name="People").click()
    expect(theirs.get_by_role("row").filter(has_text=user["email"])).to_be_visible()
    page.get_by_role("button", name="Remove Supervisor").click()
    page.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text("You may not see this page")).to_be_visible(timeout=30_000)
    expect(menu.get_by_role("link", name="People")).to_be_hidden()


@pytest.mark.proof
@pytest.mark.parametrize("part", range(4))
def test_each_role_sees_its_pages_and_only_them(console, api, person, address, part):
    """By the roles that the stack has, a person for each; also those that need a second factor elsewhere: here nobody does."""
    admin = api("admin")
    words = texts("en")
    pages = list(routes())
    assert len(pages) >= 20
    roles = sorted((role for role in admin.get("/roles")["items"] if role["isSystem"] and not role["role"].startswith("platform")), key=lambda role: role["role"])
    assert len(roles) >= 20
    for role in roles[part::4]:
        user = person([role["role"]])
        page = console(user["email"], "/", secret=SECRET)
        menu = page.get_by_role("navigation", name="Menu")
        expect(menu.get_by_role("link", name="Overview")).to_be_visible()
        for path, title, needs, is_in_menu in pages:
            may = not needs or any(one in role["permissions"] for one in needs)
            if path.endswith("/print"):
                # For paper: without the menu.
                continue
            if ":" not in path and title.startswith("pages."):
                link = menu.get_by_role("link", name=words[title], exact=True)
                assert link.is_visible() == (may and is_in_menu), f"{role['role']}: {path} in the menu"
            before = page.title()
            if path != "/":
                go(page, address(path))
                # Then nothing of the page before is left.
                expect(page).not_to_have_title(before)
            main = page.get_by_role("main")
            heading = main.get_by_role("heading")
            if ":" in path:
                # The record may be beyond what the role sees.
                heading = heading.or_(main.get_by_text("This does not exist, or you may not see it."))
            refusal = page.get_by_text("You may not see this page")
            expect(heading.first if may else refusal, f"{role['role']}: {path}").to_be_visible()
            assert may != refusal.is_visible(), f"{role['role']}: {path}"
        page.context.close()


def test_the_matrix_shows_only_what_two_roles_differ_in(console):
    page = console("admin", "/roles?role=viewer,technician")
    table = page.get_by_role("region", name="Permissions by roles")
    expect(table.get_by_role("row", name=re.compile("^See work orders"))).to_be_visible()
    page.get_by_role("switch", name="Only differences").click()
    # Both see all work orders; only one works.
    expect(table.get_by_role("row", name=re.compile("^See work orders"))).to_be_hidden()
    expect(table.get_by_role("row", name=re.compile("^Start and complete work"))).to_be_visible()
    expect(page).to_have_url(re.compile("different=1"))


def test_why_somebody_may_and_what_they_lack(console, api, person):
    user = person(["technician"])
    page = console("admin", f"/people/{user['id']}?tab=why")
    choose(page, "Permission", "Start and complete work")
    expect(page.get_by_text(f"{user['displayName']} may: Start and complete work")).to_be_visible()
    expect(page.get_by_role("region", name="By the role Technician")).to_contain_text("Administrator")
    choose(page, "Permission", "Assign work to people")
    expect(page.get_by_text(f"{user['displayName']} may not: Assign work to people")).to_be_visible()
    expect(page.get_by_text("None of their roles has this permission.")).to_be_visible()
    expect(page).to_have_url(re.compile("permission=workorder(%3A|:)assign"))
    page.get_by_role("link", name="Supervisor", exact=True).click()
    expect(page).to_have_url(re.compile("/roles.*role=supervisor"))
    expect(page.get_by_role("region", name="Permissions by roles").get_by_role("row", name=re.compile("^Assign work to people"))).to_contain_text("Everywhere")
    api("admin").send("PUT", f"/users/{user['id']}/roles", {"roles": ["technician", "supervisor"]}, user["version"])
    page.go_back()
    page.reload()
    expect(page.get_by_text(f"{user['displayName']} may: Assign work to people")).to_be_visible()
    expect(page.get_by_role("region", name="By the role Supervisor")).to_be_visible()


def test_an_own_role_is_created_changed_and_deleted(console, api, tidy):
    name = fresh("role")
    tidy(name)
    page = console("admin", "/roles")
    page.get_by_role("button", name="Create a role").click()
    drawer = page.get_by_role("dialog", name="Create a role")
    drawer.get_by_label("Name", exact=True).fill(name)
    choose(page, "Add a permission", "See sites")
    drawer.get_by_label("Where: See sites").select_option("sites")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    role = next(one for one in api("admin").get("/roles")["items"] if one["role"] == name)
    assert [(one["permission"], one["scope"]) for one in role["grants"]] == [("site:read", "sites")]
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_label("Where: See sites").select_option("tenant")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("cell", name="Everywhere")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text(f"The role {name} is deleted.")).to_be_visible()
    assert all(one["role"] != name for one in api("admin").get("/roles")["items"])


def test_two_who_change_a_role_lose_nothing_of_each_other(console, api, tidy):
    name = fresh("conflict")
    tidy(name)
    admin = api("admin")

    def grants(**scopes):
        return [{"permission": f"{thing}:read", "scope": scope} for thing, scope in scopes.items()]

    role = admin.post("/roles", {"name": name, "displayName": "Crew", "grants": grants(site="tenant", asset="tenant")})
    page = console("admin", f"/roles?role={name}")
    page.get_by_role("button", name="Change", exact=True).click()
    drawer = page.get_by_role("dialog", name="Change the role Crew")
    drawer.get_by_label("Name shown").fill("Typed")
    drawer.get_by_label("Where: See sites").select_option("sites")
    choose(page, "Add a permission", "See alerts")
    admin.send("PUT", f"/roles/{role['id']}", {"displayName": "Saved", "grants": grants(site="team", workorder="tenant")}, role["version"])
    drawer.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Somebody else has saved this meanwhile")
    shown = dialog.get_by_role("group", name=re.compile("Name shown"))
    expect(shown).to_contain_text("Saved")
    expect(shown).to_contain_text("Typed")
    # What only they have changed is theirs, unless one says otherwise.
    expect(dialog.get_by_role("group", name=re.compile("See work orders")).get_by_role("radio", name=re.compile("Saved meanwhile"))).to_be_checked()
    expect(dialog.get_by_role("group", name=re.compile("See sites")).get_by_role("radio", name=re.compile("Saved meanwhile"))).not_to_be_checked()
    # To go back loses nothing that was typed.
    dialog.get_by_role("button", name="Cancel").click()
    expect(drawer.get_by_label("Name shown")).to_have_value("Typed")
    expect(drawer.get_by_label("Where: See sites")).to_have_value("sites")
    drawer.get_by_role("button", name="Save").click()
    shown.get_by_role("radio", name=re.compile("Saved meanwhile")).check()
    dialog.get_by_role("button", name="Save the choice").click()
    expect(dialog).to_be_hidden()
    expect(drawer).to_be_hidden()
    saved = next(one for one in admin.get("/roles")["items"] if one["id"] == role["id"])
    assert (saved["displayName"], saved["version"]) == ("Saved", role["version"] + 2)
    assert {one["permission"]: one["scope"] for one in saved["grants"]} == {"site:read": "sites", "workorder:read": "tenant", "alert:read": "tenant"}


def test_a_role_that_somebody_has_changed_is_not_deleted_unseen(console, api, tidy):
    name = fresh("changed")
    tidy(name)
    admin = api("admin")
    role = admin.post("/roles", {"name": name, "displayName": "Crew", "grants": []})
    page = console("admin", f"/roles?role={name}")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    admin.send("PUT", f"/roles/{role['id']}", {"displayName": "Crew of today", "grants": []}, role["version"])
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_text("Somebody else has changed this in the meantime.")).to_be_visible()
    assert any(one["role"] == name for one in admin.get("/roles")["items"])
    # The page has read it again, and who still wants to, deletes what is there now.
    expect(page.get_by_role("dialog", name="Delete the role Crew of today?")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    assert all(one["role"] != name for one in admin.get("/roles")["items"])


# -- keys and the log


def test_an_api_key_is_shown_once(console, api, tidy):
    name = fresh("key")
    tidy(name)
    page = console("admin", "/keys")
    page.get_by_role("button", name="Create a key").click()
    dialog = page.get_by_role("dialog", name="Create a key")
    dialog.get_by_label("Name").fill(name)
    choose(page, "Add to: Roles", "Viewer")
    dialog.get_by_role("button", name="Create a key").click()
    shown = page.get_by_role("dialog", name=f"The key {name}")
    secret = shown.get_by_role("code").inner_text()
    def answered(status):
        return page.request.get(f"{URL}/api/v1/sites", headers={"Authorization": f"Bearer {secret}"}).status == status

    # The gateway learns of keys, and of their end, a moment later.
    eventually(page, lambda: answered(200))
    shown.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()
    page.reload()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_be_visible()
    assert secret not in page.content()
    row.get_by_role("button", name=f"Revoke {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row).to_be_hidden()
    eventually(page, lambda: answered(401))


def test_the_audit_log_shows_what_was_just_done_before_and_after(console, api, person):
    user = person(["viewer"], phone="+4930444444", skills=["rope access"])
    api("admin").patch(f"/users/{user['id']}", {"skills": ["high voltage"]}, user["version"])
    page = console("admin", f"/audit?resourceType=user&resourceId={user['id']}")
    row = page.get_by_role("row").filter(has_text="Person changed")
    # The log takes the event from the topic, a moment later.
    for _ in range(20):
        if row.count():
            break
        page.reload()
        page.get_by_role("row").first.wait_for()
        page.wait_for_timeout(500)
    expect(row).to_contain_text("Administrator")
    row.click()
    drawer = page.get_by_role("dialog", name="Person changed")
    changes = drawer.get_by_role("region", name="Before and after")
    expect(changes.locator("div").filter(has_text=re.compile("^Skills")).first).to_contain_text("rope access high voltage")
    expect(page).to_have_url(re.compile("entry="))


def test_the_log_is_signed_on_demand(console, api):
    page = console("admin", "/audit?tab=proofs")
    before = len(api("admin").get("/audit/checkpoints?limit=200")["items"])
    page.get_by_role("button", name="Sign now").click()
    expect(page.get_by_text("The log is signed as it is now.")).to_be_visible()
    assert len(api("admin").get("/audit/checkpoints?limit=200")["items"]) == before + 1


def test_the_server_verifies_the_log_and_says_what_it_found(console):
    page = console("admin", "/audit?tab=proofs")
    page.get_by_role("button", name="Sign now").click()
    expect(page.get_by_text("The log is signed as it is now.")).to_be_visible()
    card = page.get_by_role("region", name="Verification")
    card.get_by_role("button", name="Verify now").click()
    expect(card.get_by_text(re.compile(r"^The log is intact: [\d,]+ entries, from "))).to_be_visible(timeout=120_000)
    expect(card.get_by_text(re.compile(r"^The signed states agree up to entry [\d,]+"))).to_be_visible()


def test_a_broken_log_is_told_in_words_and_a_busy_server_is_waited_for(console):
    page = console("admin", "/audit?tab=proofs")
    state = {"droppedEntries": 0, "total": 50_000, "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z", "checkpoint": {"entries": 19_000, "at": "2026-02-01T00:00:00Z", "kid": "k"}}
    part = {**state, "isIntact": True, "entries": 20_000, "lastEntry": 20_000, "nextCursor": "next"}
    fault = {**state, "isIntact": False, "entries": 23_456, "lastEntry": 23_456, "fault": {"kind": "missing", "entry": 23_457, "lastEntry": 23_459}}
    busy = {"type": "about:blank", "title": "Too many requests", "status": 429, "detail": "x", "error": "x", "code": "verification_running"}
    asked = []

    def answer(route):
        asked.append(route.request.url)
        if len(asked) == 2:
            route.fulfill(status=429, headers={"Retry-After": "2", "Content-Type": "application/problem+json"}, body=json.dumps(busy))
        else:
            route.fulfill(json=part if len(asked) == 1 else fault)

    page.route("**/api/v1/audit/verification*", answer)
    card = page.get_by_role("region", name="Verification")
    card.get_by_role("button", name="Verify now").click()
    expect(card.get_by_text("Entry 20,000 of 50,000")).to_be_visible()
    found = card.get_by_role("alert")
    expect(found).to_contain_text("The log is not intact. Missing entries: 23,457–23,459.")
    expect(found).to_contain_text("Up to entry 23,456, each entry agrees with the one before it.")
    expect(found).to_contain_text("The signed states agree up to entry 19,000")
    assert len(asked) == 3 and asked[1] == asked[2] and asked[2].endswith("?cursor=next")


def test_who_has_the_export_and_a_signed_state_proves_that_nothing_was_changed(console, tmp_path):
    page = console("admin", "/audit?tab=proofs", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sign now").click()
    expect(page.get_by_text("The log is signed as it is now.")).to_be_visible()
    page.get_by_role("row").nth(1).get_by_role("button").click()
    state = tmp_path / "checkpoint.json"
    state.write_text(page.evaluate("navigator.clipboard.readText()"), encoding="utf-8")
    page.get_by_role("tab", name="Entries").click()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Lines of JSON").click()
    log = tmp_path / "audit.jsonl"
    download.value.save_as(log)

    def verify():
        command = [tool("dcmms-auth"), "verify-audit", log, "--checkpoint", state, "--key", json.loads(state.read_text(encoding="utf-8"))["kid"]]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    done = verify()
    assert done.returncode == 0, done.stdout + done.stderr
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    third = json.loads(lines[2])
    lines[2] = lines[2].replace(f'"action":"{third["action"]}"', '"action":"NOTHING"')
    log.write_text("".join(lines), encoding="utf-8")
    done = verify()
    assert done.returncode != 0 and "3" in done.stdout + done.stderr


def test_under_a_legal_hold_nobody_is_erased_and_the_page_says_why(console, api, person):
    user = person(["viewer"])
    reason = fresh("hold")
    page = console("admin", "/audit?tab=holds")
    try:
        page.get_by_role("button", name="Place a legal hold").click()
        page.get_by_role("dialog").get_by_label("Reason").fill(reason)
        page.get_by_role("dialog").get_by_role("button", name="Place a legal hold").click()
        expect(page.get_by_role("listitem").filter(has_text=reason)).to_contain_text("In force")
        page.goto(f"{URL}/people/{user['id']}")
        page.get_by_role("button", name="Account").click()
        page.get_by_role("menuitem", name="Erase").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(user["displayName"])
        dialog.get_by_role("button", name="Erase").click()
        expect(dialog.get_by_text("A legal hold is in force: nothing is erased.")).to_be_visible()
        page.goto(f"{URL}/audit?tab=holds")
        held = page.get_by_role("listitem").filter(has_text=reason)
        held.get_by_role("button", name="Release").click()
        page.get_by_role("dialog").get_by_label("Reason").fill("The test is over")
        page.get_by_role("dialog").get_by_role("button", name="Release").click()
        expect(held).to_contain_text("Released")
    finally:
        admin = api("admin")
        for hold in admin.get("/legal-holds?limit=200")["items"]:
            if hold["reason"] == reason and not hold.get("releasedAt"):
                admin.post(f"/legal-holds/{hold['id']}/release", {"reason": "The test is over"})


# -- the own account


def test_ending_all_other_sessions_ends_the_other_browser(console, person):
    user = person(["technician"])
    other = console(user["email"], "/", secret=SECRET)
    expect(other.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    mine = console(user["email"], "/me", secret=SECRET)
    mine.get_by_role("button", name="Sign out all others").click()
    mine.get_by_role("dialog").get_by_role("button", name="Sign out all others").click()
    expect(other.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=30_000)
    expect(mine.get_by_text("This browser", exact=True)).to_be_visible()
    expect(mine.get_by_role("button", name=re.compile("^Sign out (?!all)"))).to_have_count(0)


def test_the_password_is_changed(console, person, context):
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    page.get_by_label("Current password").fill("not the one at all")
    page.get_by_label("New password", exact=True).fill(SECRET[::-1])
    page.get_by_label("New password again").fill(SECRET[::-1])
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("New password", exact=True)).to_have_value(SECRET[::-1])
    page.get_by_label("Current password").fill(SECRET)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The password is changed.")).to_be_visible()
    for secret, works in ((SECRET, False), (SECRET[::-1], True)):
        answer = context().request.post(f"{LOGIN}/api/v1/auth/login", data={"email": user["email"], "password": secret})
        assert answer.ok == works


def test_a_second_factor_is_added_and_its_recovery_codes_are_shown_once(console, person):
    user = person(["viewer"])
    page = console(user["email"], "/me", secret=SECRET)
    page.get_by_role("button", name="Add an authenticator app").click()
    dialog = page.get_by_role("dialog", name="Add an authenticator app")
    secret = dialog.get_by_role("code").inner_text().replace(" ", "")
    dialog.get_by_label("Code", exact=True).fill(totp(secret))
    dialog.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("dialog", name="Your recovery codes")
    expect(codes.get_by_role("listitem")).to_have_count(10)
    # Without the promise to keep them, the dialog stays.
    expect(codes.get_by_role("button", name="Done")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(codes).to_be_visible()
    codes.get_by_label("I keep them in a safe place").check()
    codes.get_by_role("button", name="Done").click()
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()


# -- settings


def test_a_setting_of_the_organization_is_saved_and_put_back(console, api):
    page = console("admin", "/tenant")
    api("admin").patch("/tenant", {"startWindowMinutes": None}, api("admin").get("/tenant")["version"])
    page.reload()
    window = page.get_by_label(re.compile("^Work starts at most"))
    window.fill("90")
    save = page.get_by_role("button", name="Save", exact=True)
    save.click()
    # What is saved is no change any more. It is disabled while it saves, too.
    expect(save).not_to_have_attribute("aria-busy", "true")
    expect(save).to_be_disabled()
    assert api("admin").get("/tenant")["startWindowMinutes"] == 90
    window.fill("")
    save.click()
    expect(save).not_to_have_attribute("aria-busy", "true")
    expect(save).to_be_disabled()
    assert api("admin").get("/tenant").get("startWindowMinutes") is None


def test_an_identity_provider_that_does_not_answer_is_said_in_words(console, api):
    page = console("admin", "/identity-provider")
    page.get_by_label("Kind").select_option("keycloak")
    page.get_by_label("Address of the issuer").fill("http://localhost:9/realms/nobody")
    page.get_by_label("Client ID").fill("dcmms")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Addresses for the provider")).to_contain_text("/callback")
    page.get_by_role("button", name="Test now").click()
    expect(page.get_by_text("The provider can't be used.")).to_be_visible()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No identity provider is set")).to_be_visible()


def test_an_organization_is_created_suspended_and_resumed(console, api):
    name = fresh("tenant")
    page = console("admin", "/tenants")
    page.get_by_role("button", name="Create an organization").click()
    dialog = page.get_by_role("dialog", name="Create an organization")
    dialog.get_by_label("Name of the organization").fill(name)
    dialog.get_by_label("Name of the first administrator").fill("Tilda Tenant")
    dialog.get_by_role("button", name="Create an organization").click()
    expect(dialog.get_by_label("Their e-mail address")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Their e-mail address").fill(f"{name}@console.example")
    dialog.get_by_role("button", name="Create an organization").click()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="Suspend").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("The test needs it")
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(row).to_contain_text("Suspended")
    expect(row).to_contain_text("The test needs it")
    row.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(row).to_contain_text("Active")
    made = next(one for one in api("admin").get("/tenants?limit=200")["items"] if one["name"] == name)
    assert made["isSuspended"] is False
    # Nobody can suspend the organization that they are in.
    expect(page.get_by_role("row").filter(has_text="Demo Renewables").get_by_role("button", name="Suspend")).to_be_disabled()


def test_a_device_tells_how_far_it_has_sent(console, api):
    device = str(uuid.uuid4())
    page = console("technician", f"/devices?device={device}")
    expect(page.get_by_role("region", name="Status of a device")).to_contain_text("Never")
    change = {
        "id": str(uuid.uuid4()), "entity": "work_order", "entityId": str(uuid.uuid4()), "operation": "update", "version": 1,
        "changedAt": "2026-01-01T00:00:00Z", "data": {"title": "What nobody has"},
    }
    api("technician").post("/sync/push", {"deviceId": device, "changes": [change]})
    page.reload()
    expect(page.get_by_role("region", name="Status of a device")).to_contain_text("this minute")


def test_an_administrator_sees_what_became_of_the_changes_of_a_device(console, api):
    device = str(uuid.uuid4())
    order = str(uuid.uuid4())
    technician = api("technician")
    change = {
        "id": str(uuid.uuid4()), "entity": "work_order", "entityId": order, "operation": "update", "version": 1,
        "changedAt": "2026-01-01T00:00:00Z", "data": {"title": "What nobody has"},
    }
    technician.post("/sync/push", {"deviceId": device, "changes": [change]})
    page = console("admin", "/")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Devices and sync").click()
    row = page.get_by_role("row").filter(has_text=device[:8])
    expect(row).to_contain_text("this minute")
    row.get_by_text(device[:8]).click()
    drawer = page.get_by_role("dialog", name=f"Device {device[:8]}")
    expect(drawer).to_contain_text(device)
    # Nobody has the work order: its owner refuses the change, and says why.
    line = drawer.get_by_role("row").filter(has_text=order[:8])
    expect(line).to_contain_text("Refused")
    expect(line.get_by_role("link")).to_have_attribute("href", f"/work-orders/{order}")
    # The address opens the same.
    page.reload()
    expect(page.get_by_role("dialog", name=f"Device {device[:8]}")).to_contain_text("Refused")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


# -- proving again who one is


def test_a_change_that_needs_a_fresh_proof_goes_on_after_it(console, api, tidy):
    """Only the first answer is put in its place: five minutes would have to pass for the server to ask."""
    name = fresh("proof")
    tidy(name)
    page = console("admin", "/keys")
    asked = []

    def ask_once(route):
        if route.request.method != "POST" or asked:
            return route.continue_()
        asked.append(route.request.post_data_json)
        problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "", "code": "step_up_required", "error": ""}
        route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/api/v1/api-keys", ask_once)
    page.get_by_role("button", name="Create a key").click()
    dialog = page.get_by_role("dialog", name="Create a key")
    dialog.get_by_label("Name").fill(name)
    choose(page, "Add to: Roles", "Viewer")
    dialog.get_by_role("button", name="Create a key").click()
    question = page.get_by_role("dialog", name="Confirm that it is you")
    with page.expect_popup() as popup:
        question.get_by_role("button", name="Sign in again").click()
    window = popup.value
    window.locator("input[name=email]").fill(email("admin"))
    window.locator("input[type=password]").fill(password("admin"))
    with window.expect_event("close"):
        window.keyboard.press("Enter")
    if URL != LOGIN:
        # The login has ended at the other address, whose pages can't speak to this one.
        page.context.new_page().goto(f"{URL}/signed-in")
    expect(page.get_by_role("dialog", name=f"The key {name}")).to_be_visible()
    assert asked and [one["name"] for one in api("admin").get("/api-keys")["items"]].count(name) == 1
