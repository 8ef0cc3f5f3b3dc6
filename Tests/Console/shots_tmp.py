"""Temporary: looks."""
import os
from conftest import *  # noqa
from orders import *  # noqa
from pages import settle, in_colours

TASKS = [
    {"title": "Lock out and tag", "isMandatory": True, "description": "Key 4 hangs in the control room.\nTry the handle afterwards.", "check": {"kind": "yes_no", "passes": True}},
    {"title": "Look at the fan", "check": {"kind": "choice", "options": ["Good", "Worn", "Broken"], "failing": ["Broken"]}, "after": [1]},
    {"title": "Insulation resistance", "check": {"kind": "number", "unit": "MΩ", "minimum": "20", "maximum": "1000.5"}},
    {"title": "What was found", "check": {"kind": "text"}},
    {"title": "Operating hours", "check": {"kind": "meter", "meter": "Operating hours", "unit": "h"}},
    {"title": "Clean the filter"},
]

def test_shots(console, sam, api):
    out = "/tmp/w1/shots"; os.makedirs(out, exist_ok=True)
    admin = api("admin")
    one = order(admin, tasks=TASKS, type="preventive")
    move(admin, one, "submit")
    for name, kw, scheme in [("light", {}, "light"), ("dark", {}, "dark"), ("arabic", {"locale": "ar-EG"}, "light"), ("phone", {"viewport": {"width": 375, "height": 740}, "has_touch": True, "is_mobile": True}, "light")]:
        page = console("admin", f"/work-orders/{one['id']}", **kw)
        settle(page)
        in_colours(page, scheme)
        page.screenshot(path=f"{out}/order-{name}.png", full_page=True)
