"""The form as a browser gets it to be filled there: the questionnaire's own XForm, with what it does not say of itself; and
what the browser's engine (static/vendor) lacks, so that a form which needs it is filled on the server's pages.

BRW-1 Named kinds of numbers stand as attributes at their binds (FACTS).
BRW-2 Lists in files of the form travel inside it, up to LARGEST_LIST bytes each; lists of doors never do: they are a person's own.
BRW-3 A choice from the sheet external_choices is a choice with a list, not a text field with a query.
BRW-4 The pattern of `regex()` must match the whole text, as on the server; the engine by itself looks for it anywhere.
BRW-5 A form with a pattern that a browser's regular expressions lack, or read as something else, is not for the engine.
BRW-6 The hints of groups and repeats, which an XForm does not hold, stand as attributes at them (FACTS)."""
from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from lxml import etree

from forms.devices import DOORS
from forms.form import Form
from forms.language import Text
from forms.model.actions import CHANGED, Action
from forms.model.names import X, safe_parser

FACTS = "{urn:rapid-survey:form}"
"""Attributes of binds: `check`, the named kind of number that a text holds; `field` and `code`, when (see `Check`).
Of groups and repeats: `hint-zh` and `hint-en`."""

# Functions of ours that the engine does not know, or means otherwise: tests/test_form_runtime.py asks it.
UNKNOWN = frozenset({"depend", "enclosed-area", "intersects", "is-selected", "property", "pulldata", "version"})
LARGEST_LIST = 256 * 1024
_EXPRESSIONS = ("constraint", "relevant", "calculate", "required", "readonly", "nodeset", "value")
_QUERIED = re.compile(r"\s*instance\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_PARTS = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.-])regex\s*\(|[(),]")
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_BRACKETS = re.compile(r"\[(?:\\.|[^\]\\])*\]")
# Java's: escapes, intersections of classes and rare characters; outside of [] also flags, atomic groups and possessive quantifiers.
_JAVA_ONLY = re.compile(r"\\[pPQEAzZhHRGXae]|\\x\{|&&|[\U00010000-\U0010ffff]")
_JAVA_OUTSIDE = re.compile(r"\(\?[a-zA-Z-]+[:)]|\(\?>|(?<!\\)[*+?}]\+")


_OTHERS = {"lists": Text("外部列表", "lists in files"), "patterns": Text("regex 里 Java 特有的写法", "patterns that only Java reads"),
           "targets": Text("从外面改重复部分里的答案", "answers inside a repeat that are set from outside")}


@lru_cache(maxsize=64)
def digest_of(form: Form) -> str:
    """What tells the browser's form from all others."""
    return hashlib.sha256(for_browser(form)).hexdigest()[:32]


@lru_cache(maxsize=64)
def lacks(form: Form) -> tuple[str, ...]:
    """What of this form the engine cannot do: names of functions, "patterns" for those that only the server reads, "targets" for
    answers in a repeat that are set from outside, and "lists"
    where it looks something up in a file that is not handed out to browsers. Empty when it can be filled in the browser."""
    tree = etree.fromstring(form.xform, safe_parser())
    called = {name for element in tree.iter(etree.Element) for value in element.attrib.values()
              for name in _CALL.findall(_TEXT.sub("''", value))}
    found = sorted(called & UNKNOWN)
    if any(node.choices is not None and node.choices.search is not None for node in form.definition.nodes.values()):
        found.append("search")
    if any(_java_only(pattern[1:-1]) for element in tree.iter(etree.Element) for name in _EXPRESSIONS
           for _, _, pattern in _patterns(element.get(name, ""))):
        found.append("patterns")
    if any(_outside(form, action) for action in form.definition.actions):
        found.append("targets")
    if any(instance.get("src") and _inlined(form, instance) is None for instance in tree.iter(X + "instance")):
        found.append("lists")
    return tuple(found)


def _outside(form: Form, action: Action) -> bool:
    """Whether an action of a question sets an answer in a repeat that the question is not in: with two entries the engine stops."""
    source, target = form.definition.nodes.get(action.source), form.definition.nodes.get(action.ref)
    if source is None or target is None or CHANGED not in action.events:
        return False
    return any(repeat not in source.repeats() for repeat in target.repeats())


@lru_cache(maxsize=64)
def for_browser(form: Form) -> bytes:
    """The XForm to serve (UTF-8), always the same bytes for the same form."""
    tree = etree.fromstring(form.xform, safe_parser())
    checked = {question.path: question.check for question in form.root.walk() if question.check}
    for bind in tree.iter(X + "bind"):
        check = checked.get(bind.get("nodeset"))
        for name, value in zip(("check", "field", "code"), check or ()):
            if value:
                bind.set(FACTS + name, value)
    hints = {question.path: question.hint for question in form.root.walk() if question.is_container and any(question.hint)}
    for part in tree.iter(X + "group", X + "repeat"):
        for language, words in hints.get(part.get("ref") or part.get("nodeset"), Text("", ""))._asdict().items():
            if words:
                part.set(f"{FACTS}hint-{language}", words)
    for instance in list(tree.iter(X + "instance")):
        inside = _inlined(form, instance) if instance.get("src") else None
        if inside is not None:
            instance.getparent().replace(instance, inside)
    _ask_from_lists(form, tree)
    for element in tree.iter(etree.Element):
        for name in _EXPRESSIONS:
            if "regex" in element.get(name, ""):
                element.set(name, whole(element.get(name)))
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def _inlined(form: Form, instance: etree._Element) -> etree._Element | None:
    """The list in a file as it stands inside the form; None for one that is not the form's own, or too large."""
    src, content = instance.get("src"), form.definition.instances.get(instance.get("id"))
    if content is None or not len(content) or src.startswith("jr://instance/") or src.rsplit("/", 1)[-1] == DOORS:
        return None
    inside = _in_form(content)
    return inside if len(etree.tostring(inside)) <= LARGEST_LIST else None


def _in_form(element: etree._Element) -> etree._Element:
    """A copy in the namespace of XForms, where expressions look for names without a prefix."""
    twin = etree.Element(element.tag if element.tag.startswith("{") else X + element.tag, dict(element.attrib))
    twin.text = element.text
    twin.extend(_in_form(child) for child in element)
    return twin


def _ask_from_lists(form: Form, tree: etree._Element) -> None:
    """Choices of the sheet external_choices as choices."""
    model = next(tree.iter(X + "model"))
    there = {instance.get("id") for instance in model.iter(X + "instance")}
    for element in list(tree.iter(X + "input")):
        queried = _QUERIED.match(element.get("query", ""))
        identity = queried and (queried[1] or queried[2])
        if not queried or identity not in form.definition.instances:
            continue
        element.tag = X + "select1"
        itemset = etree.SubElement(element, X + "itemset", nodeset=element.attrib.pop("query"))
        etree.SubElement(itemset, X + "value", ref="name")
        etree.SubElement(itemset, X + "label", ref="label")
        if identity not in there:
            there.add(identity)
            list(model.iterchildren(X + "instance"))[-1].addnext(_in_form(form.definition.instances[identity]))


def whole(expression: str) -> str:
    """The same expression, the written patterns of its `regex()` bound to both ends of the text."""
    for start, end, pattern in sorted(_patterns(expression), reverse=True):
        expression = f"{expression[:start]} {pattern[0]}^(?:{pattern[1:-1]})${pattern[-1]}{expression[end:]}"
    return expression


def _patterns(expression: str) -> list[tuple[int, int, str]]:
    """(from, to, pattern in its quotes) of each written pattern of a `regex()`."""
    found, calls = [], []
    if "regex" not in expression:
        return found
    for part in _PARTS.finditer(expression):
        if part[0].startswith("regex"):
            calls.append([True, 0])
        elif part[0] == "(":
            calls.append([False, 0])
        elif part[0] == "," and calls:
            calls[-1][1] = part.end()
        elif part[0] == ")" and calls:
            is_regex, after = calls.pop()
            pattern = expression[after:part.start()].strip()
            if is_regex and after and _TEXT.fullmatch(pattern):
                found.append((after, part.start(), pattern))
    return found


def _java_only(pattern: str) -> bool:
    return bool(_JAVA_ONLY.search(pattern) or _JAVA_OUTSIDE.search(_BRACKETS.sub("[]", pattern)))


def remarks(form: Form) -> list[Text]:
    """One sentence for a form that cannot be filled in the browser, none for the others."""
    missing = lacks(form)
    if not missing:
        return []
    calls = [f"{name}()" for name in missing if name not in _OTHERS]
    needs = ["、".join(calls), *(_OTHERS[name].zh for name in missing if name in _OTHERS)]
    named = [", ".join(calls), *(_OTHERS[name].en for name in missing if name in _OTHERS)]
    return [Text(f"填写时要有网络：浏览器里算不了{'、'.join(filter(None, needs))}，每一页由服务器来算",
                 f"needs the network while it is filled: a browser cannot work out {' and '.join(filter(None, named))}, "
                 "so the server does it page by page")]
