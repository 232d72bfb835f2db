"""Door hangers in the field: hung, answered, collected and keyed, and the next day's round (campaigns.hangers, HNG-1 to HNG-9)."""

from sqlalchemy import select

from campaigns import hangers
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import code_event
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
    text_of,
)

__all__ = ["alice", "ben", "doors", "installation", "made"]


# At the door

def test_a_hanger_is_hung_and_answered_by_its_household_in_the_same_transaction(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    hand_out(installation, made, card, card, alice)
    result = act(installation, made, alice, "hung", card, dwelling_id=doors[0])
    assert result.status == "taken" and "000001" in result.text.zh and "101" in result.text.zh
    assert book(installation, made) == {"hung": 1}
    answer(installation, made, card, doors[0])
    assert book(installation, made) == {"answered": 1}
    assert events_of(installation, card)[-2:] == ["submitted", "answered"]


def test_the_same_item_is_one_event_however_often_it_is_sent(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    sent = [act(installation, made, alice, "hung", card, item="a" * 32, dwelling_id=doors[0]) for _ in range(3)]
    assert [each.status for each in sent] == ["taken", "again", "again"]
    assert len({each.text for each in sent}) == 1
    assert events_of(installation, card).count("hung") == 1


def test_a_hanging_reported_after_the_answer_stays_in_the_past(installation, made, alice, ben, doors):
    """Alice hung it at the right door in time; Ben's phone, offline since the morning, says that it hung elsewhere before."""
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, at=NOON, dwelling_id=doors[0])
    answer(installation, made, card, doors[0], at=NOON + HOUR)
    late = act(installation, made, ben, "hung", card, at=NOON - HOUR, received_at=NOON + 2 * HOUR, dwelling_id=doors[1])
    assert late.status == "taken" and "后来又挂到了" in late.text.zh
    assert now(installation, card).dwelling_id == doors[0]
    later = act(installation, made, ben, "hung", card, at=NOON + 3 * HOUR, dwelling_id=doors[1])
    assert later.status == "conflict" and "已扫码填报" in later.text.zh
    assert now(installation, card).dwelling_id == doors[0]
    assert book(installation, made) == {"answered": 1}


def test_a_hanger_at_the_wrong_door_moves_and_both_doors_are_in_its_history(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, dwelling_id=doors[0])
    act(installation, made, alice, "hung", card, at=NOON + HOUR, dwelling_id=doors[1])
    assert now(installation, card).dwelling_id == doors[1]
    assert events_of(installation, card).count("hung") == 2
    assert book(installation, made) == {"hung": 1}


def test_of_two_hangers_at_one_door_the_newest_is_the_doors_and_both_are_accounted_for(installation, made, alice, ben, doors):
    first, second = stocked(installation, made, 2)
    act(installation, made, alice, "hung", first, dwelling_id=doors[0])
    result = act(installation, made, ben, "hung", second, at=NOON + HOUR, dwelling_id=doors[0])
    assert "000001" in result.text.zh and "取下" in result.text.zh
    with installation.store.read() as connection:
        assert [each.serial for each in hangers.at_door(connection, doors[0])] == [2, 1]
    assert book(installation, made) == {"hung": 2}


def test_a_lost_hanger_that_hangs_was_found_and_one_found_is_with_its_finder(installation, made, alice, ben, doors):
    first, second = stocked(installation, made, 2)
    hand_out(installation, made, first, second, alice)
    act(installation, made, alice, "lost", first, at=NOON)
    act(installation, made, alice, "lost", second, at=NOON, reason="gone")
    act(installation, made, alice, "hung", first, at=NOON + HOUR, dwelling_id=doors[0])
    act(installation, made, ben, "found", second, at=NOON + HOUR)
    assert book(installation, made) == {"handed": 1, "hung": 1}
    assert now(installation, second).holder_id == ben.id


def test_an_answer_counts_whatever_was_reported_about_the_hanger_before(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, dwelling_id=doors[0])
    answer(installation, made, card, doors[0], at=NOON + 2 * HOUR)
    for kind in ("lost", "spoiled", "returned"):
        act(installation, made, alice, kind, card, at=NOON + HOUR, received_at=NOON + 3 * HOUR)
    assert book(installation, made) == {"answered": 1}
    assert now(installation, card).dwelling_id == doors[0]


def test_a_phone_ahead_of_time_cannot_act_in_the_future(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, at=NOON + 9 * DAY, received_at=NOON, dwelling_id=doors[0])
    answer(installation, made, card, doors[0], at=NOON + HOUR)
    assert book(installation, made) == {"answered": 1}


def test_an_unknown_reason_is_kept_as_not_said(installation, made, alice):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "spoiled", card, reason="赵家的电话是 13900139000")
    with installation.store.read() as connection:
        detail = connection.execute(select(code_event.c.detail).where(
            code_event.c.code_id == card.id, code_event.c.event == "spoiled")).scalar_one()
        assert detail["reason"] == "unsaid"
        assert "139001" not in "".join(connection.execute(select(audit_table.c.detail)).scalars())


# Paper

def test_collected_paper_waits_for_keying_and_is_keyed_by_a_paper_entry_with_its_code(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, dwelling_id=doors[0])
    act(installation, made, alice, "collected", card, at=NOON + HOUR)
    with installation.store.read() as connection:
        [waiting] = hangers.to_key(connection, made)
    assert (waiting.hanger.serial, waiting.door.id, waiting.label, waiting.recorded) == (1, doors[0], "V001", False)
    assert waiting.collected_at == NOON + HOUR
    answer(installation, made, card, doors[0], channel="paper", at=NOON + 2 * HOUR)
    with installation.store.read() as connection:
        assert hangers.to_key(connection, made) == []
        [line] = hangers.balance(connection, made.id)
    assert (line.counts["collected"], line.keyed) == (1, 1)
    assert book(installation, made) == {"collected": 1}


def test_paper_of_a_hanger_that_nobody_said_was_hung_asks_for_its_door(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    result = act(installation, made, alice, "collected", card)
    assert result.status == "taken" and "没有它挂在哪户的记录" in result.text.zh
    with installation.store.read() as connection:
        assert hangers.to_key(connection, made)[0].door is None
    act(installation, made, alice, "placed", card, at=NOON + HOUR, dwelling_id=doors[1])
    with installation.store.read() as connection:
        assert hangers.to_key(connection, made)[0].door.id == doors[1]
    assert book(installation, made) == {"collected": 1}


def test_the_hanging_may_be_reported_after_the_collecting(installation, made, alice, ben, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, ben, "collected", card, at=NOON + DAY)
    act(installation, made, alice, "hung", card, at=NOON, received_at=NOON + DAY + HOUR, dwelling_id=doors[0])
    standing = now(installation, card)
    assert (standing.state, standing.dwelling_id, standing.holder_id) == ("collected", doors[0], ben.id)


def test_a_visit_with_the_hangers_code_leaves_the_hanger_hanging(installation, made, alice, doors):
    [card] = stocked(installation, made, 1)
    act(installation, made, alice, "hung", card, dwelling_id=doors[0])
    answer(installation, made, card, doors[0], channel="visit", user=alice)
    assert book(installation, made) == {"hung": 1}
    with installation.store.read() as connection:
        assert hangers.due(connection, made, alice, NOON + DAY) == []  # recorded: nothing to collect


# Rounds

def test_the_next_days_round_lists_what_hangs_unanswered_in_walking_order(installation, made, alice, ben, doors):
    cards = stocked(installation, made, 4)
    for card, door in zip(cards[:3], reversed(doors)):
        act(installation, made, alice, "hung", card, dwelling_id=door)
    act(installation, made, ben, "hung", cards[3], dwelling_id=doors[0])
    answer(installation, made, cards[0], doors[2])
    with installation.store.read() as connection:
        assert hangers.due(connection, made, alice, NOON + HOUR) == []
        tomorrow = hangers.due(connection, made, alice, NOON + DAY)
        assert [each.door.id for each in tomorrow] == [doors[0], doors[1]]
        assert len(hangers.due(connection, made, None, NOON + DAY)) == 3


def test_hangers_that_nobody_moved_for_three_days_are_listed(installation, made, alice):
    cards = stocked(installation, made, 2)
    hand_out(installation, made, cards[0], cards[1], alice, at=NOON)
    act(installation, made, alice, "returned", cards[1], at=NOON + HOUR)
    with installation.store.read() as connection:
        assert hangers.stale(connection, made, NOON + 2 * DAY) == []
        [idle] = hangers.stale(connection, made, NOON + 3 * DAY)
    assert (idle.hanger.serial, idle.label, idle.since) == (1, "V001", NOON)


def test_a_person_has_the_codes_of_what_they_carry(installation, made, alice):
    [card] = stocked(installation, made, 1)
    hand_out(installation, made, card, card, alice)
    with installation.store.read() as connection:
        [held] = hangers.of_user(connection, installation.server, made, alice)
    assert held.code == text_of(installation, card)


def test_a_hanger_that_was_answered_or_handed_over_is_still_known_as_one_that_the_person_had(installation, made, alice, ben, doors):
    cards = stocked(installation, made, 4)
    hand_out(installation, made, cards[0], cards[2], alice)
    act(installation, made, alice, "hung", cards[0], dwelling_id=doors[0])
    answer(installation, made, cards[0], doors[0])
    with installation.store.write() as connection:
        hangers.hand_over(connection, made, alice, ben, NOON + HOUR, COMMAND_LINE)
        known = hangers.ever_with(connection, installation.server, made, alice)
        assert hangers.of_user(connection, installation.server, made, alice) == []
    assert [each.hanger.serial for each in known] == [1, 2, 3]
