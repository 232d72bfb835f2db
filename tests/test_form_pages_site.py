"""A campaign's own form: set by the organiser, filled by residents and volunteers on real pages, tried out before."""
import json
import re
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from forms.form import FormError, library
from forms.language import Refusal
from survey.preview import preview_app
from tests import cast
from tests.form_walker import Browser, Http, Walker, is_done
from tests.forms_inline import workbook
from tests.respondent import Respondent
from tests.runtime_walker import Runtime
from tests.test_cli import NEW, survey

__all__ = ["survey"]
FIVE = ["incident-report", "building-listing", "fire-inspection", "stairwell-sheet", "spot-recheck"]
ROOT = str(Path(__file__).parent.parent)
SMALL = """
    | type | name | label |
    | time | seen | Seen |
    | text | what | What |
    """


def use(installation, campaign, data, name="form", **files):
    with installation.store.write() as connection:
        return form_versions.use_workbook(connection, campaign.id, data, name, clock.now(), COMMAND_LINE,
                                      {name.replace("__", "."): content for name, content in files.items()})


def at_receipt(tree):
    return bool(tree.xpath("//*[contains(@class, 'number-label')]"))


@pytest.mark.parametrize("key", ["incident-report", "stairwell-sheet"])
def test_a_resident_fills_a_campaigns_own_form_and_gets_a_receipt(installation, campaign, wang_household, app, key):
    use(installation, campaign, library(key)[0])
    walker = Walker(Http(app, f"/h/{wang_household.code}/form"), at_receipt).walk()
    kept = cast.kept(installation, campaign)
    assert len(kept) == 1 and walker.pages > 3
    assert kept[0]["answers"]["building"] == "王小明 𠮷"


def test_a_volunteer_fills_a_campaigns_own_form_under_the_work_number(installation, campaign, wang_household, app, alice):
    use(installation, campaign, library("incident-report")[0])
    phone = Respondent(app)
    phone.sign_in(alice)
    driver = Http(app, f"/h/{wang_household.code}/form")
    driver.client, driver.path = phone.client, f"/v/door/{wang_household.code}/form"
    driver.answer = driver.client.get(driver.path)
    Walker(driver, at_receipt).walk()
    assert cast.kept(installation, campaign)[0]["answers"]["username"] == alice.user.label


def test_a_page_sent_with_an_old_token_loses_nothing(installation, campaign, wang_household, app):
    use(installation, campaign, workbook(survey=SMALL))
    path = f"/h/{wang_household.code}/form"
    page = Respondent(app).open(path)
    page.post(path, {**page.hidden("/form"), "csrf_token": "old", "q-what": "typed", "_do": "next"})
    assert page.status == 200 and "typed" in page.text
    page.post(path, {**page.hidden("/form"), "csrf_token": "old", "_do": "send"})
    assert page.status == 400 and "typed" in page.text
    page.send([("_do", "send")], action_end="/form")
    assert cast.kept(installation, campaign)[0]["answers"]["what"] == "typed"


def test_switching_the_language_keeps_what_was_typed(installation, campaign, wang_household, app):
    use(installation, campaign, workbook(survey=SMALL))
    page = Respondent(app).open(f"/h/{wang_household.code}/form")
    page.send([("q-what", "typed"), ("_language", "en")], action_end="/form")
    assert page.value("q-what") == "typed" and "Part 1 of 2" in page.text


def test_a_household_that_is_recorded_corrects_a_form_of_several_pages(installation, campaign, wang_household, app):
    use(installation, campaign, workbook(survey=SMALL))
    page = Respondent(app, "en").open(f"/h/{wang_household.code}/form")
    page.send([("q-what", "first"), ("_do", "next")], action_end="/form").send([("_do", "send")], action_end="/form")
    receipt = page.page.xpath("//*[contains(@class, 'number-label')]/following-sibling::*[1]")[0].text_content().strip()
    page.open(f"/h/{wang_household.code}").send(receipt=receipt, action_end="/correct")
    assert "first" in page.text
    page.send([("_do", "go:0")], action_end="/form").send([("q-what", "second"), ("_do", "review")], action_end="/form")
    page.send([("_do", "send")], action_end="/form")
    assert [row["answers"]["what"] for row in cast.kept(installation, campaign)] == ["first", "second"]


def test_what_was_sent_keeps_its_form_when_a_new_one_comes(installation, campaign, wang_household, app):
    first = use(installation, campaign, workbook(survey=SMALL), "one")
    page = Respondent(app).open(f"/h/{wang_household.code}/form")
    use(installation, campaign, workbook(survey=SMALL + "| text | more | More |"), "two")
    page.send([("q-what", "begun before"), ("_do", "next")], action_end="/form")
    assert "begun before" in page.text or page.value("q-what") == "begun before"
    with installation.store.read() as connection:
        number, newest = form_versions.household_form(connection, campaign.id)
        assert newest.digest != first.digest
        assert form_versions.form_of(connection, number - 1).digest == first.digest


def test_a_workbook_that_is_in_use_is_not_set_twice(installation, campaign):
    data = workbook(survey=SMALL)
    use(installation, campaign, data)
    use(installation, campaign, data)
    with installation.store.read() as connection:
        assert form_versions.household_form(connection, campaign.id)[0] == 2


def test_a_workbook_that_was_replaced_needs_a_new_version(installation, campaign):
    data = workbook(survey=SMALL)
    use(installation, campaign, data)
    use(installation, campaign, workbook(survey=SMALL + "| text | more | More |"))
    with pytest.raises(Refusal, match="new version"):
        use(installation, campaign, data)


@pytest.mark.parametrize("survey_sheet, reason", [
    ("| type | name | label |\n| text | a b | A |", "name"),
    ("| type | name | label |\n| select_one_from_file towns.csv | town | Town |", "towns.csv"),
    ("| type | name | label |\n| note | n | Read |", "asks nothing"),
])
def test_a_form_that_cannot_be_used_is_refused_and_the_campaign_keeps_its_own(installation, campaign, survey_sheet, reason):
    with pytest.raises((Refusal, FormError), match=reason):
        use(installation, campaign, workbook(survey=survey_sheet))
    with installation.store.read() as connection:
        assert form_versions.household_form(connection, campaign.id)[1].key == "housing-census"


def test_the_command_line_sets_a_form(survey, tmp_path):
    survey(*NEW)
    (tmp_path / "mine.xlsx").write_bytes(workbook(survey=SMALL))
    done = survey("campaign", "form", "set", "mine.xlsx", "--campaign", "c1", "--json", PYTHONPATH=ROOT)
    assert done.returncode == 0 and json.loads(done.stdout)["form"] == "mine"
    (tmp_path / "bad.xlsx").write_bytes(workbook(survey="| type | name | label |\n| texte | a | A |"))
    refused = survey("campaign", "form", "set", "bad.xlsx", "--campaign", "c1", PYTHONPATH=ROOT)
    assert refused.returncode == 1 and "row 2" in refused.stderr


def test_the_command_line_serves_a_form_for_trying_out(tmp_path):
    (tmp_path / "mine.xlsx").write_bytes(workbook(survey=SMALL))
    server = subprocess.Popen([Path(sys.executable).with_name("survey"), "form", "preview", "mine.xlsx", "--port", "0"], cwd=tmp_path,
                              stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin", "SURVEY_LANGUAGE": "en",
                                                                      "PYTHONUNBUFFERED": "1", "PYTHONPATH": ROOT})
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        assert b"q-what" in urllib.request.urlopen(address, timeout=20).read()
    finally:
        server.terminate()
        server.wait(20)
    assert not (tmp_path / "instance").exists()


def test_form_check_tells_what_a_page_cannot_do(survey, tmp_path):
    (tmp_path / "mine.xlsx").write_bytes(workbook(survey="| type | name | label |\n| geotrace | way | Way |"))
    told = survey("form", "check", "mine.xlsx", "--json", PYTHONPATH=ROOT)
    assert told.returncode == 0
    assert "no map to draw on" in json.loads(told.stdout)["pages"][0]["cause"]["en"]


@pytest.fixture
def tried(chromium):
    """`tried(key, script, language)`: a phone at the preview of a bundled form."""
    servers, contexts = [], []

    def make(key, script=True, language="zh-CN"):
        server = make_server("127.0.0.1", 0, preview_app(library(key)[1]), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context(viewport={"width": 360, "height": 740}, locale=language, java_script_enabled=script)
        servers.append(server)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page, f"http://127.0.0.1:{server.server_port}/"
    yield make
    for context in contexts:
        context.close()
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize("key", [key if key in ("fire-inspection", "incident-report") else pytest.param(key, marks=pytest.mark.long)
                                 for key in FIVE])
def test_a_form_is_filled_from_first_to_last_question_in_a_browser(tried, key):
    page, address = tried(key)
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    Walker(Browser(page, address), is_done).walk()
    assert broken == []


class Sending(Runtime):
    def send(self, fields, button):
        super().send(fields, button)
        self.page.locator("button[value=send][aria-disabled=true]").wait_for(state="detached")


def test_a_preview_goes_on_in_the_browser_to_the_answers_that_would_be_kept(tried):
    page, address = tried("fire-inspection", language="en")
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(address)
    page.keyboard.press("Shift")
    page.locator("#entry[data-runtime=on]").wait_for()
    walker = Walker(Sending(page), lambda tree: bool(page.locator("#done").count())).walk()
    assert broken == [] and page.url == address
    shown = page.locator("main").inner_text()
    assert "王小明 𠮷" in shown and walker.seen["q-building"] == ["王小明 𠮷"]


def test_questions_that_follow_appear_at_once_with_script(tried):
    page, address = tried("incident-report")
    page.goto(address)
    page.locator("[name=q-incident_class][value=fire]").check()
    kind = page.locator("[name=q-incident_kind]").first
    kind.wait_for()
    assert page.url == address and page.locator("[name=q-incident_class][value=fire]").is_checked()


def test_what_is_typed_while_questions_are_fetched_stays(tried):
    page, address = tried("incident-report")
    page.goto(address)
    page.locator("[name=q-position]").fill("22.61 114.05")
    page.locator("[name=q-incident_class][value=fire]").check()
    page.locator("[name=q-incident_kind]").first.wait_for()
    assert page.locator("[name=q-position]").input_value() == "22.61 114.05"


def test_the_phones_position_is_filled_in(tried):
    page, address = tried("incident-report")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 35.1, "longitude": 117.2, "accuracy": 8})
    page.goto(address)
    page.get_by_role("button", name="使用手机现在的位置").click()
    page.get_by_text("误差约 8 米").wait_for()
    assert page.locator("[name=q-position]").input_value() == "35.1000000 117.2000000 0.0 8.0"
