"""Badge cards: 10 a page, 90 x 54 mm, cut along the marks. The badge is handed to the person whose name is on it."""
from __future__ import annotations

from reportlab.lib.units import mm

from exports.sheets import words
from exports.sheets.layouts.grid import Layout, Notice, Printed
from exports.sheets.paper import SAFE, Paper

_WIDTH, _HEIGHT = 90 * mm, 54 * mm
_QR_SIDE = 29 * mm
_QR_BOTTOM = 11 * mm
_RIGHT = 39.5 * mm
_RIGHT_WIDTH = _WIDTH - _RIGHT - SAFE
_WHOLE = _WIDTH - 2 * SAFE
_NAME_TOP = 39 * mm
_LABEL_TOP = 29 * mm
_TEAM_TOP = 23 * mm
_CODE_TOP = 16 * mm
_FOOT_TOP = 9 * mm


def _same(paper: Paper, notice: Notice) -> None:
    titles, top = words.once(notice.campaign.title), _HEIGHT - 4 * mm
    top = paper.fitted(f"{words.BADGE.zh} {words.BADGE.en} · {titles[0]}", SAFE, top, _WHOLE, size=9, least=5.5, bold=True)
    for title in titles[1:]:
        paper.fitted(title, SAFE, top, _WHOLE, size=7, least=5)
    top = paper.fitted(words.BADGE_USE.zh, SAFE, _FOOT_TOP, _WHOLE, size=7, least=5)
    paper.fitted(words.BADGE_USE.en, SAFE, top, _WHOLE, size=6, least=5)


def _each(paper: Paper, x: float, y: float, item: Printed) -> None:
    """`item.place` is the person in three lines: name; work number and role; team."""
    name, label, team = item.place.split("\n")
    paper.qr(item.qr, x + SAFE, y + _QR_BOTTOM, _QR_SIDE)
    paper.fitted(name, x + _RIGHT, y + _NAME_TOP, _RIGHT_WIDTH, size=18, least=6, wrap_at=9, bold=True,
                 height=_NAME_TOP - _LABEL_TOP)
    paper.fitted(label, x + _RIGHT, y + _LABEL_TOP, _RIGHT_WIDTH, size=11, least=7)
    paper.fitted(team, x + _RIGHT, y + _TEAM_TOP, _RIGHT_WIDTH, size=9, least=5, wrap_at=6, height=_TEAM_TOP - _CODE_TOP)
    paper.code(item.typed, x + _RIGHT, y + _CODE_TOP, _RIGHT_WIDTH, 12)


LAYOUT = Layout(columns=2, rows=5, width=_WIDTH, height=_HEIGHT, level="Q", qr_side=_QR_SIDE, same=_same, each=_each, cuts=True)
