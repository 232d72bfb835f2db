"""How each question type reads an answer. A new type is a new entry here and a new small module.

A handler is a function (raw, question) -> Read; `raw` is whatever the browser or a client sent.
"""
from __future__ import annotations

from forms.handlers.choice import read_many, read_one
from forms.handlers.date import read_date
from forms.handlers.number import read_decimal, read_integer
from forms.handlers.reading import Read
from forms.handlers.text import read_text

HANDLERS = {
    "text": read_text,
    "integer": read_integer,
    "decimal": read_decimal,
    "date": read_date,
    "select_one": read_one,
    "select_multiple": read_many,
}
# Types without an answer of the respondent's own.
SILENT = {"note", "calculate"}

__all__ = ["HANDLERS", "SILENT", "Read"]
