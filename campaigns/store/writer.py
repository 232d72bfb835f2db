"""Group commit: one thread a process writes whatever has queued up in one transaction, then answers everyone.

An fsync costs the same for one row as for fifty. Nobody waits for company: a lone item is committed at once.
"""
from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import Connection

_MOST_AT_ONCE = 64


def _closed_gate() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass
class _Job:
    """`done`: a lock that is held until the job is; who waits for it takes it. An Event is three locks and as many objects."""

    work: Callable[[Connection], object]
    done: threading.Lock = field(default_factory=_closed_gate)
    answer: object = None
    error: BaseException | None = None


class GroupWriter:
    """Runs jobs in the order they come, in transactions made by `transaction`."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]):
        self._transaction = transaction
        self._start_lock = threading.Lock()
        self._pid = 0
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()

    def submit(self, work: Callable[[Connection], object]) -> object:
        job = self.later(work)
        job.done.acquire()
        if job.error is not None:
            raise job.error
        return job.answer

    def submit_each(self, works: Sequence[Callable[[Connection], object]]) -> list[object]:
        """The answers to `works`, in their order; an error where one failed."""
        jobs = [self.later(work) for work in works]
        for job in jobs:
            job.done.acquire()
        return [job.answer if job.error is None else job.error for job in jobs]

    def later(self, work: Callable[[Connection], object]) -> _Job:
        """Queue `work` without waiting for it."""
        self._ensure_thread()
        job = _Job(work)
        self._jobs.put(job)
        return job

    def close(self) -> None:
        if self._pid == os.getpid():
            self._jobs.put(None)
            self._thread.join()
            self._pid = 0

    def _ensure_thread(self) -> None:
        """The thread starts at the first job, because a server forks after the store was opened."""
        if self._pid == os.getpid():
            return
        with self._start_lock:
            if self._pid != os.getpid():
                self._jobs = queue.SimpleQueue()
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()
                self._pid = os.getpid()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            jobs, stop = [job], False
            while len(jobs) < _MOST_AT_ONCE:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    stop = True
                    break
                jobs.append(job)
            self._commit(jobs)
            if stop:
                return

    def _commit(self, jobs: list[_Job]) -> None:
        """All of `jobs` in one transaction; when one of them fails, each in one of its own."""
        try:
            with self._transaction() as connection:
                answers = [job.work(connection) for job in jobs]
        except BaseException as error:  # handed to whoever waits; this thread must live on
            if len(jobs) > 1:
                for job in jobs:
                    self._commit([job])
                return
            jobs[0].error = error
        else:
            for job, answer in zip(jobs, answers):
                job.answer = answer
        for job in jobs:
            job.done.release()
