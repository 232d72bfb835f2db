"""Drawing on paper with reportlab: words, QR codes, rules and cut marks. Lengths are points from the lower left corner."""
from __future__ import annotations

from pathlib import Path

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.sheets.fonts import Fonts
from exports.sheets.qr import Bitmap
from exports.sheets.typeset import LEADING, Set, fit
from forms.language import Refusal

rl_config.useA85 = 0  # pages need not be text: a fifth smaller, and a fifth of the time saved

PAGE_WIDTH, PAGE_HEIGHT = A4
SAFE = 5 * mm
"""Printers leave this much of the edge white."""

_LEAST_MODULE = 0.5 * mm  # three dots of a 150 dpi copy
_BOLD = 1 / 28  # width of the outline that makes letters bold, in sizes
_LEAST_BOLD = 7  # points: smaller letters fill up when they are outlined
_CODE_SPACING = 0.09  # sizes: in many fonts the J reaches under the letter before it
_CUT_TICK = 4 * mm


class AddressTooLong(Refusal):
    """The QR code would be too fine to read."""

    def __init__(self):
        super().__init__("网址太长，二维码印在这种版式上太密，手机难以识读。请换短一些的 SURVEY_PUBLIC_URL，或用 sheet 版式。",
                         "The address is so long that the QR code would be too fine to read in this layout. "
                         "Set a shorter SURVEY_PUBLIC_URL, or use the layout sheet.")


def require_readable(side: float, modules: int) -> None:
    """Raises AddressTooLong when `modules` across `side` points are too fine for a copy of 150 dpi."""
    if side / modules < _LEAST_MODULE:
        raise AddressTooLong


class Paper:
    """One PDF file of A4 pages in the making."""

    def __init__(self, path: Path, fonts: Fonts, title: str, author: str):
        self.fonts = fonts
        self.canvas = Canvas(str(path), pagesize=A4, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setCreator("Rapid Survey")
        self.pages = 0

    def end_page(self) -> None:
        self.canvas.showPage()
        self.pages += 1

    def save(self) -> None:
        self.canvas.save()

    def stamp(self, name: str) -> None:
        """Begin to draw something that is the same in every cell; `end_stamp` ends it, `place_stamp` puts it somewhere."""
        self.canvas.beginForm(name, 0, 0, PAGE_WIDTH, PAGE_HEIGHT)

    def end_stamp(self) -> None:
        self.canvas.endForm()

    def place_stamp(self, name: str, x: float, y: float) -> None:
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm(name)
        self.canvas.restoreState()

    def write(self, text: str, x: float, y: float, size: float, *, bold: bool = False, spacing: float = 0) -> None:
        """`text` on one line with its baseline at `y`, with `spacing` points more between characters."""
        mode = None
        if bold and size >= _LEAST_BOLD:
            mode = 2  # fill and outline: the usual fonts have no bold
            self.canvas.setLineWidth(size * _BOLD)
        for font, piece in self.fonts.runs(text):
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, piece, mode=mode, charSpace=spacing)
            x += self.fonts.width(piece, size)

    def write_set(self, words: Set, x: float, top: float, *, bold: bool = False, centre_in: float = 0) -> float:
        """Lines from `top` down, centred in the width `centre_in` if it is given; returns where the next line may begin."""
        for line in words.lines:
            shift = (centre_in - self.fonts.width(line, words.size)) / 2 if centre_in else 0
            self.write(line, x + shift, top - words.size, words.size, bold=bold)
            top -= words.size * LEADING
        return top

    def fitted(self, text: str, x: float, top: float, width: float, *, bold: bool = False, centre: bool = False,
               **how: float | None) -> float:
        """Fit `text` into `width` (see `typeset.fit`) and write it; returns where the next line may begin."""
        return self.write_set(fit(self.fonts, text, width, **how), x, top, bold=bold, centre_in=width if centre else 0)

    def code(self, typed: str, x: float, top: float, width: float, size: float) -> None:
        """A code to type, bold and spaced so that no two symbols touch, at `size` or as large as `width` allows."""
        size = min(size, width / (self.fonts.width(typed, 1) + _CODE_SPACING * len(typed)))
        self.write(typed, x, top - size, size, bold=True, spacing=size * _CODE_SPACING)

    def qr(self, bitmap: Bitmap, x: float, y: float, side: float) -> None:
        """A QR code whose modules fill `side`; the caller leaves four modules of white around it."""
        require_readable(side, bitmap.modules)
        self.canvas.addLiteral(
            f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm BI /W {bitmap.modules} /H {bitmap.modules} /BPC 1 /CS /G "
            f"/D [1 0] /F /AHx ID {bitmap.hex()}> EI Q")

    def rule(self, x: float, y: float, width: float, thickness: float = 0.6) -> None:
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x, y, x + width, y)

    def frame(self, x: float, y: float, width: float, height: float, thickness: float = 0.8) -> None:
        self.canvas.setLineWidth(thickness)
        self.canvas.roundRect(x, y, width, height, 1.5 * mm)

    def cut_marks(self, across: list[float], up: list[float]) -> None:
        """Ticks at the safe edge and small crosses inside, along the cuts at x in `across` and y in `up`."""
        self.canvas.setLineWidth(0.3)
        tick = _CUT_TICK / 2
        for x in across:
            self.canvas.line(x, SAFE, x, SAFE + _CUT_TICK)
            self.canvas.line(x, PAGE_HEIGHT - SAFE - _CUT_TICK, x, PAGE_HEIGHT - SAFE)
        for y in up:
            self.canvas.line(SAFE, y, SAFE + _CUT_TICK, y)
            self.canvas.line(PAGE_WIDTH - SAFE - _CUT_TICK, y, PAGE_WIDTH - SAFE, y)
        for x in across:
            for y in up:
                self.canvas.line(x - tick, y, x + tick, y)
                self.canvas.line(x, y - tick, x, y + tick)
