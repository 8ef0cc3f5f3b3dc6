"""Files of a work order: what can be attached is told first, what is interrupted goes on where it was, and what is not known to be harmless is not opened."""
import hashlib
import json
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, attach, move, order, png, technician, title  # noqa: F401
from test_checks import opened

MB = 1 << 20


def file(name, content, kind="application/octet-stream"):
    return {"name": name, "mimeType": kind, "buffer": content}


def pdf(size):
    """A document of that size, other each time."""
    return b"%PDF-1.7\n%" + title().encode() + b"\n" + b"x" * (size - 31) + b"\n"


def attached(api, one):
    return api.get(f"/workorders/{one['id']}/attachments")["items"]


def add(page, *files):
    page.locator(".file-add input[type=file]").set_input_files(list(files))


@pytest.fixture
def admin(api):
    return api("admin")


@pytest.mark.proof
def test_a_photo_is_added_looked_at_and_deleted(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    card = page.get_by_role("region", name="Files")
    # What is possible is told before.
    expect(card).to_contain_text("At most 52.4 MB each")
    add(page, file("Fan before.png", png(), "image/png"), file("Again.png", png(colour=(200, 40, 40)), "image/png"))
    files = page.get_by_role("list", name="Files")
    expect(files.get_by_role("listitem")).to_have_count(2)
    expect(files).to_contain_text("Before the work")
    found = {one["name"]: one for one in attached(admin, one)}
    assert (found["Fan before.png"]["kind"], found["Fan before.png"]["sha256"]) == ("photo", hashlib.sha256(png()).hexdigest())
    # Small pictures are there at once, and larger with a press; arrows lead to the next.
    show = files.get_by_role("button", name="Show Fan before.png")
    eventually(page, lambda: show.locator("img").evaluate("one => one.complete && one.naturalWidth") == 64)
    show.click()
    dialog = page.get_by_role("dialog", name="Fan before.png")
    expect(dialog.get_by_role("img", name="Fan before.png")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog").get_by_role("img", name="Again.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(show).to_be_focused()
    with page.expect_download() as downloading:
        files.get_by_role("link", name="Download Fan before.png").click()
    assert downloading.value.suggested_filename == "Fan before.png"
    with open(downloading.value.path(), "rb") as got:
        assert got.read() == png()
    # Nothing goes by a slip.
    files.get_by_role("button", name="Delete Fan before.png").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    files.get_by_role("button", name="Delete Fan before.png").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(files.get_by_role("listitem")).to_have_count(1)
    assert [one["name"] for one in attached(admin, one)] == ["Again.png"]


def test_a_file_comes_in_parts_and_goes_on_after_an_error(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    content = pdf(3 * MB + 5)
    parts = re.compile(r"/parts/(\d+)$")
    sent = []

    def part(route):
        number = int(parts.search(route.request.url).group(1))
        if number == 3 and len(sent) < 6:
            sent.append(-number)
            return route.abort()
        sent.append(number)
        return route.continue_()

    page.route(parts, part)
    add(page, file("Manual.pdf", content, "application/pdf"))
    card = page.get_by_role("region", name="Files")
    expect(card).to_contain_text("There is no connection to the system.")
    assert attached(admin, one)[0]["state"] == "uploading"
    sent += [0] * 6
    card.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("list", name="Files")).to_contain_text("Manual.pdf")
    # Each part came once.
    assert sorted(number for number in sent if number > 0) == [1, 2, 3, 4]
    [found] = attached(admin, one)
    assert (found["state"], found["kind"], found["size"], found["sha256"]) == ("available", "document", len(content), hashlib.sha256(content).hexdigest())


def test_the_same_file_goes_on_after_the_page_was_loaded_anew(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    content = pdf(2 * MB + 5)
    stops = re.compile(r"/parts/3$")
    page.route(stops, lambda route: route.abort())
    add(page, file("Manual.pdf", content, "application/pdf"))
    card = page.get_by_role("region", name="Files")
    expect(card).to_contain_text("There is no connection to the system.")
    page.reload()
    page.unroute(stops)
    expect(card).to_contain_text("Add the same file again: only what is missing is sent.")
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]) if "/parts/" in request.url else None)
    add(page, file("Manual.pdf", content, "application/pdf"))
    expect(card.get_by_text("Not complete")).to_have_count(0)
    eventually(page, lambda: [found["state"] for found in attached(admin, one)] == ["available"])
    assert asked == ["3"]


def test_what_cannot_be_attached_is_told_at_once(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" and "attachments" in request.url else None)
    add(page, file("empty.txt", b""), file("tool.exe", b"MZ\x90\0\x03\0\0\0"))
    card = page.get_by_role("region", name="Files")
    expect(card).to_contain_text("The file is empty.")
    expect(card).to_contain_text("This type of file can't be attached.")
    assert asked == []
    card.get_by_role("button", name="Close").first.click()
    expect(card.get_by_role("alert")).to_have_count(1)


def test_an_upload_is_cancelled_with_what_has_come(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    stops = re.compile(r"/parts/2$")
    page.route(stops, lambda route: None)
    add(page, file("Manual.pdf", pdf(2 * MB + 5), "application/pdf"))
    progress = page.get_by_role("progressbar", name="Manual.pdf")
    expect(progress).to_have_attribute("aria-valuetext", "1 MB of 2.1 MB")
    page.get_by_role("button", name="Cancel the upload: Manual.pdf").click()
    expect(progress).to_have_count(0)
    eventually(page, lambda: attached(admin, one) == [])


def test_whoever_uploads_much_is_asked_to_wait_and_it_goes_on(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    body = json.dumps({"type": "about:blank", "title": "x", "status": 429, "detail": "x", "code": "rate_limited", "error": "x"})
    page.route(re.compile("/parts/1$"), lambda route: route.fulfill(status=429, content_type="application/problem+json", headers={"Retry-After": "1"}, body=body), times=2)
    add(page, file("notes.txt", b"Two words\n", "text/plain"))
    expect(page.get_by_role("list", name="Files")).to_contain_text("notes.txt")
    assert attached(admin, one)[0]["state"] == "available"


def test_what_is_not_known_to_be_harmless_is_not_opened(console, admin):
    one = order(admin)
    page = opened(console, "admin", one)
    add(page, file("a.png", png(), "image/png"), file("b.png", png(colour=(1, 2, 3)), "image/png"))
    expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(2)
    known = attached(admin, one)
    known[0].update(state="unscanned", finding="clamd does not answer", expiresAt=known[0]["createdAt"], partSize=MB, partCount=1)
    known[1].update(state="infected", finding="Eicar-Test-Signature")
    page.route(re.compile("/attachments$"), lambda route: route.fulfill(json={"items": known}))
    page.reload()
    files = page.get_by_role("list", name="Files")
    expect(files).to_contain_text("Not checked for malware yet")
    expect(files).to_contain_text("Refused: harmful")
    expect(files).to_contain_text("Eicar-Test-Signature")
    expect(files.get_by_role("link")).to_have_count(0)
    expect(files.get_by_role("button", name=re.compile("^Show"))).to_have_count(0)
    expect(files.get_by_role("button", name="Check again")).to_have_count(1)


def test_a_photo_belongs_to_its_task_and_a_closed_work_order_takes_none(console, admin):
    one = order(admin, tasks=[{"title": "Lock out"}], assignedTo=technician(admin)["id"])
    move(admin, one, "submit")
    move(admin, one, "start")
    page = opened(console, "admin", one)
    choosers = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.get_by_role("button", name="Add files to: Lock out").click()
    eventually(page, lambda: len(choosers) == 1)
    choosers[0].set_files([file("lock.png", png(), "image/png")])
    expect(page.get_by_role("list", name="Files of the task: Lock out").get_by_role("link")).to_have_text("lock.png")
    expect(page.get_by_role("list", name="Files", exact=True)).to_contain_text("Task: Lock out")
    [found] = attached(admin, one)
    assert (found["taskId"], found["category"]) == (one["tasks"][0]["id"], "during")
    page.keyboard.press("f")
    eventually(page, lambda: len(choosers) == 2)
    move(admin, one, "cancel", reason="for the test")
    expect(page.get_by_role("button", name="Add files")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete lock.png")).to_have_count(0)
    expect(page.get_by_role("link", name="Download lock.png")).to_be_visible()


def test_a_large_photo_is_small_in_the_list(console, admin):
    one = order(admin)
    if not attach(admin, one, "Large.png", png(1200, 800))["hasThumbnails"]:
        pytest.skip("the stack has no vipsthumbnail")
    page = opened(console, "admin", one)
    show = page.get_by_role("button", name="Show Large.png")
    width = "one => one.complete && one.naturalWidth"
    eventually(page, lambda: show.locator("img").evaluate(width) == 160)
    # With a press, it is all there.
    show.click()
    whole = page.get_by_role("dialog", name="Large.png").get_by_role("img", name="Large.png")
    eventually(page, lambda: whole.evaluate(width) == 1200)


def test_a_picture_that_the_browser_cannot_show_is_downloaded(console, admin):
    one = order(admin)
    attach(admin, one, "broken.png", png(kind=1))
    page = opened(console, "admin", one)
    page.get_by_role("button", name="Show broken.png").click()
    dialog = page.get_by_role("dialog", name="broken.png")
    expect(dialog).to_contain_text("This picture can't be shown here")
    with page.expect_download() as downloading:
        dialog.get_by_role("link", name="Download").click()
    assert downloading.value.suggested_filename == "broken.png"


def test_a_document_is_read_in_a_tab_of_its_own(console, admin):
    one = order(admin)
    attach(admin, one, "Manual.pdf", pdf(2_000), "document")
    page = opened(console, "admin", one)
    with page.expect_popup() as opening:
        page.get_by_role("link", name="Open Manual.pdf in a new tab").click()
    assert opening.value.url.endswith("/content")


def test_whoever_may_not_add_files_is_not_offered_it(console, admin, api):
    one = order(admin)
    sam = api("supervisor")
    may = "attachment:add" in sam.get("/auth/me")["permissions"]
    page = opened(console, "supervisor", one)
    expect(page.get_by_role("region", name="Files")).to_contain_text("There are no files.")
    expect(page.get_by_role("button", name="Add files", exact=True)).to_have_count(1 if may else 0)
