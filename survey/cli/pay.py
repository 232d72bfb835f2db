"""`survey pay show|close|export`."""
from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from campaigns import clock, ledger, rates
from campaigns import pay as paying
from campaigns.campaign import Campaign
from campaigns.tally import yuan
from exports.archive.archive_keys import signing_key
from forms.language import Text
from survey import paying as joining
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say


@click.group()
def pay() -> None:
    """计酬：看、关账、导出计酬表 / pay: look, close a period, export its sheet."""


@pay.command()
@campaign_option
@json_option
def show(campaign: Campaign, as_json: bool) -> None:
    """每人未结的金额和已关的各期 / what is open for each person, and the closed periods."""
    at = clock.now()
    with installation().store.read() as connection:
        persons = ledger.persons(connection, campaign, at)
        periods = paying.periods(connection, campaign.id)
        begins = paying.begins(connection, campaign)
    if as_json:
        echo_json({"begins": begins, "periods": [_facts(each) for each in periods], "persons": [
            {"label": each.user.label, **{name: value for name, value in dataclasses.asdict(each).items() if name != "user"}}
            for each in persons]})
        return
    for rule in paying.said(rates.of(campaign.terms)):
        click.echo(say(rule))
    for each in persons:
        echo("{label:8} 计件 {entries}  冲销 {reversals}  一共 {sum} 元，未结 {open} 元",
             "{label:8} entries {entries}  reversals {reversals}  {sum} yuan in all, {open} not yet closed",
             label=each.user.label, entries=each.entries, reversals=each.reversals, sum=yuan(each.fen), open=yuan(each.open_fen))
    for each in periods:
        _say(each)
    echo("下一期从 {day} 开始", "The next period begins on {day}", day=begins)


@pay.command()
@campaign_option
@click.option("--last-day", required=True, metavar="2026-03-10", help="这一期的最后一天 / the last day of the period")
@click.option("--yes", is_flag=True, help="不再询问 / do not ask")
@json_option
def close(campaign: Campaign, last_day: str, yes: bool, as_json: bool) -> None:
    """关账：结到这一天，以后不能改 / close a period that ends on this day; it never changes afterwards."""
    here, at = installation(), clock.now()
    with here.store.read() as connection:
        drawn = paying.draft(connection, campaign, here.keyring.campaign(campaign.slug), last_day, at)
    if not yes:
        click.confirm(say(Text("第 {number} 期 {first} 至 {last}：{people} 人，{entries} 户，{sum} 元。关账后不能改，确定吗？",
                               "Period {number}, {first} to {last}: {people} persons, {entries} households, {sum} yuan. "
                               "It never changes once closed. Close it?").fill(
            number=drawn.number, first=drawn.first_day, last=drawn.last_day, people=len(drawn.lines), entries=drawn.entries,
            sum=yuan(drawn.fen))), abort=True)
    closed = joining.close(here, campaign, last_day, at, ACTOR)
    if as_json:
        echo_json(_facts(closed))
    else:
        _say(closed)


@pay.command()
@campaign_option
@click.option("--period", "number", required=True, type=int, help="第几期 / its number")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="放到哪个文件夹 / the folder to write to")
def export(campaign: Campaign, number: int, out: Path) -> None:
    """写出计酬表和签名 / write the pay sheet and its signature."""
    here = installation()
    data, found = joining.hand_out(here, campaign, number, clock.now(), ACTOR)
    out.mkdir(parents=True, exist_ok=True)
    path = out / joining.file_name(campaign, number)
    path.write_bytes(data)
    path.with_name(f"{path.name}.minisig").write_text(found.signature, encoding="utf-8")
    echo("{path}：{sum} 元。核对签名：minisign -V -P {key} -m {path}",
         "{path}: {sum} yuan. To check the signature: minisign -V -P {key} -m {path}",
         path=path, sum=yuan(found.fen), key=signing_key(here.keyring).public)


def _facts(found: paying.Period) -> dict:
    return {name: value for name, value in dataclasses.asdict(found).items() if name != "signature"}


def _say(found: paying.Period) -> None:
    echo("第 {number} 期 {first} 至 {last}：{entries} 户，{sum} 元，已关账",
         "Period {number}, {first} to {last}: {entries} households, {sum} yuan, closed",
         number=found.number, first=found.first_day, last=found.last_day, entries=found.entries, sum=yuan(found.fen))
