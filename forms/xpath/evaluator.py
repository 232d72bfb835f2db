"""Expressions compiled and worked out."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from forms.functions import FORMS, FUNCTIONS
from forms.xpath.compiling import Compiler
from forms.xpath.context import Context, Frame
from forms.xpath.errors import EvaluationError, XPathError
from forms.xpath.nodes import Node
from forms.xpath.parser import parse
from forms.xpath.references import CURRENT, References, contextualised, references

JR = "http://openrosa.org/javarosa"
TOO_DEEP = "the expression has too many parts"


class Compiled:
    """An expression ready to be worked out: immutable, safe to share between threads (a Context is not).

    `problems`: what can never work when it is reached, such as an unknown function; a form with any is refused.
    """

    def __init__(self, source: str, namespaces: Mapping[str | None, str] | None = None, at: str | None = None,
                 repeats: frozenset[str] = frozenset()):
        self.source, self.at = source, at
        compiler = Compiler({"jr": JR} | dict(namespaces or {}), FUNCTIONS, FORMS)
        try:
            self.tree = parse(source)
            code = compiler.code(contextualised(self.tree, at, repeats) if at and repeats else self.tree)
        except RecursionError:
            raise XPathError(TOO_DEEP) from None
        self.problems = tuple(dict.fromkeys(compiler.problems))
        self._value = code.run
        self._text, self._number = compiler.as_text(code), compiler.as_number(code)
        self._boolean, self._nodes = compiler.as_boolean(code), compiler.as_nodes(code, "this")

    def value(self, node: Node | None, context: Context) -> str | float | bool | list:
        """The value of whatever kind it is. Raises EvaluationError, as all of these do."""
        return self._run(self._value, node, context)

    def text(self, node: Node | None, context: Context) -> str:
        return self._run(self._text, node, context)

    def number(self, node: Node | None, context: Context) -> float:
        return float(self._run(self._number, node, context))

    def boolean(self, node: Node | None, context: Context) -> bool:
        return self._run(self._boolean, node, context)

    def nodes(self, node: Node | None, context: Context) -> list[Node]:
        return self._run(self._nodes, node, context)

    def _run(self, run: Callable, node: Node | None, context: Context):
        context.left, context.deadline = context.work, None
        try:
            return run(Frame(node, context, node))
        except RecursionError:
            raise EvaluationError(TOO_DEEP) from None

    @cached_property
    def references(self) -> References:
        """What this expression reads, seen from `at` (or from `current()` where that is not given)."""
        return references(self.tree, self.at or CURRENT)


def compile(source: str, *, namespaces: Mapping[str | None, str] | None = None, at: str | None = None,
            repeats: frozenset[str] = frozenset()) -> Compiled:
    """Compile an expression. Raises XPathError for what is none; see `problems` for what cannot work.

    namespaces: URIs by prefix; None is that of names without a prefix ("*": any). at: the absolute path of the node
    that it will be worked out for. repeats: absolute paths of repeats; an absolute path into a repeat that `at` is
    in then means the same instance of it, as in ODK Collect.
    """
    return Compiled(source, namespaces, at, repeats)


def evaluate(compiled: Compiled, context: Context, node: Node | None = None) -> str | float | bool | list:
    """The value of a compiled expression at `node`: a text, a number (dates are Moments), a truth or a list of nodes."""
    return compiled.value(node, context)


__all__ = ["Compiled", "Context", "EvaluationError", "XPathError", "compile", "evaluate"]
