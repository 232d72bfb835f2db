"""Finding a hanger by its code, its number or what was typed; and why one cannot be found."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, bindparam, select

from campaigns.campaign import Campaign
from campaigns.codes import codes, symbols
from campaigns.frame import doors
from campaigns.keys import Key
from campaigns.store.schema import code
from forms.language import Refusal

SERIAL_DIGITS = 6
_LONGEST_SERIAL = 8


@dataclass(frozen=True, slots=True)
class Hanger:
    """A hanger and where the books have it. `serial` is the number printed on it."""

    id: int
    campaign_id: int
    serial: int
    state: str
    holder_id: int | None
    dwelling_id: int | None

    @property
    def number(self) -> str:
        return written(self.serial)


class NotAHanger(Refusal):
    """A household's code or a badge where a hanger belongs."""

    status = 422

    def __init__(self):
        super().__init__("这不是挂卡上的码。请扫挂卡（上面印着“编号”的那种）。",
                         "This is not a hanger's code. Scan the hanger: the card with a number on it.")


class OtherCampaignsHanger(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这张挂卡是另一项登记的，不能在这里用。请放回去，用这次发的挂卡。",
                         "This hanger belongs to another campaign and cannot be used here. Put it back and use one of this campaign.")


class NoSuchHanger(Refusal):
    status = 404

    def __init__(self, serial: int):
        super().__init__("没有编号 {number} 的挂卡。请看清卡上的编号再输一次，或扫卡上的码。",
                         "There is no hanger with the number {number}. Look at the card and type it again, or scan its code.",
                         number=written(serial))


def written(serial: int) -> str:
    """The number as it stands on the card: 000123."""
    return f"{serial:0{SERIAL_DIGITS}d}"


_COLUMNS = [code.c[name] for name in Hanger.__dataclass_fields__]


def query() -> Select:
    """All numbered hangers, as rows for `Hanger`. (A code of this kind without a number is in no books.)"""
    return select(*_COLUMNS).where(code.c.kind == "hanger", code.c.serial.is_not(None))


_by_id = query().where(code.c.id == bindparam("hanger"))
_by_serial = query().where(code.c.campaign_id == bindparam("campaign"), code.c.serial == bindparam("serial"))


def by_id(connection: Connection, hanger_id: int) -> Hanger:
    """The hanger of this id, which must be there."""
    return Hanger(*connection.execute(_by_id, {"hanger": hanger_id}).one())


def place_of(connection: Connection, found: Hanger) -> str:
    """The door that the hanger hangs or hung at, as people call it; empty where nothing says at which."""
    return doors.by_id(connection, found.dwelling_id).place if found.dwelling_id else ""


def by_code(connection: Connection, server: Key, campaign: Campaign, text: str) -> Hanger:
    """The hanger whose code is `text` (12 symbols). Raises CodeUnknown, NotAHanger, OtherCampaignsHanger."""
    found = codes.find(connection, server, text)
    if found.kind != "hanger":
        raise NotAHanger
    if found.campaign_id != campaign.id:
        raise OtherCampaignsHanger
    row = connection.execute(_by_id, {"hanger": found.id}).first()
    if row is None:
        raise NotAHanger
    return Hanger(*row)


def by_serial(connection: Connection, campaign: Campaign, serial: int) -> Hanger:
    """The hanger with this number. Raises NoSuchHanger."""
    row = connection.execute(_by_serial, {"campaign": campaign.id, "serial": serial}).first()
    if row is None:
        raise NoSuchHanger(serial)
    return Hanger(*row)


def typed(connection: Connection, server: Key, campaign: Campaign, text: str) -> Hanger:
    """The hanger that a person typed or scanned: its number, its code, or the address in its QR.

    Raises Mistyped, CodeUnknown, NotAHanger, OtherCampaignsHanger, NoSuchHanger.
    """
    last = text.strip().rsplit("/", 1)[-1].strip()
    if last.isascii() and last.isdigit() and len(last) <= _LONGEST_SERIAL:
        return by_serial(connection, campaign, int(last))
    return by_code(connection, server, campaign, symbols.read(last))
