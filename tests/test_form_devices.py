"""The questions that ask a phone for more than typing, in the form runtime: strokes, a recording, a film, a code, a way walked; and a
form filled by keyboard alone."""
import io
import re

import pytest
from PIL import Image

from forms.submission import from_xml
from tests import runtime_walker as runtime
from tests.forms_inline import form as form_of

DEVICES = form_of("""
    | type | name | label | appearance |
    | image | signed | Signature | signature |
    | audio | said | Recording | |
    | video | seen | Film | |
    | barcode | meter | Meter | |
    | geotrace | way | Way | |
    | select_one yes | sure | Sure? | |
    """, choices="| list_name | name | label |\n| yes | y | Yes |\n| yes | n | No |")
BYTES = "async (name) => [...new Uint8Array(await window.sent.files[name].arrayBuffer())]"


@pytest.fixture
def page(chromium):
    page = runtime.blank_page(chromium, locale="en-GB", permissions=["geolocation"],
                              geolocation={"latitude": 34.81, "longitude": 117.32, "accuracy": 8})
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    page.context.close()


def forward(page, stop):
    """Next, until `stop` is on the page."""
    for _ in range(8):
        if page.locator(stop).count():
            return
        page.locator("button[value=next]").click()
        page.wait_for_timeout(50)
    raise AssertionError(page.locator("main").inner_text())


def test_strokes_a_recording_a_film_a_typed_code_and_a_way_walked_are_handed_over(page):
    assert runtime.open_form(page, DEVICES, "en") == ""
    forward(page, "canvas.drawing")
    canvas = page.locator("canvas.drawing")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 90, steps=5)
    page.mouse.up()
    page.get_by_text(re.compile("Kept|kept")).first.wait_for()
    for name, kind, ending in (("said", "audio/webm", "webm"), ("seen", "video/mp4", "mp4")):
        forward(page, f"[name=q-{name}]")
        page.set_input_files(f"[name=q-{name}]", {"name": f"a.{ending}", "mimeType": kind, "buffer": b"made-up " + name.encode()})
        page.locator(".kept-file audio" if name == "said" else ".kept-file video").wait_for()
    forward(page, "[name=q-meter]")
    assert page.evaluate("!('BarcodeDetector' in window)") == (page.get_by_role("button", name="Scan").count() == 0)
    page.fill("[name=q-meter]", "A-0042")
    forward(page, "[name=q-way]")
    for number, (north, east) in enumerate(((34.81, 117.32), (34.82, 117.32), (34.82, 117.33)), 1):
        page.context.set_geolocation({"latitude": north, "longitude": east, "accuracy": 8})
        page.locator(".device button:not([hidden])").first.click()
        page.wait_for_function("count => document.querySelector('[name=q-way]').value.split('\\n').filter(Boolean).length === count",
                               arg=number)
    page.locator(".shape svg circle").nth(2).wait_for()
    assert page.locator(".shape svg circle").count() == 3 and page.locator(".shape svg polyline").count() == 1
    forward(page, "button[value=send]")
    heights = page.evaluate("[...document.querySelectorAll('.answered-head button')].map((each) => each.getBoundingClientRect().height)")
    assert heights and min(heights) >= 48
    page.locator("button[value=send]").click()
    raw = from_xml(DEVICES, runtime.sent(page).encode())
    assert raw["meter"] == "A-0042"
    assert [[float(part) for part in point.split()[:2]] for point in raw["way"].split(";")] == [
        [34.81, 117.32], [34.82, 117.32], [34.82, 117.33]]
    assert bytes(page.evaluate(BYTES, raw["said"])) == b"made-up said" and bytes(page.evaluate(BYTES, raw["seen"])) == b"made-up seen"
    drawn = Image.open(io.BytesIO(bytes(page.evaluate(BYTES, raw["signed"])))).convert("L")
    assert drawn.size == (800, 400) and drawn.getextrema()[0] < 60 < 250 < drawn.getextrema()[1]
    assert page.problems == []


def test_a_form_is_filled_and_sent_by_keyboard_alone(page):
    asked = form_of("""
        | type | name | label | required |
        | text | who | Who | yes |
        | select_one yes | sure | Sure? | yes |
        | integer | rooms | Rooms | |
        """, choices="| list_name | name | label |\n| yes | y | Yes |\n| yes | n | No |")
    assert runtime.open_form(page, asked, "en") == ""

    def tab_to(what):
        for _ in range(30):
            if page.evaluate("what => document.activeElement.matches(what)", what):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way to {what} by keyboard: " + page.locator("main").inner_text())

    typed = {"who": "Zhou", "sure": " ", "rooms": "3"}
    for _ in range(6):
        for name in [name for name in typed if page.locator(f"[name=q-{name}]").count()]:
            tab_to(f"[name=q-{name}]")
            keys = typed.pop(name)
            page.keyboard.press("Space") if keys == " " else page.keyboard.type(keys)
        button = "send" if page.locator("button[value=send]").count() else "next"
        tab_to(f"button[value={button}]")
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        if button == "send":
            break
    raw = from_xml(asked, runtime.sent(page).encode())
    assert raw == {"who": "Zhou", "sure": "y", "rooms": "3"} and page.problems == []
