"""Visits, hangers and missed doors as phones send them; what they mean is for `visits`, `hangers` and `missed` to say."""
from __future__ import annotations

from sqlalchemy import Connection

from campaigns import hangers, missed, rounds, throttle, visits
from campaigns.deliveries import doors
from campaigns.deliveries.forms import heeded
from campaigns.deliveries.items import ITEM, Answer, BadItem, Context, Item, Kind, Work, joined
from campaigns.hangers import Action, Hanger
from campaigns.missed import NewDoor
from campaigns.visits import NewVisit, Position
from forms.language import Refusal, Text

VISITED = Text("走访已记：{place}。", "Visit recorded: {place}.")
ADDED = Text("新增的门已收到：{place}。", "The new door was added: {place}.")
KNOWN = Text("这户门底册里已经有了：{place}。", "This door was on the register already: {place}.")


class NotInYourHands(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有在您手里找到这张挂卡，没有记入。请输入卡上的编号再试。",
                         "This hanger is not among yours, so nothing was recorded. Type the number on the card and try again.")


def _visit(_connection: Connection, context: Context, item: Item) -> Work:
    new = {
        "item": item.id, "outcome": item.text("outcome", 40), "at": context.corrected(item.body.get("at")),
        "received_at": context.received_at, "household": item.number("household", 0, visits.MOST_HOUSEHOLDS) or 0,
        "call_back_at": context.planned(item.body.get("call_back")), "hints": item.texts("hints"), "evidence": item.texts("evidence"),
        "proxy": item.body.get("proxy") is True, "scanned": item.body.get("scanned") is True,
        "note": item.text("note", 5_000), "position": _position(item)}

    def work(connection: Connection) -> Answer:
        standing = doors.of(connection, context, item)
        kept = visits.record(connection, context.campaign, context.key, context.user, NewVisit(
            dwelling_id=standing.door.id, **new), released=context.released)
        text = joined(VISITED.fill(place=standing.door.place), kept.conflict, kept.notice)
        return Answer("conflict" if kept.conflict else "taken", text, {
            "call_back": kept.call_back_at and instant(kept.call_back_at), "flags": list(kept.flags), **heeded(kept.notice, standing.told)})
    return work


def instant(at) -> str:
    """An instant as phones read it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _position(item: Item) -> Position | None:
    """Where the phone was; a position that cannot be is left out rather than the visit."""
    given = item.body.get("position")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise BadItem("position")
    lon, lat, metres = (given.get(name) for name in ("lon", "lat", "metres"))
    numbers = [each for each in (lon, lat) if isinstance(each, (int, float)) and not isinstance(each, bool)]
    if len(numbers) < 2 or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    exact = isinstance(metres, (int, float)) and not isinstance(metres, bool) and 0 <= metres < 1e7
    return Position(float(lon), float(lat), float(metres) if exact else None)


def _hanger_of(connection: Connection, context: Context, item: Item) -> Hanger:
    """The hanger that was scanned offline (`scan`), or whose number or code was read."""
    scan = item.text("scan", 64)
    if scan:
        for each in hangers.ever_with(connection, context.server, context.campaign, context.user):
            if rounds.scan_of(context.salt, each.code) == scan:
                return each.hanger
        raise NotInYourHands
    serial = item.number("serial")
    if serial is not None:
        return hangers.by_serial(connection, context.campaign, serial)
    typed = item.text("hanger", 200) or item.text("code", 200)
    if not typed:
        raise BadItem("hanger")
    if context.sender.address:
        throttle.check(connection, context.received_at, context.sender.address)
    return hangers.by_typed(connection, context.server, context.campaign, typed)


def _about_door(item: Item) -> Item:
    """The same item without the hanger's own code, so that only its door is looked at."""
    return Item(item.id, item.kind, {name: value for name, value in item.body.items() if name != "code"}, item.mac)


def _hang(_connection: Connection, context: Context, item: Item) -> Work:
    at = context.corrected(item.body.get("at"))

    def work(connection: Connection) -> Answer:
        standing = doors.of(connection, context, _about_door(item))
        hanger = _hanger_of(connection, context, item)
        return _did(connection, context, Action("hung", item.id, hanger.id, at, context.received_at, standing.door.id), standing.told)
    return work


def _hanger(_connection: Connection, context: Context, item: Item) -> Work:
    at, action, reason = context.corrected(item.body.get("at")), item.text("action", 20), item.text("reason", 40)

    def work(connection: Connection) -> Answer:
        hanger = _hanger_of(connection, context, item)
        about_door = item.body.get("door") or item.body.get("new_door")
        standing = doors.of(connection, context, _about_door(item)) if about_door else None
        return _did(connection, context, Action(action, item.id, hanger.id, at, context.received_at,
                                                standing and standing.door.id, reason), standing and standing.told)
    return work


def _did(connection: Connection, context: Context, action: Action, told: Text | None) -> Answer:
    result = hangers.apply(connection, context.campaign, context.user, action)
    return Answer("conflict" if result.status == "conflict" else "taken", joined(result.text, told),
                  {**heeded(told), "hanger": result.hanger.id, "serial": result.hanger.serial, "state": result.hanger.state,
                   "door": result.hanger.dwelling_id})


def _door(_connection: Connection, context: Context, item: Item) -> Work:
    at, room, unit, note = context.corrected(item.body.get("at")), item.text("room", 200), item.text("unit", 200), item.text("note", 5_000)

    def work(connection: Connection) -> Answer:
        of = item.body.get("copy_of")
        copied = doors.added(connection, context, of) if isinstance(of, str) and ITEM.fullmatch(of) else item.number("copy_of")
        if copied is None:
            raise doors.NoDoor
        new = missed.add(connection, context.server, context.campaign, context.key, context.user,
                         NewDoor(item.id, copied, room, at, unit, note), released=context.released)
        return Answer("taken", (KNOWN if new.known else ADDED).fill(place=new.door.place), {
            "door": new.door.id, "place": new.door.place, "known": new.known, **heeded(new.known),
            "scan": rounds.scan_of(context.salt, new.code) if new.code else None})
    return work


VISIT, HANG, HANGER = Kind(_visit, typed=True), Kind(_hang), Kind(_hanger)
DOOR = Kind(_door, typed=True)
__all__ = ["DOOR", "HANG", "HANGER", "VISIT", "instant"]
