"""Checks of the answers, by their marks (`campaigns.marks`): the same answers again and again, one person behind several doors."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from campaigns import verdicts
from campaigns.campaign import Campaign
from campaigns.flags.pace import own_work
from campaigns.flags.registry import Flag, check
from campaigns.marks import FORM
from campaigns.store.fieldwork import answer_mark
from campaigns.store.schema import submission
from campaigns.terms import RECORDING
from forms.language import Text

FEWEST_ALIKE = 4  # doors with the very same choices, numbers and dates
MOST_DUPLICATES = 500  # flags; more would help nobody


@check("alike", Text("答案雷同", "Answers alike"),
       Text("同一栋楼户型一样很常见，出生日期也都一样就少见。挑两三户打电话核对。",
            "The same kind of flat is common in one building, the same birth dates are not. Call two or three of them."))
def alike(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """One person's forms in which everything but names and numbers is the same, at several doors."""
    there = answer_mark.join(submission, submission.c.id == answer_mark.c.submission_id)
    often = select(answer_mark.c.mark).where(answer_mark.c.campaign_id == campaign.id, answer_mark.c.place == FORM).group_by(
        answer_mark.c.mark).having(func.count() >= FEWEST_ALIKE)  # by its index alone; few are left to look at
    wanted = [answer_mark.c.campaign_id == campaign.id, answer_mark.c.mark.in_(often), answer_mark.c.place == FORM,
              submission.c.persons > 0, *own_work(campaign)]
    many = connection.execute(
        select(submission.c.user_id, answer_mark.c.mark).select_from(there).where(*wanted)
        .group_by(submission.c.user_id, answer_mark.c.mark)
        .having(func.count(submission.c.dwelling_id.distinct()) >= FEWEST_ALIKE)
        .order_by(submission.c.user_id, func.min(submission.c.id))).all()
    for user_id, mark in many:
        ids = connection.execute(select(submission.c.id).select_from(there).where(
            *wanted, answer_mark.c.mark == mark, submission.c.user_id == user_id)
            .order_by(submission.c.id)).scalars().all()
        yield Flag("alike", user_id, mark.hex()[:16], Text(
            f"有 {len(ids)} 份登记，除了姓名和号码，其余答案完全一样。",
            f"{len(ids)} entries in which every answer but names and numbers is the same."), tuple(ids))


@check("duplicates", Text("同一个人在几户", "One person behind several doors"),
       Text("也许搬了家，或者有两套房：问清楚现在住哪里，请一户更正。",
            "They may have moved or have two homes: find out where they live now, and let one household correct its form."))
def duplicates(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """The same person, by keyed hash, in the standing entries of several doors. About whoever sent the latest of them."""
    repeated = select(answer_mark.c.mark).where(answer_mark.c.campaign_id == campaign.id, answer_mark.c.place != FORM).group_by(
        answer_mark.c.mark).having(func.count() > 1)
    newer = submission.alias("newer")
    replaced = select(newer.c.id).where(newer.c.replaces == submission.c.id).correlate(submission).exists()
    rows = connection.execute(
        select(answer_mark.c.mark, submission.c.id, submission.c.dwelling_id, submission.c.user_id)
        .select_from(answer_mark.join(submission, submission.c.id == answer_mark.c.submission_id))
        .where(answer_mark.c.campaign_id == campaign.id, answer_mark.c.mark.in_(repeated), answer_mark.c.place != FORM,
               submission.c.channel.in_(RECORDING), ~replaced,
               submission.c.id.not_in(verdicts.rejected_ids(campaign.id))).order_by(submission.c.id))
    behind: dict[bytes, list] = defaultdict(list)
    for row in rows:
        behind[row.mark].append(row)
    shared: dict[tuple[int, ...], list[bytes]] = defaultdict(list)
    for mark, entries in behind.items():
        if len({row.dwelling_id for row in entries}) > 1:
            shared[tuple(sorted({row.id for row in entries}))].append(mark)
    for ids, marks in list(shared.items())[:MOST_DUPLICATES]:
        doors = len({row.dwelling_id for row in behind[marks[0]]})
        people = "One person is" if len(marks) == 1 else f"{len(marks)} people are"
        yield Flag("duplicates", behind[marks[0]][-1].user_id, marks[0].hex()[:16], Text(
            f"有 {len(marks)} 个人同时登记在 {doors} 户。", f"{people} recorded behind {doors} doors at once."), ids)
