"""Hints for a person to look at (FLG-1 to FLG-4, MRK-1 to MRK-4): what raises each, what does not, and that none decides."""
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaigns import decisions, flags, marks, tally
from campaigns.audit import COMMAND_LINE
from campaigns.store.fieldwork import answer_mark, visit
from campaigns.store.schema import dwelling
from tests import core_cases as core
from tests.core_cases import NOON, WANG

HER = {"name": "李𠮷", "sex": "2", "birth_date": "1962-11-30"}


@pytest.fixture
def made(here):
    return core.campaign(here, doors=12)


@pytest.fixture
def alice(here, made):
    return core.worker(here, made, name="爱丽丝").user


def sent(here, made, alice, gaps, answers=None, at=NOON):
    """Alice's entries, one a door, each begun so many seconds after the one before."""
    found = []
    for place, (door, gap) in enumerate(zip(core.door_ids(here, made), gaps)):
        at += timedelta(seconds=gap)
        given = answers(place) if answers else {**WANG, "rooms": str(place)}
        found.append(core.send(here, made, core.entry(here, made, door, given, channel="visit", user=alice, filled_at=at, received_at=at)))
    return found


def raised(here, made):
    """(check, what it says) of every flag."""
    marks.refresh(here.store, made, here.keyring.campaign(made.slug))
    with here.store.read() as connection:
        return {each.check: each for each in flags.every(connection, made)}


def calls(here, made, users, at=NOON):
    """Visits: (user, outcome, metres) one after the other, each at the next door."""
    doors = core.door_ids(here, made)
    with here.store.write() as connection:
        connection.execute(visit.insert(), [{
            "campaign_id": made.id, "dwelling_id": doors[place % len(doors)], "item": f"{place:032x}", "household": 0, "user_id": who.id,
            "outcome": outcome, "at": at + timedelta(minutes=30 * place), "received_at": at, "day": made.day(at), "hints": [],
            "evidence": [], "proxy": False, "scanned": False, "metres": metres} for place, (who, outcome, metres) in enumerate(users)])


def test_honest_work_raises_nothing(here, made, alice):
    sent(here, made, alice, [600] * 6, lambda place: {**WANG, "rooms": str(place), "person": [{**HER, "name": f"住户{place}"}]})
    calls(here, made, [(alice, "completed", 20), (alice, "vacant", 30), (alice, "nobody_home", None)])
    assert raised(here, made) == {}


def test_forms_followed_by_the_next_sooner_than_questions_take_are_named_with_their_doors(here, made, alice):
    sent(here, made, alice, [0, 20, 20, 20, 600])
    flag = raised(here, made)["speed"]
    assert (flag.label, flag.day, len(flag.ids), len(flag.entries)) == (alice.label, "2026-03-01", 3, 3)
    assert "3 户" in flag.what.zh and "20 秒" in flag.what.zh


def test_doors_farther_apart_than_a_bicycle_gets_in_the_time_between(here, made, alice):
    with here.store.write() as connection:
        for place, door in enumerate(core.door_ids(here, made)):
            connection.execute(update(dwelling).where(dwelling.c.id == door).values(lon=117.3 + place % 2 * 0.02, lat=34.8))
    sent(here, made, alice, [120] * 5)
    flag = raised(here, made)["jumps"]
    assert "4 次" in flag.what.zh and "1828 米" in flag.what.zh


def test_work_at_night_by_the_campaigns_clock(here, made, alice):
    sent(here, made, alice, [600] * 4, at=NOON + timedelta(hours=11))  # 23:00 in Shanghai
    assert "4 户" in raised(here, made)["nights"].what.zh


def test_mrk_2_answers_alike_under_other_names_and_numbers(here, made, alice):
    def copied(place):
        return {**WANG, "contact_name": f"户主{place}", "person": [{**HER, "name": f"住户{place}", "birth_date": "1962-11-30"}]}
    sent(here, made, alice, [600] * 4, copied)
    found = raised(here, made)
    assert {*found} == {"alike"} and "4 份登记" in found["alike"].what.zh


def test_mrk_3_one_person_behind_two_doors_until_one_entry_is_rejected(here, made, alice):
    both = sent(here, made, alice, [600] * 2, lambda place: {**WANG, "rooms": str(place), "person": [HER]})
    assert "1 个人同时登记在 2 户" in raised(here, made)["duplicates"].what.zh
    here.store.submit(lambda connection: decisions.reject(connection, made, both[0].id, "nobody-there", NOON, COMMAND_LINE))
    assert "duplicates" not in raised(here, made)


def test_visits_far_from_the_door_and_people_unlike_the_others(here, made, alice):
    carol = core.worker(here, made, name="卡萝").user
    calls(here, made, [(alice, "vacant", 900)] * 9 + [(alice, "hard_refusal", 10)] * 9 + [(carol, "completed", None)] * 40
          + [(carol, "vacant", 10), (carol, "hard_refusal", 300)])
    found = raised(here, made)
    assert {*found} == {"far", "vacant", "refused"} and {each.label for each in found.values()} == {alice.label}
    assert "900 米" in found["far"].what.zh and "（50 %），别人只有 2 %" in found["vacant"].what.zh


def test_mrk_1_marks_are_made_once_keyed_and_hold_no_words(here, made, alice, monkeypatch):
    monkeypatch.setattr(marks, "_BATCH", 1)
    sent(here, made, alice, [600] * 2, lambda place: {**WANG, "person": [HER]})
    key = here.keyring.campaign(made.slug)
    assert (marks.refresh(here.store, made, key), marks.refresh(here.store, made, key)) == (2, 0)
    with here.store.read() as connection:
        rows = connection.execute(select(answer_mark.c.place, answer_mark.c.mark)).all()
        assert marks.waiting(connection, made) == 0
    assert sorted(row.place for row in rows) == [0, 0, 1, 1] and all(len(row.mark) == 16 for row in rows)


def test_flg_1_and_3_looking_at_a_flag_is_kept_and_changes_no_tally(here, made, alice):
    sent(here, made, alice, [20] * 5)
    flag, key = raised(here, made)["speed"], here.keyring.campaign(made.slug)
    for verdict in ("follow-up", "fine"):
        here.store.submit(lambda connection, verdict=verdict: flags.review(
            connection, made, flag.key, verdict, "一次问了五户", NOON, COMMAND_LINE, key=key))
    assert raised(here, made)["speed"].review.verdict == "fine"
    with here.store.read() as connection:
        assert tally.of_user(connection, made, alice, NOON).fen == 250
