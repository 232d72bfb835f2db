"""What a phone is told, and what is on disk, when things go wrong while its queue is sent (DLV-1, 2, 5, 6, 8)."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaigns import assignments, clock, hangers
from campaigns.audit import COMMAND_LINE, broken_at
from campaigns.store.fieldwork import delivery, held_item, visit
from campaigns.store.schema import dwelling, tally
from survey.app import create_app
from survey.phones import pages
from tests import cast
from tests.core_cases import limit_pages
from tests.hanger_cases import book, now, stocked, text_of
from tests.phone_cases import Phone, stamp
from tests.respondent import Respondent


@pytest.fixture
def phone(app, installation, alice, wang_household, li_household):
    """Alice's, whose team has both doors."""
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(team_id=alice.user.team_id))
    return Phone(app, alice)


def counted(here, table, *where):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def test_dlv_8_what_has_no_turn_in_time_is_asked_for_again_and_then_taken(phone, installation, wang_household, monkeypatch):
    monkeypatch.setattr(pages, "MOST_SECONDS", 0)
    items = [phone.item("visit", door=wang_household.door_id, outcome="nobody_home") for _ in range(13)]
    answers = phone.send(*items)
    assert [(each["status"], each.get("soon", False)) for each in answers] == [("taken", False)] * 10 + [("later", True)] * 3
    assert [each["id"] for each in answers] == [each["id"] for each in items] and "没轮到" in answers[-1]["text"]["zh"]
    assert counted(installation, visit) == 10
    assert [each["status"] for each in phone.send(*items[10:])] == ["taken"] * 3
    assert counted(installation, visit) == 13


# --- a full disk -------------------------------------------------------------------------------------------------------

def test_a_full_disk_answers_later_and_leaves_each_item_whole_or_not_there(installation, campaign, alice):
    """SQLite's own limit of pages gives the same error as a full disk; some of what is sent may still fit."""
    limit = limit_pages(installation)
    phone, form = Phone(create_app(installation), alice), cast.form(installation, campaign)
    houses = [cast.door(installation, campaign, str(501 + place)) for place in range(8)]
    items = [phone.form(form, {**cast.WANG, "suggestion": "好" * 1900}, house.door_id) for house in houses]
    items += [phone.item("visit", door=house.door_id, outcome="completed", note="灯坏了" * 400) for house in houses]
    with installation.store.read() as connection:
        limit["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar()
    full = phone.send(*items)
    assert {each["status"] for each in full} <= {"taken", "later"} and full[-1]["status"] == "later"
    assert "没能保存" in full[-1]["text"]["zh"] and "soon" not in full[-1]
    taken = [each["status"] for each in full].count("taken")
    assert counted(installation, delivery) == taken == len(cast.kept(installation, campaign)) + counted(installation, visit)
    assert phone.round()["campaign"]["phase"] == "open"
    limit["pages"] = 1_000_000
    assert {each["status"] for each in phone.send(*items)} == {"again", "taken"} - ({"again"} if not taken else set())
    assert (len(cast.kept(installation, campaign)), counted(installation, visit), counted(installation, tally)) == (8, 8, 8)
    with installation.store.read() as connection:
        assert broken_at(connection, campaign.id) is None


# --- what changed hands meanwhile --------------------------------------------------------------------------------------

@pytest.fixture
def dave(installation, campaign):
    """Another volunteer of Alice's team."""
    return cast.person(installation, campaign, "volunteer", "戴夫")


@pytest.fixture
def form(installation, campaign):
    return cast.form(installation, campaign)


def hand_on(here, campaign, of, to, door):
    """Take the door from one person and give it to another of the team."""
    with here.store.write() as connection:
        assignments.release(connection, campaign, of, [door], clock.now(), COMMAND_LINE)
        assignments.assign(connection, campaign, to, [door], clock.now(), COMMAND_LINE)


def test_dlv_6_a_door_given_to_somebody_else_while_its_form_was_filled_is_taken_and_both_are_told(
        phone, app, installation, campaign, alice, dave, form, wang_household):
    door = wang_household.door_id
    with installation.store.write() as connection:
        assignments.assign(connection, campaign, alice.user, [door], clock.now(), COMMAND_LINE)
    filled, called = phone.form(form, cast.WANG, door), phone.item("visit", door=door, outcome="completed")
    hand_on(installation, campaign, alice.user, dave.user, door)
    answers = phone.send(called, filled)
    assert [(each["status"], each["heed"]) for each in answers] == [("taken", True)] * 2 and "已改由别人负责" in answers[1]["text"]["zh"]
    [kept] = cast.kept(installation, campaign)
    assert kept["user_id"] == alice.user.id and phone.round()["tally"]["total"] == 1
    other = Phone(app, dave)
    stop = next(each for each in other.round()["doors"] if each["id"] == door)
    assert (stop["status"], stop["left"]) == ("recorded", False)
    assert other.one(other.form(form, cast.WANG, door))["status"] == "conflict" and other.round()["tally"]["fen"] == 0


def test_dlv_6_a_door_given_to_another_team_meanwhile_is_taken_from_who_had_it_only(
        phone, app, installation, campaign, alice, dave, form, wang_household):
    door = wang_household.door_id
    second = cast.person(installation, campaign, "volunteer", "阿丽", team="二组")
    with installation.store.write() as connection:
        assignments.assign(connection, campaign, alice.user, [door], clock.now(), COMMAND_LINE)
        assignments.to_team(connection, campaign, [door], second.user.team_id, clock.now(), COMMAND_LINE)
    assert Phone(app, dave).one(phone.form(form, cast.WANG, door))["status"] == "refused"
    answer = phone.one(phone.form(form, cast.WANG, door))
    assert answer["status"] == "taken" and "已改由别人负责" in answer["text"]["zh"]
    assert len(cast.kept(installation, campaign)) == 1 and counted(installation, held_item) == 1


@pytest.fixture
def cards(installation, campaign, alice):
    """Four hangers, handed out to Alice."""
    found = stocked(installation, campaign, 4, at=clock.now() - timedelta(hours=1))
    with installation.store.write() as connection:
        hangers.hand_out(connection, campaign, found[0], found[-1], alice.user, clock.now() - timedelta(minutes=30), COMMAND_LINE)
    return found


def test_a_hanger_answered_meanwhile_keeps_its_answer_and_the_phone_is_told(
        phone, app, installation, campaign, cards, wang_household):
    scan = {each["serial"]: each["scan"] for each in phone.round()["hangers"]}
    assert sorted(scan) == [card.serial for card in cards]
    hung = phone.one(phone.item("hang", scan=scan[cards[0].serial], door=wang_household.door_id))
    assert (hung["status"], hung["state"], hung["door"]) == ("taken", "hung", wang_household.door_id)
    Respondent(app).open(f"/h/{text_of(installation, cards[0])}/form").send(cast.fields(installation, campaign))
    collected = phone.item("hanger", serial=cards[0].serial, action="collected")  # its phone does not know of the answer yet
    answer = phone.one(collected)
    assert (answer["status"], answer["state"]) == ("conflict", "answered") and "已扫码填报" in answer["text"]["zh"]
    assert phone.one(collected)["status"] == "conflict" and now(installation, cards[0]).state == "answered"
    assert book(installation, campaign) == {"handed": 3, "answered": 1}


def test_a_hanger_handed_over_meanwhile_is_put_down_where_it_was_hung(
        phone, app, installation, campaign, alice, dave, cards, wang_household, li_household):
    scan = {each["serial"]: each["scan"] for each in phone.round()["hangers"]}
    hung = phone.item("hang", scan=scan[cards[1].serial], door=wang_household.door_id)
    lost = phone.item("hanger", scan=scan[cards[2].serial], action="lost", reason="left_behind")
    with installation.store.write() as connection:
        assert hangers.hand_over(connection, campaign, alice.user, dave.user, clock.now(), COMMAND_LINE) == 4
    assert [each["serial"] for each in Phone(app, dave).round()["hangers"]] == [card.serial for card in cards]
    answers = phone.send(hung, lost)
    assert [each["state"] for each in answers] == ["hung", "lost"] and now(installation, cards[1]).dwelling_id == wang_household.door_id
    foreign = Phone(app, dave).one(phone.item("hang", scan=scan[cards[3].serial], door=li_household.door_id))
    assert foreign["status"] == "refused" and "没有在您手里" in foreign["text"]["zh"]  # another person's salt
    assert phone.send(hung, lost)[0]["status"] == "again"
    assert book(installation, campaign) == {"handed": 2, "hung": 1, "lost": 1}


# --- after closing -----------------------------------------------------------------------------------------------------

def test_dlv_5_what_comes_after_the_grace_period_is_held_and_counts_once_a_lead_releases_it(app, installation):
    made = cast.campaign(installation, closes_in=timedelta(minutes=-10), grace_hours=0)
    house, late = (cast.door(installation, made, room) for room in ("501", "502"))
    alice, bob = (cast.person(installation, made, role, name) for role, name in (("volunteer", "艾丽丝"), ("lead", "鲍勃")))
    phone, began = Phone(app, alice), stamp(clock.now() - timedelta(minutes=40))
    filled = {**phone.form(cast.form(installation, made), cast.WANG, house.door_id), "began": began}
    called = {**phone.item("visit", door=late.door_id, outcome="vacant", note="邻居说搬走了"), "at": began}
    answers = phone.send(filled, called)
    assert [each["status"] for each in answers] == ["held", "held"] and "已封存" in answers[0]["text"]["zh"]
    assert (cast.kept(installation, made), counted(installation, visit), counted(installation, tally)) == ([], 0, 0)
    lead = Respondent(app).sign_in(bob)
    lead.open("/desk/held/V001").send([("item", filled["id"]), ("item", called["id"])], action_end="/V001", step="release")
    assert "2 条已收下" in lead.text
    [kept] = cast.kept(installation, made)
    assert kept["late"] and kept["filled_at"] < made.closes_at and kept["user_id"] == alice.user.id
    assert (counted(installation, visit), counted(installation, tally)) == (1, 1)
    assert [each["status"] for each in phone.send(filled, called)] == ["again", "again"]
    with installation.store.read() as connection:
        assert broken_at(connection, made.id) is None
