"""Permits on paper: what hangs at the place of the work, with what is done and with room for what is not."""
import re

import pytest
from playwright.sync_api import expect

from conftest import eventually
from orders import sam, title  # noqa: F401
from pages import permit, permit_steps
from test_print import COUNTED, printed, section


@pytest.fixture
def admin(api):
    return api("admin")


def approved(admin, sam):  # noqa: F811
    """With a condition, more time, and the first of two locks."""
    one = permit(admin)
    permit_steps(admin, one, "submit")
    sam.post(f"/permits/{one['id']}/transitions/approve", {"reason": "Mind the wind"})
    admin.put(f"/permits/{one['id']}/checklist/1", {"isChecked": True})
    admin.post(f"/permits/{one['id']}/isolations/{one['isolations'][0]['id']}/lock", {"lockNumber": f"L {title()[-8:]}", "tag": "T-1"})
    return admin.get(f"/permits/{one['id']}")


def paper(console, one, **options):
    page = console("admin", "/me", **options)
    page.add_init_script(COUNTED)
    page.goto(re.sub("/me$", f"/permits/{one['id']}/print", page.url))
    eventually(page, lambda: printed(page) == 1)
    return page


def test_all_of_it_is_on_the_sheet(console, admin, sam):  # noqa: F811
    one = approved(admin, sam)
    page = paper(console, one)
    expect(page.get_by_role("heading", level=1)).to_contain_text(one["number"])
    expect(page.get_by_role("article")).to_contain_text(re.compile("Electrical lockout.*Approved", re.S))
    expect(section(page, "Details")).to_contain_text(re.compile("INV-2.*Inverter 7.*Valid from.*Valid until", re.S))
    expect(section(page, "Hazards")).to_contain_text(re.compile("Electricity.*Critical.*Arc-rated suit", re.S))
    expect(section(page, "Checked before work")).to_contain_text(re.compile("✓.*Earthing is in place.*Administrator", re.S))
    points = section(page, "Points of isolation").get_by_role("row")
    expect(points.nth(1)).to_contain_text(re.compile(rf"1\. Breaker Q1.*{one['isolations'][0]['lockNumber']} · T-1.*Administrator", re.S))
    # What is not done has room for a pen: a number, and who has locked, verified and released.
    expect(points.nth(1).locator(".print-line")).to_have_count(2)
    expect(points.nth(2).locator(".print-line")).to_have_count(4)
    expect(section(page, "Protective equipment")).to_contain_text("Gloves")
    expect(section(page, "Decisions and conditions")).to_contain_text(re.compile("Approved.*Sam Supervisor.*Mind the wind", re.S))
    expect(section(page, "Signatures").get_by_role("row")).to_contain_text([re.compile("Name"), re.compile("Issuer.*Sam Supervisor"), re.compile("Holder.*Administrator"), re.compile("Works under it")])
    expect(section(page, "At the end of the work")).to_contain_text("The place is as it was")
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_key_and_the_button_lead_to_it_and_a_link_leads_back(console, admin):
    one = permit(admin)
    page = console("admin", f"/permits/{one['id']}")
    expect(page.get_by_role("heading", level=1, name=one["title"])).to_be_visible()
    page.evaluate(COUNTED)
    page.keyboard.press("p")
    eventually(page, lambda: printed(page) == 1)
    page.get_by_role("link", name="Back to the permit").click()
    page.get_by_role("button", name="Print", exact=True).click()
    eventually(page, lambda: printed(page) == 2)


def test_it_is_dark_on_light_in_the_dark_and_from_right_to_left_in_arabic(console, admin):
    page = paper(console, permit(admin), locale="ar-EG", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
