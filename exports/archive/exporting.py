"""`survey archive export`: one campaign, whole, into one signed and encrypted file."""
from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from campaigns import audit, merge, verdicts
from campaigns.attachments import Folder
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import submission
from exports.archive import archive_keys, bag, csvfile, files, package, parcel, sqlitefile
from exports.archive.cells import instant
from exports.archive.columns import Table
from exports.archive.content import Content
from exports.archive.refusals import CannotWrite
from exports.archive.work import cannot_write, private_folder
from exports.archive.workbooks import Workbooks
from forms.language import Text

_CHUNK = 1 << 20
SIGNATURE = ".minisig"


@dataclass(frozen=True)
class Summary:
    """What an archive holds. `personal`: the columns with personal data, as `table.column`; `lost_files`: photos
    and others that should be on the disk and could not be read."""

    file: str
    signature: str
    bytes: int
    made_at: str
    key: str
    counts: dict[str, int]
    workbooks: int
    recipients: list[str]
    personal: list[str]
    lost_files: int = 0


class Steps:
    """Tells whoever waits how far it is; this one tells nobody."""

    @contextmanager
    def step(self, words: Text, length: int):
        """A part of the work of `length` units; gives a function that takes how many more are done."""
        yield lambda done: None


SILENT = Steps()


def export(here: Installation, campaign: Campaign, out: Path, *, recipients: list[str] = (), at: datetime, actor: Actor,
           steps: Steps = SILENT) -> Summary:
    """Make the archive of `campaign` at `out`, and `out`.minisig beside it.

    recipients: age recipients; none means the installation's own key. Merges first unless nothing has come in since.
    Raises Refusal (unknown recipient, folder that cannot be written, missing campaign key); then nothing is left behind.
    """
    to = [archive_keys.recipient(each) for each in recipients] or [archive_keys.own_identity(here.keyring).to_public()]
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise CannotWrite("无法写入 {path}：请给出已有文件夹里的一个文件名。",
                          "Cannot write {path}: give a file name in a folder that exists.", path=out)
    key = here.keyring.campaign(campaign.slug)
    _merge_unless_current(here, campaign, at, actor)
    try:
        with private_folder(here.settings.home) as folder:
            with here.store.read() as connection:
                content = Content(connection, key, campaign)
                (folder / "bag").mkdir()
                attached = files.Files(connection, campaign, Folder(here.settings.attachments / campaign.slug, key), folder / "bag")
                made = _Made(content, attached, folder / "bag", at)
                made.write(steps)
            bag.make(made.folder, made.info())
            return _send(here, made, out, to, actor, steps)
    except OSError as error:
        raise cannot_write(out, error) from error


def _merge_unless_current(here: Installation, campaign: Campaign, at: datetime, actor: Actor) -> None:
    with here.store.read() as connection:
        if is_current(connection, campaign):
            return
    merge.run(here.store, campaign, at, actor)


def is_current(connection: Connection, campaign: Campaign) -> bool:
    """Whether the records already say all that has come in, under the terms that hold now."""
    last = merge.last(connection, campaign.id, "merge")
    if last is None:
        return False
    count = connection.execute(select(func.count()).select_from(submission).where(
        submission.c.campaign_id == campaign.id)).scalar_one()
    changed = connection.execute(select(audit_table.c.id).where(
        audit_table.c.campaign_id == campaign.id, audit_table.c.action == "campaign.terms", audit_table.c.at >= last[0])).first()
    return (last[1].get("submissions") == count and last[1].get("decided") == verdicts.last(connection, campaign.id)
            and changed is None)


class _Made:
    """The archive's files, in plain, in a private folder."""

    def __init__(self, content: Content, attached: files.Files, folder: Path, at: datetime):
        self.content, self.attached, self.folder, self.at = content, attached, folder, at
        self.tables, self.counts = content.tables, dict.fromkeys(content.tables, 0)
        campaign = content.campaign
        self.facts = {
            "campaign": campaign.slug, "title_zh": campaign.title.zh, "title_en": campaign.title.en, "preset": campaign.preset,
            "tz": campaign.tz, "opens_at": instant(campaign.opens_at), "closes_at": instant(campaign.closes_at),
            "made_at": instant(at)}
        for each in ("tables", "workbooks", "forms"):
            (folder / each).mkdir()

    def write(self, steps: Steps) -> None:
        """Everything but the bag's own files."""
        with ExitStack() as open_files:
            self._sqlite = open_files.enter_context(
                sqlitefile.writer(self.folder / "archive.sqlite", self.tables.values()))
            self._csv = {name: open_files.enter_context(csvfile.writer(self._path(table), table))
                         for name, table in self.tables.items()}
            self._write_forms()
            self._add_all("code_lists", self.content.code_lists())
            with steps.step(Text("写出房屋、住户、人员", "Writing dwellings, households, persons"),
                            self.content.dwelling_count()) as progress:
                self._write_doors(progress)
            self._write_submissions()
            self._write_reports()
            for table, rows in self.content.field.tables().items():
                self._add_all(table, rows())
            self._add_all("tallies", self.content.tallies())
            self._add_all("figures", self.content.figures(self.at))
        tables = list(self.tables.values())
        measured = {name: _measured(self._path(table)) for name, table in self.tables.items()}
        package.write(self.folder, package.describe(tables, self.counts, measured, self.facts),
                      package.codebook(tables, self.facts))

    def _write_doors(self, progress: Callable[[int], None]) -> None:
        workbooks = Workbooks(self.folder / "workbooks", self.tables)
        for door in workbooks.write(self.content.dwellings()):
            self._add("dwellings", door.row)
            for household in door.households:
                self._add("households", household.row)
                for person in household.persons:
                    self._add("persons", person)
            progress(1)
        self.workbooks = workbooks.count

    def _write_forms(self) -> None:
        for row, beside in self.attached.forms():
            self._add("forms", row)
            self._add_all("form_files", beside)

    def _write_submissions(self) -> None:
        with open(self.folder / "submissions.jsonl", "wb", buffering=_CHUNK) as file:
            for each in self.content.submissions():
                self._add("submissions", each.row)
                beside = self._beside(each.flags, each.original, self.attached.of_submission(each.id, each.row[0]))
                file.write(b'{"submission":"%s","answers":%s%s}\n' % (each.row[0].encode(), each.answers, beside))

    def _write_reports(self) -> None:
        with open(self.folder / "reports.jsonl", "wb", buffering=_CHUNK) as file:
            for number, row, flags, sealed in self.content.field.reports():
                self._add("reports", row)
                beside = self._beside(flags, sealed["xml"].encode() if flags else None, self.attached.of_report(number, row[0]))
                file.write(b'{"report":"%s","answers":%s%s}\n' % (row[0].encode(), _json(sealed["answers"]), beside))

    def _beside(self, flags: Sequence[str], original: bytes | None, attached: list[list]) -> bytes:
        """What a line says after the answers, where there is something: marks, the XML as it came, files by their names in the answers."""
        self._add_all("attachments", attached)
        said = {"flags": list(flags), "xml": original and original.decode(), "attachments": {row[3]: row[7] for row in attached if row[7]}}
        return b"".join(b',"%s":%s' % (name.encode(), _json(value)) for name, value in said.items() if value)

    def _add_all(self, table: str, rows: Iterable[list]) -> None:
        for row in rows:
            self._add(table, row)

    def _add(self, table: str, row: list) -> None:
        self.counts[table] += 1
        self._csv[table](row)
        self._sqlite(table, row)

    def _path(self, table: Table) -> Path:
        return self.folder / "tables" / f"{table.name}.csv"

    def info(self) -> dict[str, str]:
        """The lines of bag-info.txt."""
        return {
            "Bagging-Date": self.facts["made_at"][:10], "Bag-Software-Agent": "Rapid Survey",
            "Source-Organization": self.content.campaign.terms.office_zh, "External-Identifier": self.facts["campaign"],
            "External-Description": self.facts["title_zh"], "Made-At": self.facts["made_at"]}

    @property
    def personal(self) -> list[str]:
        return [f"{table.name}.{column.name}" for table in self.tables.values() for column in table.columns if column.personal]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def comment(facts: dict[str, str], counts: dict[str, int]) -> str:
    """The trusted comment: signed, and readable without opening the archive."""
    counted = " ".join(f"{name}={counts[name]}" for name in ("dwellings", "households", "persons", "submissions"))
    return f"campaign={facts['campaign']} made={facts['made_at']} {counted}"


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _send(here: Installation, made: _Made, out: Path, to: list, actor: Actor, steps: Steps) -> Summary:
    """Encrypt, sign, and put both files in place together with the audit row."""
    key = archive_keys.signing_key(here.keyring)
    mark = f".{secrets.token_hex(4)}.part"
    part, signature = out.with_name(out.name + mark), out.with_name(out.name + SIGNATURE + mark)
    size = sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    try:
        with steps.step(Text("压缩、加密", "Packing and encrypting"), size) as progress, _private(part) as file:
            digest = parcel.pack(made.folder, f"{made.facts['campaign']}-archive", file, to, progress)
            _to_disk(file)
        with _private(signature) as file:
            file.write(key.sign(digest, comment(made.facts, made.counts)).encode())
            _to_disk(file)
        summary = Summary(str(out), f"{out}{SIGNATURE}", part.stat().st_size, made.facts["made_at"], key.public.name,
                          dict(made.counts), made.workbooks, [str(each) for each in to], made.personal, made.attached.lost)
        with here.store.write() as connection:
            campaign = made.content.campaign
            audit.write(connection, campaign.id, datetime.fromisoformat(made.facts["made_at"]), actor, "archive.exported",
                        f"campaign:{campaign.slug}", blake2b=digest.hex(), **{
                            name: value for name, value in asdict(summary).items() if name in ("counts", "key", "recipients")})
            signature.rename(summary.signature)
            part.rename(out)
        return summary
    finally:
        for leftover in (part, signature):
            leftover.unlink(missing_ok=True)


@contextmanager
def _private(path: Path):
    """A new file that only its owner can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=_CHUNK) as file:
        yield file


def _to_disk(file) -> None:
    file.flush()
    os.fsync(file.fileno())
