"""`survey doctor`: what this installation is, and whether its books are whole."""
from __future__ import annotations

import click

from campaigns import arriving, audit, campaign, clock, hangers, tally
from forms.language import Text
from survey import paying
from survey.cli.base import ACTOR, echo_json, installation, json_option, say

_SHOWN = 5


@click.command()
@click.option("--tidy", is_flag=True, help="删掉 14 天还没对上表的照片 / remove photos of phones that no form named in 14 days")
@json_option
@click.pass_context
def doctor(context: click.Context, tidy: bool, as_json: bool) -> None:
    """检查密钥、审计链、计件账、计酬表 / check keys, audit chain, tally books and pay sheets; exit 1 if something is wrong."""
    here = installation()
    rows = []
    with here.store.read() as connection:
        for each in campaign.every(connection):
            rows += _findings(here, connection, each)
        everyone = campaign.every(connection)
    if tidy:
        rows += [_tidied(here, each) for each in everyone]
    wrong = [row for row in rows if not row["ok"]]
    if as_json:
        echo_json(rows)
    else:
        for row in rows:
            click.echo(f"{'✓' if row['ok'] else '✗'} {row['campaign']}: {row['check']}")
    context.exit(1 if wrong else 0)


def _findings(here, connection, each: campaign.Campaign) -> list[dict]:
    broken = audit.broken_at(connection, each.id)
    unbalanced = tally.unbalanced(connection, each.id)
    sheets = paying.problems(here, connection, each)
    astray = hangers.unbalanced(connection, each.id)
    return [
        _row(each, _has_key(here, each), Text("密钥在", "key present"), Text("密钥缺失", "key missing")),
        _row(each, broken is None, Text("审计链完整", "audit chain whole"),
             Text("审计链在第 {row} 行断开", "audit chain broken at row {row}").fill(row=broken)),
        _row(each, not unbalanced, Text("计件账平", "tally books balance"),
             Text("计件账不平：{what}", "tally books do not balance: {what}").fill(what="; ".join(unbalanced))),
        _row(each, not sheets, Text("计酬表与账相符", "pay sheets agree with the ledger"),
             Text("计酬表有问题：{what}", "pay sheets are wrong: {what}").fill(what="; ".join(sheets))),
        _row(each, not astray, Text("挂卡账平", "hanger books balance"),
             Text("挂卡账不平：{what}", "hanger books do not balance: {what}").fill(what="; ".join(astray[:_SHOWN]))),
    ]


def _tidied(here, each: campaign.Campaign) -> dict:
    count = arriving.tidy(here.store, each, here.settings.attachments / each.slug, clock.now(), ACTOR)
    done = Text("删掉没有对上表的照片 {count} 张", "photos that no form named, removed: {count}").fill(count=count)
    return _row(each, True, done, done)


def _row(each: campaign.Campaign, ok: bool, good: Text, bad: Text) -> dict:
    return {"campaign": each.slug, "ok": ok, "check": say(good if ok else bad)}


def _has_key(here, each: campaign.Campaign) -> bool:
    return (here.keyring.folder / f"campaign-{each.slug}.key").is_file()
