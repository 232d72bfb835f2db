"""`survey hangers books|hand-out|take-back|write-off|found|due|to-key|idle`: what `/desk/hangers` does, from the command line."""
from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy import Connection

from campaigns import clock, people
from campaigns import hangers as books_of
from campaigns.campaign import Campaign
from campaigns.hangers import COLUMNS, LEVELS, REASONS, STATES, Hanger
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_first = click.option("--first", required=True, help="第一张：编号或码 / the first: its number or code")
_last = click.option("--last", default=None, help="最后一张，不写就只一张 / the last; without it only one")


@click.group()
def hangers() -> None:
    """挂卡的账：在库、已领、已挂、已收 / where every door hanger is."""


@hangers.command()
@campaign_option
@click.option("--by", type=click.Choice(LEVELS), default="campaign", show_default=True,
              help="整个任务、每组、每人或每批 / the whole, by team, person or batch")
@json_option
def books(campaign: Campaign, by: str, as_json: bool) -> None:
    """挂卡账：印出 = 在库 + 已领 + 已挂 + 已填报 + 已收回 + 作废 + 丢失 / the books of hangers; exit 1 if they do not balance."""
    with installation().store.read() as connection:
        lines = books_of.balance(connection, campaign.id, by)
        wrong = books_of.unbalanced(connection, campaign.id)
    if as_json:
        echo_json([{"name": each.name, "printed": each.printed, **each.counts, "keyed": each.keyed, "issued": each.issued,
                    "balanced": each.balanced} for each in lines])
    for each in [] if as_json else lines:
        counts = " + ".join(f"{each.counts[column]} {say(STATES[column])}" for column in COLUMNS)
        echo("{name}印出 {printed} = {counts}", "{name}{printed} printed = {counts}",
             name=f"{each.name}: " if each.name else "", printed=each.printed, counts=counts)
    for each in wrong:
        echo("账不平：{what}", "not balanced: {what}", what=each)
    click.get_current_context().exit(1 if wrong else 0)


@hangers.command("hand-out")
@campaign_option
@_first
@_last
@click.option("--to", "label", required=True, help="工号 / work number")
@json_option
def hand_out(campaign: Campaign, first: str, last: str | None, label: str, as_json: bool) -> None:
    """把一段编号的挂卡发给一个人 / hand a range of hangers to a person."""
    def work(connection: Connection, low: Hanger, high: Hanger) -> list[Hanger]:
        to = people.by_label(connection, campaign.id, label)
        return books_of.hand_out(connection, campaign, low, high, to, clock.now(), ACTOR)
    _move(campaign, first, last, work, as_json)


@hangers.command("take-back")
@campaign_option
@_first
@_last
@json_option
def take_back(campaign: Campaign, first: str, last: str | None, as_json: bool) -> None:
    """收回一段编号的挂卡 / put a range of hangers back in stock."""
    _move(campaign, first, last, lambda connection, low, high: books_of.take_back(
        connection, campaign, low, high, clock.now(), ACTOR), as_json)


@hangers.command("write-off")
@campaign_option
@_first
@_last
@click.option("--as", "event", required=True, type=click.Choice(["lost", "spoiled"]), help="lost 丢失；spoiled 作废")
@click.option("--reason", type=click.Choice(list(REASONS)), default="unsaid", show_default=True)
@json_option
def write_off(campaign: Campaign, first: str, last: str | None, event: str, reason: str, as_json: bool) -> None:
    """一段编号的挂卡丢失或作废 / a range of hangers is lost or spoiled."""
    _move(campaign, first, last, lambda connection, low, high: books_of.lose_or_spoil(
        connection, campaign, low, high, event, reason, clock.now(), ACTOR), as_json)


@hangers.command()
@campaign_option
@_first
@json_option
def found(campaign: Campaign, first: str, as_json: bool) -> None:
    """丢失的挂卡找到了，或作废记错了 / a lost hanger turned up, or was spoiled by mistake."""
    _move(campaign, first, None, lambda connection, low, high: books_of.put_back(connection, campaign, low, clock.now(), ACTOR), as_json)


def _move(campaign: Campaign, first: str, last: str | None, work: Callable[[Connection, Hanger, Hanger], list[Hanger]],
          as_json: bool) -> None:
    here = installation()
    with here.store.write() as connection:
        ends = [books_of.by_typed(connection, here.server, campaign, each) for each in (first, last or first)]
        moved = work(connection, *ends)
    if as_json:
        echo_json({"count": len(moved), "first": moved[0].serial, "last": moved[-1].serial, "state": moved[0].state})
        return
    echo("{count} 张挂卡（{first} 至 {last}）：{state}。", "{count} hangers ({first} to {last}): {state}.", count=len(moved),
         first=moved[0].number, last=moved[-1].number, state=STATES[moved[0].state])


@hangers.command()
@campaign_option
@click.option("--label", default=None, help="只看这个工号 / only of this work number")
@json_option
def due(campaign: Campaign, label: str | None, as_json: bool) -> None:
    """今天该收的挂卡，按走的顺序 / hangers to collect today, in walking order."""
    with installation().store.read() as connection:
        person = people.by_label(connection, campaign.id, label) if label else None
        rows = [{"number": each.hanger.number, "place": each.door.place, "hung_at": each.hung_at}
                for each in books_of.due(connection, campaign, person, clock.now())]
    _list(campaign, rows, as_json)


@hangers.command("to-key")
@campaign_option
@json_option
def to_key(campaign: Campaign, as_json: bool) -> None:
    """收回来、还没录入的纸表 / paper that was collected and is not keyed."""
    with installation().store.read() as connection:
        rows = [{"number": each.hanger.number, "place": each.door.place if each.door else "", "collected_at": each.collected_at,
                 "label": each.label} for each in books_of.to_key(connection, campaign)]
    _list(campaign, rows, as_json)


@hangers.command()
@campaign_option
@json_option
def idle(campaign: Campaign, as_json: bool) -> None:
    """领走三天以上还没挂的 / handed out three days ago or more and not hung."""
    with installation().store.read() as connection:
        rows = [{"number": each.hanger.number, "label": each.label, "since": each.since}
                for each in books_of.stale(connection, campaign, clock.now())]
    _list(campaign, rows, as_json)


def _list(campaign: Campaign, rows: list[dict], as_json: bool) -> None:
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo("  ".join(say(clock.as_said(each, campaign.tz)) if hasattr(each, "tzinfo") else each for each in row.values()))
    if not rows:
        echo("没有。", "None.")
