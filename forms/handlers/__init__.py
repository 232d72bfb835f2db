"""How each question type reads an answer. A new type is a new entry here and a new small module.

A handler is a function (raw, question) -> Read; `raw` is whatever the browser or a client sent.
"""
from __future__ import annotations

from forms.handlers.choice import read_many, read_one
from forms.handlers.date import read_date
from forms.handlers.moment import read_moment, read_time
from forms.handlers.number import read_decimal, read_integer
from forms.handlers.other import read_acknowledgement, read_file, read_range, read_rank
from forms.handlers.place import read_area, read_line, read_point
from forms.handlers.reading import Read
from forms.handlers.text import read_text

FILES = ("image", "audio", "video", "file")
HANDLERS = {
    "text": read_text,
    "integer": read_integer,
    "decimal": read_decimal,
    "date": read_date,
    "time": read_time,
    "dateTime": read_moment,
    "select_one": read_one,
    "select_multiple": read_many,
    "rank": read_rank,
    "range": read_range,
    "acknowledge": read_acknowledgement,
    "barcode": read_text,
    "geopoint": read_point,
    "geotrace": read_line,
    "geoshape": read_area,
    **dict.fromkeys(FILES, read_file),
}
# Types whose answer the form or the device gives.
METADATA = {"start", "end", "today", "deviceid", "username", "email", "phonenumber", "audit", "metadata"}
SILENT = {"note", "calculate", "hidden"} | METADATA

__all__ = ["FILES", "HANDLERS", "METADATA", "SILENT", "Read"]
