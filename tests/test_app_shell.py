"""The app's own files: how much comes at first, what happens without JavaScript, how the lock behaves (APP-1 to APP-4)."""
import json
import re

import pytest

from campaigns.codes import symbols
from tests.respondent import Respondent
from tests.test_app_offline import field, new_phone, server

__all__ = ["field", "new_phone", "server"]

FIRST_LOAD = 150 * 1024


@pytest.fixture
def empty(phone):
    """A phone with the app open and nobody signed in."""
    page = phone()
    page.goto("/v/")
    page.get_by_label("PIN").wait_for()
    return page


def test_app_1_the_first_load_is_below_150_kib(phone):
    page = phone()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names, sizes = {}, {}
    session.on("Network.responseReceived", lambda event: names.setdefault(event["requestId"], event["response"]["url"]))
    session.on("Network.loadingFinished", lambda event: sizes.setdefault(event["requestId"], event["encodedDataLength"]))
    page.goto("/v/")
    page.get_by_label("PIN").wait_for()
    page.wait_for_load_state("networkidle")
    loaded = {names[each].partition("?")[0].rsplit("/static/")[-1]: size for each, size in sizes.items() if each in names}
    assert "app/main.js" in loaded and "app/app.css" in loaded
    assert not [name for name in loaded if "vendor" in name or name.startswith("form/")]
    print(f"{sum(loaded.values()) / 1024:.1f} KiB in {len(loaded)} files")
    assert sum(loaded.values()) < FIRST_LOAD


def test_app_1_what_the_worker_keeps_at_once_is_below_150_kib_too(app):
    phone = Respondent(app)
    script = phone.open("/v/sw.js").response.get_data(as_text=True)
    at_once, later = (json.loads(re.search(rf"const {name} = (.*);", script).group(1)) for name in ("AT_ONCE", "LATER"))
    sizes = [len(app.test_client().get(path, headers={"Accept-Encoding": "gzip"}).get_data()) for path, _ in at_once]
    assert sum(sizes) < FIRST_LOAD
    assert any("vendor/" in path for path, _ in later) and not any("vendor/" in path for path, _ in at_once)


def test_app_2_the_page_the_worker_and_the_manifest_hold_nothing_of_a_person_or_a_campaign(app, alice, campaign):
    phone = Respondent(app)
    stranger = [phone.open(path).response.get_data() for path in ("/v/", "/v/sw.js", "/v/manifest.webmanifest")]
    phone.sign_in(alice)
    assert [phone.open(path).response.get_data() for path in ("/v/", "/v/sw.js", "/v/manifest.webmanifest")] == stranger
    assert not [each for each in stranger if campaign.title.zh.encode() in each or alice.user.label.encode() in each]


def test_app_2_the_app_can_be_put_on_the_start_screen(app):
    said = json.loads(Respondent(app).open("/v/manifest.webmanifest").response.get_data())
    assert (said["start_url"], said["scope"], said["display"], said["lang"]) == ("/v/", "/v/", "standalone", "zh-Hans")
    for icon in said["icons"]:
        picture = Respondent(app).open(icon["src"]).response
        assert picture.get_data()[:8] == b"\x89PNG\r\n\x1a\n" and picture.mimetype == "image/png"


def test_app_3_without_javascript_the_plain_page_comes_instead(phone, alice):
    page = phone(script=False)
    page.goto("/v/")
    page.wait_for_url("**/sign-in")
    page.get_by_label("工牌码").fill(symbols.grouped(alice.badge))
    page.get_by_label("PIN").fill(alice.pin)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/v/plain")
    assert page.get_by_label("输入门上的码").is_visible()


def test_app_3_a_badge_scanned_with_the_phones_camera_opens_the_app_and_asks_only_for_the_pin(phone, alice, bob):
    page = phone()
    page.goto(f"/B/{alice.badge}")
    page.wait_for_url("**/v/")
    page.get_by_label("PIN").wait_for()
    assert page.get_by_text(symbols.grouped(alice.badge)).is_visible() and not page.get_by_label("工牌码").is_visible()
    assert alice.badge[:4] not in page.url
    page.goto(f"/B/{bob.badge}")
    page.get_by_label("PIN").fill(bob.pin)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/lead/")


VAULT = """async () => {
  const vault = await import("/static/app/vault.js");
  const { Boxes } = await import("/static/app/boxes.js");
  const { get } = await import("/static/app/store.js");
  const said = [];
  const attempt = async (pin, now) => vault.unlock(7, pin, now).then(() => "open", (error) => error.constructor.name);
  const key = await vault.make(7, "V007", "123456");
  const boxes = new Boxes(7, key);
  await boxes.put("draft", "1/1", { name: "王小明" });
  await boxes.put("file", "x.0", new Blob([new Uint8Array([0, 1, 2, 255])]));
  said.push((await boxes.get("draft", "1/1")).name, [...new Uint8Array(await boxes.get("file", "x.0"))].join());
  const now = Date.now();
  for (let i = 0; i < 5; i += 1) said.push(await attempt("000000", now));
  said.push(await attempt("123456", now + 59e3), await attempt("123456", now + 61e3));
  await vault.changePin(7, "123456", "654321");
  said.push(await attempt("123456", now + 61e3), await attempt("654321", now + 61e3));
  const person = await get("people", 7);
  said.push(person.rounds >= 310000, Object.keys(person).sort().join());
  const raw = await get("boxes", [7, "draft", "1/1"]);
  said.push(await new Boxes(7, key).open("draft", { ...raw, id: "2/1" }).then(() => "open", (error) => error.name));
  said.push(key.extractable);
  return said;
}"""


def test_app_4_five_wrong_pins_cost_a_wait_and_nothing_is_lost(empty):
    assert empty.evaluate(VAULT) == [
        "王小明", "0,1,2,255", "WrongPin", "WrongPin", "WrongPin", "WrongPin", "Waiting", "Waiting", "open", "WrongPin", "open",
        True, "id,iv,label,rounds,salt,tries,until,wrapped", "OperationError", False]


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_first_sign_in_without_a_network_says_what_to_do(phone, alice, language):
    page = phone(language=language)
    page.goto("/v/")
    page.get_by_label(re.compile("工牌码|Badge code")).fill(alice.badge)
    page.get_by_label("PIN").fill(alice.pin)
    page.context.set_offline(True)
    page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
    page.get_by_text(re.compile("第一次登录要有网络|The first sign-in needs one")).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_changes_under_a_finger_does_not_take_its_tap(new_phone, server, field, alice):
    driver = new_phone().sign_in(alice)
    driver.open_door("501")
    page = driver.page
    box = page.get_by_role("link", name="没人在家").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.evaluate("owner => new BroadcastChannel('survey-queue-' + owner).postMessage('changed')", alice.user.id)  # as from another tab
    page.wait_for_timeout(400)
    page.mouse.up()
    page.get_by_role("button", name="记下：没人在家").wait_for(timeout=5_000)
