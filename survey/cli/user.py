"""`survey user add|password|list|revoke` and `survey team add`."""
from __future__ import annotations

import click

from campaigns import clock, field_password, people
from campaigns.campaign import Campaign
from campaigns.codes import symbols
from campaigns.field_password import FieldPassword
from campaigns.frame import areas
from forms.language import LANGUAGES
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option, say

_language = click.option("--language", type=click.Choice(LANGUAGES), default="zh", show_default=True,
                         help="采集软件里回执和提示的语言 / language of the messages that the app shows")


@click.group()
def user() -> None:
    """增加、停用工作人员 / add and revoke the people who work in a campaign."""


@user.command()
@campaign_option
@click.option("--role", required=True, type=click.Choice([role.replace("_", "-") for role in people.ROLES]),
              callback=lambda _context, _option, role: role.replace("-", "_"))
@click.option("--name", required=True, help="姓名，加密保存 / the person's name, kept sealed")
@click.option("--team", default=None, help="工作组 / team; made if there is none of this name")
@_language
@json_option
def add(campaign: Campaign, role: str, name: str, team: str | None, language: str, as_json: bool) -> None:
    """增加一人，给出工牌码、PIN 和采集软件的密码（只显示这一次）/ add a person; prints badge, PIN and app password, this once."""
    here = installation()
    with here.store.write() as connection:
        new = people.add(connection, here.keyring, campaign, role=role, name=name, team_name=team, at=clock.now(), actor=ACTOR)
        device = field_password.issue(connection, here.keyring, campaign, new.user, clock.now(), ACTOR, language) \
            if role in field_password.ROLES else None
    badge = symbols.grouped(new.badge)
    link = f"{here.settings.public_url}/b/{new.badge}" if here.settings.public_url else None
    if as_json:
        echo_json({"label": new.user.label, "role": role, "badge": badge, "pin": new.pin, "link": link,
                   **(_facts(device) if device else {})})
        return
    echo("{role} {label}：工牌码 {badge}，PIN {pin}。请现在抄下或打印，以后不再显示。",
         "{role} {label}: badge {badge}, PIN {pin}. Write them down now; they are not shown again.",
         role=people.ROLES[role], label=new.user.label, badge=badge, pin=new.pin)
    if link:
        click.echo(link)
    if device:
        _show(device)


@user.command()
@campaign_option
@click.option("--label", required=True, help="工号 / work number")
@_language
@json_option
def password(campaign: Campaign, label: str, language: str, as_json: bool) -> None:
    """换一个采集软件的密码，旧的作废 / a new password for the collecting app; the old one ends."""
    here = installation()
    with here.store.write() as connection:
        found = people.by_label(connection, campaign.id, label)
        made = field_password.issue(connection, here.keyring, campaign, found, clock.now(), ACTOR, language)
    if as_json:
        echo_json({"label": label, **_facts(made)})
    else:
        _show(made)


def _facts(made: FieldPassword) -> dict:
    return {"app_user": made.name, "app_password": made.password}


def _show(made: FieldPassword) -> None:
    echo("采集软件（ODK Collect 等）：用户名 {name}，密码 {password}。以后不再显示。",
         "Collecting app (ODK Collect and others): user name {name}, password {password}. Not shown again.",
         name=made.name, password=made.password)


@user.command("list")
@campaign_option
@json_option
def list_(campaign: Campaign, as_json: bool) -> None:
    """列出工作人员（工号，不显示姓名）/ list the people by work number, without names."""
    with installation().store.read() as connection:
        teams = people.teams(connection, campaign.id)
        rows = [{"label": each.label, "role": each.role, "team": teams.get(each.team_id, ""), "active": each.active}
                for each in people.every(connection, campaign.id)]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{row['label']:8} {say(people.ROLES[row['role']]):10} {row['team']} {'' if row['active'] else '×'}")


@user.command()
@campaign_option
@click.option("--label", required=True, help="工号 / work number")
def revoke(campaign: Campaign, label: str) -> None:
    """工牌丢失或人员离开：立即停用 / a badge was lost or a person left: stop it at once."""
    with installation().store.write() as connection:
        people.revoke(connection, people.by_label(connection, campaign.id, label), clock.now(), ACTOR)
    echo("{label} 已停用。", "{label} is revoked.", label=label)


@click.group()
def team() -> None:
    """工作组 / teams and their areas."""


@team.command("add")
@campaign_option
@click.option("--name", required=True)
@click.option("--compound", "compounds", multiple=True, help="负责的小区，可多次 / a compound of theirs; may be repeated")
@click.option("--community", "communities", multiple=True, help="负责的社区，可多次 / a community of theirs; may be repeated")
def team_add(campaign: Campaign, name: str, compounds: tuple[str, ...], communities: tuple[str, ...]) -> None:
    """增加工作组并划片 / add a team and give it compounds or whole communities."""
    with installation().store.write() as connection:
        doors = areas.assign(connection, campaign.id, name, compounds=compounds, communities=communities,
                             at=clock.now(), actor=ACTOR)
    echo("工作组“{name}”负责 {doors} 户门。", "Team “{name}” has {doors} doors.", name=name, doors=doors)
