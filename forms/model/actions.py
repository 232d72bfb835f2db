"""What a form does when something happens: setvalue and setgeopoint."""
from __future__ import annotations

from typing import NamedTuple

from forms.model.names import ODKX, X

FIRST_LOAD, LOAD, NEW_REPEAT, CHANGED = "odk-instance-first-load", "odk-instance-load", "odk-new-repeat", "xforms-value-changed"
EVENTS = {FIRST_LOAD, LOAD, NEW_REPEAT, CHANGED}
TAGS = {X + "setvalue": "setvalue", ODKX + "setvalue": "setvalue", ODKX + "setgeopoint": "setgeopoint"}
# Actions of devices, which a page cannot do; they leave no trace in the answers.
SILENT = {ODKX + "recordaudio": "recordaudio"}


class Action(NamedTuple):
    """`target`: the expression that finds the nodes to set; `ref`: the same as a plain reference, "" if it has predicates.
    `value`: an expression, or None for the text `literal`. `source`: the reference of the control or repeat around it."""

    kind: str
    events: frozenset[str]
    ref: str
    target: object
    value: object
    literal: str
    source: str
