"""The frame of the console: who is signed in, where one is, and whether it is live."""
import re

from playwright.sync_api import expect


def test_the_page_is_live_and_says_who_is_signed_in(console):
    page = console("supervisor")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Live$"))).to_be_visible()
    expect(page.get_by_role("button", name="Supervisor")).to_be_visible()


def test_an_address_that_is_nothing_says_so(console):
    page = console("supervisor", "/no/such/page")
    expect(page.get_by_text("There is no such page")).to_be_visible()


def test_somebody_who_is_not_signed_in_comes_to_the_login_page(context):
    from conftest import URL

    page = context().new_page()
    page.goto(f"{URL}/?x=1")
    expect(page.locator("input[type=password]")).to_be_visible()
