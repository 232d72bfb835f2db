"""`survey codes issue|print|badges|revoke`."""
from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from campaigns import clock, hangers
from campaigns.campaign import Campaign
from campaigns.codes import codes as code_store
from campaigns.codes import symbols
from campaigns.frame import doors
from campaigns.frame.doors import Door
from exports import sheets
from forms.language import Text
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_out_option = click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
                           help="放 PDF 的文件夹 / folder for the PDFs")


@click.group()
def codes() -> None:
    """发码、打印、作废 / issue, print and revoke door codes."""


@codes.command()
@campaign_option
@click.option("--kind", type=click.Choice(["household", "hanger"]), default="household", show_default=True,
              help="household 每户一个 / one a dwelling; hanger 空白挂卡 / blank door hangers")
@click.option("--count", type=int, default=None, help="发多少张挂卡 / how many hangers")
@json_option
def issue(campaign: Campaign, kind: str, count: int | None, as_json: bool) -> None:
    """给还没有码的住房发码，或发空白挂卡 / issue codes for dwellings that have none, or blank hangers."""
    if (kind == "hanger") != (count is not None):
        raise click.UsageError(say(Text("发挂卡要写数目：--kind hanger --count 200；给住房发码不写数目。",
                                        "Hangers need a number: --kind hanger --count 200; codes for dwellings take none.")))
    here = installation()
    if count is not None:
        with here.store.write() as connection:
            serials = hangers.issue(connection, here.server, campaign, count, clock.now(), ACTOR)
        if as_json:
            echo_json({"issued": len(serials), "first": serials[0], "last": serials[-1]})
            return
        echo("新发 {count} 张挂卡，编号 {first} 至 {last}。请打印：survey codes print --campaign {slug} --layout door-hanger --blank "
             "--out 文件夹", "Issued {count} hangers, No. {first} to {last}. Print them: survey codes print --campaign {slug} "
             "--layout door-hanger --blank --out FOLDER", count=len(serials), first=serials[0], last=serials[-1], slug=campaign.slug)
        return
    with here.store.write() as connection:
        issued = code_store.issue_for_dwellings(connection, here.server, campaign.id, clock.now(), ACTOR)
        valid = code_store.count(connection, campaign.id)
    if as_json:
        echo_json({"issued": issued, "valid": valid})
        return
    echo("新发 {issued} 个码，现有 {valid} 个有效。", "Issued {issued} codes; {valid} are valid now.", issued=issued, valid=valid)


@codes.command("print")
@campaign_option
@click.option("--layout", required=True, type=click.Choice(list(sheets.LAYOUTS)),
              help="door-hanger 每页 8 张 / 8 a page; label 每页 24 张 / 24 a page; sheet 每户一页 / a page a household")
@_out_option
@click.option("--compound", "compounds", multiple=True, help="只印这些小区，可多次 / only this compound; may be repeated")
@click.option("--door", default=None, help="只印这一户：门上的码，或“小区-楼栋-单元-室号” / only this door: its code or its place")
@click.option("--blank", is_flag=True, help="印还没印过的空白挂卡 / print the blank hangers that were not printed yet")
@click.option("--from", "first", type=int, default=None, help="重印挂卡：从这个编号 / print hangers again, from this number")
@click.option("--to", "last", type=int, default=None, help="到这个编号 / to this number")
@json_option
def print_(campaign: Campaign, layout: str, out: Path, compounds: tuple[str, ...], door: str | None, blank: bool, first: int | None,
           last: int | None, as_json: bool) -> None:
    """打印门把手卡、标签或户页：每个小区一个 PDF / print hangers, labels or sheets, one PDF a compound."""
    if (blank and (layout != "door-hanger" or compounds or door)) or (not blank and (first, last) != (None, None)):
        raise click.UsageError(say(Text("空白挂卡：--layout door-hanger --blank（重印加 --from、--to），不和 --compound、--door 一起用。",
                                        "Blank hangers: --layout door-hanger --blank (again: with --from and --to), without "
                                        "--compound or --door.")))
    if blank:
        _print_blanks(sheets.print_blanks(installation(), campaign, out=out, first=first, last=last, actor=ACTOR), as_json)
        return
    only = None if door is None else _door(campaign, door)
    plan = sheets.plan(installation(), campaign, layout=layout, out=out, compounds=compounds, door=only)
    shows = not as_json and sys.stderr.isatty()
    bar = click.progressbar(plan.sheets(actor=ACTOR), length=len(plan.stems), show_pos=True, file=sys.stderr,
                            label=say(Text("打印小区", "Compounds"))) if shows else nullcontext(plan.sheets(actor=ACTOR))
    with bar as printing:
        printed = list(printing)
    if as_json:
        echo_json({"layout": layout, "labels": plan.labels, "printed_before": plan.printed_before,
                   "doors_without_code": plan.without_code,
                   "files": [{"file": str(each.file), "compound": each.compound, "labels": each.labels, "pages": each.pages,
                              "printed_before": each.printed_before} for each in printed]})
        return
    _report(plan, printed)


def _door(campaign: Campaign, text: str) -> Door:
    """The door that `text` names by its code or its place."""
    here = installation()
    with here.store.read() as connection:
        try:
            found = code_store.find(connection, here.server, symbols.read(text))
        except (symbols.Mistyped, code_store.CodeUnknown):
            return doors.called(connection, campaign.id, text)
        door = found.dwelling_id and doors.find(connection, campaign.id, found.dwelling_id)
        if not door:
            raise code_store.CodeUnknown
        return door


def _print_blanks(printed: list[sheets.Blanks], as_json: bool) -> None:
    if as_json:
        echo_json([{"file": str(each.file), "first": each.first, "last": each.last, "hangers": each.hangers, "batches": each.batches,
                    "pages": each.pages, "printed_before": each.printed_before} for each in printed])
        return
    for each in printed:
        echo("{file}：编号 {first} 至 {last}，{batches} 批，{pages} 页（每批第一页是封面）。",
             "{file}: No. {first} to {last}, {batches} batches, {pages} pages (the first of each batch is its cover).",
             file=each.file, first=each.first, last=each.last, batches=each.batches, pages=each.pages)


def _report(plan: sheets.Plan, printed: list[sheets.Sheet]) -> None:
    echo("已打印 {labels} 张，{files} 个文件，共 {pages} 页，在 {out}。",
         "Printed {labels} codes in {files} files, {pages} pages, in {out}.",
         labels=plan.labels, files=len(printed), pages=sum(each.pages for each in printed), out=plan.out)
    if plan.printed_before:
        echo("其中 {count} 张以前印过，码没有变。", "{count} of them had been printed before; their codes are the same.",
             count=plan.printed_before)
    if plan.without_code:
        echo("注意：还有 {count} 户没有码，没有印。请运行 survey codes issue --campaign {slug} 后再印。",
             "Note: {count} dwellings have no code and were not printed. Run survey codes issue --campaign {slug}, then print again.",
             count=plan.without_code, slug=plan.campaign.slug)
    if not plan.campaign.terms.phone:
        echo("注意：没有设置联系电话，纸上只印了单位名称。设置：survey campaign set --campaign {slug} --phone 号码",
             "Note: no phone number is set, so the paper names the office only. Set it: survey campaign set --campaign {slug} "
             "--phone NUMBER", slug=plan.campaign.slug)


@codes.command()
@campaign_option
@_out_option
@click.option("--label", "labels", multiple=True, help="只印这些工号，可多次 / only this work number; may be repeated")
@json_option
def badges(campaign: Campaign, out: Path, labels: tuple[str, ...], as_json: bool) -> None:
    """打印工作人员的工牌 / print the badges of the people who work in the campaign."""
    printed = sheets.print_badges(installation(), campaign, out=out, labels=labels, actor=ACTOR)
    if as_json:
        echo_json({"file": str(printed.file), "badges": printed.badges, "pages": printed.pages,
                   "printed_before": printed.printed_before})
        return
    echo("已打印 {count} 张工牌：{file}（上面有姓名，请交给本人）。",
         "Printed {count} badges: {file} (with names: hand each to its owner).",
         count=printed.badges, file=printed.file)


@codes.command()
@campaign_option
@click.argument("code")
@click.option("--replace", is_flag=True, help="作废并发一个新码 / revoke it and issue a new one")
@json_option
def revoke(campaign: Campaign, code: str, replace: bool, as_json: bool) -> None:
    """作废一个码（丢失、损坏、被人拍走）/ revoke a code that was lost, spoiled or photographed."""
    here, at = installation(), clock.now()
    with here.store.write() as connection:
        found = code_store.find(connection, here.server, symbols.read(code))
        if found.campaign_id != campaign.id:
            raise code_store.CodeUnknown
        new = code_store.reissue(connection, here.server, found, at, ACTOR) if replace else None
        if not replace:
            (hangers.withdraw if found.kind == "hanger" else code_store.revoke)(connection, found, at, ACTOR)
    if as_json:
        echo_json({"revoked": True, "new": symbols.grouped(new) if new else None})
    elif new:
        echo("已作废，新码是 {code}。请重新打印后换上。", "Revoked. The new code is {code}; print it again and put it up.",
             code=symbols.grouped(new))
    else:
        echo("已作废，扫这个码不能再填写。", "Revoked: nobody can fill in anything with this code any more.")
