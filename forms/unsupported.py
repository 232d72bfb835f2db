"""Parts of an XLSForm that this engine does not have yet: refused by name where they change what a form asks or keeps,
named in a warning where they only change how it looks, so that nothing is dropped in silence."""
from __future__ import annotations

from collections.abc import Iterator

from forms.language import Text
from forms.workbook import Problem, Row

SHEETS = ("entities", "external_choices", "osm")
SURVEY_COLUMNS = ("trigger", "repeat_count", "parameters", "default", "media", "image", "audio", "video", "big-image", "read_only",
                  "readonly", "autoplay", "intent", "save_to", "guidance_hint", "bind", "body", "instance", "rows")
CHOICE_COLUMNS = ("media", "image", "audio", "video", "big-image")
SETTINGS = ("public_key", "submission_url", "auto_send", "auto_delete", "instance_name")

KNOWN_COLUMNS = {"type", "name", "label", "hint", "required", "required_message", "relevant", "constraint", "constraint_message",
                 "calculation", "appearance", "choice_filter", "personal", "check", "disabled"}
# Other spellings that pyxform reads as one of the known columns.
KNOWN_COLUMNS |= {"caption", "relevance", "calculate", "command", "tag", "value", "required message", "constraint message",
                  "constraining message", "noapperrorstring", "read_only", "skippable", "choice filter"}
APPEARANCES = {"minimal", "multiline", "numbers", "field-list", "w1", "w2", "w3", "w4", "full", "vertical", "horizontal"}


def problems(sheets: dict[str, list[Row]]) -> Iterator[Problem]:
    """What makes the workbook unusable here, each with its sheet and row."""
    for name in SHEETS:
        if sheets.get(name):
            yield Problem(name, 0, Text("还不支持这张工作表", "this sheet is not supported yet"), Text("请删去它", "Remove it"))
    for name, columns in (("survey", SURVEY_COLUMNS), ("choices", CHOICE_COLUMNS), ("settings", SETTINGS)):
        for row in sheets.get(name, ()):
            for head in row.cells:
                if _base(head) in columns:
                    yield Problem(name, row.number, Text(f"还不支持“{head}”这一列", f"the column “{head}” is not supported yet"),
                                  Text("请清空这一格", "Empty this cell"))


def warnings(rows: list[Row]) -> list[Problem]:
    """What is left out without harm: columns that mean nothing here, and looks that a page does not have."""
    found = []
    for head in dict.fromkeys(head for row in rows for head in row.cells):
        if _base(head) not in KNOWN_COLUMNS and _base(head) not in SURVEY_COLUMNS:
            found.append(Problem("survey", 1, Text(f"“{head}”这一列没有用到", f"the column “{head}” is not used"),
                                 Text("如果写错了字，请改正", "If it is a slip of the pen, mend it")))
    for row in rows:
        for look in set(row.cells.get("appearance", "").split()) - APPEARANCES:
            found.append(Problem("survey", row.number, Text(f"外观“{look}”用平常的样子代替", f"the appearance “{look}” is shown plainly"),
                                 Text("可以不改", "Nothing needs to be done")))
    return found


def _base(head: str) -> str:
    return head.split(":")[0].strip()
