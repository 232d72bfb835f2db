"""The layouts, by name. A new layout is a new module and a new entry here."""
from __future__ import annotations

from exports.sheets.layouts import hanger, label, sheet
from exports.sheets.layouts.grid import Layout

LAYOUTS: dict[str, Layout] = {"door-hanger": hanger.LAYOUT, "label": label.LAYOUT, "sheet": sheet.LAYOUT}
