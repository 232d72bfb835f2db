"""axe finds nothing on the pages that people use most, in light and in dark. tests/vendor/axe.min.js is axe-core as its makers
publish it (MPL 2.0); it is used by this test only."""
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from campaigns import assignments, clock
from campaigns.audit import COMMAND_LINE
from forms.form import library
from survey.preview import preview_app
from tests import app_cases, cast
from tests.test_browser_journeys import fill, receipt_of, send
from tests.test_form_pages_site import use

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap(
  found => found.nodes.map(node => `${found.id}: ${node.target.join(" ")} ${node.failureSummary.split("\\n")[1] || ""}`))"""


TOO_WIDE_OR_SMALL = """() => {
  const seen = [...document.querySelectorAll("a, button, select, summary, .tick-box")].filter((each) => each.checkVisibility());
  const inWords = (each) => each.closest("p.hint, p.lead, .skip") || each.parentElement.matches("p")
    && each.parentElement.childNodes.length > 1;
  const small = seen.filter((each) => each.getBoundingClientRect().height < 47.5 && !inWords(each));
  const frames = [document.documentElement, ...document.querySelectorAll(".table-frame")];
  const wide = frames.filter((each) => each.scrollWidth > each.clientWidth);
  return [...small.map((each) => `small: ${each.outerHTML.slice(0, 80)}`), ...wide.map((each) => `wide: ${each.className || "page"}`)];
}"""


def found_by_axe(page) -> list[str]:
    """Every violation, in light and in dark."""
    page.evaluate(AXE)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme} {line}" for line in page.evaluate(RUN)]
    return found


def test_axe_finds_nothing_on_what_residents_see(phone, wang_household, li_household, installation, campaign):
    page = phone()
    page.goto(f"/h/{wang_household.code}")
    told = {"landing": found_by_axe(page)}
    page.goto(f"/h/{wang_household.code}/form")
    told["census"] = found_by_axe(page)
    send(page)
    page.locator("#error-summary").wait_for()
    told["census with errors"] = found_by_axe(page)
    page.locator("button[name=_add]").click()
    fill(page, cast.fields(installation, campaign))
    send(page)
    receipt_of(page)
    told["receipt"] = found_by_axe(page)
    use(installation, campaign, library("building-listing")[0])
    page.goto(f"/h/{li_household.code}/form")
    told["a form of several pages"] = found_by_axe(page)
    assert {name: lines for name, lines in told.items() if lines} == {}


def test_axe_finds_nothing_on_what_workers_see_and_nothing_is_too_wide_or_small_to_tap(
        phone, alice, bob, campaign, installation, wang_household):
    app_cases.hand_out_hangers(installation, campaign, alice)
    page, told = phone(), {}
    desk = ("/desk/", "/desk/assign", "/desk/assign?compound=幸福里", "/desk/hangers", "/desk/pay", "/desk/submissions", "/desk/doors",
            "/desk/reports", "/desk/held", "/lead/team")
    for who, paths in ((alice, ("/v/",)), (bob, desk)):
        page.context.clear_cookies()
        page.goto("/sign-in")
        told["sign-in"] = found_by_axe(page)
        page.locator("[name=badge]").fill(who.badge)
        page.locator("[name=pin]").fill(who.pin)
        page.locator("form [type=submit]").last.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        for path in paths:
            page.goto(path)
            told[path] = found_by_axe(page) + page.evaluate(TOO_WIDE_OR_SMALL)
    assert {name: lines for name, lines in told.items() if lines} == {}


def test_axe_finds_nothing_in_the_app_at_its_round_a_door_and_an_outcome(phone, installation, campaign, alice, wang_household):
    with installation.store.write() as connection:
        assignments.assign(connection, campaign, alice.user, [wang_household.door_id], clock.now(), COMMAND_LINE)
    page = phone()
    page.goto("/v/")
    page.get_by_label("工牌码").fill(alice.badge)
    page.get_by_label("PIN").fill(alice.pin)
    page.get_by_role("button", name="登录").click()
    page.locator(".door-row").wait_for()
    told = {"round": found_by_axe(page)}
    for name, where in (("door", f"#/door/{wang_household.door_id}"), ("outcome", f"#/visit/{wang_household.door_id}/nobody_home")):
        page.evaluate("where => { location.hash = where; }", where)
        page.locator(".thumb .button").wait_for()
        told[name] = found_by_axe(page)
    assert {name: lines for name, lines in told.items() if lines} == {}


@pytest.mark.parametrize("key", ["incident-report"])
def test_axe_finds_nothing_on_a_preview_from_first_page_to_check(chromium, key):
    server = make_server("127.0.0.1", 0, preview_app(library(key)[1]), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        told = {"first": found_by_axe(page)}
        page.get_by_role("button", name="下一步").click()
        page.locator("#error-summary").wait_for()
        told["with errors"] = found_by_axe(page)
        assert {name: lines for name, lines in told.items() if lines} == {}
        page.set_content("<html lang=en><title>Page</title><main><img src=x></main></html>")
        assert any("image-alt" in line for line in found_by_axe(page))
    finally:
        context.close()
        server.shutdown()
