"""Tallies, decisions, pay and hints on their pages: who sees what, what a button does, and every refusal in words."""
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaigns import clock
from campaigns.store.schema import audit, submission
from campaigns.submissions import Entry
from tests import cast
from tests.respondent import Respondent


@pytest.fixture
def yesterday(installation, campaign, alice, wang_household, li_household):
    """Alice recorded two households yesterday; their numbers."""
    with time_machine.travel(clock.now() - timedelta(days=1), tick=False):
        return [visit(installation, campaign, door, alice.user) for door in (wang_household, li_household)]


def visit(here, made, door, user, answers=cast.WANG):
    at = clock.now()
    given = Entry(instance=f"{door.door_id:032x}", form_version_id=1, channel="visit", dwelling_id=door.door_id, answers=answers,
                  persons=len(answers["person"]), filled_at=at, received_at=at, user=user)
    intake = here.intake(made)
    row = intake.prepare(given)
    return here.store.submit(lambda connection: intake.accept(connection, given, row)).id


def at_desk(app, person, language="zh-CN"):
    return Respondent(app, language).sign_in(person)


def reject(page, number, reason="nobody-there", note=""):
    return page.open(f"/desk/entries/{number}").send(reason=reason, note=note, action_end=f"/{number}")


def test_a_supervisor_rejects_with_a_reason_and_the_volunteer_reads_it_in_the_own_tally(app, alice, sue, yesterday):
    volunteer = Respondent(app).sign_in(alice)
    assert "幸福里-3栋-2单元-501" in volunteer.open("/v/tally").text and "1.00 元" in volunteer.text.replace("1.00 ", "1.00 ")
    desk = at_desk(app, sue)
    assert desk.open("/desk/entries").text.count(alice.user.label) >= 2
    page = reject(desk, yesterday[0], note="户主王小明来过电话")
    assert page.status == 200 and "已驳回" in page.text and "没有这一户" in page.text and "户主王小明来过电话" in page.text
    own = volunteer.open("/v/tally").text
    assert "冲销：登记被驳回" in own and "原因：没有这一户" in own and "王小明" not in own and "后来被驳回" in own and "-0.50 元" in own
    assert "恢复登记" in desk.text
    restored = desk.send(reason="true", action_end=f"/{yesterday[0]}")
    assert restored.status == 200 and "有效" in restored.text and "恢复后再计" in restored.text


def test_a_decision_without_a_reason_or_made_already_is_told_on_the_page(app, sue, yesterday):
    desk = at_desk(app, sue)
    assert reject(desk, yesterday[0], "other", "无").status == 422 and "请选一个原因" in desk.text and desk.value("note") == "无"
    assert desk.page.xpath("//input[@name='reason'][@checked]/@value") == ["other"]
    stale = desk.open(f"/desk/entries/{yesterday[0]}").hidden(f"/{yesterday[0]}")
    reject(desk, yesterday[0])
    again = desk.post(f"/desk/entries/{yesterday[0]}", {**stale, "reason": "twice"})
    assert again.status == 409 and "可能别人刚决定过" in again.text


def test_a_lead_sees_the_own_teams_entries_and_decides_nothing(app, installation, campaign, bob, yesterday):
    stranger = cast.person(installation, campaign, "lead", "外组组长", team="二组")
    desk = at_desk(app, bob)
    page = desk.open(f"/desk/entries/{yesterday[0]}")
    assert page.status == 200 and "请找督导员或组织者" in page.text and "驳回登记" not in page.text
    token = desk.open("/desk/flags").page.xpath("//input[@name='csrf_token']/@value")
    assert desk.post(f"/desk/entries/{yesterday[0]}", {"csrf_token": token or "x", "reason": "twice"}).status == 403
    other = at_desk(app, stranger)
    assert other.open(f"/desk/entries/{yesterday[0]}").status == 404
    assert "没有符合的登记" in other.open("/desk/entries").text and "艾丽丝" not in other.open("/desk/pay").text
    assert desk.open("/desk/entries/999").status == 404


def test_entries_are_found_by_work_number_day_and_state(app, alice, sue, yesterday):
    desk = at_desk(app, sue)
    reject(desk, yesterday[0])
    assert "501" in desk.open("/desk/entries?rejected=1").text and "502" not in desk.text
    assert "没有符合的登记" in desk.open("/desk/entries?who=V999").text
    assert "没有符合的登记" in desk.open("/desk/entries?day=2020-01-01").text
    assert "502" in desk.open(f"/desk/entries?who={alice.user.label.lower()}").text


def test_the_organiser_looks_at_a_period_closes_it_and_takes_the_same_sheet_twice(app, installation, campaign, oscar, yesterday):
    desk = at_desk(app, oscar)
    look = desk.open("/desk/pay").send(last_day=desk.value("last_day"), action_end="/close")
    assert look.status == 200 and "1.00" in look.text and "艾丽丝" in look.text and "关账后这张表不能再改" in look.text
    done = desk.send(action_end="/close")
    assert done.url == "/desk/pay" and "第 1 期" in done.text and "1.00 元" in done.text
    sheets = [desk.open("/desk/pay/1.xlsx").response for _ in range(2)]
    assert sheets[0].data == sheets[1].data and sheets[0].data.startswith(b"PK")
    assert 'filename="pay-c1-1.xlsx"' in sheets[0].headers["Content-Disposition"]
    assert desk.open("/desk/pay/1.xlsx.minisig").response.data.startswith(b"untrusted comment")
    with installation.store.read() as connection:
        taken = connection.execute(select(audit.c.actor).where(audit.c.action == "pay.sheet-taken")).scalars().all()
    assert taken == [f"organiser:{oscar.user.label}"] * 2


@pytest.mark.parametrize("day, said", [("2020-01-01", "这一期从"), ("2999-01-01", "还没有过完"), ("昨天", "看不懂")])
def test_a_period_that_cannot_be_closed_is_told_beside_the_field(app, oscar, yesterday, day, said):
    desk = at_desk(app, oscar)
    page = desk.open("/desk/pay").send(last_day=day, action_end="/close")
    assert page.status in (409, 422) and said in page.text and page.value("last_day") == day


def test_figures_that_changed_since_the_look_are_shown_again_before_anything_is_closed(app, installation, campaign, oscar, yesterday):
    desk = at_desk(app, oscar)
    desk.open("/desk/pay").send(last_day=desk.value("last_day"), action_end="/close")
    page = desk.post("/desk/pay/close", {**desk.hidden("/close"), "confirmed": "1:50"})
    assert page.status == 409 and "刚才数字变了" in page.text
    assert "还没有关过账" in desk.open("/desk/pay").text and desk.open("/desk/pay/1.xlsx").status == 404


def test_only_the_organiser_may_close_or_take_a_sheet(app, sue, bob, yesterday):
    for person in (sue, bob):
        desk = at_desk(app, person)
        assert "先看这一期" not in desk.open("/desk/pay").text and "艾丽丝" in desk.text
        assert desk.open("/desk/pay/1.xlsx").status == 403


def test_hints_are_listed_looked_at_and_change_no_pay(app, installation, campaign, alice, bob, sue):
    at = clock.now()
    with time_machine.travel(at, tick=False) as travel:
        for room in range(601, 606):
            travel.shift(5)
            visit(installation, campaign, cast.door(installation, campaign, str(room)), alice.user)
    desk = at_desk(app, bob)
    page = desk.open("/desk/flags")
    assert "登记得太快" in page.text and "还有 5 份登记没有比对过" in page.text
    page = desk.send(compare="1", action_end="/flags")
    assert "答案雷同" in page.text and "有 2 个人同时登记在 5 户" in page.text
    count = len(page.page.xpath("//section[@class='flag']"))
    form = page.page.xpath("//section[@class='flag']//form")[0]
    fields = {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}
    page = desk.post("/desk/flags", {**fields, "verdict": "fine", "note": "一次问了五户"})
    assert f"还没人看过（{count - 1}）" in page.text and "看过，没问题" in page.text and "一次问了五户" in page.text
    assert desk.post("/desk/flags", {**fields, "flag": "speed:V999:x", "verdict": "fine"}).status == 404
    assert desk.post("/desk/flags", {**fields, "verdict": "fine", "note": "长" * 401}).status == 422
    assert "2.50" in at_desk(app, sue).open("/desk/pay").text
    with installation.store.read() as connection:
        assert len(connection.execute(select(submission.c.id)).all()) == 5


@pytest.mark.parametrize("path", ["/desk/entries", "/desk/pay", "/desk/flags"])
def test_the_desk_speaks_english_too(app, sue, yesterday, path):
    page = at_desk(app, sue, "en-GB").open(path)
    assert page.status == 200 and not any("\u4e00" <= symbol <= "\u9fff" for symbol in page.page.findtext(".//h1"))
