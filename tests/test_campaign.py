"""Campaigns: presets, clock (INV-8), terms, and what cannot be."""
import dataclasses
from datetime import timedelta

import pytest

from campaigns import campaign as campaigns
from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from campaigns.terms import CHANNELS, Terms
from forms.language import Refusal, Text
from tests.core_cases import CLOSES, NOON, OPENS


def new(here, **changes):
    fields = {"slug": "c1", "title": Text("题", "Title"), "preset": "housing-census", "opens_at": OPENS, "closes_at": CLOSES,
              "tz": "Asia/Shanghai", "at": NOON, "actor": COMMAND_LINE, **changes}
    with here.store.write() as connection:
        return campaigns.new(connection, here.keyring, **fields)


def test_inv_8_the_phase_follows_from_the_clock_alone(here):
    made = new(here)
    assert [made.phase(at) for at in (OPENS - timedelta(seconds=1), OPENS, CLOSES - timedelta(seconds=1), CLOSES)] == [
        "before", "open", "open", "closed"]


def test_opening_early_and_closing_early_move_the_instants(here):
    made = new(here)
    early = OPENS - timedelta(days=1)
    with here.store.write() as connection:
        opened = campaigns.open_now(connection, made, early, COMMAND_LINE)
        closed = campaigns.close_now(connection, opened, NOON, COMMAND_LINE)
    assert (opened.opens_at, closed.closes_at) == (early, NOON)
    assert closed.phase(NOON) == "closed"


def test_a_closed_campaign_opens_only_with_a_new_end(here):
    made = new(here)
    with pytest.raises(Refusal, match="--closes"), here.store.write() as connection:
        campaigns.open_now(connection, made, CLOSES, COMMAND_LINE)


def test_the_presets_bring_their_own_form(here):
    for slug, preset in (("c1", "housing-census"), ("c2", "spring-check")):
        made = new(here, slug=slug, preset=preset)
        with here.store.read() as connection:
            _, form = form_versions.household_form(connection, made.id)
        assert form.key == preset


@pytest.mark.parametrize("changes", [
    {"slug": "C 1"}, {"slug": ""}, {"slug": "../c1"}, {"slug": "x" * 41}, {"preset": "other"}, {"closes_at": OPENS},
    {"tz": "Asia/Nowhere"}, {"tz": "../etc/passwd"}, {"terms": Terms(trust=("visit",))},
    {"terms": Terms(trust=(*CHANNELS[:-1], "tv"))}, {"terms": Terms(keep_days=999_999_999)}, {"terms": Terms(rate_fen=-5)},
    {"terms": Terms(max_persons=0)}, {"terms": Terms(grace_hours=-1)}, {"terms": Terms(target_percent=500)},
    {"terms": Terms(office_zh="街道\x07")}, {"title": Text("", "")}, {"title": Text("题\u202e", "T")}])
def test_an_impossible_campaign_is_refused_and_nothing_is_left_of_it(here, changes):
    with pytest.raises(Refusal):
        new(here, **changes)
    with here.store.read() as connection:
        assert campaigns.every(connection) == []


def test_two_campaigns_cannot_share_a_slug(here):
    new(here)
    with pytest.raises(Refusal, match="c1"):
        new(here)


def test_an_unknown_campaign_names_those_that_there_are(here):
    new(here)
    with pytest.raises(Refusal, match="c1"), here.store.read() as connection:
        campaigns.by_slug(connection, "c9")


def test_terms_can_change_while_the_campaign_runs(here):
    made = new(here)
    with here.store.write() as connection:
        changed = campaigns.set_terms(connection, made, dataclasses.replace(made.terms, rate_fen=80), NOON, COMMAND_LINE)
    assert changed.terms.rate_fen == 80


@pytest.mark.parametrize(("typed", "instant"), [
    ("2026-03-01T08:00", "2026-03-01T00:00:00+00:00"), ("2026-03-01 08:00", "2026-03-01T00:00:00+00:00"),
    ("2026-03-01T08:00+09:00", "2026-02-28T23:00:00+00:00"), ("2026-03-01", "2026-02-28T16:00:00+00:00")])
def test_times_are_read_as_a_person_of_the_time_zone_means_them(typed, instant):
    assert clock.parse_local(typed, "Asia/Shanghai").isoformat() == instant


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01T08:00", "20260301", "08:00"])
def test_times_that_cannot_be_read_are_refused_by_name(typed):
    with pytest.raises(Refusal, match="2026-03-01T08:00"):
        clock.parse_local(typed, "Asia/Shanghai")


def test_times_are_said_as_people_say_them():
    assert clock.as_said(NOON, "Asia/Shanghai", NOON) == Text("今天 12:00", "today 12:00")
    assert clock.as_said(CLOSES, "Asia/Shanghai", NOON) == Text("3月20日 18:00", "20 Mar 18:00")
    assert clock.as_said(CLOSES, "Asia/Shanghai", NOON.replace(year=2025)).zh == "2026年3月20日 18:00"
