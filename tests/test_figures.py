"""Figures are defined once (INV-10): what is counted (FIG-1 to 5), and where the campaign should stand (TGT-1 to 4)."""
from datetime import timedelta

import pytest

from campaigns import figures, merge, tally
from campaigns.audit import COMMAND_LINE
from campaigns.figures import target
from campaigns.figures.counts import share_bp
from campaigns.figures.measure import LEVELS
from campaigns.figures.order import natural
from tests import core_cases as core
from tests import publish_cases as cases
from tests.core_cases import CLOSES, OPENS
from tests.publish_cases import AT


def measured(made, at=AT, merge_first=True):
    if merge_first:
        merge.run(made.here.store, made.campaign, at, COMMAND_LINE)
    with made.here.store.read() as connection:
        return figures.measure(connection, made.campaign, at)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_inv_10_every_count_equals_the_count_made_the_slow_way(here, seed):
    made = cases.busy_street(here, seed=seed)
    found = measured(made)
    assert cases.as_dict(found.total) == cases.counted(made)
    for level, names in LEVELS.items():
        for area in found.areas[level]:
            assert cases.as_dict(area.counts) == cases.counted(made, {name: area.names[name] for name in names}), area.names


def test_the_doors_of_every_standing_add_up_to_the_frame_and_response_rates_follow_fig_7_and_8(here):
    total = measured(cases.busy_street(here, seed=4)).total
    met = total.recorded + total.partial + total.refusal + total.non_contact + total.other
    assert met + total.unknown + total.vacant + total.ineligible == total.frame
    screened = met + total.vacant + total.ineligible
    assert total.rr1_bp == int(10_000 * total.recorded / (met + total.unknown))
    assert total.rr3_bp == int(10_000 * total.recorded / (met + met / screened * total.unknown))
    assert figures.Counts(frame=100, recorded=60, refusal=10, non_contact=10, vacant=10, unknown=10).rr1_bp == 6_666
    assert figures.Counts(frame=100, recorded=60, refusal=10, non_contact=10, vacant=10, unknown=10).rr3_bp == 6_750
    assert figures.Counts().rr1_bp == figures.Counts().rr3_bp == 0


def test_inv_10_days_and_hours_equal_those_counted_the_slow_way(here):
    made = cases.busy_street(here)
    found, slow = measured(made), cases.first_by(made)
    assert {(each.day, each.hour): each.recorded for each in found.hours} == slow
    assert [each.day for each in found.days] == cases.days_until(AT)
    for each in found.days:
        assert each.recorded == sum(count for (day, _), count in slow.items() if day == each.day)
        assert each.submissions == sum(s.day == each.day and not made.doors[s.door].get("ended") for s in made.sent)
    assert found.days[-1].so_far == found.total.recorded
    assert sum(each.recorded for each in found.team_days) == found.total.recorded


def test_inv_10_the_channel_mix_equals_the_merged_records(here):
    made = cases.busy_street(here)
    found = measured(made)
    kept = [each for (door, _), each in cases.merged(made).items() if not made.doors[door].get("ended")]
    for each in found.channels:
        mine = [record for record in kept if record.channel == each.channel]
        assert (each.households, each.persons) == (
            sum(record.persons > 0 for record in mine), sum(record.persons for record in mine))
    assert sum(each.households for each in found.channels) == found.total.households


def test_inv_10_a_volunteers_own_page_and_the_table_show_the_same_tally(here):
    made = cases.busy_street(here)
    found = {each.label: each for each in measured(made).credits}
    with here.store.read() as connection:
        for worker in made.workers:
            own = tally.of_user(connection, made.campaign, worker, AT)
            listed = found[worker.label]
            assert (listed.today, listed.entries, listed.fen_today, listed.fen) == (own.today, own.total, own.fen_today, own.fen)
    assert sum(each.entries for each in found.values()) == sum(each.by != "" and not each.replaces for each in made.sent)


def test_a_reversal_is_counted_back(here):
    made = cases.street(here)
    sent = made.send(next(iter(made.doors)), "visit", by=made.workers[0])
    with here.store.write() as connection:
        tally.reverse(connection, made.campaign, sent.id, "wrong door", AT, COMMAND_LINE)
    (credit,) = [each for each in measured(made).credits if each.label == made.workers[0].label]
    assert (credit.entries, credit.reversals, credit.paid, credit.fen) == (0, 1, 0, 0)


def test_fig_1_a_door_that_ended_counts_nowhere_and_its_household_is_told_apart(here):
    made = cases.street(here)
    door = next(iter(made.doors))
    made.send(door)
    made.end(door)
    found = measured(made)
    assert (found.total.frame, found.total.recorded, found.total.households, found.households_at_ended_doors) == (23, 0, 0, 1)


@pytest.mark.parametrize("channel", ["gate", "property", "grid"])
def test_fig_2_a_list_alone_does_not_make_a_door_recorded(here, channel):
    made = cases.street(here)
    made.send(next(iter(made.doors)), channel)
    total = measured(made).total
    assert (total.recorded, total.listed, total.households, total.persons) == (0, 1, 1, 2)


@pytest.mark.parametrize("channel", ["visit", "self", "hanger", "paper"])
def test_fig_2_an_entry_of_the_households_own_makes_it_recorded_even_when_a_list_is_trusted_more(here, channel):
    made = cases.street(here, trust=("gate", "visit", "self", "hanger", "paper", "property", "grid"))
    door = next(iter(made.doors))
    made.send(door, "gate")
    made.send(door, channel)
    total = measured(made).total
    assert (total.recorded, total.listed) == (1, 0)


def test_fig_3_a_correction_moves_no_past_day(here):
    made = cases.street(here)
    first = made.send(next(iter(made.doors)), at=OPENS + timedelta(hours=1))
    before = measured(made, OPENS + timedelta(hours=2)).days[0]
    made.send(first.door, at=AT, correct=first)
    days = measured(made).days
    assert (days[0].recorded, days[-1].recorded, days[-1].corrections) == (before.recorded, 0, 1) == (1, 0, 1)


def test_fig_3_a_day_begins_at_midnight_of_the_campaigns_own_time_zone(here):
    made = cases.street(here)
    one, two, *_ = made.doors
    midnight = OPENS + timedelta(hours=16)  # 2 March 00:00 in Shanghai
    made.send(one, at=midnight - timedelta(seconds=1))
    made.send(two, at=midnight)
    assert [each.recorded for each in measured(made, midnight).days] == [1, 1]


def test_a_late_entry_counts_as_late_on_the_day_it_came(here):
    made = cases.street(here)
    made.send(next(iter(made.doors)), at=CLOSES + timedelta(days=1), filled=CLOSES - timedelta(minutes=5))
    found = measured(made, CLOSES + timedelta(days=2))
    assert (found.total.recorded, found.total.late, found.days[-1].late, found.days[-1].day) == (1, 1, 1, "2026-03-21")


def test_what_came_after_the_merge_waits_for_the_next_merge_in_every_figure(here):
    made = cases.street(here)
    one, two, *_ = made.doors
    made.send(one, "visit", by=made.workers[0])
    before = measured(made)
    made.send(two, "visit", by=made.workers[0])
    assert measured(made, merge_first=False) == before
    assert measured(made).total.recorded == 2


def test_without_a_merge_nothing_is_counted_but_the_frame(here):
    made = cases.street(here)
    made.send(next(iter(made.doors)))
    found = measured(made, merge_first=False)
    assert (found.total.frame, found.total.recorded, found.total.submissions, found.merged_at) == (24, 0, 0, None)


def test_the_figures_of_one_campaign_leave_out_another(here):
    one = cases.busy_street(here, "c1")
    before = measured(one)
    two = cases.busy_street(here, "c2", seed=9)
    measured(two)
    assert measured(one, merge_first=False) == before


@pytest.mark.parametrize("part, whole, bp", [(0, 0, 0), (0, 7, 0), (1, 3, 3333), (2, 3, 6666), (99_999, 100_000, 9999), (7, 7, 10_000)])
def test_fig_5_a_share_is_rounded_down_so_that_only_all_is_100_percent(part, whole, bp):
    assert share_bp(part, whole) == bp


def test_equal_coverage_shares_a_rank_and_the_next_rank_is_skipped(here):
    made = cases.street(here)
    for compound in ("9号小区", "10号小区"):
        made.send(next(key for key, columns in made.doors.items() if columns["compound"] == compound))
    ranks = {area.names["compound"]: area.rank for area in measured(made).areas["compound"]}
    assert ranks == {"9号小区": 1, "10号小区": 1, "11号小区": 3, "12号小区": 3}


def test_a_team_without_doors_is_shown_last(here):
    made = cases.street(here)
    core.worker(here, made.campaign, team="机动组")
    teams = {area.names["team"]: area for area in measured(made).areas["team"]}
    assert (teams["机动组"].counts.frame, teams["机动组"].rank) == (0, 4)


def test_areas_come_in_the_order_people_expect(here):
    found = measured(cases.street(here))
    assert [area.names["team"] for area in found.areas["team"]] == ["", "第二组", "第十组"]
    assert [area.names["compound"] for area in found.areas["compound"]] == ["11号小区", "12号小区", "9号小区", "10号小区"]  # by community
    assert [area.names["building"] for area in found.areas["building"]][:2] == ["9栋", "10栋"]


@pytest.mark.parametrize("names", [
    ["第一组", "第二组", "第十组", "第十二组", "第二十组", "第一百零三组"], ["3栋", "3栋A座", "10栋"], ["２号", "10号"],
    ["安康里", "长安里", "幸福里", "中兴里"], ["一单元", "二单元", "三单元"],
])
def test_names_sort_by_number_and_then_as_a_dictionary_does(names):
    assert sorted(reversed(names), key=natural) == names


def test_sorting_takes_any_text_a_register_may_hold():
    names = ["", "𠮷祥里", "第", "第一", "1" * 40, "A栋", "·", "😀"]
    assert sorted(sorted(names, key=natural), key=natural) == sorted(reversed(names), key=natural)


def test_tgt_1_the_target_is_rounded_up_to_whole_doors(here):
    assert target.target_of(7, cases.street(here, target_percent=95).campaign) == 7


@pytest.mark.parametrize("gone, expected", [(-1, 0), (0, 0), (0.5, 500), (1, 1000), (2, 1000)])
def test_tgt_2_the_line_is_straight_from_opening_to_closing(here, gone, expected):
    made = cases.street(here).campaign
    assert target.expected(1000, made, made.opens_at + gone * (made.closes_at - made.opens_at)) == expected


@pytest.mark.parametrize("recorded, status", [(1001, "green"), (1000, "green"), (999, "amber"), (925, "amber"), (924, "red"), (0, "red")])
def test_tgt_3_green_at_expected_amber_to_7_5_percent_below_red_beyond(recorded, status):
    assert target.status(recorded, 1000) == status


def test_tgt_3_before_opening_nothing_is_expected_and_all_is_green():
    assert target.status(0, 0) == "green"


def test_tgt_4_the_pace_is_what_is_missing_over_the_days_left_today_included(here):
    made = cases.street(here).campaign  # closes 20 March 18:00
    assert target.days_left(made, AT) == 15
    assert target.line(100, 24, made, AT).pace_needed == 6  # 76 / 15, rounded up


def test_tgt_4_after_closing_no_day_is_left(here):
    line = target.line(10, 4, cases.street(here).campaign, CLOSES)
    assert (line.days_left, line.pace_needed, line.expected) == (0, 6, 10)


def test_before_opening_no_day_is_shown_as_past(here):
    made = cases.street(here)
    assert [each.day for each in measured(made, OPENS - timedelta(days=2)).days] == []


def test_fig_9_entries_that_were_kept_and_marked_are_counted_beside_the_late_and_the_corrections(here):
    made = cases.street(here)
    before = measured(made).total
    doors = list(made.doors)
    for door, odd in ((doors[0], {"flags": ("invalid:person/0/id_number",), "source": b"<odd/>"}), (doors[1], {})):
        core.send(here, made.campaign, core.entry(here, made.campaign, door, received_at=AT, filled_at=AT, **odd))
    after = measured(made).total
    assert (after.flagged - before.flagged, after.submissions - before.submissions) == (1, 2)
