"""The data folder of a demo: made only where nothing else is, kept when complete, made anew when interrupted.

HOM-1 A folder that holds a campaign other than the demo's is never touched.
HOM-2 `demo/begun.json` is written first and `demo/made.json` last: one without the other was interrupted.
HOM-3 Only files that a demo makes are ever deleted, and only from a folder that a demo began.
"""
from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaigns import campaign as campaigns
from campaigns.installation import Installation
from forms.language import Refusal

_FILES = ("store.db", "store.db-wal", "store.db-shm", "store.db-journal", "store.db.lock")
_FOLDERS = ("keys", "published", "sheets")
_BEGUN, _MADE = "begun.json", "made.json"


class DemoHome:
    """The demo's part of the data folder of `here`."""

    def __init__(self, here: Installation):
        self.here, self.home = here, here.settings.home
        self.folder = self.home / "demo"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.sqlite"

    @property
    def register(self) -> Path:
        return self.folder / "register.xlsx"

    @property
    def logins(self) -> Path:
        return self.folder / "logins.json"

    @property
    def sheets(self) -> Path:
        return self.home / "sheets"

    def made(self) -> dict | None:
        """What `finish` noted, None when there is no complete demo."""
        return _read(self.folder / _MADE)

    def clear(self) -> None:
        """Make room: refuses a folder with other campaigns (HOM-1), removes the demo that is there, whole or interrupted."""
        begun = _read(self.folder / _BEGUN)
        others = [each for each in self._campaigns() if not begun or each != begun["slug"]]
        if others:
            raise Refusal("{home} 里已有别的任务（{names}），演示不会动它。请用 --home 另选一个文件夹。",
                          "{home} holds other campaigns ({names}); the demo leaves them alone. Choose another folder with --home.",
                          home=self.home, names=", ".join(others))
        if not begun:
            return
        if self.here.settings.store and self._campaigns():
            raise Refusal("演示数据在 SURVEY_STORE 指定的数据库里。请先自己清空该数据库，再运行一次。",
                          "The demo's data is in the database that SURVEY_STORE names. Empty that database yourself, then run "
                          "this again.")
        self._remove()

    def begin(self, slug: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.folder / _BEGUN, {"slug": slug})

    def finish(self, slug: str, **facts: object) -> None:
        """The demo is complete; `facts` say what was made."""
        write_private(self.folder / _MADE, {"slug": slug, **facts})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises Refusal while another process makes a demo in the same folder."""
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / ".demo.lock", "ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refusal("另一个 survey demo 正在 {home} 里生成，请等它完成。",
                              "Another survey demo is being made in {home}; please wait until it is done.",
                              home=self.home) from None
            yield

    def _campaigns(self) -> list[str]:
        if not self.here.settings.store and not (self.home / "store.db").exists():
            return []
        with self.here.store.read() as connection:
            return [each.slug for each in campaigns.every(connection)]

    def _remove(self) -> None:
        if "store" in self.here.__dict__:
            self.here.store.close()
            del self.here.__dict__["store"]
        self.here.__dict__.pop("keyring", None)
        (self.folder / _MADE).unlink(missing_ok=True)
        if not self.here.settings.store:
            for name in _FILES:
                (self.home / name).unlink(missing_ok=True)
        for name in _FOLDERS:
            shutil.rmtree(self.home / name, ignore_errors=True)
        shutil.rmtree(self.folder)


def _read(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_private(path: Path, facts: object) -> None:
    """Whole or not at all, readable by the owner only."""
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(facts, file, ensure_ascii=False, indent=1, default=str)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)

