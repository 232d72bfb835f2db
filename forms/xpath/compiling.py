"""From the tree of an expression to Python closures that work it out.

Each part becomes a Code: a kind of value and a function of the Frame. What a part must give (text, number, truth) is
settled here, once, so that running it asks no questions.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import NamedTuple

from forms.xpath.context import Frame
from forms.xpath.dates import is_date
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import in_order, text_of
from forms.xpath.values import differ, different, equal, ordered, same, text_number, to_boolean, to_number, to_text
from forms.xpath.weighing import weighted

ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
NUMBERS = {**ORDER, "=": same, "!=": different}
_DIGITS = {str(digit): float(digit) for digit in range(10)}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Code(NamedTuple):
    """A compiled part. `kind`: text, number, boolean, nodes or any. `text`, for nodes: the first one's text."""

    kind: str
    run: Callable[[Frame], object]
    text: Callable[[Frame], str] | None = None


class Compiler:
    """Compiles the parts of one expression. `problems` collects calls that can never work."""

    def __init__(self, namespaces: dict[str | None, str], functions: dict, forms: dict):
        self.namespaces, self.functions, self.forms = namespaces, functions, forms
        self.problems: list[str] = []

    def code(self, tree: tuple) -> Code:
        return getattr(self, "code_" + tree[0])(*tree[1:])

    def text(self, tree: tuple) -> Callable[[Frame], str]:
        return self.as_text(self.code(tree))

    def number(self, tree: tuple) -> Callable[[Frame], float]:
        return self.as_number(self.code(tree))

    def boolean(self, tree: tuple) -> Callable[[Frame], bool]:
        return self.as_boolean(self.code(tree))

    def nodes(self, tree: tuple, asked_by: str) -> Callable[[Frame], list]:
        code = self.code(tree)
        if code.kind not in ("nodes", "any"):
            return self.failing(f"{asked_by} needs questions, not a value")
        return self.as_nodes(code, asked_by)

    def as_text(self, code: Code) -> Callable[[Frame], str]:
        run = code.run
        return run if code.kind == "text" else code.text or (lambda frame: to_text(run(frame)))

    def as_number(self, code: Code) -> Callable[[Frame], float]:
        run, text = code.run, code.text
        if code.kind == "number":
            return run
        if text:
            def number(frame: Frame) -> float:
                written = text(frame)
                digit = _DIGITS.get(written)  # of check digits there are many
                return text_number(written, frame.context.zone) if digit is None else digit
            return number
        return lambda frame: to_number(run(frame), frame.context.zone)

    def as_boolean(self, code: Code) -> Callable[[Frame], bool]:
        run = code.run
        return run if code.kind == "boolean" else lambda frame: to_boolean(run(frame))

    def as_nodes(self, code: Code, asked_by: str) -> Callable[[Frame], list]:
        run = code.run
        if code.kind == "nodes":
            return run

        def checked(frame: Frame) -> list:
            found = run(frame)
            if not isinstance(found, list):
                raise EvaluationError(f"{asked_by} needs questions, not a value")
            return found
        return checked

    def failing(self, problem: str) -> Callable[[Frame], object]:
        """Code for what can never work. It fails when it is reached, and not before: `true() or nosuch()` is true."""
        self.problems.append(problem)

        def fail(_frame: Frame):
            raise EvaluationError(problem)
        return fail

    def code_num(self, value: float) -> Code:
        return Code("number", lambda _frame: value)

    def code_str(self, value: str) -> Code:
        return Code("text", lambda _frame: value)

    def code_neg(self, operand: tuple) -> Code:
        run = self.number(operand)
        return Code("number", lambda frame: -run(frame))

    def code_or(self, operands: list[tuple]) -> Code:
        runs = tuple(map(self.boolean, operands))
        if len(runs) == 2:
            one, two = runs
            return Code("boolean", lambda frame: one(frame) or two(frame))

        def some(frame: Frame) -> bool:
            for run in runs:
                if run(frame):
                    return True
            return False
        return Code("boolean", some)

    def code_and(self, operands: list[tuple]) -> Code:
        runs = tuple(map(self.boolean, operands))
        if len(runs) == 2:
            one, two = runs
            return Code("boolean", lambda frame: one(frame) and two(frame))

        def every(frame: Frame) -> bool:
            for run in runs:
                if not run(frame):
                    return False
            return True
        return Code("boolean", every)

    def code_sum(self, first: tuple, more: list[tuple[str, tuple]]) -> Code:
        start = self.number(first)
        if len(more) == 1 and more[0][1][0] == "num":
            apply, value = ARITHMETIC[more[0][0]], more[0][1][1]
            return Code("number", lambda frame: apply(start(frame), value))
        if len(more) == 1:
            apply, second = ARITHMETIC[more[0][0]], self.number(more[0][1])
            return Code("number", lambda frame: apply(start(frame), second(frame)))
        quick = weighted(first, more)
        return Code("number", quick.run(self.text(quick.text), self.total(start, more)) if quick else self.total(start, more))

    def total(self, start: Callable[[Frame], float], more: list[tuple[str, tuple]]) -> Callable[[Frame], float]:
        rest = tuple((ARITHMETIC[sign], self.number(operand)) for sign, operand in more)

        def total(frame: Frame) -> float:
            value = start(frame)
            for apply, operand in rest:
                value = apply(value, operand(frame))
            return value
        return total

    def code_cmp(self, sign: str, left: tuple, right: tuple) -> Code:
        if left[0] in ("str", "num") and right[0] == "path":
            left, right, sign = right, left, MIRROR[sign]
        if left[0] == "path" and right[0] in ("str", "num"):
            quick = self.against_literal(sign, left, right)
            if quick:
                return Code("boolean", quick)
        first, second = self.code(left), self.code(right)
        one, two = first.run, second.run
        if first.kind == second.kind == "number":
            compare = NUMBERS[sign]
            return Code("boolean", lambda frame: compare(one(frame), two(frame)))
        if sign in ORDER:
            compare = ORDER[sign]
            return Code("boolean", lambda frame: ordered(compare, one(frame), two(frame), frame.context.zone))
        compare = equal if sign == "=" else differ
        return Code("boolean", lambda frame: compare(one(frame), two(frame), frame.context.zone))

    def against_literal(self, sign: str, left: tuple, right: tuple) -> Callable[[Frame], bool] | None:
        """The common comparisons of a question with something written out, without detours."""
        literal, code = right[1], self.code(left)
        if code.kind != "nodes":
            return None
        find = code.run
        if isinstance(literal, float):
            compare = NUMBERS[sign]

            def compared(frame: Frame) -> bool:
                for node in find(frame):
                    if compare(text_number(text_of(node), frame.context.zone), literal):
                        return True
                return False
            return compared
        if sign in ORDER or is_date(literal):
            return None

        def equal_to(frame: Frame) -> bool:
            for node in find(frame):
                if text_of(node) == literal:
                    return True
            return False

        def other_than(frame: Frame) -> bool:
            for node in find(frame):
                if text_of(node) != literal:
                    return True
            return False
        return equal_to if sign == "=" else other_than

    def code_union(self, parts: list[tuple]) -> Code:
        runs = [self.nodes(part, "|") for part in parts]
        return Code("nodes", lambda frame: in_order(node for run in runs for node in run(frame)))

    def code_path(self, start, steps: list) -> Code:
        from forms.xpath.paths import path_code
        return path_code(self, start, steps)

    def code_call(self, name: str, arguments: list[tuple]) -> Code:
        special = self.forms.get(name)
        if special:
            least, most, build = special
            if least <= len(arguments) <= most:
                return build(self, *arguments)
            return Code("any", self.failing(wrong_number(name, least, most, len(arguments))))
        function = self.functions.get(name)
        if function is None:
            return Code("any", self.failing(f"the function {name}() is not supported"))
        return self.plain_call(function, arguments)

    def plain_call(self, function, arguments: list[tuple]) -> Code:
        if not function.least <= len(arguments) <= function.most:
            return Code(function.gives, self.failing(
                wrong_number(function.name, function.least, function.most, len(arguments))))
        runs = [self.argument(kind, tree, function.name)
                for kind, tree in zip(function.kinds_for(len(arguments)), arguments, strict=True)]
        if function.check and all(tree[0] == "str" for tree in arguments[1:]):
            problem = function.check(*(tree[1] for tree in arguments[1:]))
            if problem:
                return Code(function.gives, self.failing(problem))
        quick = function.literal and all(tree[0] == "num" for tree in arguments[1:]) and function.literal(
            runs[0], *(tree[1] for tree in arguments[1:]))
        return Code(function.gives, quick or _called(function.run, runs, function.framed))

    def argument(self, kind: str, tree: tuple, name: str) -> Callable[[Frame], object]:
        if kind == "s":
            return self.nodes(tree, f"{name}()")
        return {"t": self.text, "n": self.number, "b": self.boolean, "v": lambda t: self.code(t).run}[kind](tree)


def _called(function: Callable, runs: list, framed: bool) -> Callable[[Frame], object]:
    if framed and len(runs) == 1:
        one, = runs
        return lambda frame: function(frame, one(frame))
    if framed and len(runs) == 2:
        one, two = runs
        return lambda frame: function(frame, one(frame), two(frame))
    if framed:
        return lambda frame: function(frame, *[run(frame) for run in runs])
    if len(runs) == 1:
        one, = runs
        return lambda frame: function(one(frame))
    if len(runs) == 2:
        one, two = runs
        return lambda frame: function(one(frame), two(frame))
    if len(runs) == 3:
        one, two, three = runs
        return lambda frame: function(one(frame), two(frame), three(frame))
    return lambda frame: function(*[run(frame) for run in runs])


def wrong_number(name: str, least: int, most: float, given: int) -> str:
    """That a function was given another number of values than it takes."""
    wanted = str(least) if least == most else f"at least {least}" if most == math.inf else f"{least} to {most}"
    return f"{name}() takes {wanted} values, not {given}"


def divide(one: float, two: float) -> float:
    """`div`: by zero gives infinity with its sign, or NaN (IEEE 754; XPath 1.0, section 3.5)."""
    try:
        return one / two
    except ZeroDivisionError:
        return math.nan if one == 0 or one != one else math.copysign(math.inf, one) * math.copysign(1, two)


def remainder(one: float, two: float) -> float:
    """`mod`: with the sign of the first, NaN for none (XPath 1.0, section 3.5)."""
    try:
        return math.fmod(one, two)
    except ValueError:
        return math.nan


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "div": divide, "mod": remainder}
