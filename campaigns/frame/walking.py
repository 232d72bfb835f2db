"""The order in which a volunteer walks from door to door."""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from campaigns.frame.places import natural
from campaigns.store.schema import dwelling

Place = tuple[str, str, str, str, str]  # compound, building, unit, room, address


def key(place: Place) -> tuple:
    """Sorting key: compound, building, unit, then room, whose number begins with its floor; the address where there is no room."""
    compound, building, unit, room, address = place
    return natural(compound), natural(building), natural(unit), natural(room) if room else natural(address)


def in_order(places: Iterable[tuple[Place, bool]]) -> list[int]:
    """For each (place, ended), its number from 1 on in walking order. Doors that have ended come last."""
    keys = [(ended, key(place)) for place, ended in places]
    numbers = [0] * len(keys)
    for number, position in enumerate(sorted(range(len(keys)), key=keys.__getitem__), start=1):
        numbers[position] = number
    return numbers


_stored = select(dwelling.c.id, dwelling.c.compound, dwelling.c.building, dwelling.c.unit, dwelling.c.room, dwelling.c.address,
                 dwelling.c.ended_at, dwelling.c.walk).where(dwelling.c.campaign_id == bindparam("campaign"))
_move = update(dwelling).where(dwelling.c.id == bindparam("door_id")).values(walk=bindparam("number"))


def renumber(connection: Connection, campaign_id: int) -> None:
    """Number all doors of the campaign anew; touches only those whose number changes."""
    rows = connection.execute(_stored, {"campaign": campaign_id}).all()
    numbers = in_order([(tuple(row[1:6]), row.ended_at is not None) for row in rows])
    moved = [{"door_id": row.id, "number": number} for row, number in zip(rows, numbers) if row.walk != number]
    if moved:
        connection.execute(_move, moved)
