"""The choices of a select or rank: written in the form, or drawn from an instance by an expression."""
from __future__ import annotations

from typing import NamedTuple

from forms.model.texts import Label


class Choice(NamedTuple):
    """One choice as offered now: its code and its words; `identity` of these words among the form's texts, "" for none."""

    value: str
    label: str
    identity: str = ""


class Choices(NamedTuple):
    """`items`: (code, words) written in the control. Otherwise `nodeset` finds the items, and `value` and `label` are read
    in each of them; `dynamic`: whether the nodeset can change while the form is filled. `search`: a list in a file that items
    stand for (`forms.model.searching`)."""

    items: tuple[tuple[str, Label | None], ...] = ()
    nodeset: object = None
    value: object = None
    label: object = None
    label_is_identity: bool = False
    dynamic: bool = False
    search: object = None
