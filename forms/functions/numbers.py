"""Functions of numbers."""
from __future__ import annotations

import math
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from forms.functions.choosing import numbers_of, present
from forms.functions.registry import function
from forms.xpath.context import Frame
from forms.xpath.dates import DayCount, days, is_date
from forms.xpath.nodes import text_of
from forms.xpath.values import to_number, to_text


@function("number", "?v", "number", framed=True)
def number(frame: Frame, *value: object) -> float:
    given, zone = value[0] if value else text_of(present(frame)), frame.context.zone
    if given.__class__ is str and given.isdecimal():
        return to_number(given, zone)
    if isinstance(given, (str, list)) and is_date(text := to_text(given)):
        return DayCount(days(text, zone), zone)
    return to_number(given, zone)


@function("int", "n", "number")
def integer(value: float) -> float:
    return float(math.trunc(value)) if math.isfinite(value) else float(value)


@function("floor", "n", "number")
def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else float(value)


@function("ceiling", "n", "number")
def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else float(value)


@function("round", "n?n", "number")
def rounded(value: float, places: float = 0.0) -> float:
    """The nearest number with that many decimal places, as it is written (2.15 to one place is 2.2). Of two that are
    equally near the greater one (XPath 1.0, section 4.4)."""
    if not math.isfinite(value):
        return float(value)
    if not math.isfinite(places) or abs(places) > 30:
        return math.nan
    step = Decimal(1).scaleb(-int(places))
    half = ROUND_HALF_UP if value >= 0 else ROUND_HALF_DOWN
    exact = (Decimal(repr(float(value))) / step).to_integral_value(half) * step
    return math.copysign(float(exact), value)


def _math(name: str, run) -> None:
    """Register a function of one number that is NaN where mathematics knows no answer."""
    @function(name, "n", "number")
    def guarded(value: float) -> float:
        try:
            return run(value)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf


def _logarithm(run):
    return lambda value: -math.inf if value == 0 else run(value)


for _name, _run in {
    "abs": abs, "acos": math.acos, "asin": math.asin, "atan": math.atan, "cos": math.cos, "sin": math.sin,
    "tan": math.tan, "exp": math.exp, "exp10": lambda value: math.pow(10.0, value), "sqrt": math.sqrt,
    "log": _logarithm(math.log), "log10": _logarithm(math.log10),
}.items():
    _math(_name, _run)


@function("atan2", "nn", "number")
def atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


@function("pow", "nn", "number")
def power(base: float, exponent: float) -> float:
    if exponent != exponent or abs(base) == 1 and math.isinf(exponent):
        return math.nan  # as in Java and JavaScript; Python says 1 for a base of 1
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


@function("pi", "", "number")
def pi() -> float:
    return math.pi


@function("min", "v*", "number", framed=True)
def least(frame: Frame, *values: object) -> float:
    return _extreme(min, numbers_of(frame, values))


@function("max", "v*", "number", framed=True)
def most(frame: Frame, *values: object) -> float:
    return _extreme(max, numbers_of(frame, values))


def _extreme(pick, numbers: list[float]) -> float:
    return math.nan if not numbers or any(n != n for n in numbers) else pick(numbers)


@function("sum", "s", "number", framed=True)
def total(frame: Frame, nodes: list) -> float:
    return float(sum(numbers_of(frame, [nodes])))
