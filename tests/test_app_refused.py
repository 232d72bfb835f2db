"""What the volunteers' app says when the server does not simply take what it sends (APP-25 to APP-27).

APP-25 An item that names another team's door, forged or altered on its way, is not taken, and the phone shows which and why.
APP-26 A queue that was sent from another phone already is taken once; this phone says that all is sent, and no more.
APP-27 What was begun after the campaign closed is kept sealed for a lead, and the phone says so; nothing typed is lost.
"""
import json

import pytest
from sqlalchemy import select, update

from campaigns import campaign as campaigns
from campaigns import clock
from campaigns.audit import COMMAND_LINE
from campaigns.store.fieldwork import held_item
from campaigns.store.schema import dwelling
from tests import app_cases, cast
from tests.test_app_offline import field, new_phone, server

__all__ = ["field", "new_phone", "server"]
SYNC = "**/v/app/sync"
SEND = """async (body) => {
  const { csrf } = await (await fetch("/v/app/round")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const { answers } = await (await fetch("/v/app/sync", { method: "POST", headers, body })).json();
  return answers.map((each) => each.status);
}"""


def another_teams_door(here, made):
    theirs, bela = cast.door(here, made, "601"), cast.person(here, made, "volunteer", "贝拉", team="二组")
    with here.store.write() as connection:
        connection.execute(update(dwelling).where(dwelling.c.id == theirs.door_id).values(team_id=bela.user.team_id))
    return theirs.door_id


@pytest.mark.long  # the server's half of each is in test_phone_sync and test_phone_faults
def test_app_25_26_27_what_is_refused_repeated_or_too_late_is_said_on_the_phone_and_nothing_is_lost(
        new_phone, field, alice, installation, campaign):
    theirs = another_teams_door(installation, campaign)
    phone = new_phone().sign_in(alice).ready()
    page = phone.page

    def alter(route):
        body = route.request.post_data_json
        body["items"][0]["door"] = theirs
        route.continue_(post_data=json.dumps(body))
    phone.context.route(SYNC, alter)
    phone.outcome("501", "没人在家")
    phone.record()
    phone.go("#/queue")
    refused = page.locator(".entries > li", has_text="没有收")
    refused.get_by_text("别的工作组").wait_for()  # APP-25
    assert "501" in refused.inner_text() and app_cases.visits(installation) == []
    phone.tap("知道了")
    page.locator(".chip.sent").wait_for()
    phone.context.unroute(SYNC)

    copied = []

    def copy(route):
        copied.append(route.request.post_data)
        route.abort()
    phone.context.route(SYNC, copy)
    phone.outcome("502", "没人在家")
    phone.record()
    phone.go("#/queue")
    page.get_by_text("现在没有网络").wait_for()
    other = new_phone().sign_in(alice)
    assert other.page.evaluate(SEND, copied[-1]) == ["taken"]
    assert other.page.evaluate(SEND, copied[-1]) == ["again"]
    phone.context.unroute(SYNC)
    phone.sent()  # APP-26
    assert [row["dwelling_id"] for row in app_cases.visits(installation)] == [field["502"].door_id]
    assert not page.get_by_text("请看一下").count()

    with installation.store.write() as connection:
        campaigns.close_now(connection, campaign, clock.now(), COMMAND_LINE)
    phone.fill("503", "周桂兰", "3")
    phone.go("#/queue")
    page.locator(".entries > li", has_text="登记表").get_by_text("已存好，等组长处理").wait_for()  # APP-27
    assert "结束" in page.locator(".entries .answer").first.inner_text()
    with installation.store.read() as connection:
        assert sorted(connection.execute(select(held_item.c.kind).where(held_item.c.reason == "closed")).scalars()) == ["form", "visit"]
    assert cast.kept(installation, campaign) == [] and phone.errors == other.errors == []
