"""Functions of what was chosen: codes with a space between them."""
from __future__ import annotations

from forms.functions.registry import function


@function("selected", "tt", "boolean")
def selected(codes: str, code: str) -> bool:
    return code.strip() in codes.split(" ")


function("is-selected", "tt", "boolean")(selected)


@function("selected-at", "tn", "text")
def selected_at(codes: str, index: float) -> str:
    """The code at a place counted from 0; empty beyond the last."""
    chosen = codes.split()
    return chosen[int(index)] if chosen and -1 < index < len(chosen) else ""


@function("count-selected", "t", "number")
def count_selected(codes: str) -> float:
    return float(len(codes.split()))
