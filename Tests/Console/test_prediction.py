"""The failure prediction of an asset, by a model that is trained on what the fleet has measured, as `make train` does it.

The model goes into a scoring daemon and a gateway beside those of the fleet, which stays as it is: without a model.
"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

import pytest
from playwright.sync_api import Error as PlaywrightError, expect

from conftest import API, URL, email, password, sign_in
from plant import ROOT, STACK, tool
from test_session import order

ASSET = "INV-2"


def beside(name: str, **settings: str):
    """A daemon of the fleet once more, on a port of its own: the port, and how to end it."""
    pid = (STACK / f".local/run/{name}.run").read_text(encoding="utf-8").split()[0]
    lines = pathlib.Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    environment = dict(line.split("=", 1) for line in lines if line)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [tool(f"dcmms-{name}")], env={**environment, **settings, "HTTP_PORT": str(port)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )

    def end():
        process.terminate()
        process.wait(30)

    return port, end


@pytest.fixture(scope="module")
def model(browser, tmp_path_factory):
    """A model, trained on the fleet's own table. Something has failed in it: there is a corrective work order."""
    folder = tmp_path_factory.mktemp("model")
    context = browser.new_context()
    answer = context.request.post(f"{URL}/api/v1/auth/login", data={"email": email("admin"), "password": password("admin")})
    admin = API(context, answer.json()["accessToken"])
    order(admin)
    for _ in range(100):
        table = context.request.get(f"{URL}/api/v1/predictions/training-set?horizonDays=1", headers=admin._headers).text()
        if {row.rpartition(",")[2] for row in table.splitlines()[1:]} == {"0", "1"}:
            break
        time.sleep(0.1)
    (folder / "features.csv").write_text(table, encoding="utf-8")
    subprocess.run([sys.executable, ROOT / "Services/MLScoring/Training/train.py", folder / "features.csv", "-o", folder / "failure.json"], check=True, timeout=120)
    context.close()
    return folder / "failure.json"


@pytest.fixture(scope="module")
def scored(model, browser):
    """The address of a gateway whose predictions come from the model."""
    port, end_scoring = beside("ml-scoring", ML_MODEL_FILE=str(model))
    # Where the tests have a console of their own, it is that one.
    site = {"GATEWAY_WEB_ROOT": str(ROOT / ".build/web/site")} if "CONSOLE_SITE" in os.environ else {}
    gateway, end_gateway = beside("gateway", GATEWAY_ML_SCORING_URL=f"http://127.0.0.1:{port}", **site)
    context = browser.new_context()
    for _ in range(600):
        try:
            if all(context.request.get(f"http://localhost:{one}/readyz").ok for one in (port, gateway)):
                break
        except PlaywrightError:
            pass
        time.sleep(0.1)
    context.close()
    yield f"http://localhost:{gateway}"
    end_gateway()
    end_scoring()


def test_an_asset_says_how_likely_it_fails_and_what_weighs_most(context, api, scored):
    page = context(locale="en").new_page()
    sign_in(page, "admin")
    asset = next(one for one in api("admin").get("/assets?limit=200")["items"] if one["code"] == ASSET)
    with page.expect_response("**/prediction") as answer:
        page.goto(f"{scored}/assets/{asset['id']}")
    prediction = answer.value.json()
    assert answer.value.ok, prediction
    card = page.get_by_role("region", name="Prediction")
    expect(card).to_contain_text("Probability of a failure within 1 day")
    shown = float(re.search(r"([\d.]+)%", card.locator("strong").inner_text()).group(1))
    assert abs(shown - 100 * prediction["failureProbability"]) < 0.06
    expect(card).to_contain_text(f"model {prediction['model']}")

    factors = card.get_by_role("listitem")
    expect(factors).to_have_count(len(prediction["explanation"]))
    weights = [factor["weight"] for factor in prediction["explanation"]]
    assert len(weights) > 2 and [abs(weight) for weight in weights] == sorted((abs(weight) for weight in weights), reverse=True)
    widths = [factors.nth(index).locator(".plant-bar").bounding_box()["width"] for index in range(len(weights))]
    for index, weight in enumerate(weights):
        expect(factors.nth(index)).to_contain_text("makes a failure more likely" if weight >= 0 else "makes a failure less likely")
        assert abs(widths[index] - max(2, widths[0] * abs(weight / weights[0]))) < 1
    # No feature of our own model is without words.
    expect(card).not_to_contain_text(re.compile("stddev|_"))
