"""Putting words into a box of paper: as large as asked, else smaller, else on more lines, and only then shortened by '…'."""
from __future__ import annotations

import re
from dataclasses import dataclass

from exports.sheets.fonts import Fonts, drawable

LEADING = 1.22
"""From one line to the next, in sizes."""

_STEP = 0.5
_PIECE = re.compile(r"[A-Za-z0-9.,:;/#&'@()+]+-?|\s+|.[，。、；：！？）》”·-]*", re.S)
"""What stays together on a line: a word or number with the dash behind it; a character with the mark behind it."""


@dataclass(frozen=True, slots=True)
class Set:
    """Lines of text at one size, in points."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return self.size * LEADING * len(self.lines)


def fit(fonts: Fonts, text: str, width: float, *, size: float, least: float, height: float = 0,
        wrap_at: float | None = None) -> Set:
    """`text` within `width` points and `height` points (0: one line), at `size` points or less, never under `least`.

    It shrinks on one line down to `wrap_at` (default: `least`), then takes more lines, then shrinks on. What still does not
    fit loses characters in its middle: the end of a place, the room, is what tells doors apart.
    """
    text = drawable(text)
    natural = fonts.width(text, 1)
    if natural * size <= width:
        return Set(size, (text,))
    smaller = max(wrap_at or least, least)
    if natural * smaller <= width:
        return Set(max(smaller, int(width / natural / _STEP) * _STEP), (text,))
    while smaller >= least:
        broken = _wrap(fonts, text, width, smaller)
        if len(broken) <= _lines_in(height, smaller):
            return Set(smaller, tuple(broken))
        smaller -= _STEP
    return Set(least, tuple(_shorten(fonts, text, width, least, _lines_in(height, least))))


def _lines_in(height: float, size: float) -> int:
    return max(1, int(height / (size * LEADING)))


def _wrap(fonts: Fonts, text: str, width: float, size: float) -> list[str]:
    lines, used = [""], 0.0
    for piece in _PIECE.findall(text):
        wide = fonts.width(piece, size)
        if used + wide > width and wide <= width:
            lines.append("")
            used, piece = 0.0, piece.lstrip()
        elif wide > width:  # a word wider than the line goes on wherever the line ends
            used = _break_word(fonts, piece, width, size, lines, used)
            continue
        lines[-1] += piece
        used += wide
    return [line.strip() for line in lines if line.strip()]


def _break_word(fonts: Fonts, word: str, width: float, size: float, lines: list[str], used: float) -> float:
    for character in word:
        wide = fonts.width(character, size)
        if used + wide > width:
            lines.append("")
            used = 0.0
        lines[-1] += character
        used += wide
    return used


def _shorten(fonts: Fonts, text: str, width: float, size: float, lines: int) -> list[str]:
    low, high = 0, len(text)  # characters kept: `low` fits, `high` does not
    best = ["…"]
    while high - low > 1:
        kept = (low + high) // 2
        tail = kept // 2
        broken = _wrap(fonts, f"{text[:kept - tail]}…{text[len(text) - tail:]}", width, size)
        if len(broken) <= lines:
            low, best = kept, broken
        else:
            high = kept
    return best
