"""The tally ledger (INV-7): one entry a submission, one payment a household, sums equal counts."""
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from campaigns import tally
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import submission
from campaigns.store.schema import tally as ledger
from campaigns.submissions import AlreadyRecorded
from tests import core_cases as core
from tests.core_cases import NOON, WANG, ZHAO


@pytest.fixture
def alice(here, made):
    return core.worker(here, made, name="爱丽丝").user


@pytest.fixture
def carol(here, made):
    return core.worker(here, made, name="卡萝").user


def visit(here, made, door, user, answers=WANG, **fields):
    return core.send(here, made, core.entry(here, made, door, answers, channel=fields.pop("channel", "visit"), user=user, **fields))


def standing(here, made, user, at=NOON):
    with here.store.read() as connection:
        return tally.of_user(connection, made, user, at)


def test_an_entry_earns_the_campaigns_rate_in_fen(here, made, alice):
    for door in core.door_ids(here, made)[:2]:
        visit(here, made, door, alice)
    assert standing(here, made, alice) == tally.Tally(today=2, total=2, fen_today=100, fen=100)


def test_yesterdays_entries_count_in_all_but_not_today(here, made, alice):
    first, second, _ = core.door_ids(here, made)
    visit(here, made, first, alice)
    tomorrow = NOON + timedelta(days=1)
    visit(here, made, second, alice, filled_at=tomorrow, received_at=tomorrow)
    assert standing(here, made, alice, tomorrow) == tally.Tally(today=1, total=2, fen_today=50, fen=100)


def test_sending_the_same_form_again_credits_once(here, made, alice):
    given_entry = core.entry(here, made, core.door_ids(here, made)[0], channel="visit", user=alice)
    core.send(here, made, given_entry)
    core.send(here, made, given_entry)
    assert standing(here, made, alice).total == 1


def test_tly_2_a_household_is_paid_once_and_the_second_person_is_counted_unpaid(here, made, alice, carol):
    door = core.door_ids(here, made)[0]
    visit(here, made, door, alice)
    visit(here, made, door, carol, ZHAO, channel="paper")
    assert (standing(here, made, alice).fen, standing(here, made, carol).fen) == (50, 0)
    assert standing(here, made, carol).total == 1


def test_a_correction_is_no_new_entry(here, made, alice):
    door = core.door_ids(here, made)[0]
    first = visit(here, made, door, alice)
    visit(here, made, door, alice, ZHAO, receipt=first.receipt)
    assert standing(here, made, alice) == tally.Tally(1, 1, 50, 50)


def test_a_residents_own_answer_credits_nobody(here, made):
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
    with here.store.read() as connection:
        assert connection.execute(select(ledger.c.id)).first() is None


def test_tly_3_a_reversal_is_a_counter_entry_and_frees_the_households_pay(here, made, alice, carol):
    door = core.door_ids(here, made)[0]
    first = visit(here, made, door, alice)
    with here.store.write() as connection:
        tally.reverse(connection, made, first.id, "made up at home", NOON, COMMAND_LINE)
        tally.reverse(connection, made, first.id, "said twice", NOON, COMMAND_LINE)
    assert standing(here, made, alice) == tally.Tally(0, 0, 0, 0)
    visit(here, made, door, carol, ZHAO, channel="paper")
    assert standing(here, made, carol).fen == 50


def test_the_database_refuses_to_change_the_ledger(here, made, alice):
    visit(here, made, core.door_ids(here, made)[0], alice)
    with pytest.raises(DBAPIError, match="append-only"), here.store.write() as connection:
        connection.execute(update(ledger).values(fen=10_000))


def test_fen_are_shown_as_yuan():
    assert [tally.yuan(fen) for fen in (0, 5, 50, 1250, -50, 123456789)] == [
        "0.00", "0.05", "0.50", "12.50", "-0.50", "1234567.89"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(["visit", "paper", "replay", "reverse"])),
                      max_size=14))
def test_inv_7_the_books_balance_after_any_entries_replays_and_reversals(tmp_path_factory, steps):
    here = core.installation(tmp_path_factory.mktemp("home"))
    made = core.campaign(here)
    doors = core.door_ids(here, made)
    users = [core.worker(here, made, name=name).user for name in ("爱丽丝", "卡萝")]
    sent = []
    for door, user, step in steps:
        if step == "replay" and sent:
            core.send(here, made, sent[-1])
        elif step == "reverse" and sent:
            with here.store.write() as connection:
                known = _submission(connection, sent[0].instance)
                tally.reverse(connection, made, known, "random", NOON, COMMAND_LINE)
        elif step in ("visit", "paper"):
            fresh = core.entry(here, made, doors[door], channel="paper" if step == "paper" else "visit", user=users[user])
            try:
                core.send(here, made, fresh)
            except AlreadyRecorded:
                pass
            else:
                sent.append(fresh)
    with here.store.read() as connection:
        assert tally.unbalanced(connection, made.id) == []
        rows = connection.execute(select(ledger)).all()
    entries = [row for row in rows if row.kind == "entry"]
    assert len(entries) == len(sent) == len({row.submission_id for row in entries})
    total = sum(standing(here, made, user).fen for user in users)
    assert total == 50 * len({(row.dwelling_id, row.household) for row in rows
                              if sum(each.fen for each in rows if each.dwelling_id == row.dwelling_id) > 0})


def _submission(connection, instance):
    return connection.execute(select(submission.c.id).where(submission.c.instance == instance)).scalar_one()
