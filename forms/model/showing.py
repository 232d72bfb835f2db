"""What a filling shows of each node: whether it is asked, what it says, what is offered and what is wrong."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.model.choices import Choice
from forms.model.searching import is_fixed
from forms.model.texts import Label, Words
from forms.model.tree import Node

if TYPE_CHECKING:
    from forms.model.state import State



def visible(state: State, node: Node) -> str:
    """What expressions see: nothing of a node that is not relevant, and no choice that is not offered."""
    if not node.relevant:
        return ""
    choices = node.d.choices
    if not node.value or choices is None:
        return node.value
    offered = dict.fromkeys(choice.value for choice in offered_choices(state, node))
    if node.d.control == "select1":
        return node.value if node.value in offered else ""
    chosen = node.value.split()
    if node.d.control == "rank":
        # Whatever was not there to be ranked comes last.
        return " ".join([code for code in chosen if code in offered] + [code for code in offered if code not in chosen])
    return " ".join(code for code in chosen if code in offered)


def offered_choices(state: State, node: Node) -> list[Choice]:
    """The choices of a select or rank as offered now, in their order."""
    known = node.cache.get("choices")
    if known is None:
        known = node.cache["choices"] = list(_choices(state, node))
    return known


def places(state: State, node: Node) -> Callable[[str], int]:
    """Where a code stands among the choices offered now; what is not offered comes last."""
    order = {choice.value: place for place, choice in reversed(list(enumerate(offered_choices(state, node))))}
    return lambda code: order.get(code, len(order))


def _choices(state: State, node: Node):
    choices, context, place = node.d.choices, state.context, node.element
    for value, label in choices.items:
        if choices.search is not None and not is_fixed(value):
            yield from (Choice(*found) for found in choices.search.found(value, said(state, node, label) or "", place, context))
            continue
        yield Choice(value, said(state, node, label) or "", label.identity if label is not None else "")
    if choices.nodeset is None:
        return
    for item in choices.nodeset.nodes(place, context):
        value = choices.value.text(item, context) if choices.value is not None else item.text or ""
        words = identity = choices.label.text(item, context) if choices.label is not None else ""
        if choices.label_is_identity:
            found = state.form.texts.find(words, state.language)
            words = worded(state, node, found) if found else ""
        yield Choice(value, words, identity if choices.label_is_identity else "")


def said(state: State, node: Node, label: Label | None) -> str | None:
    """A label in the current language, with the answers that it repeats."""
    if label is None:
        return None
    if label.literal is not None:
        return worded(state, node, label.literal)
    if label.identity:
        found = state.form.texts.find(label.identity, state.language)
        return worded(state, node, found) if found else None
    return _text(state, node, label.source)


def worded(state: State, node: Node, words: Words) -> str:
    """Words with the answers in them."""
    return words.said(lambda source: _text(state, node, source))


def _text(state: State, node: Node, source: str) -> str:
    form = state.form
    compiled = form.compile(source, node.d.ref, "label", "string")
    # A number that is none, such as the double of an answer that is not there yet, is nothing to read.
    return state.repeats.at(node, lambda place: compiled.answer(place, state.context)) if compiled else ""


def readonly(state: State, node: Node) -> bool:
    """Whether a node or one above it is read only."""
    while node is not None:
        if node.d.readonly is not None:
            known = node.cache.get("readonly")
            if known is None:
                known = node.cache["readonly"] = state.repeats.at(
                    node, lambda place, d=node.d: d.readonly.boolean(place, state.context))
            if known:
                return True
        node = node.parent
    return False


def required(state: State, node: Node) -> bool:
    """Whether the node has to be answered now."""
    if node.d.required is None:
        return False
    known = node.cache.get("required")
    if known is None:
        known = node.cache["required"] = state.repeats.at(node, lambda place: node.d.required.boolean(place, state.context))
    return known


def fits(state: State, node: Node) -> bool:
    """Whether the constraint holds for the value; an empty one always fits."""
    if node.d.constraint is None or not node.seen:
        return True
    known = node.cache.get("constraint")
    if known is None:
        known = node.cache["constraint"] = state.repeats.at(
            node, lambda place: node.d.constraint.boolean(place, state.context))
    return known


def violation(state: State, node: Node) -> str:
    """"required", "constraint" or "" for nothing wrong."""
    if not node.relevant or not node.leaf:
        return ""
    if not node.seen:
        return "required" if required(state, node) else ""
    return "" if fits(state, node) else "constraint"


def message(state: State, node: Node, kind: str) -> str | None:
    """The form's own words for a violation."""
    return said(state, node, node.d.required_message if kind == "required" else node.d.constraint_message)


def cached_words(state: State, node: Node, kind: str) -> str | None:
    """The words of a `kind` of label or hint as they are now, None for none; kept until something that they name changes."""
    if getattr(node.d, kind) is None:
        return None
    if kind not in node.cache:
        node.cache[kind] = said(state, node, getattr(node.d, kind))
    return node.cache[kind]


def range_relevant(state: State, node: Node) -> bool:
    """A range of repeat instances is relevant when what is around it is, and its condition holds (for one of them)."""
    if node.parent is not None and not node.parent.relevant:
        return False
    return node.d.relevant is None or state.repeats.at(node, lambda place: node.d.relevant.boolean(place, state.context))


def kind_of(node: Node) -> str:
    """The kind of node as the reference engines name it."""
    d = node.d
    if node.range:
        return "repeat-range:controlled" if d.count is not None or d.fixed else "repeat-range:uncontrolled"
    if d.kind == "repeat":
        return "repeat-instance"
    if not d.is_leaf:
        return d.kind
    if d.control == "input" and d.readonly is not None and d.readonly.source.strip() == "true()" and d.calculate is None \
            and d.label is not None and d.type == "string":
        return "note"
    return {"": "model-value", "select1": "select", "secret": "input"}.get(d.control, d.control)


def node_state(state: State, node: Node) -> dict:
    """type, relevant; and where there is something to say: value, required, readonly, label, hint, violation
    ({"condition", "message"}), options ([[code, words], …])."""
    shown: dict = {"type": kind_of(node)}
    shown["relevant"] = range_relevant(state, node) if node.range else node.relevant
    if node.leaf:
        shown["valueType"] = node.d.type
        shown["value"] = node.seen
    if not node.range:
        if required(state, node):
            shown["required"] = True
        if readonly(state, node):
            shown["readonly"] = True
    for kind in ("label", "hint"):
        words = cached_words(state, node, kind)
        if words is not None:
            shown[kind] = words
    if node.leaf:
        wrong = violation(state, node)
        if wrong:
            shown["violation"] = {"condition": wrong, "message": message(state, node, wrong)}
        if node.d.choices is not None:
            shown["options"] = [list(choice[:2]) for choice in offered_choices(state, node)]
    return shown


def whole(state: State) -> dict[str, dict]:
    """`node_state` of every node, by reference; a range of repeat instances has #range after its reference."""
    found: dict[str, dict] = {}
    _whole(state, state.root, state.root.d.ref, found)
    return found


def _whole(state: State, node: Node, ref: str, found: dict) -> None:
    found[ref + "#range" if node.range else ref] = node_state(state, node)
    for number, child in enumerate(node.children, 1):
        if child.d.kind != "attribute":
            _whole(state, child, f"{ref}[{number}]" if node.range else f"{ref}/{child.d.ref.rsplit('/', 1)[1]}", found)
