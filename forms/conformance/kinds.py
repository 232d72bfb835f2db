"""The registry of kinds and what running one gives."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

# A new kind is a module beside this one with `FOLDER` and `run(folder) -> dict[str, Outcome]`, and its name here.
KINDS = ("xpath", "scenarios", "walks", "xlsforms", "realforms", "xforms")


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


def cases_in(path: Path, outcome: Outcome, needed: tuple[str, ...] = ()) -> Iterator[dict]:
    """The cases of a file with one in each line; what is none is among the skipped, by file and line. A case without an id gets its
    place for one. `needed`: the keys without which it is no case."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield from _case(_parsed(line), f"{path.name}:{number}", outcome, needed)
    except OSError as error:
        outcome.skipped[path.name] = f"cannot be read: {error.strerror}"


def those_of(written: object, place: str, outcome: Outcome, needed: tuple[str, ...] = ()) -> Iterator[dict]:
    """The same for a list that was read already."""
    for number, case in enumerate(written if isinstance(written, list) else [], 1):
        yield from _case(case, f"{place}:{number}", outcome, needed)


def _case(case: object, place: str, outcome: Outcome, needed: tuple[str, ...]) -> Iterator[dict]:
    if not isinstance(case, dict):
        outcome.skipped[place] = "no case"
    elif any(key not in case for key in needed):
        outcome.skipped[str(case.get("id") or place)] = "no case: it lacks " + ", ".join(key for key in needed if key not in case)
    else:
        yield case | {"id": str(case.get("id") or place)}


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def read_json(path: Path, outcome: Outcome) -> object:
    """What a file holds; None, and a note among the skipped, for one that cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        outcome.skipped[path.name] = "there is no such file" if isinstance(error, FileNotFoundError) else "no JSON"
    return None


def crash(error: Exception) -> str:
    """What a case came to that ended in an error that nobody foresaw: a failure of this case, not of the run."""
    return f"{type(error).__name__}: {error}"


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
