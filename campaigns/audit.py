"""Who did what when (INV-9): written in the same transaction as the change, each row chained to the one before it.

The chain is per campaign: `hash` = SHA-256 of the row before's hash and this row's fields. Nothing personal goes in.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaigns.store.prepared import Prepared, savepoint
from campaigns.store.schema import audit

_START = "0" * 64
_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_newest = Prepared(select(audit.c.hash).where(audit.c.campaign_id == bindparam("campaign")).order_by(
    audit.c.id.desc()).limit(1))
_insert = Prepared(audit.insert(), ("campaign_id", "at", "actor", "action", "subject", "detail", "previous", "hash"))


@dataclass(frozen=True)
class Actor:
    """Who acts: a resident behind a code, a user by label, the command line, or the system itself."""

    kind: str
    user_id: int | None = None
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.label}" if self.label else self.kind


RESIDENT = Actor("resident")
COMMAND_LINE = Actor("command-line")


def write(connection: Connection, campaign_id: int, at: datetime, actor: Actor, action: str, subject: str,
          **detail: object) -> None:
    """Add a row for `action` (such as `submission.accepted`) on `subject` (such as `submission:12`)."""
    tails = connection.info.setdefault("audit_tails", {})
    previous = tails.get(campaign_id)
    if previous is None:
        found = _newest.first(connection, {"campaign": campaign_id})
        previous = found[0] if found else _START
    row = {"at": at, "actor": str(actor), "action": action, "subject": subject,
           "detail": _written(detail)}
    tails[campaign_id] = _link(previous, row)
    _insert.run(connection, {
        "campaign_id": campaign_id, **row, "previous": previous, "hash": tails[campaign_id]})


@contextmanager
def undoable(connection: Connection) -> Iterator[None]:
    """A part of a transaction that may fail by itself: what it wrote is taken back, and the chain goes on from before it."""
    before = dict(connection.info.get("audit_tails", {}))
    try:
        with savepoint(connection):
            yield
    except BaseException:
        connection.info["audit_tails"] = before
        raise


def _link(previous: str, row: dict) -> str:
    fields = [previous, str(round(row["at"].timestamp() * 1000)), *(row[k] for k in ("actor", "action", "subject", "detail"))]
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


def broken_at(connection: Connection, campaign_id: int) -> int | None:
    """The id of the first row whose hash does not follow from the one before, or None when the chain is whole."""
    previous = _START
    rows = connection.execute(select(audit).where(audit.c.campaign_id == campaign_id).order_by(audit.c.id))
    for row in rows.mappings():
        if row["previous"] != previous or row["hash"] != _link(previous, row):
            return row["id"]
        previous = row["hash"]
    return None
