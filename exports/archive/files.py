"""The files of an archive besides its tables: photos and others that came in, form workbooks, and what forms refer to."""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from campaigns import media, reports
from campaigns.attachments import SUBMISSIONS, Folder, Owner, name_of
from campaigns.campaign import Campaign
from campaigns.keys import SealBroken
from campaigns.store.schema import form_version
from exports.archive.cells import instant

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)
_UNSAFE = re.compile(r"[^\w.-]+")


class Files:
    """Writes the files into `out`, and gives their rows. Those of submissions and reports are opened into `out`/attachments.

    A file that is gone from the disk, or broken, still has its row, without a path: one lost photo must not keep the rest
    from being handed over. `lost` counts them."""

    def __init__(self, connection: Connection, campaign: Campaign, sealed: Folder, out: Path):
        self._connection, self._campaign, self._sealed, self._out = connection, campaign, sealed, out
        self.lost = 0
        (out / "attachments").mkdir()

    def of_submission(self, number: int, instance: str) -> list[list]:
        return self._rows(SUBMISSIONS, number, [instance, None]) if number in self._submissions else []

    def of_report(self, number: int, item: str) -> list[list]:
        return self._rows(reports.FILES, number, [None, item]) if number in self._reports else []

    @cached_property
    def _submissions(self) -> set[int]:
        return self._owners(SUBMISSIONS)

    @cached_property
    def _reports(self) -> set[int]:
        return self._owners(reports.FILES)

    def _owners(self, owner: Owner) -> set[int]:
        """What has files: few of many."""
        return set(self._connection.execute(select(owner.table.c[owner.column]).where(
            owner.table.c.campaign_id == self._campaign.id).distinct()).scalars())

    def forms(self) -> Iterator[tuple[list, list[list]]]:
        """Writes every version of every form into `out`/forms, and what it refers to beside it; gives the row of `forms` and the
        rows of `form_files`."""
        for row in self._connection.execute(select(form_version).where(
                form_version.c.campaign_id == self._campaign.id).order_by(form_version.c.id)).all():
            stem = f"forms/{_safe(row.key)}-{_safe(row.version)}-{row.digest[:8]}"
            (self._out / f"{stem}.xlsx").write_bytes(row.workbook)
            beside = []
            for name, content in media.read(self._connection, row.id).items():
                path = f"{stem}-media/{Path(name).name}"
                (self._out / path).parent.mkdir(exist_ok=True)
                (self._out / path).write_bytes(content)
                beside.append([row.digest, name, hashlib.sha256(content).hexdigest(), len(content), path])
            yield [row.digest, row.key, row.version or None, row.purpose, instant(row.added_at), f"{stem}.xlsx"], beside

    def _rows(self, owner: Owner, number: int, of: list[str | None]) -> list[list]:
        query = select(owner.table).where(owner.table.c[owner.column] == bindparam("owner")).order_by(owner.table.c.id)
        rows = []
        for row in self._connection.execute(query, {"owner": number}).all():
            name = name_of(self._sealed.key, row.file, row.sealed)
            path = f"attachments/{row.file}{_ending(name)}"
            digest = self._opened(row.file, self._out / path)
            rows.append([row.file, *of, name, row.kind, instant(row.received_at), row.size, digest and path, digest])
        return rows

    def _opened(self, file: str, to: Path) -> str | None:
        """The SHA-256 of a file, now at `to`; None when it cannot be read."""
        digest = hashlib.sha256()
        try:
            with to.open("wb") as out:
                for piece in self._sealed.read(file):
                    digest.update(piece)
                    out.write(piece)
        except (FileNotFoundError, SealBroken):
            to.unlink()
            self.lost += 1
            return None
        return digest.hexdigest()


def _ending(name: str) -> str:
    """What a file's name ends with, so that it opens with a double click; nothing of the rest: a phone chose it."""
    ending = Path(name).suffix
    return ending if _ENDING.fullmatch(ending) else ""


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[:60]
