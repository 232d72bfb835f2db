"""The form as a device gets it: the questionnaire's own XForm with what the field needs added.

DEV-1 A first question, `door_code`, scanned from the door and required, unless the questionnaire asks for the door itself
      (a question `door_code`, or `door` chosen from `doors.csv`).
DEV-2 The times when filling began and ended (OpenRosa's timeStart and timeEnd), unless it keeps them itself: without them
      nobody could tell that a form was filled in time (INV-8).
DEV-3 Where a workbook says that its answers go elsewhere, or are encrypted for someone else, that is taken out.
"""
from __future__ import annotations

from functools import lru_cache

from lxml import etree

from forms.building import language_code
from forms.form import Form
from forms.language import Text
from forms.model.names import JR, ORX, H, X, safe_parser

DOOR_CODE, DOOR, DOORS = "door_code", "door", "doors.csv"
LABEL = Text("扫门上的二维码", "Scan the code at the door")
HINT = Text("对准门上或登记卡上的二维码。", "Point the camera at the QR code on the door or on the household's paper.")
MISTYPED = Text("这不是门上的码，请再扫一次。", "This is not the code of a door; please scan it again.")
_SHAPE = r"regex(., '^(.*/)?[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}$')"


def for_devices(form: Form) -> bytes:
    """The XForm to serve (UTF-8), always the same bytes for the same form."""
    tree = etree.fromstring(form.xform, safe_parser())
    model = next(tree.iter(X + "model"))
    instance = next(child for child in model.find(X + "instance") if isinstance(child.tag, str))
    _keep_here(model)
    if not asks_for_the_door(form):
        _ask_for_the_door(form, tree, model, instance)
    _note_times(form, model, instance)
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def asks_for_the_door(form: Form) -> bool:
    """Whether the form has a question for the door: by its code, or chosen from the list of doors."""
    names = {question.name for question, _ in form.asked["household"]}
    return DOOR_CODE in names or DOOR in names and uses_doors(form)


@lru_cache(maxsize=64)
def uses_doors(form: Form) -> bool:
    """Whether the form looks doors up in the file of the user's own doors."""
    return f"/{DOORS}".encode() in form.xform


def _keep_here(model: etree._Element) -> None:
    for found in model.findall(X + "submission"):
        for name in ("action", "base64RsaPublicKey"):
            found.attrib.pop(name, None)


def _space(instance: etree._Element) -> str:
    name = etree.QName(instance)
    return f"{{{name.namespace}}}" if name.namespace else ""


def _ask_for_the_door(form: Form, tree: etree._Element, model: etree._Element, instance: etree._Element) -> None:
    path = f"{form.root.path}/{DOOR_CODE}"
    instance.insert(0, etree.Element(_space(instance) + DOOR_CODE))
    bind = etree.Element(X + "bind", {
        "nodeset": path, "type": "barcode", "required": "true()", "constraint": _SHAPE,
        JR + "constraintMsg": _said(form, model, path, "constraintMsg", MISTYPED) or _both(MISTYPED)})
    _first_bind(model).addprevious(bind)
    control = etree.Element(X + "input", ref=path)
    for tag, words in (("label", LABEL), ("hint", HINT)):
        part, ref = etree.SubElement(control, X + tag), _said(form, model, path, tag, words)
        if ref:
            part.set("ref", ref)
        else:
            part.text = _both(words)
    next(tree.iter(H + "body")).insert(0, control)


def _said(form: Form, model: etree._Element, path: str, part: str, words: Text) -> str:
    """Add words to every translation; the reference to them, "" in a form without translations."""
    identity = f"{path}:{part}"
    translations = model.findall(f"{X}itext/{X}translation")
    for translation in translations:
        text = etree.SubElement(translation, X + "text", id=identity)
        code = language_code(translation.get("lang", ""))
        etree.SubElement(text, X + "value").text = words.to(code) if code in ("zh", "en") else _both(words)
    return f"jr:itext('{identity}')" if translations else ""


def _both(words: Text) -> str:
    return f"{words.zh} / {words.en}"


def _first_bind(model: etree._Element) -> etree._Element:
    found = model.find(X + "bind")
    if found is None:
        found = etree.SubElement(model, X + "bind")
    return found


def _note_times(form: Form, model: etree._Element, instance: etree._Element) -> None:
    meta = next((child for child in instance if isinstance(child.tag, str) and etree.QName(child).localname == "meta"), None)
    if meta is None or any(question.type in ("start", "end") for question in form.root.walk()):
        return
    space = ORX if etree.QName(meta).namespace == ORX[1:-1] else _space(instance)
    prefix = "orx:" if space == ORX else ""
    known = {etree.QName(child).localname for child in meta if isinstance(child.tag, str)}
    for name, which in (("timeStart", "start"), ("timeEnd", "end")):
        if name not in known:
            etree.SubElement(meta, space + name)
            bind = etree.SubElement(model, X + "bind", {
                "nodeset": f"{form.root.path}/{prefix}meta/{prefix}{name}", "type": "dateTime",
                JR + "preload": "timestamp", JR + "preloadParams": which})
            bind.tail = None
