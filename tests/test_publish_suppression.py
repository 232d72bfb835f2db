"""Small counts stay out of the public page, also for someone who subtracts (SUP-1 to SUP-4)."""
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audit import COMMAND_LINE
from exports import publication
from exports.publication.suppress import LEAST, hidden_rows, shown
from tests import core_cases as core
from tests import publish_cases as cases
from tests.publish_cases import AT

tables = st.integers(1, 4).flatmap(lambda width: st.lists(
    st.lists(st.one_of(st.integers(0, 12), st.integers(0, 400)), min_size=width, max_size=width), min_size=2, max_size=12))


def possible(rows, hidden, column):
    """What an attacker who knows the total and every shown row can say of a hidden count: at least 0, at most the rest."""
    return sum(rows[place][column] for place in hidden)


@given(tables)
def test_sup_1_no_count_under_ten_is_shown(rows):
    hidden = hidden_rows(rows)
    assert all(count >= LEAST for place, row in enumerate(rows) if place not in hidden for count in row)


@given(tables)
def test_sup_3_no_hidden_count_follows_from_the_total_by_subtraction(rows):
    hidden = hidden_rows(rows)
    for column in range(len(rows[0])):
        total = shown(sum(row[column] for row in rows))
        if hidden and total is not None:
            assert len(hidden) >= 2
            assert possible(rows, hidden, column) >= LEAST  # the count may be anything from 0 to this


@given(tables)
def test_sup_3_the_hidden_rows_do_not_all_have_to_be_small(rows):
    hidden = hidden_rows(rows)
    if hidden and len(hidden) < len(rows):
        assert all(possible(rows, hidden, column) >= 2 * LEAST for column in range(len(rows[0])))


@given(tables)
def test_where_nothing_is_small_nothing_is_hidden(rows):
    assert hidden_rows([[count + LEAST for count in row] for row in rows]) == set()


def test_sup_3_one_small_community_takes_the_smallest_other_with_it():
    assert hidden_rows([[300], [4], [40], [90]]) == {1, 2}


def test_sup_3_two_small_ones_take_a_third_when_their_sum_would_tell():
    assert hidden_rows([[300], [9], [9], [90]]) == {1, 2, 3}


@pytest.fixture
def made(tmp_path):
    here = core.installation(tmp_path / "home")
    street = cases.street(here, doors=120)
    yield street
    here.store.close()


def public(made, sql):
    publication.publish(made.here, made.campaign, AT, COMMAND_LINE, public=True)
    path = publication.public_path_of(made.here.settings.published, "c1")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_sup_2_a_community_with_one_small_count_shows_none_of_its_counts(made):
    for door in list(made.doors)[:30]:  # 30 doors of the first community, none of the second
        made.send(door)
    found = public(made, "SELECT frame, recorded, households, persons, coverage_bp FROM communities")
    assert found == [(None,) * 5, (None,) * 5]  # hiding one of two alone would tell it


def test_large_counts_are_shown(made):
    for door in list(made.doors)[:30] + list(made.doors)[60:85]:
        made.send(door)
    assert public(made, "SELECT community, recorded, persons FROM communities ORDER BY id") == [("荆泉社区", 25, 50), ("龙泉社区", 30, 60)]
    assert public(made, "SELECT frame, recorded, coverage_bp FROM total") == [(120, 55, 4583)]


def test_a_total_under_ten_is_not_shown_nor_is_its_coverage(made):
    made.send(next(iter(made.doors)))
    assert public(made, "SELECT frame, recorded, coverage_bp FROM total") == [(120, None, None)]
    assert {row for row in public(made, "SELECT recorded FROM days")} == {(None,)}


def test_sup_4_a_campaign_of_one_community_has_no_table_of_communities(tmp_path):
    here = core.installation(tmp_path / "other")
    one = cases.Street(here, core.campaign(here, doors=3), {})
    assert public(one, "SELECT count(*) FROM communities") == [(0,)]


def test_days_that_would_tell_a_small_day_are_hidden_with_it(made):
    doors = list(made.doors)
    for place, count in enumerate((40, 3, 12, 30, 25)):
        for _ in range(count):
            made.send(doors.pop(), at=cases.OPENS + cases.timedelta(days=place, hours=1))
    assert [row[0] for row in public(made, "SELECT recorded FROM days ORDER BY day")] == [40, None, None, 30, None, None]
