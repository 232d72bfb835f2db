"""Tables that a narrow phone shows as cards: one under the other, each value beside its heading, nothing to scroll sideways.

`{% filter cards %}<table>…</table>{% endfilter %}` writes the heading of its column on each cell (`data-label`), where the style
sheet finds it. The roles say what the elements are by themselves: shown as blocks, browsers forget that they are a table.
"""
from __future__ import annotations

from lxml import etree, html
from markupsafe import Markup

_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def cards(table: Markup) -> Markup:
    """One table, marked for small screens. Cells below no heading, or below several, get none."""
    tree = html.fragment_fromstring(str(table).strip())
    tree.set("class", " ".join(filter(None, (tree.get("class"), "cards"))))
    tree.set("role", "table")
    headings = [" ".join(each.text_content().split()) for each in tree.findall("thead/tr/th")]
    for element in tree.iter(*_ROLES, "th"):
        row_heading = element.tag == "th" and element.get("scope") == "row"
        element.set("role", _ROLES.get(element.tag) or ("rowheader" if row_heading else "columnheader"))
    for row in tree.iterfind("tbody/tr"):
        if len(row) == len(headings):
            for cell, heading in zip(row, headings):
                if cell.tag == "td":
                    cell.set("data-label", heading)
    return Markup(etree.tostring(tree, encoding="unicode", method="html", with_tail=False))
