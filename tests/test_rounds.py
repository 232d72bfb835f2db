"""A person's round (RND-1 to RND-5)."""
import hashlib
from datetime import timedelta

import pytest

from campaigns import assignments, rounds
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from tests import core_cases as core
from tests.core_cases import NOON
from tests.visit_cases import SALT, new, record, stops


@pytest.fixture
def field(installation):
    made = core.campaign(installation, doors=5)
    alice = core.worker(installation, made).user
    ids = core.door_ids(installation, made)
    with installation.store.write() as connection:
        codes.issue_for_dwellings(connection, installation.server, made.id, NOON, COMMAND_LINE)
        assignments.assign(connection, made, alice, ids[:4], NOON, COMMAND_LINE)
    return installation, made, alice, ids


def changes(here, made, by, since):
    with here.store.read() as connection:
        return rounds.changes_since(connection, here.server, made, by, since, NOON + timedelta(days=1), SALT)


def test_the_round_holds_the_own_doors_in_walking_order_with_what_helps_before_knocking_rnd_1(field):
    here, made, alice, ids = field
    record(here, made, alice, new(ids[1], hints=("dog", "evenings"), call_back_at=NOON + timedelta(days=1)))
    record(here, made, alice, new(ids[1], "split", days=0.01, hints=("pair", "dog")))
    record(here, made, alice, new(ids[2], "vacant", evidence=("sealed",)))
    core.send(here, made, core.entry(here, made, ids[3]))
    record(here, made, alice, new(ids[3], "nobody_home", household=2, days=0.1))
    first, second, third, fourth = stops(here, made, alice)
    assert [each.id for each in (first, second, third, fourth)] == ids[:4]
    assert (first.place, first.floor, first.unit, first.status, first.left) == ("幸福里-1栋-1单元-101", "1", "1单元", "not_started", True)
    assert (second.status, second.visits, second.days, second.hints) == ("call_back", 2, 1, ("pair", "dog", "evenings"))
    assert second.call_back and second.left
    assert (third.status, third.left, third.call_back) == ("vacant", False, None)
    assert (fourth.status, fourth.by, fourth.self_answered, fourth.left) == ("recorded", "self", True, True)
    assert [(each.number, each.status, each.by) for each in fourth.households] == [(1, "recorded", "self"), (2, "call_back", "")]


def test_somebody_without_doors_has_those_of_a_small_team_and_nothing_of_a_large_one_rnd_2(field, monkeypatch):
    here, made, _, ids = field
    dave, erin = core.worker(here, made, name="戴夫").user, core.worker(here, made, name="艾琳", team="二组").user
    with here.store.write() as connection:
        assignments.to_team(connection, made, ids[3:], dave.team_id, NOON, COMMAND_LINE)
    assert [each.id for each in stops(here, made, dave)] == ids[3:] and stops(here, made, erin) == []
    assert changes(here, made, dave, NOON).whole
    monkeypatch.setattr(rounds, "FEW", 1)
    assert stops(here, made, dave) == []


def test_a_phone_knows_a_scanned_code_again_and_holds_none_rnd_3(field):
    here, made, alice, ids = field
    with here.store.write() as connection:
        seed = connection.execute(codes.code.select().where(codes.code.c.dwelling_id == ids[0])).one().seed
    code = codes.written(here.server, seed)
    assert stops(here, made, alice)[0].scan == hashlib.sha256((SALT + code).encode()).hexdigest()[:16]
    assert code not in str(stops(here, made, alice))


def test_changes_since_name_what_is_new_and_what_is_gone_rnd_4(field):
    here, made, alice, ids = field
    later = NOON + timedelta(hours=3)
    assert changes(here, made, alice, later) == rounds.Changes([], [], False)
    record(here, made, alice, new(ids[0], at=later))
    core.send(here, made, core.entry(here, made, ids[1], received_at=later, filled_at=later))
    with here.store.write() as connection:
        assignments.release(connection, made, alice, [ids[2]], later, COMMAND_LINE)
        assignments.assign(connection, made, alice, [ids[4]], later, COMMAND_LINE)
    found = changes(here, made, alice, later + timedelta(minutes=1))
    assert ([(each.id, each.status) for each in found.doors], found.gone) == (
        [(ids[0], "call_back"), (ids[1], "recorded"), (ids[4], "not_started")], [ids[2]])
    assert changes(here, made, alice, later + timedelta(minutes=3)) == rounds.Changes([], [], False)


def test_a_self_response_is_news_until_the_day_after_tomorrow_rnd_5(field):
    here, made, alice, ids = field
    core.send(here, made, core.entry(here, made, ids[0]))
    assert [stops(here, made, alice, NOON + timedelta(days=days))[0].self_answered for days in (0, 1, 2)] == [True, True, False]


@pytest.mark.parametrize("room, floor", [("101", "1"), ("1203", "12"), ("501乙", "5"), ("7层2", "7"), ("甲", ""), ("12", "")])
def test_the_floor_is_read_from_the_rooms_number(room, floor):
    assert rounds.floor_of(room) == floor
