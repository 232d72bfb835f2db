"""What an expression reads: the questions, functions and instances named in it, found without running it."""
from __future__ import annotations

from typing import NamedTuple

from forms.xpath.errors import XPathError
from forms.xpath.parser import ANY_NODE, Step, parse

CURRENT = "."


class References(NamedTuple):
    """`paths`: absolute, `*` for any name, `//` for any depth, `@name` for an attribute. `functions`: names called.
    `instances`: IDs of secondary instances read (of `instance('id')` and `pulldata('id', …)`)."""

    paths: frozenset[str]
    functions: frozenset[str]
    instances: frozenset[str]


def references(tree: tuple, base: str) -> References:
    """What `tree` reads when it is worked out for the node at the absolute path `base`."""
    finder = _Finder(base)
    finder.look(tree, base)
    return References(frozenset(finder.paths), frozenset(finder.functions), frozenset(finder.instances))


class _Finder:
    def __init__(self, current: str):
        self.current = current
        self.paths: set[str] = set()
        self.functions: set[str] = set()
        self.instances: set[str] = set()

    def look(self, tree, base: str | None) -> None:
        """Note what a part reads. `base`: the path of its context node, None for one in another instance."""
        match tree:
            case ("path", start, steps):
                self.path(start, steps, base)
            case ("call", name, arguments):
                self.call(name, arguments, base)
            case ("or" | "and" | "union", parts):
                for part in parts:
                    self.look(part, base)
            case ("cmp", _, left, right):
                self.look(left, base)
                self.look(right, base)
            case ("sum", first, more):
                self.look(first, base)
                for _, operand in more:
                    self.look(operand, base)
            case ("neg", operand):
                self.look(operand, base)

    def call(self, name: str, arguments: list[tuple], base: str | None) -> None:
        self.functions.add(name)
        if name in ("instance", "pulldata") and arguments and arguments[0][0] == "str":
            self.instances.add(arguments[0][1])
        if name == "jr:choice-name" and len(arguments) == 2 and arguments[1][0] == "str":
            try:
                self.look(parse(arguments[1][1]), self.current)
            except XPathError:
                pass  # said when it is worked out
        for argument in arguments:
            self.look(argument, base)

    def path(self, start, steps: list[Step], base: str | None) -> None:
        here = self.beginning(start, base)
        for step in steps:
            here = _stepped(here, step) if here is not None else None
            for predicate in step.predicates:
                self.look(predicate, here)
        if here is not None:
            self.paths.add(here or "/")

    def beginning(self, start, base: str | None) -> str | None:
        if start is None:
            return base
        if start == "/":
            return ""
        if start == ("call", "current", []):
            self.functions.add("current")
            return self.current
        self.look(start, base)
        return None


def _stepped(here: str, step: Step) -> str | None:
    """The path that a step leads to from `here`; None when that cannot be said."""
    kind, name = step.test
    if kind not in (None, "()"):
        name = f"{kind}:{name}"
    above = here.rpartition("/")[0]
    match step.axis:
        case "self":
            return here
        case "parent":
            return above
        case "child" if kind == "()" and name == "text":
            return here
        case "child":
            return f"{here}/{'*' if kind == '()' else name}"
        case "descendant" | "descendant-or-self":
            return here if kind == "()" and here.endswith("/") else f"{here}/{'' if kind == '()' else '/' + name}"
        case "attribute":
            return f"{here}/@{name}"
        case "following-sibling" | "preceding-sibling":
            return f"{above}/{'*' if kind == '()' else name}"
        case "ancestor" | "ancestor-or-self":
            names = here.split("/")
            while names and names[-1] != name:
                names.pop()
            return "/".join(names) or None
    return None


def contextualised(tree: tuple, at: str, repeats: frozenset[str]) -> tuple:
    """The tree with absolute paths into a repeat that `at` lies in made relative to the same instance of it.

    The paths given to indexed-repeat() stay: they name all instances.
    """
    match tree:
        case ("path", "/", steps):
            found = _own_instance(steps, at, repeats)
            inside = [step._replace(predicates=tuple(contextualised(p, at, repeats) for p in step.predicates))
                      for step in steps]
            if not found:
                return ("path", "/", inside)
            ups, skip = found
            return ("path", ("call", "current", []), [Step("parent", ANY_NODE)] * ups + inside[skip:])
        case ("path", start, steps):
            inside = [step._replace(predicates=tuple(contextualised(p, at, repeats) for p in step.predicates))
                      for step in steps]
            return ("path", contextualised(start, at, repeats) if isinstance(start, tuple) else start, inside)
        case ("call", "indexed-repeat", _):
            return tree
        case ("call", name, arguments):
            return ("call", name, [contextualised(argument, at, repeats) for argument in arguments])
        case ("or" | "and" | "union" as kind, parts):
            return (kind, [contextualised(part, at, repeats) for part in parts])
        case ("cmp", sign, left, right):
            return ("cmp", sign, contextualised(left, at, repeats), contextualised(right, at, repeats))
        case ("sum", first, more):
            return ("sum", contextualised(first, at, repeats),
                    [(sign, contextualised(operand, at, repeats)) for sign, operand in more])
        case ("neg", operand):
            return ("neg", contextualised(operand, at, repeats))
    return tree


def _own_instance(steps: list[Step], at: str, repeats: frozenset[str]) -> tuple[int, int] | None:
    """(levels up from `at`, steps that this stands for) for the innermost repeat that both lie in."""
    names = at.strip("/").split("/")
    shared = 0
    for depth, (name, step) in enumerate(zip(names, steps[:-1]), 1):
        if step.axis != "child" or step.test[1] != name or step.predicates:
            break
        if "/" + "/".join(names[:depth]) in repeats:
            shared = depth
    return (len(names) - shared, shared) if shared else None
