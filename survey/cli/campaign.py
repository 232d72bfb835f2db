"""`survey campaign new|list|show|open|close|form`."""
from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click

from campaigns import campaign as campaigns
from campaigns import clock, form_versions
from campaigns.campaign import PRESETS, Campaign
from campaigns.terms import Terms
from forms.form import LIBRARY, Form, library
from forms.language import Refusal, Text
from forms.media import wanted
from forms.workbook import refuse_ending
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, listed, say
from survey.cli.beside import FilesBeside, media_option


@click.group()
def campaign() -> None:
    """新建、查看、开始、结束任务 / make, show, open and close campaigns."""


def _terms_options(command):
    """One option per term that an organiser sets, `--rate-fen 50` and so on."""
    for row in reversed(dataclasses.fields(Terms)):
        if row.name != "trust":
            kind = int if isinstance(row.default, int) else str
            command = click.option(f"--{row.name.replace('_', '-')}", type=kind, default=None,
                                   help=f"[{row.default}]")(command)
    return click.option(
        "--trust", default=None, help="渠道信任顺序，逗号分隔 / channels, most trusted first, separated by commas")(command)


@campaign.command()
@click.option("--preset", required=True, type=click.Choice(list(PRESETS)))
@click.option("--slug", required=True, help="代号，如 c1 / short name used in commands and file names")
@click.option("--title", required=True, help="居民看到的名称 / title that residents see")
@click.option("--title-en", default="", help="英文名称 / the title in English")
@click.option("--opens", required=True, metavar="2026-03-01T08:00")
@click.option("--closes", required=True, metavar="2026-03-20T18:00")
@click.option("--tz", default="Asia/Shanghai", show_default=True)
@_terms_options
@json_option
def new(preset, slug, title, title_en, opens, closes, tz, trust, as_json, **terms) -> None:
    """从预设新建任务 / make a campaign from a preset."""
    here = installation()
    with here.store.write() as connection:
        made = campaigns.new(
            connection, here.keyring, slug=slug, title=Text(title, title_en or title), preset=preset,
            opens_at=clock.parse_local(opens, tz), closes_at=clock.parse_local(closes, tz), tz=tz,
            terms=Terms(**_chosen(terms, trust)), at=clock.now(), actor=ACTOR)
    _show(made, as_json)


@campaign.command("list")
@json_option
def list_(as_json: bool) -> None:
    """列出所有任务 / list all campaigns."""
    with installation().store.read() as connection:
        found = campaigns.every(connection)
    if as_json:
        echo_json([_facts(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.slug:20} {say(_PHASES[each.phase(clock.now())]):8} {say(each.title)}")


@campaign.command()
@campaign_option
@json_option
def show(campaign: Campaign, as_json: bool) -> None:
    """查看任务 / show one campaign."""
    _show(campaign, as_json)


@campaign.command("open")
@campaign_option
@click.option("--closes", default=None, metavar="2026-03-20T18:00", help="新的结束时间 / a new closing time")
@json_option
def open_(campaign: Campaign, closes: str | None, as_json: bool) -> None:
    """现在开始 / open now."""
    here = installation()
    at = clock.now()
    with here.store.write() as connection:
        if closes:
            campaign = campaigns.set_times(connection, campaign, campaign.opens_at,
                                           clock.parse_local(closes, campaign.tz), at, ACTOR)
        opened = campaigns.open_now(connection, campaign, at, ACTOR)
    _show(opened, as_json)


@campaign.command()
@campaign_option
@json_option
def close(campaign: Campaign, as_json: bool) -> None:
    """现在结束 / close now."""
    with installation().store.write() as connection:
        closed = campaigns.close_now(connection, campaign, clock.now(), ACTOR)
    _show(closed, as_json)


@campaign.command("set")
@campaign_option
@click.option("--title", default=None, help="居民看到的名称 / title that residents see")
@click.option("--title-en", default=None, help="英文名称 / the title in English")
@_terms_options
@json_option
def set_(campaign: Campaign, title: str | None, title_en: str | None, trust: str | None, as_json: bool, **terms) -> None:
    """修改名称、电话、计件单价等 / change the title, the phone number, the rate and other terms."""
    titles = Text(campaign.title.zh if title is None else title, campaign.title.en if title_en is None else title_en)
    with installation().store.write() as connection:
        changed = campaigns.set_terms(connection, campaign, dataclasses.replace(campaign.terms, **_chosen(terms, trust)),
                                      clock.now(), ACTOR, titles)
    _show(changed, as_json)


def _chosen(terms: dict, trust: str | None) -> dict:
    """The terms that were given; `trust` as its list of channels."""
    chosen = {name: value for name, value in terms.items() if value is not None}
    return chosen | ({"trust": tuple(part.strip() for part in trust.split(","))} if trust else {})


@campaign.group()
def form() -> None:
    """任务用的问卷 / the questionnaire of a campaign."""


@form.command("list")
@campaign_option
@json_option
def list_forms(campaign: Campaign, as_json: bool) -> None:
    """任务有哪些问卷和版本，各收到几份 / the forms of a campaign, their versions, and how many came in with each."""
    with installation().store.read() as connection:
        found = form_versions.listed(connection, campaign.id)
    if as_json:
        echo_json([{"purpose": each.purpose, "form": each.form.key, "version": each.form.version, "digest": each.form.digest,
                    "title_zh": each.form.title.zh, "title_en": each.form.title.en, "languages": _languages(each.form),
                    "since": each.added_at.isoformat(), "current": each.current, "received": each.received} for each in found])
        return
    before = None
    for each in found:
        heading = each.purpose, each.form.key
        if heading != before:
            click.echo(f"{say(_PURPOSES[each.purpose])} {each.form.key} {say(each.form.title)}")
        before = heading
        languages = listed(_languages(each.form))
        echo("  {sign} 版本 {version}{languages}，{since} 起{state}，收到 {count} 份",
             "  {sign} version {version}{languages}, since {since}{state}, {count} received",
             sign="✓" if each.current else "·", version=each.form.version or "-",
             languages=languages and say(Text("，{names}", ", in {names}").fill(names=languages)),
             since=clock.as_said(each.added_at, campaign.tz), state="" if each.current else Text("（已换下）", " (replaced)"),
             count=each.received)


def _languages(used: Form) -> list[str]:
    """The names of a form's languages without their codes: 中文 (zh) -> 中文."""
    return [re.sub(r"\s*\([\w-]+\)$", "", name) for name in used.definition.texts.languages if name not in ("", "default")]


@form.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@media_option
@campaign_option
@json_option
def set_form(file: Path, media: Path | None, campaign: Campaign, as_json: bool) -> None:
    """从现在起改用这份问卷，已交的不变 / use this workbook from now on; what was sent keeps its form."""
    refuse_ending(file.name)
    files = FilesBeside(media or file.parent, file)
    with installation().store.write() as connection:
        used = form_versions.use_workbook(connection, campaign.id, file.read_bytes(), file.stem, clock.now(), ACTOR, files)
    kept = list(wanted(used))
    unused = sorted(set(files) - set(kept)) if media else []
    if as_json:
        echo_json({"campaign": campaign.slug, "form": used.key, "version": used.version, "digest": used.digest,
                   "warnings": len(used.warnings), "files": kept, "unused": unused})
        return
    echo("“{title}”从现在起用问卷 {key}（版本 {version}）；已交的不变", "“{title}” uses the form {key} (version {version}) from now on; "
         "what was sent keeps its form", title=campaign.title, key=used.key, version=used.version or "-")
    if kept:
        echo("一起存下的文件：{names}", "Files kept with it: {names}", names=listed(kept))
    if unused:
        echo("文件夹里没有用到的：{names}", "Not needed, left out: {names}", names=listed(unused))
    if used.warnings:
        echo("有 {count} 条提醒，请看 survey form check", "{count} things to know: see survey form check", count=len(used.warnings))


@form.command("add")
@click.argument("which", metavar="KEY|FILE")
@media_option
@campaign_option
@json_option
def add_form(which: str, media: Path | None, campaign: Campaign, as_json: bool) -> None:
    """住户表之外，再让工作人员填一种上报表 / let people fill another form beside the household's: a bundled one or a workbook."""
    file, taken = Path(which), {}
    if which in LIBRARY:
        workbook, added = library(which)
    elif file.is_file():
        refuse_ending(file.name)
        workbook = file.read_bytes()
        added, taken = form_versions.read_workbook(workbook, file.stem, FilesBeside(media or file.parent, file))
    else:
        raise Refusal("没有自带的表“{which}”，也没有这个文件。自带的有：{known}。",
                      "There is neither a bundled form nor a file “{which}”. Bundled are: {known}.", which=which, known=listed(LIBRARY))
    with installation().store.write() as connection:
        form_versions.add_report_form(connection, campaign.id, workbook, added, clock.now(), ACTOR, taken)
    if as_json:
        echo_json({"campaign": campaign.slug, "form": added.key, "version": added.version, "digest": added.digest,
                   "files": list(taken)})
        return
    echo("“{title}”的工作人员现在可以填 {key}（版本 {version}）。", "People of “{title}” can fill {key} (version {version}) now.",
         title=campaign.title, key=added.key, version=added.version or "-")
    if taken:
        echo("一起存下的文件：{names}", "Files kept with it: {names}", names=listed(taken))


_PURPOSES = {form_versions.HOUSEHOLD: Text("住户登记表", "Household form"), form_versions.REPORT: Text("上报表", "Report form")}
_PHASES = {"before": Text("未开始", "not open yet"), "open": Text("进行中", "open"), "closed": Text("已结束", "closed")}


def _facts(found: Campaign) -> dict:
    return {"slug": found.slug, "title_zh": found.title.zh, "title_en": found.title.en, "preset": found.preset,
            "tz": found.tz, "phase": found.phase(clock.now()), "opens_at": found.opens_at.isoformat(),
            "closes_at": found.closes_at.isoformat(), "terms": dataclasses.asdict(found.terms)}


def _show(found: Campaign, as_json: bool) -> None:
    if as_json:
        echo_json(_facts(found))
        return
    at = clock.now()
    echo("{title}（{slug}）：{phase}，{opens} 开始，{closes} 结束", "{title} ({slug}): {phase}, opens {opens}, closes {closes}",
         title=found.title, slug=found.slug, phase=_PHASES[found.phase(at)],
         opens=clock.as_said(found.opens_at, found.tz, at), closes=clock.as_said(found.closes_at, found.tz, at))
    for name, value in dataclasses.asdict(found.terms).items():
        click.echo(f"  --{name.replace('_', '-')}: {', '.join(value) if isinstance(value, tuple) else value}")
