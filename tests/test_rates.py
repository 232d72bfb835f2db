"""What is paid for which work: rates, bonuses, the cap of a day, and that a change never works backwards (RAT-1 to RAT-4)."""
import dataclasses
from datetime import timedelta

import pytest

from campaigns import campaign as campaigns
from campaigns import decisions, rates, tally
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import tally as ledger
from campaigns.terms import Terms
from forms.language import Refusal
from tests import core_cases as core
from tests.core_cases import NOON, WANG

EMPTY = {**WANG, "person": []}


def street(here, doors=4, **terms):
    made = core.campaign(here, doors=doors, **terms)
    return made, core.door_ids(here, made), core.worker(here, made).user


def visit(here, made, door, user, **fields):
    return core.send(here, made, core.entry(here, made, door, **{"channel": "visit", "user": user, "answers": WANG, **fields}))


def rows(here, made):
    with here.store.read() as connection:
        assert tally.unbalanced(connection, made.id) == []
        return [(row.kind, row.rule, row.fen, row.why) for row in connection.execute(ledger.select().order_by(ledger.c.id))]


def reject(here, made, submission_id):
    here.store.submit(lambda connection: decisions.reject(connection, made, submission_id, "nobody-there", NOON, COMMAND_LINE))


def test_rat_1_a_channel_and_an_empty_dwelling_may_have_rates_of_their_own(here):
    made, doors, alice = street(here, rate_fen=50, rates="paper=20, visit.empty=30,property=0")
    visit(here, made, doors[0], alice)
    visit(here, made, doors[1], alice, answers=EMPTY)
    visit(here, made, doors[2], alice, channel="paper")
    visit(here, made, doors[3], alice, channel="property")
    assert [(fen, why) for _, _, fen, why in rows(here, made)] == [(50, ""), (30, ""), (20, ""), (0, "rate")]


@pytest.mark.parametrize("text", ["visit", "visit=", "visit=-1", "visit=0.5", "tv=50", "visit=5,visit=6", "visit=100001", "visit.full=3",
                                  "visit=５"])
def test_rat_1_rates_that_cannot_be_read_are_refused_with_an_example(here, text):
    with pytest.raises(Refusal, match="visit=60,paper=20"):
        core.campaign(here, rates=text)


def test_rat_2_a_bonus_without_its_sum_or_its_beginning_is_refused(here):
    for half in ({"bonus_from": 3}, {"bonus_fen": 20}):
        with pytest.raises(Refusal, match="--bonus-from"):
            core.campaign(here, **half)


def test_rat_2_from_the_third_household_of_a_day_each_earns_a_bonus_that_names_its_entry(here):
    made, doors, alice = street(here, bonus_from=3, bonus_fen=20)
    sent = [visit(here, made, door, alice) for door in doors]
    assert rows(here, made) == [("entry", "", 50, ""), ("entry", "", 50, ""), ("entry", "", 50, ""), ("bonus", "day", 20, ""),
                                ("entry", "", 50, ""), ("bonus", "day", 20, "")]
    reject(here, made, sent[2].id)
    assert rows(here, made)[-2:] == [("reversal", "", -50, ""), ("reversal", "day", -20, "")]


def test_tly_7_the_day_is_the_one_on_which_the_work_was_done(here):
    made, doors, alice = street(here, bonus_from=2, bonus_fen=20)
    late = NOON + timedelta(days=1)
    visit(here, made, doors[0], alice)
    visit(here, made, doors[1], alice, filled_at=NOON, received_at=late)
    visit(here, made, doors[2], alice, filled_at=late, received_at=late)
    visit(here, made, doors[3], alice, filled_at=NOON - timedelta(days=30), received_at=late)  # a clock that is wrong
    assert [kind for kind, *_ in rows(here, made)] == ["entry", "entry", "bonus", "entry", "entry", "bonus"]


def test_rat_2_who_records_the_last_door_of_a_building_earns_its_bonus_once(here):
    made, doors, alice = street(here, doors=3, building_bonus_fen=500)
    core.send(here, made, core.entry(here, made, doors[0]))
    visit(here, made, doors[1], alice)
    last = visit(here, made, doors[2], alice)
    visit(here, made, doors[2], alice, channel="paper")
    assert [row for row in rows(here, made) if row[0] == "bonus"] == [("bonus", "building", 500, "")]
    reject(here, made, last.id)
    assert sum(fen for _, rule, fen, _ in rows(here, made) if rule) == 0


def test_rat_3_beyond_the_cap_entries_count_at_0_fen_and_the_household_may_still_be_paid_to_another(here):
    made, doors, alice = street(here, day_cap_fen=120, bonus_from=2, bonus_fen=30)
    carol = core.worker(here, made, role="clerk", name="卡萝").user
    for door in doors[:3]:
        visit(here, made, door, alice)
    assert rows(here, made) == [("entry", "", 50, ""), ("entry", "", 50, ""), ("bonus", "day", 0, "cap"), ("entry", "", 0, "cap")]
    visit(here, made, doors[2], carol, channel="paper")
    assert rows(here, made)[-1] == ("entry", "", 50, "")


def test_rat_4_a_change_counts_from_then_on_and_the_rules_before_are_kept(here):
    made, doors, alice = street(here)
    visit(here, made, doors[0], alice)
    with here.store.write() as connection:
        made = campaigns.set_terms(connection, made, dataclasses.replace(made.terms, rate_fen=80), NOON, COMMAND_LINE)
        campaigns.set_terms(connection, made, dataclasses.replace(made.terms, phone="1"), NOON, COMMAND_LINE)
    visit(here, made, doors[1], alice)
    assert [fen for _, _, fen, _ in rows(here, made)] == [50, 80]
    with here.store.read() as connection:
        assert [each.rules["rate_fen"] for each in rates.history(connection, made.id)] == [50, 80]


def test_without_rules_of_pay_the_terms_are_those_of_before():
    assert rates.of(Terms()) == {"rate_fen": 50, "rates": "", "bonus_from": 0, "bonus_fen": 0, "building_bonus_fen": 0, "day_cap_fen": 0}


def restore(here, made, submission_id):
    here.store.submit(lambda connection: decisions.restore(connection, made, submission_id, "true", NOON, COMMAND_LINE))


def test_tly_6_what_is_restored_keeps_to_the_cap_of_its_day_like_a_new_entry(here):
    """Rejected, the day filled up by other work, restored: the cap holds, and the household's pay stays free."""
    made, doors, alice = street(here, rate_fen=50, day_cap_fen=100)
    first = visit(here, made, doors[0], alice)
    visit(here, made, doors[1], alice)
    reject(here, made, first.id)
    third = visit(here, made, doors[2], alice)
    restore(here, made, first.id)
    assert rows(here, made)[-1] == ("entry", "", 0, "cap")
    with here.store.read() as connection:
        assert tally.of_user(connection, made, alice, NOON).fen == 100
    reject(here, made, third.id)
    reject(here, made, first.id)
    bella = core.worker(here, made, name="贝拉").user
    visit(here, made, doors[0], bella, receipt=None)
    assert rows(here, made)[-1] == ("entry", "", 50, "")


def test_tly_6_a_restored_bonus_keeps_to_the_cap_too(here):
    made, doors, alice = street(here, rate_fen=50, day_cap_fen=130, bonus_from=2, bonus_fen=30)
    visit(here, made, doors[0], alice)
    second = visit(here, made, doors[1], alice)
    reject(here, made, second.id)
    visit(here, made, doors[2], alice, channel="paper")
    reject(here, made, core.send(here, made, core.entry(here, made, doors[3], channel="visit", user=alice, answers=WANG)).id)
    restore(here, made, second.id)
    with here.store.read() as connection:
        assert tally.of_user(connection, made, alice, NOON).fen <= 130
    rows(here, made)
