"""Writing into the history of hangers, and making the store say what the history says (HNG-1, HNG-2)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, func, select, update

from campaigns import audit
from campaigns.audit import Actor
from campaigns.codes import codes
from campaigns.hangers.life import MOVES, Event, Standing, fold
from campaigns.store.schema import code, code_event

_AT_ONCE = 500
_standings = select(code.c.id, code.c.state, code.c.holder_id, code.c.dwelling_id)
_standing_of = _standings.where(code.c.id == bindparam("hanger"))
_serial_of = select(code.c.serial).where(code.c.id == bindparam("hanger"))
_events_of = select(code_event.c.event, code_event.c.at, code_event.c.user_id, code_event.c.detail).where(
    code_event.c.code_id == bindparam("hanger")).order_by(code_event.c.at, code_event.c.id)
_settle = update(code).where(code.c.id == bindparam("hanger")).values(
    state=bindparam("to_state"), holder_id=bindparam("to_holder"), dwelling_id=bindparam("to_door"))


def note(connection: Connection, hanger_ids: Sequence[int], event: str, at: datetime, actor: Actor,
         **detail: object) -> dict[int, Standing]:
    """Add `event` to each history and let the store follow; returns where each hanger stands now."""
    given = {name: value for name, value in detail.items() if value is not None}
    codes.note_all(connection, list(hanger_ids), event, at, actor, **given)
    return settle(connection, hanger_ids)


def settle(connection: Connection, hanger_ids: Sequence[int]) -> dict[int, Standing]:
    """Fold the histories of these hangers and write what has changed; returns where each stands."""
    if len(hanger_ids) == 1:  # the way of every phone and of every answer: no statement is built anew
        return {hanger_ids[0]: _settle_one(connection, hanger_ids[0])}
    standing: dict[int, Standing] = {}
    for start in range(0, len(hanger_ids), _AT_ONCE):
        some = list(hanger_ids[start:start + _AT_ONCE])
        found = dict(folded(connection, code.c.id.in_(some)))
        kept = {row.id: Standing(*row[1:]) for row in connection.execute(_standings.where(code.c.id.in_(some)))}
        changes = [{"hanger": each, "to_state": now.state, "to_holder": now.holder_id, "to_door": now.dwelling_id}
                   for each, now in found.items() if kept[each] != now]
        if changes:
            connection.execute(_settle, changes)
        standing |= found
    return standing


def _settle_one(connection: Connection, hanger_id: int) -> Standing:
    now, kept = fold(of(connection, hanger_id)), connection.execute(_standing_of, {"hanger": hanger_id}).one()
    if Standing(*kept[1:]) != now:
        connection.execute(_settle, {"hanger": hanger_id, "to_state": now.state, "to_holder": now.holder_id,
                                     "to_door": now.dwelling_id})
    return now


def of(connection: Connection, hanger_id: int) -> list[Event]:
    """What happened to one hanger, in that order."""
    return [Event(*row) for row in connection.execute(_events_of, {"hanger": hanger_id}) if row.event in MOVES]


def folded(connection: Connection, *which: object) -> Iterator[tuple[int, Standing]]:
    """(id, where it stands by its history) of the hangers that `which` selects."""
    for hanger_id, events in histories(connection, *which):
        yield hanger_id, fold(events)


def histories(connection: Connection, *which: object) -> Iterator[tuple[int, list[Event]]]:
    """(id, what happened to it, in that order) of the hangers that `which` selects."""
    rows = connection.execute(
        select(code.c.id, code_event.c.event, code_event.c.at, code_event.c.user_id, code_event.c.detail)
        .select_from(code.outerjoin(code_event, (code_event.c.code_id == code.c.id) & code_event.c.event.in_(list(MOVES))))
        .where(code.c.kind == "hanger", code.c.serial.is_not(None), *which).order_by(code.c.id, code_event.c.at, code_event.c.id)
        .execution_options(yield_per=5000))
    for hanger_id, events in groupby(rows, lambda row: row[0]):
        yield hanger_id, [Event(*row[1:]) for row in events if row[1] is not None]


def newest(connection: Connection, hanger_ids: Iterable[int], at: datetime) -> datetime:
    """`at`, or the last instant known of these hangers if that is later: what is done at the desk is done last."""
    latest, ids = at, list(hanger_ids)
    if len(ids) == 1:
        return max([at, *(event.at for event in of(connection, ids[0]))])
    for start in range(0, len(ids), _AT_ONCE):
        found = connection.execute(select(func.max(code_event.c.at)).where(
            code_event.c.code_id.in_(ids[start:start + _AT_ONCE]), code_event.c.event.in_(list(MOVES)))).scalar()
        latest = max(latest, found) if found else latest
    return latest


def entered(connection: Connection, campaign_id: int, code_id: int, channel: str, dwelling_id: int, submission_id: int,
            at: datetime, actor: Actor) -> None:
    """A submission came in with the code `code_id`: if that is a hanger's, its household answered, or its paper was keyed (HNG-6)."""
    event = {"hanger": "answered", "paper": "keyed"}.get(channel)
    if event is None or connection.execute(_serial_of, {"hanger": code_id}).scalar() is None:
        return
    note(connection, [code_id], event, newest(connection, [code_id], at), actor, door=dwelling_id, submission=submission_id)
    audit.write(connection, campaign_id, at, actor, f"hanger.{event}", f"code:{code_id}", submission=submission_id)
