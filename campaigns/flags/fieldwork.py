"""Checks of visits: far from the door, and people with many more vacant, refusing or empty doors than the others."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import sqrt

from sqlalchemy import ColumnElement, Connection, case, func, select

from campaigns.campaign import Campaign
from campaigns.flags.pace import own_work
from campaigns.flags.registry import Flag, check
from campaigns.store.fieldwork import visit
from campaigns.store.schema import submission
from forms.language import Text

FAR_METRES = 200  # phones among towers are off by some dozens of metres
FEWEST_FAR = 3  # visits a day
FEWEST_ODD, ODD_TIMES, ODD_DEVIATIONS = 8, 2, 3  # an outlier: at least 8, twice the share of all, three standard deviations off
NOBODY = ("vacant", "second_home", "under_construction", "not_found", "not_dwelling")
REFUSED = ("soft_refusal", "hard_refusal")


@check("far", Text("离门太远", "Far from the door"),
       Text("先看门牌的坐标对不对；在楼里定位常常不准。",
            "See whether the door's coordinates are right; inside buildings positions are often off."))
def far(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """Visits made far from where the door is."""
    rows = connection.execute(
        select(visit.c.user_id, visit.c.day, func.count().label("visits"), func.max(visit.c.metres).label("metres"))
        .where(visit.c.campaign_id == campaign.id, visit.c.metres > FAR_METRES).group_by(visit.c.user_id, visit.c.day)
        .having(func.count() >= FEWEST_FAR).order_by(visit.c.day, visit.c.user_id))
    for row in rows:
        yield Flag("far", row.user_id, row.day, Text(
            f"这一天有 {row.visits} 次走访，手机离门 {FAR_METRES} 米以上（最远 {row.metres} 米）。",
            f"On this day {row.visits} visits were made more than {FAR_METRES} m from the door (farthest: {row.metres} m)."), (), row.day)


@check("vacant", Text("空置特别多", "Many vacant doors"),
       Text("看他负责的楼是不是新楼；挑几户看水电表、问邻居。",
            "See whether it is a new building; check meters or ask neighbours at a few doors."))
def vacant(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """People who found far more doors vacant or no dwelling than the others did."""
    return _odd_visits(connection, campaign, "vacant", NOBODY, Text("没人住或不是住房", "vacant or no dwelling"))


@check("refused", Text("拒绝特别多", "Many refusals"),
       Text("陪他走一次，或换个人去。", "Go along once, or send somebody else."))
def refused(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """People who were refused far more often than the others."""
    return _odd_visits(connection, campaign, "refused", REFUSED, Text("拒绝或不方便", "refused or not now"))


@check("empty", Text("没人住的登记特别多", "Many forms without a person"),
       Text("挑几户再去看一次。", "Look at a few of these doors again."))
def empty(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """People whose forms name nobody far more often than those of the others."""
    odd = submission.c.persons == 0
    rows = connection.execute(select(submission.c.user_id, func.count(), _count(odd)).where(*own_work(campaign))
                              .group_by(submission.c.user_id).order_by(submission.c.user_id)).all()
    outliers, ids = list(_outliers(rows)), defaultdict(list)
    for user_id, number in connection.execute(select(submission.c.user_id, submission.c.id).where(
            *own_work(campaign), odd, submission.c.user_id.in_([each[0] for each in outliers])).order_by(submission.c.id)):
        ids[user_id].append(number)
    for user_id, done, found, share in outliers:
        said = _said(done, found, share, Text("没有登记到人", "without a person"), Text("份登记", "forms"))
        yield Flag("empty", user_id, "all", said, tuple(ids[user_id]))


def _count(condition: ColumnElement) -> ColumnElement:
    return func.sum(case((condition, 1), else_=0))


def _odd_visits(connection: Connection, campaign: Campaign, key: str, outcomes: tuple[str, ...], words: Text) -> Iterable[Flag]:
    rows = connection.execute(select(visit.c.user_id, func.count(), _count(visit.c.outcome.in_(outcomes)))
                              .where(visit.c.campaign_id == campaign.id).group_by(visit.c.user_id).order_by(visit.c.user_id)).all()
    for user_id, done, found, share in _outliers(rows):
        yield Flag(key, user_id, "all", _said(done, found, share, words, Text("次走访", "visits")))


def _outliers(rows: list) -> Iterable[tuple[int, int, int, int]]:
    """(user, done, odd ones, share of the others in percent) of the people who stand out from (user, done, odd ones) of all."""
    for user_id, done, found in rows:
        others = sum(row[1] for row in rows) - done
        if not others or found < FEWEST_ODD:
            continue
        share = (sum(row[2] for row in rows) - found) / others
        if found / done > max(ODD_TIMES * share, share + ODD_DEVIATIONS * sqrt(share * (1 - share) / done)):
            yield user_id, done, int(found), round(share * 100)


def _said(done: int, found: int, share: int, words: Text, unit: Text) -> Text:
    return Text(f"{done} {unit.zh}里有 {found} {unit.zh[0]}{words.zh}（{found * 100 // done} %），别人只有 {share} %。",
                f"{found} of {done} {unit.en} were {words.en} ({found * 100 // done} %); with the others it is {share} %.")
