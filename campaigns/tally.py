"""The tally ledger: who is credited for what, and what is paid for it (INV-7).

TLY-1 An accepted entry that is not a correction credits the person who sent it, once: a row points to one submission.
TLY-2 A household is paid for once, whoever comes first; later entries on it count, at 0 fen.
TLY-3 Rows never change. A reversal is a row of the opposite sum for the same submission, and frees the household's pay.
TLY-4 A bonus is a row of its own and names the submission that earned it; it stands and falls with that submission, whatever
      becomes of others. The rules are in `rates`.
TLY-5 Beyond the cap of a day of work, entries and bonuses are kept at 0 fen; such an entry does not use up the household's pay.
TLY-6 What was reversed and is restored gets back what it had, in rows of the next round: nothing if the household was paid to
      somebody else meanwhile, today's rate if only somebody else's pay had kept it unpaid. The cap of its day of work holds for
      it as for a new one (TLY-5).
TLY-7 A day of work is the day on which the form was begun, as long as that lies within the week before it came in: who had no
      network in the evening keeps the day. Pay periods go by the day on which a row enters the ledger.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, select

from campaigns import audit, rates, verdicts
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.people import User
from campaigns.store.fieldwork import decision
from campaigns.store.prepared import Prepared
from campaigns.store.schema import dwelling, submission, tally
from campaigns.terms import RECORDING
from forms.language import Refusal

DAY, BUILDING = "day", "building"
"""The rules that give a bonus."""

PAID, CAP, RATE = "paid", "cap", "rate"
"""Why an entry or bonus has 0 fen: the household was paid for, the cap of the day was reached, the rate is 0."""


@dataclass(frozen=True)
class Work:
    """What somebody is credited for. `empty`: the form found nobody living there. `conflicts`: it
    came from a queue when the household was recorded already (SUB-8)."""

    submission_id: int
    dwelling_id: int
    household: int
    channel: str
    empty: bool
    filled_at: datetime
    conflicts: bool = False


_paying = case((tally.c.pay.is_not(None), 1), ((tally.c.kind == "reversal") & (tally.c.rule == "") & (tally.c.fen < 0), -1), else_=0)
_household = Prepared(select(
    func.coalesce(func.sum(_paying), 0).label("paid"), func.coalesce(func.max(tally.c.pay), 0).label("last")).where(
    tally.c.dwelling_id == bindparam("dwelling"), tally.c.household == bindparam("household")))
_day_of_work = select(
    func.coalesce(func.sum(tally.c.fen), 0).label("fen"), func.coalesce(func.sum(_paying), 0).label("households")).where(
    tally.c.user_id == bindparam("user"), tally.c.worked == bindparam("worked"))
_insert = tally.insert()
_insert_entry = Prepared(_insert, ("campaign_id", "user_id", "submission_id", "dwelling_id", "household", "round", "at", "day", "worked",
                                   "kind", "rule", "why", "fen", "pay"))


def credit(connection: Connection, campaign: Campaign, user: User, work: Work, at: datetime) -> None:
    """Credit `user` for a submission by the campaign's rules: TLY-1, 2, 4 and 5."""
    terms = campaign.terms
    worked = _worked(campaign, work.filled_at, at)
    free, last = _free(connection, work.dwelling_id, work.household)
    room, households = _room(connection, campaign, user.id, worked)
    fen = rates.rate(terms, work.channel, work.empty)
    why = RATE if fen == 0 else PAID if not free or work.conflicts else CAP if fen > room else ""
    row = {"campaign_id": campaign.id, "user_id": user.id, "submission_id": work.submission_id, "dwelling_id": work.dwelling_id,
           "household": work.household, "round": 1, "at": at, "day": campaign.day(at), "worked": worked}
    _insert_entry.run(connection, {**row, "kind": "entry", "rule": "", "why": why, "fen": 0 if why else fen,
                                 "pay": None if why else last + 1})
    if why:
        return
    room -= fen
    for rule, bonus in _bonuses(connection, campaign, work, households + 1):
        connection.execute(_insert, {**row, "kind": "bonus", "rule": rule, "why": CAP if bonus > room else "",
                                     "fen": 0 if bonus > room else bonus, "pay": None})
        room -= 0 if bonus > room else bonus


_LONGEST_WAY = timedelta(days=7)
_NO_CAP = 1 << 60


def _worked(campaign: Campaign, filled_at: datetime, at: datetime) -> str:
    """The day of work (TLY-7)."""
    return campaign.day(filled_at if at - _LONGEST_WAY <= filled_at <= at else at)


def _free(connection: Connection, dwelling_id: int, household: int) -> tuple[bool, int]:
    """Whether nobody is paid for the household just now, and how often it was paid for."""
    paid, last = _household.first(connection, {"dwelling": dwelling_id, "household": household})
    return paid == 0, int(last)


def _room(connection: Connection, campaign: Campaign, user_id: int, worked: str) -> tuple[int, int]:
    """What the cap leaves of that day of work in fen, and the households paid for so far. Asked only where a rule needs it."""
    terms = campaign.terms
    if not (terms.day_cap_fen or terms.bonus_from):
        return _NO_CAP, 0
    fen, households = connection.execute(_day_of_work, {"user": user_id, "worked": worked}).one()
    return (max(0, terms.day_cap_fen - int(fen)) if terms.day_cap_fen else _NO_CAP), int(households)


def _bonuses(connection: Connection, campaign: Campaign, work: Work, households: int) -> list[tuple[str, int]]:
    """The bonuses that a paid entry earns: (rule, fen). `households`: paid for on that day of work, this one included."""
    terms, found = campaign.terms, []
    if terms.bonus_from and households >= terms.bonus_from:
        found.append((DAY, terms.bonus_fen))
    if terms.building_bonus_fen and work.channel in RECORDING and _completes_building(connection, campaign, work):
        found.append((BUILDING, terms.building_bonus_fen))
    return found


def _completes_building(connection: Connection, campaign: Campaign, work: Work) -> bool:
    """Whether every door of the building is recorded with this entry, and the building's bonus is not out yet."""
    home = connection.execute(select(dwelling.c.compound, dwelling.c.building).where(dwelling.c.id == work.dwelling_id)).one()
    if not home.building:
        return False
    there = (dwelling.c.campaign_id == campaign.id) & (dwelling.c.compound == home.compound) & (dwelling.c.building == home.building)
    recorded = select(submission.c.id).where(
        submission.c.dwelling_id == dwelling.c.id, submission.c.channel.in_(RECORDING),
        ~verdicts.is_rejected(submission.c.id)).exists()
    if connection.execute(select(dwelling.c.id).where(there, dwelling.c.ended_at.is_(None), ~recorded).limit(1)).first():
        return False
    given = connection.execute(select(func.coalesce(func.sum(tally.c.fen), 0)).where(
        tally.c.rule == BUILDING, tally.c.dwelling_id.in_(select(dwelling.c.id).where(there)))).scalar_one()
    return given == 0


def reverse(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor) -> bool:
    """Take back the credit for a submission, its bonuses included, by counter-entries. False: it is taken back already."""
    rows = _rows_of(connection, submission_id)
    if not rows:
        raise Refusal("这份登记没有计件。", "There is no credit for this submission.")
    standing = [row for row in rows if row["round"] == rows[-1]["round"]]
    if any(row["kind"] == "reversal" for row in standing):
        return False
    for row in standing:
        connection.execute(_insert, {**_again(row, campaign, at), "kind": "reversal", "rule": row["rule"], "round": row["round"],
                                     "why": "", "fen": -row["fen"], "pay": None})
    audit.write(connection, campaign.id, at, actor, "tally.reversed", f"submission:{submission_id}", reason=reason)
    return True


def restore(connection: Connection, campaign: Campaign, submission_id: int, at: datetime, actor: Actor) -> bool:
    """Credit a submission again whose credit was taken back (TLY-6). False: it was not, or it never had a credit."""
    rows = _rows_of(connection, submission_id)
    taken = [row for row in rows if row["round"] == rows[-1]["round"]]
    if not any(row["kind"] == "reversal" for row in taken):
        return False
    entry = next(row for row in taken if row["kind"] == "entry")
    free, last = _free(connection, entry["dwelling_id"], entry["household"])
    fen, why = entry["fen"], entry["why"]
    if why == PAID and free:
        sent = connection.execute(select(submission.c.channel, submission.c.persons).where(submission.c.id == submission_id)).one()
        fen = rates.rate(campaign.terms, sent.channel, sent.persons == 0)
        why = "" if fen else RATE
    elif fen and not free:
        fen, why = 0, PAID
    room, _households = _room(connection, campaign, entry["user_id"], entry["worked"])
    if fen > room:
        fen, why = 0, CAP
    room -= fen
    base = {**_again(entry, campaign, at), "round": entry["round"] + 1}
    connection.execute(_insert, {**base, "kind": "entry", "rule": "", "why": why, "fen": fen, "pay": None if why else last + 1})
    for bonus in (row for row in taken if row["kind"] == "bonus" and not why):
        over = bonus["fen"] > room
        connection.execute(_insert, {**base, "kind": "bonus", "rule": bonus["rule"], "why": CAP if over else bonus["why"],
                                     "fen": 0 if over else bonus["fen"], "pay": None})
        room -= 0 if over else bonus["fen"]
    audit.write(connection, campaign.id, at, actor, "tally.restored", f"submission:{submission_id}", fen=fen)
    return True


def _rows_of(connection: Connection, submission_id: int) -> list[dict]:
    return [dict(row) for row in connection.execute(
        select(tally).where(tally.c.submission_id == submission_id).order_by(tally.c.round, tally.c.id)).mappings()]


def _again(row: dict, campaign: Campaign, at: datetime) -> dict:
    """What a later row about the same submission shares with `row`."""
    return {**{name: row[name] for name in ("campaign_id", "user_id", "submission_id", "dwelling_id", "household", "worked")},
            "at": at, "day": campaign.day(at)}


@dataclass(frozen=True)
class Tally:
    """A person's standing: entries less reversals, and fen (0.01 yuan), bonuses included."""

    today: int
    total: int
    fen_today: int
    fen: int


ONE = case((tally.c.kind == "entry", 1), ((tally.c.kind == "reversal") & (tally.c.rule == ""), -1), else_=0)
"""What a row adds to the number of entries."""


def of_user(connection: Connection, campaign: Campaign, user: User, at: datetime) -> Tally:
    """What the volunteer sees."""
    today = tally.c.day == campaign.day(at)
    row = connection.execute(select(
        func.coalesce(func.sum(case((today, ONE), else_=0)), 0), func.coalesce(func.sum(ONE), 0),
        func.coalesce(func.sum(case((today, tally.c.fen), else_=0)), 0), func.coalesce(func.sum(tally.c.fen), 0),
    ).where(tally.c.user_id == user.id)).one()
    return Tally(*map(int, row))


def yuan(fen: int) -> str:
    """`fen` as people read money: 1250 -> 12.50."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def unbalanced(connection: Connection, campaign_id: int) -> list[str]:
    """What contradicts INV-7 in the campaign's ledger; an empty list when the books are right."""
    mine = tally.c.campaign_id == campaign_id
    paid_twice = connection.execute(
        select(tally.c.dwelling_id, tally.c.household).where(mine).group_by(tally.c.dwelling_id, tally.c.household)
        .having(func.sum(_paying) > 1)).all()
    unmatched = connection.execute(
        select(tally.c.submission_id).where(mine).group_by(tally.c.submission_id, tally.c.rule, tally.c.round)
        .having((func.sum(case((tally.c.kind == "reversal", 0), else_=1)) != 1) | (func.count() > 2)
                | ((func.count() == 2) & (func.sum(tally.c.fen) != 0)))).all()
    alone = connection.execute(  # a bonus that stands without a paid entry
        select(tally.c.submission_id).where(mine).group_by(tally.c.submission_id)
        .having((func.sum(case((tally.c.rule == "", tally.c.fen), else_=0)) == 0)
                & (func.sum(case((tally.c.rule != "", tally.c.fen), else_=0)) != 0))).all()
    others = connection.execute(
        select(tally.c.submission_id).join(submission, submission.c.id == tally.c.submission_id)
        .where(mine, submission.c.user_id != tally.c.user_id)).all()
    return ([f"dwelling {row.dwelling_id} household {row.household} paid twice" for row in paid_twice]
            + [f"submission {row.submission_id} has no single entry, or a reversal of another sum" for row in unmatched]
            + [f"submission {row.submission_id} has a bonus without a paid entry" for row in alone]
            + [f"submission {row.submission_id} credits another person than the one who sent it" for row in others]
            + _against_decisions(connection, campaign_id))


def _against_decisions(connection: Connection, campaign_id: int) -> list[str]:
    """Rejected submissions that are credited, and restored ones that are not."""
    rejected = verdicts.rejected_ids(campaign_id)
    decided = select(decision.c.submission_id).where(decision.c.campaign_id == campaign_id)
    rows = connection.execute(
        select(tally.c.submission_id, func.sum(ONE).label("standing"), tally.c.submission_id.in_(rejected).label("rejected"))
        .where(tally.c.campaign_id == campaign_id, tally.c.submission_id.in_(decided)).group_by(tally.c.submission_id)).all()
    return [f"submission {row.submission_id} is {'rejected and credited' if row.rejected else 'restored and not credited'}"
            for row in rows if row.standing != (0 if row.rejected else 1)]
