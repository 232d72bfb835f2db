"""One filling of a form: what is asked, required, offered, calculated and wrong, after each answer.

    state = State(definition, context)            a new, empty instance
    state = State(definition, context, xml=…)     an instance that was kept or sent before
    state.set("/data/person[1]/name", "王小明")
    state.add_repeat("/data/person")
    state.state()                                 every node as the person filling sees it
    state.serialise()                             the submission

Reference: the ODK XForms specification and the behaviour of getodk/web-forms' engine, which follows JavaRosa.
A node that is not relevant looks empty to every expression and is left out of the submission, but keeps its answer in
case it becomes relevant again. So does an answer whose choice is no longer offered.
"""
from __future__ import annotations

import heapq
from collections.abc import Iterator

from lxml import etree

from forms.model import actions, loading, showing, writing
from forms.model.definition import Definition, NodeDef
from forms.model.dependencies import EAGER
from forms.model.evaluation import Context, EvaluationError
from forms.model.repeats import Repeats
from forms.model.tree import Node
from forms.model.values import canonical, geopoint, has_zone

MOST_ROUNDS = 60
# What is done when everything else has been worked out.
LATER = {"created": 1 << 29, "triggers": 1 << 30}
# For one node in this order.
KINDS = ("relevant", "choices", "count", "calculate", "created", "triggers")


class EndlessForm(Exception):
    """Calculations that change each other for ever."""


class State:
    """See the module. Not safe for use by two threads at once."""

    def __init__(self, form: Definition, context: Context, xml: bytes | etree._Element | None = None, *,
                 edit: bool = False, answered: bool = False):
        """Begin a filling. xml: an instance to go on with; `edit`: it was sent before, so that the new one gets an ID of its
        own and names the old one. Raises writing.WrongInstance for an instance of another form, EndlessForm."""
        self.form, self.context = form, context
        self.language = context.language or form.texts.default
        self.nodes: dict[NodeDef, list[Node]] = {}
        self.by_element: dict[etree._Element, Node] = {}
        self._pending: dict[tuple[int, int, int], tuple[NodeDef, set | None]] = {}
        self._heap: list[tuple[int, int, int]] = []
        self._rounds: dict[tuple[Node, str], int] = {}
        self._quiet = True
        self.repeats = Repeats(self, fresh=xml is None)
        context.attach(self)
        loading.plant(self, xml, edit)
        loading.begin(self, fresh=xml is None, edit=edit)

    # What a person does ---------------------------------------------------------------------------------------------

    def set(self, ref: str, value: object) -> None:
        """Answer a question. `value`: text as typed, a number, or a list of codes. Raises KeyError, writing.NotWritable."""
        node = self.find(ref)
        if node.range or not node.d.is_leaf:
            raise KeyError(ref)
        if showing.readonly(self, node) and not node.d.kind == "attribute":
            raise writing.NotWritable(ref)
        if node.d.type == "date" and has_zone(str(value)):
            value = ""
        kept = canonical(value, node.d, self.context)
        if node.d.control == "select":
            # Who ticks choices gets them in the order of the list; what a form or a file says stays in its own.
            kept = " ".join(sorted(kept.split(), key=showing.places(self, node)))
        self.put(node, kept)
        self.settle()

    def add_repeat(self, ref: str, at: int | None = None) -> str:
        """Add an instance to the repeat at `ref` (after instance number `at`, last if None); gives its reference."""
        node = self.repeats.add(self.find_range(ref), at)
        self.settle()
        return self.ref(node)

    def remove_repeat(self, ref: str) -> None:
        """Remove the instance at `ref` ("/data/person[2]")."""
        self.repeats.remove(self.find(ref))
        self.settle()

    def set_language(self, language: str) -> None:
        """Show every text in `language` from now on. Raises KeyError for one that the form lacks."""
        if language not in self.form.texts.languages:
            raise KeyError(language)
        self.language = language
        for nodes in self.nodes.values():
            for node in nodes:
                node.cache.clear()
        for d in self.form.nodes.values():
            for kind in ("calculate", "relevant"):
                if getattr(d, kind) is not None and getattr(d, kind).uses_language:
                    self.mark(d, kind, None)
        self.settle()

    # What is seen ---------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, dict]:
        """Every node by reference; see `showing.node_state` for what is said of each."""
        return showing.whole(self)

    def serialise(self) -> bytes:
        """The submission: XML without the nodes that are not relevant."""
        return writing.submission(self)

    def find(self, ref: str) -> Node:
        """The node at a reference with positions (no position means the first). Raises KeyError."""
        return self.repeats.find(self.form.names.settled(ref))

    def find_range(self, ref: str) -> Node:
        found = self.repeats.find(self.form.names.settled(ref), ranges=True)
        if not found.range:
            raise KeyError(ref)
        return found

    def ref(self, node: Node) -> str:
        """The reference of a node, with the position of each repeat instance."""
        if node.parent is None:
            return node.d.ref
        if node.range:
            return f"{self.ref(node.parent)}/{node.d.ref.rsplit('/', 1)[1]}"
        if node.d.kind == "repeat":
            return f"{self.ref(node.parent)}[{node.parent.children.index(node) + 1}]"
        return f"{self.ref(node.parent)}/{node.d.ref.rsplit('/', 1)[1]}"

    # What expressions ask for -----------------------------------------------------------------------------------------

    def itext(self, identity: str, element: object) -> str:
        """The text with this ID in the current language, as said at an element."""
        found = self.form.texts.find(identity, self.language)
        if found is None:
            return ""
        return showing.worded(self, self.by_element.get(element, self.root), found)

    def choice_name(self, value: str, path: str, element: object) -> str:
        """The words of the choice `value` of the question at `path`, seen from an element. Raises EvaluationError."""
        node = self.by_element.get(element, self.root)
        d = self.form.nodes.get(self.form.names.reference(path, node.d.ref))
        if d is None:
            raise EvaluationError(f"No element found by evaluating '{path}'")
        if d.choices is None:
            raise EvaluationError(f"Evaluating 'jr:choice-name' on element '{path}' which has no possible choices.")
        target = self.repeats.nearest(node, d)
        offered = showing.offered_choices(self, target) if target is not None else ()
        return next((choice.label for choice in offered if choice.value == value), "")

    # Working out ----------------------------------------------------------------------------------------------------

    def put(self, node: Node, value: str) -> None:
        """Keep a value, and let the others know if it shows."""
        node.value = value
        self.refresh(node)

    def refresh(self, node: Node) -> None:
        """Bring what the expressions see of a leaf in line with its value, relevance and choices."""
        seen = showing.visible(self, node)
        if seen == node.seen:
            return
        node.show(seen)
        node.cache.pop("constraint", None)
        self.touched(node)
        if node.d.triggers and not self._quiet:
            self.mark(node.d, "triggers", node)

    def touched(self, node: Node) -> None:
        """Mark what depends on this node."""
        for edge in self.form.dependents.get(node.d, ()):
            self.mark(edge.target, edge.kind, node.within(edge.shared) if edge.shared is not None else None)

    def mark(self, d: NodeDef, kind: str, scope: Node | None) -> None:
        """Ask for `kind` of the nodes of `d` below `scope` (None: all of them) to be worked out again."""
        if kind not in EAGER and kind not in LATER:
            for node in self.nodes_of(d, scope):
                node.cache.pop(kind, None)
            return
        key = (LATER.get(kind, d.rank), d.order, KINDS.index(kind))
        known = self._pending.get(key)
        if known is None:
            self._pending[key] = (d, {scope} if scope is not None else None)
            heapq.heappush(self._heap, key)
        elif known[1] is not None:
            if scope is None:
                self._pending[key] = (d, None)
            else:
                known[1].add(scope)

    def nodes_of(self, d: NodeDef, scope: Node | None) -> Iterator[Node]:
        return iter(list(self.nodes.get(d, ()))) if scope is None else scope.below(d)

    def settle(self) -> None:
        """Work out everything that was asked for, until nothing changes any more. Raises EndlessForm."""
        self._rounds.clear()
        while self._heap:
            key = heapq.heappop(self._heap)
            d, scopes = self._pending.pop(key)
            work = getattr(self, "_work_" + KINDS[key[2]])
            for scope in scopes if scopes is not None else (None,):
                for node in self.nodes_of(d, scope):
                    if node.alive:
                        work(node)

    def _again(self, node: Node, kind: str) -> None:
        rounds = self._rounds[node, kind] = self._rounds.get((node, kind), 0) + 1
        if rounds > MOST_ROUNDS:
            self._heap.clear()
            self._pending.clear()
            raise EndlessForm(f"Potential Infinite Loop Detected at {self.ref(node)}")

    def _work_relevant(self, node: Node) -> None:
        if node.range:
            return
        own = node.d.relevant is None or self.repeats.at(node, lambda at: node.d.relevant.boolean(at, self.context))
        if own != node.own_relevant:
            self._again(node, "relevant")
            node.own_relevant = own
            self.spread(node)

    def spread(self, node: Node) -> None:
        """Take a change of relevance down the tree."""
        relevant = node.own_relevant and (node.parent is None or node.parent.relevant)
        if relevant == node.relevant:
            return
        node.relevant = relevant
        if node.range and relevant and node.d.count is not None:
            self.mark(node.d, "count", node)
        if node.leaf:
            self.refresh(node)
            if relevant and node.d.calculate is not None:
                self.mark(node.d, "calculate", node)
            return
        if node.d.kind == "repeat":
            self.touched(node)
        for child in node.children:
            self.spread(child)

    def _work_calculate(self, node: Node) -> None:
        if not node.relevant or not node.leaf:
            return
        value = canonical(self.repeats.at(node, lambda at: node.d.calculate.answer(at, self.context)), node.d, self.context)
        if value != node.value:
            self._again(node, "calculate")
            self.put(node, value)

    def _work_count(self, node: Node) -> None:
        if node.range:
            self.repeats.count(node)

    def _work_choices(self, node: Node) -> None:
        node.cache.pop("choices", None)
        if node.leaf:
            self.refresh(node)

    def _work_triggers(self, node: Node) -> None:
        self._again(node, "triggers")
        for action in node.d.triggers:
            self.run(action, node)

    def _work_created(self, node: Node) -> None:
        for action in self.form.new_repeat.get(node.d, ()):
            self.run(action, node)

    def run(self, action: actions.Action, source: Node | None, on_load: bool = False) -> None:
        """Do what an action says; `source`: the node whose control or repeat holds it, None for the model. `on_load`: where a
        calculation from other answers has the last word."""
        for target in self.repeats.targets(action, source):
            if action.kind == "setgeopoint":
                value = geopoint(self.context.position())
            elif action.value is not None:
                value = self.repeats.at(target, lambda at: action.value.answer(at, self.context))
            else:
                value = action.literal
            self.put(target, canonical(value, target.d, self.context))
            if on_load and target.d.calculate is not None and target.d.calculate.refs:
                self.mark(target.d, "calculate", target)
