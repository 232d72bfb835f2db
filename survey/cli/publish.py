"""`survey merge` and `survey publish`."""
from __future__ import annotations

import click

from campaigns import arriving, clock, held, marks
from campaigns import merge as merging
from campaigns.campaign import Campaign
from campaigns.keys import KeyMissing
from exports import publication
from survey.cli.base import ACTOR, campaign_option, echo, echo_json, installation, json_option


@click.command()
@campaign_option
@json_option
def merge(campaign: Campaign, as_json: bool) -> None:
    """合并各渠道的登记，每户一条 / merge the entries of all channels into one record a household."""
    summary = merging.run(installation().store, campaign, clock.now(), ACTOR)
    if as_json:
        echo_json(summary)
        return
    echo("收到 {submissions} 份，合并成 {records} 户、{persons} 人。",
         "{submissions} forms received, merged into {records} households with {persons} persons.", **summary)


def _compare(campaign: Campaign) -> None:
    """Make the marks of what came in since. A campaign whose key was destroyed has nothing left to compare."""
    try:
        key = installation().keyring.campaign(campaign.slug)
    except KeyMissing:
        return
    marks.refresh(installation().store, campaign, key)


def _tidy(campaign: Campaign) -> None:
    """Remove photos that wait in vain: of phones, and of pages that were never sent."""
    here = installation()
    folder = here.settings.attachments / campaign.slug
    arriving.tidy(here.store, campaign, folder, clock.now(), ACTOR)
    held.tidy(here.store, campaign, folder, clock.now())


@click.command()
@campaign_option
@click.option("--merge/--no-merge", "merge_first", default=True, help="先合并（默认）/ merge first (the default)")
@click.option("--public/--no-public", "public", default=None,
              help="做公开页（小数不显示），或撤下公开页；不写则保持原样 / make the public page (small counts hidden), or take it down")
@json_option
def publish(campaign: Campaign, merge_first: bool, public: bool | None, as_json: bool) -> None:
    """合并并发布进度，组长在 Datasette 里看 / merge, and publish the progress that team leads read in Datasette."""
    summary = publication.publish(installation(), campaign, clock.now(), ACTOR, merge_first=merge_first, public=public)
    _compare(campaign)
    _tidy(campaign)
    if as_json:
        echo_json(summary)
        return
    echo("已发布：应登记 {frame} 套，已登记 {recorded} 套；{households} 户，{persons} 人。",
         "Published: {recorded} of {frame} dwellings recorded; {households} households, {persons} persons.", **summary)
    if summary["public"]:
        echo("公开页：{file}", "Public page: {file}", file=summary["public"])
