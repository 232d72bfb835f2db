"""A person at the pages of a form, for tests: reads what a page holds, types over it, presses a button."""
from __future__ import annotations

from datetime import UTC, datetime

from lxml import html
from werkzeug.datastructures import MultiDict

from forms.answers import validate
from survey.questionnaire.walk import Walk, World

NOW = datetime(2026, 3, 10, 6, 5, tzinfo=UTC)
WORLD = World("en", NOW)


class Filling:
    """A person at the pages of one form, without script and without a network."""

    def __init__(self, of, world=WORLD):
        self.form, self.world = of, world
        self.walk = Walk(of, {}, world)
        self.show()

    def show(self):
        self.tree = html.fromstring(f"<form id='entry'>{self.walk.html()}</form>")

    @property
    def text(self):
        return " ".join(self.tree.text_content().split())

    def fields(self):
        found = []
        for field in self.tree.xpath("//*[@name]"):
            if field.tag == "select":
                found += [(field.get("name"), option.get("value")) for option in field.xpath("option[@selected]")]
            elif field.tag == "textarea":
                found.append((field.get("name"), (field.text or "").removeprefix("\n")))
            elif field.tag == "input" and field.get("type") != "file" and (
                    field.get("type") not in ("radio", "checkbox") or "checked" in field.attrib):
                found.append((field.get("name"), field.get("value", "")))
        return found

    def press(self, do, world=None, **answers):
        """Type `answers` over what the page holds and press a button. True when the form is to be sent."""
        typed = {"q-" + name.replace("__", "-"): value for name, value in answers.items()}
        names = {field.get("name") for field in self.tree.xpath("//*[@name]")}
        assert not typed.keys() - names, f"not on the page: {typed.keys() - names}"
        post = MultiDict([(name, value) for name, value in self.fields() if name not in typed])
        for name, value in typed.items():
            for one in value if isinstance(value, list) else [value]:
                post.add(name, one)
        post["_do"] = do
        self.walk = Walk.posted(self.form, post, world or self.world)
        sent = self.walk.step(post)
        self.show()
        return sent

    def next(self, **answers):
        self.press("next", **answers)
        return self

    def result(self):
        return validate(self.form, self.walk.to_send(), today=NOW.date(), max_persons=50, now=NOW)


def asks(filling):
    return {name for name in filling.tree.xpath("//@name") if name.startswith("q-")}
