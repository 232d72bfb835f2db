"""A form filled page by page: what a page's post means, and the next page as an HTML fragment.

Nothing is kept on the server between pages: what was answered on the other pages travels in the page itself (`_state`), so
nothing personal is stored before it is sent, nothing typed is lost with a session, and going back always works. What comes
back is read as answers like any others and judged in the end by `forms.answers.validate`.
"""
from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from forms.answers import AnswerError
from forms.filling import LISTS, MOST_ENTRIES, Filling
from forms.form import Form
from forms.handlers import FILES
from forms.language import Text
from forms.model.actions import FIRST_LOAD
from forms.model.evaluation import Context, XPathError
from forms.model.state import EndlessForm, State
from forms.model.tree import Node
from forms.questions import Question
from survey.questionnaire import words
from survey.questionnaire.carried import entry_at, put, read, take, tidy
from survey.questionnaire.pages import REVIEW, Page, Pages, is_shown, place_of
from survey.questionnaire.view import View

# The metadata that the server knows better than what a page brings back.
_OF_THE_SERVER = {"username", "email", "deviceid", "phonenumber"}


@lru_cache(maxsize=64)
def by_pages(form: Form) -> bool:
    """Whether a form is filled page by page; the plain ones stand on one page. There a script shows a question by the answers
    on the page: where that hangs on something worked out, the server or the engine has to do it."""
    return not form.simple or any(form.by_path[condition.path].type == "calculate"
                                  for question in form.root.walk() for condition in question.conditions)


@dataclass(frozen=True)
class World:
    """What a form may ask of its surroundings. `language`: of the reader. `now`: with the campaign's zone. `username`: the
    work number of who fills in, "" for nobody. `shelf`: where the files of this filling lie (survey.held_files), None where
    only their names are known. `media`: the addresses of the form's own pictures and recordings, by file name."""

    language: str
    now: datetime
    username: str = ""
    shelf: object | None = None
    media: Mapping[str, str] = field(default_factory=dict)


class Walk:
    """One filling between two pages. `raw`: every answer so far. `key`: of the page in view. `shown`: paths of what was on
    it. `reviewed`: whether all was once seen at the end. `words`: the form's language, where the reader chose one. `refused`:
    why files were not taken, by path."""

    def __init__(self, form: Form, raw: dict, world: World, *, key: str = "", shown: Iterable = (), seed: int | None = None,
                 reviewed: bool = False, chosen: str = "", given: float = 0):
        self.form, self.raw, self.world = form, tidy(form, deepcopy(raw)), world
        self.key, self.shown, self.reviewed, self.chosen = key, {tuple(path) for path in shown}, reviewed, chosen
        self.given = given
        self.seed = secrets.randbits(31) if seed is None else seed
        self.errors: dict[tuple, Text] = {}
        self.refused: dict[tuple, Text] = {}
        self.notice: Text | None = None
        self._work_out()
        if not key:
            first = self.pages.first()
            self.key = first.key if first else REVIEW

    # What a post brings -----------------------------------------------------------------------------------------------

    @classmethod
    def posted(cls, form: Form, post: Mapping, world: World, refused: Mapping[tuple, Text] | None = None) -> Walk:
        """The walk as a posted page leaves it, its answers taken in. `post`: a MultiDict. `refused`: see above."""
        brought = read(post.get("_state", ""))
        key = post.get("_page", "")
        key = key if key == REVIEW or place_of(key) is not None else ""
        for path in brought.fields:
            take(form, brought.raw, path, post)
        walk = cls(form, brought.raw, world, key=key, shown=[*brought.fields, *brought.others], seed=brought.seed,
                   reviewed=brought.reviewed, chosen=post.get("_words", brought.words)[:100], given=brought.given)
        walk.refused = dict(refused or {})
        return walk

    def step(self, post: Mapping) -> bool:
        """Do what the pressed button says. True when everything is to be sent."""
        what, _, about = post.get("_do", "next").partition(":")
        if what == "send":
            self.key = REVIEW
            return True
        if self.refused and what not in ("next", "review"):
            self.errors = dict(self.refused)  # said before anything else: the page would not come again by itself
            return False
        if what == "go":
            self._to(self.pages.at(about))
        elif what == "back":
            before = self.pages.before(self.key)
            self._to(before or self.pages.first())
        elif what == "add":
            self._add(about)
        elif what == "copy":
            self._copy(about)
        elif what == "remove":
            self._remove(about)
        elif what in ("next", "review"):
            self._forward(what)
        elif self.key != REVIEW:
            self._to(self.pages.at(self.key))
        return False

    def to_send(self) -> dict:
        """The raw answers for `validate`, the account's name as we know it."""
        raw = deepcopy(self.raw)
        for question in self.form.kept["household"]:
            if question.type in _OF_THE_SERVER:
                raw.pop(question.name, None)
            if question.type == "username" and self.world.username:
                raw[question.name] = self.world.username
        return raw

    def moment(self, began: datetime) -> datetime:
        """The moment that now() and today() mean when all is judged: when the page was given out that was sent, so that the
        same page sent twice says the same (INV-1); never before the form was begun, never still to come."""
        now = self.world.now
        seconds = max(began.timestamp(), min(self.given, now.timestamp()))
        return datetime.fromtimestamp(seconds, now.tzinfo)

    def refuse(self, errors: Iterable[AnswerError]) -> None:
        """Show these errors (of the whole form) on the last page."""
        self.key, self.errors = REVIEW, {error.path: error.text for error in errors}

    def _to(self, page: Page | None) -> None:
        self.key = page.key if page else REVIEW

    def _forward(self, what: str) -> None:
        if self.key == REVIEW:
            return
        page = self.pages.by_key.get(self.key)
        if page is not None:
            self.errors = {**dict(self._wrong(page)), **self.refused}
            if self.errors:
                return
            if self.asked(page) - self.shown and page.range is None:
                self.notice = words.MORE_ASKED
                return
        self._to(None if what == "review" else self.pages.after(self.key))

    def _add(self, key: str) -> None:
        page = self.pages.by_key.get(key)
        if page is None or page.range is None or len(page.range.children) >= MOST_ENTRIES:
            return
        index = len(page.range.children)
        put(self.raw, (*page.path, page.section.repeat.name, index), None)
        self._work_out()
        first = next((one for one in self.pages.all if one.place[:len(page.place) + 1] == (*page.place, index)), None)
        self._to(first or page)

    def _copy(self, about: str) -> None:
        """A new entry with what may be alike in the entry `about` names: what is marked as shared, else all but what is
        personal and files."""
        key, _, index = about.partition(":")
        page = self.pages.by_key.get(key)
        entries = entry_at(self.raw, page.path).get(page.section.repeat.name) if page is not None and page.range is not None else None
        if not entries or not (index.isascii() and index.isdigit() and len(index) < 7 and int(index) < len(entries)):
            return
        count, inside = len(entries), list(page.section.repeat.walk())[1:]
        marked = any(question.shared for question in inside)
        alike = {question.name for question in inside
                 if (question.shared if marked else not question.personal and question.type not in FILES)}
        self._add(key)
        made = entry_at(self.raw, page.path)[page.section.repeat.name]
        if len(made) > count:
            made[-1].update({name: value for name, value in deepcopy(entries[int(index)]).items()
                             if name in alike and not (isinstance(value, list) and value and isinstance(value[0], dict))})
            self._work_out()

    def _remove(self, about: str) -> None:
        key, _, index = about.partition(":")
        page = self.pages.by_key.get(key)
        if page is None or page.range is None or not (index.isascii() and index.isdigit() and len(index) < 7):
            return
        entries = entry_at(self.raw, page.path).get(page.section.repeat.name) or []
        if int(index) < len(entries):
            del entries[int(index)]
            self._work_out()
            self.notice = words.ENTRY_REMOVED
        self._to(self.pages.at(key))

    # Working out ------------------------------------------------------------------------------------------------------

    def _work_out(self) -> None:
        context = Context(now=self.world.now, language=self.form_language, seed=self.seed,
                          properties={"username": self.world.username} if self.world.username else {})
        self.filling = Filling(self.form, self.raw, self.world.now, MOST_ENTRIES, context=context, blanks=True)
        try:
            self.filling.begin()
        except (EndlessForm, XPathError):
            # What was filled in stays; the page says so, and sending will be refused.
            self.notice = words.NOT_WORKED_OUT
            self.filling = Filling(self.form, {}, self.world.now, MOST_ENTRIES, context=context, blanks=True)
            self.filling.begin()
        self.state: State = self.filling.state
        self.pages = Pages(self.form, self.filling)

    @property
    def form_language(self) -> str:
        """The form's language to show: the one chosen, else the reader's, else its own default ("")."""
        known = self.form.definition.texts.languages
        if self.chosen in known:
            return self.chosen
        return next((name for name in known if self.form.code_of(name) == self.world.language), "")

    def keep(self, scope: Question, node: Node, raw: dict) -> None:
        """Take along what the form made once: the time of the beginning, random numbers, hidden values. The time of the end
        is when the last page was given out, so that this page sent twice says the same (INV-1)."""
        for question in self.form.kept[scope.part]:
            if question.type == "end":
                raw[question.name] = self.state.context.now_text()
                continue
            found = next((one for one in node.below(question.node) if not one.range), None)
            if found is not None and found.value and question.type not in _OF_THE_SERVER:
                raw.setdefault(question.name, found.value)
        if scope is self.form.root:
            self._keep_defaults(node, raw)
        for repeat in self.form.repeats_in[scope.part]:
            range_ = next((one for one in node.below(repeat.node) if one.range), None)
            entries = raw.get(repeat.name) or []
            for inside, entry in zip(entries, range_.children if range_ is not None else ()):
                self.keep(repeat, entry, inside)

    def _keep_defaults(self, node: Node, raw: dict) -> None:
        """What was worked out when the form was opened (such as the time) is not worked out again on each page."""
        refs = {action.ref for action in self.form.definition.actions_for(FIRST_LOAD)}
        for question, _ in self.form.asked["household"]:
            found = next((one for one in node.below(question.node) if not one.range), None) if question.path in refs else None
            if found is not None and found.value:
                raw.setdefault(question.name, found.value.split() if question.type in LISTS else found.value)

    def html(self) -> Markup:
        """The page in view, for the enclosing <form>."""
        return View(self).html()

    def asked(self, page: Page) -> set[tuple]:
        """The paths of the questions and notes that a page shows now."""
        return {(*page.path, question.name) for question, node in self.pages.asked(page) if is_shown(question, node)}

    def _wrong(self, page: Page):
        """(path, what is wrong) of the answers on one page."""
        if page.range is not None:
            repeat = page.section.repeat
            if repeat.required and not page.range.children:
                yield (*page.path, repeat.name), repeat.required_message or words.NEEDS_ENTRY
            return
        here = [question for question, node in self.pages.asked(page)
                if is_shown(question, node) and (*page.path, question.name) in self.shown]
        wrong = self.filling.wrong_in(page.scope, here)
        for question in here:
            text = wrong.get(question) or self._rank_wrong(question, page)
            if text:
                yield (*page.path, question.name), text

    def _rank_wrong(self, question: Question, page: Page) -> Text | None:
        given = entry_at(self.raw, page.path).get(question.name) if question.type == "rank" else None
        if not isinstance(given, list) or not given:
            return None
        if len(set(given)) < len(given):
            return words.RANK_TWICE
        node = next((node for asked, node in self.pages.asked(page) if asked is question), None)
        return words.RANK_ALL if node is not None and len(given) < len(node.seen.split()) else None
