"""Blank door hangers: the card of `hanger` with a number in place of the door; and the cover sheet of a batch."""
from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from reportlab.lib.units import mm

from exports.sheets import words
from exports.sheets.layouts import hanger
from exports.sheets.layouts.grid import Notice, Printed
from exports.sheets.paper import PAGE_HEIGHT, PAGE_WIDTH, SAFE, Paper

_RIGHT = 41 * mm
_RIGHT_WIDTH = PAGE_WIDTH / 2 - _RIGHT - SAFE
_NUMBER_TOP = 60.5 * mm
_LINE = 47.5 * mm  # to write the door on
_CODE_TOP = 30.5 * mm

_MARGIN = 20 * mm
_WHOLE = PAGE_WIDTH - 2 * _MARGIN
_QR_SIDE = 62 * mm
_QR_BOTTOM = 140 * mm
_SECOND = PAGE_WIDTH / 2 + 6 * mm


class Batch(NamedTuple):
    """What a cover sheet says: the number of the batch, how many cards lie under it, the first and the last."""

    number: int
    count: int
    first: Printed
    last: Printed


def _each(paper: Paper, x: float, y: float, item: Printed) -> None:
    """`item.place` is the number in digits."""
    paper.qr(item.qr, x + SAFE, y + 24.5 * mm, hanger.LAYOUT.qr_side)
    top = paper.fitted(f"{words.NUMBER.zh} {words.NUMBER.en} {item.place}", x + _RIGHT, y + _NUMBER_TOP, _RIGHT_WIDTH, size=17, least=10,
                       bold=True)
    paper.fitted(f"{words.HUNG_AT.zh} {words.HUNG_AT.en}", x + _RIGHT, top, _RIGHT_WIDTH, size=6, least=4.5)
    paper.rule(x + _RIGHT, y + _LINE, _RIGHT_WIDTH)
    paper.code(item.typed, x + _RIGHT, y + _CODE_TOP, _RIGHT_WIDTH, 17)


LAYOUT = replace(hanger.LAYOUT, each=_each)


def cover(paper: Paper, notice: Notice, batch: Batch) -> None:
    """A page to lie on top of a batch."""
    top = PAGE_HEIGHT - _MARGIN
    for title in words.once(notice.campaign.title):
        top = paper.fitted(title, _MARGIN, top, _WHOLE, size=16, least=9)
    name = words.BATCH.fill(number=batch.number)
    span = words.BATCH_SPAN.fill(first=batch.first.place, last=batch.last.place, count=batch.count)
    for text, zh, en in ((name, 30, 14), (span, 18, 11)):
        top = paper.fitted(text.zh, _MARGIN, top - 2 * mm, _WHOLE, size=zh, least=9, bold=True)
        top = paper.fitted(text.en, _MARGIN, top, _WHOLE, size=en, least=8)
    for x, said, item in ((_MARGIN, words.FIRST, batch.first), (_SECOND, words.LAST, batch.last)):
        paper.qr(item.qr, x, _QR_BOTTOM, _QR_SIDE)
        paper.fitted(f"{said.zh} {said.en} {item.place}", x, _QR_BOTTOM - 6 * mm, _QR_SIDE + 10 * mm, size=16, least=10, bold=True)
        paper.code(item.typed, x, _QR_BOTTOM - 14 * mm, _QR_SIDE + 10 * mm, 13)
    top = paper.fitted(words.BATCH_HOW.zh, _MARGIN, 112 * mm, _WHOLE, size=14, least=9, wrap_at=13, height=20 * mm)
    top = paper.fitted(words.BATCH_HOW.en, _MARGIN, top, _WHOLE, size=10, least=8, wrap_at=10, height=12 * mm)
    for line in range(3):
        y = top - (14 + 14 * line) * mm
        paper.write(f"{words.BATCH_SIGN.zh} {words.BATCH_SIGN.en}", _MARGIN, y, 11)
        paper.rule(_MARGIN + 50 * mm, y - 1 * mm, _WHOLE - 50 * mm)
    paper.end_page()
