"""The desk: where leads, supervisors, organisers and clerks do what is not at a door. Each section is a module beside this one."""
from __future__ import annotations

from typing import NamedTuple

from flask import current_app, g, render_template

from campaigns import campaign as campaigns
from campaigns import clock, waiting
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
"""Every module adds its own; their order is that of GROUPS."""

GROUPS = (
    (Text("每天先看", "First every day"), ("desk.held_home", "desk.doors", "desk.flag_list", "desk.keying_home")),
    (Text("安排人和卡", "People and hangers"), ("desk.assign", "desk.hanger_books", "desk.pay")),
    (Text("查登记", "Look something up"), ("desk.entry_list", "desk.submissions", "desk.reports_home")),
)
"""The headings of the desk's first page, and the sections below each."""

WAITS = {
    "desk.held_home": (("held", Text("{count} 条等放行", "{count} to release")),),
    "desk.doors": (("doors", Text("{count} 户等核对", "{count} to review")),),
    "desk.flag_list": (("flags", Text("{count} 条没看过", "{count} not looked at")),),
    "desk.keying_home": (("paper", Text("{count} 张等录入", "{count} to key")), ("pairs", Text("{count} 张要定", "{count} to settle"))),
    "desk.assign": (("buildings", Text("{count} 栋缺人", "{count} buildings lack people")),),
    "desk.hanger_books": (("hangers", Text("{count} 张该收", "{count} to collect")),),
}
"""What may wait in a section: names of `campaigns.waiting.counts`, and how a number is said."""


@pages.page("/", roles=READERS)
def home() -> str:
    """What the desk has for this person, and what waits there."""
    campaign, own = find_campaign(), {section.endpoint: section for section in SECTIONS if g.user.role in section.roles}
    with current_app.installation.store.read() as connection:
        counts = waiting.counts(connection, campaign, g.user, clock.now())
    said = {endpoint: [words.fill(count=counts[name]) for name, words in found if counts[name]] for endpoint, found in WAITS.items()}
    groups = [(name, [own[each] for each in endpoints if each in own]) for name, endpoints in GROUPS]
    return render_template("desk/home.html", groups=groups, waits=said)


def find_campaign() -> campaigns.Campaign:
    """The campaign of whoever is signed in; pages show it in their frame."""
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
    return g.campaign
