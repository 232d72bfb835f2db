"""A lead decides about what is held: taken in as that person, or not (DLV-5)."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from campaigns.audit import Actor
from campaigns.deliveries import held, taking
from campaigns.deliveries.held import Row
from campaigns.deliveries.items import Answer, Context, Item, Sender
from campaigns.people import User
from campaigns.store import Store
from campaigns.submissions import Intake
from forms.language import Text

_REJECTED = Text("组长看过，没有收下。有疑问请找组长。", "Your team lead looked at this and did not take it in. Ask them why.")


@dataclass
class Released:
    """How many were taken in, and in words why others were not: (item, text)."""

    taken: int = 0
    answers: list[dict] = field(default_factory=list)  # as a phone would get them
    kept: list[tuple[str, Text]] = field(default_factory=list)


def release(store: Store, intake: Intake, server: object, owner: User, items: Sequence[str], at: datetime, actor: Actor,
            on_fault: Callable[[BaseException], None]) -> Released:
    """Take held items of `owner` in as theirs, with the times at which they came. What is refused again stays held."""
    result = Released()
    with store.read() as connection:
        found = held.opened(connection, intake.key, intake.campaign, owner, items)
        works = [_work(connection, _context(intake, server, owner, row), item, at, actor, on_fault) for row, item in found]
    for (row, _item), outcome in zip(found, store.submit_each(works)):
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.status in ("taken", "again", "conflict"):
            result.taken += 1
            result.answers.append(outcome.said(row.item))
        else:
            result.kept.append((row.item, outcome.text))
    return result


def _context(intake: Intake, server: object, owner: User, row: Row) -> Context:
    return Context(server, intake, Sender(owner, row.device, row.sent_at or row.received_at, row.received_at), released=True)


def _work(connection: Connection, context: Context, item: Item, at: datetime, actor: Actor, on_fault: Callable):
    if item.kind not in taking.KINDS:
        return lambda connection: held.keep(connection, context, item, "unknown")
    settle = taking.settling(connection, context, item, on_fault)

    def work(connection: Connection) -> Answer:
        answer = settle(connection)
        if answer.status in ("taken", "again", "conflict"):
            held.released(connection, context, item, at, actor)
        return answer
    return work


def reject(connection: Connection, intake: Intake, server: object, owner: User, items: Sequence[str], at: datetime,
           actor: Actor) -> int:
    """Decide that held items are not taken in; a phone that sends them again is told. Returns how many."""
    found = held.opened(connection, intake.key, intake.campaign, owner, items)
    for row, item in found:
        context = _context(intake, server, owner, row)
        if not taking.delivered(connection, context, item):
            taking.keep(connection, context, item, Answer("refused", _REJECTED))
    held.close(connection, intake.campaign, [row.item for row, _ in found], "rejected", at, actor, owner)
    return len(found)
