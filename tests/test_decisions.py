"""Rejecting and restoring what came in: no row changes, records, figures and pay follow (DEC-1 to DEC-5)."""
import pytest
from sqlalchemy import select

from campaigns import decisions, figures, ledger, merge, submissions, tally
from campaigns.audit import COMMAND_LINE
from campaigns.decisions import DecidedAlready, NoSuchEntry, NoteTooLong, ReasonMissing
from campaigns.store.schema import audit, metadata, record
from tests import core_cases as core
from tests.core_cases import NOON, WANG, ZHAO

WHY = "nobody-there"


@pytest.fixture
def alice(here, made):
    return core.worker(here, made, name="爱丽丝").user


@pytest.fixture
def carol(here, made):
    return core.worker(here, made, role="clerk", name="卡萝").user


def visit(here, made, door, user, answers=WANG, **fields):
    return core.send(here, made, core.entry(here, made, door, answers, **{"channel": "visit", "user": user, **fields}))


def decide(here, made, act, submission_id, reason=WHY):
    here.store.submit(lambda connection: act(connection, made, submission_id, reason, NOON, COMMAND_LINE))


def reject(here, made, submission_id, reason=WHY):
    decide(here, made, decisions.reject, submission_id, reason)


def restore(here, made, submission_id):
    decide(here, made, decisions.restore, submission_id, "true")


def fen(here, made, user):
    with here.store.read() as connection:
        assert tally.unbalanced(connection, made.id) == []
        return tally.of_user(connection, made, user, NOON).fen


def records(here, made):
    merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        return [(row.submission_id, row.persons) for row in connection.execute(select(record).order_by(record.c.dwelling_id))]


def test_dec_3_and_4_a_rejected_entry_leaves_records_figures_and_pay_and_frees_the_door(here, made, alice, carol):
    door = core.door_ids(here, made)[0]
    first = visit(here, made, door, alice)
    assert records(here, made) == [(first.id, 2)]
    reject(here, made, first.id)
    assert records(here, made) == [] and fen(here, made, alice) == 0
    with here.store.read() as connection:
        counted = figures.measure(connection, made, NOON)
        assert not submissions.recorded(connection, door)
    assert (counted.total.recorded, counted.total.submissions, counted.total.persons) == (0, 0, 0)
    second = visit(here, made, door, carol, ZHAO)
    assert records(here, made) == [(second.id, 1)] and fen(here, made, carol) == 50


def test_a_decision_waits_for_the_next_merge_so_that_figures_agree_with_records(here, made, alice):
    first = visit(here, made, core.door_ids(here, made)[0], alice)
    records(here, made)
    reject(here, made, first.id)
    with here.store.read() as connection:
        before = figures.measure(connection, made, NOON).total
    assert (before.recorded, before.households, before.submissions) == (1, 1, 1)


def test_dec_4_a_restored_entry_is_credited_once_and_the_merge_is_as_before(here, made, alice):
    first = visit(here, made, core.door_ids(here, made)[0], alice)
    records(here, made)
    before = _digest(here, made)
    for _ in range(2):
        reject(here, made, first.id)
        assert (fen(here, made, alice), _digest(here, made) == before) == (0, False)
        restore(here, made, first.id)
        assert (fen(here, made, alice), _digest(here, made)) == (50, before)


def _digest(here, made):
    return merge.run(here.store, made, NOON, COMMAND_LINE)["digest"]


def test_tly_6_a_restored_entry_gets_nothing_while_somebody_else_is_paid_for_the_household(here, made, alice, carol):
    door = core.door_ids(here, made)[0]
    first = visit(here, made, door, alice)
    reject(here, made, first.id)
    second = visit(here, made, door, carol)
    restore(here, made, first.id)
    assert (fen(here, made, alice), fen(here, made, carol)) == (0, 50)
    reject(here, made, second.id)
    reject(here, made, first.id)
    restore(here, made, first.id)
    assert (fen(here, made, alice), fen(here, made, carol)) == (50, 0)


def test_dec_2_a_rejection_takes_the_senders_own_corrections_along_and_leaves_the_households(here, made, alice):
    one, two, _ = core.door_ids(here, made)
    first = visit(here, made, one, alice)
    visit(here, made, one, alice, ZHAO, receipt=first.receipt)
    other = visit(here, made, two, alice)
    own = core.send(here, made, core.entry(here, made, two, ZHAO, receipt=other.receipt))
    reject(here, made, first.id)
    reject(here, made, other.id)
    assert records(here, made) == [(own.id, 1)]
    restore(here, made, first.id)
    assert [persons for _, persons in records(here, made)] == [1, 1] and fen(here, made, alice) == 50


def test_mrg_3_a_rejected_correction_gives_way_to_what_it_corrected(here, made, alice):
    door = core.door_ids(here, made)[0]
    first = visit(here, made, door, alice)
    wrong = visit(here, made, door, alice, ZHAO, receipt=first.receipt)
    reject(here, made, wrong.id)
    assert records(here, made) == [(first.id, 2)] and fen(here, made, alice) == 50


@pytest.mark.parametrize("reason, note, refusal", [
    ("", "", ReasonMissing), ("王小明说的", "", ReasonMissing), ("other", " 否 ", ReasonMissing), ("true", "", ReasonMissing),
    ("twice", "长" * 401, NoteTooLong)])
def test_dec_1_a_decision_without_a_reason_of_the_list_is_refused_and_changes_nothing(here, made, alice, reason, note, refusal):
    first, key = visit(here, made, core.door_ids(here, made)[0], alice), here.keyring.campaign(made.slug)
    with pytest.raises(refusal):
        here.store.submit(lambda connection: decisions.reject(connection, made, first.id, reason, NOON, COMMAND_LINE, note, key))
    assert fen(here, made, alice) == 50


def test_dec_1_a_reviewers_note_is_sealed_and_stands_nowhere_in_clear(here, made, alice):
    """It may name people: neither the store nor the audit log has it; whoever was rejected reads the reason alone."""
    first, key = visit(here, made, core.door_ids(here, made)[0], alice), here.keyring.campaign(made.slug)
    here.store.submit(lambda connection: decisions.reject(
        connection, made, first.id, "other", NOON, COMMAND_LINE, "户主王小明 13800138000", key))
    with here.store.read() as connection:
        assert [each.note for each in decisions.history(connection, first.id, key)] == ["户主王小明 13800138000"]
        assert [each.note for each in decisions.history(connection, first.id)] == [""]
        assert ledger.of_user_entries(connection, alice)[0]["reason"] == [*decisions.REASONS["rejected"]["other"]]
        everything = str([connection.execute(select(table)).all() for table in metadata.sorted_tables])
        said = list(connection.execute(select(audit.c.detail).where(audit.c.action == "submission.rejected")).scalars())
    assert "13800138000" not in everything and len(said) == 1 and "other" in said[0]


def test_dec_5_the_same_decision_twice_is_refused(here, made, alice):
    first = visit(here, made, core.door_ids(here, made)[0], alice)
    with pytest.raises(DecidedAlready):
        restore(here, made, first.id)
    reject(here, made, first.id)
    with pytest.raises(DecidedAlready):
        reject(here, made, first.id)
    with here.store.read() as connection:
        assert [(each.verdict, each.reason, each.by) for each in decisions.history(connection, first.id)] == [
            ("rejected", decisions.REASONS["rejected"][WHY], "")]


def test_an_entry_of_another_campaign_cannot_be_decided_here(here, made, alice):
    first = visit(here, made, core.door_ids(here, made)[0], alice)
    other = core.campaign(here, "c2")
    with pytest.raises(NoSuchEntry):
        reject(here, other, first.id)
