"""Which door an item is about, and whether its sender may say something about it (DLV-6)."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from campaigns import assignments, throttle
from campaigns.codes import codes, symbols
from campaigns.deliveries.items import ITEM, Answer, BadItem, Context, Item, NotYet
from campaigns.frame import doors
from campaigns.frame.doors import Door, NoSuchDoor
from campaigns.store.fieldwork import delivery
from forms.language import Refusal, Text

MOST_HOUSEHOLDS = 9  # behind one door


class NoDoor(Refusal):
    def __init__(self):
        super().__init__("没有说是哪一户，没有记入。请打开那户门再填。",
                         "It does not say which door it is about, so it was not added. Open the door first.")


class OtherCampaignsDoor(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这个码属于另一项登记，没有记入。请核对是不是拿错了卡。",
                         "This code belongs to another campaign, so it was not added. Check whether you took the wrong card.")


MOVED = Text("这户门已改由别人负责，这一条照样收下。", "This door belongs to somebody else by now; yours was taken all the same.")
ENDED = Text("这户门已从底册注销，内容照样收下，组长会核对。",
             "This door has left the register; what you sent was taken, and your lead will look at it.")


@dataclass(frozen=True)
class Standing:
    """A door, the code that was scanned at it (None for a tap), and what its sender should be told."""

    door: Door
    code_id: int | None = None
    told: Text | None = None


def of(connection: Connection, context: Context, item: Item) -> Standing:
    """The door of `item`. Raises NoDoor, NotYet, NoSuchDoor, NotYourDoor, and for a scanned code those of codes."""
    code_id = None
    if item.body.get("new_door"):
        door_id = added(connection, context, item.text("new_door", 32))
    elif item.body.get("code") and not item.body.get("door"):
        door_id, code_id = _scanned(connection, context, item.text("code", 200))
    else:
        door_id = item.number("door")
    if door_id is None:
        raise NoDoor
    door = doors.known(connection, context.campaign.id, door_id)
    if door is None:
        raise NoSuchDoor
    held = "has" if context.released else assignments.require(connection, context.user, door)
    return Standing(door, code_id, ENDED if door.ended_at else MOVED if held == "was" else None)


def household_of(item: Item) -> int:
    """Which household behind the door: 1, 2 ..."""
    return item.number("household", 1, MOST_HOUSEHOLDS) or 1


def added(connection: Connection, context: Context, item_id: str) -> int:
    """The door that another item, a missed door, added. Raises NotYet while that has not come, NoSuchDoor when it was refused."""
    if not ITEM.fullmatch(item_id):
        raise BadItem("new_door")
    stored = connection.execute(select(delivery.c.answer).where(
        delivery.c.campaign_id == context.campaign.id, delivery.c.item == item_id, delivery.c.kind == "door")).scalar()
    if stored is None:
        raise NotYet
    door_id = Answer.of(stored).facts.get("door")
    if door_id is None:
        raise NoSuchDoor
    return door_id


def _scanned(connection: Connection, context: Context, text: str) -> tuple[int, int]:
    if context.sender.address:
        throttle.check(connection, context.received_at, context.sender.address)
    found = codes.find(connection, context.server, symbols.read(text.rstrip("/").rsplit("/", 1)[-1].partition("?")[0]))
    if found.campaign_id != context.campaign.id:
        raise OtherCampaignsDoor
    if found.dwelling_id is None:
        raise NoDoor
    return found.dwelling_id, found.id
