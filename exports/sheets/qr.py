"""QR codes of door addresses, made by the `qrcode` package, fast enough for a whole town.

The address is written in capitals, in alphanumeric mode, which makes the smallest code (ISO/IEC 18004, 7.4.4). All codes
of one print run have the same length, version, level and mask. Then data, error correction and mask are all linear over
GF(2): changing one bit of the data flips always the same modules. So `qrcode` draws one code, and one more for each bit of
the twelve symbols that differ from door to door; every further code is the XOR of those, equal to the last module. That
takes 5 us instead of 500. A test compares the two.
"""
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import qrcode
from qrcode import util
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from campaigns.codes import symbols
from forms.language import Refusal

LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}
QUIET = 4
"""Modules of white on each side (ISO/IEC 18004, 9.1)."""

_MASK = 3  # any fixed one: readers take all eight, and choosing the prettiest costs five times the rest
_ALPHANUMERIC = util.ALPHA_NUM.decode()


class AddressUnfit(Refusal):
    """The public address has characters that the small kind of QR code cannot hold."""


def address_in_code(public_url: str, kind: str = "H") -> str:
    """What comes before the code in the QR: `HTTPS://SURVEY.EXAMPLE.CN/H/`; `kind` is H for doors, B for badges.

    A host name in Chinese is written in its ASCII form (IDNA). Raises AddressUnfit.
    """
    parts = urlsplit(public_url)
    try:
        host = parts.netloc.encode("idna").decode().upper()
    except UnicodeError:
        host = parts.netloc
    address = f"{parts.scheme.upper()}://{host}/{kind}/"
    odd = sorted(set(address) - set(_ALPHANUMERIC))
    if odd:
        raise AddressUnfit("网址 {url} 含有二维码放不下的字符：{odd}。请把 SURVEY_PUBLIC_URL 改成只含字母、数字、点和短横线的主机名。",
                           "The address {url} has characters that the QR code cannot hold: {odd}. Set SURVEY_PUBLIC_URL to a "
                           "host name of letters, digits, dots and dashes.", url=public_url, odd=" ".join(odd))
    return address


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A QR code without its quiet zone: `modules` rows of `modules` bits, 1 is black, each row padded to whole bytes."""

    modules: int
    bits: int

    @property
    def stride(self) -> int:
        """Bits in a row, padding included."""
        return -(-self.modules // 8) * 8

    def hex(self) -> str:
        return f"{self.bits:0{self.modules * self.stride // 4}x}"


class QrMaker:
    """Makes the QR codes of addresses that begin with `address` and end with a code of twelve symbols."""

    def __init__(self, address: str, level: str):
        self._address, self._level = address, LEVELS[level]
        # Alphanumeric mode packs pairs of characters, so the last character of the address may share a pair with the code.
        self._shared = address[len(address) // 2 * 2:]
        blank = "0" * symbols.LENGTH
        drawn = self._draw(blank)
        self.modules = len(drawn.modules)
        self._blank = _bits(drawn.modules)
        self._blank_values = [_value(pair) for pair in self._pairs(blank)]
        self._flips = self._effect_of_each_bit(blank)
        self._parts: dict[tuple[int, str], int] = {}

    def of(self, code: str) -> Bitmap:
        """The QR code of the address that ends with `code` (twelve symbols, no dashes)."""
        bits = self._blank
        for place, pair in enumerate(self._pairs(code)):
            part = self._parts.get((place, pair))
            bits ^= self._part(place, pair) if part is None else part
        return Bitmap(self.modules, bits)

    def _pairs(self, code: str) -> list[str]:
        tail = self._shared + code
        return [tail[start:start + 2] for start in range(0, len(tail), 2)]

    def _part(self, place: int, pair: str) -> int:
        """The modules that change when `pair` stands at `place` instead of zeros."""
        changed, flips, part = _value(pair) ^ self._blank_values[place], self._flips[place], 0
        for bit, flip in enumerate(flips):
            if changed >> bit & 1:
                part ^= flip
        self._parts[place, pair] = part
        return part

    def _effect_of_each_bit(self, blank: str) -> list[list[int]]:
        """For each pair, last bit first: the modules that its bits flip."""
        sizes = [11 if len(pair) == 2 else 6 for pair in self._pairs(blank)]
        effects, behind = [], sum(sizes)
        for size in sizes:
            behind -= size
            effects.append([_bits(self._draw(blank, flip=behind + bit).modules) ^ self._blank for bit in range(size)])
        return effects

    def _draw(self, code: str, flip: int | None = None) -> qrcode.QRCode:
        drawn = qrcode.QRCode(error_correction=self._level, mask_pattern=_MASK)
        drawn.add_data(_WithBitFlipped(self._address + code, flip))
        drawn.make()
        return drawn


class _WithBitFlipped(util.QRData):
    """Alphanumeric data with one bit, counted from its end, turned over."""

    def __init__(self, text: str, flip: int | None):
        super().__init__(text, mode=util.MODE_ALPHA_NUM)
        self._flip = flip

    def write(self, buffer: util.BitBuffer) -> None:
        super().write(buffer)
        if self._flip is not None:
            place = len(buffer) - 1 - self._flip
            buffer.buffer[place // 8] ^= 0x80 >> place % 8


def _value(pair: str) -> int:
    """The number that stands for one or two characters (ISO/IEC 18004, 7.4.4)."""
    value = 0
    for character in pair:
        value = value * 45 + _ALPHANUMERIC.index(character)
    return value


def _bits(modules: list[list[bool]]) -> int:
    stride = -(-len(modules) // 8) * 8
    return int("".join("".join("01"[bool(module)] for module in row).ljust(stride, "0") for row in modules), 2)
