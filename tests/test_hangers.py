"""Door hangers: their states, the stock, and the books (campaigns.hangers, HNG-1 to HNG-9)."""
import sqlite3

import pytest
from sqlalchemy import select, update

from campaigns import assignments, audit, hangers, people
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.frame.doors import NoSuchDoor
from campaigns.hangers import acts, finding, stock
from campaigns.hangers.life import COLUMNS, MOVES, STATES, Event, Standing, after, fold
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import code
from exports.publication.publish import publish
from tests import core_cases
from tests.core_cases import NOON
from tests.hanger_cases import (
    DAY,
    HOUR,
    act,
    alice,
    answer,
    ben,
    book,
    doors,
    events_of,
    hand_out,
    installation,
    made,
    now,
    stocked,
    take_back,
    text_of,
)

__all__ = ["alice", "ben", "doors", "installation", "made"]


# The table of moves

def test_every_state_has_a_name_and_stands_in_one_column_of_the_books():
    counted = [state for states in COLUMNS.values() for state in states]
    assert sorted(counted) == sorted(set(STATES) - {"issued"})
    assert {state for moves in MOVES.values() for pair in moves.items() for state in pair} == set(STATES)


@pytest.mark.parametrize("state", ["answered", "keyed"])
def test_nothing_moves_a_hanger_whose_household_answered_or_whose_paper_is_keyed(state):
    standing = Standing(state, 1, 2)
    assert all(after(standing, Event(event, NOON, 3, {"door": 9})) is standing for event in MOVES if event != "moved")
    assert after(standing, Event("moved", NOON, 3, {"door": 9})) == (state, 1, 9)  # its door was found to be another one's double


def test_a_history_without_events_is_a_hanger_not_printed_yet():
    assert fold([]) == Standing("issued", None, None)


# Stock

def test_issued_hangers_have_the_next_numbers_and_are_in_stock_once_printed(installation, made):
    with installation.store.write() as connection:
        assert hangers.issue(connection, installation.server, made, 3, NOON, COMMAND_LINE) == range(1, 4)
    assert book(installation, made) == {}
    more = stocked(installation, made, 2)
    assert [each.serial for each in more] == [4, 5]
    assert [each.number for each in more] == ["000004", "000005"]
    assert book(installation, made) == {"stock": 2}


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_a_count_out_of_bounds_issues_nothing(installation, made, count):
    with pytest.raises(stock.BadCount), installation.store.write() as connection:
        hangers.issue(connection, installation.server, made, count, NOON, COMMAND_LINE)


def test_a_range_is_handed_out_by_first_and_last_in_either_order_and_a_second_time_changes_nothing(installation, made, alice):
    cards = stocked(installation, made)
    assert len(hand_out(installation, made, cards[4], cards[1], alice)) == 4
    hand_out(installation, made, cards[1], cards[4], alice)
    assert book(installation, made) == {"stock": 2, "handed": 4}
    assert now(installation, cards[1]).holder_id == alice.id
    assert events_of(installation, cards[1]).count("handed") == 1


def test_a_range_with_hangers_of_somebody_else_is_refused_whole_and_names_them(installation, made, alice, ben):
    cards = stocked(installation, made)
    hand_out(installation, made, cards[2], cards[2], ben)
    with pytest.raises(stock.NotAllFit) as refused:
        hand_out(installation, made, cards[0], cards[5], alice)
    assert "000003 已领 V002" in refused.value.text.zh and "000003 handed out V002" in refused.value.text.en
    assert book(installation, made) == {"stock": 5, "handed": 1}


def test_a_range_that_was_not_printed_is_not_handed_out(installation, made, alice):
    cards = stocked(installation, made, 2)
    with installation.store.write() as connection:
        hangers.issue(connection, installation.server, made, 2, NOON, COMMAND_LINE)
        unprinted = hangers.by_serial(connection, made, 4)
    with pytest.raises(stock.NotAllFit):
        hand_out(installation, made, cards[0], unprinted, alice)


def test_numbers_that_no_hanger_has_are_named(installation, made, alice):
    cards = stocked(installation, made)
    with installation.store.write() as connection:
        connection.execute(update(code).where(code.c.id == cards[2].id).values(serial=90))
    with pytest.raises(stock.Missing) as refused:
        hand_out(installation, made, cards[0], cards[5], alice)
    assert "000003" in refused.value.text.zh
    with installation.store.read() as connection:
        assert "not 1 to 6" in "; ".join(hangers.unbalanced(connection, made.id))


def test_more_than_two_thousand_at_once_are_a_slip(installation, made, alice):
    cards = stocked(installation, made, 2)
    with installation.store.write() as connection:
        connection.execute(update(code).where(code.c.id == cards[1].id).values(serial=2002))
    with pytest.raises(stock.TooManyAtOnce):
        hand_out(installation, made, cards[0], now(installation, cards[1]), alice)


def test_nobody_who_is_revoked_gets_hangers(installation, made, alice):
    cards = stocked(installation, made, 1)
    with installation.store.write() as connection:
        people.revoke(connection, alice, NOON, COMMAND_LINE)
        gone = people.by_id(connection, alice.id)
    with pytest.raises(stock.CannotHold):
        hand_out(installation, made, cards[0], cards[0], gone)


def test_what_was_not_hung_comes_back_and_one_that_hangs_only_by_itself(installation, made, alice, doors):
    cards = stocked(installation, made, 4)
    hand_out(installation, made, cards[0], cards[3], alice)
    act(installation, made, alice, "hung", cards[3], dwelling_id=doors[0])
    with pytest.raises(stock.NotAllFit):
        take_back(installation, made, cards[0], cards[3])
    take_back(installation, made, cards[0], cards[2])
    assert book(installation, made) == {"stock": 3, "hung": 1}
    take_back(installation, made, cards[3], cards[3])
    assert book(installation, made) == {"stock": 4}
    assert now(installation, cards[3]).dwelling_id is None


def test_who_leaves_hands_over_what_they_carry_and_what_they_hung(installation, made, alice, ben, doors):
    cards = stocked(installation, made, 4)
    hand_out(installation, made, cards[0], cards[3], alice)
    act(installation, made, alice, "hung", cards[0], dwelling_id=doors[0])
    act(installation, made, alice, "spoiled", cards[1])
    with installation.store.write() as connection:
        assert assignments.hand_over(connection, made, alice, ben, NOON + HOUR, COMMAND_LINE).hangers == 3
        assert hangers.hand_over(connection, made, alice, ben, NOON + HOUR, COMMAND_LINE) == 0
        assert [each.hanger.serial for each in hangers.of_user(connection, installation.server, made, ben)] == [1, 3, 4]
        assert [each.hanger.serial for each in hangers.due(connection, made, ben, NOON + DAY)] == [1]
    assert book(installation, made) == {"handed": 2, "hung": 1, "spoiled": 1}


def test_a_whole_range_can_be_lost_or_spoiled_and_one_put_back(installation, made, alice):
    cards = stocked(installation, made, 4)
    hand_out(installation, made, cards[0], cards[1], alice)
    with installation.store.write() as connection:
        hangers.lose_or_spoil(connection, made, cards[0], cards[1], "lost", "left_behind", NOON, COMMAND_LINE)
        hangers.lose_or_spoil(connection, made, cards[2], cards[2], "spoiled", "wet", NOON, COMMAND_LINE)
        assert [(each.counts["lost"], each.name) for each in hangers.balance(connection, made.id, "volunteer")] == [
            (0, ""), (2, "V001")]  # whoever had them last answers for them
    assert book(installation, made) == {"stock": 1, "spoiled": 1, "lost": 2}
    with installation.store.write() as connection:
        hangers.put_back(connection, made, now(installation, cards[0]), NOON, COMMAND_LINE)
        with pytest.raises(stock.NotAllFit):
            hangers.put_back(connection, made, cards[3], NOON, COMMAND_LINE)
    assert book(installation, made) == {"stock": 2, "spoiled": 1, "lost": 1}


# Books

def test_the_books_are_told_by_batch_team_and_person(installation, made, alice, ben, doors):
    cards = stocked(installation, made, stock.BATCH + 2)
    hand_out(installation, made, cards[0], cards[2], alice)
    act(installation, made, alice, "hung", cards[0], dwelling_id=doors[0])
    with installation.store.read() as connection:
        lines = {by: hangers.balance(connection, made.id, by) for by in ("batch", "team", "volunteer")}
    assert [(each.name, each.printed) for each in lines["batch"]] == [("1", stock.BATCH), ("2", 2)]
    assert [(each.name, each.printed, each.counts["handed"]) for each in lines["team"]] == [("", 39, 0), ("一组", 3, 2)]
    assert [(each.name, each.counts["hung"]) for each in lines["volunteer"]] == [("", 0), ("V001", 1)]
    assert all(each.balanced for every in lines.values() for each in every)


def test_an_empty_campaign_has_an_empty_book(installation, made):
    assert book(installation, made) == {}


def test_a_state_that_contradicts_the_history_is_found(installation, made):
    cards = stocked(installation, made, 2)
    with installation.store.write() as connection:
        connection.execute(update(code).where(code.c.id == cards[0].id).values(state="hung"))
    with installation.store.read() as connection:
        assert hangers.unbalanced(connection, made.id) == ["000001 is hung, its history says stock"]


def test_a_withdrawn_hanger_counts_as_spoiled_and_is_not_replaced(installation, made):
    [card] = stocked(installation, made, 1)
    with installation.store.write() as connection:
        found = codes.find(connection, installation.server, text_of(installation, card))
        with pytest.raises(codes.NotReplaceable):
            codes.reissue(connection, installation.server, found, NOON, COMMAND_LINE)
        hangers.withdraw(connection, found, NOON, COMMAND_LINE)
    assert book(installation, made) == {"spoiled": 1}


def test_every_change_is_in_the_audit_log(installation, made, alice, doors):
    cards = stocked(installation, made, 2)
    hand_out(installation, made, cards[0], cards[1], alice)
    act(installation, made, alice, "hung", cards[0], dwelling_id=doors[0])
    answer(installation, made, cards[0], doors[0])
    act(installation, made, alice, "spoiled", cards[1])
    take_back_refused = pytest.raises(stock.NotAllFit)
    with take_back_refused:
        take_back(installation, made, cards[1], cards[1])
    with installation.store.read() as connection:
        actions = list(connection.execute(select(audit_table.c.action).where(
            audit_table.c.campaign_id == made.id, audit_table.c.action.like("hanger%"))).scalars())
        assert audit.broken_at(connection, made.id) is None
    assert actions == ["hangers.issued", "hangers.handed", "hanger.hung", "hanger.answered", "hanger.spoiled"]


# Refusals

def test_a_households_code_or_another_campaigns_hanger_is_no_hanger_here(installation, made, alice, doors):
    other = core_cases.campaign(installation, slug=f"{made.slug}b")
    [foreign] = stocked(installation, other, 1)
    with installation.store.write() as connection:
        household, row = codes.fresh(installation.server, campaign_id=made.id, kind="household", dwelling_id=doors[0], issued_at=NOON)
        codes.add(connection, [row], NOON, COMMAND_LINE)
    with installation.store.read() as connection:
        with pytest.raises(finding.NotAHanger):
            hangers.by_code(connection, installation.server, made, household)
        with pytest.raises(finding.OtherCampaignsHanger):
            hangers.by_code(connection, installation.server, made, text_of(installation, foreign))
        with pytest.raises(finding.NoSuchHanger):
            hangers.by_typed(connection, installation.server, made, "7")
    with pytest.raises(finding.OtherCampaignsHanger):
        act(installation, made, alice, "spoiled", foreign)


def test_a_hanger_is_found_by_number_code_or_address(installation, made):
    [card] = stocked(installation, made, 1)
    text = text_of(installation, card)
    with installation.store.read() as connection:
        for typed in ("1", "000001", text, text.lower(), f"HTTPS://SURVEY.EXAMPLE.CN/H/{text}", f" {text[:4]}-{text[4:8]}-{text[8:]} "):
            assert hangers.by_typed(connection, installation.server, made, typed).id == card.id


def test_a_door_of_another_campaign_or_one_that_ended_takes_no_hanger(installation, made, alice, doors):
    other = core_cases.campaign(installation, slug=f"{made.slug}b")
    foreign = core_cases.door_ids(installation, other)[0]
    [card] = stocked(installation, made, 1)
    for door in (foreign, None, 10**6):
        with pytest.raises(NoSuchDoor):
            act(installation, made, alice, "hung", card, dwelling_id=door)
    assert book(installation, made) == {"stock": 1}


def test_an_action_that_nobody_knows_is_refused(installation, made, alice):
    [card] = stocked(installation, made, 1)
    with pytest.raises(acts.NoSuchAction):
        act(installation, made, alice, "printed", card)


# Published

def test_counts_by_team_and_day_are_published_without_code_number_or_door(installation, made, alice, doors):
    cards = stocked(installation, made, 4)
    hand_out(installation, made, cards[0], cards[2], alice)
    act(installation, made, alice, "hung", cards[0], dwelling_id=doors[0])
    act(installation, made, alice, "hung", cards[0], at=NOON + HOUR, dwelling_id=doors[1])
    act(installation, made, alice, "collected", cards[0], at=NOON + DAY)
    act(installation, made, alice, "hung", cards[0], at=NOON + 2 * DAY, dwelling_id=doors[0])  # without effect
    publish(installation, made, NOON + 2 * DAY, COMMAND_LINE)
    with sqlite3.connect(installation.settings.published / f"{made.slug}.db") as published:
        published.row_factory = sqlite3.Row
        teams = [dict(row) for row in published.execute("SELECT * FROM hangers ORDER BY id")]
        days = {row["day"]: {name: row[name] for name in row.keys() if name != "day" and row[name]}
                for row in published.execute("SELECT * FROM hanger_days")}
    assert [(row["team"], row["total"], row["stock"], row["handed"], row["collected"]) for row in teams] == [
        ("", 1, 1, 0, 0), ("一组", 3, 0, 2, 1)]
    assert days == {"2026-02-28": {"printed": 4}, "2026-03-01": {"handed": 3, "hung": 1}, "2026-03-02": {"collected": 1}}
