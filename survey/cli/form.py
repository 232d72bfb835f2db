"""`survey form check`."""
from __future__ import annotations

from pathlib import Path

import click

from forms.check import Report
from forms.check import check as look_at
from forms.language import Text
from survey.cli.base import echo, echo_json, json_option, say

MOST_SHOWN = 200
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def form() -> None:
    """检查问卷工作簿 / look at questionnaire workbooks."""


@form.command()
@_file
@click.option("--media", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="问卷引用的文件所在的文件夹（默认同一文件夹）/ folder of the files it refers to (default: its own)")
@json_option
@click.pass_context
def check(context: click.Context, file: Path, media: Path | None, as_json: bool) -> None:
    """看一份 XLSForm 里有什么、有什么问题 / what an XLSForm holds and every problem; exit 1 if it cannot be used."""
    report = look_at(file.read_bytes(), file.name, _beside(media or file.parent, file))
    if as_json:
        echo_json(report.as_dict())
    else:
        _print(report)
    context.exit(0 if report.usable else 1)


def _beside(folder: Path, file: Path) -> dict[str, bytes]:
    """The data files beside a workbook."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())
            if path.suffix.lower() in (".csv", ".geojson", ".xml") and path != file and path.stat().st_size < 64 * 1024 * 1024}


def _print(report: Report) -> None:
    echo("{name}：{title}", "{name}: {title}", name=report.name, title=report.title if report.title.en else report.key)
    echo("{questions} 个问题，{groups} 个分组，{choices} 个选项；一份约 {minutes} 分钟",
         "{questions} questions, {groups} groups, {choices} choices; one filling takes about {minutes} min",
         questions=report.questions, groups=report.groups, choices=report.choices, minutes=report.minutes or "?")
    if report.repeats:
        echo("重复部分：{names}", "Repeats: {names}", names=", ".join(report.repeats))
    if report.languages:
        echo("语言：{names}", "Languages: {names}", names=", ".join(report.languages))
    for title, problems, sign in ((Text("要改的地方：{count}", "To mend: {count}"), report.problems, "✗"),
                                  (Text("提醒：{count}", "To know: {count}"), report.warnings, "·")):
        if problems:
            click.echo(say(title.fill(count=len(problems))))
        for problem in problems[:MOST_SHOWN]:
            click.echo(f"  {sign} {say(problem.text())}")
        if len(problems) > MOST_SHOWN:
            echo("  … 还有 {count} 条", "  … and {count} more", count=len(problems) - MOST_SHOWN)
    if report.usable:
        echo("✓ 可以用", "✓ It can be used")
