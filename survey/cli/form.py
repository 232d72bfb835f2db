"""`survey form check|preview`."""
from __future__ import annotations

import logging
from pathlib import Path

import click
from werkzeug.serving import make_server

from forms.check import Report
from forms.check import check as look_at
from forms.form import Form, form_from_xform, load
from forms.language import Refusal, Text
from forms.media import wanted
from forms.workbook import refuse_ending
from survey.cli.base import echo, echo_json, json_option, listed, say
from survey.cli.beside import FilesBeside, media_option
from survey.preview import preview_app

MOST_SHOWN = 200
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def form() -> None:
    """检查问卷工作簿 / look at questionnaire workbooks."""


@form.command()
@_file
@media_option
@json_option
@click.pass_context
def check(context: click.Context, file: Path, media: Path | None, as_json: bool) -> None:
    """看一份 XLSForm 里有什么、有什么问题 / what an XLSForm holds and every problem; exit 1 if it cannot be used."""
    report = look_at(file.read_bytes(), file.name, FilesBeside(media or file.parent, file))
    if as_json:
        echo_json(report.as_dict())
    else:
        _print(report)
    context.exit(0 if report.usable else 1)


@form.command()
@_file
@media_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8010, show_default=True)
def preview(file: Path, media: Path | None, host: str, port: int) -> None:
    """在浏览器里试填一份问卷，什么都不保存 / serve a questionnaire for trying out; nothing is kept; Ctrl-C stops."""
    found, beside = _load(file, media), FilesBeside(media or file.parent, file)
    lacking = [name for name in wanted(found) if name not in beside]
    if lacking:
        echo("提醒：缺少文件 {names}，用到它们的地方是空的", "To know: without the files {names} the places that need them stay empty",
             names=listed(lacking))
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        server = make_server(host, port, preview_app(found, beside), threaded=True)
    except (OSError, SystemExit):
        raise Refusal("端口 {port} 已被占用，请用 --port 换一个。", "Port {port} is taken; choose another with --port.",
                      port=port) from None
    echo("试填地址 {address}　按 Ctrl-C 停止", "Try it at {address}   Ctrl-C stops", address=f"http://{host}:{server.server_port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _load(file: Path, media: Path | None) -> Form:
    refuse_ending(file.name)
    data, external = file.read_bytes(), FilesBeside(media or file.parent, file)
    return form_from_xform(data, external) if data.lstrip()[:1] == b"<" else load(data, file.stem, external)


def _print(report: Report) -> None:
    echo("{name}：{title}", "{name}: {title}", name=report.name, title=report.title if report.title.en else report.key)
    counts = {"questions": report.questions, "groups": report.groups, "choices": report.choices}
    if report.usable:
        echo("{questions} 个问题，{groups} 个分组，{choices} 个选项；一份约 {minutes} 分钟",
             "{questions} questions, {groups} groups, {choices} choices; one filling takes about {minutes} min",
             **counts, minutes=report.minutes)
    elif report.questions:
        echo("{questions} 个问题，{groups} 个分组，{choices} 个选项", "{questions} questions, {groups} groups, {choices} choices", **counts)
    if report.repeats:
        echo("重复部分：{names}", "Repeats: {names}", names=listed(report.repeats))
    if report.languages:
        echo("语言：{names}", "Languages: {names}", names=listed(report.languages))
    for title, problems, sign in ((Text("要改的地方：{count}", "To correct: {count}"), report.problems, "✗"),
                                  (Text("提醒：{count}", "To know: {count}"), report.warnings, "·"),
                                  (Text("在网页上：{count}", "On a web page: {count}"), report.pages, "·")):
        if problems:
            click.echo(say(title.fill(count=len(problems))))
        for problem in problems[:MOST_SHOWN]:
            click.echo(f"  {sign} {say(problem.text())}")
        if len(problems) > MOST_SHOWN:
            echo("  … 还有 {count} 条", "  … and {count} more", count=len(problems) - MOST_SHOWN)
    if report.usable:
        echo("✓ 可以用", "✓ It can be used")
    else:
        echo("改好以后再查一次。", "Check it again when these are corrected.")
