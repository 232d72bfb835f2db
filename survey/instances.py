"""The hidden `instance` of a form page: which submission it will become, and when it was begun.

It is signed together with the code of the door, so nobody makes instances up, moves one to another door, or claims to
have begun before closing. The same page sent twice carries the same instance and is one submission (INV-1).
"""
from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns.keys import Key

_SIGNATURE = 32


@dataclass(frozen=True)
class Instance:
    """`id`: 32 hex digits. `began`: when the page was first given out (UTC)."""

    id: str
    began: datetime

    def signed(self, server: Key, code: str) -> str:
        """What the page carries, good for the door of `code` only."""
        text = f"{self.id}.{round(self.began.timestamp() * 1000)}"
        return f"{text}.{_signature(server, text, code)}"


def fresh(at: datetime) -> Instance:
    return Instance(uuid.uuid4().hex, at)


def read(server: Key, signed: str, code: str) -> Instance | None:
    """The instance of a page that we gave out for `code`; None for anything else."""
    text, _, signature = signed.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(server, text, code).encode()):
        return None
    name, milliseconds = text.split(".")
    return Instance(name, datetime.fromtimestamp(int(milliseconds) / 1000, UTC))


def _signature(server: Key, text: str, code: str) -> str:
    return server.mac("instance", f"{text}|{code}".encode()).hex()[:_SIGNATURE]
