"""Labels: 24 a page, 70 x 37 mm, three across and eight down, as label stock without gaps is cut.

There is room for little: the door, the code, until when and whom to call; the address to type stands under the QR.
"""
from __future__ import annotations

from reportlab.lib.units import mm

from exports.sheets import words
from exports.sheets.layouts.grid import Layout, Notice, Printed
from exports.sheets.paper import SAFE, Paper

_WIDTH, _HEIGHT = 70 * mm, 37 * mm
_QR_SIDE = 23.5 * mm
_QR_BOTTOM = 9 * mm
_RIGHT = 33 * mm  # the QR, and four modules of white
_RIGHT_WIDTH = _WIDTH - _RIGHT - SAFE
_EDGE = 4.5 * mm  # eight rows leave half a millimetre of paper above and below
_TITLES = 21.5  # points of height for the title in both languages
_ENGLISH = 12.5  # of them, for the English one
_PLACE = 24  # points of height for the door
_PLACE_TOP = _HEIGHT - _EDGE - _TITLES
_CODE_TOP = _PLACE_TOP - _PLACE
_CODE = 10
_LINES_TOP = _CODE_TOP - _CODE * 1.25


def _same(paper: Paper, notice: Notice) -> None:
    campaign, top = notice.campaign, _HEIGHT - _EDGE
    titles = words.once(campaign.title)
    top = paper.fitted(titles[0], _RIGHT, top, _RIGHT_WIDTH, size=7.5, least=5, wrap_at=6, height=_TITLES - _ENGLISH * (len(titles) - 1))
    for title in titles[1:]:
        paper.fitted(title, _RIGHT, top, _RIGHT_WIDTH, size=6, least=4.5, wrap_at=5, height=_ENGLISH)
    when = words.SCAN_BY.fill(when=words.until_short(campaign))
    call = f"电话 Call {campaign.terms.phone}" if campaign.terms.phone else " ".join(words.once(campaign.office))
    top = paper.fitted(when.zh, _RIGHT, _LINES_TOP, _RIGHT_WIDTH, size=6, least=4.5)
    top = paper.fitted(when.en, _RIGHT, top, _RIGHT_WIDTH, size=5.5, least=4.5)
    paper.fitted(call, _RIGHT, top, _RIGHT_WIDTH, size=7, least=4.5)
    paper.fitted(notice.address, SAFE, _EDGE + 6, _QR_SIDE + 2 * mm, size=6, least=3)


def _each(paper: Paper, x: float, y: float, item: Printed) -> None:
    paper.qr(item.qr, x + SAFE, y + _QR_BOTTOM, _QR_SIDE)
    paper.fitted(item.place, x + _RIGHT, y + _PLACE_TOP, _RIGHT_WIDTH, size=11, least=4.5, wrap_at=8, height=_PLACE, bold=True)
    paper.code(item.typed, x + _RIGHT, y + _CODE_TOP, _RIGHT_WIDTH, _CODE)


LAYOUT = Layout(columns=3, rows=8, width=_WIDTH, height=_HEIGHT, level="M", qr_side=_QR_SIDE, same=_same, each=_each)
