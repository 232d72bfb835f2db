"""Who has which doors (ASG-1 to ASG-7)."""
import pytest
from sqlalchemy import func, select

from campaigns import assignments, campaign, people
from campaigns.assignments import CannotHave, NotYourTeam, Place
from campaigns.audit import COMMAND_LINE
from campaigns.store.fieldwork import assignment
from campaigns.store.schema import audit, dwelling
from forms.language import Refusal
from tests import core_cases as core
from tests.core_cases import NOON


@pytest.fixture
def street(installation):
    """A campaign of six doors in two buildings, team one's; alice and dave are in team one, erin in team two, bob leads one."""
    made = core.campaign(installation, doors=6, per_building=2)
    crew = {name: core.worker(installation, made, role, name, team=team).user for name, role, team in (
        ("alice", "volunteer", "一组"), ("dave", "volunteer", "一组"), ("erin", "volunteer", "二组"), ("bob", "lead", "一组"))}
    ids = core.door_ids(installation, made)
    with installation.store.write() as connection:
        connection.execute(dwelling.update().where(dwelling.c.id.in_(ids[3:])).values(building="2栋"))
        assignments.to_team(connection, made, ids, crew["alice"].team_id, NOON, COMMAND_LINE)
    return installation, made, crew, ids


def do(here, work, *arguments, **more):
    return here.store.submit(lambda connection: work(connection, *arguments, **more))


def has(here, made, who):
    with here.store.read() as connection:
        return sorted(connection.execute(assignments.held_by(made.id, who.id)).scalars())


def audited(here, action):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(audit).where(audit.c.action == action)).scalar_one()


def test_an_area_given_to_another_team_ends_what_people_had_there_asg_1(street):
    here, made, crew, ids = street
    do(here, assignments.assign, made, crew["alice"], ids, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        two = people.team_named(connection, made.id, "二组")
    assert do(here, assignments.give_area, made, two, Place(compound="幸福里", building="2栋"), NOON, COMMAND_LINE) == 3
    assert do(here, assignments.give_area, made, two, Place(compound="幸福里", building="2栋"), NOON, COMMAND_LINE) == 0
    assert has(here, made, crew["alice"]) == ids[:3]
    with pytest.raises(Refusal, match="no such team"):
        do(here, assignments.give_area, made, 999, Place(compound="幸福里"), NOON, COMMAND_LINE)
    with pytest.raises(NotYourTeam):
        do(here, assignments.give_area, made, two, Place(compound="幸福里"), NOON, crew["bob"].actor, crew["bob"])


def test_assigning_twice_changes_nothing_and_two_may_have_a_door_asg_2_and_7(street):
    here, made, crew, ids = street
    assert [do(here, assignments.assign, made, crew["alice"], ids[:3], NOON, COMMAND_LINE) for _ in range(2)] == [3, 0]
    assert do(here, assignments.assign, made, crew["dave"], ids[:3], NOON, COMMAND_LINE) == 3
    assert has(here, made, crew["alice"]) == has(here, made, crew["dave"]) == ids[:3]
    assert audited(here, "doors.assigned") == 2


def test_who_cannot_have_doors_is_refused_asg_3(street):
    here, made, crew, ids = street
    for name in ("erin", "bob"):  # another team; a lead
        with pytest.raises(CannotHave, match=crew[name].label):
            do(here, assignments.assign, made, crew[name], ids, NOON, COMMAND_LINE)
    do(here, people.revoke, crew["dave"], NOON, COMMAND_LINE)
    with here.store.read() as connection:
        dave = people.by_id(connection, crew["dave"].id)
    with pytest.raises(CannotHave):
        do(here, assignments.assign, made, dave, ids, NOON, COMMAND_LINE)
    assert has(here, made, dave) == []


def test_a_lead_moves_doors_and_people_of_the_own_team_only_asg_4(street):
    here, made, crew, ids = street
    bob, erin = crew["bob"], crew["erin"]
    assert do(here, assignments.assign, made, crew["alice"], ids[:2], NOON, bob.actor, bob) == 2
    with pytest.raises(NotYourTeam):
        do(here, assignments.assign, made, erin, ids[:2], NOON, bob.actor, bob)
    with pytest.raises(NotYourTeam):
        do(here, assignments.move, made, crew["alice"], erin, None, NOON, bob.actor, bob)
    do(here, assignments.to_team, made, ids[2:], None, NOON, COMMAND_LINE)
    with pytest.raises(NotYourTeam):
        do(here, assignments.assign, made, crew["alice"], ids[2:], NOON, bob.actor, bob)
    with here.store.read() as connection:
        assert assignments.doors_in(connection, made.id, Place(compound="幸福里"), bob) == ids[:2]


def test_buildings_with_too_few_people_are_listed_asg_5(street):
    here, made, crew, ids = street
    do(here, assignments.assign, made, crew["alice"], ids, NOON, COMMAND_LINE)
    do(here, assignments.assign, made, crew["dave"], ids[:1], NOON, COMMAND_LINE)
    with here.store.read() as connection:
        (short,) = assignments.shortfalls(connection, made)
        assert (short.building, short.doors, short.people, short.wanting(2)) == ("2栋", 3, {crew["alice"].label: 3}, 1)
        assert [each.people for each in assignments.buildings(connection, made)] == [
            {crew["alice"].label: 3, crew["dave"].label: 1}, {crew["alice"].label: 3}]
        assert [(each.user.label, each.doors) for each in assignments.holders(connection, made, crew["bob"])] == [
            (crew["alice"].label, 6), (crew["dave"].label, 1)]
        assert assignments.shortfalls(connection, campaign.by_slug(connection, "c1"), dwelling.c.building == "1栋") == []


def test_everything_of_whoever_leaves_goes_to_the_next_asg_6(street):
    here, made, crew, ids = street
    alice, dave = crew["alice"], crew["dave"]
    do(here, assignments.assign, made, alice, ids, NOON, COMMAND_LINE)
    do(here, assignments.assign, made, dave, ids[:2], NOON, COMMAND_LINE)
    assert do(here, assignments.hand_over, made, alice, dave, NOON, COMMAND_LINE).doors == 6
    assert (has(here, made, alice), has(here, made, dave)) == ([], ids)
    assert do(here, assignments.hand_over, made, alice, dave, NOON, COMMAND_LINE).doors == 0
    with pytest.raises(Refusal, match="same person"):
        do(here, assignments.move, made, dave, dave, None, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        open_rows = connection.execute(select(func.count()).select_from(assignment).where(assignment.c.ended_at.is_(None))).scalar_one()
    assert open_rows == 6
