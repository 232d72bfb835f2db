"""What a door is now: one table, from its visits and submissions.

STA-1 A door is recorded as soon as an own entry of any household behind it came in (figures: FIG-2), whatever visits say before
      or after: a self-response cancels the visit, and no visit loses a recorded household.
      An entry that a reviewer rejected is none.
STA-2 Else the latest visit decides, by the time at which it was made, then by its item: the order of arrival never matters.
STA-3 After six attempt-days without anything final the door is given up as a non-contact: six days on which somebody was sought.
STA-4 A door without a visit is not started; a door that left the register has ended and counts nowhere.
STA-5 A door is one of these to AAPOR (Standard Definitions, 2023): I complete, P partial, R refusal, NC non-contact, O other,
      UH not known to be a household's, NE not eligible. RR1 and RR3 are made of these counts in `campaigns.figures.counts`.

`of` says it for one door in Python, `statuses` for all doors in one query; both read the same tables.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from campaigns import verdicts
from campaigns.outcomes import OUTCOMES
from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling, submission
from campaigns.terms import RECORDING
from campaigns.verdicts import Through
from forms.language import Text

MOST_ATTEMPTS = 6  # attempt-days (design: section 4)


class Status(NamedTuple):
    """`aapor`: the disposition of STA-5. `left`: somebody still has to go there or to wait for something."""

    name: Text
    shape: str
    colour: str
    aapor: str
    left: bool


STATUSES = {
    "not_started": Status(Text("还没去", "not yet"), "○", "plain", "UH", True),
    "call_back": Status(Text("再去", "call back"), "◔", "wait", "NC", True),
    "away": Status(Text("暂时外出", "away for now"), "◔", "wait", "NC", True),
    "soft_refused": Status(Text("改天再去", "not now, call back"), "◔", "wait", "R", True),
    "language": Status(Text("语言不通", "another language"), "◔", "wait", "O", True),
    "partly": Status(Text("登记了一部分", "partly recorded"), "◐", "wait", "P", True),
    "hung": Status(Text("挂了卡，等回复", "hanger left, waiting"), "◑", "wait", "NC", True),
    "awaited": Status(Text("表还在路上", "form on its way"), "◕", "good", "P", False),
    "recorded": Status(Text("已登记", "recorded"), "●", "good", "I", False),
    "refused": Status(Text("拒绝", "refused"), "✕", "stop", "R", False),
    "non_contact": Status(Text("多次未遇", "not met after six days"), "✕", "stop", "NC", False),
    "vacant": Status(Text("空置", "vacant"), "□", "none", "NE", False),
    "second_home": Status(Text("平时不住", "second home"), "□", "none", "NE", False),
    "not_eligible": Status(Text("不用登记", "not to be recorded"), "□", "none", "NE", False),
    "ended": Status(Text("已注销", "no longer on the register"), "□", "none", "", False),
}
BY = {"visit": Text("上门", "by visit"), "self": Text("自填", "by themselves"), "hanger": Text("门把手卡", "by hanger"),
      "paper": Text("纸表", "on paper")}
"""How a recorded door was recorded first."""

UNSETTLED = frozenset(code for code, each in STATUSES.items() if each.left and code != "not_started")
"""Statuses that become non_contact after MOST_ATTEMPTS days."""


@dataclass(frozen=True, slots=True)
class Call:
    """A visit, as far as the status goes by it."""

    at: datetime
    item: str
    outcome: str
    day: str


def of(calls: Iterable[Call], channels: Iterable[str] = (), ended: bool = False) -> str:
    """The status of a door (or of one household) from its visits and from the channels of its submissions."""
    if ended:
        return "ended"
    if any(channel in RECORDING for channel in channels):
        return "recorded"
    calls = list(calls)
    if not calls:
        return "not_started"
    status = OUTCOMES[max(calls, key=lambda call: (call.at, call.item)).outcome].status
    return "non_contact" if status in UNSETTLED and attempt_days(calls) >= MOST_ATTEMPTS else status


def attempt_days(calls: Iterable[Call]) -> int:
    """On how many days somebody was sought there."""
    return len({call.day for call in calls if OUTCOMES[call.outcome].attempt})


_ATTEMPTS = [code for code, outcome in OUTCOMES.items() if outcome.attempt]


def statuses(campaign_id: int, through: Through | None = None, *conditions: ColumnElement, ids: Sequence[int] | None = None) -> Select:
    """(dwelling_id, status, days, visits, called) of every dwelling of the campaign that meets `conditions`; `days` are
    attempt-days; `called` is 1 where somebody went: a visit is kept, or an entry was taken at the door.

    `ids`: of these few doors alone; then visits and entries are found by their door, where the planner would rather read all of the
    campaign's. `through`: what came or was decided later is not counted (figures). Set-based, on SQLite and PostgreSQL: doors, visits and
    entries are put under each other and grouped once, for joins of derived tables leave it to the planner whether one of them
    gets an index, and without one a street took minutes.
    """
    mine = ids
    if ids is not None:
        conditions = (*conditions, dwelling.c.id.in_(ids))
    elif conditions:
        mine = select(dwelling.c.id).where(dwelling.c.campaign_id == campaign_id, *conditions)
    rows = union_all(_doors(campaign_id, conditions), _visits(campaign_id, mine), _own(campaign_id, through, mine)).subquery()
    door = select(
        rows.c.dwelling_id, func.substr(func.max(rows.c.latest), _OUTCOME_FROM).label("outcome"), func.max(rows.c.ended).label("ended"),
        func.count(rows.c.day.distinct()).label("days"), func.sum(rows.c.visits).label("visits"),
        func.max(rows.c.recorded).label("recorded"), func.max(rows.c.at_door).label("at_door"),
    ).group_by(rows.c.dwelling_id).having(func.max(rows.c.ended).is_not(None)).subquery()
    return select(door.c.dwelling_id, _status(door).label("status"), door.c.days, door.c.visits,
                  case((door.c.visits > 0, 1), else_=door.c.at_door).label("called"))


_OUTCOME_FROM = 13 + 1 + 32 + 1 + 1
"""Where the outcome begins in `latest`: after 13 digits of milliseconds (until the year 2286) and an item of 32, whose greatest
in the order of text is the latest visit (STA-2)."""


def _doors(campaign_id: int, conditions: tuple) -> Select:
    """The doors themselves: the only rows whose `ended` (0 or 1) is not null."""
    return select(dwelling.c.id.label("dwelling_id"), cast(null(), String).label("latest"), cast(null(), String).label("day"),
                  literal(0).label("visits"), literal(0).label("recorded"), literal(0).label("at_door"),
                  case((dwelling.c.ended_at.is_not(None), 1), else_=0).label("ended")).where(
        dwelling.c.campaign_id == campaign_id, *conditions)


def _visits(campaign_id: int, mine: Select | Sequence[int] | None) -> Select:
    latest = cast(type_coerce(visit.c.at, BigInteger), String) + ":" + visit.c.item + ":" + visit.c.outcome
    return select(visit.c.dwelling_id, latest, case((visit.c.outcome.in_(_ATTEMPTS), visit.c.day)), literal(1), literal(0), literal(0),
                  cast(null(), Integer)).where(*_within(visit.c.campaign_id == campaign_id, visit.c.dwelling_id, mine))


def _own(campaign_id: int, through: Through | None, mine: Select | Sequence[int] | None) -> Select:
    counted = through.counts(campaign_id) if through else submission.c.id.not_in(verdicts.rejected_ids(campaign_id))
    return select(submission.c.dwelling_id, cast(null(), String), cast(null(), String), literal(0), literal(1),
                  case((submission.c.channel == "visit", 1), else_=0), cast(null(), Integer)).where(
        submission.c.channel.in_(RECORDING), counted,
        *_within(submission.c.campaign_id == campaign_id, submission.c.dwelling_id, mine))


def _within(campaign: ColumnElement, door: ColumnElement, mine: Select | Sequence[int] | None) -> tuple:
    if mine is None:
        return (campaign,)
    return (campaign, door.in_(mine)) if isinstance(mine, Select) else (door.in_(mine),)


def _status(door: FromClause) -> ColumnElement:
    unsettled = [code for code, each in OUTCOMES.items() if each.status in UNSETTLED]
    return case(
        (door.c.ended == 1, literal("ended")), (door.c.recorded == 1, literal("recorded")),
        (door.c.outcome.is_(None), literal("not_started")),
        (and_(door.c.outcome.in_(unsettled), door.c.days >= MOST_ATTEMPTS), literal("non_contact")),
        else_=case({code: each.status for code, each in OUTCOMES.items()}, value=door.c.outcome))
