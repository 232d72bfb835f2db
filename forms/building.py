"""From the definition of a form and the rows of its workbook to the tree of questions."""
from __future__ import annotations

import re
from collections import Counter

from forms.language import LANGUAGES, Text
from forms.model.definition import Definition, NodeDef
from forms.model.names import JR
from forms.model.texts import Label, Words
from forms.questions import NOTHING, Check, Question
from forms.workbook import Problem, Row

LENGTHS = {True: 2000, False: 200}
YES = ("yes", "true", "true()", "1", "是")
NO = ("", "no", "false", "false()", "0", "否", "n", "不", "-")
CHECKS = {"phone", "resident-id", "birth-date"}
INPUTS = {"string": "text", "int": "integer", "decimal": "decimal", "date": "date", "time": "time", "dateTime": "dateTime",
          "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "barcode": "barcode"}
CONTROLS = {"select1": "select_one", "select": "select_multiple", "rank": "rank", "range": "range", "trigger": "acknowledge"}
PRELOADS = {("timestamp", "start"): "start", ("timestamp", "end"): "end", ("date", "today"): "today"}
PROPERTIES = {"deviceid": "deviceid", "username": "username", "email": "email", "phonenumber": "phonenumber"}
MOST_SHOWN = 60_000
_BEGIN = re.compile(r"begin[_ ]?(group|repeat|loop|lgroup|looped group)\b", re.I)
_END = re.compile(r"end[_ ]?(group|repeat|loop|lgroup|looped group)\b", re.I)
_CHECK = re.compile(r"([a-z-]+)(?::([^=\s]+)=(\S+))?$")
_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[^)]*)?\)\s*$")
_NAMES = {"中文": "zh", "汉语": "zh", "chinese": "zh", "english": "en", "英文": "en", "英语": "en"}
_LIST = re.compile(r"instance\('([^']*)'\)/root/item$")


class Builder:
    """Builds the questions of one form. `rows`: of the sheet survey, [] for an XForm. `problems` collects what is wrong."""

    def __init__(self, form: Definition, rows: list[Row], problems: list[Problem]):
        self.form, self.problems = form, problems
        self.languages = {code: language for language in reversed(form.texts.languages)
                          for code in [language_code(language)]}
        self.rows = dict(rows_by_path(rows, form.root.ref))
        self.lists: dict[str, tuple] = {}
        self.repeats: list[Question] = []
        self.by_path: dict[str, Question] = {}

    def build(self) -> Question:
        """The root of the tree."""
        mains = [node for node in self.form.root.walk() if node.kind == "repeat" and len(node.repeats()) == 1]
        self.main = next((node for node in mains if node.ref.endswith("/person")), mains[0] if mains else None)
        root = self._question(self.form.root, None)
        self._name(root)
        return root

    def _question(self, node: NodeDef, parent: Question | None) -> Question:
        row = self.rows.get(node.ref)
        cells = row.cells if row else {}
        question = Question(
            "" if parent is None else node.ref.rsplit("/", 1)[1], self._type(node), node.ref, self._part(node), row.number if row else 0,
            label=self._filled(node.caption or node.label) or sheet_text(cells, "label"),
            hint=self._filled(node.hint) or sheet_text(cells, "hint"), guidance=self._guidance(node),
            required_message=self._filled(node.required_message), constraint_message=self._filled(node.constraint_message),
            appearance=cells.get("appearance", "") or node.appearance, parameters=_parameters(node), media=self._media(node),
            personal=cells.get("personal", "").lower() not in NO, check=self._check(row), parent=parent, node=node,
            shared=cells.get("shared", "").lower() in YES)
        question.limit = LENGTHS[question.multiline]
        self._choices(question)
        self.by_path[node.ref] = question
        if question.type == "repeat":
            self.repeats.append(question)
        for child in node.children:
            if child.kind != "attribute" and child.ref != self.form.meta:
                question.children.append(self._question(child, question))
        return question

    def _type(self, node: NodeDef) -> str:
        """The type as an XLSForm names it."""
        if not node.is_leaf:
            return "repeat" if node.kind == "repeat" else "group"
        if node.control == "upload":
            start = node.media_type.split("/")[0]
            return start if start in ("image", "audio", "video") else "file"
        if node.choices is not None and node.appearance.split() == ["label"]:
            return "note"  # the head of a table: where its choices stand at each question, only its words are left
        if node.control in CONTROLS:
            return CONTROLS[node.control]
        if node.control:
            fixed = node.readonly is not None and node.readonly.source.strip() == "true()" and node.calculate is None
            return "note" if fixed and node.type == "string" else INPUTS.get(node.type, "text")
        if node.preload:
            return PRELOADS.get(node.preload) or PROPERTIES.get(node.preload[1].split(":")[-1].lower(), "metadata")
        return "calculate" if node.calculate is not None else "hidden"

    def _part(self, node: NodeDef) -> str:
        around = node.repeats()
        if not around:
            return "household"
        return "person" if around[-1] is self.main else "/".join(repeat.ref.rsplit("/", 1)[1] for repeat in around)

    def _name(self, scope: Question) -> None:
        """Give the questions of one scope (the form or one repeat) keys that tell them apart."""
        inside = list(_scope(scope))
        own = Counter(question.name for question in inside if question.type != "group")
        double = {name for name, times in own.items() if times > 1}
        for question in inside:
            if question.name in double and question.type != "group":
                question.name = question.path[len(scope.path) + 1:]
            if question.type == "repeat":
                self._name(question)

    def _choices(self, question: Question) -> None:
        choices = question.node.choices
        if choices is None:
            return
        if choices.search is not None:
            question.dynamic = True
        elif choices.nodeset is None:
            question.choices = tuple((code, self.text(label)) for code, label in choices.items)
        else:
            source = choices.nodeset.source.strip()
            found = _LIST.match(source.removeprefix("randomize(").split(",")[0].removesuffix(")"))
            name = found[1] if found else next(iter(re.findall(r"^\s*(?:randomize\(\s*)?instance\('([^']*)'\)", source)), "")
            question.choices = self._list(name, choices) if name else ()
            question.dynamic = not found or name in self.form.lacking or len(question.choices) == MOST_SHOWN
        question.codes = frozenset(code for code, _ in question.choices)

    def _list(self, name: str, choices) -> tuple:
        key = (name, choices.value.source if choices.value else "", choices.label.source if choices.label else "")
        if key not in self.lists:
            self.lists[key] = tuple(self._items(name, choices))
        return self.lists[key]

    def _items(self, name: str, choices):
        instance = self.form.instances.get(name)
        for item in list(instance.iterfind("./root/item") if instance is not None else ())[:MOST_SHOWN]:
            words = item.findtext(choices.label.source.strip(), "") if choices.label and _is_name(choices.label.source) else ""
            code = item.findtext(choices.value.source.strip(), "") if choices.value and _is_name(choices.value.source) else ""
            yield code, self.text(Label(identity=words)) if choices.label_is_identity else Text(words, words)

    def list_items(self, name: str) -> list[tuple[str, Text]]:
        """The (code, words) of a list of the form. Raises KeyError for no such list."""
        items = []
        for item in self.form.instances[name].iterfind("./root/item"):
            identity, label = item.findtext("itextId"), item.findtext("label") or ""
            items.append((item.findtext("name") or "", self.text(Label(identity=identity)) if identity else Text(label, label)))
        return items

    def text(self, label: Label | None) -> Text:
        """A label in the languages of the product, one borrowing from the other; an answer in it shows as an ellipsis."""
        if label is None:
            return NOTHING
        if label.literal is not None:
            return Text(*(_plain(label.literal),) * len(LANGUAGES))
        if not label.identity:
            return Text("…", "…")
        return self._of_texts(label.identity, "")

    def _filled(self, label: Label | None) -> Text | None:
        """The text of a label, None for no words."""
        text = self.text(label)
        return text if any(text) else None

    def _of_texts(self, identity: str, form: str) -> Text:
        texts = self.form.texts
        exact = {code: texts.exact(identity, language, form) for code, language in self.languages.items()}
        known = {code: _plain(words) for code, words in exact.items() if words and _plain(words).strip() not in ("", "-")}
        default = texts.find(identity, texts.default, form)
        spare = next((known[code] for code in LANGUAGES if code in known), _plain(default) if default else "")
        return Text(*(known.get(language, spare) for language in LANGUAGES))

    def _guidance(self, node: NodeDef) -> Text:
        return self._of_texts(node.hint.identity, "guidance") if node.hint and node.hint.identity else NOTHING

    def _media(self, node: NodeDef) -> dict[str, str]:
        identity = node.label.identity if node.label else ""
        return self.form.texts.media(identity, self.form.texts.default) if identity else {}

    def _check(self, row: Row | None) -> Check | None:
        written = row.cells.get("check") if row else None
        if not written:
            return None
        match = _CHECK.match(written)
        if not match or match[1] not in CHECKS:
            self.problems.append(Problem(
                "survey", row.number, Text(f"check 列的“{written}”不认识", f"“{written}” in column check is unknown"),
                Text("可以写 " + "、".join(sorted(CHECKS)), "Write one of " + ", ".join(sorted(CHECKS))), "check"))
            return None
        return Check(match[1], match[2] or "", match[3] or "")


def _scope(top: Question):
    """The questions of the form or of one repeat, without those of the repeats inside."""
    for child in top.children:
        yield child
        if child.type != "repeat":
            yield from _scope(child)


def _parameters(node: NodeDef) -> dict[str, str]:
    """What the control says about itself: start, end and step of a range, pixels of an image, the query of a list."""
    if node.body is None:
        return {}
    kept = {name.removeprefix(JR): value for name, value in node.body.attrib.items()}
    return {name: value for name, value in kept.items() if name not in ("ref", "nodeset", "appearance", "bind")}


def _plain(words: Words) -> str:
    return "".join("…" if isinstance(part, tuple) else part for part in words.parts)


def _is_name(source: str) -> bool:
    return re.fullmatch(r"\s*[\w.\-]+\s*", source) is not None


def rows_by_path(rows: list[Row], root: str):
    """(reference, row) of every row of the sheet survey that makes a node."""
    stack = [root]
    for row in rows:
        kind = row.cells.get("type", row.cells.get("command", ""))
        name = row.cells.get("name", row.cells.get("tag", row.cells.get("value", "")))
        if not kind or kind.startswith("#") or row.cells.get("disabled", "").lower() in YES:
            continue
        if _END.match(kind):
            if len(stack) > 1:
                stack.pop()
            continue
        path = f"{stack[-1]}/{name}"
        yield path, row
        if _BEGIN.match(kind):
            stack.append(path)


def sheet_text(cells: dict[str, str], column: str) -> Text:
    """The words of a column that an XForm has no place for."""
    found = {language_code(head.split("::")[1]): words for head, words in cells.items() if head.startswith(column + "::")}
    plain = cells.get(column) or next(iter(found.values()), "")
    return Text(found.get("zh", plain), found.get("en", plain))


def language_code(name: str) -> str:
    """"中文 (zh)" -> "zh"; a name without a code is looked up, and stands for itself when unknown."""
    match = _CODE.search(name)
    return match[1].lower() if match else _NAMES.get(name.strip().lower(), name.strip())
