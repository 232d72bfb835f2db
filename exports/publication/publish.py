"""One publication: merge, count, write."""
from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from campaigns import audit, figures, merge
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.figures import Figures
from campaigns.installation import Installation
from exports.publication import file
from exports.publication.public import PUBLIC_TABLES
from exports.publication.tables import TABLES, rows_of

PUBLIC_ENDING = "-public"


def path_of(published: Path, slug: str) -> Path:
    """The file that the campaign's team leads read."""
    return published / f"{slug}.db"


def public_path_of(published: Path, slug: str) -> Path:
    """The file that anybody may read, when the organiser makes one."""
    return published / f"{slug}{PUBLIC_ENDING}.db"


def publish(here: Installation, campaign: Campaign, at: datetime, actor: Actor, *, merge_first: bool = True,
            public: bool | None = None) -> dict:
    """Publish the campaign's figures as of `at`. Raises NotPublished when the file cannot be written.

    `public` True makes the public page, False removes it, None refreshes it where there is one.
    Returns {"campaign", "at", "frame", "recorded", "households", "persons", "digest", "file", "public"}.
    """
    folder = here.settings.published
    private, open_to_all = path_of(folder, campaign.slug), public_path_of(folder, campaign.slug)
    with _alone(folder, campaign.slug):
        if merge_first:
            merge.run(here.store, campaign, at, actor)
        with here.store.read() as connection:
            counted = figures.measure(connection, campaign, at)
        digest = file.write(private, TABLES, rows_of(counted))
        if public or (public is None and open_to_all.exists()):
            file.write(open_to_all, PUBLIC_TABLES, rows_of(counted, PUBLIC_TABLES))
        elif public is False:
            _remove(open_to_all)
        summary = _summary(counted, digest, private, open_to_all)
        with here.store.write() as connection:
            _note(connection, campaign, at, actor, summary)
    return summary


def _summary(counted: Figures, digest: str, private: Path, open_to_all: Path) -> dict:
    return {"campaign": counted.campaign.slug, "at": counted.at.isoformat(), "frame": counted.total.frame,
            "recorded": counted.total.recorded, "households": counted.total.households, "persons": counted.total.persons,
            "digest": digest, "file": str(private), "public": str(open_to_all) if open_to_all.exists() else None}


def _note(connection: Connection, campaign: Campaign, at: datetime, actor: Actor, summary: dict) -> None:
    detail = {name: summary[name] for name in ("recorded", "households", "persons", "digest")}
    merge.note(connection, campaign.id, "publish", at, detail)
    audit.write(connection, campaign.id, at, actor, "publication.made", f"campaign:{campaign.slug}", **detail,
                public=summary["public"] is not None)


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        each.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path, slug: str) -> Iterator[None]:
    """One publication of a campaign at a time: an older one must not overwrite a newer."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f".{slug}.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
