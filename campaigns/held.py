"""Photos and other files of a page that is not sent yet: kept at once, so that going back and forth loses nothing.

HLD-1 A held file lies sealed among the attachments under a random name (ATT-1), and belongs to one instance at one door.
HLD-2 With the submission, the files that its answers name become its attachments in the same transaction; the others go.
HLD-3 What is not sent within HOURS is wiped, the file and its row: with the next upload, and whenever progress is published.
HLD-4 An instance holds at most MOST_FILES, a door at most MOST_BYTES, so that nobody fills the disk with one code.

Nothing here is a submission yet, so rows come and go, and the audit log tells only of what is sent.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, func, select, update

from campaigns import attachments
from campaigns.attachments import Folder, Kept
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.store import Store
from campaigns.store.fieldwork import held_file as table
from forms.language import Refusal

HOURS = 36
MOST_FILES = 100
MOST_BYTES = 512 * 1024 * 1024


class TooManyFiles(Refusal):
    status = 413

    def __init__(self):
        super().__init__("这一户还没提交的照片和文件太多了，这一个没有收下。请先删掉用不着的，或先提交。",
                         "There are too many photos and files of this household that are not sent yet, so this one was not kept. "
                         "Remove some that are not needed, or send the form first.")


def hold(connection: Connection, key: Key, campaign: Campaign, dwelling_id: int, instance: str, kept: Kept, at: datetime) -> None:
    """Note a file that lies sealed in the folder. Raises TooManyFiles (HLD-4)."""
    files = connection.execute(select(func.count()).where(
        table.c.campaign_id == campaign.id, table.c.instance == instance)).scalar_one()
    size = connection.execute(select(func.coalesce(func.sum(table.c.size), 0)).where(
        table.c.dwelling_id == dwelling_id)).scalar_one()
    if files >= MOST_FILES or size + kept.size > MOST_BYTES:
        raise TooManyFiles
    connection.execute(table.insert().values(
        campaign_id=campaign.id, dwelling_id=dwelling_id, instance=instance, file=kept.file, mac=kept.mac, kind=kept.kind,
        sealed=key.seal(kept.name.encode(), _about(kept.file)), size=kept.size, held_at=at))


def of_instance(connection: Connection, key: Key, campaign_id: int, instance: str) -> dict[str, Kept]:
    """The files that an instance holds, by the name in its answers."""
    rows = connection.execute(select(table).where(table.c.campaign_id == campaign_id, table.c.instance == instance))
    return {kept.name: kept for kept in (_kept(key, row) for row in rows)}


def at_door(connection: Connection, key: Key, dwelling_id: int, file: str) -> Kept | None:
    """A held file by its random name, which only the page that brought it knows; None for another door's."""
    row = connection.execute(select(table).where(table.c.file == file, table.c.dwelling_id == dwelling_id)).first()
    return row and _kept(key, row)


def commit(connection: Connection, key: Key, campaign: Campaign, submission_id: int, instance: str, names: Iterable[str],
           at: datetime) -> list[str]:
    """Make the named files attachments of the submission (HLD-2); returns the files to drop after the commit."""
    held = of_instance(connection, key, campaign.id, instance)
    wanted = [held[name] for name in dict.fromkeys(names) if name in held]
    added = {kept.file for kept in attachments.add(connection, key, campaign, submission_id, wanted, at)}
    connection.execute(delete(table).where(table.c.campaign_id == campaign.id, table.c.instance == instance))
    return [kept.file for kept in held.values() if kept.file not in added]


def forget(connection: Connection, key: Key, campaign_id: int, instance: str, name: str) -> list[str]:
    """Take one file of an instance away; returns the files to drop after the commit."""
    found = of_instance(connection, key, campaign_id, instance).get(name)
    if found is None:
        return []
    connection.execute(delete(table).where(table.c.file == found.file))
    return [found.file]


def rebind(connection: Connection, campaign_id: int, instance: str, to: str) -> None:
    """The page goes on as another instance, and takes its files along."""
    connection.execute(update(table).where(table.c.campaign_id == campaign_id, table.c.instance == instance).values(instance=to))


def expire(connection: Connection, campaign_id: int, at: datetime) -> list[str]:
    """Take away what was not sent in time (HLD-3); returns the files to drop after the commit."""
    late = (table.c.campaign_id == campaign_id) & (table.c.held_at < at - timedelta(hours=HOURS))
    files = list(connection.execute(select(table.c.file).where(late)).scalars())
    if files:
        connection.execute(delete(table).where(late))
    return files


def tidy(store: Store, campaign: Campaign, path: Path, at: datetime) -> int:
    """Wipe what was not sent in time from the campaign's folder of attachments (HLD-3), when nobody uploads any more; returns
    how many files. Needs no key."""
    files = store.submit(lambda connection: expire(connection, campaign.id, at))
    for file in files:
        (path / file).unlink(missing_ok=True)
    return len(files)


def drop(folder: Folder, files: Iterable[str]) -> None:
    """Take files away for good, by the names that they have in the folder."""
    for file in files:
        folder.drop(file)


def _kept(key: Key, row) -> Kept:
    return Kept(key.open(row.sealed, _about(row.file)).decode(), row.file, row.kind, row.size, row.mac)


def _about(file: str) -> str:
    return f"attachment-name:{file}"
