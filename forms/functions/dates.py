"""Functions of dates and times."""
from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo
from functools import lru_cache

from forms.functions.registry import function
from forms.xpath.context import Frame
from forms.xpath.dates import Moment, day_fraction, formatted, fraction_of, is_date, moment_at, moment_of, read_moment
from forms.xpath.errors import EvaluationError
from forms.xpath.values import to_text

_DAYS = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


@function("today", "", "number", framed=True)
def today(frame: Frame) -> Moment:
    return frame.context.today


@function("now", "", "number", framed=True)
def now(frame: Frame) -> Moment:
    return moment_of(frame.context.now, frame.context.zone)


@function("date", "v", "any", framed=True)
def date(frame: Frame, value: object) -> Moment | str:
    """The value as a date: days since 1970-01-01T00:00Z, an ISO text, or a date already. Nothing stays nothing."""
    if type(value) is Moment:
        return value
    zone = frame.context.zone
    if isinstance(value, float):
        return moment_at(value, zone)
    if isinstance(value, bool):
        return Moment(math.nan, zone)
    text = to_text(value)
    if not text:
        return ""
    moment = read_moment(text.strip(), zone, padded=False)
    return moment_at(float(text) if _DAYS.fullmatch(text) else math.nan, zone) if moment is None else moment


function("date-time", "v", "any", framed=True)(date)


@function("decimal-date-time", "v", "number", framed=True)
def decimal_date_time(frame: Frame, value: object) -> float:
    """Days since 1970-01-01T00:00Z. Raises EvaluationError for what is no date."""
    if isinstance(value, float):
        return float(value)
    text = to_text(value).strip()
    if not text:
        return math.nan
    moment = None if isinstance(value, bool) else read_moment(text, frame.context.zone, padded=False)
    if moment is None:
        raise EvaluationError(f"{text!r} is no date")
    return float(moment)


@function("decimal-time", "v", "number", framed=True)
def decimal_time(frame: Frame, value: object) -> float:
    """The part of the local day that has passed at this time or date-time; NaN for anything else."""
    if isinstance(value, Moment):
        local = value.local()
        return fraction_of(local) if local else math.nan
    return math.nan if isinstance(value, float) else day_fraction(to_text(value), frame.context.zone)


@lru_cache(maxsize=2048)
def _day(text: str, layout: str) -> str:
    return formatted(datetime.fromisoformat(text), layout)


@lru_cache(maxsize=64)
def _today(days: float, zone: tzinfo, layout: str) -> str:
    local = Moment(days, zone).local()
    return formatted(local, layout) if local else ""


@function("format-date", "vt", "text", framed=True)
def format_date(frame: Frame, value: object, layout: str) -> str:
    """The date as `layout` says; empty for what is no date."""
    if isinstance(value, list):
        value = to_text(value)
    try:
        if value.__class__ is str and len(value) == 10 and is_date(value):
            return _day(value, layout)
        if value is frame.context.today:
            return _today(float(value), value.zone, layout)
        else:
            moment = date(frame, value)
            local = moment.local() if isinstance(moment, Moment) else None
    except ValueError:  # EvaluationError is one too
        return ""
    return formatted(local, layout) if local else ""


function("format-date-time", "vt", "text", framed=True)(format_date)
