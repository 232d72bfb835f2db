"""Fonts for paper: real TrueType outlines, embedded as subsets, with a further font for each character that lacks.

A name holds rare characters, and a sheet that prints a box in their place is worse than none: what no font has is refused
before anything is printed.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from forms import characters
from forms.language import Refusal

USUAL = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",  # Debian and Ubuntu: fonts-wqy-microhei
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-microhei-fonts/wqy-microhei.ttc",  # Fedora, openEuler
    "/usr/share/fonts/wqy-zenhei-fonts/wqy-zenhei.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)
"""Where a Chinese TrueType font usually is; the first that can be read writes everything it has."""

USUAL_RARE = (
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",  # Debian and Ubuntu: fonts-hanazono
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "/usr/share/fonts/hanazono-fonts/HanaMinA.ttf",
    "/usr/share/fonts/hanazono-fonts/HanaMinB.ttf",
    "C:/Windows/Fonts/simsunb.ttf",
)
"""Fonts for characters that the main one lacks, read only when they are needed (some 50 MiB each)."""

_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_SHOWN_DOORS = 5


class NoFont(Refusal):
    """There is no font to print Chinese with."""

    def __init__(self):
        super().__init__(
            "没有找到可嵌入的中文字体（TrueType），因此没有打印。请安装：apt-get install fonts-wqy-microhei，"
            "或用 SURVEY_FONTS 指定 .ttf 或 .ttc 字体文件。",
            "No Chinese TrueType font was found, so nothing was printed. Install one (apt-get install fonts-wqy-microhei), "
            "or name .ttf or .ttc files in SURVEY_FONTS.")


class FontUnreadable(Refusal):
    """A file of SURVEY_FONTS that is not a TrueType font."""

    def __init__(self, path: str):
        super().__init__(
            "SURVEY_FONTS 里的 {path} 打不开，或不是 TrueType 轮廓的字体（OpenType/CFF 字体不能用）。请换一个 .ttf 或 .ttc 文件。",
            "{path} in SURVEY_FONTS cannot be read, or has no TrueType outlines (OpenType/CFF fonts cannot be used). "
            "Name another .ttf or .ttc file.", path=path)


class CharactersMissing(Refusal):
    """Characters that none of the fonts has, and the doors that have them in their names."""

    def __init__(self, missing: Iterable[str], places: Iterable[str]):
        places = list(places)
        shown = "、".join(places[:_SHOWN_DOORS]) + ("…" if len(places) > _SHOWN_DOORS else "")
        super().__init__(
            "现有字体里没有这些字：{missing}，见：{places}。没有打印任何一张。请安装生僻字字体：apt-get install fonts-hanazono，"
            "或在 SURVEY_FONTS 里加上有这些字的字体文件。",
            "The fonts lack these characters: {missing}, in: {places}. Nothing was printed. Install a font of rare characters "
            "(apt-get install fonts-hanazono), or add a font that has them to SURVEY_FONTS.",
            missing=" ".join(f"{each} (U+{ord(each):04X})" for each in sorted(set(missing))), places=shown)


class _Font(TTFont):
    """A font whose characters beyond the BMP can be searched for and copied out of the PDF as well.

    reportlab writes their code points as five digits; PDF (ISO 32000, 9.10.3) wants UTF-16, which is two units.
    """

    def addObjects(self, doc: PDFDocument) -> None:
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _FIVE_DIGITS.sub(lambda found: f"<{chr(int(found[1], 16)).encode('utf-16-be').hex()}>",
                                                  stream.content)


_FIVE_DIGITS = re.compile("<([0-9A-F]{5,6})>")


class _Remembered(dict):
    """Answers of a function of one character, asked once for each."""

    def __init__(self, ask: Callable[[str], object]):
        super().__init__()
        self._ask = ask

    def __missing__(self, character: str) -> object:
        self[character] = self._ask(character)
        return self[character]


class Fonts:
    """The fonts of one installation, best first. `setting` is SURVEY_FONTS; empty means the usual places."""

    def __init__(self, setting: str = ""):
        self._waiting = [path for path in setting.split(":") if path] or [*_first_usual(), *filter(_is_file, USUAL_RARE)]
        self._loaded: list[TTFont] = []
        self._of = _Remembered(self._find)
        self._widths = _Remembered(self._thousandths)
        self._load_next()

    def missing(self, text: str) -> set[str]:
        """The characters of `text` that no font has."""
        return {character for character in set(drawable(text)) if self._of[character] is None}

    def runs(self, text: str) -> list[tuple[str, str]]:
        """`text` as (font name, piece) pairs, each piece in one font. Raises CharactersMissing."""
        used = set(map(self._of.__getitem__, text))
        if None in used:
            raise CharactersMissing(self.missing(text), [text])
        if len(used) == 1:
            return [(used.pop().fontName, text)]
        return [(font.fontName, "".join(piece)) for font, piece in groupby(text, self._of.__getitem__)]

    def width(self, text: str, size: float) -> float:
        """Width of `text` at `size`, in the unit of `size`."""
        return size / 1000 * sum(map(self._widths.__getitem__, text))

    def _thousandths(self, character: str) -> float:
        font = self._of[character]
        return font.face.charWidths[ord(character)] if font else 0

    def _find(self, character: str) -> TTFont | None:
        for font in self._loaded:
            if font.face.charToGlyph.get(ord(character)):
                return font
        while self._waiting:
            font = self._load_next()
            if font.face.charToGlyph.get(ord(character)):
                return font
        return None

    def _load_next(self) -> TTFont:
        path = self._waiting.pop(0)
        try:
            font = _load(path)
        except (TTFError, OSError):
            raise FontUnreadable(path) from None
        self._loaded.append(font)
        return font


def drawable(text: str) -> str:
    """`text` as it is drawn: on one line, without characters that nobody can see and without variation selectors."""
    if text.isascii() and text.isprintable():
        return text
    seen, _ = characters.without_invisible(characters.one_line(text))
    return "".join(character for character in seen if ord(character) not in _SELECTORS)


def _first_usual() -> list[str]:
    for path in filter(_is_file, USUAL):
        try:
            _load(path)
        except (TTFError, OSError):
            continue  # some systems ship another kind of font under this name: the next place may do
        return [path]
    raise NoFont


def _is_file(path: str) -> bool:
    return Path(path).is_file()


@cache
def _load(path: str) -> TTFont:
    """The font of a file, its first one when it is a collection (.ttc); read once a process."""
    font = _Font(f"survey:{path}", path, subfontIndex=0, shapable=False)
    pdfmetrics.registerFont(font)
    return font
