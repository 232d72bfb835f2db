"""The merge (INV-3): a pure function; one record a household; any order of arrival gives the same bytes."""
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import merge
from campaigns.audit import COMMAND_LINE
from campaigns.merge import Header
from campaigns.store.schema import record
from campaigns.terms import CHANNELS
from tests import core_cases as core
from tests.core_cases import NOON, WANG, ZHAO


def header(number, channel="self", door=1, minutes=0, replaces=None, persons=2, household=1):
    return Header(number, f"i{number:02d}", channel, door, household, NOON + timedelta(minutes=minutes), "2026-03-01",
                  persons, replaces)


def winners(*headers, trust=CHANNELS):
    return [each.submission_id for each in merge.merge(headers, trust)]


def test_mrg_2_the_most_trusted_channel_wins_even_when_it_came_first():
    assert winners(header(1, "visit"), header(2, "gate", minutes=60)) == [1]


def test_mrg_2_within_a_channel_the_latest_filled_wins():
    assert winners(header(1, "paper", minutes=9), header(2, "paper", minutes=5)) == [1]


def test_the_campaigns_own_order_of_trust_decides():
    trust = ("gate", *[channel for channel in CHANNELS if channel != "gate"])
    assert winners(header(1, "visit"), header(2, "gate"), trust=trust) == [2]


def test_mrg_1_a_correction_replaces_what_it_names_with_the_trust_of_its_line():
    assert winners(header(1, "visit"), header(2, "self", minutes=60, replaces=1)) == [2]


def test_mrg_1_only_the_newest_of_a_line_of_corrections_counts():
    assert winners(header(1), header(2, replaces=1, minutes=-9), header(3, replaces=2, minutes=-8)) == [3]


def test_households_behind_one_door_are_records_of_their_own():
    assert winners(header(1), header(2, household=2), header(3, door=2)) == [1, 2, 3]


def test_mrg_3_the_record_names_those_that_lost():
    (only,) = merge.merge([header(1, "visit"), header(2, "gate"), header(3, "paper")], CHANNELS)
    assert (only.instance, only.others) == ("i01", ("i02", "i03"))


@st.composite
def histories(draw):
    headers = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        door = draw(st.integers(1, 3))
        open_lines = [each.id for each in headers
                      if each.dwelling_id == door and each.id not in {other.replaces for other in headers}]
        replaces = draw(st.sampled_from([None, *open_lines]))
        headers.append(header(number, draw(st.sampled_from(CHANNELS)), door, draw(st.integers(0, 3)), replaces))
    return headers


@given(histories(), st.randoms())
def test_inv_3_any_order_of_arrival_gives_the_same_records(headers, chance):
    shuffled = list(headers)
    chance.shuffle(shuffled)
    renumber = {each.id: place for place, each in enumerate(shuffled, 101)}
    arrived = [Header(renumber[each.id], each.instance, each.channel, each.dwelling_id, each.household, each.filled_at,
                      each.day, each.persons, renumber.get(each.replaces)) for each in shuffled]
    assert merge.digest(merge.merge(arrived, CHANNELS)) == merge.digest(merge.merge(headers, CHANNELS))


def test_running_the_merge_twice_gives_the_same_digest_and_the_same_rows(here):
    made = core.campaign(here)
    first, second, _ = core.door_ids(here, made)
    receipt = core.send(here, made, core.entry(here, made, first)).receipt
    core.send(here, made, core.entry(here, made, first, ZHAO, receipt=receipt))
    core.send(here, made, core.entry(here, made, second, WANG, channel="gate"))
    once = merge.run(here.store, made, NOON, COMMAND_LINE)
    rows = records(here)
    assert merge.run(here.store, made, NOON, COMMAND_LINE) == once
    assert records(here) == rows
    assert (once["submissions"], once["records"], once["persons"]) == (3, 2, 3)


def records(here):
    with here.store.read() as connection:
        return connection.execute(select(record).order_by(record.c.dwelling_id, record.c.household)).all()


def test_merging_step_by_step_gives_the_same_rows_as_merging_once(here, tmp_path):
    at_once = core.installation(tmp_path / "at-once")
    sent = []
    for store, merges_between in ((here, True), (at_once, False)):
        made = core.campaign(store)
        first, second, third = core.door_ids(store, made)
        steps = sent or [core.entry(store, made, first, instance="a"), core.entry(store, made, second, channel="gate", instance="b"),
                         core.entry(store, made, second, ZHAO, instance="c"), core.entry(store, made, third, instance="d"),
                         core.entry(store, made, third, channel="grid", instance="e")]
        sent = steps
        for step in steps:
            core.send(store, made, step)
            if merges_between:
                merge.run(store.store, made, NOON, COMMAND_LINE)
        merge.run(store.store, made, NOON, COMMAND_LINE)
    assert records(here) == records(at_once)
    assert [row.channel for row in records(here)] == ["self", "self", "self"]
    assert records(here)[2].provenance == {"from": "d", "others": ["e"]}


def test_a_record_whose_submissions_are_no_longer_in_the_frame_of_the_merge_is_taken_away(here):
    made = core.campaign(here)
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
    merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.write() as connection:
        stray = {**records(here)[0]._asdict(), "household": 7}
        connection.execute(record.insert(), stray)
    merge.run(here.store, made, NOON, COMMAND_LINE)
    assert [row.household for row in records(here)] == [1]


def test_the_merge_of_one_campaign_leaves_the_records_of_another(here):
    one, two = core.campaign(here), core.campaign(here, "c2")
    for made in (one, two):
        core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0]))
        merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        assert sorted(connection.execute(select(record.c.campaign_id)).scalars()) == [one.id, two.id]
