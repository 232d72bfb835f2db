"""Draws the app's icons from one drawing: `python -m tests.make_icons`, when the drawing changes. Needs Chromium.

The maskable one has its picture inside the middle four fifths, as phones cut icons to their own shape.
"""
from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent.parent / "survey" / "static" / "app" / "icons"
HOUSE = '<path d="M6 16 16 7l10 9v10h-7v-6h-6v6H6z" fill="#fff"/>'
ROUNDED = f'<rect width="32" height="32" rx="6" fill="#0b4a38"/>{HOUSE}'
MASKABLE = f'<rect width="32" height="32" fill="#0b4a38"/><g transform="translate(4.8 4.8) scale(.7)">{HOUSE}</g>'


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size, drawing in (("icon-192", 192, ROUNDED), ("icon-512", 512, ROUNDED), ("maskable-512", 512, MASKABLE)):
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f'<style>body{{margin:0}}svg{{display:block}}</style><svg xmlns="http://www.w3.org/2000/svg" '
                             f'viewBox="0 0 32 32" width="{size}" height="{size}">{drawing}</svg>')
            page.screenshot(path=FOLDER / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
