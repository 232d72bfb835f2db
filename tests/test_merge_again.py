"""Merging what is new gives the same records and the same digest as merging everything anew (INV-3)."""
import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from campaigns import campaign as campaigns
from campaigns import merge
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import derivation, record
from campaigns.submissions import AlreadyRecorded
from campaigns.terms import CHANNELS
from tests import core_cases as core
from tests.core_cases import NOON


def run(here, made):
    return merge.run(here.store, made, NOON, COMMAND_LINE)


def rows(here):
    with here.store.read() as connection:
        return connection.execute(select(record).order_by(record.c.dwelling_id, record.c.household)).all()


def forget(here):
    """As if nothing had ever been merged."""
    with here.store.write() as connection:
        connection.execute(delete(derivation))
        connection.execute(delete(record))


def some(here, made, chance, count, receipts):
    for n in range(count):
        door, at = chance.choice(core.door_ids(here, made)), NOON + timedelta(minutes=chance.randrange(60), seconds=n)
        channel = chance.choice(CHANNELS)
        known = receipts.setdefault(door, [])
        answers = {"household_type": "1", "person": [{"name": str(n)}] * chance.randrange(4)}
        receipt = chance.choice(known) if known and chance.random() < 0.4 else None
        try:
            taken = core.send(here, made, core.entry(here, made, door, answers, channel=channel, received_at=at, filled_at=at,
                                                     receipt=receipt))
        except AlreadyRecorded:
            continue
        if not receipt:
            known.append(taken.receipt)


@pytest.mark.parametrize("seed", range(4))
def test_inv_3_merging_bit_by_bit_gives_the_same_as_merging_at_once(here, seed):
    made, chance, receipts = core.campaign(here, doors=6), random.Random(seed), {}
    for _ in range(5):
        some(here, made, chance, 5, receipts)
        summary = run(here, made)
    bit_by_bit = rows(here)
    forget(here)
    assert run(here, made) == summary
    assert rows(here) == bit_by_bit


def test_a_merge_without_news_changes_nothing(here):
    made = core.campaign(here)
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
    assert run(here, made) == run(here, made)


def test_a_new_order_of_trust_is_applied_to_every_door(here):
    made = core.campaign(here)
    door = core.door_ids(here, made)[0]
    for channel in ("visit", "gate"):
        core.send(here, made, core.entry(here, made, door, channel=channel))
    run(here, made)
    assert [row.channel for row in rows(here)] == ["visit"]
    with here.store.write() as connection:
        trust = ("gate", *[channel for channel in CHANNELS if channel != "gate"])
        made = campaigns.set_terms(connection, made, core.dataclasses.replace(made.terms, trust=trust), NOON, COMMAND_LINE)
    run(here, made)
    assert [row.channel for row in rows(here)] == ["gate"]


@pytest.mark.parametrize("damage", [delete(record), update(record).values(persons=99)])
def test_records_that_were_lost_or_changed_are_made_anew(here, damage):
    made = core.campaign(here)
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
    summary, before = run(here, made), rows(here)
    with here.store.write() as connection:
        connection.execute(damage)
    assert run(here, made) == summary
    assert rows(here) == before


def test_a_merge_made_under_other_rules_is_made_anew(here):
    made = core.campaign(here)
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
    summary = run(here, made)
    with here.store.write() as connection:
        connection.execute(update(derivation).values(detail={**summary, "rules": 0, "digest": "0" * 64}))
    assert run(here, made) == summary
