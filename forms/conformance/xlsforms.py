"""XLSForm cases: is the workbook valid, and does its XForm hold what the case says."""
from __future__ import annotations

import io
import re
from pathlib import Path

from lxml import etree
from openpyxl import Workbook

from forms.conformance.kinds import Outcome, cases_in, crash, empty
from forms.form import Form, FormError, load

FOLDER = "xlsform_cases"
NAMESPACES = {
    "h": "http://www.w3.org/1999/xhtml", "x": "http://www.w3.org/2002/xforms", "xsd": "http://www.w3.org/2001/XMLSchema",
    "jr": "http://openrosa.org/javarosa", "orx": "http://openrosa.org/xforms", "odk": "http://www.opendatakit.org/xforms",
    "ev": "http://www.w3.org/2001/xml-events", "entities": "http://www.opendatakit.org/xforms/entities",
}
_ROOT = re.compile(r"<instance>\s*<([\w.\-]+)")
# By id: the test that is meant (another corpus may use the id for another one), and why.
SKIPPED = {
    "P1008": ("tests.test_settings.TestSettings.test_name__from_file__invalid_characters__error",
              "the name that it refuses is one of a file; here the file's name is not used"),
}


def run(folder: Path) -> dict[str, Outcome]:
    """The verdicts on the workbooks, and the contents of the XForms of the valid ones."""
    verdicts, contents = empty(), empty()
    for case in cases_in(folder / "cases.jsonl", verdicts, ("valid",)):
        try:
            _judge(case, verdicts, contents)
        except Exception as error:  # a crash is a failure of this case, not of the run
            verdicts.failed[case["id"]] = crash(error)
    return {"XLSForm cases, verdict": verdicts, "XLSForm cases, XForm": contents}


def _judge(case: dict, verdicts: Outcome, contents: Outcome) -> None:
    identity = case["id"]
    test, reason = SKIPPED.get(identity, ("", ""))
    if not test or test != case.get("test"):
        reason = "" if isinstance(case.get("sheets"), dict) else "the case is not made of sheets"
    if reason:
        verdicts.skipped[identity] = reason
        return
    form, said = None, ""
    try:
        form = load(workbook(case["sheets"]), case.get("name") or "data")
    except FormError as error:
        said = str(error)
    except Exception as error:  # a crash is a failure of this case, not of the run
        verdicts.failed[identity] = crash(error)
        return
    if case["valid"] == (form is not None):
        verdicts.passed.append(identity)
    else:
        verdicts.failed[identity] = f"refused: {said}" if case["valid"] else f"taken, though: {case.get('pyxform_error')}"
    if case["valid"] and form is not None and "xml__xpath_match" in case:
        problem = _lacking(form, case)
        if problem:
            contents.failed[identity] = problem
        else:
            contents.passed.append(identity)


def workbook(sheets: dict[str, list[list]]) -> bytes:
    """The .xlsx of these rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(str(name)[:31])
        for row in rows:
            sheet.append([None if cell in (None, "") else cell for cell in row])
    out = io.BytesIO()
    if not book.worksheets:
        book.create_sheet("empty")
    book.save(out)
    return out.getvalue()


def _lacking(form: Form, case: dict) -> str:
    """The first of the case's paths that the XForm does not match. The cases name the root element their own way."""
    root, theirs = form.definition.root.name, _ROOT.search(case.get("pyxform_xform") or "")
    name = theirs[1] if theirs else root
    xform = form.xform.decode()
    for mark, end in (("/", "/"), ("<", " "), ("</", ">")):
        xform = xform.replace(f"{mark}{root}{end}", f"{mark}{name}{end}")
    tree = etree.fromstring(xform.encode())
    for path in case["xml__xpath_match"]:
        if not tree.xpath(path, namespaces=NAMESPACES):
            return f"no match for {' '.join(path.split())}"
    return ""
