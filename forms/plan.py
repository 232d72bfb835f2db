"""What validating each submission needs, sorted out once when a form is loaded."""
from __future__ import annotations

from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from forms.expressions import Expression, resolve
from forms.functions import FORMS, FUNCTIONS
from forms.handlers import FILES, HANDLERS, METADATA
from forms.model.names import JR
from forms.questions import Question
from forms.xpath.parser import Step
from forms.xpath.paths import CURRENT
from forms.xpath.plain import NotPlain, plain

if TYPE_CHECKING:
    from forms.form import Form

# Types that the quick way of `forms.answers` knows.
QUICK = {"text", "integer", "decimal", "date", "select_one", "select_multiple", "note", "calculate", "group", "repeat"}


def lay(form: Form) -> None:
    """Fill in the parts of a form, what is asked in each, and, where the quick way serves, its steps and templates."""
    parts: dict[str, list[Question]] = {"household": [], "person": []} if form.repeat else {"household": []}
    for question in form.root.walk():
        part = question.part
        if question.type == "repeat":
            outer = question.parent.part
            parts.setdefault(outer, []).append(question)
        parts.setdefault(part, []).append(question)
    form.parts = parts
    form.household_nodes, form.person_nodes = parts["household"], parts.get("person", [])
    form.asked = {part: [(q, HANDLERS[q.type]) for q in nodes if is_asked(q)] for part, nodes in parts.items()}
    form.by_name = {part: {q.name: q for q, _ in asked} for part, asked in form.asked.items()}
    form.by_name.setdefault("person", {})
    form.asked.setdefault("person", [])
    form.repeats_in = {part: [] for part in parts}
    for repeat in form.repeats:
        form.repeats_in[repeat.parent.part].append(repeat)
    form.post_names = {f"q-{q.name}": q for q, _ in form.asked["household"]}
    form.kept = {part: [q for q in nodes if is_kept(q)] for part, nodes in parts.items()}
    started = {action.ref for action in form.definition.actions}
    form.begun = {q for q in form.root.walk() if (q.type in HANDLERS or is_kept(q)) and (q.node.default or q.path in started)}
    form.files = [q for q in form.root.walk() if q.type in FILES]
    form.simple = _is_simple(form)
    _express(form)
    if form.simple:
        form.steps = _in_order(form)
    if form.simple:
        form.template = form.person_template = None
        if not all([_made_plain(form, question) for question in form.root.walk()]):
            form.person_template = _instance(form.repeat) if form.repeat else None
            form.template = _instance(form.root, but=form.repeat)
        _lay_quick(form)


class Update(NamedTuple):
    """A question whose relevance or calculation is to be worked out, `of_person`: in each person's block (see forms.quick)."""

    question: Question
    of_person: bool
    relevant: Callable | None
    calculation: Callable | None


class Rule(NamedTuple):
    """What a question's answer must keep to. `required`: True, False or a function of the block; so is `constraint`."""

    question: Question
    name: str
    required: bool | Callable
    constraint: Callable | None


def _lay_quick(form: Form) -> None:
    """The steps and rules of the quick way: nothing is looked up in a question while answers are judged."""
    form.steps = [Update(q, q.part == "person" and q is not form.repeat, _runs(q, q.relevant), _runs(q, q.calculation))
                  for q in form.steps]
    before = form.household_nodes
    after = []
    if form.repeat:
        place = before.index(form.repeat)
        before, after = before[:place], before[place + 1:]
    form.rules = {name: [rule for q in nodes if (rule := _rule(q)) is not None] for name, nodes in (
        ("before", before), ("after", after), ("person", form.person_nodes[1:]))}
    form.rules["repeat"] = [Rule(form.repeat, form.repeat.name, _runs(form.repeat, form.repeat.required), None)] if form.repeat else []


def _rule(question: Question) -> Rule | None:
    if question.is_container or not (is_asked(question) or question.required or question.constraint):
        return None
    return Rule(question, question.name, _runs(question, question.required), _runs(question, question.constraint))


def _runs(question: Question, expression: Expression | bool | None) -> Callable | bool | None:
    """A function of a block of `forms.quick` for an expression; what is none stays as it is."""
    if not isinstance(expression, Expression):
        return expression
    return expression.plain or (lambda block: expression(block.nodes[question], block.context))


def is_asked(question: Question) -> bool:
    """Whether a person answers it: it has a handler and is not for reading only."""
    node = question.node
    fixed = node.readonly is not None and node.readonly.source.strip() in ("true()", "1")
    return question.type in HANDLERS and not fixed


def is_kept(question: Question) -> bool:
    """Whether what a device put there stands: metadata, hidden values, and what cannot be worked out twice."""
    node = question.node
    return question.type in METADATA or question.type == "hidden" or \
        question.type == "calculate" and node.calculate is not None and node.calculate.is_volatile


def _express(form: Form) -> None:
    """Give the questions their expressions, as the page and the quick way use them."""
    repeats = frozenset(repeat.path for repeat in form.repeats)

    def type_of(path: str) -> str | None:
        found = form.by_path.get(path)
        return found.type if found else "other"

    for question in form.root.walk():
        node, path = question.node, question.path
        for name, attribute, boolean in (("relevant", "relevant", True), ("constraint", "constraint", True),
                                         ("calculate", "calculation", False), ("required", "required", True)):
            compiled = getattr(node, name)
            if compiled is None or name == "required" and compiled.source.strip() == "false()":
                continue
            if name == "required" and compiled.source.strip() in ("true()", "1"):
                question.required = True
            else:
                setattr(question, attribute, Expression(compiled.source, path, type_of, boolean, repeats) if form.simple else compiled)
        if node.constraint is not None:
            question.limit = Expression.longest(node.constraint.compiled) or question.limit
        if node.relevant is not None:
            found = Expression.conditions(node.relevant.compiled, path)
            question.conditions = tuple(condition for condition in found if condition.path in form.by_path)


def _made_plain(form: Form, question: Question) -> bool:
    """Give the question's expressions their plain functions; whether all have one."""
    found = [(each, name != "calculation") for name in ("relevant", "constraint", "calculation", "required")
             if isinstance(each := getattr(question, name), Expression)]
    for expression, boolean in found:
        expression.plain = plain(expression.tree, boolean, _answers_seen_from(form, question), FUNCTIONS, FORMS)
    return all(expression.plain for expression, _ in found)


def _answers_seen_from(form: Form, question: Question) -> Callable[[object, list[Step]], Callable]:
    """Gives, for a path at the question, the function that reads the one answer which it names in a block of `forms.quick`."""
    inside = question.part == "person" and question is not form.repeat

    def leaf(start: object, steps: list[Step]) -> Callable:
        start = None if start == CURRENT else start
        asked = form.by_path.get(resolve(question.path, start, steps)) if start in (None, "/") else None
        if asked is None or asked.is_container:
            raise NotPlain
        if asked.part == "person":
            above = question.path.rsplit("/", sum(step.axis == "parent" for step in steps))[0]
            if not inside or start is None and not f"{above}/".startswith(f"{form.repeat.path}/"):
                raise NotPlain  # the answers of all persons
        name, own, several = asked.name, (asked.part == "person") == inside, asked.type == "select_multiple"
        if several:
            return lambda block: " ".join((block.answers if own else block.household).get(name, ()))
        if own:
            return lambda block: block.answers.get(name, "")
        return lambda block: block.household.get(name, "")
    return leaf


def _is_simple(form: Form) -> bool:
    """Whether the quick way means the same as the model: flat, no action, default, preload or changing list."""
    definition = form.definition
    if definition.actions or len(form.repeats) > 1 or definition.cycles:
        return False
    if form.repeat and (form.repeat.node.count is not None or form.repeat.node.fixed or form.repeat.parent.part != "household"):
        return False
    if definition.texts.files():
        return False  # pictures and sound are shown page by page
    return all(_is_quick(question) for question in form.root.walk())


def _is_quick(question: Question) -> bool:
    node = question.node
    if any(part is not None and ("pulldata(" in part.source or "instance(" in part.source)
           for part in (node.relevant, node.constraint, node.calculate, node.required)):
        return False  # the quick way sees no other instances
    if question.type not in QUICK or question.dynamic or "/" in question.name or node.preload:
        return False
    if question.type == "repeat":
        return len(node.given) <= 1 and not any(child.default for child in node.walk())
    if node.kind == "attribute" or any(child.kind == "attribute" for child in node.children):
        return False
    if node.calculate is not None and (node.control or node.type != "string" or node.calculate.is_volatile):
        return False
    if node.readonly is not None and question.type not in ("note", "calculate"):
        return False
    if node.body is not None and node.body.get(JR + "count"):
        return False
    return not node.default and _types_agree(question)


def _types_agree(question: Question) -> bool:
    wanted = {"integer": "int", "decimal": "decimal", "date": "date"}.get(question.type, "string")
    return not question.node.is_leaf or question.node.type == wanted


def _in_order(form: Form) -> list[Question]:
    """Every question with a relevance or calculation, each after all that it depends on."""
    graph: TopologicalSorter[Question] = TopologicalSorter()
    place = {question: index for index, question in enumerate(form.root.walk())}
    for question in place:
        refs = set().union(*(e.refs for e in (question.relevant, question.calculation) if e)) - {question.path}
        before = {form.by_path[path] for path in refs if path in form.by_path} - set(question.walk())
        graph.add(question, *filter(None, (question.parent, *before)))
    try:
        ordered = list(graph.static_order())
    except CycleError:
        form.simple = False
        return []
    return [q for q in ordered if q.relevant or q.calculation]


def _instance(top: Question, but: Question | None = None) -> etree._Element:
    """The empty instance below `top`, to be copied for each submission; of `but`, only the place is kept."""
    element = etree.Element(top.path.rsplit("/", 1)[1])
    for child in top.children:
        element.append(etree.Element(child.name) if child is but else _instance(child, but))
    return element
