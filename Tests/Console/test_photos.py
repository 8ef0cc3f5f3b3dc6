"""Tasks that ask for a photo or a signature: a picture becomes a file of the work order and the answer, a name signs, and planners ask for both."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import asset, attach, move, now, order, png, sam, technician, title  # noqa: F401
from test_checks import answered, begun, opened, task, tasks

PHOTO = {"title": "Photograph the rating plate", "check": {"kind": "photo"}}
SIGN = {"title": "The customer signs", "check": {"kind": "signature"}}


def picture(name="plate.png"):
    return {"name": name, "mimeType": "image/png", "buffer": png()}


def files(api, one):
    return api.get(f"/workorders/{one['id']}/attachments")["items"]


def test_a_photo_is_taken_uploaded_and_is_the_answer(console, sam):
    one = begun(sam, tasks=[PHOTO])
    page = opened(console, "technician", one, viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    plate = task(page, PHOTO["title"])
    # A phone opens its camera.
    assert plate.locator(".check-photo input[type=file]").first.get_attribute("capture") == "environment"
    assert plate.locator(".check-photo input[type=file]").first.get_attribute("accept") == "image/*"
    with page.expect_file_chooser() as chooser:
        plate.get_by_role("button", name="Take a photo").click()
    chooser.value.set_files(picture())
    expect(plate.get_by_role("link", name="Show plate.png")).to_be_visible()
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    found = eventually(page, lambda: answered(sam, one, PHOTO["title"]))
    [file] = files(sam, one)
    assert found["answer"] == {"attachment": file["id"]}
    assert file["taskId"] == found["id"]
    expect(page.get_by_role("list", name="Story")).to_contain_text("A photo")


def test_a_photo_that_is_there_is_chosen(console, sam, api):
    one = begun(sam, tasks=[PHOTO])
    attach(sam, one, "Before.png", png(colour=(200, 40, 40)))
    attach(sam, one, "Notes.txt", b"Loud.\n", "document")
    page = opened(console, "technician", one)
    plate = task(page, PHOTO["title"])
    there = plate.get_by_role("combobox", name="Or one of the files")
    expect(there.get_by_role("option")).to_have_count(2)
    there.select_option(label="Before.png")
    expect(plate.get_by_role("link", name="Show Before.png")).to_be_visible()
    assert eventually(page, lambda: answered(sam, one, PHOTO["title"]))["answer"]["attachment"] == next(file["id"] for file in files(sam, one) if file["name"] == "Before.png")


def test_an_upload_that_fails_is_tried_again_and_then_answers(console, sam):
    one = begun(sam, tasks=[PHOTO])
    page = opened(console, "technician", one)
    plate = task(page, PHOTO["title"])
    page.route(re.compile("/parts/"), lambda route: route.fulfill(status=400, content_type="application/json", body="{}"), times=1)
    with page.expect_file_chooser() as chooser:
        plate.get_by_role("button", name="Choose a photo").click()
    chooser.value.set_files(picture("plate.png"))
    plate.get_by_role("button", name=re.compile("^(Try again|Retry|Go on)", re.I)).first.click()
    expect(plate.get_by_role("link", name="Show plate.png")).to_be_visible()
    eventually(page, lambda: answered(sam, one, PHOTO["title"]))


def test_somebody_signs_with_their_name(console, sam):
    one = begun(sam, tasks=[SIGN])
    page = opened(console, "technician", one)
    sign = task(page, SIGN["title"])
    expect(sign.get_by_role("button", name="Sign", exact=True)).to_have_attribute("aria-disabled", "true")
    sign.get_by_role("combobox").or_(sign.get_by_role("textbox")).fill("Petra Customer")
    page.keyboard.press("Enter")
    expect(sign).to_contain_text("Petra Customer")
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    assert eventually(page, lambda: answered(sam, one, SIGN["title"]))["answer"] == {"text": "Petra Customer"}


def test_planners_ask_for_photos_and_signatures(console, sam):
    one = order(sam)
    page = opened(console, "supervisor", one)
    for kind, words in (("A photo", "Photograph the rotor"), ("A signature", "The owner signs")):
        page.get_by_role("button", name="With a check…").click()
        dialog = page.get_by_role("dialog", name="New task")
        dialog.get_by_role("textbox", name="Title").fill(words)
        dialog.get_by_role("combobox", name="Asks for").select_option(label=kind)
        dialog.get_by_role("button", name=re.compile("^Add")).last.click()
        expect(dialog).to_have_count(0)
        expect(task(page, words)).to_be_visible()
    assert [found["check"]["kind"] for found in now(sam, one)["tasks"]] == ["photo", "signature"]
