"""File names made from the names of compounds: readable, safe on every system, and never two the same."""
from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from exports.sheets.doors import Compound
from forms import characters

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
_BYTES = 160  # of 255 that file systems take: room for the layout, a number and the name while it is written


def file_stems(compounds: Iterable[Compound], otherwise: str) -> dict[Compound, str]:
    """A file name without ending for each compound; `otherwise` names doors without compound and community.

    Where two communities have a compound of one name, the community stands before it.
    """
    compounds = list(compounds)
    names = Counter(_same(each.name) for each in compounds)
    stems: dict[Compound, str] = {}
    taken: set[str] = set()
    for each in compounds:
        doubled = names[_same(each.name)] > 1
        wanted = _safe(" ".join(filter(None, (each.community if doubled else "", each.name)))
                       or each.community or otherwise, otherwise)
        stem, number = wanted, 2
        while _same(stem) in taken:
            stem, number = f"{wanted}-{number}", number + 1
        taken.add(_same(stem))
        stems[each] = stem
    return stems


def _safe(name: str, otherwise: str) -> str:
    seen, _ = characters.without_invisible(unicodedata.normalize("NFC", name))
    plain = _UNSAFE.sub("_", seen).strip(". ")
    plain = plain.encode(errors="ignore")[:_BYTES].decode(errors="ignore").rstrip(". ") or otherwise
    return f"_{plain}" if plain.split(".")[0].upper() in _RESERVED else plain


def _same(name: str) -> str:
    """Equal for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()
