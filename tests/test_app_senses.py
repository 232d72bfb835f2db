"""What the volunteers' app sees and keeps by: its camera, the clock on the wall, the browser's promise to keep things, and the
browser's word that the network is back (APP-21 to APP-24).

APP-21 The camera reads badge, door and hanger, also where the browser itself cannot read codes (Debian's Chromium cannot).
APP-22 Times are those of the campaign's zone, wherever the phone thinks it is.
APP-23 The browser is asked to keep what the app stores; where it does not promise, the list of what is unsent says so.
APP-24 Background Sync makes an open app send, though nothing else tells it that the network is back.
"""
import shutil
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import qrcode
from PIL import Image, ImageDraw
from sqlalchemy import select

from campaigns import clock
from campaigns.store.schema import code
from tests import app_cases
from tests.app_cases import AppPhone
from tests.test_app_offline import field, new_phone, server

__all__ = ["field", "new_phone", "server"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
WIDTH, HEIGHT = 640, 480


def held_before_the_camera(file, text):
    """A film of one picture: a QR code, as Chromium's pretended camera shows it. Written in place: a running camera sees it change."""
    symbol = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_Q)
    symbol.add_data(text)
    rows, side = symbol.get_matrix(), 8
    picture = Image.new("L", (WIDTH, HEIGHT), 170)
    pen = ImageDraw.Draw(picture)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            at = (120 + x * side, 60 + y * side)
            pen.rectangle((*at, at[0] + side - 1, at[1] + side - 1), fill=30 if dark else 235)
    colour = b"\x80" * (WIDTH * HEIGHT // 2)
    content = b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\nFRAME\n" % (WIDTH, HEIGHT) + picture.tobytes() + colour
    with open(file, "r+b" if file.exists() else "wb") as film:
        film.write(content)


@pytest.fixture
def camera_phone(chromium, server, tmp_path):
    """A phone far from the campaign's time zone, with a camera that films `film`."""
    film = tmp_path / "film.y4m"
    held_before_the_camera(film, "HTTPS://EXAMPLE.COM/MENU")
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=[
        "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}"])
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True,
                                  timezone_id="America/New_York", permissions=["camera"])
    yield AppPhone(context, server.address), film
    browser.close()


def test_app_21_22_a_badge_a_door_and_a_hanger_are_scanned_on_a_phone_with_another_time_zone(
        camera_phone, field, alice, installation, campaign):
    phone, film = camera_phone
    hanger = app_cases.hand_out_hangers(installation, campaign, alice)[0]
    page = phone.page
    phone.tap("扫工牌")
    page.get_by_text("这不是我们的码").wait_for()
    held_before_the_camera(film, f"HTTPS://SURVEY.EXAMPLE.CN/B/{alice.badge}")
    page.wait_for_function("() => document.querySelector('#badge').value !== ''")
    page.get_by_label("PIN").fill(alice.pin)
    phone.tap("登录")
    page.locator(".door-row").first.wait_for()
    phone.ready()
    phone.context.set_offline(True)
    phone.tap("现在回访 0")
    page.get_by_text("这里没有门").wait_for()
    phone.tap("全部 5")

    held_before_the_camera(film, f"HTTPS://SURVEY.EXAMPLE.CN/H/{field['503'].code}")
    phone.tap("扫门上的码", "link")
    page.locator(".app-head h1", has_text="503").wait_for()
    page.get_by_role("link", name="没人在家").click()
    page.get_by_text("明天 19:00").click()
    phone.record()
    phone.outcome("502", "没人在家")
    page.get_by_text("别的时间").click()
    page.get_by_label("自己选时间").fill(f"{clock.now().astimezone(SHANGHAI) + timedelta(days=3):%Y-%m-%d}T08:15")
    phone.record()

    held_before_the_camera(film, f"HTTPS://SURVEY.EXAMPLE.CN/H/{hanger}")
    phone.go("#/hang")
    page.get_by_text("第 2 步").wait_for()
    page.locator(".scan video:not([hidden])").wait_for()
    assert not page.get_by_role("alert").count()  # the hanger is still before the camera: no fault
    held_before_the_camera(film, f"HTTPS://SURVEY.EXAMPLE.CN/H/{field['504'].code}")
    page.get_by_text("挂好了").wait_for()
    phone.context.set_offline(False)
    phone.sent()
    page.get_by_text("服务器已收到的").click()
    at = clock.now().astimezone(SHANGHAI)
    assert any(f"今天 {at - timedelta(minutes=ago):%H:%M}" in page.locator("main").inner_text() for ago in range(3))
    phone.go("#/more")
    page.get_by_text(f"{campaign.closes_at.astimezone(SHANGHAI):%H:%M}").first.wait_for()

    kept = {row["dwelling_id"]: row for row in app_cases.visits(installation)}
    assert kept[field["503"].door_id]["scanned"] and not kept[field["502"].door_id]["scanned"]
    soon, later = (kept[field[room].door_id]["call_back_at"].astimezone(SHANGHAI) for room in ("503", "502"))
    assert (f"{soon:%H:%M}", (soon.date() - at.date()).days) == ("19:00", 1)
    assert (f"{later:%H:%M}", (later.date() - at.date()).days) == ("08:15", 3)
    with installation.store.read() as connection:
        assert connection.execute(select(code.c.dwelling_id).where(code.c.state == "hung")).scalars().all() == [field["504"].door_id]
    assert phone.errors == []


UNSURE = """
window.asked = 0;
navigator.storage.persisted = async () => false;
navigator.storage.persist = async () => { window.asked += 1; return false; };
window.wanted = [];
SyncManager.prototype.register = async function (tag) { window.wanted.push(tag); };
window.told = false;
addEventListener("online", () => { window.told = true; });
"""


def test_app_23_24_a_browser_that_may_forget_is_named_and_one_that_wakes_the_app_makes_it_send(
        new_phone, field, alice, installation):
    phone = new_phone()
    page = phone.page
    phone.context.add_init_script(UNSURE)
    page.reload()
    phone.sign_in(alice).ready()
    session = phone.context.new_cdp_session(page)
    registrations = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    phone.context.route("**/v/app/**", lambda route: route.abort())  # no network, and nothing that will say when it is back
    phone.outcome("501", "没人在家")
    phone.record()
    phone.go("#/queue")
    page.get_by_text("现在没有网络").wait_for()
    page.get_by_text("浏览器没有答应一直保存").wait_for()
    assert page.evaluate("[window.asked > 0, window.wanted.includes('send')]") == [True, True]
    assert app_cases.visits(installation) == []

    phone.context.unroute("**/v/app/**")
    session.send("ServiceWorker.dispatchSyncEvent", {
        "origin": phone.address, "registrationId": registrations[0]["registrationId"], "tag": "send", "lastChance": False})
    page.get_by_text("都发了").first.wait_for()
    assert not page.get_by_text("浏览器没有答应一直保存").count()
    assert [row["outcome"] for row in app_cases.visits(installation)] == ["nobody_home"]
    assert page.evaluate("window.told") is False and phone.errors == []
