"""Submissions: INV-1 (once, on disk), INV-2 (never changed), INV-4 (write, never read), INV-5 (sealed), INV-8 (the clock)."""
import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from campaigns import contents, decisions
from campaigns.audit import COMMAND_LINE
from campaigns.codes import symbols
from campaigns.receipts import WrongReceipt
from campaigns.store.schema import code_event, submission
from campaigns.submissions import AlreadyRecorded, Closed, InstanceTaken, NotOpen
from tests import core_cases as core
from tests.core_cases import CLOSES, NOON, OPENS, WANG, ZHAO


@pytest.fixture
def doors(here, made):
    return core.door_ids(here, made)


def count(here):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(submission)).scalar_one()


def test_inv_1_an_acknowledged_submission_is_read_back_by_another_connection(here, made, doors):
    accepted = core.send(here, made, core.entry(here, made, doors[0]))
    again = core.installation(here.settings.home)
    with again.store.read() as connection:
        assert contents.answers_of(connection, again.keyring.campaign("c1"), accepted.id) == WANG


def test_inv_1_the_same_instance_twice_is_one_submission_with_one_receipt(here, made, doors):
    given = core.entry(here, made, doors[0])
    first, second = core.send(here, made, given), core.send(here, made, given)
    assert (second.id, second.receipt, second.repeated) == (first.id, first.receipt, True)
    assert count(here) == 1


def test_inv_1_the_same_instance_with_other_content_is_refused_and_the_first_stays(here, made, doors):
    given = core.entry(here, made, doors[0])
    first = core.send(here, made, given)
    with pytest.raises(InstanceTaken):
        core.send(here, made, dataclasses.replace(given, answers=ZHAO, persons=1))
    with here.store.read() as connection:
        assert contents.answers_of(connection, here.keyring.campaign("c1"), first.id) == WANG


def test_the_same_instance_for_another_door_is_refused(here, made, doors):
    given = core.entry(here, made, doors[0])
    core.send(here, made, given)
    with pytest.raises(InstanceTaken):
        core.send(here, made, dataclasses.replace(given, dwelling_id=doors[1]))


@pytest.mark.parametrize("statement", [update(submission).values(persons=9), submission.delete()])
def test_inv_2_the_database_refuses_to_change_or_delete_a_submission(here, made, doors, statement):
    core.send(here, made, core.entry(here, made, doors[0]))
    with pytest.raises(DBAPIError, match="append-only"), here.store.write() as connection:
        connection.execute(statement)
    assert count(here) == 1


def test_inv_4_a_recorded_household_takes_no_second_answer_without_the_receipt(here, made, doors):
    core.send(here, made, core.entry(here, made, doors[0]))
    with pytest.raises(AlreadyRecorded):
        core.send(here, made, core.entry(here, made, doors[0], ZHAO))
    assert count(here) == 1


def test_a_correction_with_the_receipt_names_the_submission_it_replaces(here, made, doors):
    first = core.send(here, made, core.entry(here, made, doors[0]))
    second = core.send(here, made, core.entry(here, made, doors[0], ZHAO, receipt=first.receipt))
    with here.store.read() as connection:
        assert connection.execute(select(submission.c.replaces).where(submission.c.id == second.id)).scalar() == first.id
    assert second.receipt != first.receipt


def test_sub_5_the_first_receipt_still_works_after_a_correction_and_replaces_the_newest(here, made, doors):
    first = core.send(here, made, core.entry(here, made, doors[0]))
    second = core.send(here, made, core.entry(here, made, doors[0], ZHAO, receipt=first.receipt))
    third = core.send(here, made, core.entry(here, made, doors[0], receipt=first.receipt))
    with here.store.read() as connection:
        assert connection.execute(select(submission.c.replaces).where(submission.c.id == third.id)).scalar() == second.id


def test_a_receipt_of_another_door_is_refused(here, made, doors):
    other = core.send(here, made, core.entry(here, made, doors[1]))
    core.send(here, made, core.entry(here, made, doors[0]))
    with pytest.raises(WrongReceipt):
        core.send(here, made, core.entry(here, made, doors[0], ZHAO, receipt=other.receipt))


def test_a_receipt_is_a_code_that_a_person_can_type_and_is_not_in_the_store(here, made, doors):
    accepted = core.send(here, made, core.entry(here, made, doors[0]))
    assert symbols.read(symbols.grouped(accepted.receipt).lower()) == accepted.receipt
    here.store.close()
    assert accepted.receipt.encode() not in (here.settings.home / "store.db").read_bytes()


@pytest.mark.parametrize("channel", ["paper", "gate"])
def test_sub_4_lists_and_keyed_paper_are_kept_beside_what_is_there(here, made, doors, channel):
    core.send(here, made, core.entry(here, made, doors[0]))
    core.send(here, made, core.entry(here, made, doors[0], ZHAO, channel=channel))
    assert count(here) == 2


def test_inv_5_nothing_personal_stands_in_the_store_in_the_clear(here, made, doors):
    core.send(here, made, core.entry(here, made, doors[0]))
    here.store.close()
    stored = b"".join(path.read_bytes() for path in here.settings.home.glob("store.db*"))
    assert b"c1" in stored
    for secret in ("王小明", "李𠮷"):
        assert secret.encode() not in stored


def test_inv_8_nothing_is_taken_before_opening(here, made, doors):
    early = OPENS - timedelta(seconds=1)
    with pytest.raises(NotOpen):
        core.send(here, made, core.entry(here, made, doors[0], filled_at=early, received_at=early))


def test_inv_8_nothing_begun_after_closing_is_taken(here, made, doors):
    with pytest.raises(Closed):
        core.send(here, made, core.entry(here, made, doors[0], filled_at=CLOSES, received_at=CLOSES))


def test_inv_8_a_form_begun_before_closing_is_taken_in_the_grace_period_and_marked_late(here, made, doors):
    accepted = core.send(here, made, core.entry(
        here, made, doors[0], filled_at=CLOSES - timedelta(minutes=5), received_at=CLOSES + timedelta(hours=47)))
    with here.store.read() as connection:
        assert connection.execute(select(submission.c.late).where(submission.c.id == accepted.id)).scalar() is True


def test_inv_8_nothing_is_taken_after_the_grace_period(here, made, doors):
    with pytest.raises(Closed):
        core.send(here, made, core.entry(
            here, made, doors[0], filled_at=CLOSES - timedelta(minutes=5), received_at=CLOSES + timedelta(hours=48)))


def test_a_repeated_submission_is_acknowledged_even_after_closing(here, made, doors):
    given = core.entry(here, made, doors[0])
    first = core.send(here, made, given)
    later = dataclasses.replace(given, received_at=CLOSES + timedelta(days=30))
    assert core.send(here, made, later).id == first.id


def test_the_day_of_a_submission_is_the_campaigns_own_day(here, made, doors):
    late_evening = NOON.replace(hour=16, minute=30)  # 00:30 of the next day in Shanghai
    accepted = core.send(here, made, core.entry(here, made, doors[0], filled_at=late_evening, received_at=late_evening))
    with here.store.read() as connection:
        assert connection.execute(select(submission.c.day).where(submission.c.id == accepted.id)).scalar() == "2026-03-02"


def test_a_refused_entry_leaves_no_trace_in_the_codes_history(here, made, doors):
    core.send(here, made, core.entry(here, made, doors[0]))
    with pytest.raises(AlreadyRecorded):
        core.send(here, made, core.entry(here, made, doors[0], ZHAO))
    with here.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(code_event)).scalar() == 0


def test_nothing_that_taking_an_entry_in_asks_for_reads_a_whole_table(here, made, doors):
    """Asked of SQLite itself: what intake, a correction and a decision look up, they look up by an index."""
    door, asked = doors[0], []
    first = core.send(here, made, core.entry(here, made, door))
    given = core.entry(here, made, door, receipt=first.receipt)
    intake = here.intake(made)
    row = intake.prepare(given)
    with here.store.write() as connection:
        raw = connection.connection.driver_connection
        raw.set_trace_callback(asked.append)
        intake.accept(connection, given, row)
        decisions.reject(connection, made, first.id, "wrong-door", NOON, COMMAND_LINE)
        raw.set_trace_callback(None)
        plans = {sql: [step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked if sql.startswith("SELECT")}
    assert any("replaces =" in sql for sql in plans)
    assert [sql for sql, plan in plans.items() if any(step.startswith("SCAN") for step in plan)] == []
