"""Finding a door, and how a door is called."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaigns.store.schema import dwelling
from forms.language import Refusal


class NoSuchDoor(Refusal):
    status = 404

    def __init__(self):
        super().__init__("底册里没有这户门，或它已经注销。请刷新名单，或找组长。",
                         "This door is not on the register, or no longer. Refresh your list, or ask your team lead.")


@dataclass(frozen=True, slots=True)
class Door:
    """One dwelling, with the parts of its address that people use. Holds nothing about who lives there."""

    id: int
    campaign_id: int
    team_id: int | None
    community: str
    compound: str
    building: str
    unit: str
    room: str
    address: str
    ended_at: datetime | None  # demolished, merged with another, or never a dwelling

    @property
    def place(self) -> str:
        """`幸福里-3栋-2单元-501`: compound, building, unit and room as far as known, else the address."""
        return "-".join(filter(None, (self.compound, self.building, self.unit, self.room))) or self.address


_by_id = select(*[dwelling.c[name] for name in Door.__dataclass_fields__]).where(dwelling.c.id == bindparam("id"))


def by_id(connection: Connection, dwelling_id: int) -> Door:
    return Door(*connection.execute(_by_id, {"id": dwelling_id}).one())


def find(connection: Connection, campaign_id: int, dwelling_id: int) -> Door | None:
    """The door of this id in the campaign, None for no such door or one that has ended."""
    row = connection.execute(_by_id, {"id": dwelling_id}).first()
    return Door(*row) if row and row.campaign_id == campaign_id and row.ended_at is None else None


def known(connection: Connection, campaign_id: int, dwelling_id: int) -> Door | None:
    """As `find`, but also a door that has ended: what was found there before is not lost."""
    row = connection.execute(_by_id, {"id": dwelling_id}).first()
    return Door(*row) if row and row.campaign_id == campaign_id else None
