"""regex(): patterns as Java and JavaScript write them, matched within a set time.

The whole text must match, as in ODK Collect. A pattern that would run for ever is stopped after LONGEST seconds.
"""
from __future__ import annotations

import re
from functools import lru_cache
from time import thread_time

import regex

from forms.xpath.errors import EvaluationError

LONGEST = 0.1  # seconds
MOST_TRIES = 10
MOST_CHARACTERS = 5_000
MOST_PIECES = 10_000  # some 4 MB
DIGITS, WORDS, SPACES = "0-9", "a-zA-Z0-9_", r" \t\n\x0b\f\r"
# In Java and JavaScript these stand for ASCII alone; \h and \R are Java's.
ESCAPES = {"d": f"[{DIGITS}]", "D": f"[^{DIGITS}]", "w": f"[{WORDS}]", "W": f"[^{WORDS}]", "s": f"[{SPACES}]",
           "S": f"[^{SPACES}]", "h": r"[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]", "z": r"\Z",
           "Z": r"(?=(?:\r\n|[\n\r\u0085\u2028\u2029])?\Z)", "R": r"(?:\r\n|[\n\x0b\f\r\u0085\u2028\u2029])"}
_CHOOSING = frozenset("*+?|,(\\")  # without these, a pattern can match in one way only
_PIECE = re.compile(r"\\.|\[(?:\\.|[^]\\])*\]|\{(\d+)(?:,\d*)?\}|.", re.S)
_NAMED = re.compile(r"\\k<(\w+)>")
INSIDE = {"d": DIGITS, "w": WORDS, "s": SPACES}


def matches(text: str, pattern: str) -> bool:
    """Whether all of `text` matches. Raises EvaluationError."""
    compiled = _compiled(pattern)
    if isinstance(compiled, str):
        raise EvaluationError(compiled)
    if _CHOOSING.isdisjoint(pattern):
        return compiled.fullmatch(text) is not None  # there is one way to match: nothing to try, and no clock to look at
    try:
        return compiled.fullmatch(text, timeout=LONGEST) is not None
    except TimeoutError:
        pass  # perhaps the time went to other threads of a busy server: not the pattern's fault
    for _ in range(MOST_TRIES):
        began = thread_time()
        try:
            return compiled.fullmatch(text, timeout=LONGEST) is not None
        except TimeoutError:
            if thread_time() - began >= LONGEST / 2:
                break
    raise EvaluationError(f"the pattern {pattern[:60]!r} takes too long")


def problem_with(pattern: str) -> str | None:
    """What is wrong with a pattern, None if nothing."""
    compiled = _compiled(pattern)
    return compiled if isinstance(compiled, str) else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> regex.Pattern | str:
    """The pattern ready to use, or what is wrong with it."""
    if len(pattern) > MOST_CHARACTERS:
        return f"the pattern {pattern[:30]!r}… has more than {MOST_CHARACTERS} characters"
    try:
        translated = _translated(pattern)
        if _pieces(translated) > MOST_PIECES:
            return f"the pattern {pattern[:60]!r} repeats a part too often"
        try:
            return regex.compile(translated, regex.VERSION1)
        except regex.error:
            return regex.compile(translated, regex.VERSION0)  # a lone [ within brackets, as JavaScript has it
    except (regex.error, RecursionError, OverflowError, ValueError, IndexError) as error:
        return f"the pattern {pattern[:60]!r} is wrong ({error})"


def _pieces(pattern: str) -> int:
    """How long the pattern becomes: `regex` writes a part that must come n times n times, and parts within parts likewise."""
    sums, last = [0], 0  # of each open bracket; of the part before
    for piece in _PIECE.finditer(pattern):
        if piece[1]:
            again = last * (max(int(piece[1][:9]), 1) - 1)
            last += again
            sums[-1] += again
        elif piece[0] == "(":
            sums.append(0)
        elif piece[0] == ")" and len(sums) > 1:
            last = sums.pop()
            sums[-1] += last
        else:
            last = 1
            sums[-1] += 1
    return sum(sums)


def _translated(pattern: str) -> str:
    """The pattern in the spelling of Python's `regex`, where that differs."""
    out: list[str] = []
    at, depth = 0, 0  # depth: how many [ are open
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            at, piece = _escape(pattern, at, depth)
            out.append(piece)
            continue
        if character == "[":
            if depth and pattern.startswith("[:", at):  # no [:alpha:] in Java and JavaScript: a : like any other
                out.append("[\\")
                at += 1
                character = ":"
            depth += 1
        elif character == "]" and depth:
            depth -= 1
        out.append(character)
        at += 1
    return "".join(out)


def _escape(pattern: str, at: int, depth: int) -> tuple[int, str]:
    """(where to go on, how to write) the escape that begins at `at`."""
    letter = pattern[at + 1]
    if letter == "Q":
        end = pattern.find(r"\E", at + 2)
        quoted = pattern[at + 2:] if end < 0 else pattern[at + 2:end]
        return len(pattern) if end < 0 else end + 2, regex.escape(quoted)
    if letter == "x" and pattern.startswith("{", at + 2) and "}" in pattern[at:]:
        end = pattern.index("}", at)
        return end + 1, f"\\U{int(pattern[at + 3:end], 16):08x}"
    if letter == "c" and at + 2 < len(pattern):
        return at + 3, f"\\x{ord(pattern[at + 2].upper()) % 32:02x}"
    if letter == "k" and (named := _NAMED.match(pattern, at)):
        return named.end(), f"(?P={named[1]})"
    if depth and letter in INSIDE:
        return at + 2, INSIDE[letter]
    return at + 2, ESCAPES.get(letter, pattern[at:at + 2])
