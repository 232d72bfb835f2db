"""Made campaigns go through the real register import, codes and intake, and can be scored against their truth."""
from __future__ import annotations

import sqlite3
import stat
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns import assignments, audit, clock, hangers, merge, people, reports, status
from campaigns.believable import make, play, score, tour
from campaigns.believable.home import DemoHome
from campaigns.believable.make import Plan
from campaigns.believable.truth import Truth
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import code, dwelling, submission, tally
from campaigns.terms import RECORDING
from forms.language import Refusal
from tests import believable_cases as cases


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Every door told of, without mistakes."""
    return cases.made(tmp_path_factory.mktemp("clean"), cases.plan(reached=1.0))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """Every kind of mistake, often; the campaign is over, so some entries are late."""
    plan = cases.plan(cases.EVERYTHING_WRONG, dwellings=160, reached=0.9, played_days=20)
    return cases.made(tmp_path_factory.mktemp("wrong"), plan)


def scored(made) -> score.Score:
    here, campaign, home = made
    with here.store.read() as connection:
        return score.compare(connection, here.keyring.campaign(campaign.slug), campaign, Truth(home.truth))


def test_without_mistakes_the_merged_records_are_the_truth(clean):
    result = scored(clean)
    assert result.exact
    assert result.merged_in_all == result.there
    assert result.merged == result.told
    assert result.there.households < result.there.doors  # empty doors are told of too


def test_with_mistakes_the_score_says_what_is_wrong(wrong):
    result = scored(wrong)
    assert not result.exact
    assert result.persons["wrong"] and result.persons["missed"] and result.persons["right"]
    assert result.persons["right"] > 0.7 * result.persons.total()


def test_a_single_changed_answer_is_noticed_by_the_score(tmp_path):
    made = cases.made(tmp_path, cases.plan(reached=1.0, dwellings=40))
    with sqlite3.connect(made[2].truth) as truth:
        truth.execute("UPDATE person SET answers = json_set(answers, '$.name', '别人') WHERE (dwelling_id, number) IN "
                      "(SELECT dwelling_id, number FROM person LIMIT 1)")
    result = scored(made)
    assert not result.exact
    assert result.persons["wrong"] == 1


def test_every_bad_row_of_the_register_stays_out_and_every_good_one_goes_in(wrong):
    here, campaign, home = wrong
    with here.store.read() as connection:
        doors = connection.execute(select(func.count()).select_from(dwelling)).scalar_one()
    assert doors == Truth(home.truth).totals().doors  # the making itself refuses a count that differs


def test_the_register_puts_contacts_under_seal_and_buildings_under_teams(clean):
    here, _, _ = clean
    with here.store.read() as connection:
        rows = connection.execute(select(dwelling)).mappings().all()
    assert sum(row["sealed"] is not None for row in rows) > len(rows) // 2
    assert all(row["team_id"] and row["community"] and row["area_dm2"] and row["lon"] for row in rows)


def test_all_five_channels_come_in_with_their_people(wrong):
    here, _, _ = wrong
    with here.store.read() as connection:
        rows = connection.execute(select(submission.c.channel, submission.c.user_id, submission.c.code_id)).all()
    seen = Counter(row.channel for row in rows)
    assert set(seen) == {"visit", "self", "hanger", "paper", "gate"}
    for row in rows:
        assert (row.user_id is not None) == (row.channel in ("visit", "paper"))
        assert (row.code_id is None) == (row.channel == "gate")


def test_corrections_name_what_they_replace_and_late_entries_are_marked(wrong):
    here, campaign, home = wrong
    truth = Truth(home.truth)
    corrected = {each.instance for each in truth.tellings() if each.replaces}
    with here.store.read() as connection:
        kept = connection.execute(select(submission.c.instance).where(submission.c.replaces.is_not(None))).scalars().all()
        late = connection.execute(select(submission).where(submission.c.late)).mappings().all()
    assert set(kept) == corrected and corrected
    assert late
    assert all(row["received_at"] >= campaign.closes_at > row["filled_at"] for row in late)


def test_codes_scanned_for_nothing_stay_open_and_unanswered(wrong):
    here, _, home = wrong
    with here.store.read() as connection:
        idle = connection.execute(
            select(func.count()).select_from(code).where(
                code.c.opened_at.is_not(None), code.c.kind == "household",
                code.c.dwelling_id.not_in(select(submission.c.dwelling_id)))).scalar_one()
    assert idle == len(Truth(home.truth).openings()) > 0


def test_tallies_credit_visits_once_and_pay_each_household_once(wrong):
    here, campaign, _ = wrong
    with here.store.read() as connection:
        rows = connection.execute(select(tally)).mappings().all()
        sent = connection.execute(select(func.count()).select_from(submission).where(
            submission.c.user_id.is_not(None), submission.c.replaces.is_(None))).scalar_one()
    assert len(rows) == sent
    paid = Counter(row["dwelling_id"] for row in rows if row["fen"])
    assert max(paid.values()) == 1
    assert {row["fen"] for row in rows} <= {0, campaign.terms.rate_fen}


def test_the_books_are_in_order_afterwards(wrong):
    here, campaign, _ = wrong
    with here.store.read() as connection:
        assert audit.broken_at(connection, campaign.id) is None


def test_nothing_lies_in_the_future(wrong):
    here, _, _ = wrong
    with here.store.read() as connection:
        assert connection.execute(select(func.max(submission.c.received_at))).scalar_one() < clock.now()


def test_several_processes_bring_in_the_same_as_one(tmp_path, monkeypatch):
    plan = cases.plan(cases.EVERYTHING_WRONG, dwellings=60, reached=1.0)
    digests = []
    for processes in (0, 2):
        alone = play.play
        monkeypatch.setattr(make.play, "play", lambda *a, n=processes, f=alone: f(*a[:3], n, a[4]))
        here, campaign, _ = cases.made(tmp_path / str(processes), plan)
        monkeypatch.undo()
        with here.store.read() as connection:
            digests.append(merge.last(connection, campaign.id, "merge")[1]["submissions"])
            content = connection.execute(select(submission.c.instance, submission.c.channel, submission.c.dwelling_id,
                                                submission.c.persons, submission.c.received_at).order_by(submission.c.id)).all()
            digests.append(content)
    assert digests[:2] == digests[2:]


def test_badges_and_pins_that_were_kept_open_the_door(clean):
    here, campaign, home = clean
    crew = tour.logins(home.logins)
    assert stat.S_IMODE(home.logins.stat().st_mode) == 0o600
    volunteer = next(each for each in crew if each.role == "volunteer")
    with here.store.read() as connection:
        assert people.sign_in(connection, here.server, volunteer.badge, volunteer.pin).label == volunteer.label


def test_the_tour_leads_to_a_door_from_which_nothing_has_come(wrong):
    here, campaign, _ = wrong
    door, text = tour.door_to_do(here, campaign)
    with here.store.read() as connection:
        assert not connection.execute(select(submission.c.id).where(submission.c.dwelling_id == door.id)).first()
    assert len(text) == 12


def test_the_tour_has_no_door_when_all_are_done(clean):
    here, campaign, _ = clean
    assert tour.door_to_do(here, campaign) is None


def test_a_start_that_leaves_no_time_to_play_is_refused(tmp_path):
    here = Installation(Settings(home=tmp_path))
    plan = Plan(cases.size(), 1, clock.now() - timedelta(days=1))
    with pytest.raises(Refusal, match="begins too late"):
        make.make(here, plan, DemoHome(here), cases.silent)


def test_gate_passes_are_confirmed_by_the_household_when_nothing_goes_wrong(clean):
    here, _, _ = clean
    with here.store.read() as connection:
        by_door: dict[int, set] = {}
        for door, channel in connection.execute(select(submission.c.dwelling_id, submission.c.channel)):
            by_door.setdefault(door, set()).add(channel)
    assert any("gate" in channels for channels in by_door.values())
    assert all(channels & set(RECORDING) for channels in by_door.values())


def test_the_days_at_the_doors_are_made_with_rounds_visits_hangers_and_reports(wrong):
    here, campaign, _ = wrong
    with here.store.read() as connection:
        volunteers = [each for each in people.every(connection, campaign.id) if each.role == "volunteer"]
        assert all(sum(each.people.values()) == each.doors for each in assignments.buildings(connection, campaign))
        [book] = hangers.balance(connection, campaign.id)
        assert book.balanced and hangers.unbalanced(connection, campaign.id) == []
        assert book.counts["handed"] and book.counts["hung"] and book.counts["stock"] and book.counts["spoiled"]
        statuses = {row.status for row in connection.execute(status.statuses(campaign.id))}
        assert {"recorded", "not_started", "call_back", "hung"} <= statuses
        assert [each.key for each in reports.listed(connection, campaign, None)] == ["incident-report"] * 2
        assert all(connection.execute(assignments.held_by(campaign.id, each.id)).first() for each in volunteers)
