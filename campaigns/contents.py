"""What a submission holds: its answers and, where it has flags, the XML as it came; sealed under the campaign's key (INV-5)."""
from __future__ import annotations

import json

from sqlalchemy import Connection, select

from campaigns.keys import Key
from campaigns.store.schema import submission

_about = "submission:{}".format
_original = "original:{}".format


def seal(key: Key, instance: str, content: bytes) -> bytes:
    """The answers, as canonical JSON, sealed for this instance."""
    return key.seal(content, _about(instance))


def seal_original(key: Key, instance: str, source: bytes) -> bytes:
    """The XML of a submission, sealed for this instance."""
    return key.seal(source, _original(instance))


def answers_of(connection: Connection, key: Key, submission_id: int) -> dict:
    """The answers of a submission, unsealed."""
    row = connection.execute(select(submission.c.instance, submission.c.sealed).where(
        submission.c.id == submission_id)).one()
    return unseal(key, row.instance, row.sealed)


def original_of(connection: Connection, key: Key, submission_id: int) -> bytes | None:
    """The XML of a flagged submission as it came; None for one without flags."""
    row = connection.execute(select(submission.c.instance, submission.c.original).where(
        submission.c.id == submission_id)).one()
    return row.original and key.open(row.original, _original(row.instance))


def opened(key: Key, instance: str, sealed: bytes, original: bytes | None) -> tuple[bytes, bytes | None]:
    """The answers in `sealed`, as canonical JSON, and the XML in `original` where there is one."""
    return key.open(sealed, _about(instance)), original and key.open(original, _original(instance))


def unseal(key: Key, instance: str, sealed: bytes) -> dict:
    """The answers in `sealed`, as they were accepted."""
    return json.loads(key.open(sealed, _about(instance)))
