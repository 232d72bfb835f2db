"""Door hangers: 8 a page, 105 x 74 mm, cut along the marks."""
from __future__ import annotations

from reportlab.lib.units import mm

from exports.sheets import words
from exports.sheets.layouts.grid import Layout, Notice, Printed
from exports.sheets.paper import PAGE_HEIGHT, PAGE_WIDTH, SAFE, Paper

_WIDTH, _HEIGHT = PAGE_WIDTH / 2, PAGE_HEIGHT / 4
_QR_SIDE = 31 * mm
_QR_BOTTOM = 24.5 * mm
_RIGHT = 41 * mm  # where the words beside the QR begin: the QR, and four modules of white
_RIGHT_WIDTH = _WIDTH - _RIGHT - SAFE
_WHOLE = _WIDTH - 2 * SAFE
_TITLES = 24  # points of height for the title in both languages
_PLACE_TOP = 59 * mm
_HOW_TOP = 45.5 * mm
_CODE_TOP = 30.5 * mm
_FOOT_TOP = 21 * mm


def _same(paper: Paper, notice: Notice) -> None:
    titles, top = words.once(notice.campaign.title), _HEIGHT - SAFE
    top = paper.fitted(titles[0], SAFE, top, _WHOLE, size=12, least=6.5, wrap_at=9, bold=True,
                       height=_TITLES - 10 * (len(titles) - 1))
    for title in titles[1:]:
        paper.fitted(title, SAFE, top, _WHOLE, size=8, least=5)
    scan, cannot = words.REGISTER_BY_SCAN, words.CANNOT_SCAN.fill(address=notice.address)
    top = paper.fitted(scan.zh, _RIGHT, _HOW_TOP, _RIGHT_WIDTH, size=10, least=7, bold=True)
    top = paper.fitted(scan.en, _RIGHT, top, _RIGHT_WIDTH, size=7, least=5.5) - 1 * mm
    top = paper.fitted(cannot.zh, _RIGHT, top, _RIGHT_WIDTH, size=7.5, least=4.5)
    paper.fitted(cannot.en, _RIGHT, top, _RIGHT_WIDTH, size=6.5, least=4.5)
    _foot(paper, notice)


def _foot(paper: Paper, notice: Notice) -> None:
    when, help_with = words.BY.fill(when=words.until(notice.campaign)), words.help_with(notice.campaign)
    paper.rule(SAFE, _FOOT_TOP, _WHOLE)
    top = paper.fitted(when.zh, SAFE, _FOOT_TOP - 0.8 * mm, _WHOLE, size=10, least=7, bold=True)
    top = paper.fitted(help_with.zh, SAFE, top, _WHOLE, size=9, least=6.5)
    top = paper.fitted(f"{when.en}. {help_with.en}.", SAFE, top, _WHOLE, size=7, least=5.5)
    paper.fitted(f"{words.OWN_DOOR_ONLY.zh} {words.OWN_DOOR_ONLY.en}", SAFE, top, _WHOLE, size=6.5, least=5)


def _each(paper: Paper, x: float, y: float, item: Printed) -> None:
    paper.qr(item.qr, x + SAFE, y + _QR_BOTTOM, _QR_SIDE)
    paper.fitted(item.place, x + _RIGHT, y + _PLACE_TOP, _RIGHT_WIDTH, size=17, least=6, wrap_at=13, bold=True,
                 height=_PLACE_TOP - _HOW_TOP)
    paper.code(item.typed, x + _RIGHT, y + _CODE_TOP, _RIGHT_WIDTH, 17)


LAYOUT = Layout(columns=2, rows=4, width=_WIDTH, height=_HEIGHT, level="Q", qr_side=_QR_SIDE, same=_same, each=_each, cuts=True)
