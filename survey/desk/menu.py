"""The desk: where leads, supervisors, organisers and clerks do what is not at a door. Each section is a module beside this one."""
from __future__ import annotations

from typing import NamedTuple

from flask import current_app, g, render_template

from campaigns import campaign as campaigns
from forms.language import Text
from survey.access import READERS, Pages

pages = Pages("desk", __name__, url_prefix="/desk")


class Section(NamedTuple):
    """An entry of the desk's menu. `endpoint`: of its first page; `roles`: who sees it; `what`: one sentence."""

    endpoint: str
    name: Text
    what: Text
    roles: tuple[str, ...]


SECTIONS: list[Section] = []
"""In the order of the menu; every module adds its own."""


@pages.context_processor
def _menu() -> dict:
    return {"sections": [section for section in SECTIONS if g.user.role in section.roles]}


@pages.page("/", roles=READERS)
def home() -> str:
    """What the desk has for this person."""
    find_campaign()
    return render_template("desk/home.html")


def find_campaign() -> campaigns.Campaign:
    """The campaign of whoever is signed in; pages show it in their frame."""
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
    return g.campaign
