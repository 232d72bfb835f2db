"""A page for each household: a large QR, three steps, until when, whom to call, and the privacy notice in short."""
from __future__ import annotations

from reportlab.lib.units import mm

from exports.sheets import words
from exports.sheets.layouts.grid import Layout, Notice, Printed
from exports.sheets.paper import PAGE_HEIGHT, PAGE_WIDTH, Paper

_MARGIN = 15 * mm
_WHOLE = PAGE_WIDTH - 2 * _MARGIN
_QR_SIDE = 62 * mm
_QR_BOTTOM = 170 * mm
_RIGHT = _MARGIN + 76 * mm
_RIGHT_WIDTH = PAGE_WIDTH - _RIGHT - _MARGIN
_HEAD = 258 * mm  # the rule under the title
_PLACE_TOP = 255 * mm
_PLACE = 18 * mm
_CODE_TOP = 185 * mm
_DEADLINE_TOP = 162 * mm
_PRIVACY_TOP = 72 * mm
_PRIVACY_BOTTOM = 9 * mm


def _same(paper: Paper, notice: Notice) -> None:
    titles, top = words.once(notice.campaign.title), PAGE_HEIGHT - _MARGIN
    top = paper.fitted(titles[0], _MARGIN, top, _WHOLE, size=24, least=10, wrap_at=16, bold=True,
                       height=30 + 18 * (2 - len(titles)))
    for title in titles[1:]:
        top = paper.fitted(title, _MARGIN, top, _WHOLE, size=13, least=8)
    paper.fitted(" · ".join(words.once(notice.campaign.office)), _MARGIN, top - 1 * mm, _WHOLE, size=11, least=7)
    paper.rule(_MARGIN, _HEAD, _WHOLE, 1)
    _beside_the_qr(paper, notice)
    _steps(paper, _deadline(paper, notice) - 3 * mm)
    _privacy(paper, notice)


def _beside_the_qr(paper: Paper, notice: Notice) -> None:
    top = _QR_BOTTOM + _QR_SIDE
    for text, zh, en in ((words.REGISTER, 20, 12), (words.SCAN, 14, 10), (words.CANNOT_SCAN.fill(address=notice.address), 12, 9.5)):
        top = paper.fitted(text.zh, _RIGHT, top, _RIGHT_WIDTH, size=zh, least=7, wrap_at=zh - 3, height=zh * 2,
                           bold=text is words.REGISTER)
        top = paper.fitted(text.en, _RIGHT, top, _RIGHT_WIDTH, size=en, least=6) - 2.5 * mm
    hint = _CODE_TOP - 26 * 1.3
    hint = paper.fitted(words.CODE_HINT.zh, _RIGHT, hint, _RIGHT_WIDTH, size=8.5, least=6)
    paper.fitted(words.CODE_HINT.en, _RIGHT, hint, _RIGHT_WIDTH, size=7, least=5)


def _deadline(paper: Paper, notice: Notice) -> float:
    when, help_with = words.BY.fill(when=words.until(notice.campaign)), words.help_with(notice.campaign)
    paper.rule(_MARGIN, _DEADLINE_TOP, _WHOLE, 1)
    top = paper.fitted(when.zh, _MARGIN, _DEADLINE_TOP - 2 * mm, _WHOLE, size=18, least=11, bold=True)
    top = paper.fitted(help_with.zh, _MARGIN, top, _WHOLE, size=14, least=9)
    top = paper.fitted(f"{when.en}. {help_with.en}.", _MARGIN, top, _WHOLE, size=10, least=7) - 1.5 * mm
    paper.rule(_MARGIN, top, _WHOLE, 1)
    return top


def _steps(paper: Paper, top: float) -> None:
    indent = 9 * mm
    for number, step in enumerate(words.STEPS, 1):
        paper.write(str(number), _MARGIN, top - 20, 22, bold=True)
        top = paper.fitted(step.zh, _MARGIN + indent, top, _WHOLE - indent, size=14, least=9)
        top = paper.fitted(step.en, _MARGIN + indent, top, _WHOLE - indent, size=9.5, least=8) - 2 * mm
    receipt = f"{words.RECEIPT.zh} {words.RECEIPT.en}"
    paper.write(receipt, _MARGIN + indent, top - 12, 10)
    used = indent + paper.fonts.width(receipt, 10) + 2 * mm
    paper.rule(_MARGIN + used, top - 13, _WHOLE - used)
    top = paper.fitted(words.NO_SMARTPHONE.zh, _MARGIN, top - 22, _WHOLE, size=12, least=10, bold=True)
    paper.fitted(words.NO_SMARTPHONE.en, _MARGIN, top, _WHOLE, size=9.5, least=8)


def _privacy(paper: Paper, notice: Notice) -> None:
    inset = 3 * mm
    paper.frame(_MARGIN - inset, _PRIVACY_BOTTOM, _WHOLE + 2 * inset, _PRIVACY_TOP - _PRIVACY_BOTTOM)
    heading = f"{words.PRIVACY_HEADING.zh} {words.PRIVACY_HEADING.en}"
    top = paper.fitted(heading, _MARGIN, _PRIVACY_TOP - inset, _WHOLE, size=12, least=9, bold=True) - 1 * mm
    lines = words.privacy(notice.campaign)
    share = (top - _PRIVACY_BOTTOM - inset) / len(lines)  # what a long purpose or ground may take
    for line in lines:
        below = paper.fitted(line.zh, _MARGIN, top, _WHOLE, size=10, least=5, wrap_at=8, height=share * 0.55)
        paper.fitted(line.en, _MARGIN, below, _WHOLE, size=8, least=4, wrap_at=7, height=share * 0.42)
        top -= share


def _each(paper: Paper, x: float, y: float, item: Printed) -> None:
    paper.qr(item.qr, x + _MARGIN, y + _QR_BOTTOM, _QR_SIDE)
    paper.fitted(item.place, x + _MARGIN, y + _PLACE_TOP, _WHOLE, size=28, least=9, wrap_at=20, height=_PLACE, bold=True)
    paper.code(item.typed, x + _RIGHT, y + _CODE_TOP, _RIGHT_WIDTH, 26)


LAYOUT = Layout(columns=1, rows=1, width=PAGE_WIDTH, height=PAGE_HEIGHT, level="Q", qr_side=_QR_SIDE, same=_same, each=_each)
