"""The first letter of a Chinese character's reading, so that a list can be searched as people type: hz finds 汉族.

GB 2312 orders its first 3,755 characters by reading, so where a character stands there tells its first letter. The rarer
ones that names of peoples, kin and places need are listed.
"""
from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

_FIRST = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"  # the first character of each letter, in the order of the standard
_LETTERS = "abcdefghjklmnopqrstwxyz"
_STARTS = [int.from_bytes(char.encode("gb2312"), "big") for char in _FIRST]
_LAST = int.from_bytes("座".encode("gb2312"), "big")
_RARER = {char: letter for letter, chars in {
    "d": "傣", "h": "祜", "z": "藏", "g": "仡", "l": "僳傈佬珞", "m": "仫", "s": "畲", "w": "佤", "x": "婿", "y": "裔",
}.items() for char in chars}


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """The first letters of the characters of `text`; letters and digits stand for themselves, anything else for nothing."""
    return "".join(map(_initial, text))


def _initial(char: str) -> str:
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    if char in _RARER:
        return _RARER[char]
    try:
        place = int.from_bytes(char.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    return _LETTERS[bisect_right(_STARTS, place) - 1] if _STARTS[0] <= place <= _LAST else ""
