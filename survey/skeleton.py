"""Pages that are rendered once and joined at each request: the shell around the questionnaire.

A template is rendered with a marker in each changing place and cut there. Joining costs microseconds where rendering
would cost milliseconds. Nothing that belongs to one person may go into the template: only into a place.

What stays is compressed once too, into blocks that DEFLATE (RFC 1951) lets one put side by side: compressing the first page
of a form anew took a quarter of its whole request, and kept less well.
"""
from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from flask import Response, render_template
from markupsafe import Markup, escape

_MARKER = re.compile(r"\uE000(\w+)\uE001")
_WORTH_COMPRESSING = 1024
_GZIP_HEAD, _LAST_BLOCK = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x03\0"


class Lasting(NamedTuple):
    """A piece that is the same for everybody. `deflated`: its blocks, None for what is too small to gain by them."""

    raw: bytes
    deflated: bytes | None


@lru_cache(maxsize=512)
def lasting(html: str) -> Lasting:
    """A piece of HTML to be kept. Never call it with anything of one person."""
    raw = html.encode()
    return Lasting(raw, _deflated(raw, 9) if len(raw) >= _WORTH_COMPRESSING else None)


class Page(Response):
    """A page joined of pieces: kept ones, and the bytes of what belongs to this request alone."""

    def __init__(self, pieces: list[Lasting | bytes], status: int):
        self._pieces = [each if isinstance(each, Lasting) else Lasting(each, None) for each in pieces]
        super().__init__(b"".join(each.raw for each in self._pieces), status, mimetype="text/html")

    def gzipped(self) -> bytes:
        """The page as one gzip member (RFC 1952)."""
        crc = length = 0
        blocks = [_GZIP_HEAD]
        for kept, group in groupby(self._pieces, lambda each: each.deflated is not None):
            group = list(group)
            raw = b"".join(each.raw for each in group)
            crc, length = zlib.crc32(raw, crc), length + len(raw)
            blocks += [each.deflated for each in group] if kept else [_block(raw)]
        return b"".join([*blocks, _LAST_BLOCK, struct.pack("<LL", crc, length & 0xFFFFFFFF)])


def _block(raw: bytes) -> bytes:
    """Blocks of what is not kept: as it is when it is short."""
    if len(raw) >= _WORTH_COMPRESSING:
        return _deflated(raw, 1)
    return b"\0" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw


def _deflated(raw: bytes, level: int) -> bytes:
    """Blocks that refer to nothing before them and end at a whole byte."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)


class Skeleton:
    """A rendered template with named places."""

    def __init__(self, html: str):
        parts = _MARKER.split(html)  # text, place, text, place, ..., text
        self._places = parts[1::2]
        self._pieces: list[Lasting | bytes] = [lasting(each) for each in parts]  # those of the places are replaced

    def join(self, status: int, **values: object) -> Page:
        """The page. Values are escaped unless they are Markup or Lasting; every place needs a value."""
        pieces = self._pieces[:]
        pieces[1::2] = [value if isinstance(value := values[place], Lasting) else escape(value).encode() for place in self._places]
        return Page(pieces, status)


def place(name: str) -> Markup:
    """The marker of a changing place, for templates."""
    return Markup(f"\uE000{name}\uE001")


@lru_cache(maxsize=256)
def skeleton(template: str, language: str, **facts: object) -> Skeleton:
    """`template` rendered with `facts` (hashable), once for each language and set of facts."""
    del language  # part of the cache's key; the template reads it from the request
    return Skeleton(render_template(template, place=place, **facts))


clear: Callable[[], None] = skeleton.cache_clear
