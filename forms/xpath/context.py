"""What an expression is worked out against, and how much work it may be."""
from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo

from lxml import etree

from forms.xpath.dates import Moment, moment_of
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import Document, Leaf, Node

MOST_WORK = 5_000_000
LOOK_EVERY = 10_000
LONGEST = 2.0  # seconds
_RANDOMNESS = random.SystemRandom()  # has no state, so all may share it


class Context:
    """The world around the expressions of one submission; not to be shared between threads.

    now: the time, with its zone. zone: the time zone that dates without an offset are in (default: that of `now`).
    top: the root element of the primary instance, which absolute paths begin at (default: the root of the tree that
    the context node is in). instances: by id, the element whose children are the roots of a secondary instance.
    itext: gives the text (or the nodes) behind an ID, in the language of the moment. choice_name: gives the label for
    (value, path of the question, context node). randomness: a random.Random; seed it for the same draws again.
    version, properties: what `version()` and `property(name)` say. work: how many nodes may be looked at in one go.
    tables: what has been looked up in secondary instances; hand on the same dict while those stay the same.
    """

    __slots__ = ("now", "zone", "top", "instances", "itext", "choice_name", "randomness", "version", "properties", "work",
                 "left", "next_look", "deadline", "tables", "_today")

    def __init__(self, now: datetime | None = None, zone: tzinfo | None = None, *, top: etree._Element | None = None,
                 instances: Mapping[str, etree._Element] | None = None,
                 itext: Callable[[str], str | list] | None = None,
                 choice_name: Callable[[str, str, Node], str] | None = None,
                 randomness: random.Random | None = None, version: str = "",
                 properties: Mapping[str, str] | None = None, tables: dict | None = None,
                 work: int = MOST_WORK):
        self.now = now or datetime.now(UTC)
        self.zone = zone or self.now.tzinfo or UTC
        self.top, self.instances = top, instances or {}
        self.itext, self.choice_name = itext, choice_name
        self.randomness = randomness or _RANDOMNESS
        self.version, self.properties = version, properties or {}
        self.work = work
        self.begin()
        self.tables: dict = {} if tables is None else tables
        self._today: Moment | None = None

    @property
    def today(self) -> Moment:
        """The moment at which the present day began."""
        if self._today is None:
            local = self.now.astimezone(self.zone)
            self._today = moment_of(local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0), self.zone)
        return self._today

    def spend(self, amount: int) -> None:
        """Count work done. Raises EvaluationError when it is more than any form needs."""
        self.left -= amount
        if self.left < self.next_look:
            if self.left < 0:
                raise EvaluationError("this expression is too much work")
            self.look_at_clock()
            self.next_look = self.left - LOOK_EVERY

    def begin(self) -> None:
        """Start counting work anew."""
        self.left, self.next_look, self.deadline = self.work, self.work - LOOK_EVERY, None

    def look_at_clock(self) -> None:
        """Raise EvaluationError when the present evaluation has been running for LONGEST seconds."""
        now = time.monotonic()
        if self.deadline is None:
            self.deadline = now + LONGEST
        elif now > self.deadline:
            raise EvaluationError(f"this expression takes longer than {LONGEST:.0f} seconds")

    def document(self, node: Node | None) -> Node | None:
        """The node that `/` stands for, seen from `node`; None when there is none."""
        if self.top is not None:
            above = self.top.getparent()
            return above if above is not None else Document(self.top)
        if isinstance(node, Leaf):
            node = node.owner
        return node if node is None or isinstance(node, Document) else Document(node.getroottree().getroot())


class Frame:
    """Where an expression is being worked out: `node` is the context node, `current` the one that it all began with."""

    __slots__ = ("node", "position", "size", "context", "current")

    def __init__(self, node: Node | None, context: Context, current: Node | None, position: int = 1, size: int = 1):
        self.node, self.context, self.current = node, context, current
        self.position, self.size = position, size
