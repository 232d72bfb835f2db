"""The app at full size: 300 doors, 100 filled forms, 50 photos on one phone (APP-13). Prints what it measures; run by
`make check-long`."""
import time

import pytest

from campaigns import assignments, clock
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import dwelling
from tests import app_cases, cast
from tests.app_cases import PICTURE, AppPhone, Server

OPENING = """async (ids) => {
  const times = [];
  for (const id of ids) {
    location.hash = "#/round";
    await new Promise((done) => setTimeout(done, 1200));
    const begun = performance.now();
    document.querySelector(`a.door-row[href="#/door/${id}"]`).click();
    while (!document.querySelector(".outcomes")) await new Promise((done) => requestAnimationFrame(done));
    times.push(performance.now() - begun);
  }
  return times;
}"""
ROUND = """async () => {
  location.hash = "#/more";
  await new Promise((done) => setTimeout(done, 300));
  const begun = performance.now();
  location.hash = "#/round";
  while (document.querySelectorAll(".door-row").length < 300) await new Promise((done) => requestAnimationFrame(done));
  return performance.now() - begun;
}"""


def many_doors(here, made, person, count):
    at = clock.now()
    with here.store.write() as connection:
        connection.execute(dwelling.insert(), [{
            "campaign_id": made.id, "door": f"幸福里|{each // 60 + 1}|{each // 20 % 3 + 1}|{each}", "compound": "幸福里",
            "building": f"{each // 60 + 1}栋", "unit": f"{each // 20 % 3 + 1}单元", "room": str(each // 2 % 10 + 1) + f"{each:03d}",
            "community": "龙泉社区", "extra": {}, "digest": "", "walk": each, "added_at": at} for each in range(count)])
        ids = list(connection.execute(dwelling.select().order_by(dwelling.c.id)).scalars())
        assignments.assign(connection, made, person.user, ids, at, COMMAND_LINE)
    return ids


@pytest.fixture
def loaded(chromium, installation, campaign, alice):
    """Alice's phone with 300 doors, ready for a day without a network."""
    app_cases.use_short_form(installation, campaign)
    ids = many_doors(installation, campaign, alice, 300)
    server = Server(installation)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True)
    yield AppPhone(context, server.address).sign_in(alice).ready(), ids
    context.close()
    server.stop()


@pytest.mark.long
def test_app_13_a_door_opens_at_once_from_a_round_of_300(loaded):
    phone, ids = loaded
    phone.context.new_cdp_session(phone.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times = sorted(phone.page.evaluate(OPENING, ids[5:205:20]))
    print(f"a door at 4x CPU: median {times[len(times) // 2]:.0f} ms, worst {times[-1]:.0f} ms; "
          f"the round of 300: {phone.page.evaluate(ROUND):.0f} ms")


@pytest.mark.long
def test_app_13_a_hundred_forms_and_fifty_photos_leave_one_phone(loaded, alice, installation, campaign):
    phone, ids = loaded
    picture = bytes(phone.page.evaluate(PICTURE))
    phone.context.set_offline(True)
    for place, each in enumerate(ids[:100]):
        phone.go(f"#/form/{each}/1")
        phone.answer(f"住户{place}", str(place % 9 + 1), "", picture if place % 2 else None)
    assert phone.unsent() == 200
    phone.reopen()
    phone.unlock(alice.pin)
    phone.page.locator(".tabs").wait_for()
    phone.context.set_offline(False)
    begun = time.monotonic()
    phone.sent(timeout=300_000)
    print(f"100 forms, 100 visits and 50 photos in {time.monotonic() - begun:.1f} s")
    assert [row["answers"]["contact_name"] for row in cast.kept(installation, campaign)] == [f"住户{place}" for place in range(100)]
    assert len(app_cases.visits(installation)) == 100 and app_cases.pictures(installation, campaign) == 50
    assert phone.errors == []
