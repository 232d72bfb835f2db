"""The doors to print, read from the store in walking order. Nothing here reads who lives there."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, func, select

from campaigns.store.schema import code, dwelling

_BATCH = 1000


class Compound(NamedTuple):
    """One compound. Two communities may each have one of the same name, which are two compounds."""

    community: str
    name: str


class DoorToPrint(NamedTuple):
    """A live dwelling and its valid household code."""

    community: str
    compound: str
    building: str
    unit: str
    room: str
    address: str
    dwelling_id: int
    code_id: int
    seed: bytes
    printed_at: datetime | None

    @property
    def of(self) -> Compound:
        return Compound(self.community, self.compound)

    @property
    def place(self) -> str:
        """As `campaigns.frame.doors.Door.place`: compound, building, unit and room as far as known, else the address."""
        return "-".join(filter(None, (self.compound, self.building, self.unit, self.room))) or self.address


_VALID = and_(code.c.dwelling_id == dwelling.c.id, code.c.kind == "household", code.c.revoked_at.is_(None))


def _live(campaign_id: int, compounds: Sequence[str], query: Select, door: int | None = None) -> Select:
    query = query.where(dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None))
    query = query if door is None else query.where(dwelling.c.id == door)
    return query.where(dwelling.c.compound.in_(compounds)) if compounds else query


def compounds(connection: Connection, campaign_id: int) -> dict[Compound, int]:
    """Every compound of the frame and its number of live doors, in walking order."""
    rows = connection.execute(_live(campaign_id, (), select(
        dwelling.c.community, dwelling.c.compound, func.count()))
        .group_by(dwelling.c.community, dwelling.c.compound).order_by(func.min(dwelling.c.walk)))
    return {Compound(community, name): count for community, name, count in rows}


def to_print(connection: Connection, campaign_id: int, names: Sequence[str] = (), door: int | None = None) -> Iterator[DoorToPrint]:
    """Doors that have a code, compound by compound, each in walking order; `names` limits to compounds of these names, `door`
    to one dwelling."""
    query = _live(campaign_id, names, select(
        *[dwelling.c[name] for name in DoorToPrint._fields[:6]], dwelling.c.id, code.c.id, code.c.seed, code.c.printed_at)
        .join(code, _VALID), door).order_by(dwelling.c.community, dwelling.c.compound, dwelling.c.walk, dwelling.c.id, code.c.id.desc())
    done = None
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        door = DoorToPrint(*row)
        if door.dwelling_id != done:  # of two valid codes the newer one, once
            yield door
        done = door.dwelling_id


def without_code(connection: Connection, campaign_id: int, names: Sequence[str] = (), door: int | None = None) -> int:
    """How many live doors have no valid code."""
    return connection.execute(_live(campaign_id, names, select(func.count()).select_from(
        dwelling.outerjoin(code, _VALID)).where(code.c.id.is_(None)), door)).scalar_one()
