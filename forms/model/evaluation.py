"""The one place where the form model meets the evaluator of expressions (`forms.xpath`)."""
from __future__ import annotations

import posixpath
import random
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from forms.model.names import Names
from forms.xpath.context import Context as World
from forms.xpath.errors import EvaluationError, XPathError
from forms.xpath.evaluator import Compiled
from forms.xpath.parser import Step

if TYPE_CHECKING:
    from forms.model.state import State

# What is worked out anew when the language changes. As in the reference, a text by ID that was calculated stays.
OF_LANGUAGE = {"jr:choice-name"}
# What gives something else each time; a value that came from a device is kept rather than worked out again.
VOLATILE = {"random", "now", "uuid", "randomize", "once", "property"}


class Ref(NamedTuple):
    """A path that an expression refers to, absolute. `plain`: without predicates, so that inside a repeat it means the same
    instance."""

    path: str
    plain: bool


class Expression:
    """A compiled expression of a form. refs: what it depends on."""

    __slots__ = ("source", "refs", "functions", "uses_language", "compiled")

    def __init__(self, source: str, compiled: Compiled, names: Names):
        self.source, self.compiled = source, compiled
        read = compiled.references
        self.functions = read.functions
        self.uses_language = bool(read.functions & OF_LANGUAGE)
        plain = {names.settled(path) for path in _plain_paths(compiled.tree, compiled.at or "")}
        unplain = {names.settled(path) for path in _other_paths(compiled.tree, compiled.at or "")}
        settled = {names.settled(path) for path in read.paths}
        self.refs = tuple(Ref(path, path in plain and path not in unplain) for path in sorted(settled))

    @property
    def is_volatile(self) -> bool:
        """Whether it gives something else each time."""
        return bool(self.functions & VOLATILE)

    def boolean(self, node, context: Context) -> bool:
        return self.compiled.boolean(node, context.at(node))

    def text(self, node, context: Context) -> str:
        return self.compiled.text(node, context.at(node))

    def answer(self, node, context: Context) -> str:
        """The text to keep as an answer: a number or a date that is none is no answer. (The word NaN is one.)"""
        text = self.text(node, context)
        return "" if text in ("NaN", "Invalid Date") and isinstance(self.compiled.value(node, context.at(node)), float) else text

    def number(self, node, context: Context) -> float:
        return self.compiled.number(node, context.at(node))

    def nodes(self, node, context: Context) -> list:
        return self.compiled.nodes(node, context.at(node))


class Context:
    """The world around one filling. now: the moment, with its zone, that now() and today() mean; it stands still until
    `now` is set anew. language: to begin with, "" for the form's own. properties: deviceID, email, username, phoneNumber.
    place: the position of the device as "latitude longitude altitude accuracy", "" if unknown. seed: for random numbers;
    without one they cannot be foretold."""

    def __init__(self, *, now: datetime, language: str = "", properties: Mapping[str, str] | None = None, place: str = "",
                 seed: int | None = None):
        self.now, self.language, self.place = now, language, place
        self.properties = dict(properties or {})
        self.randomness = random.Random(seed) if seed is not None else random.SystemRandom()
        self.node = None
        self.state: State | None = None

    def attach(self, state: State) -> None:
        """Take up the filling that this context serves: before its tree stands, so that the tree is asked for later."""
        self.state = state
        self.world = World(self.now, itext=self._itext, choice_name=self._choice_name, randomness=self.randomness,
                           instances=state.form.instances, version=state.form.version, properties=self.properties,
                           tables=state.form.tables)

    def at(self, node) -> World:
        self.node = node
        if self.world.top is None:
            self.world.top = self.state.root.element
        return self.world

    def _itext(self, identity: str) -> str:
        return self.state.itext(identity, self.node)

    def _choice_name(self, value: str, path: str, node) -> str:
        return self.state.choice_name(value, path, node)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.randomness.getrandbits(128), version=4))

    def now_text(self) -> str:
        return self.now.isoformat(timespec="milliseconds")

    def today_text(self) -> str:
        return self.now.date().isoformat()

    def position(self) -> str:
        return self.place


class Evaluator:
    """Compiles the expressions of one form, each once. `repeats`: the references of its repeats."""

    def __init__(self, names: Names, repeats: frozenset[str] = frozenset()):
        self.names, self.repeats, self._known = names, repeats, {}

    def compile(self, source: str, base: str, wanted: str = "boolean") -> Expression:
        """The expression for the node at `base`. Raises ValueError with what is wrong with it."""
        found = self._known.get((source, base))
        if found is None:
            compiled = Compiled(source, self.names.uris, base, self.repeats)
            if compiled.problems:
                raise XPathError("; ".join(compiled.problems))
            found = self._known[source, base] = Expression(source, compiled, self.names)
        return found

    def base_of(self, nodeset: str, base: str) -> str:
        """The reference of the nodes that a nodeset finds in the instance; "" for those of another instance."""
        try:
            tree = Compiled(nodeset, self.names.uris, base).tree
        except XPathError:
            return ""
        while tree[0] == "call" and tree[1] == "randomize" and tree[2]:
            tree = tree[2][0]
        if tree[0] != "path":
            return ""
        found = _resolved(tree[1], tree[2], base)
        return self.names.settled(found) if found else ""


def _parts(tree) -> Iterator:
    """Every part of a tree that is itself an expression, predicates apart."""
    if isinstance(tree, tuple) and not isinstance(tree, Step):
        yield tree
        for part in tree[1:]:
            yield from _parts(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _parts(part)


def _plain_paths(tree, base: str) -> Iterator[str]:
    for part in _parts(tree):
        if part and part[0] == "path" and not any(step.predicates for step in part[2]):
            found = _resolved(part[1], part[2], base)
            if found:
                yield found


def _other_paths(tree, base: str) -> Iterator[str]:
    """Paths with predicates, and those that indexed-repeat() reads in other instances."""
    for part in _parts(tree):
        if part and part[0] == "path" and any(step.predicates for step in part[2]):
            found = _resolved(part[1], part[2], base)
            if found:
                yield found
        elif part and part[0] == "call" and part[1] == "indexed-repeat":
            yield from _plain_paths(part[2], base)


def _resolved(start, steps: list[Step], base: str) -> str:
    """The reference that a path leads to, "" where only running it tells."""
    if start == "/":
        here = ""
    elif start is None or start == ("call", "current", []):
        here = base
    else:
        return ""
    for step in steps:
        kind, name = step.test
        if step.axis == "parent":
            here = posixpath.dirname(here)
        elif step.axis == "child" and kind != "()":
            here = f"{here}/{name if kind is None else f'{kind}:{name}'}"
        elif step.axis != "self":
            return ""
    return here


__all__ = ["Context", "EvaluationError", "Evaluator", "Expression", "Ref", "XPathError"]
