"""Reading the tally ledger: its rows in words, and what stands for each person.

The volunteer's page, the phone, the lead's page and the pay sheet all read here, so that they show the same (INV-10).
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from campaigns import decisions, people
from campaigns.campaign import Campaign
from campaigns.people import User
from campaigns.store.fieldwork import decision, pay_line, pay_period
from campaigns.store.schema import dwelling, submission, tally, user
from campaigns.tally import BUILDING, CAP, DAY, ONE, PAID, RATE
from campaigns.verdicts import REJECTED
from forms.language import Text

WHAT = {
    ("entry", ""): Text("登记一户", "A household"), ("bonus", DAY): Text("当天多做的奖励", "Bonus: many households in a day"),
    ("bonus", BUILDING): Text("整栋完成的奖励", "Bonus: building completed"),
    ("reversal", ""): Text("冲销：登记被驳回", "Reversal: entry rejected"),
    ("reversal", DAY): Text("冲销：当天奖励", "Reversal: bonus of the day"),
    ("reversal", BUILDING): Text("冲销：整栋奖励", "Reversal: building bonus"),
}
"""What a row of the ledger is, by kind and rule."""

AGAIN = Text("恢复后再计", "counted again")

WHY = {
    PAID: Text("这户已经付给别人了", "this household was paid for already"), CAP: Text("当天已到上限", "the cap of that day was reached"),
    RATE: Text("这一类不计酬", "this kind is not paid"),
}
"""Why a row has 0 fen."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the ledger. `taken_back`: a reversal for it stands further on. `reason`: why it was rejected, in words, for a reversal.
    `period`: the number of the pay period that pays it, None while it is open."""

    id: int
    submission_id: int
    label: str
    place: str
    household: int
    channel: str
    kind: str
    rule: str
    round: int
    why: str
    fen: int
    at: datetime
    day: str
    worked: str
    taken_back: bool
    reason: Text | None
    period: int | None

    @property
    def what(self) -> Text:
        said = WHAT[self.kind, self.rule]
        return Text(f"{said.zh}（{AGAIN.zh}）", f"{said.en} ({AGAIN.en})") if self.kind == "entry" and self.round > 1 else said


_counter, _paid = tally.alias("counter"), pay_line.alias("paid")
_taken_back = and_(tally.c.kind != "reversal", select(_counter.c.id).where(
    _counter.c.submission_id == tally.c.submission_id, _counter.c.kind == "reversal", _counter.c.rule == tally.c.rule,
    _counter.c.round == tally.c.round).exists())
_reason = select(decision.c.reason).where(
    decision.c.submission_id == tally.c.submission_id, decision.c.verdict == REJECTED, decision.c.at <= tally.c.at,
).order_by(decision.c.id.desc()).limit(1).scalar_subquery()
_ADDRESS = ("compound", "building", "unit", "room", "address")


def _query(*conditions: ColumnElement) -> Select:
    return select(
        tally, user.c.label, submission.c.channel, *(dwelling.c[name] for name in _ADDRESS), pay_period.c.number,
        _taken_back.label("taken_back"), case((tally.c.kind == "reversal", _reason), else_="").label("reason"),
    ).select_from(
        tally.join(user, user.c.id == tally.c.user_id).join(submission, submission.c.id == tally.c.submission_id)
        .join(dwelling, dwelling.c.id == tally.c.dwelling_id).outerjoin(pay_line, pay_line.c.tally_id == tally.c.id)
        .outerjoin(pay_period, pay_period.c.id == pay_line.c.pay_period_id)).where(*conditions)


def _item(row: Row) -> Item:
    place = "-".join(filter(None, (row.compound, row.building, row.unit, row.room))) or row.address
    return Item(row.id, row.submission_id, row.label, place, row.household, row.channel, row.kind, row.rule, row.round, row.why,
                row.fen, row.at, row.day, row.worked, bool(row.taken_back),
                decisions.said(REJECTED, row.reason) if row.reason else None, row.number)


def rows(connection: Connection, *conditions: ColumnElement) -> Iterator[Item]:
    """The rows of the ledger that meet `conditions`, oldest first."""
    for row in connection.execution_options(yield_per=2_000).execute(_query(*conditions).order_by(tally.c.id)):
        yield _item(row)


def of_entry(connection: Connection, submission_id: int) -> list[Item]:
    """The rows of one submission, oldest first."""
    return list(rows(connection, tally.c.submission_id == submission_id))


def of_user(connection: Connection, found: User, before: int | None = None, most: int = 100) -> list[Item]:
    """The newest rows of one person; `before`: only those older than the row of this number."""
    older = () if before is None else (tally.c.id < before,)
    return [_item(row) for row in connection.execute(
        _query(tally.c.user_id == found.id, *older).order_by(tally.c.id.desc()).limit(most))]


def of_user_entries(connection: Connection, found: User, most: int = 100) -> list[dict]:
    """`of_user` for a program, as JSON can hold it: the phone shows its owner these. `state` is counted, taken_back or
    reversal; `what`, `why` and `reason` are pairs of words (Chinese, English); `paid_in` is the number of the pay period."""
    return [{
        "id": each.id, "day": each.day, "at": each.at.isoformat(), "door": each.place, "household": each.household,
        "kind": each.kind, "rule": each.rule, "fen": each.fen, "what": [*each.what],
        "why": [*WHY[each.why]] if each.why else None, "reason": [*each.reason] if each.reason else None, "paid_in": each.period,
        "state": "reversal" if each.kind == "reversal" else "taken_back" if each.taken_back else "counted",
    } for each in of_user(connection, found, most=most)]


@dataclass(frozen=True, slots=True)
class Person:
    """What stands for one person: entries less reversals, and fen. `open_fen` is in no closed pay period yet."""

    user: User
    today: int
    entries: int
    reversals: int
    bonus_fen: int
    fen_today: int
    fen: int
    open_fen: int


def persons(connection: Connection, campaign: Campaign, at: datetime, team_id: int | None = None) -> list[Person]:
    """Everybody who has a row in the ledger or may get one, by work number; `team_id`: of this team alone."""
    today = tally.c.day == campaign.day(at)
    is_reversal = (tally.c.kind == "reversal") & (tally.c.rule == "")
    sums = [case((today, ONE), else_=0), ONE, case((is_reversal, 1), else_=0), case((tally.c.rule != "", tally.c.fen), else_=0),
            case((today, tally.c.fen), else_=0), tally.c.fen, case((pay_line.c.id.is_(None), tally.c.fen), else_=0)]
    found = people.every(connection, campaign.id)
    standing = {row[0]: row[1:] for row in connection.execute(
        select(tally.c.user_id, *(func.sum(each) for each in sums))
        .select_from(tally.outerjoin(pay_line, pay_line.c.tally_id == tally.c.id))
        .where(tally.c.campaign_id == campaign.id).group_by(tally.c.user_id))}
    nothing = (0,) * len(sums)
    return [Person(each, *map(int, standing.get(each.id, nothing))) for each in found
            if (each.id in standing or each.role in ("volunteer", "clerk")) and team_id in (None, each.team_id)]


def unpaid(campaign_id: int, last_day: str) -> ColumnElement[bool]:
    """The rows that no pay period pays yet, up to a day."""
    return and_(tally.c.campaign_id == campaign_id, tally.c.day <= last_day,
                ~select(_paid.c.id).where(_paid.c.tally_id == tally.c.id).exists())
