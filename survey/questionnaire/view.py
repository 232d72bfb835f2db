"""A page of a form that is filled page by page, as an HTML fragment: its fields, the list of a repeat's entries, or the
answers to be checked before they are sent."""
from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from markupsafe import Markup

from forms.language import LANGUAGES
from forms.questions import Question
from survey.questionnaire import words
from survey.questionnaire.carried import Carried, entry_at, question_at
from survey.questionnaire.fields import field_name, templates
from survey.questionnaire.items import Items
from survey.questionnaire.pages import REVIEW, Page, is_shown
from survey.questionnaire.types import kind_of
from survey.questionnaire.words import script_words

if TYPE_CHECKING:
    from survey.questionnaire.walk import Walk

MOST_SUMMARY = 3


class View:
    """Shows where a walk stands."""

    def __init__(self, walk: Walk):
        self.walk, self.form, self.state, self.pages = walk, walk.form, walk.state, walk.pages
        self.language, self.errors = walk.world.language, walk.errors
        self.items = Items(walk.filling, walk.world)

    def html(self) -> Markup:
        """The fragment for the enclosing <form>: fields, buttons and what travels along."""
        walk = self.walk
        page = self.pages.by_key.get(walk.key) if walk.key != REVIEW else None
        key, reviewed = page.key if page else REVIEW, walk.reviewed or page is None
        number, total = self.pages.progress(page)
        listed = page is not None and page.range is not None
        items = self.items.of(page, self._beside()) if page is not None and not listed else []
        if walk.notice is words.MORE_ASKED:
            _focus_first(items, {field_name(path[:-1], question_at(self.form, path)) for path in walk.asked(page) - walk.shown})
        return Markup(templates.get_template("questionnaire/page.html").render(
            items=items, key=key, state=self._carried(page, reviewed), number=number, total=total, summary=self._summary(page),
            notice=walk.notice and walk.notice.to(self.language), trail=self._trail(page), title=self._title(page),
            page_hint=self._page_hint(page), hub=self._hub(page) if listed else None,
            review=self._review() if page is None else None, reviewed=reviewed,
            has_before=self.pages.before(key) is not None, languages=self._languages(number),
            last_of_entry=page is not None and self._ends_entry(page), t=self._say, script_words=script_words(self.language)))

    def _say(self, name: str, kind: str = "", **values: object) -> str:
        """The words `name`, of a group of words those for `kind`."""
        found = getattr(words, name)
        return self.items.to(found[kind] if kind else found, **values)

    def _carried(self, page: Page | None, reviewed: bool) -> str:
        """Everything but the answers that stand in fields of this page."""
        raw, fields, others = deepcopy(self.walk.raw), [], []
        if page is not None and page.range is None:
            for question, node in self.pages.asked(page):
                if is_shown(question, node):
                    shown_only = kind_of(self.state, question, node) in ("note", "readonly")
                    (others if shown_only else fields).append((*page.path, question.name))
        for path in fields:
            entry_at(raw, path[:-1]).pop(path[-1], None)
        self.walk.keep(self.form.root, self.state.root, raw)
        return Carried(raw, fields, others, self.walk.seed, reviewed, self.walk.chosen,
                       self.walk.world.now.timestamp()).written()

    def _languages(self, number: int) -> list[tuple[str, bool]]:
        """The form's languages, where there are others than the reader can switch to anyway."""
        known = [name for name in self.form.definition.texts.languages if name not in ("", "default")]
        if number > 1 or len(known) < 2 or all(self.form.code_of(name) in LANGUAGES for name in known):
            return []
        return [(name, name == self.state.language) for name in known]

    def _beside(self) -> dict[str, str]:
        return {"q-" + "-".join(map(str, path)): text.to(self.language) for path, text in self.errors.items()}

    def _summary(self, page: Page | None) -> list[tuple[str, str, str]]:
        """(id on this page, key of another page, sentence) of every error."""
        lines = []
        for path, text in self.errors.items():
            question = question_at(self.form, path)
            target = None if page is not None else next(
                (one for one in self.pages.all if path in self.walk.asked(one) or
                 one.range is not None and path == (*one.path, one.section.repeat.name)), None)
            where = self._where(path[:-1])
            node = next((node for one in self.pages.all for asked, node in self.pages.asked(one)
                         if asked is question and node is not None and one.path == path[:-1]), None)
            label = self.items.label(question, node) if node is not None else \
                (question.label.to(self.language) or question.name if question else path[-1])
            lines.append(("q-" + "-".join(map(str, path)) if target is None and page is not None else "", target.key if target else "",
                          self.items.to(words.ERROR_LINE, where=where and where + self.items.to(words.COMMA), label=label,
                                        error=text)))
        return lines

    def _where(self, path: tuple) -> str:
        """The entries on the way to an answer: "Doors 2 · People 1"."""
        steps = []
        for end in range(2, len(path) + 1, 2):
            repeat = question_at(self.form, path[:end - 1])
            steps.append(self._entry_title(repeat, path[end - 1]) if repeat else "")
        return " · ".join(steps)

    def _entry_title(self, repeat: Question, index: int) -> str:
        node = next(iter(self.state.nodes.get(repeat.node, ())), None)
        label = self.items.label(repeat, node) if node is not None and repeat.node.label else repeat.label.to(self.language)
        return f"{label} {index + 1}".strip() if label else self.items.to(words.ENTRY, number=index + 1)

    def _trail(self, page: Page | None) -> str:
        return self._where(page.path) if page is not None else ""

    def _title(self, page: Page | None) -> str:
        if page is None:
            return self.items.to(words.REVIEW if self.pages.all else words.NO_PAGES)
        group = page.section.repeat or page.section.group
        if group.parent is None or page.section.repeat is None and group.type == "repeat":
            return ""
        node = next((one for one in page.scope.below(group.node)), None)
        return self.items.label(group, node) if node is not None else ""

    def _only_group(self, page: Page) -> str:
        """The words of the one group that stands on a page together with notes."""
        group = next((question for question in page.section.questions if question.type == "group"), None)
        node = next(iter(page.scope.below(group.node)), None) if group else None
        return self.items.label(group, node) if node is not None else ""

    def _page_hint(self, page: Page | None) -> str:
        if page is None:
            return ""
        alone = page.section.questions[0] if len(page.section.questions) == 1 else None
        group = page.section.repeat or (alone if alone and alone.type == "group" else None)
        return group.hint.to(self.language) if group else ""

    def _ends_entry(self, page: Page) -> bool:
        after = self.pages.after(page.key)
        return bool(page.home) and after is not None and after.place == page.home

    def _hub(self, page: Page) -> dict:
        repeat = page.section.repeat
        entries = []
        for index, entry in enumerate(page.range.children):
            inside = [one for one in self.pages.all if one.place[:len(page.place) + 1] == (*page.place, index)]
            rows = [answer for one in inside if one.scope is entry for _, answer in self._rows(one)]
            entries.append({"id": f"entry-{index}", "title": self._entry_title(repeat, index), "summary": " · ".join(rows[:MOST_SUMMARY]),
                            "key": inside[0].key if inside else page.key, "remove": f"{page.key}:{index}"})
        path = (*page.path, repeat.name)
        error = self.errors.get(path)
        return {"entries": entries, "key": page.key, "id": "q-" + "-".join(map(str, path)),
                "error": error.to(self.language) if error else ""}

    def _review(self) -> list[dict]:
        """Everything that was answered, page by page."""
        parts = []
        for page in self.pages.all:
            if page.range is not None:
                if not page.range.children:
                    parts.append({"title": self._title(page), "key": page.key, "rows": []})
                continue
            title = " · ".join(filter(None, (self._trail(page), self._title(page) or self._only_group(page)))) or \
                self.items.to(words.PART, number=self.pages.progress(page)[0])
            rows = list(self._rows(page))
            if rows or any(question.type != "note" for question, node in self.pages.asked(page) if is_shown(question, node)):
                again = any(part["title"] == title for part in parts)
                parts.append({"title": self.items.to(words.CONTINUED, title=title) if again else title, "key": page.key, "rows": rows})
        return parts

    def _rows(self, page: Page):
        for question, node in self.pages.asked(page):
            if is_shown(question, node) and question.type != "note" and node.seen:
                yield self.items.label(question, node), self.items.answer_words(question, node)


def _focus_first(items: list, names: set[str]) -> bool:
    for item in items:
        if item.items and item.kind == "group":
            if _focus_first(item.items, names):
                return True
        elif item.id in names and item.kind not in ("note", "readonly"):
            item.autofocus = True
            return True
    return False
