"""The registry of kinds and what running one gives."""
from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

# A new kind is a module beside this one with `FOLDER` and `run(folder) -> dict[str, Outcome]`, and its name here.
KINDS = ("xpath",)


class Outcome(NamedTuple):
    """The ids of the cases that passed; of those that failed or were skipped, each with what happened or why."""

    passed: list[str]
    failed: dict[str, str]
    skipped: dict[str, str]

    @property
    def rate(self) -> float:
        """Passed among those that ran, 0 to 1; 1 when none ran."""
        ran = len(self.passed) + len(self.failed)
        return len(self.passed) / ran if ran else 1.0


def empty() -> Outcome:
    return Outcome([], {}, {})


def run_kind(name: str, corpus: Path) -> dict[str, Outcome] | None:
    """The outcomes of one kind by the name of the group of cases; None when the corpus lacks its folder.

    Raises KeyError for an unknown kind.
    """
    if name not in KINDS:
        raise KeyError(name)
    module = import_module(f"forms.conformance.{name}")
    folder = corpus / module.FOLDER
    run: Callable[[Path], dict[str, Outcome]] = module.run
    return run(folder) if folder.is_dir() else None
