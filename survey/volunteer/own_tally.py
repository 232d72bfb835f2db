"""The own tally, entry by entry: what was counted, what it earned, what was taken back and why."""
from __future__ import annotations

from flask import current_app, g, render_template, request

from campaigns import campaign as campaigns
from campaigns import clock, ledger, pay, rates, tally
from survey import numbers
from survey.access import COLLECTORS
from survey.volunteer.pages import pages

_AT_ONCE = 60


@pages.page("/v/tally", roles=COLLECTORS)
def own_tally() -> str:
    """Today, in all, and each entry, newest first."""
    before = numbers.read(request.args.get("before"))
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
        standing = tally.of_user(connection, g.campaign, g.user, clock.now())
        rows = ledger.of_user(connection, g.user, before, _AT_ONCE)
    days: dict[str, list] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    return render_template("volunteer/own_tally.html", standing=standing, days=days, why=ledger.WHY,
                           older=rows[-1].id if len(rows) == _AT_ONCE else None, rules=pay.said(rates.of(g.campaign.terms)),
                           today=g.campaign.day(clock.now()))
