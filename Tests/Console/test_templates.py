"""Templates of work orders: written with their checks, used, written anew while older versions stay, and archived."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, choose_asset, now, order, title  # noqa: F401
from pages import TASKS, texts
from test_checks import opened


@pytest.fixture
def admin(api):
    return api("admin")


def template(api, **fields):
    return api.post("/workorders/templates", {"name": title(), "type": "preventive", "priority": "high", "tasks": TASKS, **fields})


def read(api, one, version=None):
    return api.get(f"/workorders/templates/{one['id']}" + (f"/versions/{version}" if version else ""))


def at(console, one, rest="", person="admin", **options):
    page = console(person, f"/templates/{one['id']}{rest}", **options)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    return page


def line(page, words):
    return page.get_by_role("list", name="Tasks").get_by_role("listitem").filter(has=page.get_by_text(words, exact=True))


@pytest.mark.proof
def test_a_template_is_written_with_its_checks_and_found(console, admin):
    name = title()
    page = console("admin", "/templates")
    expect(page.get_by_role("grid", name="Templates")).to_be_visible()
    page.keyboard.press("c")
    form = page.get_by_role("form", name="New template")
    form.get_by_role("textbox", name="Name").fill(name)
    form.get_by_role("textbox", name=re.compile("^Estimated time")).fill("150")
    new = form.get_by_role("textbox", name="New task")
    for words in ("Lock out", "Tidy up"):
        new.fill(words)
        new.press("Enter")
    form.get_by_role("button", name="With a check…").click()
    dialog = page.get_by_role("dialog", name="New task")
    dialog.get_by_role("textbox", name="Title").fill("Measure the insulation")
    dialog.get_by_role("combobox", name="Asks for").select_option("number")
    dialog.get_by_role("textbox", name=re.compile("^Unit")).fill("MΩ")
    dialog.get_by_role("textbox", name=re.compile("^Lowest")).fill("20")
    dialog.get_by_role("combobox", name=re.compile("Only after")).click()
    dialog.get_by_role("option", name="Lock out").click()
    dialog.get_by_role("button", name="Add task").click()
    expect(line(page, "Measure the insulation")).to_contain_text("A number in MΩ · Passes from 20\u00a0MΩ")
    # Before what it waits for it can't come; the focus goes with it.
    up = form.get_by_role("button", name="Move up: Measure the insulation")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem").nth(1)).to_contain_text("Measure the insulation")
    expect(up).to_be_focused()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    made = read(admin, {"id": page.url.rsplit("/", 1)[1]})
    assert [(task["title"], task["after"]) for task in made["tasks"]] == [("Lock out", []), ("Measure the insulation", [1]), ("Tidy up", [])]
    assert (made["tasks"][1]["check"]["minimum"], made["estimatedMinutes"], made["version"]) == ("20", 150, 1)

    page.get_by_role("navigation", name="Where this page is").get_by_role("link", name="Templates").click()
    page.get_by_role("searchbox", name="Words of the name").fill(name)
    rows = page.get_by_role("row").filter(has_text=name)
    expect(rows).to_contain_text("2 hr 30 min")
    expect(page).to_have_url(re.compile("q="))


@pytest.mark.proof
def test_a_work_order_is_made_from_a_template_and_names_its_version(console, admin):
    name = title()
    one = template(admin, name=name, description="Before summer", requiredSkills=["high voltage"], estimatedMinutes=120)
    page = console("admin", "/work-orders/new")
    form = page.get_by_role("main")
    choose_asset(page, "INV-2")
    form.get_by_role("textbox", name="Title").fill("What I have typed")
    choice = form.get_by_role("combobox", name=re.compile("^Template"))
    choice.fill(name)
    form.get_by_role("option", name=name).click()
    # What is typed stays; the rest is as the template has it.
    expect(form.get_by_role("textbox", name=re.compile("^Description"))).to_have_value("Before summer")
    expect(form.get_by_role("textbox", name="Title")).to_have_value("What I have typed")
    expect(form.get_by_role("combobox", name="Priority")).to_have_value("high")
    expect(form.get_by_role("list", name="Tasks").get_by_role("listitem")).to_have_count(len(TASKS))
    form.get_by_role("combobox", name="Priority").select_option("critical")
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/workorders")) as sending:
        form.get_by_role("button", name="Create").click()
    # What the template says is the server's to copy, of the version that it records.
    assert sorted(sending.value.post_data_json) == ["assetId", "priority", "templateId", "title"]
    expect(page.get_by_role("heading", level=1, name="What I have typed")).to_be_visible()
    made = now(admin, {"id": page.url.rsplit("/", 1)[1]})
    assert (made["templateId"], made["templateVersion"], made["priority"], made["description"], made["requiredSkills"]) == (one["id"], 1, "critical", "Before summer", ["high voltage"])
    assert [task["title"] for task in made["tasks"]] == [task["title"] for task in TASKS]
    # The template goes on; what was made from it does not.
    admin.put(f"/workorders/templates/{one['id']}", {"name": f"{name} anew", "type": "preventive", "priority": "high", "tasks": TASKS[:1]})
    page.reload()
    page.get_by_role("link", name=f"{name}, version 1").click()
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("This is version 1. The newest one, from which work orders are made, is version 2.")
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem")).to_have_count(len(TASKS))
    page.get_by_role("button", name="Show the newest").click()
    expect(page.get_by_role("heading", level=1, name=f"{name} anew")).to_be_visible()
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem")).to_have_count(1)


def test_its_page_leads_to_a_work_order_with_it(console, admin):
    one = template(admin)
    page = at(console, one)
    page.get_by_role("button", name="New work order").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value(one["name"])
    choose_asset(page, "INV-2")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1, name=one["name"])).to_be_visible()
    eventually(page, lambda: "/new" not in page.url)
    assert now(admin, {"id": page.url.rsplit("/", 1)[1]})["templateId"] == one["id"]


@pytest.mark.proof
def test_the_next_version_is_written_and_the_first_one_stays(console, admin):
    one = template(admin)
    page = at(console, one)
    page.keyboard.press("e")
    form = page.get_by_role("form", name="Write a new version")
    form.get_by_role("button", name="Change: Measure the insulation").click()
    dialog = page.get_by_role("dialog", name="Change task")
    dialog.get_by_role("textbox", name=re.compile("^Lowest")).fill("25.5")
    dialog.get_by_role("button", name="Use it").click()
    form.get_by_role("button", name="Remove: Lock out").click()
    form.get_by_role("button", name="Save version").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("is saved as version 2.")
    expect(form).to_have_count(0)
    saved, first = read(admin, one), read(admin, one, 1)
    assert [task["title"] for task in first["tasks"]] == [task["title"] for task in TASKS]
    # Nobody waits for what is gone.
    assert [(task["title"], task["after"]) for task in saved["tasks"]] == [(task["title"], []) for task in TASKS[1:]]
    assert saved["tasks"][1]["check"]["minimum"] == "25.5"
    page.get_by_role("combobox", name="Version").select_option("1")
    expect(line(page, "Lock out")).to_be_visible()
    expect(page.get_by_role("button", name="Write a new version")).to_have_count(0)


def test_two_write_a_version_and_nothing_is_lost(console, admin):
    one = template(admin)
    page = at(console, one, "?edit=1")
    form = page.get_by_role("form", name="Write a new version")
    form.get_by_role("textbox", name=re.compile("^Description")).fill("As I want it")
    form.get_by_role("combobox", name="Priority").select_option("low")
    admin.put(f"/workorders/templates/{one['id']}", {"name": one["name"], "type": "preventive", "priority": "critical", "tasks": TASKS[:1]})
    form.get_by_role("button", name="Save version").click()
    dialog = page.get_by_role("dialog")
    of_priority = dialog.get_by_role("group", name=re.compile("^Priority"))
    expect(of_priority).to_contain_text("Critical")
    expect(of_priority).to_contain_text("Low")
    # What only they have changed is theirs.
    expect(dialog.get_by_role("group", name=re.compile("^Tasks")).get_by_role("radio").first).to_be_checked()
    of_priority.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    saved = read(admin, one)
    assert (saved["version"], saved["priority"], saved["description"], len(saved["tasks"])) == (3, "critical", "As I want it", 1)


def test_somebody_archives_it_while_it_is_edited(console, admin):
    one = template(admin)
    page = at(console, one, "?edit=1")
    form = page.get_by_role("form", name="Write a new version")
    form.get_by_role("textbox", name=re.compile("^Description")).fill("A page of thoughts")
    admin.post(f"/workorders/templates/{one['id']}/archive")
    form.get_by_role("button", name="Save version").click()
    expect(form).to_contain_text("The template is archived. Take it back into use first.")
    expect(form.get_by_role("textbox", name=re.compile("^Description"))).to_have_value("A page of thoughts")
    page.get_by_role("button", name="Take back into use").click()
    expect(page.get_by_role("button", name="Archive")).to_be_visible()
    form.get_by_role("button", name="Save version").click()
    expect(form).to_have_count(0)
    assert read(admin, one)["description"] == "A page of thoughts"


def test_what_is_refused_stays_in_the_form(console, admin):
    taken = template(admin)
    page = console("admin", "/templates/new")
    form = page.get_by_role("form", name="New template")
    form.get_by_role("textbox", name="New task").fill("Lock out")
    form.get_by_role("textbox", name="New task").press("Enter")
    page.get_by_role("button", name="Create").click()
    expect(form).to_contain_text("This is needed.")
    form.get_by_role("textbox", name="Name").fill(taken["name"])
    page.get_by_role("button", name="Create").click()
    expect(form).to_contain_text("Another template has this name.")
    expect(line(page, "Lock out")).to_be_visible()


@pytest.mark.proof
def test_an_archived_template_is_found_there_and_taken_back(console, admin):
    one = template(admin)
    page = at(console, one)
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Take back into use")).to_be_visible()
    expect(page.get_by_role("button", name="New work order")).to_have_count(0)
    expect(page.get_by_role("button", name="Write a new version")).to_have_count(0)
    assert read(admin, one)["isArchived"]
    page.goto(page.url.split("/templates")[0] + f"/templates?q={one['name'].replace(' ', '%20')}")
    expect(page.get_by_role("main")).to_contain_text("No template fits these filters")
    page.get_by_role("radio", name="Archived").click()
    page.get_by_role("link", name=one["name"]).click()
    page.get_by_role("button", name="Take back into use").click()
    expect(page.get_by_role("button", name="New work order")).to_be_visible()
    assert not read(admin, one)["isArchived"]


@pytest.mark.proof
def test_a_work_order_becomes_a_template_without_its_answers(console, admin):
    one = order(admin, tasks=TASKS)
    admin.patch(f"/workorders/{one['id']}/tasks/{one['tasks'][0]['id']}", {"status": "completed", "answer": {"yes": True}})
    page = opened(console, "admin", one)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Save as template").click()
    dialog = page.get_by_role("dialog", name="Save as template")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value(one["title"])
    dialog.get_by_role("combobox", name="Site").select_option(one["siteId"])
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem")).to_have_count(len(TASKS))
    eventually(page, lambda: "/templates/" in page.url)
    made = read(admin, {"id": page.url.rsplit("/", 1)[1]})
    assert (made["siteId"], made["tasks"][1]["after"], made["tasks"][0]["check"]["passes"]) == (one["siteId"], [1], True)


def test_who_may_only_read_templates_is_not_offered_more(console, admin, api):
    one, english = template(admin), texts("en")
    for person in ("supervisor", "technician"):
        may = api(person).get("/auth/me")["permissions"]
        page = console(person, f"/templates/{one['id']}")
        expect(page.get_by_role("main").get_by_text(one["name"], exact=True).or_(page.get_by_text(english["app.not_permitted"], exact=True)).first).to_be_visible()
        if "procedure:manage" not in may:
            expect(page.get_by_role("button", name="Archive")).to_have_count(0)
            expect(page.get_by_role("button", name="Write a new version")).to_have_count(0)
