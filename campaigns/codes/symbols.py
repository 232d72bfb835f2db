"""The writing of a code: `XXXX-XXXX-XXXX`, eleven random Crockford base-32 symbols and one check symbol.

The check symbol is a weighted sum over GF(32) with weights 1, g, g^2 ...: as all weights differ and none is zero, it
catches every wrong symbol and every swap of two neighbours. `survey/static/code.js` does the same in the browser.
"""
from __future__ import annotations

from forms.language import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
BITS = 55
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_IGNORED = dict.fromkeys(map(ord, " -\u2010\u2011\u2012\u2013\u2014\u2212\u00ad\u3000\u00a0\u200b\ufeff\t\r\n"))
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: x generates all 31 non-zero elements


class Mistyped(Refusal):
    """A code that cannot be right: wrong length, a symbol that codes do not use, or a check that fails."""

    def __init__(self, zh: str, en: str):
        super().__init__(zh, en)


def _times_g(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value


def _check(values: list[int]) -> int:
    """Horner's rule with g: the last of `values` weighs g, the one before g^2, and so on."""
    total = 0
    for value in values:
        total = _times_g(total ^ value)
    return total


def write(number: int) -> str:
    """The code for a number of 55 bits, as 12 symbols without dashes."""
    values = [(number >> shift) & 31 for shift in range(BITS - 5, -1, -5)]
    return "".join(ALPHABET[value] for value in [*values, _check(values)])


def grouped(code: str) -> str:
    """`XXXXXXXXXXXX` as people read it: `XXXX-XXXX-XXXX`."""
    return "-".join(code[start:start + 4] for start in range(0, LENGTH, 4))


def read(typed: str) -> str:
    """What a person typed, as 12 symbols; raises Mistyped saying what to look at."""
    symbols = typed.translate(_FULL_WIDTH).translate(_IGNORED).upper()
    for place, symbol in enumerate(symbols, 1):
        if symbol not in _VALUE:
            raise Mistyped(f"码里没有“{symbol}”这个字符（第 {place} 位）。请对照纸上再输一次。",
                           f"Codes do not use “{symbol}” (place {place}). Please compare with the paper and type it again.")
    if len(symbols) != LENGTH:
        raise Mistyped(f"码应有 12 位，您输入了 {len(symbols)} 位。请对照纸上再输一次。",
                       f"A code has 12 characters; you typed {len(symbols)}. Please compare with the paper and type it again.")
    values = [_VALUE[symbol] for symbol in symbols]
    if _check(values[:-1]) != values[-1]:
        raise Mistyped("这个码有一位输错了，或者有两位颠倒了。请对照纸上再输一次。",
                       "One character of this code is wrong, or two are swapped. Please compare with the paper and type it again.")
    return "".join(ALPHABET[value] for value in values)


_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
