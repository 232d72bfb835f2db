"""Expressions that read nothing but single answers, worked out from the answers themselves: no instance tree is built or
searched, which takes most of the time of `. >= 1 and . <= 99`.

Only what means exactly the same is taken: a question stands where XPath sees a set of one node, so its text and number
are the answer's. Where a set is more than that (its truth, how many there are, which comes first), the expression is not plain.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping

from forms.xpath.compiling import MIRROR, NUMBERS, ORDER, Code, Compiler
from forms.xpath.dates import is_date

LEAF = "leaf"
# Those that want a Frame and look at nothing of it but its context, and take any value but treat one node as its text.
_SINGLE = {"today", "now", "number", "string", "string-length", "format-date"}
_NEEDS_NONE = {"today", "now"}


class NotPlain(Exception):
    """The expression needs the tree."""


def plain(tree: tuple, boolean: bool, leaf: Callable[[object, list], Callable], functions: Mapping, forms: Mapping) -> Callable | None:
    """A function of a frame that gives the truth (or the text) of an expression; None when it is not plain.

    `leaf(start, steps)`: a function of a frame that gives the text of the one answer that a path names; raises NotPlain. The
    frame needs a `context`, and what `leaf` reads.
    """
    compiler = _PlainCompiler(leaf, functions, forms)
    try:
        code = compiler.code(tree)
        run = compiler.as_boolean(code) if boolean else compiler.as_text(code)
    except (NotPlain, RecursionError):
        return None
    return None if compiler.problems else run


class _PlainCompiler(Compiler):
    def __init__(self, leaf: Callable[[object, list], Callable], functions: Mapping, forms: Mapping):
        super().__init__({}, functions, {"if": forms["if"]})
        self.leaf = leaf

    def code_path(self, start: object, steps: list) -> Code:
        text = self.leaf(start, steps)
        return Code(LEAF, text, text)

    def code_call(self, name: str, arguments: list[tuple]) -> Code:
        function = self.functions.get(name)
        if name not in self.forms and (function is None or function.gives not in ("text", "number", "boolean")):
            raise NotPlain
        if name in _SINGLE:
            if not arguments and name not in _NEEDS_NONE:
                raise NotPlain
        elif function and (function.framed or set(function.kinds) - set("tnb")):
            raise NotPlain
        code = super().code_call(name, arguments)
        return Code(code.kind, _once_a_day(code.run)) if arguments and _of_the_day(("call", name, arguments)) else code

    def as_boolean(self, code: Code) -> Callable:
        if code.kind in (LEAF, "any"):
            raise NotPlain  # a question that is there is true, whatever its answer
        return super().as_boolean(code)

    def as_nodes(self, code: Code, asked_by: str) -> Callable:
        raise NotPlain

    def code_cmp(self, sign: str, left: tuple, right: tuple) -> Code:
        first, second = self.code(left), self.code(right)
        kinds = {first.kind, second.kind}
        if "any" in kinds or "boolean" in kinds:
            raise NotPlain
        if sign in ORDER or "number" in kinds:
            one, two = self.as_number(first), self.as_number(second)
            compare = NUMBERS[sign]
            if right[0] == "num":
                limit = right[1]
                return Code("boolean", lambda frame: compare(one(frame), limit))
            return Code("boolean", lambda frame: compare(one(frame), two(frame)))
        if left[0] == "str":
            left, right, first, sign = right, left, second, MIRROR[sign]
        if right[0] == "str" and not is_date(right[1]):
            text, literal = self.as_text(first), right[1]
            if sign == "=":
                return Code("boolean", lambda frame: text(frame) == literal)
            return Code("boolean", lambda frame: text(frame) != literal)
        return super().code_cmp(sign, left, right)


def _of_the_day(tree: tuple) -> bool:
    """Whether this reads nothing but which day it is: number(format-date(today(), '%Y%m%d'))."""
    match tree:
        case ("call", "today", []):
            return True
        case ("call", "format-date", [value, ("str", _)]) | ("call", "number" | "string", [value]):
            return _of_the_day(value)
    return False


def _once_a_day(run: Callable) -> Callable:
    """The same, worked out once for each moment and zone that a context says."""
    known = None, None, None

    def kept(frame: object) -> object:
        nonlocal known
        now, zone, value = known  # one step each way, as other threads are here too
        context = frame.context
        if now is not context.now or zone is not context.zone:
            value = run(frame)
            known = context.now, context.zone, value
        return value
    return kept
