"""Choices from files that lack the column of their codes or words: such a list offers nothing that can be chosen or read."""
from __future__ import annotations

import re
from collections.abc import Iterator

from forms.functions.lookups import plain
from forms.model.choices import Choices
from forms.model.definition import Definition, Fault
from forms.model.searching import is_fixed

_LISTED = re.compile(r"instance\(\s*['\"]([^'\"]*)['\"]\s*\)/root/item\b")
_COLUMN = re.compile(r"[^\W\d][\w.\-]*$")


def lacking_columns(form: Definition) -> Iterator[Fault]:
    """One fault for each column that a question's choices need and the given file does not have, or for a file without a list. ODK
    Collect cannot open such a form."""
    for node in form.nodes.values():
        if node.choices is None:
            continue
        named, alike = _named(node.choices)
        src = form.external.get(named, "")
        if src and named not in form.lacking and len(form.instances[named]) and form.instances[named].find("root") is None:
            yield Fault(f"the file {src.rsplit('/', 1)[-1]}: there is no list of root/item in it", node.ref, "parameters")
        items = form.instances[named].findall("root/item") if src else []
        for column in dict.fromkeys(_wanted(node.choices)) if items else ():
            if not any(cell.tag == column or alike and plain(cell.tag) == plain(column) for item in items for cell in item):
                part = "appearance" if alike else "parameters"
                yield Fault(f"the file {src.rsplit('/', 1)[-1]}: there is no column {column} in it", node.ref, part)


def _named(choices: Choices) -> tuple[str, bool]:
    """The instance that choices are drawn from ("" for none), and whether its columns are found by a name that is alike."""
    if choices.search is not None:
        return choices.search.identity, True
    listed = _LISTED.search(choices.nodeset.source) if choices.nodeset is not None else None
    return (listed[1] if listed else ""), False


def _wanted(choices: Choices) -> Iterator[str]:
    if choices.search is not None:
        yield from (code for code, _ in choices.items if not is_fixed(code))
        return
    for source in (each.source.strip() for each in (choices.value, choices.label) if each is not None):
        if _COLUMN.match(source):
            yield source
