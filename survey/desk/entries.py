"""Entries at the desk: what came in, and a reviewer's decision about it."""
from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock, decisions, entries, ledger
from campaigns.entries import Filter
from campaigns.terms import CHANNEL_NAMES
from campaigns.verdicts import REJECTED, RESTORED
from forms.language import Text
from survey import numbers
from survey.access import LEAD, ORGANISER, READERS, SUPERVISOR
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

DECIDERS = (SUPERVISOR, ORGANISER)
_AT_ONCE = 50

SECTIONS.append(Section("desk.entry_list", Text("登记逐份看", "Entries one by one"),
                        Text("谁在什么时候登记了哪一户，计了多少；不实的可以驳回。",
                             "Who recorded which household when, and what it earned; what is not true can be rejected."), READERS))


@pages.page("/entries", roles=READERS)
def entry_list() -> str:
    """The newest entries, of one person or day where asked."""
    campaign = find_campaign()
    wanted = Filter(_own_team(), request.args.get("who", "").strip()[:20].upper(), request.args.get("day", "").strip()[:10],
                    request.args.get("rejected") == "1")
    before = numbers.read(request.args.get("before"))
    with current_app.installation.store.read() as connection:
        found = entries.newest(connection, campaign, wanted, before, _AT_ONCE)
    return render_template("desk/entries.html", found=found, wanted=wanted, channels=CHANNEL_NAMES, full=len(found) == _AT_ONCE)


def _own_team() -> int | None:
    """A lead sees the own team's entries; without a team, none."""
    return (g.user.team_id or 0) if g.user.role == LEAD else None


@pages.page("/entries/<int:number>", roles=READERS)
def entry(number: int) -> str:
    """One entry: what it earned and why, what was decided about it."""
    return _entry(number)


def _entry(number: int, error: Text | None = None) -> str:
    campaign, typed = find_campaign(), {name: request.form.get(name, "") for name in ("reason", "note")}
    key = current_app.installation.keyring.campaign(campaign.slug)
    with current_app.installation.store.read() as connection:
        found = entries.find(connection, campaign, number)
        if not entries.visible(found, g.user):
            raise decisions.NoSuchEntry
        rows = ledger.of_entry(connection, number)
        history = decisions.history(connection, number, key)
    return render_template("desk/entry.html", found=found, rows=rows, history=history, channels=CHANNEL_NAMES, why=ledger.WHY,
                           verdicts=decisions.VERDICTS, decides=g.user.role in DECIDERS, typed=typed, error=error,
                           reasons=decisions.REASONS[RESTORED if found.rejected else REJECTED])


@pages.page("/entries/<int:number>", roles=DECIDERS, methods=("POST",))
def decide(number: int) -> Response:
    """Reject or restore."""
    here, campaign, at = current_app.installation, find_campaign(), clock.now()
    reason, note, key = request.form.get("reason", ""), request.form.get("note", ""), here.keyring.campaign(campaign.slug)
    act, actor = (decisions.restore if request.form.get("verdict") == "restored" else decisions.reject), g.user.actor
    try:
        here.store.submit(lambda connection: act(connection, campaign, number, reason, at, actor, note, key))
    except (decisions.ReasonMissing, decisions.NoteTooLong, decisions.DecidedAlready, decisions.DoorMerged) as refusal:
        return Response(_entry(number, refusal.text), refusal.status, mimetype="text/html")
    return redirect(url_for("desk.entry", number=number), 303)
