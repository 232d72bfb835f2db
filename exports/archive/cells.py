"""How values of the store stand in the rows of an archive."""
from __future__ import annotations

import json
from datetime import datetime
from typing import overload

_TO_THE_MILLISECOND = len("2026-03-01T08:00:00.000")


@overload
def instant(at: datetime) -> str: ...
@overload
def instant(at: None) -> None: ...
def instant(at: datetime | None) -> str | None:
    """A UTC instant to the millisecond, as it stands in the archive."""
    return None if at is None else at.isoformat(timespec="milliseconds")[:_TO_THE_MILLISECOND] + "Z"


def flat(answer: str | list | None) -> str | None:
    """An answer in one cell: several codes are joined by spaces."""
    return " ".join(answer) or None if isinstance(answer, list) else answer or None


def coordinate(value: float | None) -> str | None:
    return None if value is None else f"{value:.7f}"  # 0.0000001 degree is a centimetre


def as_json(value: dict) -> str | None:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None
