"""Finding a door, and how a door is called."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaigns.frame.places import fold
from campaigns.store.prepared import Prepared
from campaigns.store.schema import dwelling
from forms.language import Refusal

_JOINTS = str.maketrans("", "", "-‐‑‒–—−－/|｜、，,")


class NoSuchDoor(Refusal):
    status = 404

    def __init__(self):
        super().__init__("底册里没有这户门，或它已经注销。请刷新名单，或找组长。",
                         "This door is not on the register, or no longer. Refresh your list, or ask your team lead.")


class NoSuchPlace(Refusal):
    status = 404

    def __init__(self, place: str):
        super().__init__("住房底册里没有“{place}”这户门。请写成“小区-楼栋-单元-室号”，如 幸福里-3栋-2单元-501，或写门上的码。",
                         "The register has no door “{place}”. Write compound-building-unit-room, such as 幸福里-3栋-2单元-501, "
                         "or the door's code.", place=place)


class SeveralPlaces(Refusal):
    status = 409

    def __init__(self, place: str, count: int):
        super().__init__("有 {count} 户门都叫“{place}”（在不同社区）。请改用门上的码或登记编号。",
                         "{count} doors are called “{place}”, in different communities. Use the door's code or its number in the register.",
                         place=place, count=count)


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


_columns = [dwelling.c[name] for name in Door.__dataclass_fields__]
_one = select(*_columns).where(dwelling.c.id == bindparam("id"))
_by_id = Prepared(_one)


def by_id(connection: Connection, dwelling_id: int) -> Door:
    """The door of this id, which must be there."""
    return Door(*connection.execute(_one, {"id": dwelling_id}).one())


def find(connection: Connection, campaign_id: int, dwelling_id: int) -> Door | None:
    """The door of this id in the campaign, None for no such door or one that has ended."""
    row = _by_id.first(connection, {"id": dwelling_id})
    return Door(*row) if row and row.campaign_id == campaign_id and row.ended_at is None else None


def known(connection: Connection, campaign_id: int, dwelling_id: int) -> Door | None:
    """As `find`, but also a door that has ended: what was found there before is not lost."""
    row = _by_id.first(connection, {"id": dwelling_id})
    return Door(*row) if row and row.campaign_id == campaign_id else None


def called(connection: Connection, campaign_id: int, place: str) -> Door:
    """The live door that people call `place` (compound, building, unit and room, however joined), or its number in the register.

    Raises NoSuchPlace, SeveralPlaces.
    """
    wanted = _plain(place)
    rows = connection.execute(select(dwelling.c.register_code, *_columns).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None)))
    found = [door for door, number in ((Door(*row[1:]), row[0]) for row in rows)
             if wanted and wanted in (_plain(door.place), _plain(number or ""))]
    if not found:
        raise NoSuchPlace(place)
    if len(found) > 1:
        raise SeveralPlaces(place, len(found))
    return found[0]


def _plain(text: str) -> str:
    return fold(text).translate(_JOINTS)
