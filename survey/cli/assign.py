"""`survey assign export|import|show`: who has which doors, as a workbook and as a list."""
from __future__ import annotations

from pathlib import Path

import click

from campaigns import assignment_sheet, assignments, clock, people
from campaigns.campaign import Campaign
from campaigns.frame import errors
from forms.language import Text
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_EXAMPLES = 10


@click.group()
def assign() -> None:
    """分工：哪些门由谁负责 / who has which doors."""


@assign.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@campaign_option
@click.option("--doors", is_flag=True, help="一户门一行，默认一个单元一行 / a row a door; by default a row an entrance")
def export(file: Path, campaign: Campaign, doors: bool) -> None:
    """把分工写成表格（.xlsx），改好再导入 / write who has what as a workbook, to be changed and imported again."""
    with installation().store.read() as connection:
        rows = assignment_sheet.write(connection, campaign, file, doors=doors)
    echo("已写出 {rows} 行：{file}。只改“工作组”和“工号”两列。",
         "{rows} rows written to {file}. Change the team and the work numbers only.",
         rows=rows, file=file)


@assign.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@campaign_option
@click.option("--errors", "errors_path", type=click.Path(path_type=Path), default=None, metavar="OUT.xlsx",
              help="错误清单写到哪里，默认在 FILE 旁边 / where to write the bad rows; beside FILE by default")
@click.option("--apply", "apply_", is_flag=True, help="确认改动；不加时只说明会改什么 / do it; without it, it only says what would change")
@json_option
@click.pass_context
def import_(context: click.Context, file: Path, campaign: Campaign, errors_path: Path | None, apply_: bool, as_json: bool) -> None:
    """导入改好的分工表 / import the changed table; bad rows stay out and end it with status 1."""
    here, written = installation(), None
    with here.store.write() as connection:
        plan = assignment_sheet.plan(connection, campaign, file)
        if plan.problems:
            written = errors_path or file.with_name(f"{file.stem}-errors.xlsx")
            errors.write_workbook(plan.problems, written)
        if apply_:
            assignment_sheet.apply(connection, campaign, plan, clock.now(), ACTOR)
    if as_json:
        echo_json({"rows": plan.rows, "changes": len(plan.changes), **plan.doors, "bad": len(plan.problems), "applied": apply_,
                   "errors": str(written) if written else None})
    else:
        _tell(plan, apply_, written)
    context.exit(1 if plan.problems else 0)


def _tell(plan: assignment_sheet.Plan, applied: bool, written: Path | None) -> None:
    for each in plan.changes[:_EXAMPLES]:
        echo("  第 {row} 行 {place}：{what}", "  row {row}, {place}: {what}", row=each.row, place=each.place, what=_what(each))
    for each in plan.problems[:_EXAMPLES]:
        echo("  {sheet} 第 {row} 行 {column}：{reason}。{remedy}。", "  {sheet}, row {row} {column}: {reason}. {remedy}.",
             sheet=each.sheet, row=each.row, column=each.column, reason=each.fault.reason, remedy=each.fault.remedy)
    if written:
        echo("{bad} 行有错误，没有导入；清单：{path}", "{bad} rows have mistakes and stay out; all of them: {path}",
             bad=len(plan.problems), path=written)
    echo("{changes} 行有改动：换组 {team} 户，分给人 {gain} 户次，从人手里收回 {lose} 户次。",
         "{changes} rows change: {team} doors to another team, {gain} given to people, {lose} taken from people.",
         changes=len(plan.changes), **plan.doors)
    if not applied and plan.changes:
        echo("还没有改动任何内容。确认无误后加 --apply 再运行一次。", "Nothing was changed. If this is right, run it again with --apply.")


def _what(change: assignment_sheet.Change) -> str:
    said = [say(Text("换组", "to another team"))] if change.moved else []
    said += [f"+{label} ({len(doors)})" for label, doors in change.gain.items()]
    said += [f"-{label} ({len(doors)})" for label, doors in change.lose.items()]
    return ", ".join(said)


@assign.command()
@campaign_option
@json_option
def show(campaign: Campaign, as_json: bool) -> None:
    """列出每人的门数，和人手不够的楼栋 / how many doors each person has, and buildings with too few people."""
    with installation().store.read() as connection:
        teams = people.teams(connection, campaign.id)
        holders = assignments.holders(connection, campaign)
        short = assignments.shortfalls(connection, campaign)
    least = campaign.terms.per_building
    if as_json:
        echo_json({"people": [{"label": each.user.label, "team": teams.get(each.user.team_id, ""), "doors": each.doors}
                              for each in holders],
                   "short": [{"compound": each.compound, "building": each.building, "team": teams.get(each.team_id, ""),
                              "people": list(each.people), "wanting": each.wanting(least)} for each in short]})
        return
    for each in holders:
        echo("{label}（{team}）：{doors} 户", "{label} ({team}): {doors} doors", label=each.user.label,
             team=teams.get(each.user.team_id, "-"), doors=each.doors)
    if short:
        echo("每栋应有 {least} 人，{count} 栋不够：", "{count} buildings have fewer than {least} people:", least=least, count=len(short))
    for each in short[:_EXAMPLES]:
        echo("  {compound} {building}：现有 {people}，还差 {wanting} 人", "  {compound} {building}: {people}, {wanting} wanting",
             compound=each.compound, building=each.building, people="、".join(each.people) or "-", wanting=each.wanting(least))
