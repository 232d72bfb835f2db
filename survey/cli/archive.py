"""`survey archive export|verify|import|keys`: the end of a campaign, for the main system."""
from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from campaigns import clock
from campaigns.campaign import Campaign
from exports.archive import archive_keys, mapping
from exports.archive.checking import Report, verify
from exports.archive.exporting import Steps, Summary, export
from exports.archive.importing import Outcome, bring
from forms.language import Text
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_FILE = click.Path(path_type=Path)


@click.group()
def archive() -> None:
    """导出、核验、导入最终归档 / export, verify and import the final archive."""


_public_key_option = click.option(
    "--public-key", metavar="KEY|FILE", help="发送单位的 minisign 公钥；默认本机的 / the sender's minisign key; default: our own")
_identity_option = click.option(
    "--identity", type=_FILE, metavar="FILE", help="解密用的 age 私钥文件；默认本机的 / age identity file; default: our own")


@archive.command("export")
@campaign_option
@click.option("--out", required=True, type=_FILE, metavar="FILE")
@click.option("--recipient", "recipients", multiple=True, metavar="age1...",
              help="接收方的 age 公钥，可多次；默认本机的 / the receiver's age key, may be repeated; default: our own")
@json_option
def export_(campaign: Campaign, out: Path, recipients: tuple[str, ...], as_json: bool) -> None:
    """导出一个任务：签名、加密 / export a campaign, signed and encrypted."""
    with _stoppable():
        made = export(installation(), campaign, out, recipients=list(recipients), at=clock.now(), actor=ACTOR, steps=_Bars())
    if as_json:
        echo_json(asdict(made))
        return
    _show_export(made)


def _show_export(made: Summary) -> None:
    echo("{file}：{households} 条住户记录（含无人居住的房屋），{persons} 人，{submissions} 份填报，{workbooks} 个小区工作簿，{size}",
         "{file}: {households} household records (dwellings where nobody lives included), {persons} persons, "
         "{submissions} submissions, {workbooks} compound workbooks, {size}",
         file=made.file, workbooks=made.workbooks, size=_size(made.bytes), **made.counts)
    echo("签名：{signature}，密钥 {key}", "Signature: {signature}, key {key}", signature=made.signature, key=made.key)
    echo("加密给：{to}", "Encrypted to: {to}", to=", ".join(made.recipients))
    echo("含个人信息的栏：{columns}。填报和上报的全文（.jsonl）和附件也是。",
         "Personal columns: {columns}. The answers (.jsonl) and the attachments are personal too.", columns=", ".join(made.personal))
    if made.lost_files:
        echo("✗ 有 {count} 个照片或文件读不出，没有放进归档（表 attachments 里没有路径的）。请从备份恢复 attachments 文件夹后再导出。",
             "✗ {count} photos or files could not be read and are not in the archive (those without a path in the table attachments). "
             "Restore the folder attachments from a backup and export again.", count=made.lost_files)


@archive.command("verify")
@click.argument("file", type=_FILE)
@_public_key_option
@_identity_option
@json_option
def verify_(file: Path, public_key: str | None, identity: Path | None, as_json: bool) -> None:
    """核验归档：签名、校验和、各表 / check an archive: signature, checksums, tables."""
    with _stoppable():
        report = verify(installation(), file, steps=_Bars(), **_keys(public_key, identity))
    if as_json:
        echo_json(asdict(report))
        return
    _show_report(report)


def _show_report(report: Report) -> None:
    echo("签名完好，密钥 {key}：{comment}", "The signature is good, key {key}: {comment}", key=report.key, comment=report.comment)
    if not report.opened:
        echo("归档加密给了别的接收方，里面的内容没有核对。", "The archive is encrypted to another receiver; its content was not checked.")
        return
    echo("{files} 个文件的校验和都相符。", "The checksums of {files} files all fit.", files=report.files)
    for table, count in report.counts.items():
        echo("表 {table}：{count} 行，格式、代码、主键和引用都对。",
             "Table {table}: {count} rows; types, codes, keys and references are right.",
             table=table, count=count)


@archive.command("import")
@click.argument("file", type=_FILE)
@click.option("--into", required=True, metavar="URL", help="如 sqlite:///main.db 或 postgresql+psycopg://user@host/db")
@click.option("--dry-run", is_flag=True, help="只报告，不写入 / report only, write nothing")
@click.option("--mapping", "mapping_file", type=_FILE, metavar="FILE.json", help="表名、栏名对照 / other names for tables and columns")
@click.option("--older", is_flag=True, help="允许比上次旧的归档 / take an archive older than the last import")
@_public_key_option
@_identity_option
@json_option
def import_(file: Path, into: str, dry_run: bool, mapping_file: Path | None, older: bool, public_key: str | None,
            identity: Path | None, as_json: bool) -> None:
    """导入另一个数据库；重复导入不会增加 / import into another database; importing again adds nothing."""
    names = mapping.read(mapping_file) if mapping_file else mapping.AS_IT_IS
    with _stoppable():
        outcome = bring(installation(), file, into, at=clock.now(), mapping=names, dry_run=dry_run, older=older, steps=_Bars(),
                        **_keys(public_key, identity))
    if as_json:
        echo_json(asdict(outcome))
        return
    _show_outcome(outcome)


def _show_outcome(outcome: Outcome) -> None:
    if outcome.dry_run:
        echo("试运行，没有写入。将会：", "Dry run, nothing was written. It would do this:")
    for table, change in outcome.tables.items():
        echo("{table}：新增 {added}，改变 {changed}，终止 {ended}，不变 {same}",
             "{table}: {added} added, {changed} changed, {ended} ended, {same} unchanged", table=table, **asdict(change))
    for zh, en, names in (("新建的表：{names}", "New tables: {names}", outcome.new_tables),
                          ("新增的栏：{names}", "New columns: {names}", outcome.new_columns)):
        if names:
            echo(zh, en, names=", ".join(names))


@archive.command()
@json_option
def keys(as_json: bool) -> None:
    """给接收方的公钥 / the public keys to hand to a receiver."""
    ring = installation().keyring
    public, age = archive_keys.signing_key(ring).public, str(archive_keys.own_identity(ring).to_public())
    if as_json:
        echo_json({"minisign": str(public), "key": public.name, "age": age})
        return
    echo("验签用的 minisign 公钥（编号 {key}），交给接收方：",
         "minisign public key (ID {key}), for whoever receives our archives:", key=public.name)
    click.echo(public)
    echo("加密用的 age 公钥，交给向我们发送归档的单位：", "age public key, for whoever sends archives to us:")
    click.echo(age)


def _keys(public_key: str | None, identity: Path | None) -> dict:
    return {"public_key": archive_keys.public_key(public_key) if public_key else None,
            "identities": archive_keys.identities_in(identity) if identity else None}


class _Bars(Steps):
    """Progress bars, on a terminal only."""

    @contextmanager
    def step(self, words: Text, length: int):
        with click.progressbar(length=max(length, 1), label=say(words), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            yield bar.update


@contextmanager
def _stoppable() -> Iterator[None]:
    """Being told to stop ends the work as Ctrl-C does: what is half made is removed on the way out."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MiB" if count >= 1024 * 1024 else f"{max(1, count // 1024)} KiB"
