"""Pay at the desk: what each person stands at, closing a period, and the sheets of closed ones."""
from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import clock, ledger, people, rates
from campaigns import pay as periods
from campaigns.campaign import Campaign
from campaigns.pay import DayNotOver, Draft, Moved, NoDay, PaidAlready
from forms.language import Text
from survey import paying
from survey.access import LEAD, ORGANISER, READERS
from survey.desk.menu import SECTIONS, Section, find_campaign, pages

SECTIONS.append(Section("desk.pay", Text("计件和计酬", "Tallies and pay"),
                        Text("每人计了多少、得了多少；组织者按期关账，导出计酬表。",
                             "What each person did and earned; the organiser closes pay periods and takes the pay sheets."), READERS))

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.page("/pay", roles=READERS)
def pay() -> str:
    """Each person's standing, the rules, and the periods."""
    return _page()


def _page(error: Text | None = None, typed: str | None = None) -> str:
    here, at, campaign = current_app.installation, clock.now(), find_campaign()
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        teams = people.teams(connection, campaign.id)
        found = ledger.persons(connection, campaign, at, (g.user.team_id or 0) if g.user.role == LEAD else None)
        groups: dict[str, list] = {name: [] for name in [*teams.values(), ""]}
        for each in found:
            groups[teams.get(each.user.team_id, "")].append((people.name_of(connection, key, each.user), each))
        begins = periods.begins(connection, campaign)
        return render_template(
            "desk/pay.html", groups=[(name, rows) for name, rows in groups.items() if rows],
            periods=periods.periods(connection, campaign.id), begins=begins, latest=periods.yesterday(campaign, at),
            rules=periods.said(rates.of(campaign.terms)), organises=g.user.role == ORGANISER, whole=g.user.role != LEAD, error=error,
            typed=typed)


@pages.page("/pay/close", roles=ORGANISER, methods=("POST",))
def close_period() -> Response:
    """First shows what the period comes to; closes it when that is confirmed."""
    here, campaign, at = current_app.installation, find_campaign(), clock.now()
    last_day = request.form.get("last_day", "").strip()
    try:
        drawn = _draft(campaign, last_day)
        confirmed = request.form.get("confirmed", "") == f"{drawn.entries}:{drawn.fen}"
        if not confirmed:
            changed = "confirmed" in request.form
            return Response(render_template("desk/pay_close.html", drawn=drawn, changed=changed), 409 if changed else 200,
                            mimetype="text/html")
        paying.close(here, campaign, last_day, at, g.user.actor)
    except (NoDay, DayNotOver, PaidAlready, Moved) as refusal:
        return Response(_page(refusal.text, last_day), refusal.status, mimetype="text/html")
    return redirect(url_for("desk.pay"), 303)


def _draft(campaign: Campaign, last_day: str) -> Draft:
    here = current_app.installation
    with here.store.read() as connection:
        return periods.draft(connection, campaign, here.keyring.campaign(campaign.slug), last_day, clock.now())


@pages.page("/pay/<int:number>.xlsx", roles=ORGANISER)
def pay_sheet(number: int) -> Response:
    """The sheet of a closed period, byte for byte as it was made."""
    campaign = find_campaign()
    data, _ = paying.hand_out(current_app.installation, campaign, number, clock.now(), g.user.actor)
    return _file(data, paying.file_name(campaign, number), _XLSX)


@pages.page("/pay/<int:number>.xlsx.minisig", roles=ORGANISER)
def pay_signature(number: int) -> Response:
    """Its signature."""
    campaign = find_campaign()
    with current_app.installation.store.read() as connection:
        found = periods.period(connection, campaign.id, number)
    return _file(found.signature.encode(), paying.file_name(campaign, number) + ".minisig", "text/plain")


def _file(data: bytes, name: str, kind: str) -> Response:
    return Response(data, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
