"""What every command shares: the installation, the language, how refusals and results are printed."""
from __future__ import annotations

import json
import locale
import os
from collections.abc import Callable, Iterable
from functools import wraps

import click
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign, by_slug
from campaigns.installation import Installation
from campaigns.settings import Settings
from forms.language import Refusal, Text
from survey.cli.usage import in_chinese

ACTOR = COMMAND_LINE
STORE_UNREACHABLE = Text("数据库连不上或打不开。请检查设置 SURVEY_STORE、SURVEY_HOME，数据库是否在运行，磁盘是否可写。",
                         "The store cannot be reached or opened. Look at SURVEY_STORE and SURVEY_HOME, whether the database "
                         "runs, and whether the disk can be written.")


class SurveyGroup(click.Group):
    """Prints a Refusal in the person's language and ends with status 1."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Refusal as refusal:
            click.secho(say(refusal.text), fg="red", err=True)
        except (OperationalError, ArgumentError, NoSuchModuleError):  # not shown: it may hold the password of the address
            click.secho(say(STORE_UNREACHABLE), fg="red", err=True)
        except click.UsageError as error:
            if isinstance(error, click.exceptions.NoArgsIsHelpError) or language() == "en":
                raise
            click.secho(in_chinese(error), fg="red", err=True)
            context.exit(error.exit_code)
        context.exit(1)


def language() -> str:
    """zh or en: the setting SURVEY_LANGUAGE, else the system's locale, else Chinese."""
    chosen = os.environ.get("SURVEY_LANGUAGE", "")
    if chosen in ("zh", "en"):
        return chosen
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "en" if system.startswith("en") else "zh"


def say(text: Text) -> str:
    return text.to(language())


def echo(zh: str, en: str, **values: object) -> None:
    """Print a sentence in the person's language."""
    click.echo(say(Text(zh, en).fill(**values)))


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the person's language parts them."""
    return say(Text("、", ", ")).join(names)


def echo_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def installation() -> Installation:
    """This process's installation, opened once per command."""
    context = click.get_current_context().find_root()
    if context.obj is None:
        context.obj = Installation(Settings.read())
    return context.obj


def campaign_option(command: Callable) -> Callable:
    """`--campaign SLUG`, handed to the command as a Campaign named `campaign`."""

    @click.option("--campaign", "slug", required=True, metavar="SLUG", help="任务代号 / the campaign's slug")
    @wraps(command)
    def found(*args: object, slug: str, **options: object) -> object:
        with installation().store.read() as connection:
            campaign: Campaign = by_slug(connection, slug)
        return command(*args, campaign=campaign, **options)

    return found


json_option = click.option("--json", "as_json", is_flag=True, help="给程序读的结果 / print the result as JSON")
