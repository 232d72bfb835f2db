"""Characters that nobody can see and that therefore have no place in an answer.

Taken out: controls, NUL, lone surrogates, non-characters, direction marks and overrides, zero-width and filler
characters. Kept: everything visible, rare characters beyond the BMP, private-use characters (old fonts hold names
there), variation selectors (they tell glyphs of a name apart) and the joiner inside an emoji.
"""
from __future__ import annotations

import re
import unicodedata

_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0001-\U000e001f" + "".join(f"{chr(p * 0x10000 + 0xfffe)}{chr(p * 0x10000 + 0xffff)}" for p in range(1, 17))
    + f"]|(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]"
)
_BLANKS = re.compile(r"[\t\r\n]+")
_TIGHT = re.compile(r"\s+")


def without_invisible(text: str) -> tuple[str, bool]:
    """The text without invisible characters, and whether there were any."""
    if text.isascii() and text.isprintable():
        return text, False
    cleaned, found = INVISIBLE.subn("", text)
    return cleaned, found > 0


def one_line(text: str) -> str:
    """The text on one line and without blanks around it, otherwise as typed."""
    return (text if text.isprintable() else _BLANKS.sub(" ", text)).strip()


def lines(text: str) -> str:
    """The text with its line ends as one newline each, and without blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def digits_and_letters(text: str) -> str:
    """For numbers, phones and documents: full-width forms made plain, blanks taken out, letters upper case."""
    return _TIGHT.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text)).upper()
