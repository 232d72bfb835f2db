"""Plays a made campaign through the real intake: what the truth says was sent is validated, sealed and accepted, in the
order in which it came in, each at its own made-up instant.

Reading the truth, validating and sealing can run in processes of their own; accepting is one process's work.
"""
from __future__ import annotations

import dataclasses
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from campaigns import clock, receipts
from campaigns.believable import mistakes
from campaigns.believable.truth import Telling, Truth
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.installation import Installation
from campaigns.people import User
from campaigns.settings import Settings
from campaigns.submissions import Entry, Intake
from forms.answers import validate
from forms.form import library

_AT_ONCE = 250  # tellings in one transaction
_AHEAD = 6  # batches being prepared while one is written
_WITHOUT_CODE = ("gate",)  # the gate writes into its own book and scans nothing
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unbelievable(RuntimeError):
    """A made-up answer was refused that should pass, or passed that should be refused: a fault in the making."""


@dataclass(frozen=True)
class Cast:
    """Where the truth's numbers are found in the store: dwellings and their codes by the truth's dwelling id, visitors and
    clerks by their number from 0."""

    campaign: Campaign
    form_version_id: int
    dwellings: dict[int, int]
    codes: dict[int, int]
    visitors: list[User]
    clerks: list[User]


Prepared = list[tuple[Entry, dict]]


class Preparer:
    """Turns tellings into sealed rows; made once in each process."""

    def __init__(self, settings: Settings, truth_path: Path, cast: Cast):
        here = Installation(settings)
        self.cast, self.server = cast, here.server
        self.intake: Intake = here.intake(cast.campaign)
        self.truth = Truth(truth_path)
        self.form = library(cast.campaign.preset)[1]

    def prepare(self, tellings: list[Telling]) -> Prepared:
        return [self._one(telling) for telling in tellings]

    def _one(self, telling: Telling) -> tuple[Entry, dict]:
        right = self.truth.answers(telling.dwelling_id)
        received = _instant(telling.received_at)
        if telling.caught and not self._check(mistakes.apply(right, telling.caught), received).errors:
            raise Unbelievable(f"{telling.instance}: a wrong digit was not caught")
        result = self._check(mistakes.apply(right, telling.changes), received)
        if result.errors:
            raise Unbelievable(f"{telling.instance}: {result.errors[0].path} {result.errors[0].text.en}")
        entry = Entry(
            instance=telling.instance, form_version_id=self.cast.form_version_id, channel=telling.channel,
            dwelling_id=self.cast.dwellings[telling.told_at], answers=result.answers,
            persons=len(result.answers.get(self.form.person_repeat) or ()), filled_at=_instant(telling.filled_at),
            received_at=received, user=self._worker(telling),
            code_id=None if telling.channel in _WITHOUT_CODE else self.cast.codes[telling.told_at],
            receipt=receipts.of(self.server, telling.replaces) if telling.replaces else None)
        row = self.intake.prepare(entry)
        return dataclasses.replace(entry, answers={}), row  # the answers are in the row, sealed

    def _check(self, answers: dict, at: datetime):
        campaign = self.cast.campaign
        return validate(self.form, answers, today=clock.day(at, campaign.tz), max_persons=campaign.terms.max_persons)

    def _worker(self, telling: Telling) -> User | None:
        if telling.worker is None:
            return None
        return (self.cast.clerks if telling.channel == "paper" else self.cast.visitors)[telling.worker]


def play(here: Installation, truth_path: Path, cast: Cast, processes: int, step: Callable[[int], None]) -> int:
    """Send everything that the truth at `truth_path` tells; returns how much was accepted. `processes` prepare (0: this
    one does it itself); `step` is told of tellings done. Raises Unbelievable."""
    truth = Truth(truth_path)
    intake = here.intake(cast.campaign)
    opened: set[int] = set()
    accepted = 0
    for prepared in _prepared(here, truth_path, cast, _batches(truth.tellings()), processes):
        with here.store.write() as connection:
            for entry, row in prepared:
                if entry.code_id and entry.code_id not in opened:
                    codes.opened(connection, entry.code_id, entry.filled_at)
                    opened.add(entry.code_id)
                intake.accept(connection, entry, row)
        accepted += len(prepared)
        step(len(prepared))
    with here.store.write() as connection:
        for dwelling_id, at in truth.openings():
            codes.opened(connection, cast.codes[dwelling_id], _instant(at))
    truth.close()
    return accepted


def _prepared(here: Installation, truth_path: Path, cast: Cast, batches: Iterable[list[Telling]],
              processes: int) -> Iterator[Prepared]:
    """The batches in their order, prepared."""
    if not processes:
        preparer = Preparer(here.settings, truth_path, cast)
        yield from map(preparer.prepare, batches)
        return
    _ = here.server  # the key file exists before several processes want it
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start,
                             (here.settings, truth_path, cast)) as pool:
        waiting: deque[Future[Prepared]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_prepare, batch))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_mine: Preparer


def _start(settings: Settings, truth_path: Path, cast: Cast) -> None:
    global _mine
    _mine = Preparer(settings, truth_path, cast)


def _prepare(batch: list[Telling]) -> Prepared:
    return _mine.prepare(batch)


def _batches(tellings: Iterator[Telling]) -> Iterator[list[Telling]]:
    while batch := list(islice(tellings, _AT_ONCE)):
        yield batch


def _instant(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
