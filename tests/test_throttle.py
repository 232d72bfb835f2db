"""Slowing down guesses."""
from datetime import timedelta

from sqlalchemy import select

from campaigns import throttle
from campaigns.store.schema import throttle as throttle_table
from campaigns.throttle import TooManyTries
from tests import core_cases as core
from tests.core_cases import NOON


def misses(here, key, times, at=NOON):
    with here.store.write() as connection:
        for _ in range(times):
            throttle.miss(connection, at, key)


def may_try(here, key, at=NOON):
    try:
        with here.store.read() as connection:
            throttle.check(connection, at, key)
    except TooManyTries:
        return False
    return True


def test_thr_1_an_address_waits_after_twenty_misses_and_others_go_on(here):
    misses(here, "a:1", 19)
    assert may_try(here, "a:1")
    misses(here, "a:1", 1)
    assert not may_try(here, "a:1")
    assert may_try(here, "a:2")


def test_thr_1_after_ten_minutes_it_may_try_again(here):
    misses(here, "a:1", 20)
    assert not may_try(here, "a:1", NOON + timedelta(minutes=9))
    assert may_try(here, "a:1", NOON + timedelta(minutes=10))


def test_thr_2_under_attack_from_many_addresses_two_misses_are_enough(here):
    for number in range(250):
        misses(here, f"a:{number}", 2)
    assert not may_try(here, "a:7")
    assert may_try(here, "a:fresh")


def test_thr_3_a_badge_waits_after_five_wrong_pins(here):
    misses(here, "b:1", 5)
    assert not may_try(here, "b:1")


def test_the_counters_survive_a_restart(here):
    misses(here, "a:1", 20)
    here.store.close()
    assert not may_try(core.installation(here.settings.home), "a:1")


def test_addresses_are_kept_as_keyed_hashes(here):
    key = throttle.address_key(here.server, "203.0.113.7")
    assert "203.0.113.7" not in key
    assert key == throttle.address_key(here.server, "203.0.113.7") != throttle.address_key(here.server, "203.0.113.8")


def test_counters_that_no_longer_matter_are_dropped_when_a_new_window_begins(here):
    misses(here, "a:1", 3)
    misses(here, "a:2", 1, NOON + timedelta(minutes=5))
    misses(here, "a:3", 1, NOON + timedelta(minutes=11))
    with here.store.read() as connection:
        kept = set(connection.execute(select(throttle_table.c.key)).scalars())
    assert kept == {"a:2", "a:3", "all"}
