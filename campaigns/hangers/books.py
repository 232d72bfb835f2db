"""The books of hangers: how many are where, and whether that is what the history says (HNG-1, HNG-7)."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, distinct, func, select

from campaigns import people
from campaigns.hangers import history
from campaigns.hangers.finding import written
from campaigns.hangers.life import COLUMNS, Standing
from campaigns.hangers.stock import BATCH
from campaigns.people import User
from campaigns.store.schema import code, code_event, submission, team, user

LEVELS = ("campaign", "team", "volunteer", "batch")
_NUMBERED = (code.c.kind == "hanger") & code.c.serial.is_not(None)
_COLUMN_OF = {state: column for column, states in COLUMNS.items() for state in states}


@dataclass(frozen=True)
class Book:
    """One line of the books. `name`: a team, a work number ("": at the office) or the number of a batch ("" for the campaign).

    `printed` comes from the history of printing, `counts` (by the names of COLUMNS) from where each hanger is now; `keyed` are
    those of `counts["collected"]` whose paper was keyed; `issued` are not printed yet and stand outside the sum.
    """

    name: str
    printed: int
    counts: dict[str, int]
    keyed: int
    issued: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def balanced(self) -> bool:
        return self.total == self.printed


def balance(connection: Connection, campaign_id: int, by: str = "campaign", reader: User | None = None) -> list[Book]:
    """The books of a campaign as one line, or a line for each team, person or batch (`by`, one of LEVELS).

    `reader`: who looks; to a lead the books hold what the own team's people have (HNG-10).
    """
    (group, tables), own = _grouped(by), people.own_people(reader)
    if own and by in ("campaign", "batch"):
        tables = tables.join(user, user.c.id == code.c.holder_id)
    lines: dict[object, dict[str | None, int]] = {}
    for name, state, count in connection.execute(
            select(group, code.c.state, func.count()).select_from(tables)
            .where(code.c.campaign_id == campaign_id, _NUMBERED, *own).group_by(group, code.c.state)):
        lines.setdefault(name, {})[state] = count
    printed = dict(connection.execute(
        select(group, func.count(distinct(code.c.id)))
        .select_from(tables.join(code_event, code_event.c.code_id == code.c.id))
        .where(code.c.campaign_id == campaign_id, _NUMBERED, code_event.c.event == "printed", *own).group_by(group)).all())
    if by == "campaign" and not lines:
        return [Book("", 0, dict.fromkeys(COLUMNS, 0), 0, 0)]
    return [_book(name, lines[name], printed.get(name, 0)) for name in sorted(lines, key=lambda name: (name is None, name))]


def _grouped(by: str) -> tuple:
    """The expression that hangers are grouped by, and the tables that it needs."""
    holders = code.outerjoin(user, user.c.id == code.c.holder_id)
    match by:
        case "team":
            return func.coalesce(team.c.name, ""), holders.outerjoin(team, team.c.id == user.c.team_id)
        case "volunteer":
            return func.coalesce(user.c.label, ""), holders
        case "batch":
            return (code.c.serial - 1) // BATCH + 1, code
        case _:
            return func.coalesce(code.c.kind, ""), code


def _book(name: object, states: dict[str | None, int], printed: int) -> Book:
    counts = dict.fromkeys(COLUMNS, 0)
    for state, count in states.items():
        if state in _COLUMN_OF:
            counts[_COLUMN_OF[state]] += count
    return Book("" if name == "hanger" else str(name), printed, counts, states.get("keyed", 0), states.get("issued", 0))


def unbalanced(connection: Connection, campaign_id: int) -> list[str]:
    """What contradicts HNG-1, HNG-6 or HNG-7; an empty list when the books are right. Names hangers by number."""
    return [*_against_history(connection, campaign_id), *_numbers(connection, campaign_id), *_unanswered(connection, campaign_id),
            *(f"printed {book.printed}, accounted for {book.total}" for book in balance(connection, campaign_id) if not book.balanced)]


def _against_history(connection: Connection, campaign_id: int) -> list[str]:
    kept = {row.id: (row.serial, Standing(*row[2:])) for row in connection.execute(
        select(code.c.id, code.c.serial, code.c.state, code.c.holder_id, code.c.dwelling_id).where(
            code.c.campaign_id == campaign_id, _NUMBERED))}
    return [f"{written(kept[each][0])} is {kept[each][1].state}, its history says {told.state}"
            for each, told in history.folded(connection, code.c.campaign_id == campaign_id) if kept[each][1] != told]


def _numbers(connection: Connection, campaign_id: int) -> list[str]:
    least, most, count, different = connection.execute(
        select(func.min(code.c.serial), func.max(code.c.serial), func.count(), func.count(distinct(code.c.serial))).where(
            code.c.campaign_id == campaign_id, _NUMBERED)).one()
    return [] if not count or (least, most, different) == (1, count, count) else [f"the numbers of {count} hangers are not 1 to {count}"]


def _unanswered(connection: Connection, campaign_id: int) -> list[str]:
    rows = connection.execute(
        select(code.c.serial).distinct().join(submission, submission.c.code_id == code.c.id).where(
            code.c.campaign_id == campaign_id, _NUMBERED, submission.c.channel.in_(("hanger", "paper")),
            code.c.state.not_in(("answered", "collected", "keyed")))).scalars()
    return [f"{written(serial)} brought a submission and is not answered" for serial in rows]
