"""`survey frame import`: the register of doors, checked, compared and taken in."""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from campaigns import clock
from campaigns.campaign import Campaign
from campaigns.frame import errors, importer
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.plans import EXAMPLES, Plan, Summary
from forms.language import Text
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_PLAN_SHARE = 0.65  # of the whole time; the rest is writing
_SHOW_AFTER = 1.0  # seconds


@click.group()
def frame() -> None:
    """住房底册 / the frame: the register of every door to reach."""


@frame.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@campaign_option
@click.option("--strict", is_flag=True, help="有一行不能导入就全部不导入 / import nothing when any row is bad")
@click.option("--errors", "errors_path", type=click.Path(path_type=Path), default=None, metavar="OUT.xlsx",
              help="错误清单写到哪里，默认在 FILE 旁边 / where to write the bad rows; beside FILE by default")
@click.option("--apply", "apply_", is_flag=True, help="底册不为空时，确认按新文件更新 / update a frame that is not empty")
@json_option
def import_(file: Path, campaign: Campaign, strict: bool, errors_path: Path | None, apply_: bool, as_json: bool) -> None:
    """导入登记底册（.xlsx、.xls、.csv）/ import a register of doors.

    空底册直接导入；已有底册时先说明会新增、修改、注销哪些门，加 --apply 才执行。只注销文件里提到的小区的门。
    An empty frame is filled at once. Otherwise it says what would be added, changed and ended, and does it with --apply.
    Doors are ended only in compounds that the file mentions.
    """
    here = installation()
    with _bar() as progress:
        with here.store.read() as connection:
            plan = importer.plan(connection, here.keyring.campaign(campaign.slug), campaign, file,
                                 lambda share: progress(share * _PLAN_SHARE))
        written = _write_errors(plan, file, errors_path)
        held_back = strict and plan.bad > 0
        summary = None
        if not held_back and (plan.first or apply_ or plan.changes_nothing):
            with here.store.write() as connection:
                summary = importer.apply(connection, plan, clock.now(), ACTOR,
                                         lambda share: progress(_PLAN_SHARE + share * (1 - _PLAN_SHARE)))
    if as_json:
        echo_json(_facts(plan, summary, written))
    else:
        _tell(plan, summary, written, held_back)
    if held_back:
        click.get_current_context().exit(1)


@contextmanager
def _bar() -> Iterator:
    """Yields a function that is told the share done; shows a bar on a terminal once a second has gone by."""
    started, state = time.monotonic(), {"bar": None, "shown": 0}

    def progress(share: float) -> None:
        if not sys.stderr.isatty() or time.monotonic() - started < _SHOW_AFTER:
            return
        if state["bar"] is None:
            state["bar"] = click.progressbar(length=100, label=say(Text("导入底册", "Importing")), file=sys.stderr)
            state["bar"].__enter__()
        state["bar"].update(int(share * 100) - state["shown"])
        state["shown"] = int(share * 100)

    try:
        yield progress
    finally:
        if state["bar"] is not None:
            state["bar"].__exit__(None, None, None)


def _write_errors(plan: Plan, file: Path, path: Path | None) -> Path | None:
    """Written before anything is imported, so that a full or read-only disk stops the import and loses no bad row."""
    if not plan.problems:
        return None
    path = path or file.with_name(f"{file.stem}-errors.xlsx")
    if path.exists() and file.exists() and path.samefile(file):
        raise RegisterRefused("错误清单不能写到登记底册 {file} 上。请用 --errors 指定另一个文件。",
                              "The errors workbook cannot replace the register {file}. Name another file with --errors.", file=file)
    errors.write_workbook(plan.problems, path)
    return path


# --- what is said ------------------------------------------------------------------------------------------------------

_COLUMNS = {
    "register_code": Text("房屋编码", "dwelling code"), "city": Text("市", "city"), "district": Text("区", "district"),
    "street": Text("街道", "street"), "community": Text("社区", "community"), "grid": Text("网格", "grid"),
    "compound": Text("小区", "compound"), "building": Text("楼栋", "building"), "unit": Text("单元", "unit"),
    "room": Text("房号", "room"), "address": Text("地址", "address"), "use": Text("用途", "use"),
    "area_dm2": Text("面积（平方米）", "area (m2)"), "lon": Text("经度", "longitude"), "lat": Text("纬度", "latitude"),
    "team": Text("工作组", "team"), "extra": Text("其他列", "other columns"),
    "personal": Text("个人信息（加密）", "personal columns (sealed)"),
}


def _tell(plan: Plan, summary: Summary | None, written: Path | None, held_back: bool) -> None:
    for sheet in plan.sheets:
        _tell_sheet(sheet)
    if plan.bad:
        echo("{bad} 行有错误，没有导入：", "{bad} rows have mistakes and stay out:", bad=plan.bad)
    for each in plan.problems[:EXAMPLES]:
        echo("  {sheet} 第 {row} 行 {column}：{reason}。{remedy}。", "  {sheet}, row {row} {column}: {reason}. {remedy}.",
             sheet=each.sheet, row=each.row, column=each.column, reason=each.fault.reason, remedy=each.fault.remedy)
    if written:
        echo("错误清单：{path}", "All of them: {path}", path=written)
    if plan.problems_left_out:
        echo("（另有 {count} 处未列出）", "(and {count} more, not listed)", count=plan.problems_left_out)
    if held_back:
        echo("因为 --strict，没有导入任何内容。", "Nothing was imported, because of --strict.")
    elif summary and plan.changes_nothing:
        echo("底册与文件一致（{same} 户门），没有改动。",
             "The frame has all of it already ({same} doors); nothing was changed.", same=plan.same)
    elif summary:
        echo("已导入：新增 {added}，修改 {changed}，恢复 {revived}，注销 {ended}，未变 {same}。现有 {doors} 户门。",
             "Imported: {added} added, {changed} changed, {revived} brought back, {ended} ended, {same} as before. {doors} doors now.",
             **asdict(summary))
    else:
        _tell_plan(plan)


def _tell_sheet(sheet: object) -> None:
    hidden = Text("（隐藏）", " (hidden)") if sheet.hidden else Text("", "")
    if sheet.skipped:
        echo("工作表 {name}{hidden}：跳过，{why}。", "Sheet {name}{hidden}: passed over, {why}.",
             name=sheet.name, hidden=hidden, why=sheet.skipped)
        return
    compound = Text("", "")
    if sheet.compound:
        compound = Text(f"，小区“{sheet.compound}”取自表名或标题", f", compound “{sheet.compound}” from its name or title")
    echo("工作表 {name}{hidden}：{rows} 行，表头在第 {heading} 行{compound}。",
         "Sheet {name}{hidden}: {rows} rows, headings in row {heading}{compound}.",
         name=sheet.name, hidden=hidden, rows=sheet.rows, heading=sheet.heading_row, compound=compound)


def _tell_plan(plan: Plan) -> None:
    """What would be done: counts and first examples, no personal values."""
    echo("与现有底册相比：新增 {added}，修改 {changed}，恢复 {revived}，注销 {ended}，未变 {same}。",
         "Against the frame: {added} to add, {changed} to change, {revived} to bring back, {ended} to end, {same} as before.",
         added=len(plan.add), changed=len(plan.change) - len(plan.revive), revived=len(plan.revive), ended=len(plan.end), same=plan.same)
    _tell_doors(Text("新增", "add"), len(plan.add), [each.called for each in plan.add[:EXAMPLES]])
    for column, count in plan.changed_columns.most_common():
        echo("  修改 {column}：{count} 户", "  change {column}: {count} doors", column=_COLUMNS[column], count=count)
    for door, column, before, after in plan.changes:
        echo("    {door} {column}：{before} → {after}", "    {door} {column}: {before} → {after}",
             door=door, column=_COLUMNS[column], before=before or Text("（空）", "(empty)"), after=after or Text("（空）", "(empty)"))
    _tell_doors(Text("注销", "end"), len(plan.end), [called for _, called in plan.end[:EXAMPLES]])
    echo("只注销文件提到的小区（{count} 个）里的门；其他小区不动。",
         "Doors end only in the compounds that the file mentions ({count}); others stay.", count=len(plan.compounds))
    echo("没有改动任何内容。确认无误后加 --apply 再运行一次。", "Nothing was changed. If this is right, run it again with --apply.")


def _tell_doors(verb: Text, count: int, examples: list[str]) -> None:
    if count:
        more = "……" if count > len(examples) else ""
        echo("  {verb}：{doors}", "  {verb}: {doors}", verb=verb, doors="、".join(examples) + more)


def _facts(plan: Plan, summary: Summary | None, written: Path | None) -> dict:
    return {
        "campaign": plan.campaign.slug, "fingerprint": plan.fingerprint, "first": plan.first, "applied": summary is not None,
        "rows": plan.rows, "add": len(plan.add), "change": len(plan.change) - len(plan.revive), "revive": len(plan.revive),
        "end": len(plan.end), "same": plan.same, "bad": plan.bad, "errors": str(written) if written else None,
        "doors": summary.doors if summary else None, "changed_columns": dict(plan.changed_columns),
        "compounds": sorted(plan.compounds.values()), "continued": plan.continued, "passed_over": plan.passed_over,
        "examples": {"add": [each.called for each in plan.add[:EXAMPLES]], "end": [called for _, called in plan.end[:EXAMPLES]],
                     "change": [dict(zip(("door", "column", "before", "after"), each)) for each in plan.changes]},
        "sheets": [{**asdict(sheet), "skipped": sheet.skipped.en if sheet.skipped else None} for sheet in plan.sheets],
    }
