"""The map of the sites: what is drawn below them."""
import base64
import re

from conftest import URL
from playwright.sync_api import expect

# One white point.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANl9ngAAAAABJRU5ErkJggg==")
# Whether the places, and the point halfway between the first two of them, lie on land.
ON_LAND = """map => {
  const lands = [...map.querySelectorAll(".map-land")];
  const middles = [...map.querySelectorAll(".map-place")].map(one => one.getBoundingClientRect()).map(box => [box.x + box.width / 2, box.y + box.height / 2]);
  const between = [0, 1].map(axis => (middles[0][axis] + middles[1][axis]) / 2);
  const lies = ([x, y]) => lands.some(land => land.isPointInFill(new DOMPoint(x, y).matrixTransform(land.getScreenCTM().inverse())));
  return { places: middles.map(lies), between: lies(between) };
}"""


def test_the_sites_lie_on_land_and_the_ocean_between_them_does_not(console):
    page = console("supervisor", "/")
    sites = page.get_by_label("Map of the sites")
    expect(sites.locator(".map-land")).to_be_attached()
    # Colorado and Champagne.
    expect(sites.locator(".map-place")).to_have_count(2)
    assert sites.evaluate(ON_LAND) == {"places": [True, True], "between": False}
    expect(sites.get_by_text("0°", exact=True)).to_be_visible()
    sites.get_by_role("button", name="Further away").click()
    assert sites.evaluate(ON_LAND) == {"places": [True, True], "between": False}


def test_all_sites_are_on_the_low_map_of_a_wall(console):
    page = console("supervisor", "/?wall=1", viewport={"width": 1280, "height": 720})
    sites = page.get_by_label("Map of the sites")
    expect(sites.locator(".map-place")).to_have_count(2)
    # The wall gets its large letters, and so the map its place, a moment later.
    for _ in range(100):
        frame, boxes = sites.bounding_box(), [place.bounding_box() for place in sites.locator(".map-place").all()]
        if len(boxes) == 2 and all(lies_in(frame, box) for box in boxes):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{boxes} are not all in {frame}")


def lies_in(frame, box):
    return all(frame[start] <= box[start] and box[start] + box[length] <= frame[start] + frame[length] for start, length in (("x", "width"), ("y", "height")))


def test_a_map_of_pictures_is_shown_where_one_is_configured(console):
    page = console("supervisor", "/alerts")
    asked = []

    def picture(route):
        asked.append(route.request.url)
        route.fulfill(content_type="image/png", body=PICTURE)

    page.route("**/map.json", lambda route: route.fulfill(json={"tiles": "/pictures/{z}/{x}/{y}.png", "attribution": "© <b>Somebody</b>"}))
    page.route("**/pictures/**", picture)
    page.goto(f"{URL}/")
    sites = page.get_by_label("Map of the sites")
    expect(sites.locator("img.leaflet-tile-loaded").first).to_be_visible()
    assert all(re.fullmatch(rf"{URL}/pictures/\d+/\d+/\d+\.png", url) for url in asked), asked
    # As it stands in the settings, and no markup.
    expect(sites.get_by_text("© <b>Somebody</b>")).to_be_visible()
    expect(sites.locator(".map-grid")).to_have_count(0)
