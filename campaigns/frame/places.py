"""How the parts of a door's address are read, written and put in order.

Registers of different makers write the same door differently (`3栋`, `3号楼`, `三栋`, `０３`): the store keeps one spelling, and
`door_of` makes the text by which one door is known once in a campaign.
"""
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CACHE = 1 << 16  # texts that repeat: compounds, buildings, units, rooms; about 10 MiB when full
_SPACES = re.compile(r"[ \t\r\n\xa0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")  # copied from web pages and chat; they print as nothing
_UNTIDY = re.compile("[\u200b-\u200f\u2060\ufeff\xad０-９Ａ-Ｚａ-ｚ\t\r\n\xa0\u2000-\u200a\u202f\u205f\u3000]|^ | $|  ")
_HALF_WIDTH = {0x3000: " ", **{
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)}}


def tidy(text: str) -> str:
    """`text` trimmed, single-spaced, without invisible characters, with digits and Latin letters of half width."""
    if not _UNTIDY.search(text):
        return text
    return _SPACES.sub(" ", _INVISIBLE.sub("", text.translate(_HALF_WIDTH))).strip()


@lru_cache(_CACHE)
def fold(text: str) -> str:
    """`text` for comparing: NFKC, one case, no spaces. `|` is what joins the parts of a door."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).casefold()).replace("|", "/")


_PLACEHOLDERS = frozenset(("", "-", "--", "—", "——", "/", "\\", "无", "空", "n/a", "na", "none", "null", "不详", "未知"))


def blank(text: str) -> bool:
    """Whether `text` only says that there is nothing."""
    return text == "" or text.lower() in _PLACEHOLDERS


_DIGIT = {sign: value for value, signs in enumerate(("零〇○", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
          for sign in signs}
_PLACE_VALUE = {"十": 10, "百": 100, "千": 1000}


def _number(text: str) -> str:
    """A text made of Chinese numerals as digits (`十二` -> 12, `五〇一` -> 501), any other as it is."""
    if not text or any(sign not in _DIGIT and sign not in _PLACE_VALUE for sign in text):
        return text
    if all(sign in _DIGIT for sign in text):
        return "".join(str(_DIGIT[sign]) for sign in text)
    total, digit = 0, 0
    for sign in text:
        if sign in _DIGIT:
            digit = _DIGIT[sign]
        else:
            total, digit = total + (digit or 1) * _PLACE_VALUE[sign], 0
    return str(total + digit)


_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_WHOLE_FLOAT = re.compile(r"([0-9]+)\.0+")  # a number that a program wrote as text
_WORDS = {
    "building": re.compile(r"(?:building|block|bldg\.?|tower|no\.)(?=.)|(?<=.)(?:号楼|栋楼|楼栋|栋|幢|座|号|楼|#)$"),
    "unit": re.compile(r"(?:unit|entrance|no\.)(?=.)|(?<=.)(?:单元|号门|门|梯|号|#)$"),
    "room": re.compile(r"(?:room|flat|rm\.?|apt\.?|no\.)(?=.)|(?<=.)(?:号房|房间|室|房|号|#)$"),
}
_SIMPLE = re.compile(r"[0-9]+[a-z]?|[a-z][0-9]*")
_USUAL_WORD = {"building": "栋", "unit": "单元", "room": ""}


@lru_cache(_CACHE)
def numbered(part: str, text: str) -> tuple[str, str]:
    """(key, spelling) of a `building`, `unit` or `room` as the register writes it; ("", "") when it says nothing.

    `3栋`, `3号楼`, `三栋`, `Building 3` and `03` have the key 3 and the spelling `3栋`; a name such as `锦绣阁` keeps its own.
    A room keeps its leading zeros in the spelling, not in the key: spreadsheets drop them.
    """
    whole = _WHOLE_FLOAT.fullmatch(text)
    text = whole[1] if whole else text
    if blank(text) or (part == "unit" and text == "0"):
        return "", ""
    bare = _number(_WORDS[part].sub("", fold(text).removeprefix("第")))
    key = _LEADING_ZEROS.sub("", bare)
    if not _SIMPLE.fullmatch(key):
        return key, text
    return key, (bare if part == "room" else key).upper() + _USUAL_WORD[part]


_COMBINED = re.compile(r"(\w{1,4}?)(?:号楼|栋|幢|座|-)(?:(\w{1,3}?)(?:单元|-))?(\d{3,}\w*?)(?:室|房|号)?")


def split_room(text: str) -> tuple[str, str, str]:
    """(building, unit, room) of a room number that holds all three (`3-2-501`, `3栋2单元501室`), else ("", "", text)."""
    found = _COMBINED.fullmatch(text)
    return (found[1], found[2] or "", found[3]) if found else ("", "", text)


def door_of(compound: str, building: str, unit: str, room: str, address: str) -> str | None:
    """The text that stands for one door of a campaign, from folded parts; None when they name no door.

    Compound, building, unit and room when there is a room in a building or compound, else compound and address.
    """
    if room and (building or compound):
        return f"{compound}|{building}|{unit}|{room}"
    return f"{compound}|@{address}" if address else None


def compound_of(door: str) -> str:
    """The folded compound of a door made by `door_of`."""
    return door.partition("|")[0]


_TOKENS = re.compile(r"\d+|\D+")


@lru_cache(_CACHE)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key that puts 2 before 10, and numbers before words."""
    return tuple((0, int(token), "") if token.isdecimal() else (1, 0, token) for token in _TOKENS.findall(text))
