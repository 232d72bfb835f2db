"""Issuing, finding and revoking codes. The store keeps only a keyed hash of each code and the random seed from which,
with the server's key, the code can be written again for printing."""
from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, bindparam, func, select, update

from campaigns import audit
from campaigns.audit import Actor
from campaigns.codes import symbols
from campaigns.keys import Key
from campaigns.store.prepared import Prepared
from campaigns.store.schema import code, code_event, dwelling, user
from forms.language import Refusal

KINDS = ("household", "hanger", "person", "badge")
_SEED_BYTES = 16


class CodeUnknown(Refusal):
    """A well-written code that was never issued here."""

    status = 404

    def __init__(self):
        super().__init__("没有找到这个码。请核对纸上的码；如仍不行，请拨打纸上的电话。",
                         "We cannot find this code. Please check it against the paper; if it still fails, "
                         "call the number on the paper.")


class Replaced(Refusal):
    """A code that has been replaced before."""

    status = 409

    def __init__(self):
        super().__init__("这个码已经换过，已有一个新码可用，没有再换。请打印新码，或作废新码。",
                         "This code was replaced before and there is a valid new one, so it was not replaced again. "
                         "Print the new code, or revoke that one.")


class NotReplaceable(Refusal):
    """A hanger has a number on it, and is one of many: another one takes its place."""

    status = 409

    def __init__(self):
        super().__init__("挂卡不用换码：把这张作废，另拿一张挂上即可。", "A hanger is not replaced: withdraw this one and hang another.")


@dataclass(frozen=True, slots=True)
class Code:
    """A code as found. `dwelling_id` or `user_id` says what it opens."""

    id: int
    campaign_id: int
    kind: str
    dwelling_id: int | None
    user_id: int | None
    opened_at: datetime | None
    revoked_at: datetime | None
    state: str | None = None  # of a hanger (campaigns.hangers)


def written(server: Key, seed: bytes) -> str:
    """The 12 symbols of the code with this seed."""
    return symbols.write(int.from_bytes(server.mac("code", seed)[:7], "big") >> 1)


def hashed(server: Key, text: str) -> bytes:
    """What the store knows a code (12 symbols) by: its keyed hash, 32 bytes."""
    return server.mac("code-hash", text.encode())


def fresh(server: Key, **columns: object) -> tuple[str, dict]:
    """A new code and its row, not yet in the store."""
    seed = os.urandom(_SEED_BYTES)
    text = written(server, seed)
    return text, {"seed": seed, "hash": hashed(server, text), "dwelling_id": None, "user_id": None, **columns}


def issue_for_dwellings(connection: Connection, server: Key, campaign_id: int, at: datetime, actor: Actor) -> int:
    """A household code for every dwelling of the frame that has no valid one; returns how many were issued."""
    valid = and_(code.c.dwelling_id == dwelling.c.id, code.c.kind == "household", code.c.revoked_at.is_(None))
    lacking = connection.execute(
        select(dwelling.c.id).outerjoin(code, valid)
        .where(dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None), code.c.id.is_(None))
        .order_by(dwelling.c.walk)).scalars().all()
    rows = [fresh(server, campaign_id=campaign_id, kind="household", dwelling_id=dwelling_id, issued_at=at)[1]
            for dwelling_id in lacking]
    if rows:
        add(connection, rows, at, actor)
        audit.write(connection, campaign_id, at, actor, "codes.issued", "frame", count=len(rows))
    return len(rows)


def add(connection: Connection, rows: list[dict], at: datetime, actor: Actor) -> None:
    """Store issued codes, each with the first event of its history."""
    newest = connection.execute(select(func.coalesce(func.max(code.c.id), 0))).scalar_one()
    connection.execute(code.insert(), rows)
    new = connection.execute(select(code.c.id).where(code.c.id > newest).order_by(code.c.id)).scalars()  # one writer at a time
    note_all(connection, new, "issued", at, actor)


def note_all(connection: Connection, code_ids: Iterator[int] | list[int], event: str, at: datetime, actor: Actor,
             **detail: object) -> None:
    """Add `event` to the history of every code of `code_ids`."""
    rows = [{"code_id": each, "event": event, "at": at, "user_id": actor.user_id, "detail": detail} for each in code_ids]
    if rows:
        if len(rows) == 1:
            _insert_event.run(connection, rows[0])
        else:
            connection.execute(_insert_events, rows)


_insert_events = code_event.insert()
_insert_event = Prepared(code_event.insert(), ("code_id", "event", "at", "user_id", "detail"))
_by_hash = select(*[code.c[name] for name in Code.__dataclass_fields__]).where(code.c.hash == bindparam("hash"))


def find(connection: Connection, server: Key, text: str) -> Code:
    """The code written `text` (12 symbols, as `symbols.read` gives them); raises CodeUnknown."""
    row = connection.execute(_by_hash, {"hash": hashed(server, text)}).first()
    if row is None:
        raise CodeUnknown
    return Code(*row)


def opened(connection: Connection, code_id: int, at: datetime) -> None:
    """Note the first time that a code was scanned; later times change nothing."""
    first = connection.execute(update(code).where(code.c.id == code_id, code.c.opened_at.is_(None)).values(opened_at=at))
    if first.rowcount:
        note_all(connection, [code_id], "opened", at, Actor("resident"))


def revoke(connection: Connection, found: Code, at: datetime, actor: Actor, reason: str = "") -> None:
    """Make a code worthless from now on; it keeps its history. Revoking again changes nothing."""
    changed = connection.execute(
        update(code).where(code.c.id == found.id, code.c.revoked_at.is_(None)).values(revoked_at=at))
    if changed.rowcount:
        note_all(connection, [found.id], "revoked", at, actor, reason=reason)
        if found.kind == "badge":  # whoever is signed in with it is signed out
            connection.execute(update(user).where(user.c.id == found.user_id).values(epoch=user.c.epoch + 1))
        audit.write(connection, found.campaign_id, at, actor, "code.revoked", f"code:{found.id}", reason=reason)


def reissue(connection: Connection, server: Key, found: Code, at: datetime, actor: Actor) -> str:
    """Replace a code that was lost or seen by others: the old one is revoked, the new one is returned.

    The new code opens the same door or badge, so a draft begun with the old one goes on. Raises Replaced when there is a
    valid code of the same kind already: a door has one. Raises NotReplaceable for a hanger.
    """
    if found.kind == "hanger":
        raise NotReplaceable
    if _valid_beside(connection, found):
        raise Replaced
    revoke(connection, found, at, actor, reason="replaced")
    text, row = fresh(server, campaign_id=found.campaign_id, kind=found.kind, dwelling_id=found.dwelling_id,
                      user_id=found.user_id, issued_at=at)
    add(connection, [row], at, actor)
    return text


def _valid_beside(connection: Connection, found: Code) -> bool:
    """Whether the same door or person has another valid code of this kind."""
    return connection.execute(_valid_others(found)).first() is not None


def _valid_others(found: Code) -> Select:
    return select(code.c.id).where(
        code.c.campaign_id == found.campaign_id, code.c.kind == found.kind, code.c.id != found.id,
        code.c.revoked_at.is_(None), code.c.dwelling_id.is_not_distinct_from(found.dwelling_id),
        code.c.user_id.is_not_distinct_from(found.user_id))


def was_replaced(connection: Connection, found: Code) -> bool:
    """Whether the same door or person has a newer valid code of this kind."""
    return connection.execute(_valid_others(found).where(code.c.id > found.id)).first() is not None


def printed(connection: Connection, campaign_id: int, sheet: str, positions: list[tuple[int, int, int]], at: datetime,
            actor: Actor, **detail: object) -> None:
    """Note that codes were printed on the file `sheet`: for each its id, page (from 1) and place on the page (from 1).

    `printed_at` keeps the first time; every time is in the history. `detail` goes to the audit log.
    """
    connection.execute(
        update(code).where(code.c.id == bindparam("code"), code.c.printed_at.is_(None)).values(printed_at=at),
        [{"code": code_id} for code_id, _, _ in positions])
    connection.execute(code_event.insert(), [
        {"code_id": code_id, "event": "printed", "at": at, "user_id": actor.user_id,
         "detail": {"sheet": sheet, "page": page, "place": place}} for code_id, page, place in positions])
    audit.write(connection, campaign_id, at, actor, "codes.printed", f"sheet:{sheet}", count=len(positions), **detail)


def count(connection: Connection, campaign_id: int, kind: str = "household") -> int:
    """How many valid codes of a kind the campaign has."""
    return connection.execute(select(func.count()).select_from(code).where(
        code.c.campaign_id == campaign_id, code.c.kind == kind, code.c.revoked_at.is_(None))).scalar_one()
