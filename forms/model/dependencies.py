"""What has to be worked out again when a node changes, and what depends on itself.

An edge leads from a node to (node, kind): `kind` is the property of the second that refers to the first.
`shared` is the repeat around both when the reference is relative and stays inside one instance of it: then only that
instance is worked out again. EAGER kinds change what other nodes see; the rest is worked out when asked for.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from forms.model.definition import Definition, NodeDef
from forms.model.texts import Label

EAGER = ("count", "relevant", "calculate", "choices")


class Edge(NamedTuple):
    target: NodeDef
    kind: str
    shared: NodeDef | None


def connect(form: Definition) -> None:
    """Fill in `form.dependents`, rank the nodes for working out, and note the cycles."""
    words_of_choices = _choice_words(form)
    for node in form.nodes.values():
        for kind, refs in _references(form, node, words_of_choices):
            for ref in refs:
                targets = list(_targets(form, ref.path))
                # A child of a question is a word without quotes rather than a reference, and finds nothing.
                if not targets and kind != "choices" and not ref.path.startswith(node.ref + "/") and _is_strange(ref.path):
                    form.strangers.append((node.ref, kind, ref.path))
                for found in targets:
                    shared = _shared(node, found) if ref.plain else None
                    form.dependents.setdefault(found, {})[Edge(node, kind, shared)] = None
    _rank(form)
    form.cycles = list(_cycles(form))


def _is_strange(path: str) -> bool:
    """Whether a path that leads to no node should have led to one. Attributes and wildcards may find nothing."""
    return path.startswith("/") and not any(mark in path for mark in ("*", "//", "@")) and path != "/"


def _references(form: Definition, node: NodeDef, words_of_choices: list) -> Iterator[tuple[str, list]]:
    for kind in ("relevant", "calculate", "count", "required", "readonly", "constraint"):
        compiled = getattr(node, kind)
        if compiled is not None:
            yield kind, compiled.refs
    for kind in ("label", "hint", "required_message", "constraint_message"):
        refs = list(label_references(form, node, getattr(node, kind)))
        if refs:
            yield kind, refs
    if node.choices:
        yield "choices", _choice_references(form, node, words_of_choices)


def label_references(form: Definition, node: NodeDef, label: Label | None) -> Iterator:
    """The references inside a label's outputs, in every language."""
    if label is None:
        return
    sources = [label.source] if label.source else []
    if label.literal:
        sources += label.literal.outputs
    for words in form.texts.all(label.identity) if label.identity else ():
        sources += words.outputs
    for source in sources:
        compiled = form.compile(source, node.ref, "label", "string")
        if compiled is not None:
            yield from compiled.refs


def _choice_words(form: Definition) -> list[str]:
    """The expressions inside texts that a list of choices may show."""
    used = {label.identity for node in form.nodes.values()
            for label in (node.label, node.hint, node.required_message, node.constraint_message) if label and label.identity}
    return [source for identity, sources in form.texts.outputs.items() if identity not in used for source in sources]


def _choice_references(form: Definition, node: NodeDef, words_of_choices: list[str]) -> list:
    refs: list = []
    choices = node.choices
    for compiled in (choices.nodeset, choices.value, choices.label):
        if compiled is not None:
            refs += compiled.refs
    for argument in choices.search.arguments if choices.search else ():
        refs += argument.refs
    for _, label in choices.items:
        refs += label_references(form, node, label)
    for source in words_of_choices:
        refs += label_references(form, node, Label(source=source))
    return refs


def _targets(form: Definition, path: str) -> Iterator[NodeDef]:
    """The nodes that a reference may mean: * stands for any name, // for any depth."""
    found = form.nodes.get(path)
    if found is not None:
        yield found
    elif "*" in path or "//" in path:
        pattern = re.compile("".join("(/[^/]+)*/" if part == "//" else "[^/]+" if part == "*" else re.escape(part)
                                     for part in re.split(r"(//|\*)", path)) + "$")
        yield from (node for ref, node in form.nodes.items() if pattern.match(ref))


def _shared(node: NodeDef, found: NodeDef) -> NodeDef | None:
    """The innermost repeat around both nodes: a plain reference does not leave its instance."""
    around = [repeat for repeat in node.repeats() if repeat in found.chain]
    return around[-1] if around and around[-1] is not found else None


def _rank(form: Definition) -> None:
    """Give each node its place in the working-out: after what it refers to, else in the order of the form."""
    before: dict[NodeDef, list[NodeDef]] = {node: [node.parent] if node.parent else [] for node in form.nodes.values()}
    for source, edges in form.dependents.items():
        for edge in edges:
            if edge.kind in EAGER and edge.target is not source and edge.target not in source.chain:
                before[edge.target].append(source)
    rank, done = 0, {}
    for start in form.nodes.values():
        stack = [(start, iter(before[start]))]
        while stack:
            node, rest = stack[-1]
            if node in done and done[node] is not None:
                stack.pop()
                continue
            done.setdefault(node, None)
            following = next((other for other in rest if other not in done), None)
            if following is None:
                rank += 1
                done[node] = node.rank = rank
                stack.pop()
            else:
                stack.append((following, iter(before[following])))


def _cycles(form: Definition) -> Iterator[list[NodeDef]]:
    """The nodes whose relevance and calculations depend on themselves, each cycle once; one inside another instance of
    the same repeat (a path with a predicate) is none."""
    graph: dict[NodeDef, set[NodeDef]] = {}
    for source, edges in form.dependents.items():
        for edge in edges:
            compiled = getattr(edge.target, edge.kind, None) if edge.kind in ("relevant", "calculate") else None
            plain = compiled is not None and any(ref.plain and ref.path == source.ref for ref in compiled.refs)
            if plain and source.is_leaf:
                for below in edge.target.walk() if edge.kind == "relevant" else [edge.target]:
                    if below.is_leaf:
                        graph.setdefault(below, set()).add(source)
    while True:
        try:
            list(TopologicalSorter(graph).static_order())
            return
        except CycleError as error:
            cycle = error.args[1]
            yield cycle[:-1]
            for node in cycle:
                for other in cycle:
                    graph.get(node, set()).discard(other)
