"""The volunteers' app on an awkward day: a wrong clock, a slow network, a busy server, two tabs, a colleague's half-filled form, a
neighbour who answers (APP-14 to APP-20).

APP-14 A phone whose clock is wrong says so; what it records has the right time on the server.
APP-15 A form that a colleague began is gone on with after the doors were handed over.
APP-16 After three days of trying, a finished form can say that a neighbour or the building head answered.
APP-17 A hanger is known by the number printed on it.
APP-18 Two tabs send everything once.
APP-19 A server that says `later` is asked again, nothing is lost; on a slow network the number of what is unsent is right meanwhile.
APP-20 What the browser keeps for work without a network holds nothing of a person, and is gone after the last one signed out.
"""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns import assignments, clock
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import code
from survey.app import create_app
from tests import app_cases, cast, visit_cases
from tests.app_cases import STORED
from tests.phone_cases import Phone
from tests.test_app_offline import field, give, new_phone, server

__all__ = ["field", "new_phone", "server"]
AHEAD = """(() => {
  const Right = Date, wrong = 3 * 864e5;
  window.Date = class extends Right {
    constructor(...given) { if (given.length) super(...given); else super(Right.now() + wrong); }
    static now() { return Right.now() + wrong; }
  };
})()"""
BUSY = """() => {
  const real = window.fetch;
  window.asked = 0;
  window.fetch = async (path, options) => {
    if (!String(path).endsWith("/sync") || window.asked++ > 0) return real(path, options);
    const { items } = JSON.parse(options.body);
    return new Response(JSON.stringify({ now: new Date().toISOString(), answers: items.map(({ id }) => ({ id, status: "later" })) }),
      { headers: { "Content-Type": "application/json" } });
  };
}"""
IN_CACHES = """async () => {
  let all = "";
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) all += request.url + await (await cache.match(request)).text();
  }
  return all;
}"""


@pytest.fixture
def begun(field, alice, installation, campaign):
    """Bela was at 501 on three days, began the form there, and fell ill: Alice has what was Bela's."""
    bela = cast.person(installation, campaign, "volunteer", "贝拉")
    give(installation, campaign, bela, [field["501"]])
    for days in (2.9, 1.9, 0.9):
        at = clock.now() - timedelta(days=days)
        visit_cases.record(installation, campaign, bela.user, visit_cases.new(field["501"].door_id, at=at))
    phone = Phone(create_app(installation), bela)
    draft = phone.draft(cast.form(installation, campaign), {"contact_name": "周桂兰"}, field["501"].door_id)
    assert phone.one(draft)["status"] == "taken"
    with installation.store.write() as connection:
        assignments.hand_over(connection, campaign, bela.user, alice.user, clock.now(), COMMAND_LINE)
    return bela


def slow(phone, latency=800, bytes_a_second=20_000):
    phone.context.new_cdp_session(phone.page).send("Network.emulateNetworkConditions", {
        "offline": False, "latency": latency, "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second})


def test_an_awkward_day_comes_through_once_and_with_the_right_times(
        new_phone, begun, field, alice, installation, campaign):
    app_cases.hand_out_hangers(installation, campaign, alice)
    with installation.store.read() as connection:
        number = connection.execute(select(code.c.serial).where(code.c.kind == "hanger").order_by(code.c.serial)).scalars().first()
    phone = new_phone()
    phone.context.add_init_script(AHEAD)
    phone.page.reload()
    phone.sign_in(alice).ready()
    page = phone.page
    page.get_by_text("手机的时间不对").wait_for()  # APP-14
    phone.context.set_offline(True)

    phone.open_door("501")
    page.locator(".thumb .button").click()
    page.get_by_label("联系人").wait_for()
    assert page.get_by_label("联系人").input_value() == "周桂兰"  # APP-15
    page.get_by_text("邻居或楼长代答").click()
    phone.page.set_viewport_size({"width": 360, "height": 420})  # the keyboard is up
    phone.answer("周桂兰", "3")
    phone.page.set_viewport_size({"width": 360, "height": 740})
    phone.open_door("502")
    assert not page.get_by_text("邻居或楼长代答").count()
    phone.outcome("502", "没人在家")
    page.get_by_text("明天 19:00").click()
    phone.record()
    phone.go("#/hang")
    page.get_by_label("输入挂卡上的码或编号").fill(str(number))  # APP-17
    phone.tap("就是这张")
    page.locator("button.door-row", has=page.locator(".room:text-is('504')")).click()
    page.get_by_text("挂好了").wait_for()
    page.locator(".chip", has_text="4 份没发").wait_for()

    page.evaluate(BUSY)  # APP-19
    sent = []
    phone.context.on("request", lambda request: sent.extend(
        each["id"] for each in request.post_data_json["items"]) if request.url.endswith("/sync") else None)
    phone.context.set_offline(False)
    phone.go("#/queue")
    page.get_by_text("服务器正忙").wait_for()
    assert phone.unsent() == 4 and sent == []
    slow(phone)
    tab = phone.context.new_page()  # APP-18
    tab.goto(f"{phone.address}/v/")
    tab.get_by_label("PIN").fill(alice.pin)
    tab.get_by_role("button", name=re.compile("^打开")).click()
    phone.tap("现在发送")
    page.get_by_text(re.compile("^✓ 都发了$|^都发了$")).first.wait_for()
    tab.locator(".chip:not(.waits)").wait_for()
    assert page.locator(".entries .answer", has_text="手机的时间不对").is_visible()
    phone.tap("知道了")
    assert len(sent) == len(set(sent)) == 4
    tab.close()

    [row] = cast.kept(installation, campaign)
    assert row["answers"]["contact_name"] == "周桂兰" and abs(row["filled_at"] - clock.now()) < timedelta(minutes=5)  # APP-14
    seen = {each["outcome"]: each for each in app_cases.visits(installation) if each["user_id"] == alice.user.id}
    assert seen["completed"]["proxy"] and not seen["nobody_home"]["proxy"]  # APP-16
    tomorrow = clock.now() + timedelta(days=1)
    assert abs(seen["nobody_home"]["call_back_at"] - tomorrow) < timedelta(days=1)
    with installation.store.read() as connection:
        hung = connection.execute(select(code.c.dwelling_id).where(code.c.serial == number, code.c.state == "hung")).scalar()
    assert hung == field["504"].door_id

    kept = page.evaluate(IN_CACHES)  # APP-20
    assert "/v/" in kept and not [each for each in ("周桂兰", alice.user.label, campaign.title.zh, field["501"].code) if each in kept]
    slow(phone, 0, -1)
    phone.go("#/more")
    phone.tap("退出登录")
    page.get_by_label(re.compile("工牌码")).wait_for()
    stored = page.evaluate(STORED)
    assert not any(stored["records"].values()), stored
    assert phone.errors == []
