"""The pages of a form go on in the browser (TKO-1 to TKO-4 in static/form/takeover.js): taken over, kept, sent, refused."""
import io
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from PIL import Image
from sqlalchemy import select

from campaigns import attachments
from campaigns.store.schema import submission
from forms import browser
from tests import cast
from tests.forms_inline import workbook
from tests.phone_drafts import wait_for_draft
from tests.respondent import Respondent
from tests.runtime_walker import photo
from tests.test_form_pages_site import use

FORM = """
    | type | name | label | hint | constraint | constraint_message | required | appearance |
    | begin_group | about | About | | | | | |
    | text | what | What is it | | | | yes | |
    | date | seen | Seen on | | . <= today() | Not in the future | yes | |
    | end_group | | | | | | | |
    | image | photo | Photo | | | | | |
    | begin_repeat | thing | Things | | | | | |
    | text | title | Title | | | | yes | |
    | integer | number | How many | | | | | |
    | end_repeat | | | | | | | |
    """
DRAFTS = """() => new Promise((resolve) => { const base = indexedDB.open("survey-drafts", 1); base.onsuccess = () => {
    const all = base.result.transaction("drafts").objectStore("drafts").getAll(); all.onsuccess = () => resolve(all.result.length); }})"""
NEXT, SEND = "button[value=next]", "button[value=send]"


@pytest.fixture
def address(installation, campaign, wang_household):
    use(installation, campaign, workbook(survey=FORM))
    return f"/h/{wang_household.code}/form"


def opened(page, address):
    page.goto(address)
    page.mouse.move(5, 300)  # somebody is there
    page.locator("#entry[data-runtime=on]").wait_for()
    return page


def test_a_correction_goes_on_in_the_browser_with_what_is_recorded_and_leaves_no_draft(
        phone, installation, campaign, wang_household, app, address):  # (TKO-5)
    paper = Respondent(app, "en").open(address)
    for fields in ([("q-what", "王小明 𠮷"), ("q-seen", "20200310"), ("_do", "next")], [("_do", "next")], [("_do", "add:2")],
                   [("q-thing-0-title", "Bicycle"), ("_do", "next")], [("_do", "next")], [("_do", "send")]):
        paper.send(fields, action_end="/form")
    receipt = paper.page.xpath("//*[contains(@class, 'number-label')]/following-sibling::*[1]")[0].text_content().strip()
    page = phone(language="en")
    page.goto(f"/h/{wang_household.code}")
    page.get_by_label("Receipt number").fill(receipt)
    page.locator("form[action$='/correct'] button[type=submit]").last.click()
    page.get_by_text("Please check your answers").wait_for()
    page.wait_for_load_state("load")  # the script listens by then
    page.mouse.move(5, 300)
    page.locator("#entry[data-runtime=on]").wait_for()
    page.get_by_role("button", name="中文").click()
    page.get_by_text("请核对一遍，再提交").wait_for()
    page.locator("button[value='go:0']").click()
    assert page.locator("[name=q-seen]").input_value() == "2020-03-10" and page.get_by_text("如 20260308").count() == 1
    page.fill("[name=q-what]", "改过了")
    assert not page.evaluate("async () => (await indexedDB.databases()).filter(({name}) => name === 'survey-drafts').length")
    page.locator("button[value=review]").click()
    page.locator(SEND).click()
    page.get_by_text("原来的回执号也还能用").wait_for()
    assert [row["answers"] for row in cast.kept(installation, campaign)][1] == {
        "what": "改过了", "seen": "2020-03-10", "thing": [{"title": "Bicycle"}]}


def test_a_form_is_taken_over_kept_and_sent_though_the_tab_closes_the_network_fails_and_the_server_refuses(
        phone, installation, campaign, address):
    future = datetime.now(UTC) + timedelta(days=2000)
    page = phone(language="en")
    page.clock.set_fixed_time(future)  # a phone whose clock is wrong
    opened(page, address)
    page.locator(NEXT).click()
    assert page.locator("#error-summary").inner_text().count("Please answer this question") == 2
    page.fill("[name=q-what]", "王小明 𠮷")
    page.fill("[name=q-seen]", (future - timedelta(days=1)).strftime("%Y%m%d"))
    slow_tap(page, NEXT)  # what was wrong is struck off meanwhile, and nothing moves under the finger
    page.set_input_files("[name=q-photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator(".kept-file img").wait_for()
    page.locator(NEXT).click()
    page.locator("button[value^='add:']").click()
    page.fill("[name=q-thing-0-title]", "Stairs")
    page.fill("[name=q-thing-0-number]", "3")
    wait_for_draft(page, "Stairs")
    page.close()

    again = page.context.new_page()  # TKO-2
    again.goto(address)
    assert "kept on this phone today " in again.locator("#draft").inner_text()
    again.get_by_role("button", name="Go on").click()
    assert again.locator("[name=q-thing-0-title]").input_value() == "Stairs"
    assert again.locator(".paged").evaluate("page => getComputedStyle(page).boxShadow") == "none"  # no frame around the whole form
    stranger = phone(language="en")  # INV-4: another phone at the same door
    opened(stranger, address)
    assert stranger.locator("#draft").count() == 0 and stranger.locator("[name=q-what]").input_value() == ""

    again.locator(NEXT).click()
    again.locator("button[value^='copy:']").click()
    again.fill("[name=q-thing-1-number]", "4")
    again.locator(NEXT).click()
    again.locator(NEXT).click()
    again.context.set_offline(True)
    again.locator(SEND).click()
    again.get_by_text("Not sent; perhaps there is no network").wait_for()
    again.context.set_offline(False)
    again.locator(SEND).click()
    again.locator("#error-summary").get_by_role("button", name="Not in the future").click()  # TKO-3
    again.fill("[name=q-seen]", "20260310")
    again.get_by_role("button", name="back to checking").click()
    again.get_by_role("button", name="中文").click()
    again.get_by_role("button", name="提交登记").click()
    again.wait_for_url("**/receipt")

    kept, = cast.kept(installation, campaign)
    name = kept["answers"].pop("photo")
    assert kept["answers"] == {"what": "王小明 𠮷", "seen": "2026-03-10", "thing": [
        {"title": "Stairs", "number": "3"}, {"title": "Stairs", "number": "4"}]}
    picture = picture_of(installation, campaign, name)
    assert picture.size == (800, 1600) and not picture.getexif()
    again.goto(address.removesuffix("/form"))
    assert again.evaluate(DRAFTS) == 0


def slow_tap(page, button):
    """A tap that follows another at once and takes its time."""
    box = page.locator(button).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 4)
    page.evaluate("document.querySelector('.questionnaire').dispatchEvent(new PointerEvent('pointerup'))")
    page.mouse.down()
    page.wait_for_timeout(200)
    assert page.locator(button).bounding_box() == box
    page.mouse.up()


def picture_of(installation, campaign, name):
    key = installation.keyring.campaign(campaign.slug)
    with installation.store.read() as connection:
        number = connection.execute(select(submission.c.id)).scalar_one()
        file = attachments.of_submission(connection, key, number)[name]
    folder = attachments.Folder(installation.settings.attachments / campaign.slug, key)
    return Image.open(io.BytesIO(b"".join(folder.read(file))))


def posted(app, address, xml, **more):
    """What the script sends, without a browser."""
    client = app.test_client()
    hidden = {one.get("name"): one.get("value") for one in html.fromstring(client.get(address).text).xpath("//input[@type='hidden']")}
    files = [(io.BytesIO(content), name) for name, content in more.items()]
    return client.post(address, data={
        "csrf_token": hidden["csrf_token"], "instance": hidden["instance"], "_given": "1",
        "xml_submission_file": (io.BytesIO(xml.encode()), "xml_submission_file"), "file": files}, headers={"Accept-Language": "zh"})


def test_what_is_no_answer_to_this_form_is_refused(app, installation, campaign, address):
    endless = f"<data id='form'>{'<thing/>' * 150_000}</data>"
    for xml in ("<data", "<other id='x'/>", "<!DOCTYPE a><data id='form'/>", endless):
        answer = posted(app, address, xml)
        assert answer.status_code == 400 and "不是这份表的答案" in answer.text
    assert cast.kept(installation, campaign) == []


def test_a_file_that_is_no_picture_and_one_that_did_not_come_are_told_on_the_last_page_with_all_answers(
        app, installation, campaign, address):
    xml = "<data id='form'><about><what>王小明</what><seen>2026-03-10</seen></about><photo>p</photo></data>"
    answer = posted(app, address, xml, p=b"just words")
    assert answer.status_code == 422 and "不是照片" in answer.text and "王小明" in answer.text
    answer = posted(app, address, xml)
    assert answer.status_code == 422 and "已经不在了" in answer.text
    assert cast.kept(installation, campaign) == []


def test_only_pages_that_go_on_in_the_browser_may_run_its_engine(app, installation, campaign, wang_household):
    client, path = app.test_client(), f"/h/{wang_household.code}/form"
    plain = client.get(path)  # the census form stands on one page
    assert "wasm" not in plain.headers["Content-Security-Policy"] and "takeover.js" not in plain.text
    use(installation, campaign, workbook(survey=FORM))
    paged = client.get(path)
    assert "script-src 'self' 'wasm-unsafe-eval'" in paged.headers["Content-Security-Policy"] and "takeover.js" in paged.text
    script = client.get(html.fromstring(paged.text).xpath("//script[@type='module']/@src")[0], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in script.headers["Cache-Control"] and script.headers["Content-Encoding"] == "gzip"
    place = html.fromstring(paged.text).get_element_by_id("runtime")
    assert client.get(place.get("data-xml")).data == browser.for_browser(cast.form(installation, campaign))
    assert client.get("/form/99/" + place.get("data-xml").rsplit("/", 1)[1]).status_code == 404
    assert client.get(place.get("data-xml").replace(".xml", "0.xml")).status_code == 404


def test_nothing_is_fetched_before_somebody_is_there_and_what_was_typed_while_it_came_goes_along(phone, installation, campaign, address):
    page, fetched, held = phone(language="en"), [], []
    page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    page.route("**/xforms-engine.js", lambda route: held.append(route))
    page.goto(address, wait_until="networkidle")
    assert not {"open.js", "xforms-engine.js", "words.json"} & set(fetched)  # TKO-1
    with page.expect_request("**/xforms-engine.js"):
        page.fill("[name=q-what]", "王小明 𠮷")
    page.locator("[name=q-seen]").press_sequentially("20260310")
    page.locator(NEXT).click()
    page.locator(NEXT + "[aria-busy=true]").wait_for()
    held.pop().continue_()
    page.locator("#entry[data-runtime=on] [name=q-photo]").wait_for()
    page.locator("button[value=back]").click()
    assert [page.locator(f"[name=q-{name}]").input_value() for name in ("what", "seen")] == ["王小明 𠮷", "20260310"]

    page.context.set_offline(True)
    page.locator(NEXT).click()
    page.locator(NEXT).click()
    page.locator(NEXT).click()
    page.context.set_offline(False)
    page.locator(SEND).click()
    page.wait_for_url("**/receipt")
    assert cast.kept(installation, campaign)[0]["answers"] == {"what": "王小明 𠮷", "seen": "2026-03-10"}


def test_without_the_engine_the_servers_pages_go_on_with_what_was_typed_and_another_language_is_a_page_of_its_own(phone, address):
    page = phone(language="en")
    page.route("**/xforms-engine.js", lambda route: route.abort())
    page.goto(address)
    page.get_by_role("button", name="中文").click()
    page.wait_for_url("**/form?lang=zh")
    page.fill("[name=q-what]", "王小明")
    page.locator(NEXT).click()
    page.locator("#error-summary").wait_for()
    assert page.locator("[name=q-what]").input_value() == "王小明" and not page.locator("#entry[data-runtime]").count()
    assert page.evaluate(DRAFTS) == 0


EVERY = """
    | type | name | label | appearance | relevant | parameters |
    | begin_group | all | All | | | |
    | select_one l | one | One | | | |
    | select_multiple l | some | Some | | | |
    | select_one many | menu | Menu | minimal | | |
    | rank l | order | Order | | | |
    | range | marks | Marks | | | start=1 end=5 step=1 |
    | acknowledge | ok | Agreed | | | |
    | text | why | Why | multiline | ${one} = 'b' | |
    | time | at | At | | | |
    | geopoint | spot | Spot | | | |
    | end_group | | | | | |
    | text | last | Last | | | |
    """
LIST = "| list_name | name | label |\n" + "\n".join(
    f"| {name} | {code} | {code} |" for name, codes in (("l", "abc"), ("many", "abcdefgh")) for code in codes)


def test_every_kind_of_field_goes_along(phone, installation, campaign, wang_household):
    use(installation, campaign, workbook(survey=EVERY, choices=LIST))
    page, held = phone(language="en"), []
    page.route("**/xforms-engine.js", lambda route: held.append(route))
    page.goto(f"/h/{wang_household.code}/form")
    with page.expect_request("**/xforms-engine.js"):
        page.check("[name=q-one][value=b]")
    page.fill("[name=q-why]", "first\nsecond")
    for box in ("[name=q-some][value=a]", "[name=q-some][value=c]", "[name=q-ok]", "[name=q-marks][value='4']"):
        page.check(box)
    page.select_option("[name=q-menu]", "g")
    for place, code in enumerate("cab"):
        page.locator("[name=q-order]").nth(place).select_option(code)
    page.fill("[name=q-at]", "14:05")
    page.fill("[name=q-spot]", "22.61 114.05")
    held.pop().continue_()
    page.locator(NEXT).click()
    page.locator("#entry[data-runtime=on] [name=q-last]").wait_for()
    page.locator(NEXT).click()
    page.locator(SEND).click()
    page.wait_for_url("**/receipt")
    answers = cast.kept(installation, campaign)[0]["answers"]
    assert answers.pop("at").startswith("14:05")
    assert answers == {"one": "b", "why": "first\nsecond", "some": ["a", "c"], "menu": "g", "order": ["c", "a", "b"], "marks": "4",
                       "ok": "OK", "spot": "22.61 114.05 0.0 0.0"}
