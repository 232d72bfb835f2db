"""What a door is now: the one table, in Python and in SQL (STA-1 to STA-5)."""
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import door_lists, status
from campaigns.outcomes import EVIDENCE, HINTS, OUTCOMES
from campaigns.status import BY, STATUSES, Call
from campaigns.terms import CHANNELS, RECORDING
from tests import core_cases as core
from tests import field_cases as cases
from tests.core_cases import NOON
from tests.field_cases import Given


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    here = core.installation(tmp_path_factory.mktemp("status"))
    made = core.campaign(here)
    yield here, made, core.worker(here, made).user.id
    here.store.close()


CALLS = st.lists(st.tuples(st.sampled_from([*OUTCOMES]), st.integers(0, 240)), max_size=10).map(tuple)
DOORS = st.builds(Given, CALLS, st.lists(st.sampled_from(CHANNELS), max_size=2).map(tuple), st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(doors=st.lists(DOORS, min_size=1, max_size=12), seed=st.integers(0, 99))
def test_the_query_and_the_function_agree_in_any_order_of_arrival_sta_2(street, doors, seed):
    expected = dict(cases.put(*street, doors, seed))
    assert cases.found(*street[:2], [*expected]) == expected


@settings(max_examples=200, deadline=None)
@given(calls=CALLS, own=st.sampled_from(RECORDING), others=st.lists(st.sampled_from(CHANNELS), max_size=2), data=st.data())
def test_no_visit_loses_a_recorded_household_and_order_never_matters_sta_1_and_2(calls, own, others, data):
    made = [Call(NOON + timedelta(hours=hours), f"{place:032x}", outcome, str(hours // 24))
            for place, (outcome, hours) in enumerate(calls)]
    assert status.of(made, [*others, own]) == "recorded"
    assert status.of(data.draw(st.permutations(made)), others) == status.of(made, others)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_makes_the_status_that_the_table_says(outcome):
    only = [Call(NOON, "a", outcome, "2026-03-01")]
    assert status.of(only) == OUTCOMES[outcome].status and status.of(only, ["gate", "grid", "property"]) == OUTCOMES[outcome].status
    assert status.of(only, ["self"]) == "recorded"


def test_after_six_days_in_vain_a_door_is_given_up_and_a_later_find_still_counts_sta_3():
    days = [Call(NOON + timedelta(days=day), str(day), "nobody_home", str(day)) for day in range(6)]
    assert status.of(days[:5]) == status.of([*days[:5], days[4]]) == "call_back"
    assert status.of(days) == "non_contact" and status.of(days, ["hanger"]) == "recorded"
    assert status.of([*days, Call(NOON + timedelta(days=7), "7", "vacant", "7")]) == "vacant"


def test_a_door_without_visits_is_not_started_and_one_off_the_register_has_ended_sta_4():
    assert (status.of([]), status.of([], ["self"], ended=True)) == ("not_started", "ended")


def test_every_status_has_words_in_both_languages_a_shape_and_an_aapor_letter_sta_5():
    texts = [each.name for table in (STATUSES, OUTCOMES) for each in table.values()] + [*HINTS.values(), *EVIDENCE.values(), *BY.values()]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert all(each.shape and each.colour in ("good", "wait", "stop", "none", "plain") for each in (*STATUSES.values(), *OUTCOMES.values()))
    assert {each.aapor for each in STATUSES.values()} == {"I", "P", "R", "NC", "O", "UH", "NE", ""}
    assert {each.status for each in OUTCOMES.values()} < set(STATUSES) and set(BY) == set(RECORDING)


def test_the_desks_pages_of_one_status_hold_every_door_of_it_once_in_walking_order(street, monkeypatch):
    """The list looks at the street in parts; its pages must come to what the one query says."""
    here, made, who = street
    given = cases.put(here, made, who, cases.any_street(seed=3, doors=40))
    monkeypatch.setattr(door_lists, "PAGE", 3)
    monkeypatch.setattr(door_lists, "_PART", 7)
    live = {door for door, now in given if now != "ended"}
    with here.store.read() as connection:
        for wanted in [*STATUSES, None]:
            found, after = [], 0
            while after is not None:
                listed, after = door_lists.page(connection, made, wanted, after=after)
                found += [each.door.id for each in listed if each.door.id in live]
            assert found == [door for door, now in given if door in live and wanted in (None, now)], wanted
