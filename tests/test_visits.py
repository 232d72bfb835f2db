"""Visits: kept once, in any order, with what follows from them (VIS-1 to VIS-10)."""
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from campaigns import assignments, visits
from campaigns.frame.doors import NoSuchDoor
from campaigns.store.fieldwork import visit
from campaigns.store.schema import audit, dwelling
from campaigns.submissions import Closed, NotOpen
from campaigns.visits import BadVisit, Position, ProxyTooSoon
from tests import core_cases as core
from tests.core_cases import CLOSES, NOON, OPENS
from tests.visit_cases import new, record


@pytest.fixture
def field(installation):
    """An installation, a campaign of three doors, and a volunteer."""
    made = core.campaign(installation)
    return installation, made, core.worker(installation, made).user, core.door_ids(installation, made)


def rows(here):
    with here.store.read() as connection:
        return connection.execute(select(visit).order_by(visit.c.id)).mappings().all()


def local(instant):
    return f"{instant.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d %a %H:%M}"


def test_the_same_item_again_is_the_visit_already_kept_vis_1(field):
    here, made, alice, (door, *_) = field
    given = new(door, "nobody_home", hints=("evenings", "dog"))
    first, again = record(here, made, alice, given), record(here, made, alice, given)
    assert (again.id, again.repeated, again.call_back_at) == (first.id, True, first.call_back_at)
    assert [row["hints"] for row in rows(here)] == [["evenings", "dog"]]


@pytest.mark.parametrize("wrong", [
    {"outcome": "gone fishing"}, {"hints": ("rich",)}, {"evidence": ("smell",)}, {"household": 10}, {"household": -1}, {"item": "x"}])
def test_what_is_no_code_of_the_lists_is_refused_and_nothing_kept_vis_2(field, wrong):
    here, made, alice, (door, *_) = field
    with pytest.raises(BadVisit, match="unknown"):
        record(here, made, alice, replace(new(door), **wrong))
    assert rows(here) == []


def test_a_visit_outside_the_campaign_is_refused_one_made_in_time_is_taken_in_the_grace_period_vis_3(field):
    here, made, alice, (door, *_) = field
    with pytest.raises(NotOpen):
        record(here, made, alice, new(door, at=OPENS - timedelta(hours=1)))
    with pytest.raises(Closed):
        record(here, made, alice, new(door, at=CLOSES + timedelta(minutes=1)))
    late = new(door, at=CLOSES - timedelta(hours=1), received_at=CLOSES + timedelta(hours=20))
    assert not record(here, made, alice, late).repeated


def test_another_teams_door_is_refused_and_one_that_was_theirs_is_taken_with_a_word_vis_4(field):
    here, made, alice, (first, second, _) = field
    with here.store.write() as connection:
        assignments.assign(connection, made, alice, [first], NOON, alice.actor)
        other = assignments.people.team_named(connection, made.id, "二组")
        assignments.to_team(connection, made, [first, second], other, NOON, alice.actor)
    with pytest.raises(assignments.NotYourDoor, match="another team"):
        record(here, made, alice, new(second))
    assert "somebody else by now" in record(here, made, alice, new(first)).notice.en
    with pytest.raises(NoSuchDoor):
        record(here, made, alice, new(9_999))


def test_a_neighbour_answers_only_after_three_days_vis_5(field):
    here, made, alice, (door, *_) = field
    for day in range(2):
        record(here, made, alice, new(door, days=day))
        record(here, made, alice, new(door, days=day + 0.1))  # the same day counts once
    with pytest.raises(ProxyTooSoon, match="tried on 2 days"):
        record(here, made, alice, new(door, "completed", days=2, proxy=True), strict=True)
    early = record(here, made, alice, new(door, "partly_completed", days=2, proxy=True))
    assert early.flags == ("proxy-early",) and "too early" in early.notice.en
    assert record(here, made, alice, new(door, "completed", days=3, proxy=True), strict=True).flags == ()
    with here.store.read() as connection:
        flagged = [row.detail for row in connection.execute(select(audit)) if "proxy-early" in row.detail]
    assert len(flagged) == 1


def test_a_vacant_door_without_evidence_is_kept_and_flagged_vis_6(field):
    here, made, alice, (first, second, _) = field
    assert record(here, made, alice, new(first, "vacant")).flags == ("no-evidence",)
    assert record(here, made, alice, new(second, "vacant", evidence=("meter_still", "neighbour_says"))).flags == ()


def test_the_next_call_back_is_proposed_for_another_time_of_day_vis_7(field):
    here, made, alice, (first, second, third) = field
    said = [local(record(here, made, alice, new(first, days=day)).call_back_at) for day in (0, 1, 2)]
    assert said == ["03-02 Mon 19:00", "03-03 Tue 19:00", "03-07 Sat 19:00"]  # in the evening first, after three at a weekend
    assert local(record(here, made, alice, new(second, hints=("mornings",))).call_back_at) == "03-02 Mon 10:00"
    weekend = record(here, made, alice, new(third, hints=("weekends", "afternoons")))
    assert local(weekend.call_back_at) == "03-07 Sat 15:00"
    agreed = NOON + timedelta(days=1, hours=3)
    assert record(here, made, alice, new(third, days=0.5, call_back_at=agreed)).call_back_at == agreed
    assert record(here, made, alice, new(third, "hard_refusal", days=0.6)).call_back_at is None


def test_after_six_days_nobody_needs_to_go_again_and_never_after_closing_vis_7(field):
    here, made, alice, (first, second, _) = field
    *_, fifth, sixth = [record(here, made, alice, new(first, days=day)) for day in range(6)]
    assert fifth.call_back_at and sixth.call_back_at is None and "six days" in sixth.notice.en
    assert record(here, made, alice, new(second, at=CLOSES - timedelta(hours=2))).call_back_at is None


def test_whoever_did_the_same_door_later_is_told_and_both_are_kept_vis_8(field):
    here, made, alice, (door, other, _) = field
    dave = core.worker(here, made, name="戴夫").user
    assert record(here, made, alice, new(door)).conflict is None
    told = record(here, made, dave, new(door, "soft_refusal", days=0.1)).conflict
    assert alice.label in told.en and "nobody home" in told.en and "没人在家" in told.zh
    core.send(here, made, core.entry(here, made, other))
    assert "the household itself" in record(here, made, dave, new(other, "completed", days=0.1)).conflict.en
    assert len(rows(here)) == 3


def test_note_and_position_are_sealed_and_the_distance_is_kept_vis_9(field):
    here, made, alice, (door, far, _) = field
    with here.store.write() as connection:
        connection.execute(update(dwelling).where(dwelling.c.id == door).values(lon=117.3, lat=34.8))
    kept = record(here, made, alice, new(door, note=" 门铃坏 ", position=Position(117.301, 34.8, 12.0)))
    assert 85 < kept.metres < 95
    assert record(here, made, alice, new(far, position=Position(117.301, 34.8))).metres is None
    assert "门铃坏".encode() not in rows(here)[0]["sealed"]
    with here.store.read() as connection:
        sealed = visits.note_of(connection, here.keyring.campaign(made.slug), kept.id)
    assert sealed == {"note": "门铃坏", "position": [117.301, 34.8, 12.0]}


def test_a_clock_that_runs_ahead_makes_no_visit_of_tomorrow_vis_10(field):
    here, made, alice, (door, *_) = field
    record(here, made, alice, new(door, at=NOON + timedelta(days=3), received_at=NOON))
    assert (rows(here)[0]["at"], rows(here)[0]["day"]) == (NOON, "2026-03-01")


def test_a_visit_is_never_changed_or_deleted(field):
    here, made, alice, (door, *_) = field
    record(here, made, alice, new(door))
    with pytest.raises(Exception, match="append-only"), here.store.write() as connection:
        connection.execute(update(visit).values(at=datetime(2026, 3, 3, tzinfo=UTC)))
