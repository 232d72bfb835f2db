"""What chooses between values: if, coalesce, once, not, the checklists."""
from __future__ import annotations

from forms.functions.registry import form, function
from forms.xpath.compiling import Code, Compiler
from forms.xpath.context import Frame
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import text_of
from forms.xpath.values import number_text, text_number, to_boolean, to_number, to_text


@form("if", 3, 3)
def choose(compiler: Compiler, condition: tuple, yes: tuple, no: tuple) -> Code:
    test, one, two = compiler.boolean(condition), compiler.code(yes), compiler.code(no)
    run_one, run_two = one.run, two.run
    kind = one.kind if one.kind == two.kind else "any"
    return Code(kind, lambda frame: run_one(frame) if test(frame) else run_two(frame))


@form("coalesce", 2, 2)
def coalesce(compiler: Compiler, first: tuple, second: tuple) -> Code:
    one, two = compiler.code(first).run, compiler.code(second).run

    def first_that_is(frame: Frame):
        value = one(frame)
        return two(frame) if value != value or to_text(value) == "" else value
    return Code("any", first_that_is)


@form("once", 1, 1)
def once(compiler: Compiler, value: tuple) -> Code:
    run = compiler.code(value).run
    return Code("any", lambda frame: text_of(present(frame)) or run(frame))


def present(frame: Frame):
    """The context node. Raises EvaluationError without one."""
    if frame.node is None:
        raise EvaluationError("there is no question here")
    return frame.node


@function("true", "", "boolean")
def true() -> bool:
    return True


@function("false", "", "boolean")
def false() -> bool:
    return False


@function("not", "b", "boolean")
def negation(value: bool) -> bool:
    return not value


@function("boolean", "b", "boolean")
def boolean(value: bool) -> bool:
    return value


@function("boolean-from-string", "v", "boolean")
def boolean_from_string(value: object) -> bool:
    return (number_text(value) if type(value) is float else to_text(value)) in ("1", "true")


@function("checklist", "nnv*", "boolean", framed=True)
def checklist(_frame: Frame, least: float, most: float, *values: object) -> bool:
    """Whether the number of true values is between the two; below zero means no limit."""
    return _between(least, sum(map(to_boolean, spread(values))), most)


@function("weighted-checklist", "nnv*", "boolean", framed=True)
def weighted_checklist(frame: Frame, least: float, most: float, *pairs: object) -> bool:
    """Whether the weights of the true values add up to between the two; values and weights come in turns."""
    if len(pairs) % 2:
        raise EvaluationError("weighted-checklist() needs a weight for each value")
    total = 0.0
    for value, weight in zip(pairs[::2], pairs[1::2], strict=True):
        values, weights = spread([value]) or [""], spread([weight]) or [""]  # a question that is not there is like an empty one
        if len(values) != len(weights):
            raise EvaluationError("weighted-checklist() needs as many weights as values")
        total += sum(to_number(w, frame.context.zone) for v, w in zip(values, weights, strict=True) if to_boolean(v))
    return _between(least, total, most)


def _between(least: float, amount: float, most: float) -> bool:
    return (least < 0 or amount >= least) and (most < 0 or amount <= most)


def spread(values) -> list:
    """The values, with a set of nodes as the texts in it."""
    flat: list = []
    for value in values:
        if isinstance(value, list):
            flat += map(text_of, value)
        else:
            flat.append(value)
    return flat


def numbers_of(frame: Frame, values) -> list[float]:
    """All values as numbers, those of each node in a set apart."""
    zone = frame.context.zone
    return [text_number(value, zone) if isinstance(value, str) else to_number(value, zone) for value in spread(values)]
