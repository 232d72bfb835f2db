"""Text in spreadsheet cells. A text that a spreadsheet would read as a formula gets a guard in front, and loses it again.

CEL-1 Text that begins with = + - @, their full-width forms, a tab or a line break gets a leading apostrophe.
CEL-2 Text that begins with an apostrophe gets another, so that `restore` gives back exactly what was there.
"""
from __future__ import annotations

GUARD = "'"
# Spreadsheets with a Chinese or Japanese input method take the full-width signs as the start of a formula too.
STARTERS = frozenset("=+-@\t\r\n＝＋－＠" + GUARD)


def neutralise(text: str) -> str:
    """`text` as it may stand in a CSV or XLSX cell."""
    return GUARD + text if text and text[0] in STARTERS else text


def restore(cell: str) -> str:
    """The text that `neutralise` made `cell` of."""
    return cell[1:] if cell.startswith(GUARD) else cell
