"""The pages of a form that is filled page by page: which questions stand together, and which page follows which.

A form is cut into sections once: a group is a section if it is short, else its parts are; loose questions stand together
in small lots; a repeat has a list of its entries, and each entry the sections of what is inside. Which of them are pages
depends on the answers: a section of which nothing is asked now is none.

The key of a page is the place of its section: "3", or "4.0.2" for section 2 of entry 0 of the repeat at 4.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from forms.filling import Filling
from forms.form import Form
from forms.handlers import SILENT
from forms.model import showing
from forms.model.tree import Node
from forms.questions import Question

MOST_IN_GROUP = 15
MOST_IN_PARTS = 8  # of a group that its author has cut into groups
MOST_LOOSE = 6
REVIEW = "review"


@dataclass(eq=False)
class Section:
    """Questions that stand together, or a repeat with the sections of an entry. `group`: the innermost group around."""

    questions: list[Question] = field(default_factory=list)
    group: Question | None = None
    repeat: Question | None = None
    inside: list[Section] = field(default_factory=list)


@dataclass(eq=False)
class Page:
    """One page. `place`: section and entry numbers from the outside in. `scope`: the form's root or the entry that it is
    about; `path`: the same as keys and indexes of answers. `home`: the place of the list that its entry belongs to, () for
    none. `range`: the entries, for the list of a repeat."""

    section: Section
    place: tuple[int, ...]
    scope: Node
    path: tuple
    home: tuple[int, ...] = ()
    range: Node | None = None

    @property
    def key(self) -> str:
        return ".".join(map(str, self.place))


@lru_cache(maxsize=64)
def sections(form: Form) -> list[Section]:
    """The sections of a form, in its order."""
    one_by_one = "pages" in form.definition.body_class.split()
    return _sections(form.root, form.root, 1 if one_by_one else MOST_LOOSE)


def _sections(scope: Question, group: Question, most: int) -> list[Section]:
    found: list[Section] = []
    loose: list[Question] = []

    def close(alone: bool = True) -> list[Question]:
        """End a lot of loose questions; notes by themselves stay, to stand before what follows on the same page."""
        kept = [] if alone or most == 1 or any(question.type != "note" for question in loose) else list(loose)
        if loose and not kept:
            found.append(Section(list(loose), group))
        loose.clear()
        return kept

    for child in scope.children:
        if child.type == "repeat":
            close()
            found.append(Section(group=group, repeat=child, inside=_sections(child, child, most)))
        elif child.type == "group":
            if not on_page(child):
                found += _sections(child, child, most) if _repeats(child) else []
                continue
            if stands_alone(child):
                before = close(alone=False)
                found.append(Section([*before, child], group if before else child))
            else:
                close()
                found += _sections(child, child, most)
        elif child.type not in SILENT or child.type == "note":
            loose.append(child)
            if sum(question.type != "note" for question in loose) >= most:
                close()
    close()
    return found


def on_page(group: Question) -> list[Question]:
    """The questions and notes of a group that a person sees, those of repeats left out."""
    return [question for question in _leaves(group) if question.type not in SILENT or question.type == "note"]


def stands_alone(group: Question) -> bool:
    """Whether a whole group is one page."""
    parts = [child for child in group.children if child.type == "group" and on_page(child)]
    most = MOST_IN_PARTS if len(parts) > 1 else MOST_IN_GROUP
    return not _repeats(group) and ("field-list" in group.appearance or len(on_page(group)) <= most)


def _leaves(scope: Question):
    for child in scope.children:
        if child.type == "group":
            yield from _leaves(child)
        elif child.type != "repeat":
            yield child


def _repeats(group: Question) -> bool:
    return any(question.type == "repeat" for question in group.walk())


def node_of(question: Question, scope: Node) -> Node | None:
    """The node of a question in one entry (or in the form)."""
    return next((found for found in scope.below(question.node) if not found.range), None)


def is_shown(question: Question, node: Node | None) -> bool:
    """Whether a person sees this question now; a note or question that has neither words nor a field is not there."""
    return node is not None and node.relevant and bool(question.node.control)


class Pages:
    """The pages of one filling as it stands. `all`: in order, without the last one (the review)."""

    def __init__(self, form: Form, filling: Filling):
        self.form, self.state = form, filling.state
        self.all: list[Page] = []
        self._grow(sections(form), (), self.state.root, (), ())
        self.by_key = {page.key: page for page in self.all}

    def _grow(self, inside: list[Section], place: tuple, scope: Node, path: tuple, home: tuple) -> None:
        for number, section in enumerate(inside):
            here = (*place, number)
            if section.repeat is None:
                page = Page(section, here, scope, path, home)
                if any(is_shown(question, node) for question, node in self.asked(page)):
                    self.all.append(page)
            else:
                self._grow_repeat(section, here, scope, path, home)

    def _grow_repeat(self, section: Section, place: tuple, scope: Node, path: tuple, home: tuple) -> None:
        range_ = next((found for found in scope.below(section.repeat.node) if found.range), None)
        if range_ is None or not range_.parent.relevant:
            return
        may_change = self.state.repeats.may_change(range_)
        if may_change:
            if not showing.range_relevant(self.state, range_):
                return
            self.all.append(Page(section, place, scope, path, home, range_))
        for index, entry in enumerate(range_.children):
            if entry.relevant:
                self._grow(section.inside, (*place, index), entry, (*path, section.repeat.name, index),
                           place if may_change else home)

    def asked(self, page: Page):
        """(question, node) of everything on a page, whether it is asked now or not."""
        for question in page.section.questions:
            for leaf in _leaves(question) if question.type == "group" else (question,):
                yield leaf, node_of(leaf, page.scope)

    # From page to page ------------------------------------------------------------------------------------------------

    def at(self, key: str) -> Page | None:
        """The page with this key; if it is no longer there, the one that stands where it was. None for the review."""
        if key in self.by_key:
            return self.by_key[key]
        place = place_of(key)
        if place is None:
            return None
        return next((page for page in self.all if page.place >= place), None)

    def first(self) -> Page | None:
        return self.all[0] if self.all else None

    def after(self, key: str, home: tuple | None = None) -> Page | None:
        """The next page; after the last of an entry its list; None for the review."""
        place = place_of(key)
        if place is None:
            return None
        home = self._home(key, place) if home is None else home
        entry = place[:len(home) + 1] if home else ()
        below = place if key in self.by_key and self.by_key[key].range is not None else None
        for page in self.all:
            if page.place > place and page.home == home and page.place[:len(entry)] == entry and \
                    (below is None or page.place[:len(below)] != below):
                return page
        return self.by_key.get(".".join(map(str, home))) if home else None

    def before(self, key: str) -> Page | None:
        """The page before; of the first page of an entry its list; None on the first page."""
        place = place_of(key)
        if place is None:
            tops = [page for page in self.all if not page.home]
            return tops[-1] if tops else None
        home = self._home(key, place)
        entry = place[:len(home) + 1] if home else ()
        found = [page for page in self.all if page.place < place and page.home == home and page.place[:len(entry)] == entry]
        if found:
            return found[-1]
        return self.by_key.get(".".join(map(str, home))) if home else None

    def _home(self, key: str, place: tuple) -> tuple:
        if key in self.by_key:
            return self.by_key[key].home
        lists = [page.place for page in self.all if page.range is not None and page.place == place[:len(page.place)]
                 and len(place) > len(page.place)]
        return max(lists, key=len, default=())

    def progress(self, page: Page | None) -> tuple[int, int]:
        """(number, of how many): among the pages outside the entries of lists, the review included."""
        tops = [one for one in self.all if not one.home]
        number = len(tops) + 1 if page is None else sum(one.place <= page.place for one in tops)
        return max(number, 1), len(tops) + 1


def place_of(key: str) -> tuple[int, ...] | None:
    """The numbers of a key, None for what is no key of a page (the review among them)."""
    parts = key.split(".")
    if len(parts) > 20 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return None
    return tuple(map(int, parts))
