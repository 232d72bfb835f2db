"""The functions of expressions, each registered by name beside its code.

A function's `takes` spells its arguments: t text, n number, b truth, v any value, s a set of nodes; those after `?` may be
left out, and a last letter before `*` may come any number of times. The compiler converts; the code gets what it asked for.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Function(NamedTuple):
    """`framed`: whether the code wants the Frame first. `check`: says what is wrong with arguments (after the first)
    that are written out as text, None if nothing. `literal`: gives quicker code for the first argument's code and
    further arguments that are numbers written out, or None."""

    name: str
    run: Callable
    kinds: str
    least: int
    most: float
    gives: str
    framed: bool
    check: Callable[..., str | None] | None
    literal: Callable[..., Callable | None] | None

    def kinds_for(self, count: int) -> str:
        return (self.kinds + self.kinds[-1:] * count)[:count]


FUNCTIONS: dict[str, Function] = {}
FORMS: dict[str, tuple[int, int, Callable]] = {}


def function(name: str, takes: str, gives: str, *, framed: bool = False, check: Callable | None = None,
             literal: Callable | None = None):
    """Register a function. `gives`: text, number, boolean, nodes or any."""
    def register(run: Callable) -> Callable:
        kinds = takes.replace("?", "").replace("*", "")
        least = takes.index("?") if "?" in takes else len(kinds) - takes.endswith("*")
        most = math.inf if takes.endswith("*") else len(kinds)
        FUNCTIONS[name] = Function(name, run, kinds, least, most, gives, framed, check, literal)
        return run
    return register


def form(name: str, least: int, most: int):
    """Register what is no plain function, because it does not work out all of its arguments: build(compiler, *trees)."""
    def register(build: Callable) -> Callable:
        FORMS[name] = (least, most, build)
        return build
    return register
