"""The root command and the list of its groups."""
from __future__ import annotations

import importlib
import importlib.metadata
import os

import click

from survey.cli.base import SurveyGroup

GROUPS = {
    # command name: module that holds a click command of that name (imported only when it is used: `survey` starts fast)
    "campaign": "survey.cli.campaign", "user": "survey.cli.user", "team": "survey.cli.user",
    "frame": "survey.cli.frame", "codes": "survey.cli.codes", "merge": "survey.cli.publish", "publish": "survey.cli.publish",
    "archive": "survey.cli.archive", "demo": "survey.cli.demo", "serve": "survey.cli.serve", "doctor": "survey.cli.doctor",
    "form": "survey.cli.form", "assign": "survey.cli.assign", "pay": "survey.cli.pay",
    "hangers": "survey.cli.hangers",
}


class _LazyGroup(SurveyGroup):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in GROUPS:
            return None
        return getattr(importlib.import_module(GROUPS[name]), name)


@click.group(cls=_LazyGroup)
@click.version_option(importlib.metadata.version("rapid-survey"), prog_name="survey")
def main() -> None:
    """Rapid Survey: 扫码登记、上门核查、每日进度、最终归档 / census-style campaigns from door codes to the final archive."""
    os.umask(0o077)  # whatever is made here is for the account that runs it: the store holds addresses, sheets hold codes
