"""Functions of text. Lengths and places count characters (code points), so that no character is ever cut in two."""
from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Callable

from forms.functions.choosing import present
from forms.functions.patterns import matches, problem_with
from forms.functions.registry import function
from forms.xpath.context import Frame
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import text_of
from forms.xpath.values import LONGEST, to_text

ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
# What counts as a space to the browser engines, which leave a form feed and a vertical tab alone.
SPACES = str.maketrans({c: " " for c in "\t\n\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"} |
                       {chr(c): " " for c in range(0x2000, 0x200b)})


@function("string", "?v", "text", framed=True)
def string(frame: Frame, *value: object) -> str:
    return to_text(value[0]) if value else text_of(present(frame))


@function("concat", "v*", "text")
def concat(*values: object) -> str:
    return "".join(_pieces(values))


@function("join", "tv*", "text")
def join(glue: str, *values: object) -> str:
    return glue.join(_pieces(values, len(glue)))


def _pieces(values: tuple, extra: int = 0) -> list[str]:
    """The texts of all values, those of each node apart. Raises EvaluationError when they are beyond all reason."""
    pieces, length = [], 0
    for value in values:
        for item in value if isinstance(value, list) else (value,):
            piece = to_text(item) if item is value else text_of(item)
            length += len(piece) + extra
            if length > LONGEST:
                raise EvaluationError(f"the text grows past {LONGEST} characters")
            pieces.append(piece)
    return pieces


@function("string-length", "?t", "number", framed=True)
def string_length(frame: Frame, *text: str) -> float:
    return float(len(text[0] if text else text_of(present(frame))))


@function("normalize-space", "?t", "text", framed=True)
def normalize_space(frame: Frame, *text: str) -> str:
    spaced = (text[0] if text else text_of(present(frame))).replace("\r\v", "\v").translate(SPACES)
    return " ".join(filter(None, spaced.split(" ")))


@function("contains", "tt", "boolean")
def contains(text: str, part: str) -> bool:
    return part in text


@function("starts-with", "tt", "boolean")
def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@function("ends-with", "tt", "boolean")
def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@function("substring-before", "tt", "text")
def substring_before(text: str, part: str) -> str:
    before, found, _ = text.partition(part) if part else ("", "", "")
    return before if found else ""


@function("substring-after", "tt", "text")
def substring_after(text: str, part: str) -> str:
    return text.partition(part)[2] if part else text


@function("substring", "tn?n", "text")
def substring(text: str, start: float, length: float | None = None) -> str:
    """Characters whose place, counted from 1, is from `start` on and before `start` + `length`, both rounded."""
    first = _rounded(start)
    after = math.inf if length is None else first + _rounded(length)
    if first != first or after != after:
        return ""
    begin = 0 if first == -math.inf else max(0, int(min(first, len(text) + 1)) - 1)
    end = len(text) if after == math.inf else max(0, int(max(min(after, len(text) + 1), 0)) - 1)
    return text[begin:end]


def _rounded(number: float) -> float:
    return float(math.floor(number + 0.5)) if math.isfinite(number) else number


def _quick_substr(text: Callable, *places: float) -> Callable | None:
    """`substr` for places that are written out as whole numbers."""
    if not 1 <= len(places) <= 2 or not all(place.is_integer() and place < 1e9 for place in places):
        return None
    cut = slice(int(places[0]), int(places[1]) if len(places) > 1 else None)
    return lambda frame: text(frame)[cut]


@function("substr", "tn?n", "text", literal=_quick_substr)
def substr(text: str, start: float, end: float | None = None) -> str:
    """Characters from place `start`, counted from 0, up to before `end`; below zero counts from the back."""
    return text[slice(_place(start, len(text)), None if end is None else _place(end, len(text)))]


def _place(number: float, length: int) -> int:
    return 0 if number != number else int(max(-length - 1, min(number, length + 1)))


@function("translate", "ttt", "text")
def translate(text: str, these: str, those: str) -> str:
    table: dict[int, str | None] = {}
    for place, character in enumerate(these):
        table.setdefault(ord(character), those[place] if place < len(those) else None)
    return text.translate(table)


@function("regex", "tt", "boolean", check=problem_with)
def regex(text: str, pattern: str) -> bool:
    return matches(text, pattern)


@function("digest", "tt?t", "text")
def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    if algorithm not in ALGORITHMS:
        raise EvaluationError(f"digest() knows no {algorithm!r}, only {', '.join(ALGORITHMS)}")
    hashed = hashlib.new(ALGORITHMS[algorithm], text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    if encoding == "hex":
        return hashed.hexdigest()
    if encoding != "base64":
        raise EvaluationError(f"digest() writes base64 or hex, not {encoding!r}")
    return base64.b64encode(hashed.digest()).decode()


@function("base64-decode", "t", "text")
def base64_decode(text: str) -> str:
    """The text that is written in base64, as UTF-8; empty when it is no base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
