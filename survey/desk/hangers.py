"""The desk of door hangers: the books, handing out and taking back by first and last, and what is lost, spoiled or found."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import current_app, g, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from campaigns import clock, hangers, people
from campaigns.campaign import Campaign
from campaigns.hangers import COLUMNS, REASONS, STATES, Hanger
from campaigns.people import User
from forms.language import Refusal, Text
from survey import doors
from survey.access import CLERK, LEAD, READERS, VOLUNTEER
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

STALE = Text("页面打开太久了，什么也没有改。请再按一次。",
             "The page was open for too long and nothing was changed. Press the button once more.")
ROLES = (CLERK, *READERS)

SECTIONS.append(Section("desk.hanger_books", Text("挂卡", "Door hangers"), Text(
    "挂卡在哪里：在库、已领、已挂、已收；发给志愿者，收回来。", "Where every hanger is; hand them out and take them back."), ROLES))


class EndMissing(Refusal):
    status = 422

    def __init__(self, last: bool):
        which = Text("最后一张", "the last hanger") if last else Text("第一张", "the first hanger")
        self.field = "last" if last else "first"
        super().__init__("请扫{which}挂卡，或输入它的编号。只有一张就扫两次。",
                         "Scan {which}, or type its number. For a single one, scan it twice.", which=which)


class NobodyChosen(Refusal):
    status = 422
    field = "to"

    def __init__(self):
        super().__init__("请选择交给谁。", "Choose who gets them.")


class Move(NamedTuple):
    """One kind of move: `name` heads the page, `button` does it, `done` says how many (`{count}`), from and to which number."""

    name: Text
    how: Text
    button: Text
    done: Text
    to: bool = False  # somebody gets them
    reason: bool = False


MOVES = {
    "hand-out": Move(
        Text("发出挂卡", "Hand out hangers"),
        Text("先扫第一张，再扫最后一张，中间的都算。批次封面上的两个码也可以扫。",
             "Scan the first and the last; all between count. The two codes on a batch's cover will do."),
        Text("发给他", "Hand them out"),
        Text("{count} 张（{first} 至 {last}）已发给 {label}。", "{count} hangers ({first} to {last}) are with {label} now."), to=True),
    "take-back": Move(
        Text("收回挂卡", "Take hangers back"),
        Text("扫收回来的第一张和最后一张。挂过门上的要一张一张收。",
             "Scan the first and the last that came back. One that hung at a door comes back by itself."),
        Text("收进库", "Put in stock"),
        Text("{count} 张（{first} 至 {last}）已收回在库。", "{count} hangers ({first} to {last}) are in stock.")),
    "spoiled": Move(
        Text("作废挂卡", "Spoil hangers"),
        Text("印坏、淋湿、撕坏的，作废后不能再用。", "Misprinted, wet or torn ones: they cannot be used any more."),
        Text("作废", "Spoil them"),
        Text("{count} 张（{first} 至 {last}）已作废。", "{count} hangers ({first} to {last}) are spoiled."), reason=True),
    "lost": Move(
        Text("报丢失", "Report hangers lost"),
        Text("手里没有卡，就输入编号。找到以后可以再记回来。", "Without the card, type its number. Found ones can be put back later."),
        Text("报丢失", "Report them lost"),
        Text("{count} 张（{first} 至 {last}）已报丢失。", "{count} hangers ({first} to {last}) are lost."), reason=True),
    "found": Move(
        Text("找到了", "Found again"),
        Text("丢失的找到了，或作废记错了：扫这一张。", "A lost one turned up, or one was spoiled by mistake: scan it."),
        Text("放回库里", "Put in stock"),
        Text("{first} 已放回库里。", "{first} is in stock.")),
}


@pages.page("/hangers", roles=ROLES)
def hanger_books() -> str:
    """The books: the whole, by person, team and batch; what is lost, and what nobody moved. To a lead, those of the own team."""
    campaign, at = find_campaign(), clock.now()
    with current_app.installation.store.read() as connection:
        books = {by: hangers.balance(connection, campaign.id, by, g.user) for by in ("campaign", "team", "volunteer", "batch")}
        idle = hangers.stale(connection, campaign, at, g.user)
        waiting = len(hangers.to_key(connection, campaign, g.user))
        due = len(hangers.due(connection, campaign, None, at, g.user))
    return render_template("desk/hangers.html", books=books, columns=COLUMNS, states=STATES, idle=idle, waiting=waiting, due=due,
                           moves=MOVES, own_team=g.user.role == LEAD)


def _people(connection: Connection, campaign: Campaign) -> list[User]:
    """Who can be given hangers by whoever is signed in: a lead gives to the own team."""
    return [each for each in people.every(connection, campaign.id) if each.active and each.role in (VOLUNTEER, CLERK, LEAD)
            and (g.user.role != LEAD or each.team_id == g.user.team_id)]


def _form(what: str, error: Refusal | None = None, done: Text | None = None, notice: Text | None = None) -> Response:
    campaign = find_campaign()
    with current_app.installation.store.read() as connection:
        persons = _people(connection, campaign) if MOVES[what].to else []
    typed = {} if done else {name: request.form.get(name, "") for name in ("first", "last", "to", "reason")}
    field = getattr(error, "field", "first")
    return Response(render_template("desk/hanger_move.html", what=what, move=MOVES[what], persons=persons, reasons=REASONS, typed=typed,
                                    error=error and error.text, field=field, done=done, notice=notice),
                    error.status if error else 400 if notice else 200, mimetype="text/html")


def _do(what: str) -> Response:
    here, at = current_app.installation, clock.now()
    campaign = find_campaign()
    try:
        with doors.guesses_slowed(at) as connection:
            first = _end(connection, campaign, last=False)
            last = first if what == "found" else _end(connection, campaign, last=True)
            to = _to(connection, campaign) if MOVES[what].to else None
        moved = here.store.submit(_work(what, campaign, first, last, to, at))
    except Refusal as refusal:
        return _form(what, refusal)
    return _form(what, done=MOVES[what].done.fill(
        count=len(moved), first=moved[0].number, last=moved[-1].number, label=to.label if to else ""))


def _work(what: str, campaign: Campaign, first: Hanger, last: Hanger, to: User | None, at: object) -> Callable:
    by, actor, reason = g.user, g.user.actor, request.form.get("reason", "")
    match what:
        case "hand-out":
            return lambda connection: hangers.hand_out(connection, campaign, first, last, to, at, actor, by)
        case "take-back":
            return lambda connection: hangers.take_back(connection, campaign, first, last, at, actor, by)
        case "found":
            return lambda connection: hangers.put_back(connection, campaign, first, at, actor, by)
        case _:
            return lambda connection: hangers.lose_or_spoil(connection, campaign, first, last, what, reason, at, actor, by)


def _end(connection: Connection, campaign: Campaign, *, last: bool) -> Hanger:
    typed = request.form.get("last" if last else "first", "").strip()
    if not typed:
        raise EndMissing(last)
    try:
        return hangers.by_typed(connection, current_app.installation.server, campaign, typed)
    except Refusal as refusal:
        refusal.field = "last" if last else "first"
        raise


def _to(connection: Connection, campaign: Campaign) -> User:
    chosen = [each for each in _people(connection, campaign) if each.label == request.form.get("to")]
    if not chosen:
        raise NobodyChosen
    return chosen[0]


def _pages_of(what: str) -> None:
    """The page of one move, and what its button does."""
    name = what.replace("-", "_")

    def show() -> Response:
        return _form(what)

    def do() -> Response:
        return _do(what)

    show.__name__, do.__name__ = f"hangers_{name}", f"hangers_{name}_done"
    show.__doc__, do.__doc__ = MOVES[what].name.en, MOVES[what].button.en
    pages.page(f"/hangers/{what}", roles=ROLES)(show)
    pages.page(f"/hangers/{what}", roles=ROLES, methods=("POST",), again=lambda: _form(what, notice=STALE))(do)


for _what in MOVES:
    _pages_of(_what)
