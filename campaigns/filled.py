"""A filled form as its XML: who it says it is, its answers, the files that they name. Whatever sent it: a collecting app or
the volunteers' own phones. All refusals that need no database are made here."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from lxml import etree

from campaigns import filetypes
from forms.answers import files_in
from forms.devices import DOOR_CODE
from forms.form import Form
from forms.language import Refusal
from forms.model.names import ENTITIES, JAVAROSA, ODK, OPENROSA, XFORMS
from forms.model.writing import WrongInstance
from forms.submission import from_xml, local_name, meta_of, parsed

LONGEST_ID = 249
_LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_USUAL = {"", XFORMS, OPENROSA, JAVAROSA, ODK, ENTITIES}
_NOT_ANSWERS = {"meta", "formhub", DOOR_CODE}


class BadXml(Refusal):
    def __init__(self, zh: str, en: str):
        super().__init__(f"收到的表有问题（{zh}），没有记入。请再发送一次；如仍不行，请找组长。",
                         f"The form that arrived cannot be used ({en}), so it was not added. Send it again; if it still fails, "
                         "ask your team lead.")


class TooLargeXml(BadXml):
    status = 413


class BadName(Refusal):
    def __init__(self):
        super().__init__("附件的文件名不能含路径或特殊符号，没有记入。", "The name of an attachment must hold no path and no control "
                         "characters, so nothing was added.")


class WrongKind(Refusal):
    status = 415

    def __init__(self, kind: str):
        words = {"image": ("照片", "a picture"), "audio": ("录音", "sound"), "video": ("视频", "a video")}[kind]
        super().__init__(f"有一个附件应是{words[0]}，但内容不是，没有记入。请重新拍摄或录制后再发送。",
                         f"One of the attachments should be {words[1]} but is not, so nothing was added. Take it again, then send.")


@dataclass
class Filled:
    """`xml`: the bytes as they came; `tree`: what they say. See `read`."""

    xml: bytes
    tree: etree._Element

    def __post_init__(self):
        self.elements = list(self.tree.iter(etree.Element))  # kept: lxml makes objects anew for what nobody holds
        self.meta = meta_of(self.tree)
        self.instance = (self.meta.get("instanceID") or self.tree.get("instanceID") or "").strip()
        self.corrects = (self.meta.get("deprecatedID") or "").strip() or None
        self.key = self.tree.get("id") or etree.QName(self.tree).namespace or ""
        self.version = self.tree.get("version") or ""

    def child(self, name: str) -> str:
        """The text of a child of the root by local name, "" for none."""
        return next((child.text or "" for child in self.tree.iterchildren(etree.Element) if local_name(child) == name), "").strip()


def read(xml: bytes, most: int) -> Filled:
    """The form in `xml`, of `most` bytes at most. Raises BadXml, TooLargeXml."""
    if len(xml) > most:
        raise TooLargeXml("内容太长", "it is too long")
    found = Filled(xml, _tree(xml))
    for text in (found.instance, found.corrects or "-"):
        if not text or len(text) > LONGEST_ID or _CONTROL.search(text):
            raise BadXml("没有编号 instanceID", "it has no instanceID")
    return found


def _tree(xml: bytes) -> etree._Element:
    try:
        tree = parsed(xml)
    except WrongInstance:
        raise BadXml("不是完整的 XML", "it is no whole XML") from None
    if tree.get("encrypted"):
        raise BadXml("内容加了密，这里解不开", "it is encrypted, and cannot be opened here")
    return tree


def check_name(name: str) -> None:
    """Raises BadName for a file name that is none, or is a path."""
    if (not name or name.startswith(".") or "/" in name or "\\" in name or len(name) > _LONGEST_NAME
            or _CONTROL.search(name)):
        raise BadName


def check_kind(kind: str, head: bytes) -> None:
    """Raises WrongKind for a file that begins with `head` (filetypes.HEAD bytes) and is not of this kind."""
    if not filetypes.fits(kind, head):
        raise WrongKind(kind)


def answers_in(filled: Filled, form: Form) -> tuple[dict, list[str]]:
    """The raw answers, and flags for what is in the XML but nowhere in the form. Raises BadXml."""
    found = {element.tag.partition("}")[0][1:] for element in filled.elements if element.tag[0] == "{"}
    if found and found - _namespaces(form):
        raise BadXml("命名空间不对", "its namespace is wrong")
    try:
        raw = from_xml(form, filled.tree, plain=not found)
    except WrongInstance:
        raise BadXml("不是这份问卷的答案", "it does not answer this questionnaire") from None
    sent = _texts(filled.elements[1:]) - sum(_texts(child.iter(etree.Element)) for child in filled.tree.iterchildren(etree.Element)
                                         if local_name(child) in _NOT_ANSWERS)
    read = _count({name: value for name, value in raw.items() if name != DOOR_CODE and name not in filled.meta})
    return raw, [f"unknown:{sent - read}"] if sent > read else []


@lru_cache(maxsize=64)
def _namespaces(form: Form) -> set[str]:
    return {*_USUAL, form.definition.namespace, form.key, *form.definition.names.declared.values()}


def _texts(elements: Iterable[etree._Element]) -> int:
    """How many elements without children hold text."""
    count = 0
    for below in elements:
        text = below.text
        if text and not len(below) and not text.isspace():
            count += 1
    return count


def _count(answers: dict) -> int:
    """How many answers there are, in repeats too."""
    count = 0
    for value in answers.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            count += sum(map(_count, value))
        elif value:
            count += 1
    return count


def named_files(filled: Filled, form: Form, raw: dict) -> dict[str, str]:
    """The kind of every file that the answers name (image, audio, video, file, audit), by name."""
    found = {name: kind for _, name, kind in files_in(form, raw)}
    if filled.meta.get("audit"):
        found[filled.meta["audit"]] = "audit"
    return found


@lru_cache(maxsize=64)
def _times(form: Form) -> list[tuple[str, str]]:
    """(type, name) of the questions in which the device notes when filling began and ended."""
    return [(question.type, question.name) for question in form.root.walk() if question.type in ("start", "end")]


def began(filled: Filled, form: Form, raw: dict, opens_at: datetime, received_at: datetime) -> datetime:
    """When the device says that filling began (else ended), within what can be; `received_at` when it does not say."""
    by_type = {kind: raw.get(name) for kind, name in _times(form)}
    for text in (by_type.get("start"), filled.meta.get("timeStart"), by_type.get("end"), filled.meta.get("timeEnd")):
        try:
            instant = datetime.fromisoformat(text or "")
        except (ValueError, TypeError):
            continue
        if instant.tzinfo is not None:
            instant = instant.astimezone(UTC)
            instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
            return min(max(instant, opens_at), received_at)
    return received_at
