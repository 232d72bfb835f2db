"""Where leads, supervisors and organisers land: the way to the progress pages, and the people of the team by name."""
from __future__ import annotations

from flask import current_app, g, render_template, request
from sqlalchemy import Connection

from campaigns import campaign as campaigns
from campaigns import clock, people, tally
from survey.access import COLLECTORS, LEAD, READERS, Pages

pages = Pages("lead", __name__)


@pages.page("/lead/", roles=READERS)
def home() -> str:
    """The way to Datasette."""
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
    return render_template("lead/home.html", progress=_progress_address())


def _progress_address() -> str:
    """The setting, or Datasette's port on the host that this page was opened at."""
    settings = current_app.installation.settings
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return settings.datasette_url or f"{request.scheme}://{host}:{settings.datasette_port}/"


@pages.page("/lead/team", roles=READERS)
def team() -> str:
    """Who collects in the own team (for supervisors and organisers: in every team), with name and tally.

    Names are unsealed for this page alone; tables and Datasette show work numbers.
    """
    with current_app.installation.store.read() as connection:
        g.campaign = campaigns.by_id(connection, g.user.campaign_id)
        groups = _groups(connection)
    return render_template("lead/team.html", groups=groups)


def _groups(connection: Connection) -> list[tuple[str, list[dict]]]:
    """(team name, people with most entries first), the teams in their own order."""
    here, at = current_app.installation, clock.now()
    key, names = here.keyring.campaign(g.campaign.slug), people.teams(connection, g.campaign.id)
    rows: dict[int | None, list[dict]] = {team_id: [] for team_id in [*names, None]}
    for each in people.every(connection, g.campaign.id):
        if each.role not in COLLECTORS or (g.user.role == LEAD and each.team_id != g.user.team_id):
            continue
        rows[each.team_id].append({
            "user": each, "name": people.name_of(connection, key, each), "role": people.ROLES[each.role],
            "tally": tally.of_user(connection, g.campaign, each, at)})
    return [(names.get(team_id, ""), sorted(members, key=lambda row: -row["tally"].total))
            for team_id, members in rows.items() if members]
