"""Slowing down guesses at codes and PINs. Only misses count, so a whole building behind one address is never locked out
by answering. The counters are in the store and survive a restart; addresses are kept as keyed hashes.

THR-1 An address with 20 misses in 10 minutes waits until the 10 minutes are over.
THR-2 With 500 misses in 10 minutes from all addresses together, an address waits after 2 misses of its own.
THR-3 A badge with 5 wrong PINs waits 10 minutes, from whatever address.
THR-4 A right code opens all the same, because neighbours share addresses: for those who show one, the limits of THR-1 and 2
      are twenty times as high. A code has 55 random bits: with a million codes valid, an address that uses 400 guesses every
      10 minutes finds one in 1,500 years.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, or_, select

from campaigns.keys import Key
from campaigns.store.prepared import Prepared
from campaigns.store.schema import throttle
from forms.language import Refusal

WINDOW = timedelta(minutes=10)
PER_ADDRESS, PER_ADDRESS_UNDER_ATTACK, EVERYONE, PER_BADGE = 20, 2, 500, 5
FOR_CODES = 20  # times as many misses before a right code waits too
_ALL = "all"


class TooManyTries(Refusal):
    status = 429

    def __init__(self):
        super().__init__("试的次数太多了，请过 10 分钟再试，或拨打纸上的电话。",
                         "Too many tries. Please wait 10 minutes, or call the number on the paper.")


def address_key(server: Key, address: str) -> str:
    """What the misses of one address are counted under; the address itself is nowhere kept."""
    return "a:" + server.mac("address", address.encode()).hex()[:32]


def badge_key(server: Key, badge: str) -> str:
    """What the misses with one badge are counted under."""
    return "b:" + server.mac("badge", badge.encode()).hex()[:32]


_MOST_KEYS = 3
_some = Prepared(select(throttle).where(or_(*(throttle.c.key == bindparam(f"key{place}") for place in range(_MOST_KEYS + 1)))))


def _rows(connection: Connection, keys: tuple[str, ...]) -> Sequence[Row]:
    """The counters of `keys` (three at most) and of everyone. One fixed statement: this runs at every scan."""
    padded = (*keys, *[_ALL] * (_MOST_KEYS + 1 - len(keys)))
    return _some.all(connection, {f"key{place}": key for place, key in enumerate(padded)})


def check(connection: Connection, at: datetime, *keys: str, times: int = 1) -> None:
    """Raises TooManyTries when one of `keys` has used up its misses; of an address, `times` as many as usual (THR-4)."""
    misses = {row.key: row.misses for row in _rows(connection, keys)
              if row.started_at > at - WINDOW}
    address_limit = PER_ADDRESS_UNDER_ATTACK if misses.get(_ALL, 0) >= EVERYONE else PER_ADDRESS
    for key in keys:
        if misses.get(key, 0) >= (PER_BADGE if key.startswith("b:") else address_limit * times):
            raise TooManyTries


def miss(connection: Connection, at: datetime, *keys: str) -> None:
    """Count a miss for each of `keys` and for everyone together."""
    known = {row.key: row for row in _rows(connection, keys)}
    for key in (*keys, _ALL):
        row = known.get(key)
        current = row is not None and row.started_at > at - WINDOW
        values = {"misses": row.misses + 1} if current else {"started_at": at, "misses": 1}
        begun = key == _ALL and not current
        if row is None:
            connection.execute(throttle.insert().values(key=key, **values))
        else:
            connection.execute(throttle.update().where(throttle.c.key == key).values(**values))
    if begun:  # once in 10 minutes at most, and only where somebody guesses
        forget_old(connection, at)


def forget_old(connection: Connection, at: datetime) -> None:
    """Drop counters that no longer matter."""
    connection.execute(throttle.delete().where(throttle.c.started_at <= at - WINDOW))
