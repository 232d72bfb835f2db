"""The desk of field work: who goes where, doors to review, doors by status."""
import uuid

import pytest

from campaigns import assignments, clock, missed
from campaigns.audit import COMMAND_LINE
from campaigns.visits import NewVisit
from survey.desk import menu
from tests import cast, visit_cases
from tests.respondent import Respondent


@pytest.fixture
def doors(installation, campaign, alice, wang_household, li_household):
    """Two doors of building 3, Alice's team's; one of another compound, nobody's."""
    other = cast.door(installation, campaign, "101", compound="龙泉花园")
    with installation.store.write() as connection:
        assignments.to_team(connection, campaign, [wang_household.door_id, li_household.door_id], alice.user.team_id, clock.now(),
                            COMMAND_LINE)
    return [wang_household.door_id, li_household.door_id, other.door_id]


def held(installation, campaign, who):
    with installation.store.read() as connection:
        return sorted(connection.execute(assignments.held_by(campaign.id, who.user.id)).scalars())


def values(page, name="place"):
    return page.page.xpath(f"//input[@name='{name}']/@value")


def visit(installation, campaign, who, door, outcome, **fields):
    at = clock.now()
    given = NewVisit(item=uuid.uuid4().hex, dwelling_id=door, outcome=outcome, at=at, received_at=at, **fields)
    return visit_cases.record(installation, campaign, who.user, given)


def add(installation, campaign, who, copy_of, room, note=""):
    new = missed.NewDoor(uuid.uuid4().hex, copy_of, room, clock.now(), note=note)
    key = installation.keyring.campaign(campaign.slug)
    return installation.store.submit(lambda connection: missed.add(connection, installation.server, campaign, key, who.user, new)).door


def test_an_organiser_gives_areas_to_teams_and_a_lead_buildings_to_people(app, installation, campaign, alice, bob, oscar, doors):
    desk = Respondent(app)
    desk.sign_in(oscar)
    page = desk.open("/desk/assign")
    assert "幸福里" in page.text and "龙泉花园" in page.text and len(values(page)) == 2
    page = desk.send([("place", values(page)[0]), ("place", values(page)[1]), ("team", str(bob.user.team_id)), ("step", "team")],
                     action_end="/desk/assign")
    assert "已换组：1 户" in page.text  # the other two had it already

    lead = Respondent(app)
    lead.sign_in(bob)
    assert values(lead.open("/desk/assign?level=grid")) == []  # a lead gives nothing to teams
    page = lead.open("/desk/assign?compound=幸福里")
    chosen = [("place", values(page)[0]), ("person", alice.user.label)]
    assert "V001 新增 2 户" in lead.send([*chosen, ("step", "give")], action_end="/desk/assign").text
    assert "V001 新增 0 户" in lead.send([*chosen, ("step", "give")], action_end="/desk/assign").text
    assert "V001（2）" in lead.open("/desk/assign?compound=幸福里").text
    assert held(installation, campaign, alice) == doors[:2]
    assert "从 V001 收回 2 户" in lead.send([*chosen, ("step", "take")], action_end="/desk/assign").text
    assert held(installation, campaign, alice) == []


@pytest.mark.parametrize("sent", [
    [("step", "give"), ("person", "V001")], [("step", "give"), ("place", "{}"), ("person", "")], [("step", "dance"), ("place", "{}")],
    [("step", "give"), ("place", "[1]"), ("person", "V001")], [("step", "team"), ("place", '{"salary": 1}'), ("team", "1")]])
def test_nothing_or_nonsense_chosen_is_said_and_changes_nothing(app, installation, campaign, alice, oscar, doors, sent):
    desk = Respondent(app)
    desk.sign_in(oscar).open("/desk/assign?compound=幸福里")
    page = desk.send(sent, action_end="/desk/assign")
    assert page.status == 422 and "没有选中" in page.text
    assert held(installation, campaign, alice) == []


def test_a_lead_cannot_move_people_of_another_team(app, installation, campaign, alice, bob, doors):
    erin = cast.person(installation, campaign, "volunteer", "艾琳", team="二组")
    lead = Respondent(app)
    page = lead.sign_in(bob).open("/desk/assign?compound=幸福里")
    assert erin.user.label not in page.text
    page = lead.send([("place", values(page)[0]), ("person", erin.user.label), ("step", "give")], action_end="/desk/assign")
    assert page.status == 403 and "只能调整自己组" in page.text
    lead.open("/desk/assign?compound=幸福里")
    page = lead.send([("place", values(lead)[0]), ("team", "none"), ("step", "team")], action_end="/desk/assign")
    assert page.status == 403


def test_everything_of_whoever_leaves_is_handed_over(app, installation, campaign, alice, bob, doors):
    dave = cast.person(installation, campaign, "volunteer", "戴夫")
    with installation.store.write() as connection:
        assignments.assign(connection, campaign, alice.user, doors[:2], clock.now(), COMMAND_LINE)
    lead = Respondent(app)
    lead.sign_in(bob).open("/desk/assign")
    page = lead.send(of=alice.user.label, to=dave.user.label, action_end="/hand-over")
    assert "V001 的 2 户门、0 份草稿、0 张卡已移交给 V002" in page.text
    assert (held(installation, campaign, alice), held(installation, campaign, dave)) == ([], doors[:2])
    assert lead.open("/desk/assign").send(of="", to="", action_end="/hand-over").status == 422


def test_a_lead_reviews_new_doors_and_several_households(app, installation, campaign, alice, bob, doors):
    kept, ended, doubled = (add(installation, campaign, alice, doors[0], room, note="木门") for room in ("503", "504", "505"))
    visit(installation, campaign, alice, doors[1], "split", household=2)
    lead = Respondent(app)
    page = lead.sign_in(bob).open("/desk/doors")
    assert "新发现的门，请核对（3）" in page.text and "木门" in page.text and "一门多户，请核对（1）" in page.text

    token = page.value("csrf_token")

    def decide(step, door, **more):
        return lead.post("/desk/doors", {"csrf_token": token, "step": step, "door": door.id, **more})

    assert "已保留" in decide("keep", kept).text and "已注销" in decide("end", ended).text
    assert "没有要核对的" in decide("keep", kept).text
    assert decide("merge", doubled).status == 400  # into which one?
    assert "已合并" in decide("merge", doubled, into=doors[0]).text
    page = lead.open("/desk/doors")
    assert "新发现的门" not in page.text and "一门多户" in page.text
    assert "幸福里-3栋-2单元-503" in page.text and "2单元-504" not in page.text


def test_doors_are_listed_by_status_and_compound_a_page_at_a_time(app, installation, campaign, alice, bob, sue, doors, monkeypatch):
    visit(installation, campaign, alice, doors[0], "nobody_home", hints=("evenings",))
    desk = Respondent(app)
    page = desk.sign_in(sue).open("/desk/doors")
    assert "还没去 2" in page.text and "再去 1" in page.text
    page = desk.open("/desk/doors?status=call_back")
    assert "3栋-2单元-501" in page.text and "单元-101" not in page.text
    assert "单元-101" in desk.open("/desk/doors?compound=龙泉花园").text and "单元-501" not in desk.text
    lead = Respondent(app)
    assert "龙泉花园" not in lead.sign_in(bob).open("/desk/doors").text  # not the team's
    monkeypatch.setattr("campaigns.door_lists.PAGE", 2)
    following = desk.open("/desk/doors").page.xpath("//a[contains(@href, 'after=2')]/@href")
    assert len(following) == 1 and "单元-501" not in desk.open("/desk/doors?after=2").text.split("谁去")[1].split("单元-502")[0]
    for odd in ("status=gone", "after=x", "after=99999999999999999999", "compound=%E6%97%A0"):
        assert desk.open(f"/desk/doors?{odd}").status == 200


def test_the_desk_says_what_waits_for_whom_and_every_section_stands_under_one_heading(app, installation, campaign, alice, bob, doors):
    assert sorted(each for _, endpoints in menu.GROUPS for each in endpoints) == sorted(each.endpoint for each in menu.SECTIONS)
    desk = Respondent(app)
    desk.sign_in(bob)
    assert "1 栋缺人" in desk.open("/desk/").text  # WAI-1: as many as the pages behind show
    assert "户等核对" not in desk.text
    visit(installation, campaign, alice, doors[0], "split")
    add(installation, campaign, alice, doors[0], "901")
    assert "2 户等核对" in desk.open("/desk/").text
    assert len(desk.open("/desk/doors").page.xpath("//section[@class='review']")) == 2
