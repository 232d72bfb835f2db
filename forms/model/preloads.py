"""Values that a form asks the device for: instance ID, times, who fills it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from forms.model.tree import Node

if TYPE_CHECKING:
    from forms.model.state import State

PROPERTIES = {"deviceid": "deviceID", "email": "email", "username": "username", "phonenumber": "phoneNumber",
              "subscriberid": "subscriberID", "simserial": "simSerial", "uri:deviceid": "deviceID", "uri:email": "email",
              "uri:username": "username", "uri:phonenumber": "phoneNumber"}


def fill(state: State, node: Node) -> None:
    """Put the preloaded value of a fresh node in place; one that nobody knows leaves it as it is."""
    if node.d.preload:
        value = preloaded(state, *node.d.preload)
        if value is not None:
            node.value = value
    node.show(node.value)


def preloaded(state: State, kind: str, params: str) -> str | None:
    """The value for jr:preload and jr:preloadParams."""
    context = state.context
    if kind == "uid":
        return f"uuid:{context.uuid()}"
    if kind == "date" and params == "today":
        return context.today_text()
    if kind == "timestamp" and params == "start":
        return context.now_text()
    if kind == "property":
        return context.properties.get(PROPERTIES.get(params.lower(), params))
    return None


def finish(state: State) -> None:
    """The values that are known only when the form is sent (the time of the end), where nothing said them before."""
    ends = [node for d, nodes in state.nodes.items() if d.preload == ("timestamp", "end") for node in nodes if not node.value]
    for node in ends:
        state.put(node, state.context.now_text())
    if ends:
        state.settle()


def identify(state: State) -> None:
    """Give the instance an ID where the form did not think of one, or of a new one for an edit."""
    node = state.find(state.form.identity)
    if not node.value and (state.form.made_identity or node.d.preload):
        node.value = f"uuid:{state.context.uuid()}"
        node.show(node.value)
        state.touched(node)
