"""Pages that are rendered once and joined at each request: the shell around the questionnaire.

A template is rendered with a marker in each changing place and cut there. Joining costs microseconds where rendering
would cost milliseconds. Nothing that belongs to one person may go into the template: only into a place.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from flask import render_template
from markupsafe import Markup, escape

_MARKER = re.compile(r"\uE000(\w+)\uE001")


class Skeleton:
    """A rendered template with named places."""

    def __init__(self, html: str):
        self._parts = _MARKER.split(html)  # text, place, text, place, ..., text

    def join(self, **values: object) -> str:
        """The page. Values are escaped unless they are Markup; every place needs a value."""
        parts = self._parts[:]
        parts[1::2] = [escape(values[place]) for place in parts[1::2]]
        return "".join(parts)


def place(name: str) -> Markup:
    """The marker of a changing place, for templates."""
    return Markup(f"\uE000{name}\uE001")


@lru_cache(maxsize=256)
def skeleton(template: str, language: str, **facts: object) -> Skeleton:
    """`template` rendered with `facts` (hashable), once for each language and set of facts."""
    del language  # part of the cache's key; the template reads it from the request
    return Skeleton(render_template(template, place=place, **facts))


clear: Callable[[], None] = skeleton.cache_clear
