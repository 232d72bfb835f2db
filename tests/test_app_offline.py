"""The volunteers' app in a basement: a day without a network, and what may go wrong while it is sent (APP-5 to APP-12).

Every test compares what lies on the server in the end with what was typed on the phone.
"""
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns import assignments, clock, people, visits
from campaigns.audit import COMMAND_LINE
from campaigns.store.fieldwork import held_item
from campaigns.store.schema import code
from tests import app_cases, cast
from tests.app_cases import PICTURE, STORED, AppPhone, Server

ROOT = Path(__file__).parent.parent
SAID = ("周桂兰", "郑建国", "有电梯，狗很凶", "楼道堵了三轮车", "别敲门，孩子睡了", "502对面")


@pytest.fixture
def field(installation, campaign, alice):
    """Doors 501 to 505 are Alice's; the household's form has three questions and a photo; incidents can be reported."""
    app_cases.use_short_form(installation, campaign)
    app_cases.use_incident_form(installation, campaign)
    doors = {str(room): cast.door(installation, campaign, str(room)) for room in range(501, 506)}
    give(installation, campaign, alice, doors.values())
    return doors


def give(here, made, person, doors):
    with here.store.write() as connection:
        assignments.assign(connection, made, person.user, [each.door_id for each in doors], clock.now(), COMMAND_LINE)


@pytest.fixture
def server(installation, campaign):
    started = Server(installation)
    yield started
    started.stop(kill=True)


@pytest.fixture
def new_phone(chromium, server):
    """`new_phone()`: another phone with the app."""
    opened = []

    def make(language="zh-CN", folder=None, **options):
        settings = {"viewport": {"width": 360, "height": 740}, "locale": language, "has_touch": True,
                    "geolocation": {"latitude": 34.8101, "longitude": 117.3202}, "permissions": ["geolocation"], **options}
        if folder:
            context = chromium.browser_type.launch_persistent_context(
                str(folder), executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"], **settings)
        else:
            context = chromium.new_context(**settings)
        opened.append(context)
        return AppPhone(context, server.address)
    yield make
    for context in opened:
        context.close()


def on_disk(folder):
    """Everything that the browser wrote, as it lies there."""
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


def test_app_5_a_day_without_a_network_comes_through_item_by_item(
        new_phone, server, field, alice, installation, campaign, tmp_path):
    hangers = app_cases.hand_out_hangers(installation, campaign, alice)
    phone = new_phone(folder=tmp_path / "profile").sign_in(alice).ready()
    page, context = phone.page, phone.context
    picture = bytes(page.evaluate(PICTURE))
    context.set_offline(True)

    phone.outcome("501", "没人在家")
    page.get_by_text("明天 19:00").click()
    page.get_by_text("给下次去的人留句话").click()
    page.get_by_text("有狗").click()
    page.get_by_label("备注").fill("别敲门，孩子睡了")
    phone.record()
    phone.outcome("502", "空置")
    page.get_by_text("水电表不走").click()
    phone.record()
    phone.fill("503", "周桂兰", "3", "有电梯，狗很凶", picture)
    phone.open_door("503")
    phone.tap("这里还有一户", "link")
    phone.answer("郑建国", "2")
    hang(phone, hangers[0], "504")
    phone.open_door("502")
    phone.tap("旁边漏了一个门", "link")
    page.get_by_label("房号").fill("502对面")
    phone.tap("加上这个门")
    page.locator(".app-head h1", has_text="502对面").wait_for()
    page.get_by_role("link", name="没人在家").click()
    phone.record()
    phone.go("#/incident")
    page.locator("#photo").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture})
    page.locator(".photo:not([hidden])").wait_for()
    page.get_by_text("消防", exact=True).click()
    page.get_by_label("几个字说明").fill("楼道堵了三轮车")
    phone.tap("发送")
    page.locator(".entries").first.wait_for()
    assert phone.unsent() == 10  # 2 + 2 x (form and visit) + hanger + door + visit + incident
    assert app_cases.visits(installation) == [] and cast.kept(installation, campaign) == []

    phone.reopen()
    page = phone.page
    phone.unlock("000000" if alice.pin != "000000" else "111111")
    page.get_by_text("PIN 不对").wait_for()
    phone.unlock(alice.pin)
    page.locator(".tabs").wait_for()
    assert phone.unsent() == 10
    written = on_disk(tmp_path / "profile")
    assert not [each for each in SAID if each.encode() in written or each.encode("utf-16-le") in written]
    assert alice.pin.encode() not in written

    context.set_offline(False)
    phone.sent()
    assert phone.errors == []
    check_visits(installation, campaign, alice, field)
    check_forms(installation, campaign, alice, field)
    check_the_rest(installation, campaign, field, hangers)
    phone.go("#/tally")
    assert page.locator(".tally b").all_inner_texts()[0] in ("1", "2")
    phone.go("#/more")
    phone.tap("退出登录")
    page.get_by_label(re.compile("工牌码")).wait_for()
    stored = page.evaluate(STORED)
    assert not any(stored["records"].values()), stored


def hang(phone, hanger, room):
    phone.go("#/hang")
    phone.page.get_by_label("输入挂卡上的码").fill(hanger)
    phone.tap("就是这张")
    phone.page.get_by_text("第 2 步").wait_for()
    phone.page.locator("button.door-row", has=phone.page.locator(f".room:text-is('{room}')")).click()
    phone.page.get_by_text("挂好了").wait_for()


def check_visits(here, made, alice, doors):
    kept = {row["dwelling_id"]: row for row in app_cases.visits(here) if row["outcome"] != "completed"}
    first = kept[doors["501"].door_id]
    assert (first["outcome"], first["hints"], first["user_id"], first["scanned"]) == ("nobody_home", ["dog"], alice.user.id, False)
    assert clock.as_said(first["call_back_at"], made.tz)
    with here.store.read() as connection:
        sealed = visits.note_of(connection, here.keyring.campaign(made.slug), first["id"])
    assert sealed["note"] == "别敲门，孩子睡了" and sealed["position"][:2] == [117.3202, 34.8101]
    vacant = kept[doors["502"].door_id]
    assert (vacant["outcome"], vacant["evidence"]) == ("vacant", ["meter_still"])
    done = [row for row in app_cases.visits(here) if row["outcome"] == "completed"]
    assert [(row["dwelling_id"], row["household"]) for row in done] == [(doors["503"].door_id, 1), (doors["503"].door_id, 2)]
    assert len(app_cases.visits(here)) == 5


def check_forms(here, made, alice, doors):
    rows = cast.kept(here, made)
    assert [(row["dwelling_id"], row["household"], row["channel"], row["user_id"]) for row in rows] == [
        (doors["503"].door_id, number, "visit", alice.user.id) for number in (1, 2)]
    first, second = (row["answers"] for row in rows)
    assert (first["contact_name"], first["rooms"], first["remark"]) == ("周桂兰", "3", "有电梯，狗很凶")
    assert (second["contact_name"], second["rooms"]) == ("郑建国", "2")
    assert first["front"] and app_cases.pictures(here, made) == 1


def check_the_rest(here, made, doors, hangers):
    with here.store.read() as connection:
        hung = connection.execute(select(code.c.dwelling_id).where(code.c.kind == "hanger", code.c.state == "hung")).scalars().all()
    assert hung == [doors["504"].door_id]
    [incident] = app_cases.reports(here)
    assert incident["key"] == "incident-report" and app_cases.report_pictures(here) == 1
    answers = app_cases.answers_of(here, made, incident)
    assert (answers["incident_class"], answers["description"]) == ("fire", "楼道堵了三轮车")
    assert answers["position"].startswith("34.8101 117.3202")


@pytest.mark.long
def test_app_6_the_server_goes_down_in_the_middle_and_nothing_is_lost_or_doubled(
        new_phone, server, field, alice, installation, campaign):
    phone = new_phone().sign_in(alice).ready()
    picture = bytes(phone.page.evaluate(PICTURE))
    phone.context.set_offline(True)
    for number, room in enumerate(("501", "502", "503")):
        phone.fill(room, f"住户{room}", str(number + 1), "", picture)
    parts = []
    phone.page.on("request", lambda request: parts.append(request.url) if "/file/" in request.url and request.method == "POST" else None)
    phone.context.set_offline(False)
    phone.go("#/queue")
    phone.page.wait_for_function("() => performance.getEntriesByType('resource').some((each) => each.name.includes('/v/app/'))")
    server.stop(kill=True)
    phone.page.wait_for_timeout(300)
    server.start()
    phone.sent()
    assert phone.page.locator(".entries .answer").all_inner_texts() == []
    assert [row["answers"]["contact_name"] for row in cast.kept(installation, campaign)] == ["住户501", "住户502", "住户503"]
    assert len(app_cases.visits(installation)) == 3 and app_cases.pictures(installation, campaign) == 3
    assert phone.errors == []


def test_app_7_two_phones_at_one_door_give_two_submissions_and_the_later_is_told(
        new_phone, field, alice, installation, campaign):
    bela = cast.person(installation, campaign, "volunteer", "贝拉")
    give(installation, campaign, bela, [field["501"]])
    first, second = new_phone().sign_in(alice).ready(), new_phone().sign_in(bela).ready()
    for phone, name in ((first, "周桂兰"), (second, "周桂兰（第二次）")):
        phone.context.set_offline(True)
        phone.fill("501", name, "3")
    for phone in (first, second):
        phone.context.set_offline(False)
        phone.sent()
    assert [row["answers"]["contact_name"] for row in cast.kept(installation, campaign)] == ["周桂兰", "周桂兰（第二次）"]
    told = second.page.locator(".entries .answer").first
    told.wait_for()
    assert first.page.locator(".entries .answer").count() == 0
    while second.page.get_by_role("button", name="知道了").count():
        second.tap("知道了")
        second.page.wait_for_timeout(200)
    second.page.locator(".chip.sent").wait_for()


def test_app_8_a_revoked_badges_queue_is_held_and_the_phone_says_so(new_phone, field, alice, installation, campaign):
    phone = new_phone().sign_in(alice).ready()
    phone.context.set_offline(True)
    phone.fill("501", "周桂兰", "3")
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    phone.context.set_offline(False)
    phone.go("#/queue")
    phone.page.get_by_text("工牌已停用").first.wait_for(timeout=20_000)
    phone.page.get_by_text("已存好，等组长处理").first.wait_for(timeout=20_000)
    with installation.store.read() as connection:
        assert sorted(connection.execute(select(held_item.c.kind)).scalars()) == ["form", "visit"]
    assert cast.kept(installation, campaign) == []
    phone.tap("退出并清掉")
    phone.page.get_by_label(re.compile("工牌码")).wait_for()


def test_app_9_a_door_given_to_somebody_else_meanwhile_is_taken_and_told(new_phone, field, alice, installation, campaign):
    bela = cast.person(installation, campaign, "volunteer", "贝拉")
    phone = new_phone().sign_in(alice).ready()
    phone.context.set_offline(True)
    phone.fill("501", "周桂兰", "3")
    with installation.store.write() as connection:
        assignments.move(connection, campaign, alice.user, bela.user, [field["501"].door_id], clock.now(), COMMAND_LINE)
    phone.context.set_offline(False)
    phone.sent()
    assert [row["answers"]["contact_name"] for row in cast.kept(installation, campaign)] == ["周桂兰"]
    phone.page.get_by_text("这户门已改由别人负责").first.wait_for()
    phone.go("#/round")
    phone.page.locator(".door-row").first.wait_for()
    phone.page.locator(".door-row", has=phone.page.locator(".room:text-is('501')")).first.wait_for(state="detached", timeout=20_000)


def test_app_10_a_shared_phone_shows_nobody_elses_work_and_unsent_work_waits_for_its_owner(
        new_phone, field, alice, installation, campaign):
    bela = cast.person(installation, campaign, "volunteer", "贝拉")
    give(installation, campaign, bela, [field["505"]])
    phone = new_phone().sign_in(alice).ready()
    phone.context.set_offline(True)
    phone.fill("501", "周桂兰", "3")
    phone.go("#/more")
    phone.tap("退出登录")
    phone.page.get_by_text("2 份没有发出").wait_for()
    phone.tap("只锁上，不退出")
    phone.context.set_offline(False)
    phone.tap("换一个人登录")
    phone.sign_in(bela)
    phone.page.locator(".door-row").first.wait_for()
    assert phone.page.locator(".room").all_inner_texts() == ["505"] and phone.unsent() == 0
    assert cast.kept(installation, campaign) == []
    phone.go("#/more")
    phone.tap("锁上")
    phone.page.get_by_text(alice.user.label, exact=True).click()
    phone.unlock(alice.pin)
    phone.page.locator(".tabs").wait_for()
    phone.sent()
    assert [(row["answers"]["contact_name"], row["user_id"]) for row in cast.kept(installation, campaign)] == [("周桂兰", alice.user.id)]


@pytest.mark.long
def test_app_11_a_new_version_comes_with_the_next_start_and_the_old_queue_goes_out(
        new_phone, server, field, alice, installation, campaign, tmp_path):
    phone = new_phone().sign_in(alice).ready()
    phone.context.set_offline(True)
    phone.fill("501", "周桂兰", "3")
    newer = tmp_path / "newer"
    for package in ("survey", "forms", "campaigns", "exports"):
        shutil.copytree(ROOT / package, newer / package, ignore=shutil.ignore_patterns("__pycache__"))
    script = newer / "survey/static/app/frame.js"
    script.write_text(script.read_text().replace("我的门", "我的新门"))
    server.stop()
    server.start(newer)
    phone.context.set_offline(False)
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/v/').then((each) => each.update())")
    phone.page.get_by_text("有新版本").wait_for(timeout=20_000)
    assert "我的新门" not in phone.page.locator("body").inner_text()
    phone.reopen()
    phone.unlock(alice.pin)
    phone.page.get_by_text("我的新门").first.wait_for()
    phone.sent()
    assert [row["answers"]["contact_name"] for row in cast.kept(installation, campaign)] == ["周桂兰"]


REFUSING = """() => {
  window.realPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""


def test_app_12_a_full_phone_says_so_early_and_keeps_the_form_open(new_phone, server, field, alice, installation, campaign):
    phone = new_phone().sign_in(alice).ready()
    phone.reopen()
    # Chromium says 10 GiB and takes small writes whatever there is, so both answers are put into its mouth
    phone.page.evaluate("() => { navigator.storage.estimate = async () => ({ quota: 80 * 2 ** 20, usage: 30 * 2 ** 20 }); }")
    phone.unlock(alice.pin)
    phone.page.get_by_text("手机只剩 50 MB").wait_for()
    phone.outcome("501", "没人在家")
    phone.page.evaluate(REFUSING)
    phone.tap(re.compile("^记下"))
    phone.page.get_by_text("手机存不下了").wait_for()
    assert phone.page.get_by_role("button", name=re.compile("^记下")).is_visible() and phone.unsent() == 0
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.realPut; }")
    phone.record()
    phone.sent()
    assert [row["outcome"] for row in app_cases.visits(installation)] == ["nobody_home"]


def test_camera_and_position_refused_leave_a_way_on(new_phone, field, alice):
    phone = new_phone(permissions=[])
    phone.page.add_init_script(
        "window.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code']; } };"
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };"
        "navigator.geolocation.watchPosition = (good, bad) => { setTimeout(() => bad({ code: 1 }), 10); return 1; };")
    phone.page.reload()
    phone.sign_in(alice)
    phone.go("#/scan")
    phone.page.get_by_text("打不开摄像头").wait_for()
    phone.page.get_by_label("输入门上的码").fill(field["503"].code)
    phone.tap("打开这户")
    phone.page.locator(".app-head h1", has_text="503").wait_for()
    phone.go("#/round")
    phone.open_door("502")
    phone.page.get_by_text("没有开定位").wait_for()
    phone.outcome("502", "没人在家")
    phone.record()


def test_a_building_head_sees_sheets_and_no_doors_and_what_they_report_arrives(new_phone, field, installation, campaign):
    head = cast.person(installation, campaign, "building_head", "楼长")
    phone = new_phone().sign_in(head).ready()
    assert phone.page.locator(".tabs a").count() == 3 and "挂卡" not in phone.page.locator(".tabs").inner_text()
    assert not phone.page.locator(".door-row").count()
    phone.context.set_offline(True)
    phone.go("#/incident")
    phone.page.get_by_text("治安", exact=True).click()
    phone.page.get_by_label("几个字说明").fill("楼道堵了三轮车")
    phone.tap("发送")
    phone.page.locator(".entries").first.wait_for()
    phone.context.set_offline(False)
    phone.sent()
    [incident] = app_cases.reports(installation)
    assert app_cases.answers_of(installation, campaign, incident)["description"] == "楼道堵了三轮车" and phone.errors == []
