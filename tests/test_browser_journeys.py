"""Real browsers on a real server: what people see, and what is on disk afterwards (INV-1, INV-4)."""
import re

import pytest

from campaigns.codes import symbols
from tests import cast
from tests.cast import LI, WANG

BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


KINDS = """() => Object.fromEntries([...document.querySelectorAll("#entry [name]")].map(
  e => [e.name, e.tagName === "SELECT" ? "select" : e.type]))"""


def fill(page, fields):
    """Tap and type as a person does; questions that are hidden from people are left alone."""
    page.wait_for_load_state()  # before the style is there nothing is visible
    kinds = page.evaluate(KINDS)
    for name, value in fields:
        chosen = f"[value='{value}']" if kinds.get(name) in ("radio", "checkbox") else ""
        field = page.locator(f"[name='{name}']{chosen}")
        if not value or name not in kinds or not field.is_visible():
            continue
        if kinds[name] == "select":
            field.select_option(value)
        elif chosen:
            field.check()
        else:
            field.fill(value)


def add_persons(page, answers):
    for number in range(1, len(answers["person"])):
        page.locator("button[name=_add]").click()
        page.locator(f"[name='q-person-{number}-name']").wait_for()


def send(page):
    page.get_by_role("button", name=re.compile("^(提交登记|Send)$")).click()


@pytest.fixture
def fields(installation, campaign):
    return cast.fields(installation, campaign)


@pytest.fixture
def li_fields(installation, campaign):
    return cast.fields(installation, campaign, LI)


def receipt_of(page):
    page.wait_for_url("**/receipt")
    return page.locator(".number").inner_text()


@BOTH
def test_a_resident_scans_reads_fills_two_persons_and_gets_a_receipt(
        phone, script, wang_household, fields, installation, campaign):
    page = phone(script)
    page.goto(f"/H/{wang_household.code}")
    assert page.get_by_text(campaign.purpose.zh).is_visible()
    page.get_by_role("link", name="开始填写").click()
    add_persons(page, WANG)
    fill(page, fields)
    send(page)
    assert symbols.read(receipt_of(page))
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [WANG]


@BOTH
def test_a_mistake_is_told_beside_the_field_and_mending_it_is_enough(
        phone, script, wang_household, li_fields, installation, campaign):
    page = phone(script)
    page.goto(f"/h/{wang_household.code}/form")
    fill(page, [(name, "很大" if name == "q-area" else value) for name, value in li_fields])
    send(page)
    page.locator("#error-summary").wait_for()
    assert page.locator("[name='q-area']").input_value() == "很大"
    assert page.locator("#q-area-error").is_visible()
    page.locator("[name='q-area']").fill("86.5")
    send(page)
    receipt_of(page)
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [LI]


@BOTH
def test_a_double_tap_makes_one_submission(phone, script, wang_household, li_fields, installation, campaign):
    page = phone(script)
    page.goto(f"/h/{wang_household.code}/form")
    fill(page, li_fields)
    page.get_by_role("button", name="提交登记").dblclick(no_wait_after=True)
    receipt_of(page)
    assert len(cast.kept(installation, campaign)) == 1


def test_reload_and_back_after_sending_make_no_second_submission(
        phone, wang_household, li_fields, installation, campaign):
    page = phone()
    page.goto(f"/h/{wang_household.code}")
    page.get_by_role("link", name="开始填写").click()
    fill(page, li_fields)
    send(page)
    receipt = receipt_of(page)
    page.reload()
    assert receipt_of(page) == receipt
    page.go_back()
    page.wait_for_load_state()
    assert "王" not in page.locator("main").inner_text()
    assert len(cast.kept(installation, campaign)) == 1


@BOTH
def test_the_language_is_switched_in_the_middle_and_what_was_typed_stays(
        phone, script, wang_household, li_fields, installation, campaign):
    page = phone(script)
    page.goto(f"/h/{wang_household.code}/form")
    fill(page, li_fields)
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Send", exact=True).wait_for()
    assert page.locator("[name='q-person-0-name']").input_value() == "赵·买买提"
    send(page)
    page.get_by_text("Recorded. Thank you").wait_for()
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [LI]


def test_inv_4_another_phone_sees_only_that_the_household_is_recorded_and_corrects_with_the_receipt(
        phone, wang_household, li_fields, installation, campaign):
    first = phone()
    first.goto(f"/h/{wang_household.code}/form")
    fill(first, li_fields)
    send(first)
    receipt = receipt_of(first)
    second = phone()
    second.goto(f"/h/{wang_household.code}")
    assert "赵" not in second.content()
    second.get_by_label("回执号").fill(receipt)
    second.get_by_role("button", name="查看并更正").click()
    assert second.locator("[name='q-person-0-name']").input_value() == "赵·买买提"
    second.locator("[name='q-rooms']").fill("5")
    send(second)
    assert receipt_of(second) != receipt
    assert [row["answers"]["rooms"] for row in cast.kept(installation, campaign)] == ["3", "5"]


def test_a_mistyped_code_is_told_before_anything_is_sent(phone, wang_household):
    page = phone()
    page.goto("/h")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    code = symbols.grouped(wang_household.code)
    page.get_by_label("登记码").fill(code[:-1] + ("2" if code[-1] != "2" else "3"))
    page.get_by_role("button", name="打开").click()
    assert page.get_by_text("有一位输错了").is_visible()
    assert "POST" not in sent
    page.get_by_label("登记码").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="打开").click()
    page.wait_for_url(f"**/h/{wang_household.code}")


def test_the_script_and_the_server_agree_about_every_kind_of_code(phone, installation):
    page = phone()
    page.goto("/h")
    good = [symbols.write(number) for number in (0, 1, 2**55 - 1, 987654321012345)]
    typed = [*good, *[symbols.grouped(code).lower() for code in good], good[2].replace("0", "O").replace("1", "l"),
             *[code[:3] + code[4] + code[3] + code[5:] for code in good], *[f"{code[:-1]}U" for code in good], "",
             "王", "０" * 12, *[code + "0" for code in good]]
    assert page.evaluate("codes => codes.map(each => window.surveyCode.read(each).code || null)", typed) == [
        server_reads(each) for each in typed]


def server_reads(typed):
    try:
        return symbols.read(typed)
    except symbols.Mistyped:
        return None


def sign_in_the_plain_way(page, user, script=True):
    """By the page that works without JavaScript; with it, the app is offered first and left aside here."""
    page.goto("/sign-in")
    page.locator("#badge").fill(user.badge)
    page.locator("#pin").fill(user.pin)
    page.locator("main form button.button").click()
    page.wait_for_url(re.compile("/(v|lead)/" if script else "/v/plain$"))
    if script and "/v/" in page.url:
        page.goto("/v/plain")


@BOTH
def test_a_volunteer_signs_in_fills_at_the_door_and_sees_the_tally_grow(
        phone, script, alice, wang_household, li_fields, installation, campaign):
    page = phone(script)
    sign_in_the_plain_way(page, alice, script)
    assert page.locator(".tally b").all_inner_texts() == ["0", "0", "0.00"]
    page.get_by_label("输入门上的码").fill(symbols.grouped(wang_household.code))
    page.get_by_role("button", name="打开").click()
    page.get_by_role("link", name="填写登记表").click()
    fill(page, li_fields)
    send(page)
    assert symbols.read(receipt_of(page))
    assert page.locator(".tally b").all_inner_texts() == ["1", "1", "0.50"]
    [kept] = cast.kept(installation, campaign)
    assert (kept["channel"], kept["user_id"]) == ("visit", alice.user.id)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_nothing_is_wider_than_a_small_phone_and_everything_to_tap_is_big_enough(
        phone, alice, bob, wang_household, language):
    page = phone(language=language)
    for path in ("/", "/h", f"/h/{wang_household.code}", f"/h/{wang_household.code}/form", f"/b/{bob.badge}", "/sign-in"):
        page.goto(path)
        check_phone(page, path)
    for user, paths in ((alice, ("/v/plain", f"/v/door/{wang_household.code}")), (bob, ("/lead/", "/lead/team"))):
        sign_in_the_plain_way(page, user)
        for path in paths:
            page.goto(path)
            check_phone(page, path)
        page.goto(paths[0])
        page.locator(".sign-out button").click()


SMALL = """() => [...document.querySelectorAll(`main button, main select, main .button, main .tile, main .after a, nav a,
  main input:not([type=radio], [type=checkbox], [type=hidden])`)].filter(e => e.offsetParent && !e.classList.contains('first-submit'))
  .map(e => [e.outerHTML.slice(0, 90), Math.round(e.getBoundingClientRect().height)]).filter(e => e[1] < 48)"""


def check_phone(page, path):
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    assert page.evaluate(SMALL) == [], path


def test_no_page_breaks_its_own_content_security_policy(phone, wang_household):
    page = phone()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/h", f"/h/{wang_household.code}", f"/h/{wang_household.code}/form", "/sign-in"):
        page.goto(path)
    assert said == []


CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.seen ? [{ rawValue: window.seen }] : []; }
};
const canvas = document.createElement("canvas");
canvas.getContext("2d").fillRect(0, 0, 9, 9);
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5);
"""


def test_a_volunteer_scans_a_door_with_the_camera_where_the_browser_can(phone, alice, wang_household):
    page = phone()
    page.add_init_script(CAMERA)
    sign_in_the_plain_way(page, alice)
    page.get_by_role("button", name="扫门上的码").click()
    page.evaluate("window.seen = 'https://elsewhere.example/menu'")
    page.get_by_text("这不是门上的码").wait_for()
    page.evaluate(f"window.seen = 'HTTPS://SURVEY.EXAMPLE.CN/H/{wang_household.code}'")
    page.wait_for_url(f"**/v/door/{wang_household.code}")


def test_a_browser_that_cannot_scan_shows_only_the_field(phone, alice):
    page = phone()
    sign_in_the_plain_way(page, alice)
    assert page.get_by_label("输入门上的码").is_visible()
    assert not page.get_by_role("button", name="扫门上的码").is_visible()
