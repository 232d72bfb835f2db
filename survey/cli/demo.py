"""`survey demo`: a whole made-up campaign in a folder of its own, then served."""
from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import qrcode

from campaigns import campaign as campaigns
from campaigns import clock
from campaigns.believable import make, sizes, tour
from campaigns.believable.home import DemoHome
from campaigns.believable.make import Plan
from campaigns.believable.sizes import Size
from campaigns.campaign import Campaign, NoSuchCampaign
from campaigns.codes import symbols
from campaigns.installation import Installation
from campaigns.people import ROLES
from exports import publication, sheets
from forms.language import Refusal, Text
from survey.cli.base import ACTOR, echo, echo_json, installation, json_option, say

_TZ = "Asia/Shanghai"
_SHOWN = ("volunteer", "lead")


@click.command()
@click.option("--dwellings", default=200, show_default=True, help="住房套数 / number of dwellings")
@click.option("--longquan", is_flag=True, help="龙泉街道的规模：123 个小区、76,688 户、199,773 人 / the size of Longquan street")
@click.option("--clean", is_flag=True, help="不造差错和重复 / without mistakes and duplicates")
@click.option("--seed", default=1, show_default=True, help="同一个数造出同样的内容 / the same number makes the same content")
@click.option("--start", default=None, metavar="2026-03-01", help="开始日期或时间；默认三天前 / opening; three days ago by default")
@click.option("--slug", default="demo", show_default=True, help="任务代号 / the campaign's slug")
@click.option("--home", default=None, type=click.Path(file_okay=False, path_type=Path),
              help="数据文件夹，默认 SURVEY_HOME / data folder instead of SURVEY_HOME")
@click.option("--fresh", is_flag=True, help="删掉原来的演示，重新生成 / delete the demo that is there and make it anew")
@click.option("--serve/--no-serve", "serves", default=True, help="生成后启动网站 / serve it afterwards")
@json_option
def demo(dwellings: int, longquan: bool, clean: bool, seed: int, start: str | None, slug: str, home: Path | None,
         fresh: bool, serves: bool, as_json: bool) -> None:
    """造一个小型演示任务并启动，全是虚构数据 / make a small made-up campaign and serve it."""
    if home:
        os.environ["SURVEY_HOME"] = str(home)  # the servers that are started read it too
    here = installation()
    folder = DemoHome(here)
    rates = sizes.CLEAN if clean else sizes.Rates()
    size = sizes.longquan(rates) if longquan else sizes.small(dwellings, rates)
    with folder.alone():
        campaign = None if fresh else _kept(folder)
        if campaign is None:
            campaign = _make(folder, Plan(size, seed, _opening(start, size), slug, _TZ))
        elif not as_json:
            echo("沿用 {home} 里已有的演示。要重新生成，请加 --fresh。", "Using the demo that is in {home}. To make it anew, add --fresh.",
                 home=here.settings.home)
    if as_json:
        echo_json(_facts(here, folder, campaign))
    if serves:
        from survey.cli import serve

        serve.run(here, None if as_json else lambda: _show(here, folder, campaign))
    elif not as_json:
        _show(here, folder, campaign)


def _opening(start: str | None, size: Size) -> datetime:
    if start is None:
        return make.default_opening(size, clock.now())
    return clock.parse_local(start if "T" in start else f"{start}T08:00", _TZ)


def _kept(folder: DemoHome) -> Campaign | None:
    """The campaign of the complete demo that is there, if any."""
    made = folder.made()
    if made is None:
        return None
    try:
        with folder.here.store.read() as connection:
            return campaigns.by_slug(connection, made["slug"])
    except NoSuchCampaign:
        return None


def _make(folder: DemoHome, plan: Plan) -> Campaign:
    """All of it; the note that it is complete comes last (HOM-2)."""
    here = folder.here
    make.refuse_too_late(plan)
    folder.clear()
    folder.begin(plan.slug)
    campaign = make.make(here, plan, folder, _stage)
    with _stage("publish", Text("合并发布", "publish"), 1) as step:
        counts = publication.publish(here, campaign, clock.now(), ACTOR)
        step(1)
    _print(folder, campaign, plan.size)
    folder.finish(plan.slug, seed=plan.seed, opens_at=plan.opens_at, dwellings=plan.size.dwellings)
    click.echo(say(Text("已生成：{frame} 套住房，已登记 {recorded} 套，{persons} 人（全部虚构）。",
                        "Made: {frame} dwellings, {recorded} recorded, {persons} persons (all made up).").fill(**counts)), err=True)
    return campaign


def _print(folder: DemoHome, campaign: Campaign, size: Size) -> None:
    """Door hangers (labels for a large campaign) of every compound. Without a font the demo does without paper."""
    try:
        with _stage("print", Text("打印码", "print"), size.dwellings) as step:
            sheets.print_sheets(folder.here, campaign, layout="door-hanger" if size.dwellings <= 5_000 else "label",
                                out=folder.sheets, public_url=_site(folder.here), tell=lambda sheet: step(sheet.labels))
    except Refusal as refusal:
        click.secho(say(refusal.text), fg="yellow", err=True)


@contextmanager
def _stage(name: str, words: Text, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere."""
    stream = click.get_text_stream("stderr")
    if not stream.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=total, label=f"{say(words):14}", file=stream, update_min_steps=max(1, total // 200)) as bar:
        yield bar.update


def _site(here: Installation) -> str:
    from survey.cli import serve

    return serve.site_url(here.settings)


def _facts(here: Installation, folder: DemoHome, campaign: Campaign) -> dict:
    """What the terminal shows, for a program."""
    from survey.cli import serve

    found = tour.door_to_do(here, campaign)
    site = _site(here)
    crew = {}
    for each in tour.logins(folder.logins):
        crew.setdefault(each.role, {"label": each.label, "team": each.team, "pin": each.pin, "link": f"{site}/b/{each.badge}"})
    return {"campaign": campaign.slug, "home": str(here.settings.home), "progress": serve.progress_url(here.settings),
            "household": found and {"place": found[0].place, "code": symbols.grouped(found[1]), "link": f"{site}/h/{found[1]}"},
            **crew}


def _show(here: Installation, folder: DemoHome, campaign: Campaign) -> None:
    facts = _facts(here, folder, campaign)
    click.echo()
    click.secho(say(campaign.title), bold=True)
    if facts["household"]:
        _heading("住户：扫码或打开链接，替 {place} 登记", "A resident: scan or open the link to answer for {place}",
                 place=facts["household"]["place"])
        _draw(facts["household"]["link"].upper())
        click.echo(f"  {facts['household']['link']}")
    else:
        _heading("每一户都登记过了。", "Every door has been recorded.")
    for role in _SHOWN:
        _heading("{role} {label}（{team}）", "{role} {label} ({team})", role=ROLES[role], label=facts[role]["label"],
                 team=facts[role]["team"])
        click.echo(f"  {facts[role]['link']}   PIN {facts[role]['pin']}")
    echo("  登录后看进度：{url}", "  After signing in, the progress pages: {url}", url=facts["progress"])
    _heading("文件", "Files")
    for file in filter(Path.exists, (folder.sheets, folder.register, folder.truth, folder.logins)):
        click.echo(f"  {file}")
    if here.settings.host == "127.0.0.1" and not here.settings.public_url:
        echo("  （只有本机能打开。要用手机扫码，请设 SURVEY_HOST=0.0.0.0 和 SURVEY_PUBLIC_URL=http://本机地址:{port} 再启动。）",
             "  (Only this machine can open it. For a phone, set SURVEY_HOST=0.0.0.0 and SURVEY_PUBLIC_URL=http://ADDRESS:{port}.)",
             port=here.settings.port)
    click.echo()


def _heading(zh: str, en: str, **values: object) -> None:
    click.echo()
    click.secho(say(Text(zh, en).fill(**values)), bold=True)


def _draw(text: str) -> None:
    """A QR code in the terminal: dark on light in any colour scheme, plain blocks when it is no terminal."""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    try:
        code.print_ascii(out=sys.stdout, tty=sys.stdout.isatty(), invert=not sys.stdout.isatty())
    except UnicodeEncodeError:
        pass  # a terminal without block characters still has the link below
