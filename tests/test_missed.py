"""Missed doors and doors with several households (MIS-1 to MIS-6)."""
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns import assignments, decisions, figures, hangers, merge, missed, tally
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.frame import doors
from campaigns.frame.doors import NoSuchDoor
from campaigns.missed import BadRoom, BothRecorded, NewDoor, NothingToReview
from campaigns.store.schema import code, dwelling, submission
from campaigns.store.schema import tally as ledger
from tests import core_cases as core
from tests import hanger_cases
from tests.core_cases import NOON
from tests.visit_cases import new, record, stops


@pytest.fixture
def field(installation):
    made = core.campaign(installation)
    alice = core.worker(installation, made).user
    ids = core.door_ids(installation, made)
    with installation.store.write() as connection:
        assignments.assign(connection, made, alice, ids, NOON, COMMAND_LINE)
        codes.issue_for_dwellings(connection, installation.server, made.id, NOON, COMMAND_LINE)
    return installation, made, alice, ids


def add(here, made, by, copy_of, room, **fields):
    given = NewDoor(fields.pop("item", uuid.uuid4().hex), copy_of, room, NOON, **fields)
    key = here.keyring.campaign(made.slug)
    return here.store.submit(lambda connection: missed.add(connection, here.server, made, key, by, given))


def do(here, work, *arguments):
    return here.store.submit(lambda connection: work(connection, *arguments))


def waiting(here, made, which=missed.to_review):
    with here.store.read() as connection:
        return list(connection.execute(which(made.id)).scalars())


def test_a_missed_door_is_a_copy_of_its_neighbour_with_a_code_and_waits_for_review_mis_1_and_4(field):
    here, made, alice, ids = field
    found = add(here, made, alice, ids[1], "０102乙", note="木门")
    assert (found.door.place, found.known, found.repeated, len(found.code)) == ("幸福里-1栋-1单元-0102乙", False, False, 12)
    with here.store.read() as connection:
        row = connection.execute(dwelling.select().where(dwelling.c.id == found.door.id)).one()
        assert codes.find(connection, here.server, found.code).dwelling_id == found.door.id
    assert (row.origin, row.copied_from, row.community, row.register_code, row.walk) == ("field", ids[1], "龙泉社区", None, 2)
    assert "木门".encode() not in row.sealed
    assert waiting(here, made) == [found.door.id]
    assert [each.id for each in stops(here, made, alice)] == [ids[0], ids[1], found.door.id, ids[2]]


def test_the_same_item_again_adds_nothing_mis_2(field):
    here, made, alice, ids = field
    item = uuid.uuid4().hex
    first, again = add(here, made, alice, ids[0], "109", item=item), add(here, made, alice, ids[0], "109", item=item)
    assert (again.door, again.repeated) == (first.door, True)
    assert waiting(here, made) == [first.door.id]


def test_a_door_on_file_is_answered_with_that_door_and_one_that_ended_comes_back_mis_3(field):
    here, made, alice, ids = field
    with here.store.write() as connection:  # the key as the register's reader makes it
        connection.execute(dwelling.update().where(dwelling.c.id == ids[2]).values(door="幸福里|1|1|103", ended_at=NOON))
        connection.execute(dwelling.update().where(dwelling.c.id == ids[1]).values(door="幸福里|1|1|102"))
    found = add(here, made, alice, ids[0], "102室")
    assert (found.door.id, found.known, found.code) == (ids[1], True, None) and waiting(here, made) == []
    assert add(here, made, alice, ids[0], "103", unit="一单元").door.id == ids[2]
    assert waiting(here, made) == [ids[2]]


@pytest.mark.parametrize("room", ["", "  ", "房" * 21, "5\n01", "无"])
def test_a_room_that_names_no_door_is_refused(field, room):
    here, made, alice, ids = field
    with pytest.raises(BadRoom, match="502"):
        add(here, made, alice, ids[0], room)


def test_the_neighbour_must_be_there_and_ones_own(field):
    here, made, alice, ids = field
    with pytest.raises(NoSuchDoor):
        add(here, made, alice, 999, "109")
    erin = core.worker(here, made, name="艾琳", team="二组").user
    do(here, assignments.to_team, made, ids, alice.team_id, NOON, COMMAND_LINE)
    with pytest.raises(assignments.NotYourDoor):
        add(here, made, erin, ids[0], "109")


def test_a_review_keeps_or_ends_the_door_once_mis_5(field):
    here, made, alice, ids = field
    kept, ended = add(here, made, alice, ids[0], "109").door.id, add(here, made, alice, ids[0], "110").door.id
    do(here, missed.keep, made, kept, NOON, COMMAND_LINE)
    do(here, missed.end, made, ended, NOON, COMMAND_LINE)
    assert waiting(here, made) == [] and ended not in [each.id for each in stops(here, made, alice)]
    with pytest.raises(NothingToReview):
        do(here, missed.end, made, kept, NOON, COMMAND_LINE)
    bob = core.worker(here, made, "lead", "鲍勃", team="二组").user
    again = add(here, made, alice, ids[0], "111").door.id
    with pytest.raises(assignments.NotYourTeam):
        do(here, missed.keep, made, again, NOON, bob.actor, bob)


def test_a_door_that_turns_out_to_be_another_gives_it_its_codes_mis_5(field):
    here, made, alice, ids = field
    item = uuid.uuid4().hex
    found = add(here, made, alice, ids[0], "109", item=item)
    (card,) = hanger_cases.stocked(here, made, 1)
    hanger_cases.act(here, made, alice, "hung", card, dwelling_id=found.door.id)
    assert do(here, missed.merge, made, found.door.id, ids[1], NOON, COMMAND_LINE).id == ids[1]
    with here.store.read() as connection:
        moved = hangers.by_id(connection, card.id)
        assert (moved.state, moved.dwelling_id, hangers.unbalanced(connection, made.id)) == ("hung", ids[1], [])
        assert codes.find(connection, here.server, found.code).dwelling_id == ids[1]
        assert missed.by_item(connection, made.id, item).id == ids[1]
    with pytest.raises(NoSuchDoor):
        do(here, missed.merge, made, add(here, made, alice, ids[0], "110").door.id, 999, NOON, COMMAND_LINE)


def test_the_door_with_the_entry_goes_on_with_the_registers_row_and_two_entries_are_never_merged_mis_5(field):
    here, made, alice, ids = field
    found = add(here, made, alice, ids[0], "109").door
    core.send(here, made, core.entry(here, made, found.id))
    assert do(here, missed.merge, made, found.id, ids[1], NOON, COMMAND_LINE).place == "幸福里-1栋-1单元-102"
    with here.store.read() as connection:
        row = connection.execute(dwelling.select().where(dwelling.c.id == found.id)).one()
        assert (row.door, row.origin, row.ended_at) == ("幸福里|1|1|102", "register", None)
        assert doors.find(connection, made.id, ids[1]) is None
        assert connection.execute(select(code.c.id).where(code.c.dwelling_id == ids[1])).all() == []
    other = add(here, made, alice, ids[0], "110").door
    for each in (other.id, ids[2]):
        core.send(here, made, core.entry(here, made, each))
    with pytest.raises(BothRecorded, match="reject the doubled entry"):
        do(here, missed.merge, made, other.id, ids[2], NOON, COMMAND_LINE)


def test_mis_5_one_household_recorded_at_two_doors_is_one_door_once_the_doubled_entry_is_rejected(field):
    """Nothing is lost: both entries stay in the store, one door counts, one entry is paid, and the books balance."""
    here, made, alice, ids = field
    other = add(here, made, alice, ids[0], "110").door
    doubled, first = (core.send(here, made, core.entry(here, made, each, channel="visit", user=alice)) for each in (other.id, ids[2]))
    do(here, decisions.reject, made, doubled.id, "twice", NOON, COMMAND_LINE)
    assert do(here, missed.merge, made, other.id, ids[2], NOON, COMMAND_LINE).id == ids[2]
    with pytest.raises(decisions.DoorMerged):
        do(here, decisions.restore, made, doubled.id, "true", NOON, COMMAND_LINE)
    merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        assert tally.unbalanced(connection, made.id) == []
        assert connection.execute(select(func.sum(ledger.c.fen))).scalar_one() == made.terms.rate_fen
        assert set(connection.execute(select(submission.c.id, submission.c.dwelling_id)).all()) == {
            (doubled.id, other.id), (first.id, ids[2])}
        counted = figures.measure(connection, made, NOON).total
    assert (counted.frame, counted.recorded, counted.households, counted.submissions) == (3, 1, 1, 1)


def test_a_split_or_a_second_household_waits_for_review_until_the_next_news_mis_6(field):
    here, made, alice, ids = field
    record(here, made, alice, new(ids[0], "split"))
    core.send(here, made, core.entry(here, made, ids[1], household=2))
    assert sorted(waiting(here, made, missed.several)) == ids[:2]
    do(here, missed.keep, made, ids[0], NOON + timedelta(hours=1), COMMAND_LINE)
    assert waiting(here, made, missed.several) == [ids[1]]
    record(here, made, alice, new(ids[0], "nobody_home", household=2, days=1))
    assert sorted(waiting(here, made, missed.several)) == ids[:2]
    with here.store.read() as connection:
        assert [missed.next_household(connection, each) for each in ids] == [1, 3, 1]
