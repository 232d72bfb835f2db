"""The audit log (INV-9): written with the change, chained, and a tampered row is found."""
import sqlite3

import pytest
from sqlalchemy import select

from campaigns import audit
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import audit as log
from campaigns.store.schema import submission
from tests import core_cases as core
from tests.core_cases import NOON


def actions(here):
    with here.store.read() as connection:
        return list(connection.execute(select(log.c.actor, log.c.action).order_by(log.c.id)).all())


def test_making_a_campaign_adding_a_person_and_a_submission_are_each_logged_with_who_did_it(here, made):
    alice = core.worker(here, made).user
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0], channel="visit", user=alice))
    assert actions(here) == [
        ("command-line", "campaign.made"), ("command-line", "form.set"), ("command-line", "user.added"),
        ("volunteer:V001", "submission.accepted")]


def test_the_log_and_the_change_stand_or_fall_together(here, made):
    before = actions(here)
    given = core.entry(here, made, core.door_ids(here, made)[0])
    intake = here.intake(made)

    def fails_after_accepting(connection):
        intake.accept(connection, given, intake.prepare(given))
        raise RuntimeError("the machine stops here")

    with pytest.raises(RuntimeError):
        here.store.submit(fails_after_accepting)
    assert actions(here) == before
    with here.store.read() as connection:
        assert connection.execute(select(submission.c.id)).first() is None


def test_the_chain_is_whole_after_many_transactions_and_campaigns(here, made):
    other = core.campaign(here, "c2", doors=5)
    for campaign in (made, other, made):
        for door in core.door_ids(here, campaign)[:2]:
            core.send(here, campaign, core.entry(here, campaign, door, channel="paper"))
    with here.store.read() as connection:
        assert [audit.broken_at(connection, each.id) for each in (made, other)] == [None, None]


@pytest.mark.parametrize("tampering", [
    "UPDATE audit SET actor = 'nobody' WHERE id = 2", "UPDATE audit SET detail = '{}' WHERE id = 2",
    "DELETE FROM audit WHERE id = 2", "UPDATE audit SET at = at + 1 WHERE id = 2"])
def test_a_row_changed_or_removed_behind_our_back_is_found(here, made, tampering):
    core.worker(here, made)
    here.store.close()
    raw = sqlite3.connect(here.settings.home / "store.db")
    raw.executescript("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;")
    raw.execute(tampering)
    raw.commit()
    raw.close()
    with core.installation(here.settings.home).store.read() as connection:
        assert audit.broken_at(connection, made.id) in (2, 3)


def test_a_failed_transaction_does_not_leave_its_hash_behind(here, made):
    with pytest.raises(RuntimeError), here.store.write() as connection:
        audit.write(connection, made.id, NOON, COMMAND_LINE, "never", "happened")
        raise RuntimeError
    with here.store.write() as connection:
        audit.write(connection, made.id, NOON, COMMAND_LINE, "did", "happen")
    with here.store.read() as connection:
        assert audit.broken_at(connection, made.id) is None
